"""An answer in words: what to build, in one sentence; a way in a few words; what follows from other facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aipolicy.answer.model import Certainty, Change, Then, Way
from aipolicy.facts.spec import FactValue
from aipolicy.facts.value_text import shown_value
from aipolicy.options.option import Leg
from aipolicy.source.text import escaped, grouped

CERTAINTIES: Mapping[Certainty, str] = {
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


def answer_sentence(way: Way) -> str:
    """Return what to build, in one sentence without a full stop."""
    if way.routing == "cascade":
        added = _ADDED.get(way.adaptation or "", "")
        return f"Let {_size(way)}{' ' if added else ''}{added} {_PLACES[way.hosting]} answer first{_partner_words(way)}"
    return _main_words(way) + _partner_words(way)


def _size(way: Way) -> str:
    return _SIZES.get(way.option.leg.model.tier, "a model")


def _main_words(way: Way) -> str:
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


def _partner_words(way: Way) -> str:
    other = way.option.other
    if other is None:
        return ""
    is_api = other.hosting == "provider-api"
    if way.routing == "cascade":
        return f", and pass hard cases on to a larger one {_PLACES[other.hosting]}"
    if not is_api:
        return ", with a model of your own as the fallback"
    where = other.countries
    same = where is not None and way.option.leg.countries is not None and set(where) <= set(way.option.leg.countries)
    near = " in the same region" if same and where else ""
    return f", with {'a second' if way.hosting == 'provider-api' else 'an'} API{near} as the fallback"


def leg_name(leg: Leg) -> str:
    """Return a leg in a few words: where it runs and which model."""
    return f"{place_name(leg)}, {escaped(leg.model.id)}"


def place_name(leg: Leg) -> str:
    """Return where a leg runs: the provider and region, or the kind of site of one's own."""
    if leg.hosting in ("on-premises", "on-device"):
        return HOSTINGS[leg.hosting]
    return escaped(f"{leg.provider} {leg.region}".rstrip())


def way_name(way: Way) -> str:
    """Return the main leg of a way in a few words, with what is done to its model."""
    added = _ADDED.get(way.adaptation or "")
    return leg_name(way.option.leg) + (f", {added}" if added else "")


def kind_words(hosting: str, adaptation: str | None) -> str:
    """Return a hosting and an adaptation in a few words."""
    added = _ADDED.get(adaptation or "")
    return HOSTINGS.get(hosting, hosting) + (f" {added}" if added else "")


def change_words(facts: Mapping[str, FactValue], bounds: Mapping[str, str]) -> str:
    """Return facts with other values in words: `latency.p95_ms from 1 520`; names say the units."""
    return " and ".join(f"{escaped(name)} {bound_value(value, bounds.get(name))}" for name, value in facts.items())


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


def two_digits(value: float) -> str:
    """Return a number with two significant digits, thousands apart."""
    if abs(value) < 10.0:
        return f"{value:.2g}"
    digits = len(str(int(abs(value)))) - 2
    return grouped(round(value, -digits))
