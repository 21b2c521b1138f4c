"""A rule in, the JSON that explains it out."""

from __future__ import annotations

from datetime import date
from typing import Any

from aipolicy.findings.reserved_rules import ReservedRule
from aipolicy.policy.law_words import law_of, status_on
from aipolicy.policy.portfolio_rule import PortfolioRule
from aipolicy.policy.rule import Requirement, Rule, SharedScope


def rule_object(rule: Rule | PortfolioRule | ReservedRule, day: date) -> dict[str, Any]:
    """Return a rule as plain JSON values, as on a day."""
    if isinstance(rule, ReservedRule):
        return {"id": rule.id, "name": rule.name, "title": rule.title, "severity": rule.severity.value, "why": rule.why,
                "fix": rule.fix, "reserved": True}  # fmt: skip
    return _portfolio_object(rule, day) if isinstance(rule, PortfolioRule) else _rule_object(rule, day)


def _rule_object(rule: Rule, day: date) -> dict[str, Any]:
    severity = rule.severity_on(day)
    conditions = (*rule.when, *rule.require)
    return {
        "id": rule.id,
        "name": rule.name,
        "title": rule.title,
        "kind": rule.kind.value,
        "severity": rule.severity.value,
        "scope": rule.scope.value,
        "legs": rule.legs.value,
        "pack": rule.pack,
        "when": [line.text for line in rule.when],
        "require": [line.text for line in rule.require],
        **(
            {"requirements": [_requirement_object(requirement) for requirement in rule.requirements]}
            if rule.requirements
            else {}
        ),
        **({"shared": [_shared_object(scope) for scope in rule.shared]} if rule.shared else {}),
        **({"law": law_object(rule, day)} if rule.law is not None else {}),
        **({"must_declare": list(rule.must_declare)} if rule.must_declare else {}),
        "reads": sorted({fact for line in conditions for fact in (*line.feature_reads, *line.option_reads)}),
        "parameters": {
            name.removeprefix("params."): list(value) if isinstance(value, tuple) else value
            for name, value in rule.parameters.items()
        },
        "message": rule.message,
        "why": rule.why,
        "fix": rule.fix,
        "references": [{"title": r.title, "url": r.url, "clause": r.clause} for r in rule.references],
        "announced_on": rule.announced_on.isoformat() if rule.announced_on else None,
        "warning_from": rule.warning_from.isoformat() if rule.warning_from else None,
        "effective_from": rule.effective_from.isoformat() if rule.effective_from else None,
        "effective_until": rule.effective_until.isoformat() if rule.effective_until else None,
        "stage": rule.stage_on(day).value,
        "severity_now": severity and severity.value,
        "defined_at": rule.defined_at,
        "examples": [{"name": test.name, "expect": test.expect.value} for test in rule.tests],
    }


def law_object(rule: Rule, day: date) -> dict[str, Any]:
    """Return what a rule says of the law behind it, with what has become of that law on a day."""
    law = law_of(rule)
    basis = law.basis
    checked_on = None if basis is None or basis.checked_on is None else basis.checked_on.isoformat()
    return {
        "instrument": "" if basis is None else basis.instrument, "as_amended": "" if basis is None else basis.as_amended,
        "url": "" if basis is None else basis.url, "checked_on": checked_on, "clause": law.clause,
        "verified": law.verified, "status": status_on(rule, day), "superseded_by": law.superseded_by,
        "review": None if law.review is None else {"by": law.review.by, "evidence": list(law.review.evidence)},
        "controls": [control._asdict() for control in law.controls],
    }  # fmt: skip


def _requirement_object(requirement: Requirement) -> dict[str, Any]:
    """Return a requirement with its own words; its condition is one of `require`."""
    return {
        "name": requirement.name, "that": requirement.line.text, "message": requirement.message,
        "fix": requirement.fix, "evidence": list(requirement.evidence),
    }  # fmt: skip


def _shared_object(scope: SharedScope) -> dict[str, Any]:
    """Return what a file or a group says for all its rules; its conditions are the first ones of `when`."""
    return {
        "title": scope.title, "when": [line.text for line in scope.when], "must_declare": list(scope.must_declare),
        "defined_at": scope.defined_at,
    }  # fmt: skip


def _portfolio_object(rule: PortfolioRule, day: date) -> dict[str, Any]:
    formulas = [measure.formula for measure in rule.measures if measure.formula is not None]
    readings = (*rule.over, *formulas, *((rule.group_by,) if rule.group_by is not None else ()))
    return {
        **_rule_object(rule.rule, day),
        "kind": "portfolio",
        "over": [line.text for line in rule.over],
        "group_by": rule.group_by.text if rule.group_by is not None else None,
        "measures": {measure.name: measure.text for measure in rule.measures},
        "reads": sorted({fact for reading in readings for fact in (*reading.feature_reads, *reading.option_reads)}),
        "examples": [{"name": test.name, "expect": test.expect.value} for test in rule.tests],
    }
