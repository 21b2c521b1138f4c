"""The table of ways with what a month of each costs: running and people make the total, with an 80 % range.

`explain` and `cost` draw the same rows with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from aipolicy.answer.comparison import Compared, Figures, Part
from aipolicy.answer.gaps import cost_gaps
from aipolicy.catalog.measured import Measured
from aipolicy.report.answer_words import leg_name, place_name, rules, way_name
from aipolicy.report.terminal.drawing import as_read, grid, said
from aipolicy.report.terminal.style import Role
from aipolicy.source.text import escaped, grouped

LABELS: Mapping[Part, str] = {
    Part.BUILD: "build", Part.RUNNER_UP: "or", Part.API: "an API", Part.OWN: "your own", Part.REMOVED: "removed",
    Part.PLAN: "your plan", Part.TODAY: "as today",
}  # fmt: skip
_OF_THE_TEAM = (Part.PLAN, Part.TODAY)
"""What is shown because the team has or plans it, and not because it is left."""
_NOTHING_USD = 0.0005
"""Less than this a month rounds to nothing, in ranges as in totals."""
_NARROW = 72
"""In fewer columns than this a row has its total and no parts."""


def chosen_rows(rows: Iterable[Compared], most_removed: int) -> tuple[Compared, ...]:
    """Return the rows to show: of what is removed the cheapest, and only what costs less than every way that is left."""
    listed = tuple(rows)
    left = [row.figures.total_usd for row in listed if row.part not in (Part.REMOVED, *_OF_THE_TEAM)]
    removed = [row for row in listed if row.part is Part.REMOVED and (not left or row.figures.total_usd < min(left))]
    hidden = removed[most_removed:]
    return tuple(row for row in listed if row.part is not Part.REMOVED or (row in removed and row not in hidden))


class WaysTable:
    """Draws ways of one comparison, their figures below each other."""

    def __init__(self, rows: Sequence[Compared], width: int, label_width: int) -> None:
        self._rows = rows
        self._label_width = label_width
        self._has_parts = width >= _NARROW and any(row.figures.people_usd for row in rows)
        parts = [_parts(row.figures) for row in rows]
        heads = ("running", "people", "total")
        self._widths = tuple(max(len(head), *(len(part[n]) for part in parts)) for n, head in enumerate(heads))
        self._range_width = max(10, *(len(range_text(row.figures)) for row in rows))

    def drawn(self) -> RenderableType:
        """Return the table with its headings."""
        heading = self._line(said("USD a month"), self._figures(("running", "people", "total"), "80 % range"))
        return Group(self._labelled("", heading), *(self._row(row) for row in self._rows))

    def _row(self, row: Compared) -> RenderableType:
        is_twin = row.part is Part.RUNNER_UP and _is_twin(row, self._rows[0])
        name = f"{place_name(row.way.option.leg)}, the same otherwise" if is_twin else way_name(row.way)
        line = self._line(said(name), self._figures(_parts(row.figures), range_text(row.figures)))
        return self._labelled(LABELS[row.part], Group(line, *([] if is_twin else _notes(row))))

    def _labelled(self, label: str, cell: RenderableType) -> Table:
        labelled = grid(self._label_width, None)
        labelled.add_row(said(label, Role.STRONG), cell)
        return labelled

    def _line(self, name: Text, figures: str) -> Table:
        line = Table.grid(expand=True, padding=(0, 1, 0, 0))
        line.add_column(ratio=1, overflow="fold")
        line.add_column(justify="right", no_wrap=True)
        line.add_row(name, said(figures))
        return line

    def _figures(self, parts: tuple[str, str, str], spread: str) -> str:
        running, people, total = (part.rjust(size) for part, size in zip(parts, self._widths, strict=True))
        spread = spread.rjust(self._range_width)
        return f"{running} + {people} = {total} {spread}" if self._has_parts else f"{total} {spread}"


def _is_twin(row: Compared, first: Compared) -> bool:
    """Return whether a way is the first one in another place: the same model, and what counts against it."""
    alike = ("hosting", "adaptation", "model", "routing", "fallback", "against", "open_for")
    same = all(getattr(row.way, name) == getattr(first.way, name) for name in alike)
    return same and round(row.figures.monthly_usd) == round(first.figures.monthly_usd)


def _notes(row: Compared) -> list[Text]:
    """Return the other leg of a way, and what speaks against it, in rule ids."""
    partner, notes = row.way.option.other, []
    if partner is not None and row.way.routing == "cascade":
        notes.append(f"hard cases to {leg_name(partner)}")
    elif partner is not None:
        idle = ", idle" if partner.hosting == "provider-api" else ""
        late = row.way.late_fallback_ms
        slower = "" if late is None else f", beyond latency.p95_ms: {grouped(round(late))} ms"
        notes.append(f"fallback {leg_name(partner)}{idle}{slower}")
    measured = _measured(row)
    if measured is not None:
        notes.append(f"as measured on {measured.on.isoformat()} ({escaped(measured.link)})")
    if row.removed_by:
        notes.append(f"{'breaks' if row.part in _OF_THE_TEAM else 'removed by'} {rules(row.removed_by)}")
    if row.way.open_for:
        notes.append(f"undetermined: {rules(row.way.open_for)}")
    if row.way.against and not row.removed_by:
        notes.append(f"against it: {rules(row.way.against)}")
    if not row.figures.is_whole:
        notes.append(_missing(row))
    role = Role.ERROR if row.removed_by else None
    return [said("; ".join(notes), role)] if notes else []


def _measured(row: Compared) -> Measured | None:
    """Return what a team measured of the model on its machine, None where its speed is computed."""
    leg = row.way.option.leg
    if leg.measured is not None:
        return leg.measured
    served = row.way.option_set.catalog.self_hosted.get((leg.model.id, leg.accelerator))
    return None if served is None else served.measured


def _missing(row: Compared) -> str:
    """Return what of a cost is not known, and where it is written."""
    gaps = tuple(cost_gaps(row.way.option_set, row.way.number, of_plan=row.part is Part.PLAN))
    if not gaps:
        return "a part of the cost is not known"
    return "not known: " + ", ".join(f"{gap.fact} of {gap.about} (write it in {gap.file})" for gap in gaps[:1])


def _parts(figures: Figures) -> tuple[str, str, str]:
    """Return running, people and total, rounded so that they add up; what is not known at all is no 0."""
    unit = _unit(figures.monthly_usd)
    people = round(figures.people_usd / unit) * unit
    total = round(figures.monthly_usd / unit) * unit
    at_least = "" if figures.is_whole else ">="
    running = at_least + _rounded(total - people, unit)
    if at_least and not total - people:
        running = "?"
    return running, _rounded(people, unit), at_least + _rounded(total, unit)


def _unit(usd: float) -> float:
    """Return what amounts beside this one are rounded to: three digits of it, whole dollars above ten."""
    if usd < 10.0:
        return 0.01 if usd >= 0.1 else 0.001
    return max(10.0 ** (len(str(int(usd))) - 3), 1.0)


def _rounded(usd: float, unit: float) -> str:
    if unit >= 1.0 or not usd:
        return grouped(usd)
    return f"{usd:.{len(f'{unit:g}') - 2}f}"


def range_text(figures: Figures) -> str:
    """Return the range that eight draws in ten lie in, short; empty where nothing is drawn."""
    if figures.low_usd is None or figures.high_usd is None:
        return ""
    low, high = short_usd(figures.low_usd), short_usd(figures.high_usd)
    return f"({low}-{high})"


def short_usd(usd: float) -> str:
    """Return an amount with two digits and `k` or `M` for thousands and millions."""
    for factor, letter in ((1e6, "M"), (1e3, "k")):
        if usd >= 0.995 * factor:
            value = usd / factor
            return (f"{value:.0f}" if value >= 9.95 else f"{value:.1f}") + letter
    if usd < _NOTHING_USD:
        return "0"
    return f"{usd:.0f}" if usd >= 9.95 else f"{usd:.2g}"


WAYS_HEAD = ("", "way", "running", "people", "total", "80 % range", "")
"""The heads of the cells of a way."""


def ways_cells(rows: Iterable[Compared]) -> tuple[tuple[str, ...], ...]:
    """Return the ways of a comparison with the same words and figures, a tuple of cells each."""
    return tuple(
        (
            LABELS[row.part], way_name(row.way), *_parts(row.figures), range_text(row.figures),
            "; ".join(as_read(note) for note in _notes(row)),
        )
        for row in rows
    )  # fmt: skip
