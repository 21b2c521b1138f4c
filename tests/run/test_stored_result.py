"""The result of a file comes back from bytes as it was: nothing that a format or a rule over all features needs is lost."""

from __future__ import annotations

from datetime import date

import pytest

from aipolicy.config.settings import PolicySettings
from aipolicy.findings.finding import Finding, Place, Reference, Replacement, Stage, WaiverNote
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.run.answers_asked import AnswersAsked, Depth
from aipolicy.run.evaluated_file import evaluate_file
from aipolicy.run.file_result import FileResult, file_result
from aipolicy.run.policy import Policy, load_policy
from aipolicy.run.stored_result import result_from_bytes, result_to_bytes
from aipolicy.source.span import Position, Span
from aipolicy.value import fields, replace

HEAD = "apiVersion: aipolicy/v1\nkind: AIFeature\n"
MANIFESTS = {
    "clean": HEAD + "metadata: {name: calm}\ndata: {classes: [public]}\n",
    "planned": HEAD + (
        "metadata: {name: leak, lifecycle: production, description: größer, labels: {unit: a}}\n"
        "data: {classes: [health], residency: [EU]}\nvolume: {requests_per_day: {low: 1, likely: 2.5, high: 1.0e9}}\n"
        "plan: {hosting: provider-api, provider: openai, region: us}\n"
    ),
    "waived in a comment": HEAD + (
        "# aipolicy: ignore[RES-001] we know until=2027-01-15 approver=privacy\n"
        "metadata: {name: held, lifecycle: pilot}\ndata: {classes: [internal], residency: [EU]}\n"
        "plan: {hosting: provider-api, provider: openai, region: us}\n"
    ),
    "misspelt": HEAD + "metadata: {name: typo}\ndata: {clases: [health]}\n",
    "two documents": HEAD + "metadata: {name: one}\n---\n" + HEAD + "metadata: {name: two}\nplan: {provider: 𐐷}\n",
    "broken": "a: [\n",
    "foreign": "apiVersion: v1\nkind: ConfigMap\n",
    "half a pair": HEAD + 'metadata: {name: half, owner: "\\ud800"}\n',
}  # fmt: skip


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(PolicySettings(as_of=date(2026, 11, 21), packs=("build-or-buy", "portfolio")))


def names(finding: Finding) -> list[str]:
    """Return what is kept of a finding as it is; of its document the text alone is."""
    return [name for name in fields(finding) if name != "document"]


def result_of(name: str, policy: Policy, *, named: bool = False) -> FileResult:
    file = ManifestFile("svc/a.aifeature.yaml", MANIFESTS[name].encode(), named)
    return file_result(evaluate_file((file,), policy), policy)


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_result_that_comes_back_gives_the_same_bytes_again(name: str, policy: Policy) -> None:
    content = result_to_bytes(result_of(name, policy))
    assert result_to_bytes(result_from_bytes(content)) == content


@pytest.mark.parametrize("name", MANIFESTS)
def test_everything_comes_back_but_the_values_of_documents(name: str, policy: Policy) -> None:
    before = result_of(name, policy, named=True)
    after = result_from_bytes(result_to_bytes(before))
    assert len(before.findings) == len(after.findings)
    for was, found in zip(before.findings, after.findings, strict=True):
        assert {f: getattr(was, f) for f in names(was)} == {f: getattr(found, f) for f in names(was)}
        assert was.document is not None
        assert found.document is not None
        assert found.document.source.text == was.document.source.text
        assert (found.document.source.path, found.document.index) == (was.document.source.path, was.document.index)
    assert after.records == before.records
    assert after._replace(findings=(), features=()) == before._replace(findings=(), features=())
    assert [feature.name for feature in after.features] == [feature.name for feature in before.features]


def test_every_field_of_a_finding_is_kept(policy: Policy) -> None:
    (finding, *_) = result_of("planned", policy).findings
    span = Span(Position(1, 2), Position(3, 4))
    full = replace(
        finding, place=Place(path=("data", 0), part="key", span=span, label="l"), related=(Place(span=span),),
        replacement=Replacement("old", "new", True), stage=Stage.WARNING, subject="group a",
        references=(Reference(title="t", url="u", clause="c"),), missing_facts=("a.b",),
        waiver=WaiverNote(
            at="w.yaml:1", holds=True, state="waived", detail="d", reason="r", owner="o", approver="a", ticket="t",
            expires="2027-01-01", days_left=3, inline=True,
        ),
    )  # fmt: skip
    result = result_of("clean", policy)._replace(findings=(full,))
    (found,) = result_from_bytes(result_to_bytes(result)).findings
    assert {f: getattr(found, f) for f in names(full)} == {f: getattr(full, f) for f in names(full)}


def test_a_result_points_into_its_file_without_reading_it_again(policy: Policy) -> None:
    for finding in result_of("planned", policy).findings:
        assert all(place.span is not None for place in (finding.place, *finding.related))


def test_a_feature_of_which_a_fact_is_refused_is_not_answered(policy: Policy) -> None:
    asked = AnswersAsked(20.0, 36.0, Depth.BRIEF, Depth.FULL)
    text = HEAD + "metadata: {name: a}\ndata: {classes: [internal], residency: [Europa]}\n"
    file = ManifestFile("a.aifeature.yaml", text.encode(), True)
    (feature,) = file_result(evaluate_file((file,), policy), policy, asked).features
    assert feature.answer is None
