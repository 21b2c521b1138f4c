"""`aipolicy init`: answers from flags or a terminal in, a new manifest file out."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from aipolicy.authoring.manifest_target import next_words, refuse_configuration, refuse_target, write_manifest
from aipolicy.authoring.replies import NAME, Declared, NewManifest, read_reply
from aipolicy.cli.terminal import stdin_is_terminal, write_out
from aipolicy.commands.init import begun_manifest, conversation_about, policy_about, still_to_say
from aipolicy.config.config_file import read_config
from aipolicy.errors import AipolicyError, Problems, UsageError
from aipolicy.facts.all_facts import REGISTRY
from aipolicy.facts.declared import LIFECYCLES, NAME_PATTERN
from aipolicy.source.document import PlainValue
from aipolicy.source.regular_file import shown_path

if TYPE_CHECKING:
    from aipolicy.authoring.conversation import Conversation

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
    refuse_target(target, force=force)
    folder = os.path.dirname(os.path.abspath(target))
    config = read_config(None, folder)
    refuse_configuration(target, config)
    framework_policy = policy_about(framework, config)
    values = (name, owner, lifecycle, ",".join(data_classes) or None, ",".join(residency) or None, p95_ms,
              requests_per_day)  # fmt: skip
    flag_values = {fact: value for fact, value in zip(_FLAGS, values, strict=True) if value is not None}
    suggested = os.path.basename(folder)
    suggested = suggested if re.match(NAME_PATTERN, suggested) and len(suggested) <= _MAX_NAME else ""
    if not yes and stdin_is_terminal() and (framework_policy is not None or len(flag_values) < len(_FLAGS)):
        begun = conversation_about(
            target, config, framework_policy, lambda manifest: declared_by_flags(manifest, flag_values, ())
        )
        conversation = _asked(begun, {NAME: suggested, _LIFECYCLE: _PROTOTYPE})
        manifest, declared = conversation.manifest, conversation.declared
    else:
        if yes and suggested:
            flag_values.setdefault(NAME, suggested)
        needed = (NAME,) if yes else tuple(fact for fact in _FLAGS if fact != _LIFECYCLE)
        manifest = begun_manifest(config, target)
        declared = {_LIFECYCLE: _PROTOTYPE, **declared_by_flags(manifest, flag_values, needed)}
    manifest.feature(declared)
    write_manifest(target, manifest.text(declared))
    write_out(next_words(target, config.manifests))
    if framework_policy is not None:
        write_out(still_to_say(framework_policy, manifest, declared, shown_path(target)))


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
