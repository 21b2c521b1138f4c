"""Coverage in, OSCAL 1.1.3 assessment results out (NIST, https://pages.nist.gov/OSCAL/): a result for each feature.

What a rule comes to is an observation; what a control comes to is a finding, satisfied or not. Of a control that does not
apply or is not in force nothing is found; its observations say so. Identifiers follow from what they name, so that the same
run gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from aipolicy import __version__
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.frameworks.coverage import Cell, FrameworkCoverage
from aipolicy.frameworks.rule_state import RuleState
from aipolicy.frameworks.states import State
from aipolicy.options.memo import Numbers
from aipolicy.policy.law import RELATIONS
from aipolicy.report.formats.json_text import json_text
from aipolicy.run.evaluated_run import Report
from aipolicy.run.policy import Policy
from aipolicy.source.regex import regex

OSCAL_VERSION = "1.1.3"
_NAMESPACE = "https://aipolicy.dev/ns/oscal"
_NO_TOKEN = regex(r"[^A-Za-z0-9._-]+")
_OPERATIONAL = {"pilot": "operational", "production": "operational", "retired": "disposition"}
"""The status of a component by the lifecycle of a feature; one that is not built yet is under development."""
_FOUND = {
    State.SATISFIED: ("satisfied", "pass"),
    State.VIOLATED: ("not-satisfied", "fail"),
    State.MISSING: ("not-satisfied", "fail"),
    State.PERSON: ("not-satisfied", "other"),
    State.UNDECIDED: ("not-satisfied", "other"),
    State.WAIVED: ("not-satisfied", "other"),
}
"""The status of a finding and its reason; for the other states nothing is found."""
_WEAK = RELATIONS[-1]


def assessment_results(coverage: Sequence[FrameworkCoverage], report: Report, policy: Policy) -> str:
    """Return the states of all controls as one OSCAL document."""
    day = f"{policy.catalog.as_of.isoformat()}T00:00:00Z"
    run = f"{policy.digest} {day}"
    plan = _uuid("plan", policy.digest)
    numbers = Numbers()
    cells: dict[int, list[tuple[FrameworkCoverage, Cell]]] = {
        numbers.of(evaluation): [] for evaluation in report.evaluations
    }
    for framework in coverage:
        for control in framework.controls:
            for cell in control.cells:
                cells[numbers.of(cell.evaluation)].append((framework, cell))
    return json_text({"assessment-results": {
        "uuid": _uuid("results", run, *(evaluation.feature.file for evaluation in report.evaluations)),
        "metadata": {"title": "What rules of aipolicy come to for AI features", "last-modified": day, "version": __version__,
                     "oscal-version": OSCAL_VERSION},
        "import-ap": {"href": f"#{plan}"},
        "results": [_result(evaluation, cells[numbers.of(evaluation)], day, run) for evaluation in report.evaluations],
        "back-matter": {"resources": [{
            "uuid": plan, "title": "The policy of the run", "description": "Packs and catalog that were used",
            "props": [_property("policy-digest", policy.digest)],
        }]},
    }})  # fmt: skip


def _result(
    evaluation: Evaluation, cells: Sequence[tuple[FrameworkCoverage, Cell]], day: str, run: str
) -> dict[str, Any]:
    feature = evaluation.feature
    component = _uuid("feature", feature.file, feature.name)
    states = {state.rule.id: state for _, cell in cells for state in cell.states}
    findings = [_finding(framework, cell, component, run) for framework, cell in cells if _is_found(cell)]
    return {
        "uuid": _uuid("result", run, component),
        "title": feature.name,
        "description": f"AI feature {feature.name}, declared in {feature.file}",
        "start": day,
        "end": day,
        "local-definitions": {"components": [_component(evaluation, component)]},
        "reviewed-controls": {"control-selections": _selections(cells)},
        "observations": [_observation(state, component, day, run) for state in states.values()],
        **({"findings": findings} if findings else {}),
    }


def _component(evaluation: Evaluation, component: str) -> dict[str, Any]:
    feature, values = evaluation.feature, evaluation.facts.values
    lifecycle = str(values["metadata.lifecycle"])
    owner = values.get("metadata.owner")
    properties = [_property("lifecycle", lifecycle), *([_property("owner", str(owner))] if owner else [])]
    return {
        "uuid": component, "type": "software", "title": feature.name, "description": f"Declared in {feature.file}",
        "props": properties, "status": {"state": _OPERATIONAL.get(lifecycle, "under-development")},
    }  # fmt: skip


def _selections(cells: Iterable[tuple[FrameworkCoverage, Cell]]) -> list[dict[str, Any]]:
    controls: dict[str, list[str]] = {}
    names = {}
    for framework, cell in cells:
        names[framework.framework.id] = framework.framework.name
        controls.setdefault(framework.framework.id, []).append(control_token(framework.framework.id, cell.control))
    return [
        {"description": names[framework_id], "include-controls": [{"control-id": token} for token in tokens]}
        for framework_id, tokens in controls.items()
    ]


def _observation(state: RuleState, component: str, day: str, run: str) -> dict[str, Any]:
    sentences = [state.rule.title, state.message, ", ".join(map(str, state.rests_on))]
    missing = [_property("missing", name) for name in state.facts]
    then = [] if state.then is None else [_property("once-in-force", state.then.value)]
    return {
        "uuid": _observed(state, component, run),
        "title": f"{state.rule.id} {state.rule.name}",
        "description": ": ".join(filter(None, sentences)),
        "props": [_property("state", state.state.value), *then, *missing],
        "methods": ["EXAMINE"],
        "types": ["control-objective"],
        "subjects": [{"subject-uuid": component, "type": "component"}],
        "collected": day,
    }


def _is_found(cell: Cell) -> bool:
    """Return whether anything is found of a control; where its rules only relate to it, none of them shows it satisfied."""
    return cell.state in _FOUND and not (cell.state is State.SATISFIED and cell.relation == _WEAK)


def _finding(framework: FrameworkCoverage, cell: Cell, component: str, run: str) -> dict[str, Any]:
    token = control_token(framework.framework.id, cell.control)
    status, reason = _FOUND[cell.state]
    return {
        "uuid": _uuid("finding", run, component, token),
        "title": f"{framework.framework.name}: {cell.control}",
        "description": f"{cell.control} is {cell.state.value} for {cell.evaluation.feature.name}",
        "target": {
            "type": "objective-id", "target-id": token,
            "props": [_property("control", cell.control), _property("state", cell.state.value)],
            "status": {"state": status, "reason": reason},
        },
        "related-observations": [{"observation-uuid": _observed(state, component, run)} for state in cell.states],
    }  # fmt: skip


def control_token(framework: str, control: str) -> str:
    """Return a control under a name that OSCAL allows: it begins with a letter and has neither spaces nor brackets."""
    return f"{framework}_{_NO_TOKEN.sub('-', control).strip('-')}"


def _observed(state: RuleState, component: str, run: str) -> str:
    return _uuid("observation", run, component, state.rule.id)


def _property(name: str, value: str) -> dict[str, str]:
    return {"name": name, "ns": _NAMESPACE, "value": " ".join(value.split()) or "-"}


def _uuid(*words: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"{_NAMESPACE}/{'/'.join(words)}"))
