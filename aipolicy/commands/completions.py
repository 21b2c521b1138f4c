"""What a shell may complete: ids of rules, names of features below this folder; nothing where something is amiss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aipolicy.run.policy import Policy


def rule_ids(config: str | None, policies: Sequence[str], incomplete: str) -> list[str]:
    """Return the ids of rules that begin as what was typed, those about manifests included, or controls of frameworks."""
    from aipolicy.config.run_options import PolicyOptions, read_settings
    from aipolicy.errors import AipolicyError
    from aipolicy.files.cache import Cache, cache_folder
    from aipolicy.findings.reserved_rules import RESERVED_IDS
    from aipolicy.run.chosen_rules import CONTROL
    from aipolicy.run.policy import load_policy

    try:
        _, settings = read_settings(PolicyOptions(config, tuple(policies), None, (), ()))
        policy = load_policy(settings, Cache(cache_folder()))
    except AipolicyError:
        return []
    if incomplete.startswith(CONTROL):
        return _controls(policy, incomplete)
    heads = (portfolio_rule.rule for portfolio_rule in policy.portfolio_rules)
    ids = {rule.id for rule in (*policy.chosen_rules, *heads)} | RESERVED_IDS
    return sorted(rule_id for rule_id in ids if rule_id.startswith(incomplete.upper()))


def _controls(policy: Policy, incomplete: str) -> list[str]:
    """Return the frameworks of which rules speak, and behind a `/` the controls of one."""
    from aipolicy.policy.framework_links import link_to
    from aipolicy.run.chosen_rules import CONTROL

    words: set[str] = set()
    for framework in policy.catalog.frameworks.values():
        links = [link for rule in policy.chosen_rules if (link := link_to(rule, framework)) is not None]
        name = f"{CONTROL}{framework.id}"
        words |= {name} if links else set()
        words |= {f"{name}/{control}" for link in links for control in link.controls if "/" in incomplete}
    return sorted(word for word in words if word.startswith(incomplete))


def feature_names(config_path: str | None, incomplete: str) -> list[str]:
    """Return the names of features below this folder that begin as what was typed."""
    from aipolicy.config.config_file import read_config
    from aipolicy.discovery.find import find_manifests
    from aipolicy.errors import AipolicyError
    from aipolicy.manifest.read import read_manifests

    try:
        config = read_config(config_path, ".")
        files = find_manifests((".",), patterns=config.manifests, exclude=config.exclude, stdin=bytes)
    except AipolicyError:
        return []
    manifests = read_manifests(files)
    # NOTE: without packs, what they add to manifests is unknown here; the name is there all the same.
    names = {feature.name for feature in manifests.features} | {
        finding.feature for finding in manifests.findings if finding.feature
    }
    return sorted(name for name in names if name.startswith(incomplete))
