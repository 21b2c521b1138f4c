"""An answer in words: ways of building, what they cost, what changes them. One place, so that every page says the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Protocol

from aipolicy.facts.value_text import shown_value
from aipolicy.run.answer_result import AnswerResult, ChangeResult, ThenResult, ToDoResult, WayResult
from aipolicy.source.text import escaped, grouped

_HOSTINGS: Mapping[str, str] = {
    "provider-api": "call a provider's API",
    "own-cloud": "self-host in your cloud",
    "on-premises": "self-host on premises",
    "on-device": "run on the device",
}
_ADAPTATIONS: Mapping[str, str] = {
    "prompting": "a prompt",
    "rag": "retrieval",
    "fine-tuning": "a fine-tuned model",
    "classical-ml": "a classical model",
    "training-from-scratch": "a model trained from scratch",
}
_FALLBACKS: Mapping[str, str] = {
    "provider-api": "an API as its fallback",
    "self-hosted": "a model of your own as its fallback",
}
CERTAINTY_WORDS: Mapping[str, str] = {
    "certain": "certain", "expected": "expected", "expected-with-gap": "expected, with a gap",
}  # fmt: skip

RETIRED_WORDS = "retired: nothing is recommended or asked"
"""What is said in place of an answer where there is none, and no conflict either."""


def answer_words(answer: AnswerResult) -> str:
    """Return what to do and how sure that is, in one line."""
    certainty = CERTAINTY_WORDS[answer.certainty]
    way = answer.recommended
    if way is None:
        if answer.conflict is None:
            return RETIRED_WORDS
        return f"nothing is left: {', '.join(answer.conflict.rules)} clash ({certainty})"
    return f"{way_words(way)}: {offering_words(way)} ({certainty})"


class _Named(Protocol):
    @property
    def hosting(self) -> str: ...
    @property
    def adaptation(self) -> str | None: ...
    @property
    def provider(self) -> str | None: ...
    @property
    def model(self) -> str | None: ...
    @property
    def region(self) -> str | None: ...
    @property
    def fallback(self) -> str: ...
    @property
    def routing(self) -> str: ...


def way_words(way: _Named) -> str:
    """Return a way of building in words: where it runs, how it is adapted, and what stands behind it."""
    return " ".join((building_words(way.hosting, way.adaptation), *behind_words(way.fallback, way.routing))).rstrip()


def building_words(hosting: str, adaptation: str | None) -> str:
    """Return where a model runs, and how it is adapted, in words."""
    where = _HOSTINGS.get(hosting, escaped(hosting))
    if adaptation is None:
        return where
    return f"{where} with {_ADAPTATIONS.get(adaptation, escaped(adaptation))}"


def behind_words(fallback: str, routing: str) -> tuple[str, ...]:
    """Return what stands behind the model, in words; nothing where nothing does."""
    if routing == "cascade":
        return ("and a larger model for hard cases",)
    return () if fallback == "none" else (f"and {_FALLBACKS.get(fallback, escaped(fallback))}",)


def offering_words(way: _Named) -> str:
    """Return which model it is, and where it is offered."""
    place = " ".join(escaped(word) for word in (way.provider, way.region) if word)
    return ", ".join(part for part in (escaped(way.model or ""), place) if part)


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


def then_words(then: ThenResult, broken: Collection[str] = ()) -> str:
    """Return what follows in words; `broken` are the rules that the plan breaks already."""
    if then.hosting is None:
        return f"nothing is left ({', '.join(then.violates)})"
    words = building_words(then.hosting, then.adaptation)
    words += "" if then.monthly_usd is None else f" ({usd_words(then.monthly_usd)} USD)"
    also = [rule for rule in then.violates if rule not in broken]
    return f"the plan breaks {', '.join(also)}; {words}" if also else words


def change_words(change: ChangeResult) -> str:
    """Return facts with the values that a change gives them."""
    return " and ".join(
        f"`{name}` {_BOUNDS.get(change.bounds.get(name, ''), '')}{_value(value)}"
        for name, value in change.facts.items()
    )


_BOUNDS = {"from": "from ", "to": "up to "}


def _value(value: object) -> str:
    return shown_value(tuple(value) if isinstance(value, list) else value)  # type: ignore[arg-type]


def values_words(values: Mapping[str, object]) -> tuple[str, ...]:
    """Return facts with their values."""
    return tuple(f"`{name}` {_value(value)}" for name, value in values.items())


def to_do_words(to_dos: Iterable[ToDoResult]) -> tuple[str, ...]:
    """Return what is to be done, a line for each stage; facts that one rule asks for stand together."""
    stages: dict[str, dict[str, list[str]]] = {}
    for each in to_dos:
        stages.setdefault(each.before, {}).setdefault(each.rule, []).append(each.fact)
    return tuple(
        f"{'now' if stage == 'now' else f'before {stage}'}: "
        + ", ".join(f"{together_words(facts)} ({rule})" for rule, facts in rules.items())
        for stage, rules in stages.items()
    )


def together_words(facts: list[str]) -> str:
    """Return facts below one key as that key with what follows it."""
    head = facts[0].rpartition(".")[0]
    if len(facts) == 1 or any(fact.rpartition(".")[0] != head for fact in facts):
        return ", ".join(f"`{fact}`" for fact in facts)
    return f"`{head}`: {', '.join(fact.rpartition('.')[2] for fact in facts)}"
