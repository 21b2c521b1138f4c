"""A pack as loaded: its rules, parameters and facts, and what it stands on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from aipolicy.facts.spec import FactSpec, FactType
from aipolicy.policy.portfolio_rule import PortfolioRule
from aipolicy.policy.rule import Line, Parameter, Rule
from aipolicy.value import Frozen

if TYPE_CHECKING:
    from aipolicy.policy.governance import Governance
    from aipolicy.policy.sources.pack_files import InstalledPackage


class Variable(Frozen, kw_only=True):
    """A named expression of any type, which conditions, messages and the packs above may use."""

    name: str
    text: str
    """As written, with the names of other variables."""
    expanded: str
    """With every other variable written out."""
    type: FactType
    line: Line
    exported: bool
    defined_at: str
    tests: tuple[Rule, ...] = ()
    """Each example of it as a rule that is satisfied where the variable is what the example expects, a condition true."""


def aliases_of(packs: Iterable[PolicyPack]) -> dict[str, str]:
    """Return the ids that rules had before, each with the one of today."""
    return {alias: rule.id for pack in packs for rule in pack.all_rules for alias in rule.aliases}


class PolicyPack(Frozen, kw_only=True):
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
    portfolio_rules: tuple[PortfolioRule, ...] = ()
    """Rules over all features of a run."""
    variables: tuple[Variable, ...] = ()
    imported: tuple[Parameter, ...] = ()
    """Parameters of packs below that imported variables read, as `pack.parameter`."""
    texts: tuple[tuple[str, str], ...] = ()
    """Its variables and those that it imports, written out, by name."""
    package: InstalledPackage | None = None
    """The installed package that offers the pack; None for any other."""

    @property
    def label(self) -> str:
        """Return name and version, and what it extends, as `acme 2.1.0 over build-or-buy and cost-control`."""
        over = f" over {' and '.join(self.extends)}" if self.extends else ""
        return f"{self.name} {self.version}{over}"

    @property
    def all_rules(self) -> tuple[Rule, ...]:
        """Return the rules over single features, and what those over all features share with them."""
        return (*self.rules, *(portfolio_rule.rule for portfolio_rule in self.portfolio_rules))


def rule_ids(packs: Iterable[PolicyPack]) -> list[str]:
    """Return the ids of all rules, those over all features included."""
    return [rule.id for pack in packs for rule in pack.all_rules]
