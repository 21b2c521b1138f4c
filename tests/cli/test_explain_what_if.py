"""`aipolicy explain --set` and `--why-not` as a user meets them."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from answer_pages import ROOT, accepted
from click.testing import CliRunner, Result

from aipolicy.cli.main import cli
from aipolicy.errors import AipolicyError

DAY = ("--as-of", "2026-11-21")
CLAIMS = str(ROOT / "examples" / "quickstart" / "claims-triage")


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "80")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["explain", "claims-triage", "examples/quickstart", *arguments, *DAY])


def test_why_not_names_rules_and_least_changes_as_it_was_read_and_accepted() -> None:
    output = run("--why-not", "hosting=provider-api").output
    assert output == accepted("claims-triage.why-not.txt", output)


def test_another_declaration_stands_beside_today_as_it_was_read_and_accepted() -> None:
    output = run("--set", "latency.p95_ms=2000", "--set", "plan.region=eu").output
    assert output == accepted("claims-triage.what-if.txt", output)


def test_why_not_is_asked_of_the_feature_with_other_declarations() -> None:
    output = run("--set", "latency.p95_ms=2000", "--why-not", "hosting=provider-api").output
    assert "hosting=provider-api is the answer" in output


def test_both_stand_in_json_and_conform() -> None:
    output = run("--set", "data.must_stay_inside=true", "--why-not", "hosting=provider-api", "--format", "json").output
    explained = json.loads(output)
    schema = json.loads((ROOT / "schemas" / "explanation.v2.json").read_text())
    jsonschema.validate(explained, schema)
    assert explained["what_if"]["answer"]["recommended"]["hosting"] == "own-cloud"
    assert explained["answer"]["recommended"]["hosting"] == "provider-api"
    turned = explained["what_if"]["turned_by"][0]
    assert (turned["rule"], turned["before"], turned["after"] > 0) == ("DATA-001", 0, True)
    assert explained["why_not"]["standing"] == "removed"
    assert explained["why_not"]["changes"][0]["facts"] == {"data.must_stay_inside": False}
    assert all(set(change) >= {"facts", "reaches", "hardness"} for change in explained["why_not"]["changes"])


def test_the_answer_is_the_same_in_text_and_markdown() -> None:
    text, markdown = run().output, run("--format", "markdown").output
    for heading in ("Your plan", "Why", "USD a month", "It turns", "Say first", "To do", "Look up", "Ways left"):
        assert f"\n### {heading}\n" in markdown
        assert heading.lower() in text.lower()
    assert markdown.splitlines()[0] == f"## {text.splitlines()[0]}"
    assert markdown.splitlines()[2] == "**Use an API (expected with a gap)**"


def test_what_is_asked_about_has_a_markdown_form() -> None:
    output = run("--set", "latency.p95_ms=2000", "--why-not", "hosting=own-cloud", "--format", "markdown").output
    assert "### Beside each other" in output
    assert "### It takes" in output


def test_nothing_that_was_not_asked_stands_in_json() -> None:
    explained = json.loads(run("--format", "json").output)
    assert (explained["what_if"], explained["why_not"]) == (None, None)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--why-not", "provider=opnai"), "unknown provider: `opnai`; did you mean `openai`?"),
        (("--why-not", "hosting=cloud"), "`cloud` is not a value of `hosting`; did you mean `own-cloud`?"),
        (("--why-not", "adaptation=tuning"), "`tuning` is not a value of `adaptation`; did you mean `fine-tuning`?"),
        (("--why-not", "model=gpt-9"), "unknown model: `gpt-9`"),
        (("--why-not", "machine=h10"), "unknown machine: `h10`"),
        (("--why-not", "host=own-cloud"), "ways cannot be asked for by `host`; did you mean `hosting`?"),
        (("--why-not", "own-cloud"), "`own-cloud` asks about no way; write `--why-not hosting=provider-api`"),
        (("--why-not", "hosting=own-cloud", "--why-not", "provider=openai"), "the catalog offers no provider `openai`"),
        (("--why-not", "hosting=own-cloud", "--why-not", "hosting=on-device"), "names two words for `hosting`"),
        (("--set", "latency.p95=1"), "unknown key `p95`; did you mean `p95_ms`?"),
        (("--set", "latency.p95_ms=fast"), "must be a number"),
        (("--set", "data.classes=[helth]"), "unknown data class `helth`; did you mean `health`?"),
        (("--set", "plan.provider=opnai"), "unknown provider: `opnai`; did you mean `openai`?"),
        (("--set", "latency"), "`latency` is no change; write `--set"),
        (("--set", "latency.p95_ms=2000", "--summary"), "`--summary` sums up many features"),
        (("--set", "latency.p95_ms=2000", "--facts"), "show the answer of today as text; leave them out"),
    ],
)
def test_what_no_manifest_could_say_gets_its_message(arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert isinstance(result.exception, AipolicyError), result.output
    assert message in str(result.exception)


def test_what_is_fixed_by_the_organisation_is_no_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "aipolicy.toml").write_text('[recommendation]\nfixed = ["latency", "volume.output_tokens"]\n')
    arguments = ["explain", CLAIMS, "--why-not", "hosting=on-device", *DAY]
    output = CliRunner().invoke(cli, arguments, catch_exceptions=False).output
    assert "latency.p95_ms from" not in output
    assert "latency.p95_ms" in output.partition("stays")[2]
