"""A new rule in, a pack with it and what its examples came to out; nothing is written that does not load."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from types import MappingProxyType

from aipolicy.authoring.placing import Placed, documents_of, placed
from aipolicy.authoring.template import RuleDraft
from aipolicy.config.config_file import Config
from aipolicy.config.run_options import PolicyOptions, settings_from
from aipolicy.config.settings import PolicySettings
from aipolicy.errors import PolicyError, UsageError
from aipolicy.files.atomic_write import write_whole
from aipolicy.files.paths import StrPath
from aipolicy.policy.reading.rule_reader import mistake_of_id, mistake_of_name
from aipolicy.policy.sources.locate import PolicyFiles, find_pack, read_policy_files
from aipolicy.policy.sources.pack_files import PackFiles
from aipolicy.rule_tests.rule_tests import TestRun, TestSettings, run_tests
from aipolicy.run.policy import load_policy
from aipolicy.source.regular_file import reason_of
from aipolicy.source.text import shown
from aipolicy.source.yaml_append import entries_of
from aipolicy.value import Frozen, NamedTuple


class NewRule(Frozen):
    """A rule that was written, and what its examples came to."""

    place: str
    """The file and the line."""
    pack: str
    """The path of its pack."""
    is_configured: bool
    """Whether the configuration evaluates the pack."""
    is_locked: bool
    """Whether a lock pins the packs of the configuration, so that it has to be written again."""
    tests: TestRun


def write_rule(draft: RuleDraft, wanted: str | None, config: Config, options: PolicyOptions) -> NewRule:
    """Write a rule with its examples into a pack, whole or not at all; raises what `load_policy` does, or `UsageError`.

    `wanted` is the folder or file of the pack; without it the one that the configuration names is taken.
    """
    wrong = mistake_of_id(draft.id) or mistake_of_name(draft.name)
    if wrong:
        raise UsageError(wrong)
    settings = _loading(settings_from(config, options))
    target = placed(draft, wanted if wanted is not None else _configured_pack(settings))
    is_configured = any(_is_at(reference, settings.base, target.pack.path) for reference in settings.packs)
    packs = [*_files(settings, target.pack).packs]
    if not is_configured:
        own = options._replace(policies=(os.path.join(os.curdir, target.pack.path),))
        settings = _loading(settings_from(config, own))._replace(parameters=MappingProxyType({}))
        packs += _files(settings, target.pack).packs
    _refuse_taken(draft, [rule for pack in packs for rule in _rules_in(pack)])
    policy = load_policy(settings._replace(select=(draft.id,)), None, _files(settings, target.grown))
    tests = run_tests(policy, TestSettings())
    _write(target)
    rule = next(rule for pack in policy.packs for rule in pack.rules if rule.id == draft.id)
    is_locked = is_configured and os.path.lexists(settings_from(config, options).lock)
    return NewRule(rule.defined_at, target.pack.path, is_configured, is_locked, tests)


def _loading(settings: PolicySettings) -> PolicySettings:
    """Return settings under which every rule is read, whatever is chosen, waived or pinned."""
    return settings._replace(select=(), ignore=(), waivers=(), lock="")


def _configured_pack(settings: PolicySettings) -> str:
    paths = [
        path
        for path in (os.path.join(settings.base, reference) for reference in settings.packs)
        if os.path.exists(path)
    ]
    if len(paths) != 1:
        packs = ", ".join(f"`{shown(path)}`" for path in paths) or "none"
        raise UsageError(f"name the pack with `--pack FOLDER`; packs of your own in the configuration: {packs}")
    return paths[0]


def _is_at(reference: str, base: StrPath, path: str) -> bool:
    return os.path.realpath(os.path.join(base, reference)) == os.path.realpath(path)


class _Taken(NamedTuple):
    id: str
    name: str
    place: str


def _rules_in(pack: PackFiles) -> Iterator[_Taken]:
    """Yield the rules of a pack as they are written; whether they can be used is told when the pack is loaded."""
    for path, document in documents_of(pack):
        for key in ("rules", "portfolio_rules"):
            for number, entry in enumerate(entries_of(document, key)):
                if isinstance(entry, dict):
                    line = document.locate((key, number)).start.line
                    yield _Taken(str(entry.get("id")), str(entry.get("name")), f"{path}:{line}")


def _refuse_taken(draft: RuleDraft, rules: Sequence[_Taken]) -> None:
    for rule in rules:
        if rule.id == draft.id:
            message = f"`{draft.id}` is taken by the rule at {rule.place}"
            numbers = (f"{draft.prefix}-{number:03}" for number in range(1, 1000))
            free = next((number for number in numbers if number not in {rule.id for rule in rules}), None)
            raise UsageError(message if free is None else f"{message}; `{free}` is free")
        if rule.name == draft.name:
            message = f"the name `{draft.name}` is taken by the rule at {rule.place}; give another `--name`"
            raise UsageError(message)


def _files(settings: PolicySettings, pack: PackFiles) -> PolicyFiles:
    """Return the files that a run evaluates by, where one pack is as given."""

    def find(reference: str, base: str) -> PackFiles:
        return pack if _is_at(reference, base, pack.path) else find_pack(reference, base)

    return read_policy_files(settings, find)


def _write(target: Placed) -> None:
    try:
        os.makedirs(os.path.dirname(target.path) or os.curdir, exist_ok=True)
        write_whole(target.path, target.data)
    except (OSError, ValueError) as error:
        raise PolicyError(f"cannot write: {reason_of(error)}", path=target.path) from error
