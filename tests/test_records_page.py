"""docs/records.md: its pack loads and holds, and what is found in its manifest is what the page says."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from command_line import run_here
from jsonschema import Draft202012Validator

from aipolicy.authoring.evaluated_condition import evaluated_condition
from aipolicy.cli.main import cli
from aipolicy.errors import UsageError
from aipolicy.findings.comparison import compare, known_from
from aipolicy.findings.finding import Finding, FindingChange, Outcome
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.report.packs.pack_pages import pack_pages
from aipolicy.rule_tests.examples import run_example
from aipolicy.run.evaluated_run import Report, check
from aipolicy.run.other_declarations import evaluation_with
from aipolicy.run.policy import Policy, PolicySettings, load_policy

PAGE = Path(__file__).resolve().parent.parent / "docs" / "records.md"
PACK, MANIFEST = re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
PILOT = MANIFEST.replace("lifecycle: prototype", "lifecycle: pilot")
"""Before that an undetermined rule is no finding."""


@pytest.fixture
def policy(tmp_path: Path) -> Policy:
    (tmp_path / "acme.yaml").write_text(PACK, encoding="utf-8")
    return load_policy(PolicySettings(as_of=date(2026, 12, 1), packs=("./acme.yaml",), base=tmp_path))


def report_on(text: str, policy: Policy) -> Report:
    return check([ManifestFile("aifeature.yaml", text.encode(), named=True)], policy)


def finding(text: str, policy: Policy) -> Finding:
    (found,) = (found for found in report_on(text, policy).findings if found.rule_id == "ACME-020")
    return found


def test_the_examples_of_the_page_hold(policy: Policy) -> None:
    (rule,) = policy.rules_with_examples()
    results = [run_example(rule, each, policy.catalog, policy.evaluator.rule_evaluator) for each in rule.tests]
    assert [result.passed for result in results] == [True] * 5
    assert results[0].message == "`refund` acts without a person"


def test_the_finding_points_at_the_element_that_decides(policy: Policy) -> None:
    found = finding(MANIFEST, policy)
    span = found.span_of(found.place)
    assert span is not None
    assert f"error[{found.rule_id}]: {found.message}\n  --> {found.file}:{span.start.line}:{span.start.column}" in (
        PAGE.read_text(encoding="utf-8")
    )
    assert MANIFEST.split("\n")[span.start.line - 1][span.start.column - 1 :].startswith("{name: refund")
    assert found.place.path == ("extensions", "agent_tools")


def test_several_elements_that_decide_are_all_named_and_placed(policy: Policy) -> None:
    found = finding(
        MANIFEST.replace("{name: mail, writes: true}", "{name: mail, writes: true, approved: false}"), policy
    )
    assert found.message == "`refund, mail` acts without a person"
    lines = [span.start.line for place in (found.place, *found.related) if (span := found.span_of(place)) is not None]
    assert lines == [8, 9]
    assert [place.label for place in found.related] == ["agent_tools[2]"]


def test_an_undetermined_rule_names_the_fields_that_elements_lack(policy: Policy) -> None:
    found = finding(PILOT.replace("approved: false", "approved: true"), policy)
    assert found.outcome is Outcome.UNDETERMINED
    assert found.missing_facts == ("extensions.agent_tools[2].approved",)
    span = found.span_of(found.place)
    assert span is not None
    assert span.start.line == 9
    (nothing,) = (
        f for f in report_on(PILOT[: PILOT.index("  agent_tools")], policy).findings if f.rule_id == "ACME-020"
    )
    assert nothing.missing_facts == ("extensions.agent_tools",)


def test_of_many_fields_to_declare_the_first_four_are_named(policy: Policy) -> None:
    tools = "".join(f"    - {{name: t{number}, writes: true}}\n" for number in range(7))
    found = finding(PILOT[: PILOT.index("    - {name: search")] + tools, policy)
    assert found.message == "declare " + ", ".join(f"`{name}`" for name in found.missing_facts[:4]) + " and 3 more"
    assert len(found.missing_facts) == 7


@pytest.mark.parametrize(
    ("now", "change"),
    [
        (MANIFEST, FindingChange.UNCHANGED),
        (MANIFEST.replace("{name: search, writes: false}", "{name: find, writes: false}"), FindingChange.UNCHANGED),
        (MANIFEST.replace("- {name: search", "- {name: calendar, writes: false}\n    - {name: search"),
         FindingChange.UNCHANGED),
        (MANIFEST.replace("{name: mail, writes: true}", "{name: mail, writes: true, approved: false}"),
         FindingChange.WORSE),
        (MANIFEST.replace("refund", "payout"), FindingChange.WORSE),
    ],
)  # fmt: skip
def test_a_violation_is_worse_where_another_element_breaks_the_rule(
    now: str, change: FindingChange, policy: Policy
) -> None:
    before = known_from(finding(MANIFEST, policy))
    (compared,), _ = compare([finding(now, policy)], [before])
    assert compared.change is change


TWO = "{name: mail, writes: true}"
LIMITED = 'extensions.agent_tools.all(t, (!t.writes || t.approved) && t.risk != "high" && t.calls <= 2.0)'


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        ("approved: false, risk: low, calls: 3", "approved: false, risk: high, calls: 3", FindingChange.WORSE),
        ("approved: true, risk: low, calls: 3", "approved: true, risk: low, calls: 500", FindingChange.WORSE),
        ("approved: false, risk: low, calls: 1", "approved: false, risk: low, calls: 1", FindingChange.UNCHANGED),
        ("approved: false, risk: low, owner: a", "approved: false, risk: low, owner: b", FindingChange.UNCHANGED),
    ],
)
def test_an_element_that_breaks_the_rule_further_is_another_one(
    before: str, now: str, change: FindingChange, tmp_path: Path
) -> None:
    added = "{name: calls, type: number, meaning: Calls a day}", "{name: owner, type: text, meaning: Who}"
    fields = "".join(f"      - {field}\n" for field in added) + "rules:"
    pack = PACK.replace("rules:", fields).replace("extensions.agent_tools.all(t, !t.writes || t.approved)", LIMITED)
    (tmp_path / "acme.yaml").write_text(pack[: pack.index("    tests:")], encoding="utf-8")
    limited = load_policy(PolicySettings(as_of=date(2026, 12, 1), packs=("./acme.yaml",), base=tmp_path))
    earlier, later = (
        finding(MANIFEST.replace(TWO, f"{{name: mail, writes: true, {more}}}"), limited) for more in (before, now)
    )
    (compared,), _ = compare([later], [known_from(earlier)])
    assert compared.change is change


def test_a_waiver_writes_down_no_secret(tmp_path: Path) -> None:
    key = "rules:", "      - {name: api_key, type: text, meaning: Key}\nrules:"
    (tmp_path / "acme.yaml").write_text(PACK.replace(*key)[: PACK.replace(*key).index("    tests:")], encoding="utf-8")
    secret = MANIFEST.replace("risk: high", "api_key: Zq7rT2mX9")
    (tmp_path / "aifeature.yaml").write_text(secret, encoding="utf-8")
    (tmp_path / "aipolicy.toml").write_text(
        'policies = ["./acme.yaml"]\nwaivers = ["waivers.yaml"]\n', encoding="utf-8"
    )
    arguments = ["waive", "ACME-020", "support-agent", "--reason", "until the portal asks", "--approver", "lead"]
    told = run_here([*arguments, "--expires", "2027-01-15", "--as-of", "2026-12-01"], tmp_path)
    assert told.returncode == 2
    assert "`extensions.agent_tools[1].api_key` is named like a secret" in " ".join(told.stderr.split())
    assert "Zq7rT2mX9" not in told.stdout + told.stderr
    assert not (tmp_path / "waivers.yaml").exists()


def test_a_field_of_all_elements_at_once_cannot_be_tried(policy: Policy) -> None:
    evaluation = report_on(MANIFEST, policy).evaluations[0]
    with pytest.raises(UsageError, match=r"`extensions\.agent_tools` is a list; write the whole of it"):
        evaluation_with(evaluation, ["extensions.agent_tools.approved=true"], policy.evaluator)


def test_a_part_of_a_condition_shows_what_it_lacks(policy: Policy) -> None:
    evaluation = report_on(MANIFEST, policy).evaluations[0]
    text = 'extensions.agent_tools.exists(t, t.risk == "low") || within(extensions.vendor.home, "EU")'
    whole, risk, home = evaluated_condition(text, evaluation, policy)
    assert [next(iter(part.ways)).value for part in (whole, risk, home)] == ["true", "unknown", "true"]
    assert [name for name, value in risk.values if value is None] == [
        "extensions.agent_tools[0].risk", "extensions.agent_tools[2].risk"
    ]  # fmt: skip
    assert risk.error == ""


def test_a_limit_of_the_runtime_is_told(policy: Policy) -> None:
    tools = "".join(f"    - {{name: t{number}, writes: true}}\n" for number in range(200))
    evaluation = report_on(MANIFEST[: MANIFEST.index("    - {name: search")] + tools, policy).evaluations[0]
    text = "extensions.agent_tools.all(t, extensions.agent_tools.all(u, t.name != '' && u.name != ''))"
    (part,) = evaluated_condition(text, evaluation, policy)
    assert part.error == "Iteration budget exceeded"


def test_a_page_of_the_pack_lists_every_field(policy: Policy) -> None:
    page = pack_pages(policy.packs)["acme-agents.md"]
    assert (
        "| `extensions.agent_tools[].risk` | text |  | `low`, `medium`, `high` |  | What a wrong use can do |" in page
    )
    assert "| `extensions.vendor.home` | text, required |" in page


@pytest.mark.parametrize(
    "rules", ["", "      - 'extensions.agent_tools.filter(t, t.risk == \"high\").all(t, t.approved)'\n"]
)
def test_what_is_suggested_covers_every_condition_and_kills_every_mutant(
    rules: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", "")
    monkeypatch.chdir(tmp_path)
    pack = PACK[: PACK.index("    tests:")].replace("    require:\n", f"    require:\n{rules}")
    (tmp_path / "acme.yaml").write_text(pack, encoding="utf-8")
    arguments = ["test", "--policy", "./acme.yaml", "--as-of", "2026-12-01"]
    assert "wrote" in CliRunner().invoke(cli, [*arguments, "--suggest", "--write"]).output
    scored = CliRunner().invoke(cli, [*arguments, "--mutate", "--min-mutation", "100", "--min-coverage", "100"])
    assert scored.exit_code == 0, scored.output


def test_json_of_tests_has_records_as_its_schema_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", "")
    monkeypatch.chdir(tmp_path)
    wrong = PACK.replace("approved: false}], violated", "approved: false}], satisfied")
    (tmp_path / "acme.yaml").write_text(wrong, encoding="utf-8")
    arguments = ["test", "--policy", "./acme.yaml", "--as-of", "2026-12-01", "--format", "json"]
    told = json.loads(CliRunner().invoke(cli, arguments).output)
    schema = PAGE.parent.parent / "schemas" / "test.v1.json"
    Draft202012Validator(json.loads(schema.read_text(encoding="utf-8"))).validate(told)
    (failed,) = told["failed"]
    assert failed["lines"][0]["values"]["extensions.agent_tools"] == [
        {"name": "search", "writes": False}, {"approved": False, "name": "refund", "writes": True},
    ]  # fmt: skip
