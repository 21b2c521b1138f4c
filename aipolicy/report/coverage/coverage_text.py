"""Controls with the state of every feature as text, and the clauses of frameworks with the rules that speak of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from aipolicy.catalog.frameworks import Framework
from aipolicy.frameworks.clauses import ClauseCoverage
from aipolicy.frameworks.coverage import ControlCoverage, FrameworkCoverage
from aipolicy.frameworks.states import STATES, WORDS, State
from aipolicy.policy.law import RELATIONS
from aipolicy.report.explain.framework_page import NO_ADVICE
from aipolicy.report.terminal.drawing import Screen, grid, said
from aipolicy.report.terminal.style import Role, Styler
from aipolicy.source.text import escaped, quantity

_NAMED = 3
"""So many features are named for a state; programs are told all."""
_WIDEST_CONTROL = 26
_UNTOLD = "no reason is on record: a gap of the packs"
_WEAK = RELATIONS[-1]
"""A relation by which meeting a rule shows nothing of a control."""


def coverage_text(coverage: Sequence[FrameworkCoverage], features: int, day: str, *, width: int, style: Styler) -> str:
    """Return a line for each control: in which state it is for how many features, and for which of them."""
    screen = Screen(width, style)
    screen.add(said(f"{quantity(features, 'feature')} on {day}", Role.STRONG))
    for framework in coverage:
        _head(screen, framework.framework, f"{quantity(len(framework.controls), 'control')} with rules")
        rows = tuple(_alike(framework))
        for controls, words in rows:
            drawn = grid(_width(named for named, _ in rows), None)
            drawn.add_row(said(controls), said(words))
            screen.add(drawn, 2)
    screen.add(said(""))
    screen.add(said(NO_ADVICE))
    return screen.result()


def _alike(coverage: FrameworkCoverage) -> Iterator[tuple[str, str]]:
    """Yield controls that follow each other and are in the same states, with those in words."""
    for words, alike in groupby(coverage.controls, key=lambda control: "; ".join(_states(control))):
        yield ", ".join(spans([control.control for control in alike], coverage.framework)), words


def _states(control: ControlCoverage) -> Iterator[str]:
    stated = ((cell.state, cell.evaluation.feature.name) for cell in control.cells)
    return state_words(stated, control.relations)


def state_words(stated: Iterable[tuple[State, str]], relations: Mapping[str, str]) -> Iterator[str]:
    """Yield each state of a control with the features that it is in, by their names, a few of many.

    `relations` is how each rule relates to the control, by its id.
    """
    listed = tuple(stated)
    for state in STATES:
        names = [escaped(name) for held, name in listed if held is state]
        if not names:
            continue
        few = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
        is_weak = state is State.SATISFIED and set(relations.values()) == {_WEAK}
        weak = " by rules that only relate to it" if is_weak else ""
        yield f"{WORDS[state]}{weak} {len(names)}" + ("" if state is State.NOT_APPLICABLE else f" ({few})")


def clauses_text(frameworks: Iterable[tuple[Framework, Sequence[ClauseCoverage]]], *, width: int, style: Styler) -> str:
    """Return the clauses of frameworks: those that rules speak of, and those that none does by the reason."""
    screen = Screen(width, style)
    for framework, clauses in frameworks:
        spoken = [clause for clause in clauses if clause.relations]
        unspoken = [clause for clause in clauses if not clause.relations]
        total = f"rules speak of {len(spoken)} of {len(clauses)} clauses"
        _head(screen, framework, total + (", and it has more that are not listed" if framework.is_partial else ""))
        for clause in spoken:
            drawn = grid(_width(entry.control for entry in spoken), None)
            drawn.add_row(said(clause.control), said(", ".join(rules_related(clause.relations))))
            screen.add(drawn, 2)
        if unspoken:
            screen.add(said("no rule speaks of"), 2)
        for line in unspoken_words(framework, unspoken):
            screen.add(said(line), 4)
    return screen.result()


def rules_related(relations: Mapping[str, str]) -> Iterator[str]:
    """Yield rules, each with how it relates to a clause where it is not of the framework itself."""
    for rule, relation in relations.items():
        yield f"{rule} ({relation})" if relation else rule


def unspoken_words(framework: Framework, clauses: Sequence[ClauseCoverage]) -> Iterator[str]:
    """Yield a line for each reason for which no rule speaks of some clauses, with these clauses."""
    for why, alike in _by_reason(clauses):
        yield f"{', '.join(spans(alike, framework))}: {why or _UNTOLD}"


def _by_reason(clauses: Sequence[ClauseCoverage]) -> Iterator[tuple[str, list[str]]]:
    """Yield each reason with its clauses, those without one last."""
    reasons = dict.fromkeys(clause.why for clause in clauses)
    for why in sorted(reasons, key=lambda reason: not reason):
        yield why, [clause.control for clause in clauses if clause.why == why]


def spans(some: Sequence[str], framework: Framework) -> Iterator[str]:
    """Yield controls with those that follow each other as one span: `28 to 39`.

    In a framework of which only some are listed each stands by itself, for a span would take in what is not.
    """
    if framework.is_partial:
        yield from some
        return
    controls = framework.controls
    places = [controls.index(control) for control in some]
    for _, run in groupby(enumerate(places), key=lambda pair: pair[1] - pair[0]):
        ends = [controls[place] for _, place in run]
        yield ends[0] if len(ends) == 1 else f"{ends[0]} to {ends[-1]}" if len(ends) > 2 else ", ".join(ends)


def _head(screen: Screen, framework: Framework, total: str) -> None:
    screen.heading(f"{framework.id} ({framework.name}): {total}")


def _width(controls: Iterable[str]) -> int:
    return max((min(len(control), _WIDEST_CONTROL) for control in controls), default=0)
