"""Facts that packs add to manifests, through the Python API: judged, placed, kept, and never mixed between policies."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from aipolicy.errors import UsageError
from aipolicy.facts.facts import Provenance
from aipolicy.facts.known_facts import STANDARD_FACTS
from aipolicy.files.cache import Cache
from aipolicy.findings.finding import Finding
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.manifest.what_if import with_declarations
from aipolicy.run.evaluated_run import Report, check
from aipolicy.run.policy import Policy, PolicySettings, load_policy

DAY = date(2026, 11, 21)
HEAD = "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: f}\ndata: {classes: [public]}\n"
PACK = """\
apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: house, version: 1.0.0}
facts:
  - {name: tier, type: text, choices: [bronze, gold], meaning: Tier of the contract}
  - {name: seats, type: number, unit: seats, minimum: 1, meaning: Seats, default: 10, default_source: survey of 2026}
  - {name: markets, type: texts, meaning: Markets}
  - {name: reviewed, type: bool, meaning: Whether somebody looked at it}
rules:
  - {id: HOUSE-001, name: small-gold, title: Gold has seats, kind: duty, severity: error,
     when: ['extensions.tier == "gold"'], require: [extensions.seats >= 50],
     message: '{extensions.tier}, {extensions.seats}'}
"""


def policy(folder: Path, text: str = PACK, cache: Cache | None = None) -> Policy:
    (folder / "house.yaml").write_text(text, encoding="utf-8")
    return load_policy(PolicySettings(as_of=DAY, packs=("./house.yaml",), base=folder), cache)


def report_on(body: str, judging: Policy) -> Report:
    return check([ManifestFile("f.aifeature.yaml", (HEAD + body).encode(), named=True)], judging)


def told(findings: tuple[Finding, ...]) -> list[str]:
    lines = []
    for finding in findings:
        span = finding.span_of(finding.place)
        assert span is not None
        lines.append(f"{span.start.line}:{span.start.column} {finding.rule_id} {finding.message}")
    return lines


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    return policy(tmp_path_factory.mktemp("house"))


CASES = (
    ("extensions: {tier: gold, seats: 50}\n", []),
    ("extensions: {tier: bronze, seats: 2}\n", []),
    ("extensions:\n  tier: gold\n  seats: 2\n", ["7:10 HOUSE-001 gold, 2"]),
    ("extensions: {tier: gold}\n", ["5:1 HOUSE-001 gold, 10"]),
    ("extensions: {seats: 2}\n", []),
    ("extensions: {teir: gold}\n", ["5:14 MAN-003 unknown key `teir`; did you mean `tier`?"]),
    ("extension: {tier: gold}\n", ["5:1 MAN-003 unknown key `extension`; did you mean `extensions`?"]),
    ("extensions: {tier: golt}\n",
     ["5:20 MAN-005 `golt` is not a value of `tier`; did you mean `gold`? (one of `bronze`, `gold`)"]),
    ("extensions: {seats: many}\n", ["5:21 MAN-005 `seats` must be a number, found text"]),
    ("extensions: {seats: 0}\n", ["5:21 MAN-005 `seats` must be at least 1, found 0"]),
    ("extensions: {seats: {low: 1, likely: 2, high: 3}}\n", ["5:21 MAN-005 `seats` must be a number, found a mapping"]),
    ("extensions: {markets: DE}\n",
     ["5:23 MAN-005 `markets` must be a list, found text; write it in brackets, as in `[DE]`"]),
    ("extensions: {markets: [DE, DE]}\n", ["5:23 MAN-005 `markets` holds a value twice"]),
    ("extensions: {reviewed: yes}\n", ["5:24 MAN-005 `reviewed` must be true or false, found text; write `true`"]),
    ("extensions: {reviewed: }\n", ["5:14 MAN-005 `reviewed` has no value; write one or remove the key"]),
    ("extensions:\n", ["5:1 MAN-005 `extensions` has no value; write one or remove the key"]),
    ("extensions: [tier]\n", ["5:13 MAN-005 `extensions` must be a mapping, found a list"]),
)  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), CASES)
def test_what_a_manifest_says_under_extensions_is_checked_and_judged(
    body: str, expected: list[str], house: Policy
) -> None:
    assert told(report_on(body, house).findings) == expected


def test_an_extension_is_declared_assumed_or_unknown_like_any_fact(house: Policy) -> None:
    facts = report_on("extensions: {tier: gold, markets: [US, DE], reviewed: false}\n", house).evaluations[0].facts
    names = ("tier", "seats", "markets", "reviewed")
    assert {name: (facts.fact(f"extensions.{name}").provenance, facts.get(f"extensions.{name}")) for name in names} == {
        "tier": (Provenance.DECLARED, "gold"),
        "seats": (Provenance.ASSUMED, 10.0),
        "markets": (Provenance.DECLARED, ("DE", "US")),
        "reviewed": (Provenance.DECLARED, False),
    }
    nothing = report_on("", house).evaluations[0].facts
    assert nothing.fact("extensions.tier").missing == ("extensions.tier",)


def test_without_a_pack_that_declares_any_the_section_is_an_unknown_key() -> None:
    report = report_on("extensions: {tier: gold}\n", load_policy(PolicySettings(as_of=DAY)))
    assert told(report.findings) == [
        "5:1 MAN-003 unknown key `extensions`: no pack of this run declares facts; name one in `policies`"
    ]
    assert not report.evaluations


def test_a_policy_without_extensions_has_the_standard_facts_themselves() -> None:
    assert load_policy(PolicySettings(as_of=DAY)).evaluator.known is STANDARD_FACTS


def test_a_policy_from_the_cache_knows_its_extensions(tmp_path: Path) -> None:
    cache = Cache(str(tmp_path / "cache"))
    fresh, kept = policy(tmp_path, cache=cache), policy(tmp_path, cache=cache)
    assert kept.evaluator.known == fresh.evaluator.known
    for body, expected in CASES:
        assert told(report_on(body, kept).findings) == expected


def test_policies_with_different_extensions_judge_side_by_side(tmp_path: Path, house: Policy) -> None:
    other = policy(
        tmp_path, PACK.replace("[bronze, gold]", "[gold, lead]").replace("seats, minimum: 1", "seats, minimum: 2")
    )
    body = "extensions: {tier: bronze, seats: 100}\n"

    def findings(judging: Policy) -> list[str]:
        return [each.rule_id for each in report_on(body, judging).findings]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(findings, [house, other] * 20))
    assert found == [[], ["MAN-005"]] * 20


def test_an_ignored_rule_leaves_the_facts_of_its_pack_declared(tmp_path: Path) -> None:
    (tmp_path / "house.yaml").write_text(PACK, encoding="utf-8")
    settings = PolicySettings(as_of=DAY, packs=("build-or-buy", "./house.yaml"), base=tmp_path, ignore=("HOUSE",))
    assert not [
        f for f in report_on("extensions: {tier: gold}\n", load_policy(settings)).findings if "MAN" in f.rule_id
    ]


def test_a_change_of_what_is_declared_takes_extensions_too(house: Policy) -> None:
    feature = report_on("", house).evaluations[0].feature
    schema = house.evaluator.known.extensions_schema
    assert with_declarations(feature, ["extensions.tier=gold"], schema).declared["extensions.tier"] == "gold"
    with pytest.raises(UsageError, match="`golt` is not a value of `tier`"):
        with_declarations(feature, ["extensions.tier=golt"], schema)
