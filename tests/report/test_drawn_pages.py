"""What people read at leisure holds in every terminal: width, colour, hostile text, and nothing else of where it runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from command_line import run_here
from git_repos import repository_in

from aipolicy.report.formats.records import Run
from aipolicy.report.terminal.style import Styler, cells

ROOT = Path(__file__).resolve().parents[2]
DAY = ("--as-of", "2026-11-21")
MARKUP = "[bold red]x [/] :smile:"
EVIL = f"{MARKUP} \\e[31m\\u202E\\u009B1m"
"""Markup, and what steers a terminal; as it stands between the double quotes of YAML."""
PACK = f"""\
apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {{name: "house {EVIL}", version: 1.2.3}}
parameters:
  - {{name: word, type: text, default: "word {EVIL}", description: "{EVIL}", source: s}}
rules:
  - id: IN-001
    name: evil-word
    title: "title {EVIL}"
    kind: duty
    severity: error
    require: ["metadata.owner == params.word || metadata.owner != '{MARKUP}' && evidence.dpia"]
    message: "message {EVIL} {{metadata.owner}}"
    why: "why {EVIL}, and a reason that is told at such a length that it has to be broken in every terminal there is"
    fix: "fix {EVIL}"
    references: [{{title: "ref {EVIL}", clause: "{EVIL}", url: "https://example.com/{"a" * 120}"}}]
    effective: {{announced: 2026-11-01, from: 2027-02-01}}
    tests:
      - {{name: "test {EVIL}", given: {{metadata.owner: "{MARKUP}", evidence.dpia: false}}, expect: satisfied}}
  - id: IN-002
    name: on-call
    title: Somebody is on call
    kind: duty
    severity: warning
    require: [team.on_call]
    message: nobody is on call
"""
MANIFEST = f"""\
apiVersion: aipolicy/v1
kind: AIFeature
metadata: {{name: evil, owner: "{EVIL}"}}
team: {{on_call: false}}
evidence: {{dpia: false}}
"""
WAIVERS = f"""\
apiVersion: aipolicy/v1
kind: Waivers
waivers:
  - {{rule: IN-002, feature: evil, reason: "{EVIL}", owner: "{EVIL}", approver: a, ticket: "{EVIL}", expires: 2027-01-15}}
"""
PAGES = {
    "rules": (("rules",), "packs.rule_list.render_rules"),
    "rule": (("explain", "IN-001"), "packs.rule_text.render_rule"),
    "policy": (("policy", "show"), "packs.policy_text.render_policy"),
    "policy of a rule": (("policy", "show", "IN-001"), "packs.policy_text.render_policy"),
    "policy of a parameter": (("policy", "show", "word"), "packs.policy_text.render_policy"),
    "tests": (("test", "--coverage", "--mutate"), "packs.rule_tests_text.render_test_run"),
    "waivers": (("waive", "--list"), "packs.waiver_text.render_waivers"),
    "forecast": (("forecast", "--months", "3"), "forecast.forecast_text.render_forecast"),
    "diff": (("diff", "--base", "main"), "diff.diff_text.render_diff"),
    "statistics": (("check", "--statistics"), "formats.rule_counts.render"),
}
"""Commands, and what draws what they found."""
ELSEWHERE = {
    "TERM": "dumb", "NO_COLOR": "1", "FORCE_COLOR": "1", "COLORTERM": "truecolor", "COLUMNS": "77", "LINES": "7",
    "JUPYTER_COLUMNS": "70", "TTY_COMPATIBLE": "1", "TTY_INTERACTIVE": "0",
}  # fmt: skip
Draw = Callable[..., str]
CODES = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    repo = repository_in(tmp_path_factory.mktemp("drawn") / "repo")
    config = 'policies = ["./house.yaml"]\nwaivers = ["w.yaml"]\n'
    head, _, _ = WAIVERS.partition("  - ")
    manifest = MANIFEST.replace("false", "true")
    repo.commit({"aipolicy.toml": config, "house.yaml": PACK, "w.yaml": f"{head.rstrip()} []\n",
                 "a.aifeature.yaml": manifest})  # fmt: skip
    repo.write({"w.yaml": WAIVERS, "a.aifeature.yaml": MANIFEST})
    return repo.folder


@pytest.fixture(scope="module", params=PAGES)
def page(request: pytest.FixtureRequest, folder: Path) -> tuple[str, Draw]:
    """Return the name of a page, and what draws it in any width and style, from one run of its command."""
    arguments, path = PAGES[request.param]
    module, _, name = f"aipolicy.report.{path}".rpartition(".")
    render = getattr(import_module(module), name)
    calls: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def recording(*given: Any, **named: Any) -> Any:
        calls.append((given, named))
        return render(*given, **named)

    def draw(width: int, *, color: bool = False) -> str:
        ((given, named),) = calls
        if isinstance(given[0], Run):
            return "".join(render(given[0]._replace(width=width, style=Styler(color))))
        return str(render(*given, **{**named, "width": width, "style": Styler(color)}))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(import_module(module), name, recording)
        run = run_here([*arguments, *DAY], folder)
    assert run.returncode in (0, 1), run.stderr
    assert run.stdout == draw(100)
    return request.param, draw


def test_a_page_keeps_to_the_width_and_leaves_no_spaces_at_the_ends_of_lines(page: tuple[str, Draw]) -> None:
    name, draw = page
    texts = set()
    for width in (40, 59, 60, 80, 100, 200):
        text = draw(width)
        texts.add("".join(sorted(CODES.sub("", text).replace(" ", ""))).strip())
        assert [line for line in text.splitlines() if cells(line) > width or line != line.rstrip()] == []
        assert not text.startswith("\n")
        assert "\n\n\n" not in text
    if name not in ("rules", "tests", "statistics"):
        assert len(texts) == 1, "something is left out where there is little room"


def test_text_from_input_is_never_markup_and_never_steers_a_terminal(page: tuple[str, Draw]) -> None:
    name, draw = page
    text = draw(120)
    assert not [c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf")]
    assert ("".join(MARKUP.split()) in "".join(text.split())) is (name != "statistics")


def test_colour_changes_nothing_but_colour(page: tuple[str, Draw]) -> None:
    _, draw = page
    colored = draw(80, color=True)
    assert CODES.search(colored)
    assert CODES.sub("", colored) == draw(80)
    assert not re.search(r" (\x1b\[[0-9;]*m)*$", colored, re.MULTILINE)


def test_a_page_is_the_same_wherever_it_is_drawn(page: tuple[str, Draw], monkeypatch: pytest.MonkeyPatch) -> None:
    _, draw = page
    here = draw(80), draw(80, color=True)
    for name, value in ELSEWHERE.items():
        monkeypatch.setenv(name, value)
    assert (draw(80), draw(80, color=True)) == here


def shell(code: str, **environment: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, encoding="utf-8", check=True
    ).stdout  # fmt: skip


def test_no_variable_says_how_wide_a_character_is() -> None:
    code = (
        "import sys; sys.stdout.reconfigure(encoding='utf-8')\n"
        "from aipolicy.report.terminal.drawing import Screen, said\n"
        "from aipolicy.report.terminal.style import Styler\n"
        "screen = Screen(40, Styler()); screen.add(said('\U0001f642' * 30)); print(screen.result())\n"
    )
    assert shell(code, UNICODE_VERSION="4.1.0") == shell(code)


def test_help_and_completion_do_not_wait_for_what_draws_pages() -> None:
    code = (
        "import contextlib, io, os, sys\n"
        "from aipolicy.cli.main import main\n"
        "os.environ.update(COMP_WORDS='aipolicy explain RES', COMP_CWORD='2')\n"
        "for words in ['--help'], ['rules', '--help'], []:\n"
        "    sys.argv = ['aipolicy', *words]\n"
        "    if not words: os.environ['_AIPOLICY_COMPLETE'] = 'bash_complete'\n"
        "    out = io.TextIOWrapper(io.BytesIO())\n"
        "    with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit): main()\n"
        "    out.flush()\n"
        "    print(bool(out.buffer.getvalue()), 'rich' in sys.modules)\n"
    )
    assert shell(code).split() == ["True", "False"] * 3
