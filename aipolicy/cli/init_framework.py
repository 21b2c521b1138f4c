"""`aipolicy init --framework`: what says which rules of a framework apply, before and after a manifest is written."""

from __future__ import annotations

import shlex

from aipolicy.authoring.conversation import Scope
from aipolicy.authoring.replies import Declared, NewManifest
from aipolicy.cli.framework_asked import AskingPolicy, asking_under
from aipolicy.config.config_file import Config
from aipolicy.config.policy_options import PolicyOptions, settings_from
from aipolicy.files.cache import Cache, cache_folder
from aipolicy.frameworks.scope import scope_facts
from aipolicy.run.evaluated_file import evaluation_by
from aipolicy.run.policy import Policy, load_policy

_NO_OPTIONS = PolicyOptions(None, (), None, (), ())


def policy_of(config: Config, framework: str | None) -> tuple[Policy, AskingPolicy | None]:
    """Return the policy of a configuration, with what speaks of a framework where one is named; raises `UsageError`."""
    settings = settings_from(config, _NO_OPTIONS)
    if framework is None:
        return load_policy(settings, Cache(cache_folder())), None
    asking_policy = asking_under(framework, config, settings, may_add=True)
    return asking_policy.policy, asking_policy


def scope_of(found: AskingPolicy) -> Scope:
    """Return what asks for the facts that say which rules of a framework apply."""
    return lambda evaluation: scope_facts(evaluation, found.asking, found.policy)


def still_to_say(found: AskingPolicy, manifest: NewManifest, declared: Declared, path: str) -> str:
    """Return what a manifest leaves open about which rules of a framework apply, and how to see what it asks."""
    evaluation = evaluation_by(manifest.feature(declared), found.policy.evaluator)
    facts = scope_facts(evaluation, found.asking, found.policy)
    text = f"then: aipolicy explain --framework {found.asking.id} {shlex.quote(path)}\n"
    if facts:
        text += f"open for {found.asking.id}: {', '.join(f'`{name}`' for name in facts)}\n"
    return text
