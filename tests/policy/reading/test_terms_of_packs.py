"""Terms of plans that packs add: stated under `plan.terms` and of legs, read per route, and nothing that nobody declared."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from aipolicy.config.settings import PolicySettings
from aipolicy.errors import AipolicyError
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.manifest.read import Manifests, read_manifests
from aipolicy.run.evaluated_file import evaluate_manifests
from aipolicy.run.policy import Policy, load_policy

DAY = date(2026, 11, 21)
HEAD = "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: p, version: 1.0.0}\nterms:\n"
TERMS = """\
- {name: exit_support, type: bool, meaning: Whether the provider helps with leaving}
- {name: attested_on, type: date, meaning: Day of the attestation, worse: lower}
- {name: notice_hours, type: number, unit: hours, minimum: 0, maximum: 96, worse: higher, meaning: Hours until told}
- {name: venue, type: text, choices: [EU, US], meaning: Where disputes are heard}
"""
RULES = """\
rules:
- {id: P-001, name: exit, title: t, kind: duty, severity: error, require: [plan.terms.exit_support], message: m}
- {id: P-002, name: told, title: t, kind: duty, severity: error, require: [plan.terms.notice_hours <= 72.0],
   message: "{plan.terms.notice_hours}"}
- {id: P-003, name: old, title: t, kind: duty, severity: error, require: [plan.terms.attested_on.age_days <= 365.0],
   message: m}
- {id: P-004, name: venue, title: t, kind: duty, severity: error, require: ['plan.terms.venue == "EU"'], message: m}
"""
HEAD_OF_MANIFEST = "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: f, lifecycle: production}\n"
ALL = "exit_support: true, attested_on: 2026-03-01, notice_hours: 24, venue: EU"


def policy_of(folder: Path, text: str = HEAD + TERMS + RULES) -> Policy:
    """Return a policy of one pack."""
    (folder / "p.yaml").write_text(text, encoding="utf-8")
    return load_policy(PolicySettings(as_of=DAY, packs=(str(folder / "p.yaml"),)))


def read(policy: Policy, body: str) -> Manifests:
    """Return the one manifest, read."""
    file = ManifestFile("f.aifeature.yaml", f"{HEAD_OF_MANIFEST}{body}".encode(), named=True)
    return read_manifests([file], extensions=policy.evaluator.known.extensions_schema)


def found(policy: Policy, body: str) -> dict[str, str]:
    """Return what comes of each rule that is not satisfied, and where it points."""
    findings = evaluate_manifests(read(policy, body), 1, policy).findings
    return {
        f.rule_id: f"{f.outcome} {'.'.join(map(str, f.place.path))}" for f in findings if f.rule_id.startswith("P-")
    }


def plan(terms: str, legs: tuple[str, str] | None = None) -> str:
    """Return a plan with terms, and the terms of its main leg and its fallback where it names legs."""
    if legs is None:
        return f"plan: {{hosting: provider-api, provider: openai, model: gpt-6-luna, terms: {{{terms}}}}}\n"
    main, fallback = legs
    return (
        f"plan:\n  terms: {{{terms}}}\n  legs:\n"
        f"  - {{role: main, hosting: provider-api, provider: openai, model: gpt-6-luna, terms: {{{main}}}}}\n"
        "  - {role: fallback, hosting: provider-api, provider: mistral, model: mistral-small-2603,"
        f" terms: {{{fallback}}}}}\n"
    )


CASES: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("all", plan(ALL), {}),
    ("refused", plan(ALL.replace("true", "false")), {"P-001": "violated plan.terms.exit_support"}),
    ("late", plan(ALL.replace("24", "73")), {"P-002": "violated plan.terms.notice_hours"}),
    ("old", plan(ALL.replace("2026-03", "2025-03")), {"P-003": "violated plan.terms.attested_on"}),
    ("not said", plan("attested_on: 2026-03-01, notice_hours: 24, venue: EU"),
     {"P-001": "undetermined plan.terms.exit_support"}),
    ("by legs", plan("venue: EU", (ALL, ALL)), {}),
    ("one leg refuses", plan("", (ALL, ALL.replace("true", "false"))), {"P-001": "violated plan.terms.exit_support"}),
    ("the later of two", plan("", (ALL, ALL.replace("24", "80"))), {"P-002": "violated plan.terms.notice_hours"}),
    ("the older of two", plan("", (ALL.replace("2026-03", "2025-03"), ALL)), {"P-003": "violated plan.terms.attested_on"}),
    ("the plan for a leg that says nothing", plan(ALL, ("", "notice_hours: 90")),
     {"P-002": "violated plan.terms.notice_hours"}),
    ("words that differ", plan("", (ALL, ALL.replace("EU", "US"))), {"P-004": "undetermined plan.terms.venue"}),
)  # fmt: skip


@pytest.mark.parametrize(("name", "body", "expected"), CASES, ids=[case[0] for case in CASES])
def test_rules_read_a_term_as_it_holds_on_every_leg(
    name: str, body: str, expected: dict[str, str], tmp_path: Path
) -> None:
    assert found(policy_of(tmp_path), body) == expected


@pytest.mark.parametrize(
    ("terms", "message", "line"),
    [
        ("exit_suport: true", "unknown key `exit_suport`; did you mean `exit_support`?", 4),
        ("exit_support: yes", "must be true or false, found text", 4),
        ("notice_hours: 97", "`notice_hours` must be at most 96, found 97", 4),
        ("venue: UK", "`UK` is not a value of `venue`", 4),
        ("attested_on: soon", "`attested_on` must be a day as YYYY-MM-DD", 4),
    ],
)
def test_a_term_that_is_not_declared_or_holds_something_else_is_told_at_its_line(
    terms: str, message: str, line: int, tmp_path: Path
) -> None:
    policy = policy_of(tmp_path)
    for body, at in ((plan(terms), line), (plan("", (terms, "")), 7)):
        finding = read(policy, body).findings[0]
        assert message in finding.message
        span = finding.span_of(finding.place)
        assert span is not None
        assert span.start.line == at


def test_without_the_pack_its_terms_are_unknown_keys(tmp_path: Path) -> None:
    shipped = load_policy(PolicySettings(as_of=DAY, packs=("build-or-buy",)))
    assert [finding.rule_id for finding in read(shipped, plan("exit_support: true")).findings] == ["MAN-003"]


def test_a_pack_with_terms_alone_adds_no_other_section(tmp_path: Path) -> None:
    assert [f.rule_id for f in read(policy_of(tmp_path), "extensions: {x: 1}\n").findings] == ["MAN-003"]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{name: dpa, type: bool, meaning: m}", "p.yaml:5:10: `plan.terms.dpa` is a term already; use another name"),
        ("{name: x, type: evidence, meaning: m}", "p.yaml:5:19: `evidence` is not one of `bool`, `number`, `text`, `texts`"),
        ("{name: x, type: bool, meaning: m, default: true}", "p.yaml:5:37: unknown key `default`"),
        ("{name: x, type: bool, meaning: m, worse: lower}", "p.yaml:5:37: `worse` is for terms with an order"),
        ("{name: x, type: number, meaning: m, worse: more}", "p.yaml:5:46: `more` is not one of `lower`, `higher`"),
        ("{name: x, type: bool}", "p.yaml:5:3: missing key `meaning`"),
        ("{name: X, type: bool, meaning: m}", "p.yaml:5:10: `X` is no name of a fact"),
    ],
)  # fmt: skip
def test_a_term_that_is_declared_wrong_is_told_at_its_place(entry: str, message: str, tmp_path: Path) -> None:
    rules = (
        RULES.splitlines()[0]
        + "\n- {id: P-009, name: n, title: t, kind: duty, severity: note, require: [team.on_call], message: m}\n"
    )
    with pytest.raises(AipolicyError) as caught:
        policy_of(tmp_path, f"{HEAD}- {entry}\n{rules}")
    assert message in str(caught.value).replace(f"{tmp_path.as_posix()}/", "")


OFFERED = """\
rules:
- {id: P-009, name: n, title: t, kind: constraint, severity: error, when: ['option.hosting == "provider-api"'],
   require: [option.terms.exit_support], message: m}
"""


def offered_by(folder: Path, *entries: tuple[str, str, str], terms: str = TERMS) -> Policy:
    """Return a policy with an own catalog of terms: provider, term, value."""
    dated = "source: s, checked_on: 2026-11-01, effective_from: 2026-01-01"
    (folder / "p.yaml").write_text(HEAD + terms + OFFERED, encoding="utf-8")
    lines = (f"- {{provider: {who}, term: {term}, value: {value}, {dated}}}\n" for who, term, value in entries)
    (folder / "c.yaml").write_text("terms:\n" + "".join(lines), encoding="utf-8")
    return load_policy(
        PolicySettings(as_of=DAY, packs=(str(folder / "p.yaml"),), own_catalog=(str(folder / "c.yaml"),))
    )


TERM = "plan.terms.exit_support"


@pytest.mark.parametrize(
    ("openai", "mistral", "expected"),
    [
        ("true", "true", {}),
        ("false", "true", {"P-009": "violated plan.provider"}),
        ("true", "false", {"P-009": "violated plan.fallback_provider"}),
        ("true", "", {"P-009": "undetermined plan.fallback_provider"}),
    ],
)
def test_what_providers_offer_of_a_term_is_read_of_every_leg(
    openai: str, mistral: str, expected: dict[str, str], tmp_path: Path
) -> None:
    entries = [(who, TERM, value) for who, value in (("openai", openai), ("mistral", mistral)) if value]
    body = (
        "plan: {hosting: provider-api, provider: openai, model: gpt-6-luna, fallback: provider-api,"
        " fallback_provider: mistral}\n"
    )
    assert found(offered_by(tmp_path, *entries), body).keys() == expected.keys()


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (("mistral", "plan.terms.exit_suport", "true"), "c.yaml:2:29: no pack of this run adds the term `plan.terms.exit_s"),
        (("mistral", TERM, "3"), "c.yaml:2:29: `value` of `plan.terms.exit_support` must be true or"),
        (("mistral", "plan.terms.notice_hours", "true"), "c.yaml:2:29: `value` of `plan.terms.notice_hours` must be a"),
        (("mistral", "plan.terms.venue", "true"), "c.yaml:2:29: `plan.terms.venue` is neither true or false nor a number"),
        (("mistral", "plan.terms.notice_hours", "97"), "c.yaml:2:29: `value` of `plan.terms.notice_hours` must lie from"),
        (("mistral", "exit_support", "true"), "c.yaml:2:29: `exit_support` is not one of `dpa_offered`"),
    ],
)  # fmt: skip
def test_what_no_pack_adds_is_told_at_the_line_of_the_catalog(
    entry: tuple[str, str, str], message: str, tmp_path: Path
) -> None:
    with pytest.raises(AipolicyError) as caught:
        offered_by(tmp_path, entry)
    assert message in str(caught.value).replace(f"{tmp_path.as_posix()}/", "")


def test_a_term_that_is_offered_from_a_later_day_on_is_not_known_before(tmp_path: Path) -> None:
    offered_by(tmp_path, ("openai", TERM, "true"))
    later = (tmp_path / "c.yaml").read_text(encoding="utf-8").replace("2026-01-01", "2099-01-01")
    (tmp_path / "c.yaml").write_text(later, encoding="utf-8")
    policy = load_policy(
        PolicySettings(as_of=DAY, packs=(str(tmp_path / "p.yaml"),), own_catalog=(str(tmp_path / "c.yaml"),))
    )
    body = "plan: {hosting: provider-api, provider: openai, model: gpt-6-luna, fallback: none}\n"
    assert found(policy, body) == {"P-009": "undetermined plan.model"}
    (tmp_path / "c.yaml").write_text(later.replace("exit_support", "exit_suport"), encoding="utf-8")
    with pytest.raises(AipolicyError, match="no pack of this run adds the term"):
        load_policy(
            PolicySettings(as_of=DAY, packs=(str(tmp_path / "p.yaml"),), own_catalog=(str(tmp_path / "c.yaml"),))
        )


def test_a_term_that_may_be_offered_is_a_fact_of_a_leg_and_of_its_partner(tmp_path: Path) -> None:
    policy = offered_by(tmp_path, ("openai", TERM, "true"))
    assert policy.evaluator.known.specs["option.terms.exit_support"].type.value == "bool"
    assert policy.evaluator.known.specs["partner.terms.notice_hours"].of_whole
    assert "option.terms.venue" not in policy.evaluator.known.specs
