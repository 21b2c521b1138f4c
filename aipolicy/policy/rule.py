"""A rule and a pack as loaded: frozen data, conditions compiled, every place known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from aipolicy.facts.all_facts import REGISTRY
from aipolicy.facts.declared import RETIRED
from aipolicy.facts.spec import FactType, FactValue
from aipolicy.findings.finding import Outcome, Reference, Severity, Stage
from aipolicy.policy.cel.expressions import Checked
from aipolicy.policy.layers.origins import ParameterOrigin, RuleOrigin
from aipolicy.policy.layers.tightening import Direction
from aipolicy.policy.stages import Stages, severity_in, stage_on
from aipolicy.source.regex import regex
from aipolicy.value import Frozen, NamedTuple, replace

if TYPE_CHECKING:
    from aipolicy.policy.entries import Entries
    from aipolicy.policy.law import Basis, Law
    from aipolicy.source.span import DocumentPath


_NAMES_RETIRED = regex(rf"""(["']){RETIRED}\1""")


class RuleKind(StrEnum):
    """Whether a rule says what is possible, or what must be done."""

    CONSTRAINT = "constraint"
    DUTY = "duty"


class RuleScope(StrEnum):
    """What a rule is evaluated over: every option that could be built, or the options of a plan alone."""

    OPTIONS = "options"
    PLAN = "plan"


class RuleLegs(StrEnum):
    """Which legs of an option have to satisfy a rule that reads facts of a leg."""

    EVERY = "every"
    """The main leg and its partner, each by itself."""
    MAIN = "main"


class Line(Frozen):
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
    number: int = 0
    """The line of the rule's file on which it begins."""
    path: DocumentPath = ()
    """Where it stands in the document."""
    elements: tuple[str, ...] = ()
    """The fields of elements of lists of records that it reads, as `extensions.tools.writes`."""

    @property
    def condition(self) -> str:
        """Return the text that was compiled."""
        return self.expanded or self.text


class SharedScope(Frozen, kw_only=True):
    """What a file or a group says once for all rules below it; its conditions come first in each of them."""

    title: str
    when: tuple[Line, ...]
    must_declare: tuple[str, ...]
    basis: Basis | None
    defined_at: str
    """The file and line; no two have the same."""
    legs: RuleLegs | None = None
    """Which legs have to satisfy the rules below that do not say it themselves; None where nothing is said."""


class Requirement(Frozen, kw_only=True):
    """A line of `require` with words of its own: reported, waived and evaluated by itself."""

    name: str
    """What tells it from the others of its rule, in ids such as `DORA-030-2/sla`."""
    line: Line
    message: str
    fix: str
    evidence: tuple[str, ...]
    """The facts of evidence that show it."""


class Bounds(NamedTuple):
    """The least and the most that the number of a parameter may be; None is no bound."""

    least: float | None = None
    most: float | None = None

    def __str__(self) -> str:
        """Return the bounds in words; empty where there are none."""
        least = "" if self.least is None else f"at least {self.least:g}"
        most = "" if self.most is None else f"at most {self.most:g}"
        return ", ".join(filter(None, (least, most)))

    def broken_by(self, value: FactValue) -> str:
        """Return which bound a value breaks, in words; empty where it breaks none."""
        if not isinstance(value, float):
            return ""
        if self.least is not None and value < self.least:
            return f"must be at least {self.least:g}, found {value:g}"
        if self.most is not None and value > self.most:
            return f"must be at most {self.most:g}, found {value:g}"
        return ""


NO_BOUNDS = Bounds()


class Parameter(Frozen, kw_only=True):
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
    bounds: Bounds = NO_BOUNDS
    entries: Entries | None = None
    """What the entries of a map or a table are; None for any other parameter."""
    tightens_entries: Direction = Direction.NONE
    """Of a map or a table: whether layers may leave entries out, or add some; `tightens` is of its values."""


class RuleTest(Frozen, kw_only=True):
    """An example of a rule: declared facts and option facts in, an outcome out."""

    name: str
    given: Mapping[str, FactValue]
    option: Mapping[str, FactValue]
    expect: Outcome
    partner: Mapping[str, FactValue]
    """Facts of the partner; a rule on every leg is evaluated for it too where there are any."""
    message: str = ""
    """The message that the rule must give; empty for any."""
    location: str = ""
    """Where in its manifest a test expects the finding: `line:column`, or a document path; empty for anywhere."""
    defined_at: str = ""


class Rule(Frozen, kw_only=True):
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
    announced_on: date | None = None
    warning_from: date | None = None
    must_declare: tuple[str, ...] = ()
    """The facts that have to be declared where the rule applies; one that is not removes nothing."""
    shared: tuple[SharedScope, ...] = ()
    """What the file and the group of the rule say for all rules below them, the outer one first."""
    law: Law | None = None
    """What it says of the law behind it (`law_of`)."""
    aliases: tuple[str, ...] = ()
    """Ids that it had before, by which waivers, baselines and configurations may still name it."""
    spoken: tuple[tuple[str, Line], ...] = ()
    """The variables that messages show, by the name that they use."""
    requirements: tuple[Requirement, ...] = ()
    """Those lines of `require` that have words of their own, in their order."""
    legs: RuleLegs = RuleLegs.EVERY

    @property
    def plain_require(self) -> tuple[Line, ...]:
        """Return the lines of `require` that the message of the rule is about."""
        own = [requirement.line for requirement in self.requirements]
        return tuple(line for line in self.require if line not in own)

    @property
    def shared_when(self) -> tuple[Line, ...]:
        """Return the conditions that other rules have too: the first ones of `when`."""
        return tuple(line for scope in self.shared for line in scope.when)

    @property
    def own_when(self) -> tuple[Line, ...]:
        """Return the conditions of the rule itself."""
        return self.when[len(self.shared_when) :]

    def severity_on(self, day: date) -> Severity | None:
        """Return what the rule weighs on a day: less before it is in force, None before it is announced and once ended."""
        return severity_in(self.stage_on(day), self.severity)

    def stage_on(self, day: date) -> Stage:
        """Return how far the rule has come on a day."""
        return stage_on(self.stages, day)

    @property
    def stages(self) -> Stages:
        """Return the days on which its stages begin."""
        return Stages(self.announced_on, self.warning_from, self.effective_from, self.effective_until)

    @property
    def is_for_retired(self) -> bool:
        """Return whether the rule says by name when it applies to retired features; the others ask nothing of them."""
        chosen = (self.parameters[name] for line in self.when for name in line.parameter_reads)
        words = (word for value in chosen for word in (value if isinstance(value, tuple) else (value,)))
        return RETIRED in words or any(_NAMES_RETIRED.search(line.condition) for line in self.when)

    def place_of(self, line: Line) -> str:
        """Return the file and line at which a line of the rule stands."""
        return f"{self.defined_at.rpartition(':')[0]}:{line.number}"

    @property
    def option_reads(self) -> tuple[str, ...]:
        """Return the facts of options that the rule reads."""
        return tuple(dict.fromkeys(name for line in (*self.when, *self.require) for name in line.option_reads))

    @property
    def is_of_partner(self) -> bool:
        """Return whether the partner has to satisfy the rule by itself, as the main leg has."""
        return self.legs is RuleLegs.EVERY and any(not REGISTRY[name].of_whole for name in self.option_reads)

    @property
    def is_of_whole(self) -> bool:
        """Return whether the rule reads what only main leg and partner together have."""
        joins = self.legs is RuleLegs.MAIN
        return any(REGISTRY[name].of_whole or (joins and REGISTRY[name].joins_legs) for name in self.option_reads)

    @property
    def feature_reads(self) -> tuple[str, ...]:
        """Return the facts of the feature that the rule reads or wants declared, sorted."""
        reads = {name for line in (*self.when, *self.require) for name in line.feature_reads}
        return tuple(sorted(reads.union(self.must_declare)))


def parts_of(rule: Rule) -> tuple[Rule, ...]:
    """Return what of a rule is evaluated by itself: the rule, or its plain lines and each requirement with its own words.

    They apply together, so that what decides whether they do stands above all of them.
    """
    if not rule.requirements:
        return (rule,)
    from aipolicy.findings.rule_ids import PART

    plain = rule.plain_require
    above = SharedScope(
        title=f"{rule.id} {rule.title}", when=rule.own_when, must_declare=(), basis=None, defined_at=rule.defined_at
    )
    shared = (*rule.shared, above)
    main = replace(rule, require=plain, requirements=(), shared=shared)
    own = (
        replace(
            rule, id=f"{rule.id}{PART}{requirement.name}", require=(requirement.line,),
            message=requirement.message or rule.message, fix=requirement.fix or rule.fix,
            must_declare=(), requirements=(), shared=shared,
        )
        for requirement in rule.requirements
    )  # fmt: skip
    return (*((main,) if plain or rule.must_declare else ()), *own)
