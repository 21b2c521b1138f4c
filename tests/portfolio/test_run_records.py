"""What rules over all features find in records alone is what they find where everything is at hand."""

from __future__ import annotations

import pickle
from datetime import date
from pathlib import Path

import pytest

from aipolicy.config.scope import SOME_FEATURES
from aipolicy.config.settings import PolicySettings
from aipolicy.findings.finding import sorted_findings
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.portfolio.portfolio_findings import portfolio_findings
from aipolicy.portfolio.run_records import documents_of_features, documents_of_files, records_of, unread_files
from aipolicy.run.evaluated_run import check
from aipolicy.run.policy import Policy, load_policy

HEAD = "apiVersion: aipolicy/v1\nkind: {kind}\nmetadata: {{name: {name}, {more}}}\n"
PACK = HEAD.format(kind="PolicyPack", name="own", more="version: '1'") + (
    "facts:\n  - {name: tier, type: number, meaning: d, unit: tier}\n"
    "portfolio_rules:\n  - id: FOLIO-001\n    name: too-much\n    title: No provider has too much\n"
    "    severity: error\n    group_by: plan.provider\n    measures: {x: sum(extensions.tier)}\n"
    '    require: [group.x <= 0.6 * total.x]\n    message: "`{group.key}` has `{group.x}` of `{total.x}`"\n'
)


def manifest(name: str, provider: str, tier: int | None) -> str:
    return (
        HEAD.format(kind="AIFeature", name=name, more="owner: web") + "data: {classes: [internal]}\n"
        f"plan: {{hosting: provider-api, provider: {provider}}}\n"
        + (f"extensions: {{tier: {tier}}}\n" if tier is not None else "")
    )


VIOLATED = {
    "a.yaml": manifest("a", "openai", 7) + "---\n" + manifest("b", "openai", 8),
    "c.yaml": manifest("c", "mistral", 1),
}
UNDECIDED = {**VIOLATED, "c.yaml": manifest("c", "mistral", None)}
UNREADABLE = {**VIOLATED, "x.yaml": "kind: AIFeature\na: [\n"}
TWICE = {**VIOLATED, "a.yaml": manifest("a", "openai", 7) + "---\n" + manifest("a", "openai", 8)}


@pytest.fixture
def policy(tmp_path: Path) -> Policy:
    (tmp_path / "own.yaml").write_text(PACK, encoding="utf-8")
    return load_policy(PolicySettings(as_of=date(2026, 11, 21), packs=(str(tmp_path / "own.yaml"),)))


@pytest.mark.parametrize(
    "texts", [VIOLATED, UNDECIDED, UNREADABLE, TWICE], ids=["violated", "undecided", "unread", "twice"]
)
def test_records_and_files_give_every_finding_with_its_place_and_its_source(
    texts: dict[str, str], policy: Policy
) -> None:
    files = [ManifestFile(path, text.encode(), False) for path, text in texts.items()]
    whole = check(files, policy)
    at_hand = [finding for finding in whole.findings if finding.rule_id == "FOLIO-001"]
    reports = [check([file], policy, SOME_FEATURES) for file in files]
    rules = policy.evaluated_portfolio_rules
    records = [record for report in reports for record in records_of(report.evaluations, rules)]
    unread = [path for report in reports for path in unread_files(report.evaluations, report.findings)]
    found = portfolio_findings(
        pickle.loads(pickle.dumps(records)), unread, rules,
        documents_of_files(files, extensions=policy.evaluator.known.extensions_schema),
        as_of=policy.catalog.as_of, strict=policy.strict,
    )  # fmt: skip
    assert found
    for one, other in zip(sorted_findings(found), at_hand, strict=True):
        assert one.sort_key == other.sort_key
        assert [one.span_of(place) for place in (one.place, *one.related)] == [
            other.span_of(place) for place in (other.place, *other.related)
        ]
        assert (one.outcome, one.severity, one.subject, one.missing_facts) == (
            other.outcome, other.severity, other.subject, other.missing_facts,
        )  # fmt: skip
        assert (one.document is None) == (other.document is None)
        if one.document is not None and other.document is not None:
            assert one.document.source.text == other.document.source.text
            assert one.document.index == other.document.index


def test_a_file_is_read_once_and_only_if_a_place_in_it_is_asked_for(policy: Policy) -> None:
    files = [ManifestFile(path, text.encode(), False) for path, text in VIOLATED.items()]
    report = check(files, policy, SOME_FEATURES)
    first, second, _ = records_of(report.evaluations, policy.evaluated_portfolio_rules)
    document = documents_of_files(files, extensions=policy.evaluator.known.extensions_schema)
    assert document(first) is document(first) is not None
    assert document(first) is not document(second) is not None
    assert document(first).source is document(second).source  # type: ignore[union-attr]  # both were found
    at_hand = documents_of_features(evaluation.feature for evaluation in report.evaluations)
    assert at_hand(first) is report.evaluations[0].feature.document
    assert at_hand(first._replace(name="unknown")) is document(first._replace(file="unknown")) is None
