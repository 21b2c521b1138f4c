"""`aipolicy policy import`: what a policy of Kubernetes says is a pack that loads; what cannot be said is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from aipolicy.authoring.admission_policy import imported_pack
from aipolicy.catalog.load import read_catalog
from aipolicy.cli.main import cli
from aipolicy.errors import AipolicyError
from aipolicy.facts.known_facts import STANDARD_FACTS
from aipolicy.policy.reading.load import load_packs
from aipolicy.policy.rule import Rule
from aipolicy.policy.sources.locate import PackFiles

CATALOG = read_catalog((), as_of=date(2026, 11, 30))
HEAD = """\
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: data.example.com}
spec:
"""
WHOLE = """\
  variables:
    - {name: health, expression: '"health" in object.data.kinds'}
  matchConditions:
    - {name: past, expression: object.metadata.lifecycle == "production"}
  validations:
    - {expression: '!variables.health || object.data.minimized', message: "health data {is} minimised"}
    - {expression: object.volume.requests_per_day <= 5000}
"""


def rules_of(text: str) -> tuple[Rule, ...]:
    return load_packs([PackFiles("p.yaml", (("p.yaml", text.encode()),))], CATALOG, {})[0].rules


def imported(spec: str) -> tuple[tuple[Rule, ...], list[str]]:
    found = imported_pack("k.yaml", (HEAD + spec).encode(), CATALOG, STANDARD_FACTS)
    rules = rules_of(found.text) if found.text else ()
    assert len(rules) == found.rules
    return rules, list(found.left)


def test_what_it_says_becomes_rules_over_the_manifest() -> None:
    (first, second), left = imported(WHOLE)
    assert left == []
    assert (first.id, first.message) == ("DATA-001", "health data (is) minimised")
    assert [line.text for line in first.when] == ['metadata.lifecycle == "production"']
    assert first.require[0].text == "!variables.health || data.minimized"
    assert second.require[0].text == "volume.requests_per_day <= 5000"


@pytest.mark.parametrize(
    ("spec", "rules", "said"),
    [
        ("  validations:\n  - {expression: object.data.minimized}\n  - {expression: object.spec.replicas <= 5}\n", 1,
         "k.yaml:7:6: unknown fact `spec.replicas`"),
        ("  validations: [{expression: request.userInfo.username == 'a'}]\n", 0,
         "it reads `request.userInfo.username`, which no manifest has"),
        ("  validations: [{expression: oldObject.data.minimized}]\n", 0, "it reads `oldObject.data.minimized`"),
        ("  failurePolicy: Fail\n  validations: [{expression: object.data.minimized}]\n", 1,
         "k.yaml:5:3: `failurePolicy` has no place in a pack"),
        ("  validations: [{expression: object.data.minimized, messageExpression: \"'a'\", reason: Forbidden}]\n", 1,
         "`messageExpression` is not said"),
        ("  variables: [{name: a, expression: request.x}]\n  validations: [{expression: variables.a}]\n", 0,
         "it uses a variable that could not be imported"),
        # without its condition the rule would apply to every feature
        ("  matchConditions: [{name: a, expression: request.x}]\n  validations: [{expression: object.data.minimized}]\n", 0,
         "every rule would apply to more; none is imported"),
        # some of them within a place is too little for a requirement: told of the pack that would have been made
        ("  validations: [{expression: 'within(object.data.subject_countries, \"EU\")'}]\n", 0, "which is too little here"),
    ],
)  # fmt: skip
def test_what_cannot_be_said_is_told_at_its_place(spec: str, rules: int, said: str) -> None:
    found, left = imported(spec)
    assert len(found) == rules
    assert any(said in each for each in left), left


@pytest.mark.parametrize("text", ["a: [", "kind: Pod\napiVersion: v1\n", HEAD + "  {}\n---\n{}\n", "[]\n"])
def test_a_file_that_is_no_such_policy_is_an_error(text: str) -> None:
    with pytest.raises(AipolicyError):
        imported_pack("k.yaml", text.encode(), CATALOG, STANDARD_FACTS)


@pytest.mark.parametrize(("spec", "code"), [(WHOLE, 0), ("  failurePolicy: Fail\n" + WHOLE, 1)])
def test_the_command_prints_the_pack_and_exits_1_where_something_is_left_out(
    spec: str, code: int, tmp_path: Path
) -> None:
    file = tmp_path / "k.yaml"
    file.write_text(HEAD + spec)
    result = CliRunner().invoke(cli, ["policy", "import", str(file), "--policy", "build-or-buy"])
    assert result.exit_code == code
    assert len(rules_of(result.stdout)) == 2
    assert ("not imported" in result.stderr) is bool(code)
    assert "imported 2 rules" in result.stderr
