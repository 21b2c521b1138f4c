"""Evaluations of one's own: what a manifest says of them in, the ways that reach a target for certain, or miss it, out.

A way is named by its adaptation and its model, such as `prompting gpt-4o-mini`; of several evaluations the newest counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from aipolicy.catalog.axes import ADAPTATIONS, way_evaluated
from aipolicy.catalog.catalog import Catalog
from aipolicy.economics.shares_of_cases import wilson_interval
from aipolicy.facts.contradictions import FactProblem
from aipolicy.facts.expected import NO_TARGET, RESULTS, TARGET
from aipolicy.facts.spec import FactValue
from aipolicy.manifest.feature import path_of
from aipolicy.source.day import read_day
from aipolicy.source.document import PlainValue
from aipolicy.source.regex import regex
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown
from aipolicy.value import NamedTuple

_PROMPTED = ADAPTATIONS[0]
_RESULT = regex(r"(.+) ([0-9]{1,12})/([1-9][0-9]{0,11})")


class Result(NamedTuple):
    """How many cases a way passed."""

    way: str
    passed: float
    of: float

    @property
    def interval(self) -> tuple[float, float]:
        """Return between which shares it passes."""
        return wilson_interval(self.passed, self.of)


def result_words(way: str, passed: float, of: float) -> str:
    """Return a result as conditions and messages have it."""
    return f"{way} {passed:.0f}/{of:.0f}"


def declared_results(plain: Iterable[Mapping[str, PlainValue]], catalog: Catalog, as_of: date,
                     problems: list[FactProblem]) -> tuple[str, ...]:  # fmt: skip
    """Return the newest result of every way; what cannot be used is a problem at its place, and is left out."""
    newest: dict[str, tuple[date, str]] = {}
    for index, entry in enumerate(plain):
        wrong = list(_problems(entry, index, catalog, as_of))
        problems.extend(wrong)
        if wrong:
            continue
        way = way_evaluated(str(entry.get("adaptation", _PROMPTED)), _model(entry, catalog) or "")
        day = read_day(str(entry["on"])) or as_of
        if way in newest and newest[way][0] == day:
            message = f"a second result of `{shown(way)}` on {day}; add both up, or leave one out"
            problems.append(FactProblem("MAN-008", message, (*path_of(RESULTS), index)))
        elif way not in newest or newest[way][0] < day:
            newest[way] = (day, result_words(way, _number(entry, "passed"), _number(entry, "of")))
    return tuple(sorted(words for _, words in newest.values()))


def _problems(entry: Mapping[str, PlainValue], index: int, catalog: Catalog, as_of: date) -> Iterator[FactProblem]:
    passed, of = _number(entry, "passed"), _number(entry, "of")
    for key, number in (("passed", passed), ("of", of)):
        if number % 1.0:
            yield _problem("MAN-005", f"`{key}` counts cases, found {number:g}", index, key)
    if passed > of:
        yield _problem("MAN-008", f"{passed:g} cases passed of {of:g}", index, "passed")
    name, day = str(entry["model"]), read_day(str(entry["on"]))
    if _model(entry, catalog) is None:
        yield _problem("MAN-005", f"unknown model `{shown(name)}`{did_you_mean(name, catalog.models)}", index, "model")
    if day is None:
        yield _problem("MAN-005", f"`{shown(str(entry['on']))}` is not a day", index, "on")
    elif day > as_of:
        yield _problem("MAN-008", f"{day} lies after {as_of}, the day of the run", index, "on")


def _problem(rule_id: str, message: str, index: int, key: str) -> FactProblem:
    return FactProblem(rule_id, message, (*path_of(RESULTS), index, key))


def _model(entry: Mapping[str, PlainValue], catalog: Catalog) -> str | None:
    from aipolicy.catalog.model_names import read_model_name

    return read_model_name(str(entry["model"]), catalog, None).model


def _number(entry: Mapping[str, PlainValue], key: str) -> float:
    number = entry[key]
    return float(number) if isinstance(number, int | float) else 0.0


def read_results(value: FactValue | None) -> tuple[Result, ...] | None:
    """Return the results that a fact holds, None where nobody said any, or one is written in another way."""
    matches = [_RESULT.fullmatch(words) for words in value] if isinstance(value, tuple) else [None]
    results = tuple(
        Result(matched[1], float(matched[2]), float(matched[3])) for matched in matches if matched is not None
    )
    return results if len(results) == len(matches) else None


def ways_with(values: Mapping[str, FactValue], *, reached: bool) -> tuple[str, ...] | None:
    """Return the ways of which the whole interval reaches the target, or misses it; None where no results are known."""
    results, target = read_results(values.get(RESULTS)), values.get(TARGET)
    if results is None or not isinstance(target, float):
        return None
    if target == NO_TARGET:
        return ()
    ends = ((result.way, *result.interval) for result in results)
    return tuple(sorted(way for way, low, high in ends if (low >= target if reached else high < target)))
