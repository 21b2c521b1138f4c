"""What `aipolicy init` begins: a manifest, the conversation about it, and what a framework asks that is named."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from pathlib import Path

from aipolicy.authoring.conversation import Conversation, Scope, no_scope
from aipolicy.authoring.replies import Declared, NewManifest
from aipolicy.catalog.load import read_catalog
from aipolicy.config.config_file import Config
from aipolicy.config.run_options import PolicyOptions, settings_from, today
from aipolicy.evaluation.ranking import weighing_of
from aipolicy.files.cache import Cache, cache_folder
from aipolicy.frameworks.framework_policy import FrameworkPolicy, policy_under
from aipolicy.frameworks.scope import scope_facts
from aipolicy.manifest.manifest_file import RepositoryPaths
from aipolicy.run.evaluated_file import evaluation_by
from aipolicy.run.policy import load_policy
from aipolicy.source.regular_file import shown_path

_NO_OPTIONS = PolicyOptions(None, (), None, (), ())


def begun_manifest(config: Config, target: str) -> NewManifest:
    """Return the manifest that is begun at a path, of which nobody is asked anything: no policy is loaded."""
    base = Path(config.path).parent if config.path is not None else Path()
    catalog = read_catalog([base / name for name in config.catalog], as_of=today())
    return NewManifest(shown_path(target), catalog)


def policy_about(framework: str | None, config: Config) -> FrameworkPolicy | None:
    """Return the policy of a configuration that speaks of a framework, None where none is named; raises `UsageError`."""
    if framework is None:
        return None
    return policy_under(framework, config, settings_from(config, _NO_OPTIONS), may_add=True)


def conversation_about(target: str, config: Config, framework_policy: FrameworkPolicy | None,
                       declared: Callable[[NewManifest], Declared]) -> Conversation:  # fmt: skip
    """Return the conversation about a new manifest; `declared` gives what is declared before it begins."""
    if framework_policy is None:
        policy = load_policy(settings_from(config, _NO_OPTIONS), Cache(cache_folder()))
    else:
        policy = framework_policy.policy
    evaluator = policy.evaluator
    path_in_repository = RepositoryPaths().of(os.path.realpath(target).replace(os.sep, "/"))
    manifest = NewManifest(shown_path(target), evaluator.catalog, evaluator.known, path_in_repository)
    weighing = weighing_of(config, evaluator.known)
    scope = no_scope if framework_policy is None else _scope_of(framework_policy)
    return Conversation(manifest, evaluator, weighing, declared(manifest), scope=scope)


def _scope_of(framework_policy: FrameworkPolicy) -> Scope:
    """Return what asks for the facts that say which rules of a framework apply."""
    return lambda evaluation: scope_facts(evaluation, framework_policy.framework, framework_policy.policy)


def still_to_say(framework_policy: FrameworkPolicy, manifest: NewManifest, declared: Declared, path: str) -> str:
    """Return what a manifest leaves open about which rules of a framework apply, and how to see what it asks."""
    evaluation = evaluation_by(manifest.feature(declared), framework_policy.policy.evaluator)
    facts = scope_facts(evaluation, framework_policy.framework, framework_policy.policy)
    text = f"then: aipolicy explain --framework {framework_policy.framework.id} {shlex.quote(path)}\n"
    if facts:
        text += f"open for {framework_policy.framework.id}: {', '.join(f'`{name}`' for name in facts)}\n"
    return text
