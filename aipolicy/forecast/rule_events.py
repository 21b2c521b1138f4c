"""Events of rules and of evidence: stages that begin, rules that end, documents that begin or cease to hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from math import ceil, floor

from aipolicy.facts.all_facts import REGISTRY
from aipolicy.facts.declared import AGE, HOLDS
from aipolicy.facts.derived import RUN_DAY
from aipolicy.facts.known_facts import ADDED
from aipolicy.facts.migration_stages import STAGE_FACTS
from aipolicy.facts.spec import Origin
from aipolicy.findings.finding import Severity, Stage
from aipolicy.forecast.events import DAY, Cause, Event
from aipolicy.manifest.feature import Feature
from aipolicy.policy.cel.checked_expr import constants, decode
from aipolicy.policy.entries import numbers_in
from aipolicy.policy.rule import Rule
from aipolicy.policy.stages import turns
from aipolicy.source.day import day_of_number, read_day
from aipolicy.source.document import PlainValue

_EVIDENCE = tuple(name for name, spec in REGISTRY.items() if spec.origin is Origin.EVIDENCE)
_DAYS = (f".{AGE}", f".{HOLDS}")
_OF_DAYS = ("evidence.", *ADDED)
_FAR = float(date.max.toordinal())


def rule_events(rules: Iterable[Rule]) -> Iterator[Event]:
    """Yield an event for every day on which a rule changes its stage."""
    for rule in rules:
        for day, stage, severity in turns(rule.stages, rule.severity):
            yield Event(day=day, cause=Cause.RULE, text=_turn_words(rule, day, stage, severity), rule=rule.id)


def named_day_events(rules: Iterable[Rule]) -> Iterator[Event]:
    """Yield the days that rules compare with that of the run, such as those of a table, and the days after them."""
    for rule in rules:
        numbers: set[float] = set()
        for line in (line for line in (*rule.when, *rule.require) if RUN_DAY in line.feature_reads):
            values = (rule.parameters.get(name) for name in line.parameter_reads)
            numbers |= {*constants(decode(line.checked)), *(number for value in values for number in numbers_in(value))}
        named = [day for day in map(day_of_number, sorted(numbers)) if day is not None]
        for day in sorted({*named, *(day + DAY for day in named if day < date.max)}):
            yield Event(
                day=day, cause=Cause.EVIDENCE, text=f"{rule.id} asks for the day, {day}", fact=RUN_DAY, rule=rule.id
            )


def _turn_words(rule: Rule, day: date, stage: Stage, severity: Severity | None) -> str:
    weight = "" if severity is None else f" ({severity.value})"
    match stage:
        case Stage.ENDED:
            return f"{rule.id} ended on {day - DAY}"
        case Stage.ANNOUNCED:
            return f"{rule.id} is announced{weight}"
        case Stage.WARNING:
            return f"{rule.id} begins to warn{weight}"
        case _:
            return f"{rule.id} comes into force{weight}"


def evidence_events(features: Iterable[Feature], rules: Iterable[Rule]) -> Iterator[Event]:
    """Yield an event for every day on which a document begins to hold or comes to an age that a rule reads, each day
    after its last, and the day of a stage.
    """
    limits = _limits(rules)
    for feature in features:
        yield from _stage_events(feature)
        for name in (name for name in feature.declared if name.startswith(ADDED)):
            yield from _ages(feature, name, day_in(feature.declared, name), limits.get(f"{name}.{AGE}", ()))
        for name, document in evidence_of(feature):
            begins, expires = day_in(document, "date"), day_in(document, "expires")
            if begins is not None:
                yield Event(day=begins, cause=Cause.EVIDENCE, text=f"`{name}` is dated {begins}", fact=name,
                            feature=feature.name)  # fmt: skip
            if expires is not None and expires < date.max:
                yield Event(day=expires + DAY, cause=Cause.EVIDENCE, text=f"`{name}` expires on {expires}", fact=name,
                            feature=feature.name)  # fmt: skip
            yield from _ages(feature, name, begins, limits.get(f"{name}.{AGE}", ()))
            yield from _ages(feature, name, expires, [-limit for limit in limits.get(f"{name}.{HOLDS}", ())])


def _limits(rules: Iterable[Rule]) -> dict[str, list[float]]:
    """Return the numbers that rules name in conditions on the age of a document, or on how long it holds, by fact."""
    limits: dict[str, set[float]] = {}
    for rule in rules:
        for line in (*rule.when, *rule.require):
            ages = [name for name in line.feature_reads if name.startswith(_OF_DAYS) and name.endswith(_DAYS)]
            if ages:
                named = [rule.parameters.get(name) for name in line.parameter_reads]
                numbers = {*constants(decode(line.checked)), *(number for number in named if isinstance(number, float))}
                for name in ages:
                    limits.setdefault(name, set()).update(numbers)
    return {name: sorted(numbers) for name, numbers in limits.items()}


def _ages(feature: Feature, name: str, day: date | None, limits: Iterable[float]) -> Iterator[Event]:
    """Yield the days around the one on which a document is some days old, or has some left, where there are such days."""
    for limit in limits:
        for days in (
            sorted({floor(limit), ceil(limit), floor(limit) + 1}) if day is not None and abs(limit) < _FAR else ()
        ):
            turn = (day or date.min).toordinal() + days
            if date.min.toordinal() <= turn <= date.max.toordinal():
                age = f"{days} days old" if days >= 0 else f"{-days} days before its last day"
                yield Event(day=date.fromordinal(turn), cause=Cause.EVIDENCE, text=f"`{name}` is {age}", fact=name,
                            feature=feature.name)  # fmt: skip


def _stage_events(feature: Feature) -> Iterator[Event]:
    for fact in STAGE_FACTS.values():
        day = day_in(feature.declared, fact)
        if day is not None:
            yield Event(
                day=day, cause=Cause.EVIDENCE, text=f"`{fact}` has come, {day}", fact=fact, feature=feature.name
            )


def evidence_of(feature: Feature) -> Iterator[tuple[str, dict[str, PlainValue]]]:
    """Yield the documents that a feature names, each with its fact."""
    for name in (*_EVIDENCE, *(name for name in feature.declared if name.startswith(ADDED))):
        document = feature.declared.get(name)
        if isinstance(document, dict):
            yield name, document


def day_in(document: Mapping[str, PlainValue], key: str) -> date | None:
    """Return a day of a document, or None where it names none that can be read."""
    text = document.get(key)
    return read_day(text) if isinstance(text, str) else None
