"""The answer to a feature on one screen: what to build, how sure, why, for how much, what turns it, what to do next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from aipolicy.answer.answer import Answering
from aipolicy.answer.comparison import Compared, compared_ways, figures_of
from aipolicy.answer.model import Certainty, Change
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.rule_evaluator import RuleEvaluator
from aipolicy.report.answer_words import (
    CERTAINTIES,
    answer_sentence,
    change_words,
    kind_words,
    rules,
    two_digits,
    way_name,
)
from aipolicy.report.explain.next_steps import (
    close_lines,
    gap_lines,
    holding_lines,
    measure_lines,
    question_lines,
    to_do_lines,
    turn_lines,
    ways_left_line,
)
from aipolicy.report.explain.reason_lines import plan_lines, reason_lines
from aipolicy.report.explain.today_lines import today_lines
from aipolicy.report.terminal.drawing import Screen, as_read, grid, joined, said
from aipolicy.report.terminal.style import Role, Styler
from aipolicy.report.ways_table import WaysTable, chosen_rows
from aipolicy.run.answer_result import way_result
from aipolicy.source.text import escaped

LABEL_WIDTH = 9
MOST_LINES = 45
"""Lines of the page at 80 columns; narrower it may be as much longer."""
_USUAL_WIDTH = 80
_ROLES = {Certainty.CERTAIN: Role.GOOD, Certainty.EXPECTED: Role.GOOD, Certainty.GAP: Role.WARNING}
NOTHING_TO_BUILD = "Nothing to build: the feature is retired"
_MORE = "more: --facts --options --rules --cost --all, all of each list: --format json"

_WISHED: Mapping[str, int] = {
    "close": 2, "plan": 4, "today": 2, "why": 4, "ways": 2, "holds": 1, "turns": 4, "questions": 5, "to do": 5,
    "measures": 2, "gaps": 3, "left": 1,
}  # fmt: skip
"""How many of each are shown where the page has room."""
_SHORTENED = (
    ("questions", 4), ("to do", 4), ("turns", 3), ("gaps", 2), ("measures", 1), ("ways", 1), ("to do", 3),
    ("questions", 3), ("gaps", 1),
    ("plan", 3), ("turns", 2), ("why", 3), ("questions", 2), ("to do", 2), ("why", 2), ("plan", 2), ("to do", 1),
    ("turns", 1), ("questions", 1), ("why", 1), ("plan", 1), ("close", 1), ("today", 1), ("ways", 0),
    ("holds", 0), ("left", 0),
)  # fmt: skip
"""What is shortened to how many, one after the other, until the page is one screen."""


def render_answer(answering: Answering, rule_evaluator: RuleEvaluator, margin_percent: float, *, width: int,
                  style: Styler) -> str:  # fmt: skip
    """Return the page, with as much of each list as it has room for."""
    return _Page(answering, rule_evaluator, margin_percent, width, style).text()


def title_of(evaluation: Evaluation) -> str:
    """Return the name, the stage and the file of a feature."""
    return as_read(title_line(evaluation))


def title_line(evaluation: Evaluation) -> Text:
    """Return the name, the stage and the file of a feature."""
    lifecycle = evaluation.expected.facts.values.get("metadata.lifecycle")
    assumed = "" if "metadata.lifecycle" in evaluation.facts.declared else " (assumed)"
    name, file = escaped(evaluation.feature.name), escaped(evaluation.feature.file)
    return joined(said(name, Role.STRONG), f" · {lifecycle}{assumed} · {file}")


def headline_of(answering: Answering) -> str:
    """Return what to build in one sentence, or what clashes."""
    answer = answering.answer
    if answer.recommended is not None:
        return answer_sentence(way_result(answer.recommended))
    is_certain = answer.certainty is Certainty.CERTAIN
    end = None if is_certain else _end_of_what_is_assumed(answering)
    if end is not None and end.then.hosting is not None:
        way = kind_words(end.then.hosting, end.then.adaptation)
        return f"Nothing is left as assumed; {change_words(end.facts, end.bounds)}: {way}"
    nothing = "Nothing can be built as declared" if is_certain else "Nothing is expected to be left"
    return f"{nothing}: {rules(answer.clash)} clash"


def _end_of_what_is_assumed(answering: Answering) -> Change | None:
    """Return the first change that ends a conflict and asks nobody to take back a word; None where there is none."""
    changes = () if answering.conflict is None else answering.conflict.changes
    assumed = answering.answer.assumed.keys()
    return next((change for change in changes if change.facts.keys() <= assumed), None)


class _Page:
    def __init__(self, answering: Answering, rule_evaluator: RuleEvaluator, margin_percent: float, width: int,
                 style: Styler) -> None:  # fmt: skip
        self._answering = answering
        self._width = width
        self._style = style
        # NOTE: which sections there are and in which order; each is drawn for as many as there is room for.
        self._sections: Mapping[str, Callable[[int], str]] = {
            "close": cache(lambda most: self._section("close", close_lines(answering)[:most])),
            "plan": cache(lambda most: self._section("your plan", plan_lines(answering, rule_evaluator, most))),
            "today": cache(lambda most: self._section("today", today_lines(answering)[:most])),
            "why": cache(lambda most: self._section("why", reason_lines(answering, most))),
            "ways": cache(self._ways),
            "holds": cache(lambda most: self._section("it holds", holding_lines(answering)[:most])),
            "turns": cache(
                lambda most: self._section(
                    "it ends" if answering.conflict else "it turns", turn_lines(answering, most, margin_percent)
                )
            ),
            "questions": cache(
                lambda most: self._section("say first", question_lines(answering, most, margin_percent))
            ),
            "to do": cache(lambda most: self._section("to do", to_do_lines(answering, most))),
            "measures": cache(lambda most: self._section("measure", measure_lines(answering, most))),
            "gaps": cache(lambda most: self._section("look up", gap_lines(answering, most))),
            "left": cache(lambda most: self._section("ways left", [ways_left_line(answering)] if most else [])),
        }

    def text(self) -> str:
        certain = self._answering.certain
        if certain.is_retired:
            return self._drawn(title_line(certain)) + self._retired()
        head, more = self._drawn(title_line(certain), self._headline()), self._drawn(said(_MORE))
        most_lines = max(MOST_LINES, MOST_LINES * _USUAL_WIDTH // self._width) - head.count("\n") - more.count("\n")
        shown = dict(_WISHED)
        for name, most in (("left", 1), *_SHORTENED):
            shown[name] = most
            body = "".join(draw(shown[section]) for section, draw in self._sections.items())
            if body.count("\n") <= most_lines:
                break
        return head + body + more

    def _drawn(self, *renderables: RenderableType) -> str:
        screen = Screen(self._width, self._style)
        for renderable in renderables:
            screen.add(renderable)
        return screen.result()

    def _section(self, label: str, lines: Sequence[RenderableType]) -> str:
        if not lines:
            return ""
        rows = grid(LABEL_WIDTH, None)
        rows.add_row(said(label, Role.STRONG), Group(*lines))
        return self._drawn(rows)

    def _ways(self, most_removed: int) -> str:
        rows = chosen_rows(self._compared, most_removed)
        return self._drawn(WaysTable(rows, self._width, LABEL_WIDTH).drawn()) if rows else ""

    def _headline(self) -> Table:
        answer = self._answering.answer
        way = answer.recommended
        line = Table.grid(expand=True, padding=(0, 2, 0, 0))
        line.add_column(ratio=1)
        line.add_column(justify="right", no_wrap=True)
        role = Role.ERROR if way is None else _ROLES[answer.certainty]
        line.add_row(said(headline_of(self._answering), Role.STRONG), said(CERTAINTIES[answer.certainty], role))
        return line

    def _retired(self) -> str:
        plan, was = self._answering.plan, []
        if plan is not None:
            usd = two_digits(figures_of(plan.way, self._answering.expected).monthly_usd)
            was = [said(f"{way_name(plan.way)}, about {usd} USD a month")]
        return self._drawn(said(NOTHING_TO_BUILD, Role.STRONG)) + self._section("was", was)

    @property
    def _compared(self) -> Sequence[Compared]:
        return compared_ways(self._answering)
