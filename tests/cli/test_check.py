"""`aipolicy check` as a user meets it: exit codes, formats, hostile input, and the same bytes whatever the surroundings."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import run_here
from jsonschema import Draft202012Validator

Run = Callable[..., subprocess.CompletedProcess[str]]
ROOT = Path(__file__).resolve().parent.parent.parent
DAY = ("--as-of", "2026-11-21")
HEAD = "apiVersion: aipolicy/v1\nkind: AIFeature\n"
CLEAN = HEAD + (
    "metadata: {name: faq, owner: web, lifecycle: prototype}\n"
    "data: {classes: [internal], residency: [US]}\nlatency: {p95_ms: 8000}\nvolume: {requests_per_day: 2000}\n"
)
PRODUCTION = CLEAN.replace("prototype", "production")
LEAK = HEAD + (
    "metadata: {name: leak, lifecycle: pilot}\ndata: {classes: [itar], residency: [US]}\n"
    "plan: {hosting: provider-api, provider: openai, region: us, fallback: none}\n"
)
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache") / "aipolicy"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return what runs a command here, in this process, and remembers nothing unless a folder is named."""

    def call(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        return run_here(list(arguments), tmp_path, stdin, **environment)

    return call


@pytest.fixture
def start(tmp_path: Path, cache: Path) -> Run:
    """Return what runs a command in a process of its own, for what no process can change of itself."""

    def call(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        base = {key: value for key, value in os.environ.items() if key not in ("FORCE_COLOR", "COLUMNS")}
        env = {**base, "PYTHONPATH": str(ROOT), "AIPOLICY_CACHE_DIR": str(cache), "NO_COLOR": "1", **environment}
        command = [sys.executable, "-m", "aipolicy", *arguments]
        return subprocess.run(
            command, cwd=tmp_path, env=env, input=stdin, capture_output=True, encoding="utf-8", check=False
        )

    return call


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / f"{name}.aifeature.yaml").write_text(text, encoding="utf-8")


MISTAKES = {
    "a misspelt key": CLEAN.replace("residency", "residancy"),
    "a misspelt choice": CLEAN.replace("prototype", "prototyp e"),
    "a misspelt data class": CLEAN.replace("internal", "internl"),
    "a misspelt place": CLEAN.replace("[US]", "[UXX]"),
    "a misspelt kind": CLEAN.replace("AIFeature", "AIFeatur"),
    "a wrong type": CLEAN.replace("8000", '"8000"'),
    "an octal-looking number": CLEAN.replace("8000", "08000"),
    "not a number": CLEAN.replace("8000", ".nan"),
    "a duplicate key": CLEAN + "latency: {p95_ms: 1}\n",
    "an empty file": "",
    "only a comment": "# nothing\n",
    "an empty section": CLEAN.replace("{p95_ms: 8000}", ""),
    "an empty list": CLEAN.replace("[internal]", "[]"),
    "an unknown provider": CLEAN + "plan: {provider: opnai}\n",
    "an unanswered question past prototype": PRODUCTION,
    "a python tag": CLEAN.replace("8000", "!!python/object/apply:os.system [id]"),
    "a second document that is broken": CLEAN + "---\n" + CLEAN.replace("faq", "other").replace("volume", "volum"),
    "two features of one name": CLEAN + "---\n" + CLEAN,
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_no_mistake_ends_in_a_pass(mistake: str, run: Run, tmp_path: Path) -> None:
    write(tmp_path, x=MISTAKES[mistake])
    for output in ("text", "concise", "json"):
        result = run("check", "x.aifeature.yaml", "--format", output, *DAY)
        assert result.returncode == 1, result.stdout
        assert not result.stderr


def test_a_clean_early_feature_is_exit_0_and_a_leak_is_exit_1(run: Run, tmp_path: Path) -> None:
    write(tmp_path, a=CLEAN)
    assert run("check", *DAY).returncode == 0
    write(tmp_path, b=LEAK)
    result = run("check", "--format", "concise", *DAY)
    assert result.returncode == 1
    assert re.search(r"b\.aifeature\.yaml:5:\d+: error\[DATA-001\]", result.stdout)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("check", "missing.yaml"), 2, "no such file"),
        (("check", "--policy", "bild-or-buy"), 2, "did you mean `build-or-buy`?"),
        (("check", "--select", "DTA-001"), 2, "unknown rule `DTA-001`; did you mean `DATA-001`?"),
        (("check", "--ignore", "MAN-003"), 2, "always checked"),
        (("check", "--as-of", "2026-13-01"), 2, "`--as-of` takes a day"),
        (("check", "--formt", "json"), 2, "--format"),
        (("chekc",), 2, "did you mean `check`?"),
        (("check", "--config", "none.toml"), 2, "none.toml"),
        (("explain", "faqq"), 2, "did you mean `faq`?"),
        (("explain", "DATA-999"), 2, "unknown rule `DATA-999`"),
    ],
)
def test_unusable_arguments_are_exit_2_with_what_to_do(
    arguments: tuple[str, ...], code: int, message: str, run: Run, tmp_path: Path
) -> None:
    write(tmp_path, a=CLEAN)
    result = run(*arguments)
    assert result.returncode == code
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_nothing_evaluated_is_exit_3(run: Run, tmp_path: Path) -> None:
    assert run("check").returncode == 3
    write(tmp_path, foreign="apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n")
    result = run("check")
    assert result.returncode == 3
    assert "1 file skipped: not an AI feature manifest" in result.stdout
    assert run("check", "foreign.aifeature.yaml").returncode == 1


def test_a_pack_with_a_mistake_stops_the_run_at_its_line(run: Run, tmp_path: Path) -> None:
    write(tmp_path, a=CLEAN)
    (tmp_path / "pack.yaml").write_text(
        "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: p, version: 1.0.0}\nrules:\n"
        "  - {id: A-001, name: a, title: t, kind: duty, severity: error, require: [latency.p95 < 3], message: m}\n",
        encoding="utf-8",
    )
    result = run("check", "--policy", "./pack.yaml")
    assert result.returncode == 2
    assert not result.stdout
    assert "pack.yaml:5:" in result.stderr
    assert "did you mean `latency.p95_ms`?" in result.stderr


def test_standard_input_is_checked_and_a_broken_file_does_not_stop_the_others(run: Run, tmp_path: Path) -> None:
    assert run("check", "-", *DAY, stdin=CLEAN).returncode == 0
    write(tmp_path, a="a: [\n", b=LEAK)
    output = run("check", "--format", "concise", *DAY).stdout
    assert "a.aifeature.yaml:2:1: error[MAN-001]" in output
    assert "error[DATA-001]" in output


def test_fail_on_and_strict_set_the_threshold(run: Run, tmp_path: Path) -> None:
    slow = CLEAN.replace("8000}", "2500}").replace("2000}", "2000, input_tokens: 1200, output_tokens: 200}")
    plan = "plan: {adaptation: prompting, hosting: provider-api, provider: openai, model: gpt-6-luna, region: us, "
    plan += "fallback: none, routing: single}\n"
    write(tmp_path, a=CLEAN, b=slow.replace("name: faq", "name: slow") + plan)
    assert run("check", *DAY).returncode == 0
    assert run("check", "--fail-on", "warning", *DAY).returncode == 1
    assert run("check", "--strict", *DAY).returncode == 1


def test_the_json_report_conforms_to_its_schema_and_stdout_is_pure(run: Run, tmp_path: Path) -> None:
    write(tmp_path, a=CLEAN, b=LEAK, c="a: [\n")
    result = run("check", "--format", "json", *DAY)
    schema = json.loads((ROOT / "schemas" / "report.v2.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    assert not list(Draft202012Validator(schema).iter_errors(json.loads(result.stdout)))
    assert json.loads(result.stdout)["summary"]["exit_code"] == result.returncode == 1


@pytest.mark.parametrize("output", ["text", "concise", "json"])
def test_the_same_input_gives_the_same_bytes(output: str, start: Run, tmp_path: Path) -> None:
    write(tmp_path, b=LEAK, a=CLEAN, c=PRODUCTION.replace("faq", "late"))
    arguments = ("check", "--format", output, *DAY)
    first = start(*arguments, AIPOLICY_CACHE_DIR="").stdout
    assert first
    for environment in ({"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "77"}, {"LC_ALL": "C"}, {"TZ": "Asia/Tokyo"}):
        assert start(*arguments, **environment).stdout == first
    names = ("c.aifeature.yaml", "a.aifeature.yaml", "b.aifeature.yaml")
    assert start("check", *names, "--format", output, *DAY).stdout == first


def test_colour_is_for_people(run: Run, tmp_path: Path) -> None:
    write(tmp_path, b=LEAK)
    assert "\x1b[" not in run("check", *DAY).stdout
    assert "\x1b[" in run("check", *DAY, FORCE_COLOR="1").stdout


@pytest.mark.parametrize("columns", ["0", "1", "40", "99999", "x"])
def test_any_width_shows_every_rule_id(columns: str, run: Run, tmp_path: Path) -> None:
    write(tmp_path, b=LEAK)
    result = run("check", *DAY, COLUMNS=columns)
    assert result.returncode == 1
    assert "[DATA-001]" in result.stdout


@pytest.mark.parametrize(
    "environment",
    [{"PYTHONIOENCODING": "ascii"}, {"HOME": "/nonexistent", "AIPOLICY_CACHE_DIR": "/nonexistent/x"}, {"TERM": "dumb"}],
)
def test_poor_surroundings_do_not_matter(environment: dict[str, str], start: Run, tmp_path: Path) -> None:
    write(tmp_path, b=LEAK.replace("leak", "leak", 1).replace("[itar]", "[itar, personal]"))
    result = start("check", *DAY, **environment)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr


def test_a_closed_pipe_is_quiet(tmp_path: Path, cache: Path) -> None:
    # NOTE: of each some 40 KB are said, of all many times what a pipe holds.
    write(tmp_path, **{f"f{n}": LEAK.replace("leak", f"leak-{n}") for n in range(8)})
    command = f"{sys.executable} -m aipolicy check --format json --as-of 2026-11-21 | head -c 10"
    env = {**os.environ, "PYTHONPATH": str(ROOT), "AIPOLICY_CACHE_DIR": str(cache)}
    result = subprocess.run(command, shell=True, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert len(result.stdout) == 10
    assert not result.stderr


HOSTILE = {
    "ansi": '"\\e[31mred\\e[0m"',
    "osc": '"\\e]8;;http://x\\ah\\e]8;;\\a"',
    "bidi": '"a\\u202Eb"',
    "markup": '"[/foo] [bold]x"',
    "newline": '"a\\n::error::x"',
    "surroundings": '"%0A::set-output name=x::y"',
}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("output", ["text", "concise", "json"])
def test_hostile_text_is_never_printed_as_it_is(kind: str, output: str, run: Run, tmp_path: Path) -> None:
    write(
        tmp_path, x=CLEAN.replace("web", HOSTILE[kind]).replace("[US]", f"[{HOSTILE[kind]}]") + f"{HOSTILE[kind]}: 1\n"
    )
    result = run("check", "--format", output, *DAY)
    assert result.returncode == 1
    printed = result.stdout if output != "json" else json.dumps(json.loads(result.stdout), ensure_ascii=False)
    assert not CONTROL.search(printed)
    assert not any(line.startswith("::") for line in result.stdout.splitlines())


def test_secrets_in_the_wrong_place_are_not_echoed(run: Run, tmp_path: Path) -> None:
    secret = "sk-live-4f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c"
    write(tmp_path, x=CLEAN.replace("8000", secret).replace("[US]", f"[{secret}]"))
    for output in ("text", "concise", "json"):
        result = run("check", "--format", output, *DAY)
        assert secret not in result.stdout + result.stderr


def test_a_bug_is_exit_4_with_what_to_report(tmp_path: Path) -> None:
    code = (
        "import aipolicy.discovery.find as d, sys\n"
        "def broken(*a, **k): raise RuntimeError('secret detail')\n"
        "d.search_manifests = broken\nsys.argv = ['aipolicy', 'check']\nfrom aipolicy.cli.main import main\nmain()\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 4
    assert "internal error: RuntimeError at" in result.stderr
    assert "secret detail" not in result.stderr
    assert "Traceback" not in result.stderr


def test_a_remembered_run_is_shown_again_byte_for_byte(run: Run, tmp_path: Path) -> None:
    write(tmp_path, faq=PRODUCTION)
    memory = str(tmp_path / "memory")
    results = [run("check", *DAY, AIPOLICY_CACHE_DIR=folder) for folder in (memory, memory, "")]
    assert len({(result.returncode, result.stdout, result.stderr) for result in results}) == 1
    assert len(list((tmp_path / "memory-runs").iterdir())) == 1


PACK = (
    "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: own, version: 1.0.0}\nrules:\n"
    "  - {id: OWN-001, name: few, title: t, kind: duty, severity: error, require: [volume.requests_per_day < 5000], "
    "message: m}\n"
)
CONFIG = 'policies = ["./own.yaml"]\nfail_on = "error"\n'
REMEMBERED_INPUTS = {
    "a manifest": ("faq.aifeature.yaml", "2000", "9000"),
    "a pack": ("own.yaml", "< 5000", "< 1000"),
    "the configuration": ("aipolicy.toml", "own", "other"),
}


@pytest.mark.parametrize("changed", REMEMBERED_INPUTS)
def test_a_run_over_a_changed_input_is_judged_anew(changed: str, run: Run, tmp_path: Path) -> None:
    write(tmp_path, faq=CLEAN)
    (tmp_path / "own.yaml").write_text(PACK, encoding="utf-8")
    (tmp_path / "other.yaml").write_text(PACK.replace("< 5000", "< 1000"), encoding="utf-8")
    (tmp_path / "aipolicy.toml").write_text(CONFIG, encoding="utf-8")
    memory = str(tmp_path / "memory")
    assert run("check", *DAY, AIPOLICY_CACHE_DIR=memory).returncode == 0
    name, before, after = REMEMBERED_INPUTS[changed]
    file = tmp_path / name
    file.write_text(file.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    assert run("check", *DAY, AIPOLICY_CACHE_DIR=memory).returncode == 1


def test_a_damaged_memory_is_judged_anew(run: Run, tmp_path: Path) -> None:
    write(tmp_path, leak=LEAK)
    memory = str(tmp_path / "memory")
    first = run("check", *DAY, AIPOLICY_CACHE_DIR=memory)
    (entry,) = (tmp_path / "memory-runs").iterdir()
    entry.write_bytes(entry.read_bytes()[:-1] + b"0")
    second = run("check", *DAY, AIPOLICY_CACHE_DIR=memory)
    assert (second.returncode, second.stdout) == (1, first.stdout)
