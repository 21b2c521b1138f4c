"""`aipolicy init`: answers from flags or a terminal in, a new manifest file out."""

from __future__ import annotations

import os
import re
import shlex
import stat
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from math import isfinite
from pathlib import Path

import click

from aipolicy.catalog.axes import AXES
from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.load import read_catalog
from aipolicy.cli.inputs import refuse_same_files
from aipolicy.cli.terminal import write_out
from aipolicy.config.config_file import LOCK_FILE, Config, read_config
from aipolicy.discovery.globs import manifest_matcher
from aipolicy.errors import AipolicyError, Problems, UsageError
from aipolicy.facts.declared import LIFECYCLES, NAME_PATTERN
from aipolicy.facts.schema import SCHEMA_ID
from aipolicy.files.atomic_write import write_whole
from aipolicy.manifest.starter import starter_manifest
from aipolicy.source.document import PlainValue
from aipolicy.source.regular_file import reason_of, shown_path
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown
from aipolicy.value import Frozen

DEFAULT_FILE = "aifeature.yaml"

_MAX_NAME = 100
_MAX_TEXT = 4000
_WIDTH = 100


class Question(Frozen):
    """What is asked for one fact; `read` returns the value of an answer, or raises `UsageError`."""

    fact: str
    flag: str
    prompt: str
    read: Callable[[str], PlainValue]
    choices: str = ""
    default: str | None = None


@click.command("init")
@click.argument("path", default=DEFAULT_FILE)
@click.option("--name", help="Name of the feature, unique among yours.")
@click.option("--owner", help="Team or person who answers for the feature.")
@click.option("--lifecycle", help=f"One of {', '.join(LIFECYCLES)}; default prototype.")
@click.option("--data-class", "data_classes", multiple=True, help="Class of data that it carries; repeatable.")
@click.option("--residency", multiple=True, help="Country or group where data must stay; repeatable.")
@click.option("--p95-ms", help="Budget for 95 % of interactions, end to end, in milliseconds.")
@click.option("--requests-per-day", help="Mean requests a day.")
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
def command(path: str, name: str | None, owner: str | None, lifecycle: str | None, data_classes: tuple[str, ...],
            residency: tuple[str, ...], p95_ms: str | None, requests_per_day: str | None, force: bool) -> None:  # fmt: skip
    """Write a new manifest to PATH, a file or a folder; what no flag says is asked for in a terminal."""
    target = os.path.join(path, DEFAULT_FILE) if os.path.isdir(path) else path
    refuse_overwriting(target, force=force)
    folder = os.path.dirname(os.path.abspath(target))
    config = read_config(None, folder)
    _refuse_configuration(target, config)
    questions = questions_of(_catalog(config), suggested_name=os.path.basename(folder))
    given = {
        "metadata.name": name,
        "metadata.owner": owner,
        "metadata.lifecycle": lifecycle,
        "data.classes": ",".join(data_classes) if data_classes else None,
        "data.residency": ",".join(residency) if residency else None,
        "latency.p95_ms": p95_ms,
        "volume.requests_per_day": requests_per_day,
    }
    answers = answers_to(questions, given, interactive=sys.stdin is not None and sys.stdin.isatty())
    write_manifest(
        target, starter_manifest(answers, SCHEMA_ID, {name: tuple(axis.words) for name, axis in AXES.items()})
    )
    write_out(closing_words(target, config.manifests))


def _refuse_configuration(target: str, config: Config) -> None:
    """Raise `UsageError` where a manifest would take the place of the configuration or of what it names."""
    if config.path is None:
        return
    beside = os.path.dirname(config.path)
    names = (*config.policies, *config.catalog, *config.waivers, LOCK_FILE)
    refuse_same_files([target], [config.path, config.baseline, *(os.path.join(beside, name) for name in names)])


def questions_of(catalog: Catalog, *, suggested_name: str) -> tuple[Question, ...]:
    """Return what is asked, in order; `suggested_name` is offered as the name when it can be one."""
    classes, places = catalog.vocabulary("data-class"), catalog.vocabulary("residency")
    groups = tuple(place for place in places if place in catalog.places.groups)
    default = suggested_name if re.match(NAME_PATTERN, suggested_name) else None
    return (
        Question("metadata.name", "--name", "Name of the feature", _name, default=default),
        Question("metadata.owner", "--owner", "Team or person who answers for it", _owner),
        Question(
            "metadata.lifecycle", "--lifecycle", "How far it has come", _one_of("lifecycle", LIFECYCLES),
            ", ".join(LIFECYCLES), default="prototype",
        ),
        Question(
            "data.classes", "--data-class", "Classes of data, separated by commas", _all_of("data class", classes),
            ", ".join(classes),
        ),
        Question(
            "data.residency", "--residency", "Where data must stay, separated by commas", _all_of("place", places),
            f"{', '.join(groups)}, or countries as two letters, such as DE",
        ),
        Question("latency.p95_ms", "--p95-ms", "Budget for 95 % of interactions, in milliseconds", _amount),
        Question("volume.requests_per_day", "--requests-per-day", "Mean requests a day", _amount),
    )  # fmt: skip


def answers_to(
    questions: Sequence[Question], given: Mapping[str, str | None], *, interactive: bool
) -> dict[str, PlainValue]:
    """Return the answers by fact: those given, else asked for, else defaults; raises `UsageError` or `Problems`."""
    answers: dict[str, PlainValue] = {}
    errors: list[AipolicyError] = []
    open_questions: list[Question] = []
    for question in questions:
        answer = given[question.fact]
        optional = question.fact == "metadata.lifecycle" and not interactive
        answer = question.default if answer is None and optional else answer
        if answer is None:
            open_questions.append(question)
            continue
        try:
            answers[question.fact] = question.read(answer)
        except UsageError as error:
            errors.append(UsageError(f"`{question.flag}`: {error.message}"))
    if open_questions and not interactive:
        flags = ", ".join(f"`{question.flag}`" for question in open_questions)
        errors.append(UsageError(f"missing {flags}; give them, or run `aipolicy init` in a terminal to be asked"))
    if errors:
        raise errors[0] if len(errors) == 1 else Problems(tuple(errors))
    return answers | {question.fact: _ask(question) for question in open_questions}


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


def _catalog(config: Config) -> Catalog:
    base = Path(config.path).parent if config.path is not None else Path()
    return read_catalog([base / name for name in config.catalog], as_of=date.today())


def _ask(question: Question) -> PlainValue:
    def read(answer: str) -> PlainValue:
        try:
            return question.read(answer)
        except UsageError as error:
            raise click.UsageError(error.message) from error

    if question.choices:
        lines = textwrap.wrap(question.choices, _WIDTH - 2, break_on_hyphens=False)
        click.echo(textwrap.indent("\n".join(lines), "  "), err=True)
    answer: PlainValue = click.prompt(question.prompt, default=question.default, value_proc=read, err=True)
    return answer


def _name(answer: str) -> str:
    if not re.match(NAME_PATTERN, answer) or len(answer) > _MAX_NAME:
        raise UsageError(
            f"`{shown(answer)}` is not a name; use at most {_MAX_NAME} letters, digits, `.`, `_` and `-`, "
            "starting with a letter or digit"
        )
    return answer


def _owner(answer: str) -> str:
    if not answer.strip() or len(answer) > _MAX_TEXT or not answer.isprintable():
        raise UsageError("not the name of a team or person; write one in printable characters")
    return answer.strip()


def _amount(answer: str) -> float:
    try:
        number = float(answer) if answer.isascii() and "_" not in answer else 0.0
    except ValueError:
        number = 0.0
    if not isfinite(number) or number <= 0:
        raise UsageError(f"`{shown(answer)}` is not a number above 0; write digits only, such as `800`")
    return number


def _one_of(kind: str, known: Sequence[str]) -> Callable[[str], str]:
    def read(answer: str) -> str:
        word = answer.strip()
        if word not in known:
            listed = f" (one of {', '.join(known)})" if len(known) <= len(LIFECYCLES) else ""
            raise UsageError(f"unknown {kind} `{shown(word)}`{did_you_mean(word, known)}{listed}")
        return word

    return read


def _all_of(kind: str, known: Sequence[str]) -> Callable[[str], PlainValue]:
    read = _one_of(kind, known)

    def read_all(answer: str) -> PlainValue:
        words = dict.fromkeys(read(word) for word in answer.split(",") if word.strip())
        if not words:
            raise UsageError(f"no {kind} given; write at least one")
        return list(words)

    return read_all
