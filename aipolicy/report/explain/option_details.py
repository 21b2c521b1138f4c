"""The ways that are left and what removed the others: a matrix, the rules by how much they remove, duties."""

from __future__ import annotations

from collections.abc import Mapping

from rich.table import Table

from aipolicy.catalog.axes import ADAPTATIONS, HOSTINGS
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.verdict import ways_of
from aipolicy.report.answer_words import HOSTINGS as HOSTING_WORDS
from aipolicy.report.terminal.drawing import Screen, grid, said
from aipolicy.report.terminal.style import Role
from aipolicy.source.text import escaped, grouped

_ID_WIDTH = 10
_COUNT_WIDTH = 6


def draw_options(screen: Screen, evaluation: Evaluation) -> None:
    """Add the ways of a feature to a screen: what is left and what removed the others, as expected."""
    expected = evaluation.expected
    verdict = expected.verdict
    ways = ways_of(verdict, expected.candidates)
    screen.heading("ways left / open, or the rule that removed all")
    screen.add(_matrix(expected), 2)
    if verdict.needs:
        screen.heading("needs of everything that is left")
        rows = grid(18, None)
        for need in verdict.needs:
            certainty = "" if need.certain else " (if the open ways fall away)"
            rows.add_row(said(need.id, Role.STRONG), said(need.title + certainty))
        screen.add(rows, 2)
    _counted(screen, expected, f"rules that removed ways, of {grouped(ways.full.bit_count())}", ways.removed_by)
    _counted(screen, expected, "rules that are undetermined for ways that are left", ways.opened_by)
    _counted(screen, expected, "warnings and notes that count against ways", ways.counted_against)
    _counted(screen, expected, "duties that ways bring", ways.duties)


def _matrix(evaluation: Evaluation) -> Table:
    drawn = Table.grid(padding=(0, 2, 0, 0))
    for _ in range(len(HOSTINGS) + 1):
        drawn.add_column()
    drawn.add_row("", *(said(HOSTING_WORDS[hosting], Role.STRONG) for hosting in HOSTINGS))
    for adaptation, cells in matrix_of(evaluation):
        drawn.add_row(said(adaptation), *map(said, cells))
    return drawn


def matrix_of(evaluation: Evaluation) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return each adaptation with a cell for every hosting: ways left and open, or the rule that removes most of them."""
    legs, ways = evaluation.candidates.mains, ways_of(evaluation.verdict, evaluation.candidates)
    rows = []
    for adaptation in ADAPTATIONS:
        adapted = legs.mask_of("option.adaptation", frozenset({adaptation})) & ways.full
        masks = (adapted & legs.mask_of("option.hosting", frozenset({hosting})) for hosting in HOSTINGS)
        cells = (_cell(mask, ways.admissible, ways.open, ways.removed_by) for mask in masks)
        rows.append((adaptation, tuple(cells)))
    return tuple(rows)


def _cell(mask: int, admissible: int, open_: int, removed_by: Mapping[str, int]) -> str:
    if not mask:
        return "-"
    if mask & (admissible | open_):
        return f"{(mask & admissible).bit_count()} / {(mask & open_).bit_count()}"
    if not removed_by:
        return "0 / 0"
    worst = max(sorted(removed_by), key=lambda rule_id: (removed_by[rule_id] & mask).bit_count())
    others = sum(1 for removed in removed_by.values() if removed & mask) - 1
    return worst + (f" +{others}" if others else "")


def _counted(screen: Screen, evaluation: Evaluation, heading: str, masks: Mapping[str, int]) -> None:
    """Add rules with how many ways each is about, those about most first."""
    if not masks:
        return
    titles = {ruled.active.rule.id: ruled.active.rule.title for ruled in evaluation.rules}
    screen.heading(heading)
    rows = grid(_ID_WIDTH, _COUNT_WIDTH, None)
    rows.columns[1].justify = "right"
    for rule_id, mask in sorted(masks.items(), key=lambda item: (-item[1].bit_count(), item[0])):
        rows.add_row(said(rule_id), said(grouped(mask.bit_count())), said(escaped(titles[rule_id])))
    screen.add(rows, 2)
