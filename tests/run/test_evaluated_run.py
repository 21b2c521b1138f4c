"""A run as a library: policies are loaded, manifests checked, exit codes follow from what was found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import permutations
from pathlib import Path

import pytest

from aipolicy.errors import AipolicyError, Problems, UsageError
from aipolicy.evaluation.findings import findings_of
from aipolicy.files.cache import Cache
from aipolicy.findings.finding import Severity
from aipolicy.manifest.read import ManifestFile
from aipolicy.run.evaluated_run import Report, check
from aipolicy.run.policy import PolicySettings, load_policy

DAY = date(2026, 11, 21)
HEAD = "apiVersion: aipolicy/v1\nkind: AIFeature\n"
PACK = """\
apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: house, version: 1.2.3}
rules:
  - id: IN-001
    name: leaves-the-house
    title: Data stays inside
    kind: constraint
    severity: error
    when: [data.sensitivity >= 3.0]
    require: ["!option.leaves_organization"]
    message: it leaves
  - id: IN-002
    name: no-owner-on-call
    title: Somebody is on call
    kind: duty
    severity: warning
    require: [team.on_call]
    message: nobody is on call
  - id: OUT-001
    name: too-slow
    title: Answers in time
    kind: constraint
    severity: note
    when: [latency.realtime]
    require: [option.latency_p95_ms <= latency.p95_ms]
    message: too slow
"""
LEAK = HEAD + (
    "metadata: {name: leak, lifecycle: prototype}\ndata: {classes: [health]}\nteam: {on_call: true}\n"
    "plan: {hosting: provider-api, provider: openai, region: us, fallback: none}\n"
)
CALM = HEAD + "metadata: {name: calm}\ndata: {classes: [internal]}\nteam: {on_call: true}\n"
UNSURE = HEAD + "metadata: {name: unsure}\ndata: {classes: [internal]}\n"
ALONE = HEAD + "metadata: {name: alone}\ndata: {classes: [internal]}\nteam: {on_call: false}\n"
FOREIGN = "apiVersion: v1\nkind: ConfigMap\n"


@pytest.fixture
def house(tmp_path: Path) -> PolicySettings:
    (tmp_path / "house.yaml").write_text(PACK, encoding="utf-8")
    return PolicySettings(as_of=DAY, packs=("./house.yaml",), base=tmp_path)


def named(*texts: str, found: tuple[str, ...] = ()) -> Iterator[ManifestFile]:
    for number, text in enumerate(texts):
        yield ManifestFile(f"{number}.aifeature.yaml", text.encode(), named=True)
    for number, text in enumerate(found):
        yield ManifestFile(f"found-{number}.aifeature.yaml", text.encode(), named=False)


def ids(report: Report) -> list[tuple[str, str]]:
    return [(finding.rule_id, finding.severity.value) for finding in report.findings]


@pytest.mark.parametrize(
    ("texts", "found", "fail_on", "code"),
    [
        ((CALM,), (), "note", 0),
        ((LEAK,), (), "error", 1),
        ((LEAK, CALM), (), "error", 1),
        ((ALONE,), (), "error", 0),
        ((ALONE,), (), "warning", 1),
        ((ALONE,), (), "note", 1),
        ((UNSURE,), (), "warning", 0),
        ((UNSURE,), (), "note", 0),
        ((), (), "error", 3),
        ((), (FOREIGN,), "error", 3),
        ((CALM,), (FOREIGN,), "error", 0),
        ((FOREIGN,), (), "error", 1),
        (("",), (), "error", 1),
        (("a: [",), (), "error", 1),
        ((CALM, "a: ["), (), "error", 1),
    ],
)
def test_the_exit_code_follows_from_findings_threshold_and_what_was_evaluated(
    texts: tuple[str, ...], found: tuple[str, ...], fail_on: str, code: int, house: PolicySettings
) -> None:
    report = check(named(*texts, found=found), load_policy(house))
    assert report.exit_code(Severity(fail_on)) == code
    assert len(report.skipped) == len(found)


def test_no_rule_left_means_nothing_was_evaluated(house: PolicySettings) -> None:
    policy = load_policy(house._replace(ignore=("IN", "OUT")))
    assert policy.rules == ()
    assert check(named(CALM), policy).exit_code(Severity.ERROR) == 3


@pytest.mark.parametrize(
    ("select", "ignore", "expected"),
    [
        ((), (), ["IN-001", "IN-002", "OUT-001"]),
        (("IN",), (), ["IN-001", "IN-002"]),
        (("IN-002", "OUT"), (), ["IN-002", "OUT-001"]),
        (("IN",), ("IN-001",), ["IN-002"]),
        ((), ("OUT",), ["IN-001", "IN-002"]),
    ],
)
def test_rules_are_chosen_by_id_or_by_what_it_begins_with(
    select: tuple[str, ...], ignore: tuple[str, ...], expected: list[str], house: PolicySettings
) -> None:
    policy = load_policy(house._replace(select=select, ignore=ignore))
    assert [rule.id for rule in policy.rules] == expected
    assert set(policy.ignored_rules) == {"IN-001", "IN-002", "OUT-001"} - set(expected)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"select": ("IN-003",)}, "unknown rule `IN-003`; did you mean `IN-00"),
        ({"select": ("I",)}, "unknown rule `I`"),
        ({"ignore": ("MAN",)}, "`MAN` is about manifests and waivers themselves and is always checked"),
        ({"select": ("VERDICT-001",)}, "`VERDICT-001` is about manifests and waivers themselves and is always checked"),
        ({"packs": ("./hose.yaml",)}, "unknown pack `./hose.yaml`"),
        ({"packs": ("bild-or-buy",)}, "did you mean `build-or-buy`?"),
        ({"packs": ("./house.yaml", "./house.yaml")}, "already"),
        ({"parameters": {"house.limit": 3.0}}, "unknown parameter `house.limit`"),
        ({"own_catalog": ("none.yaml",)}, "cannot read"),
    ],
)
def test_what_cannot_be_used_stops_the_run(changes: dict[str, object], message: str, house: PolicySettings) -> None:
    with pytest.raises(AipolicyError) as error:
        load_policy(house._replace(**changes))  # type: ignore[arg-type]
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("severity: error", "severty: error", "unknown key `severty`; did you mean `severity`?"),
        ("severity: error", "severity: eror", "did you mean `error`?"),
        ("kind: duty", "kind: dutty", "did you mean `duty`?"),
        ("team.on_call", "team.oncall", "unknown fact `team.oncall`; did you mean `team.on_call`?"),
        ("3.0", '"3"', "no matching overload"),
        ("latency.p95_ms]", "latency.p95]", "did you mean `latency.p95_ms`?"),
        ("id: OUT-001", "id: IN-001", "already defined"),
        ("id: OUT-001", "id: MAN-001", "reserved"),
        ("it leaves", "it leaves {option.provder}", "unknown fact `option.provder`"),
        ("    message: too slow", "    message: too slow\n    message: again", "message"),
        ("rules:", "ruls:", "unknown key `ruls`"),
    ],
)
def test_a_mistake_in_a_pack_stops_the_run_at_its_line(
    old: str, new: str, message: str, house: PolicySettings, tmp_path: Path
) -> None:
    assert old in PACK
    (tmp_path / "house.yaml").write_text(PACK.replace(old, new), encoding="utf-8")
    with pytest.raises(AipolicyError) as error:
        load_policy(house)
    errors = error.value.errors if isinstance(error.value, Problems) else (error.value,)
    wrong = [each for each in errors if message in each.message]
    assert wrong, str(error.value)
    assert wrong[0].path is not None
    assert wrong[0].path.endswith("house.yaml")


def test_the_order_of_files_changes_no_finding(house: PolicySettings) -> None:
    policy = load_policy(house)
    files = tuple(named(LEAK, UNSURE, ALONE, "a: ["))
    expected = [finding.sort_key for finding in check(files, policy).findings]
    assert len(expected) >= 3
    for order in permutations(files):
        assert [finding.sort_key for finding in check(order, policy).findings] == expected


def test_a_feature_is_judged_alike_alone_and_among_others(house: PolicySettings) -> None:
    policy = load_policy(house)
    together = check(named(LEAK, CALM, UNSURE), policy)
    for text, evaluation in zip((LEAK, CALM, UNSURE), together.evaluations, strict=True):
        alone = check(named(text), load_policy(house)).evaluations[0]
        assert alone.verdict == evaluation.verdict
        assert [
            f.message for f in findings_of(evaluation, policy.evaluator.rule_evaluator, strict=False)
        ] == [f.message for f in findings_of(alone, policy.evaluator.rule_evaluator, strict=False)]  # fmt: skip


def test_a_strict_run_lets_no_undecided_error_pass(house: PolicySettings) -> None:
    path = house.base / "house.yaml"  # type: ignore[operator]
    path.write_text(PACK.replace("severity: warning", "severity: error"), encoding="utf-8")
    lax, strict = (check(named(UNSURE), load_policy(house._replace(strict=on))) for on in (False, True))
    assert ids(lax) == []
    assert ids(strict) == [("IN-002", "error")]


def test_a_cache_changes_nothing_but_time(house: PolicySettings, tmp_path: Path) -> None:
    cache = Cache(str(tmp_path / "cache"))
    plain, cold, warm = load_policy(house), load_policy(house, cache), load_policy(house, cache)
    assert plain.digest == cold.digest == warm.digest
    reports = [check(named(LEAK, UNSURE, CALM), policy) for policy in (plain, cold, warm)]
    first = [(f.sort_key, f.severity, f.missing_facts) for f in reports[0].findings]
    for report in reports:
        assert [(f.sort_key, f.severity, f.missing_facts) for f in report.findings] == first
        assert [e.verdict for e in report.evaluations] == [e.verdict for e in reports[0].evaluations]


def test_what_was_compiled_is_not_used_for_other_rules_days_or_settings(house: PolicySettings, tmp_path: Path) -> None:
    cache = Cache(str(tmp_path / "cache"))
    first = load_policy(house, cache)
    (tmp_path / "house.yaml").write_text(PACK.replace("3.0", "1.0"), encoding="utf-8")
    changed = load_policy(house, cache)
    assert first.digest != changed.digest
    assert changed.rules[0].when[0].text == "data.sensitivity >= 1.0"
    assert load_policy(house._replace(as_of=date(2025, 1, 1)), cache).catalog.as_of == date(2025, 1, 1)
    assert [rule.id for rule in load_policy(house._replace(select=("OUT",)), cache).rules] == ["OUT-001"]


def test_a_pack_that_moved_is_said_to_be_where_it_is(house: PolicySettings, tmp_path: Path) -> None:
    cache = Cache(str(tmp_path / "cache"))
    folder = tmp_path / "pack"
    folder.mkdir()
    for name in ("a.yaml", "b.yaml"):
        (folder / name).write_text(PACK, encoding="utf-8")
        rule = load_policy(house._replace(packs=("./pack",)), cache).rules[0]
        assert f"/{name}:" in rule.defined_at
        (folder / name).unlink()


def test_a_usage_error_is_one_of_the_family(house: PolicySettings) -> None:
    with pytest.raises(UsageError) as error:
        load_policy(house._replace(select=("NONE",)))
    assert "\n" not in str(error.value)
