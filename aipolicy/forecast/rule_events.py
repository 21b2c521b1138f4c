"""Events of rules and of evidence: stages that begin, rules that end, documents that begin or cease to hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from aipolicy.facts.all_facts import REGISTRY
from aipolicy.facts.migration_stages import STAGE_FACTS
from aipolicy.facts.spec import Origin
from aipolicy.findings.finding import Severity, Stage
from aipolicy.forecast.events import DAY, Cause, Event
from aipolicy.manifest.feature import Feature
from aipolicy.policy.rule import Rule
from aipolicy.policy.stages import turns
from aipolicy.source.day import read_day
from aipolicy.source.document import PlainValue

_EVIDENCE = tuple(name for name, spec in REGISTRY.items() if spec.origin is Origin.EVIDENCE)


def rule_events(rules: Iterable[Rule]) -> Iterator[Event]:
    """Yield an event for every day on which a rule changes its stage."""
    for rule in rules:
        for day, stage, severity in turns(rule.stages, rule.severity):
            yield Event(day=day, cause=Cause.RULE, text=_turn_words(rule, day, stage, severity), rule=rule.id)


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


def evidence_events(features: Iterable[Feature]) -> Iterator[Event]:
    """Yield an event for every day on which a document begins to hold, each day after its last, and the day of a stage."""
    for feature in features:
        yield from _stage_events(feature)
        for name, document in evidence_of(feature):
            begins, expires = day_in(document, "date"), day_in(document, "expires")
            if begins is not None:
                yield Event(day=begins, cause=Cause.EVIDENCE, text=f"`{name}` is dated {begins}", fact=name,
                            feature=feature.name)  # fmt: skip
            if expires is not None and expires < date.max:
                yield Event(day=expires + DAY, cause=Cause.EVIDENCE, text=f"`{name}` expires on {expires}", fact=name,
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
    for name in _EVIDENCE:
        document = feature.declared.get(name)
        if isinstance(document, dict):
            yield name, document


def day_in(document: Mapping[str, PlainValue], key: str) -> date | None:
    """Return a day of a document, or None where it names none that can be read."""
    text = document.get(key)
    return read_day(text) if isinstance(text, str) else None
