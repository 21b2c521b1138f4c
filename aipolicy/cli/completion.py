"""What a shell may complete: ids of rules, names of features below this folder; nothing where something is amiss."""

from __future__ import annotations

import click


def rule_ids(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the ids of rules that begin as what was typed, those about manifests included."""
    from aipolicy.config.policy_options import PolicyOptions, read_settings
    from aipolicy.errors import AipolicyError
    from aipolicy.files.cache import Cache, cache_folder
    from aipolicy.findings.reserved_rules import RESERVED_IDS
    from aipolicy.run.policy import load_policy

    chosen = tuple(context.params.get("policies") or ())
    try:
        _, settings = read_settings(PolicyOptions(context.params.get("config"), chosen, None, (), ()))
        policy = load_policy(settings, Cache(cache_folder()))
    except AipolicyError:
        return []
    heads = (each.rule for each in policy.portfolio_rules)
    ids = {rule.id for rule in (*policy.chosen_rules, *heads)} | RESERVED_IDS
    return sorted(each for each in ids if each.startswith(incomplete.upper()))


def feature_names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the names of features below this folder that begin as what was typed."""
    from aipolicy.config.config_file import read_config
    from aipolicy.discovery.find import find_manifests
    from aipolicy.errors import AipolicyError
    from aipolicy.manifest.read import read_manifests

    try:
        config = read_config(context.params.get("config"), ".")
        files = find_manifests((".",), patterns=config.manifests, exclude=config.exclude, stdin=bytes)
    except AipolicyError:
        return []
    read = read_manifests(files)
    # NOTE: without packs, what they add to manifests is unknown here; the name is there all the same.
    names = {feature.name for feature in read.features} | {each.feature for each in read.findings if each.feature}
    return sorted(name for name in names if name.startswith(incomplete))


def subjects(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return what can be explained: features, then rules once something is typed that begins one."""
    return [
        *feature_names(context, parameter, incomplete),
        *(rule_ids(context, parameter, incomplete) if incomplete else ()),
    ]
