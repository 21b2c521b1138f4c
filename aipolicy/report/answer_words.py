"""An answer in words: what to build, in one sentence; a way in a few words; what follows from other facts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from aipolicy.answer.model import Certainty, Change, Then, Way
from aipolicy.facts.all_facts import REGISTRY
from aipolicy.facts.spec import FactValue
from aipolicy.facts.value_text import shown_value
from aipolicy.options.option import Leg
from aipolicy.run.answer_result import AnswerResult, MeasureResult, ThenResult, ToDoResult, WayResult
from aipolicy.source.text import escaped, grouped

CERTAINTIES: Mapping[str, str] = {
    Certainty.CERTAIN: "CERTAIN",
    Certainty.EXPECTED: "EXPECTED",
    Certainty.GAP: "EXPECTED WITH A GAP",
}
HOSTINGS: Mapping[str, str] = {
    "provider-api": "API", "own-cloud": "own cloud", "on-premises": "on premises", "on-device": "device",
}  # fmt: skip
_PLACES: Mapping[str, str] = {
    "provider-api": "at a provider", "own-cloud": "in your own cloud account", "on-premises": "on your own premises",
    "on-device": "on the device",
}  # fmt: skip
_ADDED: Mapping[str, str] = {
    "rag": "with retrieval", "fine-tuning": "fine-tuned", "classical-ml": "classical ML",
    "training-from-scratch": "trained from scratch",
}  # fmt: skip
_SIZES: Mapping[str, str] = {"small": "a small model", "medium": "a medium-sized model", "frontier": "a frontier model"}
_NO_LONGER: Mapping[str, str] = {
    "api-fallback": "no API as the fallback", "self-hosting": "an API is possible", "cascade": "one model will do",
}  # fmt: skip
_MOST_RULES = 3


def answer_sentence(way: WayResult) -> str:
    """Return what to build, in one sentence without a full stop."""
    if way.routing == "cascade":
        added = _ADDED.get(way.adaptation or "", "")
        first = f"Let {_size(way)}{' ' if added else ''}{added} {_PLACES[way.hosting]} answer first"
        return f"{first}, and pass hard cases on to a larger one"
    return _main_words(way) + _fallback_words(way)


def _size(way: WayResult) -> str:
    return _SIZES.get(way.tier or "", "a model")


def _main_words(way: WayResult) -> str:
    place, model = _PLACES[way.hosting], _size(way)
    is_api = way.hosting == "provider-api"
    match way.adaptation:
        case "rag":
            return "Use an API with retrieval" if is_api else f"Self-host {model} with retrieval, {place}"
        case "fine-tuning":
            return "Fine-tune a model at a provider" if is_api else f"Fine-tune {model} and run it {place}"
        case "classical-ml":
            return f"Use classical machine learning, {place}"
        case "training-from-scratch":
            return f"Train a model from scratch and run it {place}"
        case _ if is_api:
            return "Use an API"
        case _ if way.hosting == "on-device":
            return f"Run {model} on the device"
        case _:
            return f"Self-host {model} {place}"


def _fallback_words(way: WayResult) -> str:
    match way.fallback:
        case "none":
            return ""
        case "provider-api":
            return f", with {'a second' if way.hosting == 'provider-api' else 'an'} API as the fallback"
        case _:
            return ", with a model of your own as the fallback"


RETIRED_WORDS = "retired: nothing is recommended or asked"
"""What is said in place of an answer where there is none, and no conflict either."""


def answer_words(answer: AnswerResult) -> str:
    """Return what to do and how sure that is, in one line."""
    certainty = CERTAINTIES[answer.certainty]
    way = answer.recommended
    if way is None:
        if answer.conflict is None:
            return RETIRED_WORDS
        return f"{certainty}: nothing remains, {rules(answer.conflict.rules)} clash"
    return f"{certainty}: {answer_sentence(way)} ({offering_words(way)})"


def offering_words(way: WayResult) -> str:
    """Return where a model is offered, and which it is."""
    place = " ".join(escaped(word) for word in (way.provider, way.region) if word)
    return ", ".join(part for part in (place, escaped(way.model or "")) if part)


def cost_words(way: WayResult) -> str:
    """Return what a month costs: running and people, or the known part of it."""
    if not way.is_whole:
        return f"at least {usd_words(way.monthly_usd)} USD a month; a part of it is unknown"
    running = way.monthly_usd - way.people_usd
    return (
        f"{usd_words(running)} running + {usd_words(way.people_usd)} people = {usd_words(way.monthly_usd)} USD a month"
    )


def usd_words(usd: float) -> str:
    """Return an amount as estimates deserve it: whole, from 10,000 on in three digits."""
    if abs(usd) >= 10_000.0:
        usd = float(f"{usd:.3g}")
    return grouped(round(usd))


def measure_words(measure: MeasureResult) -> str:
    """Return which estimate is to be measured, with both ends and the limit that lies between them."""
    ends = f"{grouped(round(measure.low))} to {grouped(round(measure.high))}"
    limit = f"`{measure.limit_fact}` is" if measure.limit_fact else "the limit is"
    saves = "" if measure.saves_usd is None else f", saves {usd_words(measure.saves_usd)} USD a month"
    unit = REGISTRY[measure.fact].unit
    what = f"{ends} {unit}, {limit} {grouped(measure.limit)}"
    return f"{offering_words(measure.way)}: {what} ({measure.rule}){saves}"


def then_words(then: ThenResult, broken: Collection[str] = ()) -> str:
    """Return what follows from other facts; `broken` are the rules that the plan breaks already."""
    if then.hosting is None:
        return f"nothing remains, {rules(then.violates)} clash"
    usd = "" if then.monthly_usd is None else f" ({usd_words(then.monthly_usd)} USD)"
    also = [rule for rule in then.violates if rule not in broken]
    breaks = f"your plan breaks {rules(also)}; " if also else ""
    return f"{breaks}{kind_words(then.hosting, then.adaptation)}{usd}"


def leg_name(leg: Leg) -> str:
    """Return a leg in a few words: where it runs and which model, as far as somebody said."""
    return ", ".join(part for part in (place_name(leg), escaped(leg.model.id)) if part)


def place_name(leg: Leg) -> str:
    """Return where a leg runs: the provider and region, or the kind of site of one's own."""
    if leg.hosting in ("on-premises", "on-device"):
        return HOSTINGS[leg.hosting]
    return escaped(f"{leg.provider} {leg.region}".strip()) or HOSTINGS[leg.hosting]


def way_name(way: Way) -> str:
    """Return the main leg of a way in a few words, with what is done to its model."""
    added = _ADDED.get(way.adaptation or "")
    return leg_name(way.option.leg) + (f", {added}" if added else "")


def kind_words(hosting: str, adaptation: str | None) -> str:
    """Return a hosting and an adaptation in a few words."""
    added = _ADDED.get(adaptation or "")
    return HOSTINGS.get(hosting, hosting) + (f" {added}" if added else "")


def change_words(facts: Mapping[str, object], bounds: Mapping[str, str]) -> str:
    """Return facts with other values in words: `latency.p95_ms from 1 520`; names say the units."""
    return " and ".join(
        f"{escaped(name)} {bound_value(as_fact(value), bounds.get(name))}" for name, value in facts.items()
    )


def bound_value(value: FactValue, bound: str | None) -> str:
    """Return the value of a fact; a bound says that it stands for all from it on, or up to it."""
    return f"{bound} {shown_value(value)}" if bound else shown_value(value)


def what_follows(change: Change, before: Then, margin_percent: float) -> str:
    """Return what a change of facts leads to, compared with what is expected without it."""
    then = change.then
    if then.hosting is None:
        return f"nothing remains, {rules(then.violates)} clash"
    words = []
    if (then.hosting, then.adaptation) != (before.hosting, before.adaptation):
        words.append(kind_words(then.hosting, then.adaptation))
    elif then.needs != before.needs:
        words += [f"needs {need}" for need in then.needs if need not in before.needs]
        words += [_NO_LONGER.get(need, f"no longer {need}") for need in before.needs if need not in then.needs]
    words += _of_the_plan(then, before)
    usd = _difference(then, before, margin_percent)
    return ", ".join([*words, usd] if usd else words) or "the same way"


def _of_the_plan(then: Then, before: Then) -> list[str]:
    """Return which rules the plan breaks or keeps besides; before a conflict nothing is known of it."""
    if before.hosting is None:
        return [f"your plan breaks {rules(then.violates)}"] if then.violates else []
    more = [rule for rule in then.violates if rule not in before.violates]
    fewer = [rule for rule in before.violates if rule not in then.violates]
    words = [f"{'also ' if before.violates else ''}breaks {rules(more)}"] if more else []
    words += [f"keeps {rules(fewer)}"] if fewer else []
    return [f"your plan {' and '.join(words)}"] if words else []


def _difference(then: Then, before: Then, margin_percent: float) -> str:
    if before.hosting is None and then.monthly_usd is not None:
        return f"{two_digits(then.monthly_usd)} USD a month"
    if then.monthly_usd is None or before.monthly_usd is None:
        return "cost unknown" if then.monthly_usd is None and before.monthly_usd is not None else ""
    for ours, theirs, span in (
        (then.monthly_usd, before.monthly_usd, "a month"),
        (then.total_usd, before.total_usd, "over the horizon"),
    ):
        more = 0.0 if ours is None or theirs is None else ours - theirs
        if theirs is not None and abs(more) > max(theirs * margin_percent / 100.0 / 4.0, 1.0):
            return f"{two_digits(abs(more))} USD {span} {'more' if more > 0.0 else 'less'}"
    return ""


def rules(ids: Sequence[str]) -> str:
    """Return the first few of some rule ids, and how many more there are."""
    more = len(ids) - _MOST_RULES
    return ", ".join(ids[:_MOST_RULES]) + (f" and {more} more" if more > 0 else "")


def as_fact(value: object) -> FactValue:
    """Return a value that was kept as a fact value: a list is a tuple again."""
    return tuple(value) if isinstance(value, list) else value  # type: ignore[return-value]


def two_digits(value: float) -> str:
    """Return a number with two significant digits, thousands apart."""
    if abs(value) < 10.0:
        return f"{value:.2g}"
    digits = len(str(int(abs(value)))) - 2
    return grouped(round(value, -digits))


def values_words(values: Mapping[str, object]) -> tuple[str, ...]:
    """Return facts with their values."""
    return tuple(f"`{name}` {shown_value(as_fact(value))}" for name, value in values.items())


def to_do_words(to_dos: Sequence[ToDoResult]) -> tuple[str, ...]:
    """Return what is to be done, a line for each stage; facts that one rule asks for stand together."""
    stages: dict[str, dict[str, list[str]]] = {}
    for to_do in to_dos:
        stages.setdefault(to_do.before, {}).setdefault(to_do.rule, []).append(to_do.fact)
    how = {entry.rule: f": {entry.how}" for entry in to_dos if entry.how}
    return tuple(
        f"{'now' if stage == 'now' else f'before {stage}'}: "
        + ", ".join(f"{together_words(facts)} ({rule}{how.get(rule, '')})" for rule, facts in rules.items())
        for stage, rules in stages.items()
    )


def together_words(facts: list[str]) -> str:
    """Return facts below one key as that key with what follows it."""
    head = facts[0].rpartition(".")[0]
    if len(facts) == 1 or any(fact.rpartition(".")[0] != head for fact in facts):
        return ", ".join(f"`{fact}`" for fact in facts)
    return f"`{head}`: {', '.join(fact.rpartition('.')[2] for fact in facts)}"
