"""What a feature costs on less than a screen: the ways that matter, the break-even, how sure, and what moves it most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.console import Group, RenderableType
from rich.text import Text

from aipolicy.answer.answer import Answering
from aipolicy.answer.comparison import Compared, Part, compared_ways, is_recommended
from aipolicy.answer.cost_summary import BreakEvenRange, CostSummary, cost_summary
from aipolicy.economics.uncertainty import Range
from aipolicy.options.uncertain_inputs import PEOPLE
from aipolicy.report.answer_words import HOSTINGS, answer_sentence, rules, two_digits, way_name
from aipolicy.report.explain.answer_screen import NOTHING_TO_BUILD, title_line
from aipolicy.report.explain.today_lines import today_lines
from aipolicy.report.terminal.drawing import Screen, grid, said
from aipolicy.report.terminal.style import Role, Styler
from aipolicy.report.ways_table import LABELS, WaysTable, chosen_rows
from aipolicy.run.answer_result import way_result
from aipolicy.source.text import grouped

MOST_LINES = 30
_USUAL_WIDTH = 80
_LABEL_WIDTH = 10
_ROOM = (
    (3, 3, 5), (2, 3, 5), (2, 2, 5), (1, 2, 5), (1, 1, 5), (0, 1, 5), (0, 1, 4), (0, 1, 3), (0, 1, 2), (0, 0, 2),
)  # fmt: skip
"""How many removed ways, influences and other sections are shown, the most first, until the page is short enough."""
_LEAST_PART = 0.02
"""Share of a month below which a part of it is not told."""
_MORE = "more: --all (every way, prices, constants), --plot, --set FACT=VALUE"


def render_cost_screen(answering: Answering, confidence: float, *, width: int, style: Styler) -> str:
    """Return the page, with as much of it as there is room for."""
    compared = compared_ways(answering)
    if answering.certain.is_retired:
        return _retired(answering, compared, width, style)
    summary = cost_summary(answering, compared)
    most_lines = max(MOST_LINES, MOST_LINES * _USUAL_WIDTH // width)
    text = ""
    for room in _ROOM:
        text = _page(answering, compared, summary, confidence, room, width, style)
        if text.count("\n") <= most_lines:
            break
    return text


def _retired(answering: Answering, compared: tuple[Compared, ...], width: int, style: Styler) -> str:
    screen = Screen(width, style)
    screen.add(title_line(answering.certain))
    screen.add(said(NOTHING_TO_BUILD, Role.STRONG))
    was = [row for row in compared if row.part is Part.PLAN]
    if was:
        screen.add(WaysTable(was, width, _LABEL_WIDTH).drawn())
    return screen.result()


def _page(answering: Answering, compared: tuple[Compared, ...], summary: CostSummary, confidence: float,
          room: tuple[int, int, int], width: int, style: Styler) -> str:  # fmt: skip
    most_removed, most_influences, most_sections = room
    screen = Screen(width, style)
    screen.add(title_line(answering.certain))
    rows = chosen_rows(compared, most_removed)
    screen.add(said(_headline(answering, compared), Role.STRONG))
    screen.add(said(_decision(answering, compared, summary, confidence)))
    screen.add(said(_workload(answering)))
    if rows:
        screen.add(WaysTable(rows, width, _LABEL_WIDTH).drawn())
    plan = _plan_without_a_row(answering)
    if plan:
        _labelled(screen, LABELS[Part.PLAN], [said(plan)])
    for label, lines in cost_sections(answering, rows, summary, most_influences)[:most_sections]:
        if lines:
            _labelled(screen, label, lines)
    screen.add(said(_MORE))
    return screen.result()


def cost_sections(answering: Answering, rows: tuple[Compared, ...], summary: CostSummary,
                  most_influences: int) -> tuple[tuple[str, list[Text]], ...]:  # fmt: skip
    """Return what stands below the ways: a word and lines each, the weightiest first; there may be no lines."""
    drivers = answering.expected.candidates.estimator(answering.expected.workload).drawn.drivers
    months = answering.weighing.horizon_months
    today = today_lines(answering)
    return (
        *((("today", today),) if today else ()),
        ("break-even", list(_break_even(summary, months))),
        ("moves it", list(_influences(summary, drivers, most_influences))),
        (f"{months:g} months", _totals(rows)),
        ("people", _people(summary)),
        ("goes into", _parts(rows, summary)),
    )


def _labelled(screen: Screen, label: str, lines: list[Text]) -> None:
    rows = grid(_LABEL_WIDTH, None)
    cells: list[RenderableType] = [*lines]
    rows.add_row(said(label, Role.STRONG), Group(*cells))
    screen.add(rows)


def _plan_without_a_row(answering: Answering) -> str:
    """Return why no row is the plan's: it is what is recommended, or names what is not offered; empty where one is."""
    plan = answering.plan
    if plan is None:
        return ""
    if not plan.is_offered:
        return f"{way_name(plan.way)} has no cost: it is not offered, `aipolicy check` says at which line"
    return "is what is recommended" if is_recommended(answering, plan.way) else ""


def _headline(answering: Answering, compared: tuple[Compared, ...]) -> str:
    """Return what is recommended with what it costs a month."""
    row = next((line for line in compared if line.part is Part.BUILD), None)
    way = answering.answer.recommended
    if answering.certain.is_retired:
        return "Nothing to build: the feature is retired; this is what ways would cost"
    if row is None or way is None:
        return "Nothing keeps the rules as they stand; this is what was removed"
    return f"{answer_sentence(way_result(way))}: {_usd(row)} USD a month"


def _usd(row: Compared) -> str:
    return f"{'' if row.figures.is_whole else 'at least '}{two_digits(row.figures.monthly_usd)}"


def _decision(answering: Answering, compared: tuple[Compared, ...], summary: CostSummary, confidence: float) -> str:
    """Return how an API and a way of one's own compare, in one sentence."""
    left = [row for row in compared if row.part in (Part.BUILD, Part.RUNNER_UP, Part.API, Part.OWN)]
    api, own = summary.api, summary.own
    if not left:
        return "`aipolicy explain` has the smallest changes that end it"
    if api is not None and own is not None and api in left and own in left:
        return _cheaper(api, own, summary.probability_own, confidence)
    verdict, option_set = answering.expected.verdict, answering.expected.candidates
    apis = option_set.mask_of("option.hosting", frozenset({"provider-api"})) & verdict.remaining
    missing, others = ("API", apis) if left[0].way.hosting != "provider-api" else ("way of your own", ~apis)
    return f"no {missing}{' of known cost' if others & verdict.remaining else ''} keeps the rules"


def _cheaper(api: Compared, own: Compared, probability_own: float | None, confidence: float) -> str:
    probability = 0.0 if probability_own is None else probability_own
    cheaper = "the API" if probability < 0.5 else "your own"
    words = f"the cheapest API costs {_usd(api)}, the cheapest way of your own {_usd(own)}"
    chance = max(probability, 1.0 - probability)
    if chance < confidence:
        return f"{words}: too close to tell, {cheaper} costs less with {_percent(chance)}"
    return f"{words}: {cheaper} costs less, {_percent(chance)} sure"


def _percent(share: float) -> str:
    return f"{min(int(share * 100.0), 99)} %"


def _workload(answering: Answering) -> str:
    workload = answering.expected.workload
    lengths = [(workload.input_tokens, "tokens in", "volume.input_tokens"),
               (workload.output_tokens, "out", "volume.output_tokens")]  # fmt: skip
    if answering.expected.facts.values.get("task.kinds") == ("embedding",):
        del lengths[1:]  # vectors are not counted in tokens
    if workload.audio_seconds is not None:
        lengths = [(workload.audio_seconds, "s of recording", "volume.audio_seconds")]
    if workload.documents is not None:
        lengths.append((workload.documents, "documents", "volume.documents"))
    rows = (
        (workload.requests_per_day, "requests a day", "volume.requests_per_day"),
        *lengths,
        (workload.growth_12_months, "times as many in a year", "volume.growth_12_months"),
    )
    assumed = dict.fromkeys(answering.expected.facts.assumed, " (assumed)")
    bill = answering.certain.feature.bill
    assumed |= dict.fromkeys(dict(() if bill is None else bill.implied), " (by the bill)")
    words = []
    for value, what, fact in rows:
        number = "unknown" if value is None else grouped(value) if value >= 100.0 else f"{value:g}"
        words.append(f"{number} {what}{assumed.get(fact, '')}")
    return "at " + ", ".join(words)


def _people(summary: CostSummary) -> list[Text]:
    """Return the head counts that the recommended way takes, and where a team says its own."""
    if not summary.people:
        return []
    most_first = sorted(summary.people, key=lambda head_count: -head_count[1])
    words = ", ".join(f"{work.replace('_', '-')} {count:.2g}" for work, count in most_first)
    whole = sum(count for _, count in summary.people)
    return [said(f"{whole:.2g} posts: {words} (yours: `team.people`)")]


def _parts(rows: tuple[Compared, ...], summary: CostSummary) -> list[Text]:
    build = next((row for row in rows if row.part is Part.BUILD), None)
    if build is None or not summary.parts:
        return []
    whole = sum(usd for _, usd in summary.parts) or 1.0
    most_first = sorted(summary.parts, key=lambda part: -part[1])
    words = ", ".join(f"{name} {two_digits(usd)}" for name, usd in most_first if usd / whole >= _LEAST_PART)
    once = f"; once, to build it: {two_digits(build.figures.upfront_usd)}" if build.figures.upfront_usd else ""
    return [said(f"{words}{once}")]


def _totals(rows: tuple[Compared, ...]) -> list[Text]:
    words = [
        f"{LABELS[row.part]} {'' if row.figures.is_whole else 'at least '}{two_digits(row.figures.total_usd)}"
        for row in rows
        if row.part not in (Part.REMOVED, Part.TODAY)
    ]
    return [said(f"with building and growth: {', '.join(words)}")] if words else []


def _break_even(summary: CostSummary, horizon_months: float) -> Iterator[Text]:
    if summary.own is None or summary.api is None or summary.break_even is None:
        return
    break_even = summary.break_even
    names = f"{HOSTINGS[summary.own.way.hosting]} costs less than {_whose(summary.api)}"
    if break_even.low is None:
        yield said(f"none: at any volume {names.replace('costs less', 'costs no less')}")
        return
    yield said(f"{names} {_from(break_even)}")
    then, now = summary.requests_then, summary.requests_now
    if then is not None and now is not None:
        yield said(
            f"{_reached(break_even, now, then)} within {horizon_months:g} months ({two_digits(then)} a day by then)"
        )


def _whose(api: Compared) -> str:
    if api.part is Part.PLAN:
        return "your plan, which breaks rules," if api.removed_by else "your plan"
    return f"an API that {rules(api.removed_by)} removes" if api.removed_by else "an API"


def _from(found: BreakEvenRange) -> str:
    low = two_digits(found.low or 0.0)
    if found.high is None:
        return f"from {low} requests a day at the earliest, and perhaps never"
    return f"from {low} to {two_digits(found.high)} requests a day on (8 draws in 10)"


def _reached(found: BreakEvenRange, now: float, then: float) -> str:
    if found.high is not None and now >= found.high:
        return "passed today, and stays so"
    if found.low is None or then < found.low:
        return "not reached"
    return "may be reached" if found.high is None or then < found.high else "reached"


def _influences(summary: CostSummary, drivers: Mapping[str, Range], most: int) -> Iterator[Text]:
    what = "your own less the API" if summary.api is not None and summary.own is not None else "a month"
    for influence in summary.influences[:most]:
        range_ = drivers[influence.name]
        low, high = two_digits(influence.at_low), two_digits(influence.at_high)
        at_low, at_high = two_digits(range_.low), two_digits(range_.high)
        times = " times" if range_.likely == 1.0 else ""
        span = "few to many" if influence.name == PEOPLE else f"{at_low} to {at_high}{times}"
        yield said(f"{influence.name} {span}: {what} is {low} to {high} USD")
