"""What a framework asks of a feature in, versioned JSON out."""

from __future__ import annotations

from datetime import date
from typing import Any

from aipolicy import __version__
from aipolicy.findings.rule_ids import whole_id
from aipolicy.frameworks.asked import FrameworkAnswer
from aipolicy.frameworks.questions import questions_of
from aipolicy.frameworks.rule_state import RuleState
from aipolicy.frameworks.said_by import said_by
from aipolicy.frameworks.states import counts_of
from aipolicy.policy.law_words import law_of, status_on
from aipolicy.report.formats.json_text import json_text
from aipolicy.run.policy import Policy

FRAMEWORK_SCHEMA = "aipolicy/framework/v1"


def framework_json(answer: FrameworkAnswer, policy: Policy) -> str:
    """Return what a framework asks of one feature as strict JSON."""
    evaluation, day = answer.evaluation, policy.catalog.as_of
    feature, values = evaluation.feature, evaluation.facts.values
    owner = str(values.get("metadata.owner") or "")
    return json_text(
        {
            "schema": FRAMEWORK_SCHEMA,
            "tool": {"name": "aipolicy", "version": __version__},
            "as_of": day.isoformat(),
            "policy": {"digest": policy.digest},
            "framework": {"id": answer.framework.id, "name": answer.framework.name},
            "feature": {
                "name": feature.name, "file": feature.file, "lifecycle": values["metadata.lifecycle"], "owner": owner,
            },
            "counts": {state.value: count for state, count in counts_of(part.state for part in answer.states).items()},
            "questions": [
                {"facts": _facts(question.facts, owner), "rules": [rule_state.rule.id for rule_state in question.waiting]}
                for question in questions_of(answer.states)
            ],
            "clauses": [_clause(answer, state, owner, day) for state in answer.states],
        }
    )  # fmt: skip


def _clause(answer: FrameworkAnswer, state: RuleState, owner: str, day: date) -> dict[str, Any]:
    rule, link = state.rule, answer.link_of(state)
    law = law_of(rule)
    checked = None if law.basis is None else law.basis.checked_on
    return {
        "rule": rule.id,
        "of": whole_id(rule.id),
        "title": rule.title,
        "clause": link.clause,
        "controls": list(link.controls),
        "relations": list(link.relations),
        "state": state.state.value,
        "then": None if state.then is None else state.then.value,
        "in_force_from": None if rule.effective_from is None else rule.effective_from.isoformat(),
        "message": state.message,
        "missing": _facts(state.facts, owner),
        "rests_on": [{"fact": fact.name, "value": fact.value, "line": fact.line} for fact in state.rests_on],
        "review_by": None if law.review is None else law.review.by,
        "status": status_on(rule, day),
        "verified": law.verified,
        "checked_on": None if checked is None else checked.isoformat(),
        "fix": rule.fix,
    }


def _facts(names: tuple[str, ...], owner: str) -> list[dict[str, str]]:
    return [{"fact": name, "from": said_by(name, owner)} for name in names]
