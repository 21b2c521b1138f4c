"""A loaded policy in, what `aipolicy policy show` tells of it out: the same for people and for programs."""

from __future__ import annotations

from datetime import date

from aipolicy.findings.finding import Severity, Stage
from aipolicy.policy.pack import PolicyPack
from aipolicy.policy.rule import Parameter, Rule
from aipolicy.run.policy import Policy
from aipolicy.value import Frozen, replace


class EffectiveRule(Frozen):
    """A rule with what it weighs on the day; None before it is announced and once it has ended."""

    rule: Rule
    severity: Severity | None
    evaluated: bool
    stage: Stage


class EffectiveParameter(Frozen):
    """A parameter under its dotted name, with the ids of the rules that read it."""

    name: str
    parameter: Parameter
    read_by: tuple[str, ...]


class EffectivePolicy(Frozen):
    """Packs, bases first; rules by id; parameters by pack."""

    as_of: date
    digest: str
    packs: tuple[PolicyPack, ...]
    rules: tuple[EffectiveRule, ...]
    parameters: tuple[EffectiveParameter, ...]


def effective_policy(policy: Policy) -> EffectivePolicy:
    """Return what is in force on the day of a policy."""
    as_of, ignored = policy.catalog.as_of, set(policy.ignored_rules)
    rules = sorted((rule for pack in policy.packs for rule in pack.all_rules), key=lambda rule: rule.id)
    return EffectivePolicy(
        as_of=as_of,
        digest=policy.digest,
        packs=policy.packs,
        rules=tuple(
            EffectiveRule(rule, severity, severity is not None and rule.id not in ignored, rule.stage_on(as_of))
            for rule in rules
            for severity in (rule.severity_on(as_of),)
        ),
        parameters=tuple(
            EffectiveParameter(
                f"{pack.name}.{parameter.name}",
                parameter,
                tuple(rule.id for rule in pack.all_rules if f"params.{parameter.name}" in rule.parameters),
            )
            for pack in policy.packs
            for parameter in pack.parameters
        ),
    )


def only(policy: EffectivePolicy, subject: str) -> EffectivePolicy | None:
    """Return the policy with one rule, or the parameters of one name, alone; None when there is neither."""
    rules = tuple(rule for rule in policy.rules if rule.rule.id == subject)
    parameters = tuple(
        parameter for parameter in policy.parameters if subject in (parameter.name, parameter.parameter.name)
    )
    return replace(policy, rules=rules, parameters=parameters) if rules or parameters else None
