"""What the conditions of a loaded pack compile against, for those who compile variations of them."""

from __future__ import annotations

from collections.abc import Mapping

from aipolicy.catalog.catalog import Catalog
from aipolicy.facts.spec import FactSpec, FactValue, Origin
from aipolicy.policy.cel.expressions import Compiler
from aipolicy.policy.portfolio_rule import PortfolioRule
from aipolicy.policy.rule import PolicyPack, Rule
from aipolicy.rule_tests.mutation import Mutator
from aipolicy.value import replace

_VOCABULARIES = ("data-class", "place", "residency", "task-type", "provider", "model", "region", "regime")


def vocabularies_of(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """Return the words of every open vocabulary."""
    return {name: catalog.vocabulary(name) for name in _VOCABULARIES}


def default_parameters(pack: PolicyPack) -> dict[str, FactValue]:
    """Return the parameters of a pack as its author set them, by the name that conditions use."""
    return {f"params.{parameter.name}": parameter.default for parameter in pack.parameters}


def with_default_parameters(rule: Rule, defaults: Mapping[str, FactValue]) -> Rule:
    """Return a rule with the parameters that its pack's author set: what its examples were written for."""
    parameters = {name: defaults.get(name, value) for name, value in rule.parameters.items()}
    return rule if parameters == rule.parameters else replace(rule, parameters=parameters)


def mutator_of(pack: PolicyPack, catalog: Catalog, facts: Mapping[str, FactSpec]) -> Mutator:
    """Return what makes mutants of the lines of a pack's rules, which may read these facts."""
    return _mutator(_with_parameters(pack, facts), pack, catalog)


def mutator_of_groups(
    rule: PortfolioRule, pack: PolicyPack, catalog: Catalog, facts: Mapping[str, FactSpec]
) -> Mutator:
    """Return what makes mutants of the conditions on groups of a rule over all features."""
    from aipolicy.policy.reading.portfolio_reader import names_of_groups

    specs = _with_parameters(pack, facts)
    names = names_of_groups(specs, rule.measures, rule.group_by, grouped=rule.group_by is not None)
    return _mutator(names, pack, catalog)


def _with_parameters(pack: PolicyPack, facts: Mapping[str, FactSpec]) -> dict[str, FactSpec]:
    specs = dict(facts)
    for parameter in pack.parameters:
        name = f"params.{parameter.name}"
        specs[name] = FactSpec(name, parameter.type, parameter.description, Origin.ORGANIZATION)
    return specs


def _mutator(specs: Mapping[str, FactSpec], pack: PolicyPack, catalog: Catalog) -> Mutator:
    parameters, vocabularies = default_parameters(pack), vocabularies_of(catalog)
    return Mutator(Compiler(specs, vocabularies, parameters), specs, vocabularies, parameters)
