"""Why ways that somebody asks about are not the answer, for every form: what is in the way, and what would change it."""

from __future__ import annotations

from collections.abc import Iterator

from aipolicy.answer.answer import Answering
from aipolicy.answer.counterfactuals import Counterfactual, WayStanding
from aipolicy.answer.model import Way
from aipolicy.answer.why_not import InTheWay, WhyNot
from aipolicy.report.answer_words import change_words, cost_words, kind_words, rules, two_digits, way_name
from aipolicy.report.explain.answer_screen import title_of
from aipolicy.report.explain.reason_lines import message_for, quoted, rules_of
from aipolicy.report.explain.sheet import Sheet, section
from aipolicy.run.answer_result import way_result
from aipolicy.source.text import escaped, grouped, quantity

MOST_CHANGES = 6
_MOST_RULES = 6
REACHES = {
    WayStanding.ANSWER: "the answer", WayStanding.ADMISSIBLE: "admissible", WayStanding.OPEN: "undetermined",
    WayStanding.REMOVED: "removed",
}  # fmt: skip


def why_not_sheet(answering: Answering, shown: WhyNot, *, most: int | None = MOST_CHANGES) -> Sheet:
    """Return what is in the way of some ways and the least changes, as many as there are where `most` is None."""
    changes = [counterfactual_words(change) for change in shown.changes]
    hidden = 0 if most is None else len(changes) - most
    if hidden > 0:
        changes = [*changes[:most], f"{hidden} more: --format json"]
    if shown.standing is not WayStanding.ANSWER and not answering.certain.is_retired:
        changes += _not_found(shown)
    return Sheet(
        title_of(answering.certain),
        _headline(shown),
        (
            section("in the way", _in_the_way(answering, shown)),
            section("nearest", _nearest(answering, shown)),
            section("look up", (f"{escaped(gap.about)}: {gap.fact} in {gap.file}" for gap in shown.gaps)),
            section("it takes", changes),
            section("stays", _held(shown)),
        ),
    )


def counterfactual_words(change: Counterfactual) -> str:
    """Return a set of changes, what it leads to, and how hard the hardest of them is."""
    words = f"{change_words(change.facts, change.bounds)}: {REACHES[change.reaches]}"
    then = change.then
    if then.hosting is None:
        return words
    usd = "" if then.monthly_usd is None else f", {two_digits(then.monthly_usd)} USD a month"
    if change.reaches is WayStanding.ANSWER:
        return f"{words}{usd} ({change.hardness.name.lower()})"
    return f"{words}; the answer is {kind_words(then.hosting, then.adaptation)} ({change.hardness.name.lower()})"


def _headline(shown: WhyNot) -> str:
    name, ways = escaped(shown.target.name), quantity(shown.ways, "way")
    match shown.standing:
        case WayStanding.ANSWER:
            return f"{name} is the answer"
        case WayStanding.ADMISSIBLE:
            return f"{name} is admissible and not the answer"
        case WayStanding.OPEN:
            return f"{name} is undetermined: something is not known of each of {ways}"
        case _:
            return f"{name} is removed: rules of severity error remove each of {ways}"


def _in_the_way(answering: Answering, shown: WhyNot) -> Iterator[str]:
    rules_by_id = rules_of(answering.expected)
    for obstacle in shown.in_the_way[:_MOST_RULES]:
        yield _rule_words(answering, obstacle, shown.ways) + (
            f": {quoted(rules_by_id[obstacle.rule])}" if obstacle.is_open
            else f": {message_for(answering, rules_by_id[obstacle.rule], obstacle.number)}"
        )  # fmt: skip
    if len(shown.in_the_way) > _MOST_RULES:
        yield f"{len(shown.in_the_way) - _MOST_RULES} more rules"


def _rule_words(answering: Answering, obstacle: InTheWay, ways: int) -> str:
    verb = "is undetermined for" if obstacle.is_open else "removes"
    return f"{obstacle.rule} {verb} {grouped(obstacle.ways)} of {grouped(ways)}"


def _nearest(answering: Answering, shown: WhyNot) -> Iterator[str]:
    best, recommended = shown.best, answering.recommended
    if best is None or shown.standing is WayStanding.ANSWER:
        return
    yield f"{way_name(best)}: {cost_words(way_result(best))}"
    if best.breaks or best.open_for:
        words = [f"breaks {rules(best.breaks)}"] if best.breaks else []
        words += [f"undetermined: {rules(best.open_for)}"] if best.open_for else []
        yield "; ".join(words)
    if recommended is not None:
        yield _compared(best, recommended)


def _compared(best: Way, recommended: Way) -> str:
    counted = [rule for rule in best.against if rule not in recommended.against]
    words = f"beside {way_name(recommended)}, {cost_words(way_result(recommended))}"
    return words + (f"; against it counts {rules(counted)}" if counted else "")


def _not_found(shown: WhyNot) -> Iterator[str]:
    """Yield what is not proposed: that nothing leads there is said only where everything was tried that may."""
    reached = "makes it the answer" if shown.standing is WayStanding.ADMISSIBLE else "makes it admissible"
    if any(change.reaches is WayStanding.ANSWER for change in shown.changes):
        return
    if shown.is_cut_short:
        yield "the search stopped before everything was tried: other changes may lead there"
    elif not shown.changes:
        yield f"no change of up to three facts that may be proposed {reached}"


def _held(shown: WhyNot) -> Iterator[str]:
    if shown.held:
        yield f"what the feature is, and what is fixed, of what these rules read: {', '.join(shown.held)}"
