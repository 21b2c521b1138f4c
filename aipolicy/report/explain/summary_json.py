"""A summary of answers in, versioned JSON out."""

from __future__ import annotations

from typing import Any

from aipolicy import __version__
from aipolicy.answer.summary import Building, SharedQuestion, Summary
from aipolicy.report.formats.json_text import json_text
from aipolicy.report.formats.json_value import json_value
from aipolicy.run.policy import Policy
from aipolicy.source.text import escaped

SUMMARY_SCHEMA = "aipolicy/summary/v1"


def render_summary_json(summary: Summary, policy: Policy) -> str:
    """Return a summary as strict JSON."""
    return json_text(
        {
            "schema": SUMMARY_SCHEMA,
            "tool": {"name": "aipolicy", "version": __version__},
            "as_of": policy.catalog.as_of.isoformat(),
            "policy": {"digest": policy.digest},
            "features": summary.features,
            "retired": summary.retired,
            "kinds": summary.kinds,
            "in_common": [
                {"fact": common.fact, "value": json_value(common.value), "features": common.features}
                for common in summary.common
            ],
            "unsaid": [{"fact": fact, "features": count} for fact, count in summary.unsaid],
            "answers": [
                {**_building(building), "certainty": str(building.certainty), "features": count}
                for building, count in summary.answers
            ],
            "conflicts": [{"rules": list(rules), "features": count} for rules, count in summary.conflicts],
            "needs": [
                {"id": need.id, "features": need.features, "certain": need.certain} for need in summary.needs
            ],
            "questions": [_question(question) for question in summary.questions],
            "to_do": [
                {
                    "rule": counted.to_do.rule, "fact": counted.to_do.fact, "before": counted.to_do.before,
                    "features": counted.features,
                }
                for counted in summary.to_do
            ],
            "gaps": [
                {
                    "about": escaped(counted.gap.about), "fact": counted.gap.fact, "file": counted.gap.file,
                    "features": counted.features,
                }
                for counted in summary.gaps
            ],
        }
    )  # fmt: skip


def _question(question: SharedQuestion) -> dict[str, Any]:
    return {
        "fact": question.fact,
        "features": question.features,
        "values": [
            {"value": json_value(moved.value), "then": _building(moved.building), "features": moved.features}
            for moved in question.moved
        ],
    }


def _building(building: Building) -> dict[str, Any]:
    return {"hosting": building.hosting, "adaptation": building.adaptation}
