"""Coverage as comma-separated values and as versioned JSON: every control and feature, or every clause."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from aipolicy import __version__
from aipolicy.catalog.frameworks import Framework
from aipolicy.findings.rule_ids import whole_id
from aipolicy.frameworks.clauses import ClauseCoverage
from aipolicy.frameworks.coverage import Cell, FrameworkCoverage
from aipolicy.report.formats.csv_rows import csv_cell, csv_row
from aipolicy.report.formats.json_text import json_text
from aipolicy.run.policy import Policy

COVERAGE_SCHEMA = "aipolicy/coverage/v1"
CELL_COLUMNS = (
    "framework",
    "control",
    "feature",
    "file",
    "owner",
    "lifecycle",
    "state",
    "relation",
    "rules",
    "missing",
)
CLAUSE_COLUMNS = ("framework", "clause", "rules", "why_none")


def coverage_csv(coverage: Iterable[FrameworkCoverage]) -> Iterator[str]:
    """Yield a head and a row for each control and feature, with CRLF as line end."""
    yield csv_row(CELL_COLUMNS)
    for framework in coverage:
        for control in framework.controls:
            for cell in control.cells:
                yield csv_row(map(csv_cell, _cells(framework.framework, cell)))


def _cells(framework: Framework, cell: Cell) -> tuple[str, ...]:
    feature, values = cell.evaluation.feature, cell.evaluation.facts.values
    rules = dict.fromkeys(whole_id(state.rule.id) for state in cell.states if state.state is cell.state)
    missing = dict.fromkeys(name for state in cell.states for name in state.facts)
    return (
        framework.id, cell.control, feature.name, feature.file, str(values.get("metadata.owner") or ""),
        str(values["metadata.lifecycle"]), cell.state.value, cell.relation, " ".join(rules), " ".join(missing),
    )  # fmt: skip


def clauses_csv(frameworks: Iterable[tuple[Framework, Sequence[ClauseCoverage]]]) -> Iterator[str]:
    """Yield a head and a row for each clause, with CRLF as line end."""
    yield csv_row(CLAUSE_COLUMNS)
    for framework, clauses in frameworks:
        for clause in clauses:
            yield csv_row(map(csv_cell, (framework.id, clause.control, " ".join(clause.relations), clause.why)))


def coverage_json(coverage: Iterable[FrameworkCoverage], policy: Policy) -> str:
    """Return the states of all controls as strict JSON."""
    frameworks = [
        {**_framework(framework.framework),
         "controls": [{"control": control.control, "rules": _rules(control.relations),
                       "features": [_cell(cell) for cell in control.cells]} for control in framework.controls]}
        for framework in coverage
    ]  # fmt: skip
    return _document(policy, frameworks)


def clauses_json(frameworks: Iterable[tuple[Framework, Sequence[ClauseCoverage]]], policy: Policy) -> str:
    """Return all clauses with the rules that speak of them as strict JSON."""
    return _document(policy, [
        {**_framework(framework), "partial": framework.is_partial,
         "clauses": [{"clause": clause.control, "rules": _rules(clause.relations), "why_none": clause.why}
                     for clause in clauses]}
        for framework, clauses in frameworks
    ])  # fmt: skip


def _document(policy: Policy, frameworks: list[dict[str, Any]]) -> str:
    return json_text(
        {
            "schema": COVERAGE_SCHEMA,
            "tool": {"name": "aipolicy", "version": __version__},
            "as_of": policy.catalog.as_of.isoformat(),
            "policy": {"digest": policy.digest},
            "frameworks": frameworks,
        }
    )


def _framework(framework: Framework) -> dict[str, Any]:
    return {"framework": framework.id, "name": framework.name}


def _rules(relations: Any) -> list[dict[str, str | None]]:
    return [{"rule": rule, "relation": relation or None} for rule, relation in relations.items()]


def _cell(cell: Cell) -> dict[str, Any]:
    feature = cell.evaluation.feature
    return {
        "feature": feature.name,
        "file": feature.file,
        "state": cell.state.value,
        "relation": cell.relation or None,
        "rules": [
            {
                "rule": state.rule.id,
                "state": state.state.value,
                "then": None if state.then is None else state.then.value,
                "missing": list(state.facts),
            }
            for state in cell.states
        ],
    }
