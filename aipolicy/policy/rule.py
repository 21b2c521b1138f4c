"""A rule and a pack as loaded: frozen data, conditions compiled, every place known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from aipolicy.facts.spec import FactSpec, FactType, FactValue
from aipolicy.findings import Outcome, Reference, Severity
from aipolicy.policy.expressions import Checked
from aipolicy.policy.governance import Governance
from aipolicy.policy.origins import ParameterOrigin, RuleOrigin
from aipolicy.policy.tightening import Direction


class RuleKind(StrEnum):
    """Whether a rule says what is possible, or what must be done."""

    CONSTRAINT = "constraint"
    DUTY = "duty"


class RuleScope(StrEnum):
    """What a rule is judged over: every option that could be built, or the options of a plan alone."""

    OPTIONS = "options"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of `when` or `require`: its text, and what of the feature, the option and the parameters it reads."""

    text: str
    checked: Checked
    feature_reads: tuple[str, ...]
    option_reads: tuple[str, ...]
    parameter_reads: tuple[str, ...]
    ordered_by: str | None = None
    """The one option fact that the line orders against something else: its truth turns at most once along it."""
    turns_at: str | float | None = None
    """The name or the number that this fact is ordered against; None for a formula."""
    expanded: str = ""
    """The condition that was compiled, where that is not the text: variables written out, `applies_to` in CEL."""
    label_keys: tuple[str, ...] = ()
    """The labels that it reads by name."""

    @property
    def condition(self) -> str:
        """Return the text that was compiled."""
        return self.expanded or self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A typed value that the organisation may override; where publications disagree, `disputed` says so."""

    name: str
    type: FactType
    default: FactValue
    value: FactValue
    unit: str
    description: str
    source: str
    checked_on: date | None
    disputed: str
    tightens: Direction = Direction.NONE
    """Towards which value the rules that read it get stricter."""
    origins: tuple[ParameterOrigin, ...] = ()
    """The default, then the value of every layer that set it, bases first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTest:
    """An example of a rule: declared facts and option facts in, an outcome out."""

    name: str
    given: Mapping[str, FactValue]
    option: Mapping[str, FactValue]
    expect: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of a pack; `severity` is what it weighs once in force."""

    id: str
    name: str
    title: str
    kind: RuleKind
    severity: Severity
    scope: RuleScope
    when: tuple[Line, ...]
    require: tuple[Line, ...]
    message: str
    why: str
    fix: str
    references: tuple[Reference, ...]
    effective_from: date | None
    effective_until: date | None
    tests: tuple[RuleTest, ...]
    pack: str
    defined_at: str
    parameters: Mapping[str, FactValue]
    origins: tuple[RuleOrigin, ...] = ()
    """Severity and dates as its pack defines them, then as every layer made them, bases first."""

    def severity_on(self, day: date) -> Severity | None:
        """Return what the rule weighs on a day: a warning at most before it is in force, None once it has ended."""
        if self.effective_until is not None and day > self.effective_until:
            return None
        if self.effective_from is not None and day < self.effective_from and self.severity is Severity.ERROR:
            return Severity.WARNING
        return self.severity

    def in_force(self, day: date) -> bool:
        """Return whether the rule has begun."""
        return self.effective_from is None or self.effective_from <= day

    @property
    def feature_reads(self) -> tuple[str, ...]:
        """Return the facts of the feature that the rule reads, sorted."""
        return tuple(sorted({name for line in (*self.when, *self.require) for name in line.feature_reads}))


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyPack:
    """A named set of rules."""

    name: str
    version: str
    title: str
    description: str
    parameters: tuple[Parameter, ...]
    rules: tuple[Rule, ...]
    path: str
    facts: tuple[FactSpec, ...] = ()
    """The facts that it adds to manifests, under `extensions`."""
    extends: tuple[str, ...] = ()
    """The names of the packs that it extends."""
    loosens: tuple[str, ...] = ()
    """What those that extend it may loosen: `pack.parameter`, or the id of a rule."""
    configuration_may_loosen: bool = True
    """Whether the configuration may loosen parameters that no layer has set."""
    waivers: Governance | None = None
    """What the pack asks of waivers; None where it says nothing."""

    @property
    def label(self) -> str:
        """Return name and version, and what it extends, as `acme 2.1.0 over build-or-buy and cost-control`."""
        over = f" over {' and '.join(self.extends)}" if self.extends else ""
        return f"{self.name} {self.version}{over}"
