"""All facts of a feature: declared, assumed, derived, and those that rules read and nobody knows."""

from __future__ import annotations

from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.facts.all_facts import is_option_fact
from aipolicy.facts.facts import Provenance
from aipolicy.facts.value_text import shown_value
from aipolicy.report.terminal.drawing import Screen, grid, said
from aipolicy.source.text import escaped

_NAME_WIDTH = 34
_SHOWN = (Provenance.DECLARED, Provenance.ASSUMED, Provenance.DERIVED)
_HEADINGS = {
    Provenance.DECLARED: "facts declared",
    Provenance.ASSUMED: "facts that are left out, as assumed or expected",
    Provenance.DERIVED: "facts derived",
}


def draw_facts(screen: Screen, evaluation: Evaluation) -> None:
    """Add the facts of a feature to a screen, with the reason of each that is assumed."""
    groups = fact_groups(evaluation)
    for provenance in _SHOWN:
        if groups[provenance]:
            screen.heading(_HEADINGS[provenance])
            rows = grid(min(_NAME_WIDTH, screen.width // 2), None)
            for name in groups[provenance]:
                rows.add_row(said(escaped(name)), said(_value(evaluation, name, provenance)))
            screen.add(rows, 2)
    if groups[Provenance.UNKNOWN]:
        screen.heading("facts that rules read and nobody knows")
        screen.add(said(", ".join(groups[Provenance.UNKNOWN])), 2)


def fact_groups(evaluation: Evaluation) -> dict[Provenance, list[str]]:
    """Return the names of the facts that matter to a feature, by how each came to be known."""
    names = {name for ruled in evaluation.rules for name in ruled.active.rule.feature_reads}
    facts = evaluation.expected.facts
    groups: dict[Provenance, list[str]] = {provenance: [] for provenance in Provenance}
    for name in facts.known.specs:
        provenance = facts.fact(name).provenance
        if is_option_fact(name) or name.startswith("metadata.") or not facts.is_told(name):
            continue
        if name in facts.declared or name in names or provenance is Provenance.ASSUMED:
            groups[provenance].append(name)
    return groups


def _value(evaluation: Evaluation, name: str, provenance: Provenance) -> str:
    facts = evaluation.expected.facts
    fact = facts.fact(name)
    unit = f" {fact.spec.unit}" if fact.spec.unit and isinstance(fact.value, float) else ""
    text = shown_value(fact.value) + unit
    if provenance is not Provenance.ASSUMED:
        return text
    expected = facts.known.expected.get(name)
    reason = fact.spec.default_source or ("" if expected is None else expected.reason)
    return f"{text}; {escaped(reason)}" if reason else text
