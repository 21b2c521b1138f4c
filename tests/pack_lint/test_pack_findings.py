"""What a pack is told, and what it is not told though it looks alike."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from aipolicy.config.settings import PolicySettings
from aipolicy.findings.finding import Severity
from aipolicy.pack_lint.lint import LintReport, lint_packs
from aipolicy.source.yaml_reader import ReadResult

HEAD = """apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: NAME, version: 1.0.0, description: For tests}
"""
RULE = """  - id: ID
    name: name-of-id
    title: A title
    kind: duty
    severity: error
    why: because
    fix: do it
    references: [{title: House rules}]
    message: "`{data.classes}`"
    tests:
      - {name: a, given: {data.minimized: true, team.on_call: false}, expect: violated}
      - {name: b, given: {team.on_call: true}, expect: satisfied}
      - {name: c, given: {}, expect: undetermined}
"""


def rule(rule_id: str, body: str, **changes: str) -> str:
    text = RULE.replace("ID", rule_id).replace("name-of-id", f"name-of-{rule_id.lower()}")
    for key, value in changes.items():
        text = "".join(
            f"    {key}: {value}\n" if line.startswith(f"    {key}:") else f"{line}\n" for line in text.splitlines()
        )
    return text + "".join(f"    {line}\n" for line in body.splitlines())


def lint(folder: Path, *packs: str, head: str = "") -> LintReport:
    names = []
    for number, rules in enumerate(packs):
        path = folder / f"pack{number}.yaml"
        text = (
            rules
            if rules.startswith("apiVersion")
            else HEAD.replace("NAME", f"pack{number}") + head + "rules:\n" + rules
        )
        path.write_text(text, encoding="utf-8")
        names.append(f"./{path.name}")
    return lint_packs(PolicySettings(as_of=date(2026, 11, 21), packs=tuple(names), base=folder))


def found(report: LintReport) -> list[str]:
    # NOTE: which values go unmentioned is a note of its own, tested apart.
    return [finding.rule_id for finding in report.findings if finding.rule_id != "PACK-018"]


MINIMIZED = "when: [data.minimized]\nrequire: [team.on_call]"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (MINIMIZED, []),
        ('when: [data.minimized, "volume.cached_share > 1"]\nrequire: [team.on_call]', ["PACK-003"]),
        ('when: [data.minimized, "volume.cached_share <= 1"]\nrequire: [team.on_call]', ["PACK-002"]),
        ('when: ["true", data.minimized]\nrequire: [team.on_call]', ["PACK-002"]),
        ('when: ["data.minimized", "!data.minimized"]\nrequire: [team.on_call]', ["PACK-004"]),
        ("when: [data.minimized, team.on_call]\nrequire: [team.on_call]", ["PACK-005"]),
        ("when: [data.minimized]\nrequire: [data.minimized || team.on_call]", ["PACK-005"]),
        ("when: [data.minimized]\nrequire: [team.on_call, data.minimized]", ["PACK-002"]),
        ('when: [data.minimized]\nrequire: ["false"]', []),
        ('when: [data.minimized]\nrequire: ["!data.minimized"]', []),
        ('when: [data.minimized]\nrequire: ["task.error_cost in [\'low\', \'medium\', \'high\', \'critical\']"]', []),
        ("when: [data.minimized]\nrequire: [team.on_call, data.tokenized]", []),
        ("applies_to: {lifecycle: idea}\nwhen: ['metadata.lifecycle == \"pilot\"']\nrequire: [team.on_call]", ["PACK-004"]),
    ],
)  # fmt: skip
def test_conditions_that_say_nothing(tmp_path: Path, body: str, expected: list[str]) -> None:
    assert found(lint(tmp_path, rule("T-001", body))) == expected


def test_a_contradiction_shows_both_lines(tmp_path: Path) -> None:
    text = rule("T-001", 'when:\n  - data.minimized\n  - data.personal\n  - "!data.minimized"\nrequire: [team.on_call]')
    (finding,) = (each for each in lint(tmp_path, text).findings if each.rule_id == "PACK-004")
    spans = [finding.span_of(place) for place in (finding.place, *finding.related)]
    assert [span.start.line - spans[1].start.line for span in spans if span and spans[1]] == [2, 0]


@pytest.mark.parametrize(
    ("second", "changes", "expected"),
    [
        ("when: [data.minimized]\nrequire: [team.on_call]", {}, ["PACK-007"]),
        ("when: ['!!data.minimized']\nrequire: [team.on_call]", {"severity": "note"}, ["PACK-007"]),
        ("when: [data.minimized, data.personal]\nrequire: [team.on_call]", {}, ["PACK-008"]),
        ("when: [data.minimized, data.personal]\nrequire: [team.on_call]", {"severity": "warning"}, ["PACK-008"]),
        ("when: [data.minimized, data.personal]\nrequire: [data.tokenized]", {}, []),
        ("when: [data.tokenized]\nrequire: [team.on_call]", {}, []),
    ],
)
def test_rules_that_repeat_another(tmp_path: Path, second: str, changes: dict[str, str], expected: list[str]) -> None:
    first = rule("T-001", MINIMIZED)
    assert found(lint(tmp_path, first + rule("T-002", second, **changes))) == expected
    assert found(lint(tmp_path, first, rule("T-002", second, **changes))) == expected


def test_a_narrower_rule_that_weighs_more_is_in_no_shadow(tmp_path: Path) -> None:
    narrow = rule("T-002", "when: [data.minimized, data.personal]\nrequire: [team.on_call]")
    assert found(lint(tmp_path, rule("T-001", MINIMIZED, severity="warning") + narrow)) == []


def test_a_rule_that_follows_another_is_no_duplicate(tmp_path: Path) -> None:
    first = rule("T-001", f"{MINIMIZED}\neffective: {{until: 2027-01-31}}")
    second = rule("T-002", f"{MINIMIZED}\neffective: {{from: 2027-02-01}}")
    assert found(lint(tmp_path, first + second)) == []


@pytest.mark.parametrize(
    ("law", "expected"),
    [
        ("", ["PACK-016"]),
        ("clause: Art. 1\nstatus: in-force\n", ["PACK-016"]),
        ("clause: Art. 1\nstatus: superseded\nsuperseded_by: Act 2\n", []),
    ],
)
def test_law_that_ended_is_kept_for_earlier_days_where_it_says_what_replaced_it(
    tmp_path: Path, law: str, expected: list[str]
) -> None:
    basis = "basis: {instrument: Act 1, url: 'https://example.org', checked_on: 2026-01-01}\n" if law else ""
    body = f"{MINIMIZED}\neffective: {{until: 2026-11-20}}\n{basis}{law}"
    assert found(lint(tmp_path, rule("T-001", body))) == expected


def test_a_rule_that_only_begins_earlier_as_a_warning_shadows_nothing(tmp_path: Path) -> None:
    wide = rule("T-001", f"{MINIMIZED}\neffective: {{from: 2027-01-01}}")
    narrow = rule("T-002", "when: [data.minimized, data.personal]\nrequire: [team.on_call]")
    assert found(lint(tmp_path, wide + narrow)) == []


PARAMETER = "parameters: [{name: limit, type: number, default: VALUE, unit: people, description: d, source: s}]\n"
LIMITED = "when: [data.minimized]\nrequire: [team.ml_engineers >= params.limit]"


@pytest.mark.parametrize(("value", "expected"), [("2", ["PACK-007"]), ("3", [])])
def test_between_packs_the_values_of_parameters_count(tmp_path: Path, value: str, expected: list[str]) -> None:
    packs = [
        HEAD.replace("NAME", f"own{number}")
        + PARAMETER.replace("VALUE", each)
        + "rules:\n"
        + rule(f"T-00{number}", LIMITED)
        for number, each in enumerate(("2", value))
    ]
    assert found(lint(tmp_path, *packs)) == expected


def test_what_a_pack_extends_is_not_linted_but_compared_with(tmp_path: Path) -> None:
    base = HEAD.replace("NAME", "base") + "rules:\n" + rule("T-001", MINIMIZED, why='""')
    (tmp_path / "base.yaml").write_text(base, encoding="utf-8")
    report = lint(tmp_path, rule("T-002", MINIMIZED), head="extends: [{pack: ./base.yaml}]\n")
    assert found(report) == ["PACK-007"]
    assert "base.yaml" in report.findings[-1].message


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        ("variables: [{name: v, expression: data.minimized}]\n", "when: [variables.v]\nrequire: [team.on_call]", []),
        ("variables: [{name: v, expression: data.minimized}]\n", MINIMIZED, ["PACK-010"]),
        (PARAMETER.replace("VALUE", "2"), LIMITED, []),
        (PARAMETER.replace("VALUE", "2"), MINIMIZED, ["PACK-009"]),
        (PARAMETER.replace("VALUE", "2").replace("unit: people, ", ""), LIMITED, ["PACK-011"]),
        (PARAMETER.replace("VALUE", "2").replace("source: s", 'source: " "'), LIMITED, ["PACK-011"]),
    ],
)
def test_what_nothing_uses_or_nobody_explains(tmp_path: Path, head: str, body: str, expected: list[str]) -> None:
    assert found(lint(tmp_path, rule("T-001", body), head=head)) == expected


def test_a_parameter_that_only_a_message_shows_is_read(tmp_path: Path) -> None:
    text = rule("T-001", MINIMIZED, message='"{params.limit}"')
    assert found(lint(tmp_path, text, head=PARAMETER.replace("VALUE", "2"))) == []


def test_tests_in_files_count(tmp_path: Path) -> None:
    pack = tmp_path / "house"
    (pack / "tests").mkdir(parents=True)
    text = "\n".join(line for line in rule("T-001", MINIMIZED).splitlines() if "expect: violated" not in line)
    (pack / "pack.yaml").write_text(HEAD.replace("NAME", "house") + "rules:\n" + text + "\n", encoding="utf-8")
    settings = PolicySettings(as_of=date(2026, 11, 21), packs=("./house",), base=tmp_path)
    assert found(lint_packs(settings)) == ["PACK-015"]
    (pack / "tests" / "cases.yaml").write_text(
        "apiVersion: aipolicy/v1\nkind: PolicyTests\ntests:\n  - name: x\n    rule: T-001\n"
        "    given: {data.minimized: true, team.on_call: false}\n    expect: violated\n",
        encoding="utf-8",
    )
    assert found(lint_packs(settings)) == []
    (pack / "tests" / "cases.yaml").write_text("kind: PolicyTests\n", encoding="utf-8")
    broken = lint_packs(settings)
    assert not broken.is_loadable
    assert "PACK-001" in found(broken)


def test_a_mistake_in_one_rule_hides_nothing_in_the_others(tmp_path: Path) -> None:
    wrong = rule("T-001", "when: [data.minimised]\nrequire: [team.on_call]")
    report = lint(tmp_path, wrong + rule("T-002", MINIMIZED, why='""') + rule("T-003", MINIMIZED))
    assert found(report) == ["PACK-001", "PACK-012", "PACK-007"]
    assert not report.is_loadable


def test_an_unknown_variable_is_one_mistake_and_nothing_else(tmp_path: Path) -> None:
    assert found(lint(tmp_path, rule("T-001", "when: [variables.nope]\nrequire: [team.on_call]"))) == ["PACK-001"]


def test_packs_may_not_use_the_ids_of_the_linter(tmp_path: Path) -> None:
    report = lint(tmp_path, rule("PACK-900", MINIMIZED))
    assert "reserved" in report.findings[0].message
    assert not report.is_loadable


@pytest.mark.parametrize(
    ("body", "silent"),
    [
        ("when: ['task.error_cost == \"high\"']\nrequire: [team.on_call]", ["low", "medium", "critical"]),
        ("when: ['task.error_cost != \"high\"']\nrequire: [team.on_call]", []),
        ("when: ['!(task.error_cost in [\"high\"])']\nrequire: [team.on_call]", []),
        ("when: [data.minimized]\nrequire: ['task.error_cost == \"low\"']", []),
        (MINIMIZED, []),
    ],
)
def test_values_that_no_rule_speaks_of(tmp_path: Path, body: str, silent: list[str]) -> None:
    findings = [each for each in lint(tmp_path, rule("T-001", body)).findings if each.rule_id == "PACK-018"]
    assert ["no rule speaks of " + ", ".join(f"`{word}`" for word in silent) + " of `task.error_cost`"] * bool(
        silent
    ) == [each.message for each in findings]


def test_nothing_to_lint_is_no_success() -> None:
    report = lint_packs(PolicySettings(as_of=date(2026, 11, 21), packs=()))
    assert {report.exit_code(severity) for severity in Severity} == {3}


FOLIO = """portfolio_rules:
  - id: ID
    name: name-of-id
    title: A title
    severity: error
    over: [data.minimized]
    measures: {features: count()}
    when: [total.features > 1]
    require: [total.features <= 5]
    message: "{total.features}"
    references: [{title: House rules}]
"""


def folio(*rules: str) -> str:
    entries = "".join(each.partition("\n")[2] for each in rules)
    return HEAD.replace("NAME", "folio") + "portfolio_rules:\n" + entries


def one(rule_id: str, old: str = "", new: str = "") -> str:
    text = FOLIO.replace("ID", rule_id).replace("name-of-id", f"name-of-{rule_id.lower()}")
    return text.replace(old, new) if old else text


LACKING = ["PACK-012", "PACK-013", "PACK-015"]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([one("T-001")], LACKING),
        ([one("T-001"), one("T-002")], [*LACKING, "PACK-007", *LACKING]),
        ([one("T-001"), one("T-002", "data.minimized", "data.personal")], [*LACKING, *LACKING]),
        ([one("T-001", "total.features > 1", "total.features > 1 && total.features < 1")], [*LACKING, "PACK-003"]),
        ([one("T-001", "total.features > 1", "total.features <= 5")], [*LACKING, "PACK-005"]),
    ],
)
def test_rules_over_all_features_are_linted_too(tmp_path: Path, rules: list[str], expected: list[str]) -> None:
    assert sorted(found(lint(tmp_path, folio(*rules)))) == sorted(expected)


def test_each_file_of_a_pack_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def counting(whole: Callable[[str, bytes], ReadResult]) -> Callable[[str, bytes], ReadResult]:
        def counted(path: str, data: bytes) -> ReadResult:
            read.append(path)
            return whole(path, data)

        return counted

    for name, module in tuple(sys.modules.items()):
        if name.startswith("aipolicy.") and hasattr(module, "read_yaml"):
            monkeypatch.setattr(module, "read_yaml", counting(module.read_yaml))
    assert lint(tmp_path, rule("ID-001", "require: [data.minimized]")).is_loadable
    assert [Path(path).name for path in read if path.startswith(str(tmp_path))] == ["pack0.yaml"]
