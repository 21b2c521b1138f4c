"""A rule over all features of a run as loaded: which take part, what is added up, and what must hold for each group."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from aipolicy.facts.spec import FactType, FactValue
from aipolicy.findings.finding import Outcome
from aipolicy.policy.cel.expressions import Checked
from aipolicy.policy.rule import Line, Rule
from aipolicy.value import Frozen

GROUP, TOTAL, KEY = "group.", "total.", "group.key"
"""What a requirement reads: measures of a group, measures of all features that take part, and the name of the group."""


class Aggregate(StrEnum):
    """How the values of features become one amount."""

    SUM = "sum"
    COUNT = "count"
    MAX = "max"
    MIN = "min"
    DISTINCT = "distinct"

    @property
    def adds_up(self) -> bool:
        """Return whether the amount of a group is the sum of what each feature adds."""
        return self in (Aggregate.SUM, Aggregate.COUNT)


class FeatureFormula(Frozen):
    """An expression over the facts of one feature and of the options of its plan."""

    text: str
    checked: Checked
    type: FactType
    feature_reads: tuple[str, ...]
    option_reads: tuple[str, ...]
    parameter_reads: tuple[str, ...]
    label_keys: tuple[str, ...]
    """The labels that it reads by name."""
    numbers: Mapping[str, tuple[float | None, float | None]]
    """The least and the most that each number it reads may be; None is no bound."""


class GroupMeasure(Frozen):
    """A named amount of a group of features; without a formula it counts them."""

    name: str
    aggregate: Aggregate
    text: str
    formula: FeatureFormula | None


class TestFeature(Frozen):
    """A feature of an example: declared facts, and the facts of the one option of its plan."""

    name: str
    given: Mapping[str, FactValue]
    option: Mapping[str, FactValue]

    __test__ = False


class PortfolioTest(Frozen):
    """An example of a rule over features: what each declares, and what becomes of one group or of all of them."""

    name: str
    features: tuple[TestFeature, ...]
    unreadable: int
    """How many manifests of the run cannot be read."""
    group: str | None
    parameters: Mapping[str, FactValue]
    """Values of parameters in place of those that hold, as `params.NAME`."""
    expect: Outcome
    defined_at: str = ""


class PortfolioRule(Frozen, kw_only=True):
    """A rule over all features of a run; `rule` holds what it shares with every other rule."""

    rule: Rule
    over: tuple[Line, ...]
    """All must hold for a feature to take part."""
    group_by: FeatureFormula | None
    """The group of a feature; a list puts it in each of them. Without it there is one group of all."""
    measures: tuple[GroupMeasure, ...]
    tests: tuple[PortfolioTest, ...]
