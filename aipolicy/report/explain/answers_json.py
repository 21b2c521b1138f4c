"""Answers to many features in, versioned JSON out (`schemas/answers.v1.json`)."""

from __future__ import annotations

from collections.abc import Sequence

from aipolicy import __version__
from aipolicy.report.answer_json import JsonObject, answer_fields
from aipolicy.report.explain.answers_list import ListedAnswer
from aipolicy.report.formats.json_text import json_text
from aipolicy.run.policy import Policy
from aipolicy.source.text import escaped

ANSWERS_SCHEMA = "aipolicy/answers/v1"


def answers_json(answers: Sequence[ListedAnswer], policy: Policy) -> str:
    """Return answers as strict JSON, in the order in which they are listed."""
    return json_text(
        {
            "schema": ANSWERS_SCHEMA,
            "tool": {"name": "aipolicy", "version": __version__},
            "as_of": policy.catalog.as_of.isoformat(),
            "policy": {"digest": policy.digest},
            "features": [_feature(answer) for answer in answers],
        }
    )


def _feature(listed: ListedAnswer) -> JsonObject:
    feature, fields = listed.feature, answer_fields(listed.answer)
    questions = fields["questions"]
    return {
        "name": escaped(feature.name),
        "file": escaped(feature.file),
        "owner": escaped(listed.owner) or None,
        "lifecycle": feature.lifecycle,
        "answer": fields["answer"],
        "blocks": list(listed.blocks),
        "question": questions[0] if questions else None,
        "conflict": fields["conflict"],
    }
