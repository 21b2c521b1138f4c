"""What is wrong with the shape of a manifest and what is wrong with its words is said in one round."""

from __future__ import annotations

from datetime import date

import pytest

from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.run.evaluated_run import check
from aipolicy.run.policy import PolicySettings, load_policy

POLICY = load_policy(PolicySettings(as_of=date(2026, 11, 29)))
HEAD = "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: a}\nlatency: {p95: 800}\n"
MISSHAPEN = ("MAN-003", "unknown key `p95`; did you mean `p95_ms`?")
WORDS: list[tuple[str, list[tuple[str, str]]]] = [
    ("", []),
    ("task: {type: chatbot}\n", [("MAN-005", "unknown task type `chatbot`; did you mean `dialogue`?")]),
    ("data: {classes: [pii], residency: [Germany]}\n",
     [("MAN-005", "unknown data class `pii`; did you mean `personal`?"),
      ("MAN-005", "unknown place `Germany`; did you mean `DE`?")]),
    ("data: {classes: pii}\n",
     [("MAN-005", "`classes` must be a list, found text; write it in brackets, as in `[DE]`"),
      ("MAN-005", "unknown data class `pii`; did you mean `personal`?")]),
    ("plan: {provider: OpenAI, model: gpt-6-lunna}\n",
     [("PLAN-001", "unknown provider: `OpenAI`; did you mean `openai`?"),
      ("PLAN-001", "unknown model: `gpt-6-lunna`; did you mean `gpt-6-luna`?")]),
    ("plan: {provider: bedrock, model: azure/gpt-4o}\n",
     [("MAN-008", "`azure/gpt-4o` names the provider `azure-openai`, not `amazon-bedrock`")]),
    ("plan: {provider: [openai], hosting: cloud}\n",
     [("MAN-005", "`provider` must be text, found a list"),
      ("MAN-005", "`cloud` is not a value of `hosting`")]),
    ("plan: 3\ndata: [pii]\n", [("MAN-005", "`plan` must be a mapping, found a number"),
                                ("MAN-005", "`data` must be a mapping, found a list")]),
]  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), WORDS)
def test_words_are_told_beside_a_wrong_shape(body: str, expected: list[tuple[str, str]]) -> None:
    report = check((ManifestFile("a.aifeature.yaml", (HEAD + body).encode(), named=True),), POLICY)
    found = [(finding.rule_id, finding.message) for finding in report.findings]
    assert len(found) == len(expected) + 1
    for rule_id, message in [MISSHAPEN, *expected]:
        assert any(each[0] == rule_id and each[1].startswith(message) for each in found), (message, found)
