"""`aipolicy init`: answers from flags or a terminal in, a new manifest file out."""

from __future__ import annotations

import os
import re
import shlex
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aipolicy.authoring.replies import NAME, Declared, NewManifest, read_reply
from aipolicy.catalog.load import read_catalog
from aipolicy.cli.inputs import refuse_same_files
from aipolicy.cli.terminal import stdin_is_terminal, write_out
from aipolicy.config.config_file import LOCK_FILE, Config, read_config
from aipolicy.config.policy_options import today
from aipolicy.discovery.globs import manifest_matcher
from aipolicy.errors import AipolicyError, Problems, UsageError
from aipolicy.facts.all_facts import REGISTRY
from aipolicy.facts.declared import LIFECYCLES, NAME_PATTERN
from aipolicy.files.atomic_write import write_whole
from aipolicy.manifest.manifest_file import RepositoryPaths
from aipolicy.source.document import PlainValue
from aipolicy.source.regular_file import reason_of, shown_path

if TYPE_CHECKING:
    from aipolicy.authoring.conversation import Conversation
    from aipolicy.cli.framework_asked import AskingPolicy

DEFAULT_FILE = "aifeature.yaml"
_LIFECYCLE = "metadata.lifecycle"
_PROTOTYPE = "prototype"
_MAX_NAME = 100
_FLAGS: Mapping[str, str] = {
    NAME: "--name",
    "metadata.owner": "--owner",
    _LIFECYCLE: "--lifecycle",
    "data.classes": "--data-class",
    "data.residency": "--residency",
    "latency.p95_ms": "--p95-ms",
    "volume.requests_per_day": "--requests-per-day",
}
"""The flag that declares each fact."""


@click.command("init")
@click.argument("path", default=DEFAULT_FILE)
@click.option("--name", help="Name of the feature, unique among yours.")
@click.option("--owner", help="Team or person who answers for the feature.")
@click.option("--lifecycle", help=f"One of {', '.join(LIFECYCLES)}; default {_PROTOTYPE}.")
@click.option("--data-class", "data_classes", multiple=True, help="Class of data that it carries; repeatable.")
@click.option("--residency", multiple=True, help="Country or group where data must stay, or `any`; repeatable.")
@click.option("--p95-ms", help="Budget for 95 % of interactions, end to end, in milliseconds, or `none`.")
@click.option("--requests-per-day", help="Mean requests a day.")
@click.option("--framework", metavar="NAME", help="Ask first what says which rules of a framework or a pack of law "
              "apply, such as `eu-ai-act`; with flags alone, tell it at the end.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Ask nothing: what no flag says is left out; the name is that of the folder.")
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
def command(path: str, name: str | None, owner: str | None, lifecycle: str | None, data_classes: tuple[str, ...],
            residency: tuple[str, ...], p95_ms: str | None, requests_per_day: str | None, framework: str | None, yes: bool,
            force: bool) -> None:  # fmt: skip
    """Write a new manifest to PATH, a file or a folder.

    In a terminal, what no flag says is asked for: what a framework needs that is named, four facts, then only what would
    change the answer, which is shown as it grows. `?` explains a question.
    """
    target = os.path.join(path, DEFAULT_FILE) if os.path.isdir(path) else path
    refuse_overwriting(target, force=force)
    folder = os.path.dirname(os.path.abspath(target))
    config = read_config(None, folder)
    _refuse_configuration(target, config)
    asking_policy = _speaking_of(framework, config)
    values = (name, owner, lifecycle, ",".join(data_classes) or None, ",".join(residency) or None, p95_ms,
              requests_per_day)  # fmt: skip
    flag_values = {fact: value for fact, value in zip(_FLAGS, values, strict=True) if value is not None}
    suggested = os.path.basename(folder)
    suggested = suggested if re.match(NAME_PATTERN, suggested) and len(suggested) <= _MAX_NAME else ""
    if not yes and stdin_is_terminal() and (asking_policy is not None or len(flag_values) < len(_FLAGS)):
        conversation = _asked(
            _conversation(config, target, flag_values, asking_policy), {NAME: suggested, _LIFECYCLE: _PROTOTYPE}
        )
        manifest, declared = conversation.manifest, conversation.declared
    else:
        if yes and suggested:
            flag_values.setdefault(NAME, suggested)
        needed = (NAME,) if yes else tuple(fact for fact in _FLAGS if fact != _LIFECYCLE)
        manifest = _new_manifest(config, target)
        declared = {_LIFECYCLE: _PROTOTYPE, **declared_by_flags(manifest, flag_values, needed)}
    manifest.feature(declared)
    write_manifest(target, manifest.text(declared))
    write_out(closing_words(target, config.manifests))
    if asking_policy is not None:
        from aipolicy.cli.init_framework import still_to_say

        write_out(still_to_say(asking_policy, manifest, declared, shown_path(target)))


def _speaking_of(framework: str | None, config: Config) -> AskingPolicy | None:
    """Return what speaks of a framework that is named; raises `UsageError` where nothing does."""
    if framework is None:
        return None
    from aipolicy.cli.init_framework import policy_of

    return policy_of(config, framework)[1]


def _refuse_configuration(target: str, config: Config) -> None:
    """Raise `UsageError` where a manifest would take the place of the configuration or of what it names."""
    if config.path is None:
        return
    beside = os.path.dirname(config.path)
    names = (*config.policies, *config.catalog, *config.waivers, LOCK_FILE)
    refuse_same_files([target], [config.path, config.baseline, *(os.path.join(beside, name) for name in names)])


def declared_by_flags(manifest: NewManifest, given: Mapping[str, str], needed: Sequence[str]) -> Declared:
    """Return what flags declare; raises `UsageError` or `Problems` with every wrong flag and every missing one."""
    declared: dict[str, PlainValue] = {}
    errors: list[AipolicyError] = []
    for fact, text in given.items():
        try:
            value = read_reply(text, REGISTRY[fact])
            manifest.feature({fact: value})
            declared[fact] = value
        except (UsageError, Problems) as error:
            errors.extend(UsageError(f"`{_FLAGS[fact]}`: {line}") for line in str(error).split("\n"))
    missing = [f"`{_FLAGS[fact]}`" for fact in needed if fact not in given]
    if missing:
        leaving_out = "" if needed == (NAME,) else ", `--yes` leaves them out"
        errors.append(
            UsageError(
                f"missing {', '.join(missing)}; give them{leaving_out}, or run `aipolicy init` in a terminal to be asked"
            )
        )
    if errors:
        raise errors[0] if len(errors) == 1 else Problems(tuple(errors))
    return declared


def _asked(conversation: Conversation, suggested: Mapping[str, str]) -> Conversation:
    from aipolicy.cli.init_conversation import converse

    try:
        return converse(conversation, suggested)
    except (click.Abort, KeyboardInterrupt):
        click.echo("\naipolicy: init ended early; nothing was written", err=True)
        raise


def _conversation(config: Config, target: str, given: Mapping[str, str], asking: AskingPolicy | None) -> Conversation:
    from aipolicy.authoring.conversation import Conversation, no_scope
    from aipolicy.cli.init_framework import policy_of, scope_of
    from aipolicy.cli.policy_options import weighing_of

    evaluator = (policy_of(config, None)[0] if asking is None else asking.policy).evaluator
    path_in_repository = RepositoryPaths().of(os.path.realpath(target).replace(os.sep, "/"))
    manifest = NewManifest(shown_path(target), evaluator.catalog, evaluator.known, path_in_repository)
    weighing = weighing_of(config, evaluator.known)
    declared = declared_by_flags(manifest, given, ())
    scope = no_scope if asking is None else scope_of(asking)
    return Conversation(manifest, evaluator, weighing, declared, scope=scope)


def _new_manifest(config: Config, target: str) -> NewManifest:
    base = Path(config.path).parent if config.path is not None else Path()
    catalog = read_catalog([base / name for name in config.catalog], as_of=today())
    return NewManifest(shown_path(target), catalog)


def refuse_overwriting(target: str, *, force: bool) -> None:
    """Raise `UsageError` unless a file can be written at `target`: nothing there, or a file and `force`."""
    try:
        mode = os.lstat(target).st_mode
    except FileNotFoundError:
        if os.path.isdir(os.path.dirname(os.path.abspath(target))) and os.path.basename(target):
            return
        raise UsageError("the folder does not exist; create it first", path=shown_path(target)) from None
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot write: {reason_of(error)}", path=shown_path(target)) from error
    if not stat.S_ISREG(mode):
        raise UsageError("a link or device is there, not a file; name another path", path=shown_path(target))
    if not force:
        raise UsageError("exists; overwrite it with `--force`, or name another path", path=shown_path(target))


def write_manifest(target: str, text: str) -> None:
    """Write a manifest whole or not at all; raises `UsageError`."""
    try:
        write_whole(target, text.encode())
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot write: {reason_of(error)}", path=shown_path(target)) from error


def closing_words(target: str, patterns: Sequence[str]) -> str:
    """Return what to say after `target` was written: where it is, and what to do next."""
    path = shown_path(target)
    argument = shlex.quote(f"./{path}" if path.startswith("-") else path)
    text = f"wrote {path}\nnext: aipolicy explain {argument}\n"
    real = os.path.realpath(target).replace(os.sep, "/")
    if not manifest_matcher(patterns)(os.path.basename(target), real):
        text += f"note: a search of folders finds only {', '.join(patterns)}; name this file when you check it\n"
    return text
