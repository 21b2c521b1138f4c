"""Rules and their lines, with what is the same for every feature worked out once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from aipolicy.facts.all_facts import REGISTRY, is_of_leg, is_partner_fact
from aipolicy.facts.declared import RETIRED
from aipolicy.facts.facts import LABELS, Facts
from aipolicy.facts.spec import FactType, FactValue
from aipolicy.findings.finding import Severity, Stage
from aipolicy.options.estimates import ENDED_FACTS, ESTIMATED_FACTS, reduced
from aipolicy.options.workload import Workload
from aipolicy.policy.cel.expressions import cel_value
from aipolicy.policy.rule import Line, Rule, RuleKind
from aipolicy.policy.stages import coming_words
from aipolicy.value import Frozen


class PreparedLine:
    """A line of a rule, with what is the same for every feature."""

    __slots__ = ("identity", "is_estimated", "is_of_legs", "is_of_partners", "line", "parameters")

    def __init__(self, line: Line, rule: Rule) -> None:
        self.line = line
        self.parameters = {name: cel_value(rule.parameters[name]) for name in line.parameter_reads}
        self.identity = (line.checked, tuple([hashable(rule.parameters[name]) for name in line.parameter_reads]))
        self.is_estimated = not ESTIMATED_FACTS.isdisjoint(line.option_reads)
        self.is_of_legs = all(map(is_of_leg, line.option_reads))
        """Whether it reads of options what a main leg has by itself, if anything."""
        self.is_of_partners = bool(line.option_reads) and all(map(is_partner_fact, line.option_reads))
        """Whether it reads nothing of options but what a partner has."""

    def reduced(self, workload: Workload) -> Workload:
        """Return the workload without what the line does not hang on."""
        return reduced(workload, self.line.option_reads) if self.is_estimated else workload


class PreparedRule:
    """A rule, with what is the same for every feature; told from others by identity."""

    __slots__ = (
        "has_ends", "has_labels", "is_estimated", "is_of_partner", "is_of_whole",
        "label_keys", "option_reads", "reads", "require", "rule", "when", "workload_reads",
    )  # fmt: skip

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.reads = rule.feature_reads
        self.is_of_partner, self.is_of_whole = rule.is_of_partner, rule.is_of_whole
        self.has_labels = any(name not in REGISTRY or REGISTRY[name].type is FactType.LABELS for name in self.reads)
        lines = (*rule.when, *rule.require)
        self.label_keys = frozenset(key for line in lines for key in line.label_keys)
        self.option_reads = tuple(dict.fromkeys(name for line in lines for name in line.option_reads))
        self.is_estimated = not ESTIMATED_FACTS.isdisjoint(self.option_reads)
        # NOTE: only what removes must hold at the favourable end; warnings and notes weigh what is usual.
        self.has_ends = rule.severity is Severity.ERROR and not ENDED_FACTS.isdisjoint(self.option_reads)
        self.workload_reads = tuple(
            dict.fromkeys(fact for line in lines for name in line.option_reads for fact in REGISTRY[name].reads)
        )
        # NOTE: the cheapest lines come first: when they do not hold, no estimate is made for the others.
        self.when = sorted((PreparedLine(line, rule) for line in rule.when), key=effort)
        self.require = sorted((PreparedLine(line, rule) for line in rule.require), key=effort)

    def is_silent_on(self, facts: Facts) -> bool:
        """Return whether a feature runs no more and the rule does not name such ones."""
        return is_retired(facts) and not self.rule.is_for_retired

    def values(self, facts: Facts) -> tuple[Any, ...]:
        """Return what the rule reads of a feature, None is unknown, and what it misses of what has to be declared."""
        values: tuple[Any, ...] = tuple(map(facts.values.get, self.reads))
        if self.has_labels:
            values = tuple([hashable(value) for value in values])
        return (values, undeclared_of(self.rule, facts)) if self.rule.must_declare else values


def effort(line: PreparedLine) -> tuple[bool, bool]:
    return bool(line.line.option_reads), line.is_estimated


def undeclared_of(rule: Rule, facts: Facts) -> tuple[str, ...]:
    """Return the facts that a rule wants declared and that are not."""
    return tuple([name for name in rule.must_declare if name not in facts.declared])


def labels_of(facts: Facts) -> Mapping[str, str]:
    labels = facts.values.get(LABELS)
    return {key: str(text) for key, text in labels.items()} if isinstance(labels, Mapping) else {}


def hashable(value: FactValue | None) -> object:
    return tuple(sorted((key, hashable(item)) for key, item in value.items())) if isinstance(value, dict) else value


def is_retired(facts: Facts) -> bool:
    """Return whether a feature runs no more, so that only rules that name it so are evaluated."""
    return facts.values.get("metadata.lifecycle") == RETIRED


class ActiveRule(Frozen):
    """A rule with what it weighs on the day of the run."""

    rule: Rule
    severity: Severity
    stage: Stage = Stage.IN_FORCE
    coming: str = ""
    """What becomes of a rule that is not yet in force, in words."""


def active_rules(rules: Iterable[Rule], day: date) -> tuple[ActiveRule, ...]:
    """Return the rules that are evaluated on a day, with what they weigh then."""
    active = []
    for rule in rules:
        severity = rule.severity_on(day)
        if severity is not None:
            coming = coming_words(rule.stages, rule.severity, day)
            active.append(ActiveRule(rule, severity, rule.stage_on(day), coming))
    return tuple(active)


class Readers:
    """The places of rules by what they read."""

    def __init__(self, rules: Iterable[ActiveRule]) -> None:
        self._of_facts: dict[str, list[int]] = {}
        of_estimates, of_options, constraints = list[int](), list[int](), list[int]()
        for place, active in enumerate(rules):
            for name in active.rule.feature_reads:
                self._of_facts.setdefault(name, []).append(place)
            reads = active.rule.option_reads
            if not ESTIMATED_FACTS.isdisjoint(reads):
                of_estimates.append(place)
            if reads:
                of_options.append(place)
            if active.rule.kind is RuleKind.CONSTRAINT:
                constraints.append(place)
        self.of_estimates = frozenset(of_estimates)
        """The places of the rules that read an estimate."""
        self.of_options = frozenset(of_options)
        """The places of the rules that read something of an option: by these options are put together."""
        self.constraints = frozenset(constraints)
        """The places of the rules by which options are removed and ranked."""

    def of_changed(self, before: Facts, after: Facts) -> set[int]:
        """Return the places of the rules that read a fact which is another one, or no more assumed, or assumed now."""
        one, other = before.values, after.values
        changed = {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}
        changed |= before.assumed ^ after.assumed
        return {place for name in changed for place in self._of_facts.get(name, ())}
