"""The name of a framework in, the policy of a run that speaks of it out, with its shipped pack where none is configured."""

from __future__ import annotations

from aipolicy.catalog.frameworks import Framework, unknown_framework
from aipolicy.config.config_file import Config
from aipolicy.config.run_options import PolicyOptions, read_settings
from aipolicy.errors import UsageError
from aipolicy.files.cache import Cache, cache_folder
from aipolicy.frameworks.asked import LinkedFramework, linked_framework, linked_frameworks, linked_pack
from aipolicy.policy.law_words import law_of
from aipolicy.run.policy import Policy, PolicySettings, load_policy
from aipolicy.source.suggest import same_name
from aipolicy.value import NamedTuple


class FrameworkPolicy(NamedTuple):
    """A policy that speaks of a framework."""

    settings: Config
    policy: Policy
    framework: LinkedFramework
    added: tuple[str, ...]
    """The shipped packs that are evaluated though the configuration does not name them."""


class PolicyFrameworks(NamedTuple):
    """A policy with the frameworks that are asked about and of which its rules speak."""

    settings: Config
    policy: Policy
    frameworks: tuple[LinkedFramework, ...]


def frameworks_named(name: str | None, options: PolicyOptions) -> PolicyFrameworks:
    """Return the policy of a run with a framework, or with all of which its rules speak; raises `UsageError` for none.

    A name may also be that of a pack of law: then it is the frameworks of which that pack speaks.
    """
    if name is not None:
        config, policy, framework, _ = policy_of_framework(name, options)
        if framework.entry is not None:
            return PolicyFrameworks(config, policy, (framework,))
        return PolicyFrameworks(config, policy, _linked_frameworks(policy, framework.id))
    config, settings = read_settings(options)
    policy = load_policy(settings, Cache(cache_folder()))
    all_linked = _linked_frameworks(policy)
    if not all_linked:
        raise UsageError("nothing is evaluated: no rule of the run speaks of a framework; add a pack of law, such as "
                         "`--policy eu-ai-act`, or name a `--framework`")  # fmt: skip
    return PolicyFrameworks(config, policy, all_linked)


def _linked_frameworks(policy: Policy, pack: str = "") -> tuple[LinkedFramework, ...]:
    """Return the frameworks of which rules speak, those of a pack alone where one is named."""
    rules = [rule for rule in policy.chosen_rules if not pack or rule.pack == pack]
    return tuple(linked_frameworks(policy.catalog.frameworks.values(), rules))


def policy_of_framework(name: str, options: PolicyOptions) -> FrameworkPolicy:
    """Return the policy of a run that speaks of a framework, with its shipped pack where none is configured that does.

    Packs that the command line names are evaluated as they are. Raises `UsageError` where no rule speaks of it.
    """
    config, settings = read_settings(options)
    return policy_under(name, config, settings, may_add=not options.policies)


def policy_under(name: str, config: Config, settings: PolicySettings, *, may_add: bool) -> FrameworkPolicy:
    """Return the policy of settings that speaks of a framework; raises as `policy_of_framework`."""
    cache = Cache(cache_folder())
    policy = load_policy(settings, cache)
    frameworks = policy.catalog.frameworks
    names = sorted({*frameworks, *_packs_of_law(policy)})
    meant = same_name(name, names)
    framework = frameworks.get(meant)
    if meant not in names:
        raise UsageError(unknown_framework(name, names))
    linked = _linked(meant, framework, policy)
    packs = framework.packs if framework is not None else (meant,)
    missing = tuple(pack for pack in packs if pack not in _names(policy))
    if not linked.rules and missing and may_add:
        policy = load_policy(_beside(settings, missing), cache)
        return FrameworkPolicy(config, policy, _spoken(_linked(meant, framework, policy), ()), missing)
    return FrameworkPolicy(config, policy, _spoken(linked, missing), ())


def _beside(settings: PolicySettings, packs: tuple[str, ...]) -> PolicySettings:
    return settings._replace(packs=(*settings.packs, *packs), only_locked=False)


def _linked(name: str, framework: Framework | None, policy: Policy) -> LinkedFramework:
    if framework is not None:
        return linked_framework(framework, policy.chosen_rules)
    title = next((pack.title for pack in policy.packs if pack.name == name), name)
    return linked_pack(name, title, policy.chosen_rules)


def _spoken(linked: LinkedFramework, missing: tuple[str, ...]) -> LinkedFramework:
    """Return a framework of which some rule speaks; raises `UsageError` where none does, with what would."""
    if linked.rules:
        return linked
    if missing:
        todo = f"add {' '.join(f'`--policy {pack}`' for pack in missing)}"
    elif linked.entry is not None and not linked.entry.packs:
        todo = "no shipped pack does; name it under `controls` of rules of your own"
    else:
        todo = "its rules are left out by `select` or `ignore`, or have no `basis`; `aipolicy rules` lists them"
    raise UsageError(f"nothing is evaluated: no rule of the run speaks of `{linked.id}`; {todo}")


def _names(policy: Policy) -> tuple[str, ...]:
    return tuple(pack.name for pack in policy.packs)


def _packs_of_law(policy: Policy) -> tuple[str, ...]:
    """Return the packs that speak of frameworks: the shipped ones, and those of the run."""
    shipped = (pack for framework in policy.catalog.frameworks.values() for pack in framework.packs)
    return (*shipped, *(rule.pack for rule in policy.chosen_rules if law_of(rule).provision))
