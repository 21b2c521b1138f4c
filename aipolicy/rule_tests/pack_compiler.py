"""What the conditions of a loaded pack compile against, for those who compile variations of them."""

from __future__ import annotations

from collections.abc import Mapping

from aipolicy.catalog.catalog import Catalog
from aipolicy.facts.spec import FactSpec, FactValue
from aipolicy.policy.cel.expressions import Compiler
from aipolicy.policy.cel.within import PLACES_PREFIX, place_parameters
from aipolicy.policy.pack import PolicyPack
from aipolicy.policy.portfolio_rule import PortfolioRule
from aipolicy.policy.reading.parameter_reader import parameter_spec
from aipolicy.policy.rule import Rule
from aipolicy.rule_tests.mutation import Mutator
from aipolicy.value import replace


def default_parameters(pack: PolicyPack, catalog: Catalog) -> dict[str, FactValue]:
    """Return the parameters of a pack as its author set them, and places, by the name that conditions use."""
    parameters = {f"params.{parameter.name}": parameter.default for parameter in (*pack.parameters, *pack.imported)}
    return {**parameters, **place_parameters(parameters, catalog.places)}


def with_default_parameters(rule: Rule, defaults: Mapping[str, FactValue]) -> Rule:
    """Return a rule with the parameters that its pack's author set: what its examples were written for."""
    parameters = {name: defaults.get(name, value) for name, value in rule.parameters.items()}
    if any(name.startswith(PLACES_PREFIX) for name in parameters):
        # NOTE: a slip may put any other place in the place of one.
        parameters |= {name: value for name, value in defaults.items() if name.startswith(PLACES_PREFIX)}
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


def compiler_of(pack: PolicyPack, catalog: Catalog, facts: Mapping[str, FactSpec]) -> Compiler:
    """Return what compiles conditions of a pack, with its parameters as they hold."""
    values = {f"params.{parameter.name}": parameter.value for parameter in (*pack.parameters, *pack.imported)}
    return Compiler(_with_parameters(pack, facts), catalog.vocabularies, values, catalog=catalog)


def _with_parameters(pack: PolicyPack, facts: Mapping[str, FactSpec]) -> dict[str, FactSpec]:
    specs = dict(facts)
    for parameter in (*pack.parameters, *pack.imported):
        specs[f"params.{parameter.name}"] = parameter_spec(parameter)
    return specs


def _mutator(specs: Mapping[str, FactSpec], pack: PolicyPack, catalog: Catalog) -> Mutator:
    parameters, vocabularies = default_parameters(pack, catalog), catalog.vocabularies
    compiler = Compiler(specs, vocabularies, parameters, catalog=catalog)
    return Mutator(compiler, specs, vocabularies, parameters, dict(pack.texts))
