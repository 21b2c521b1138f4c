"""Whatever command a document names exists, with the options that it is given; what stands in a block is run by a test."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from markdown_pages import PAGES, ROOT, WRITTEN_PAGES, code_spans, fenced_blocks, name_of, text_of
from test_documents import commands
from test_pack_package import COMMANDS as COMMANDS_OF_THE_PACK_PACKAGE

from aipolicy.cli.main import cli

RUN_ELSEWHERE = {
    "python3 -m venv .venv && .venv/bin/pip install --quiet . && {": "parts of it by tests/test_packaging.py",
    "python3 -m venv .venv && .venv/bin/pip install --quiet --require-hashes": "by .ci/run, and runs the tests",
    "python -m pip wheel --no-deps": "by tests/test_pack_package.py, with another front end",
    "python -m pip install dist/": "by tests/test_pack_package.py, into a folder",
    "pip install 'aipolicy[prices]'": "from the network; tests/catalog/test_fresher_prices.py has the package",
    "pip download --no-deps -d wheels": "from the network; tests/tools/test_refresh_prices.py has such wheels",
    "python tools/refresh_prices.py": "by tests/tools/test_refresh_prices.py",
    "aipolicy import --policy facts.yaml": "by tests/test_examples.py, into another folder",
    "python benchmarks/check_speed.py": "by whoever measures",
    "python benchmarks/check_serving.py": "by tests/economics/test_served_measurements.py",
    "python benchmarks/check_capacity.py": "by whoever measures",
    "python tools/compare_prices.py": "from the network; tests/tools/test_compare_prices.py has such wheels",
}
"""How commands begin that no test here runs as they stand, and what runs them."""


def commands_in(page: Path) -> Iterator[str]:
    """Yield every command of aipolicy that a page names, in a block or between backticks."""
    blocks = "\n".join(line.text for line in fenced_blocks(text_of(page), "sh", "text", "console"))
    lines = blocks.replace("\\\n", " ").split("\n")
    spans = (span.text for span in code_spans(text_of(page)))
    for text in (*(line.removeprefix("$ ") for line in lines), *spans):
        if re.match(r"aipolicy [a-z]", text):
            yield text.partition("  #")[0]


def unknown_words(text: str) -> list[str]:
    """Return the subcommands and options of a command that aipolicy does not have."""
    command: click.Command = cli
    words = shlex.split(text)[1:]
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(click.Context(command), words[0])
        if found is None:
            return [words[0]]
        command, words = found, words[1:]
    known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    options = (word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word))
    return [option for option in options if option not in known | {"--help", "-h"}]


def scripts_in(page: Path) -> Iterator[tuple[str, ...]]:
    """Yield every script and test that a page runs with Python or pytest, with its options."""
    texts = (*(line.text for line in fenced_blocks(text_of(page), "sh")), *(s.text for s in code_spans(text_of(page))))
    for text in texts:
        found = re.match(r"(?:\w+=\S+ )?(?:python|pytest) ((?:tools|benchmarks|tests)/\S+\.py)(.*)", text)
        if found is not None:
            yield found[1], *re.findall(r"--[a-z-]+", found[2])


def test_every_command_in_a_block_is_run_by_some_test() -> None:
    run = {command for _, command in commands()} | set(COMMANDS_OF_THE_PACK_PACKAGE)
    lines = {line.text.partition("  #")[0].strip() for page in PAGES for line in fenced_blocks(text_of(page), "sh")}
    elsewhere = {line: next((begin for begin in RUN_ELSEWHERE if line.startswith(begin)), None) for line in lines - run}
    assert [line for line, begin in elsewhere.items() if begin is None] == []
    assert set(RUN_ELSEWHERE) - set(elsewhere.values()) == set()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_that_is_named_exists_with_its_options(page: Path) -> None:
    unknown = {text: unknown_words(text) for text in commands_in(page)}
    assert {text: words for text, words in unknown.items() if words} == {}


@pytest.mark.parametrize("page", WRITTEN_PAGES, ids=name_of)
def test_every_script_that_is_named_exists_with_its_options(page: Path) -> None:
    for name, *options in scripts_in(page):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert [option for option in options if f'"{option}"' not in text] == [], name


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("aipolicy check --fail-on error x", []),
        ("aipolicy check --fail-om=error x", ["--fail-om"]),
        ("aipolicy polcy show", ["polcy"]),
        ("aipolicy policy show --check", ["--check"]),
        ("aipolicy --version", []),
    ],
)
def test_what_does_not_exist_is_found(text: str, unknown: list[str]) -> None:
    assert unknown_words(text) == unknown
