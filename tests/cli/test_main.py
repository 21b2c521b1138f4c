"""The `aipolicy` command as a process: exit codes, streams that are closed or full, and surroundings of every kind."""

from __future__ import annotations

import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from aipolicy.cli.main import main

ROOT = Path(__file__).resolve().parent.parent.parent
DAY = ("--as-of", "2026-11-21")
HEAD = "apiVersion: aipolicy/v1\nkind: AIFeature\n"
PACK = (
    "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: house, version: 1.0.0}\nrules:\n"
    "  - {id: IN-001, name: leaves, title: Stays inside, kind: constraint, severity: error,\n"
    "     when: [data.sensitivity >= 3.0], require: ['!option.leaves_organization'], message: it leaves}\n"
)
CLEAN = HEAD + "metadata: {name: calm, lifecycle: prototype}\ndata: {classes: [internal]}\n"
LEAK = HEAD + (
    "metadata: {name: leak, lifecycle: prototype}\ndata: {classes: [health]}\n"
    "plan: {hosting: provider-api, provider: openai, region: us, fallback: none}\n"
)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache") / "aipolicy"


@pytest.fixture
def folder(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a working folder with a pack, its configuration, a clean manifest and no findings."""
    (tmp_path / "house.yaml").write_text(PACK, encoding="utf-8")
    (tmp_path / "aipolicy.toml").write_text('policies = ["./house.yaml"]\n', encoding="utf-8")
    (tmp_path / "calm.aifeature.yaml").write_text(CLEAN, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", str(cache))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    for name in ("FORCE_COLOR", "NO_COLOR", "COLUMNS", "AIPOLICY_TRACEBACK"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def leak(folder: Path) -> Path:
    (folder / "leak.aifeature.yaml").write_text(LEAK, encoding="utf-8")
    return folder


def run_main(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> object:
    monkeypatch.setattr(sys, "argv", ["aipolicy", *arguments])
    with pytest.raises(SystemExit) as exit_:
        main()
    return exit_.value.code


def shell(command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", command.replace("aipolicy", f"{sys.executable} -m aipolicy", 1)],
        env={**os.environ, **environment}, capture_output=True, text=True, check=False, errors="surrogateescape",
    )  # fmt: skip


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("check", *DAY), 0, ""),
        (("check", "calm.aifeature.yaml", *DAY), 0, ""),
        (("check", ".", *DAY), 0, ""),
        (("check", "--ignore", "IN", *DAY), 3, ""),
        (("check", "house.yaml", *DAY), 1, ""),
        (("check", "--select", "IN-002"), 2, "did you mean `IN-001`?"),
        (("check", "--select", "IN-01"), 2, "unknown rule `IN-01`"),
        (("check", "--ignore", "PLAN-003"), 2, "always checked"),
        (("check", "--policy", "build-or-by"), 2, "did you mean `build-or-buy`?"),
        (("check", "--policy", "./huose.yaml"), 2, "unknown pack `./huose.yaml`"),
        (("check", "--as-of", "21.11.2026"), 2, "YYYY-MM-DD"),
        (("check", "--as-of", "2026-02-30"), 2, "YYYY-MM-DD"),
        (("check", "--fail-on", "fatal"), 2, "fatal"),
        (("check", "--format", "xml"), 2, "xml"),
        (("check", "--config", "absent.toml"), 2, "absent.toml"),
        (("check", "clam.aifeature.yaml"), 2, "did you mean `calm.aifeature.yaml`?"),
        (("check", ""), 2, "empty"),
        (("chek",), 2, "did you mean `check`?"),
        (("explain",), 2, "FEATURE"),
        (("explain", "clam", *DAY), 2, "did you mean `calm`?"),
        (("explain", "IN-002", *DAY), 2, "did you mean `IN-001`?"),
        (("schema", "manifst"), 2, "manifst"),
    ],
)
def test_every_call_ends_with_the_code_that_it_deserves(
    arguments: tuple[str, ...],
    code: int,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run_main(monkeypatch, *arguments) == code
    captured = capsys.readouterr()
    assert message in captured.err
    assert bool(captured.err) is (code == 2)
    assert bool(captured.out) is (code != 2)


@pytest.mark.parametrize(
    "text",
    [
        'polices = ["./house.yaml"]\n',
        'fail_on = "eror"\n',
        "strict = 1\n",
        'policies = ["./absent.yaml"]\n',
        'policies = []\n[parameters]\n"house.x" = 1\n',
        'policies = ["./house.yaml"]\n[parameters]\n"house.limit" = 1\n',
        'select = ["IN-009"]\npolicies = ["./house.yaml"]\n',
        "a = [\n",
    ],
)
def test_a_mistake_in_the_configuration_is_exit_2_and_nothing_is_evaluated(
    text: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "aipolicy.toml").write_text(text, encoding="utf-8")
    assert run_main(monkeypatch, "check", *DAY) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("aipolicy: ")
    assert not captured.out


@pytest.mark.usefixtures("folder")
def test_a_bug_is_exit_4_and_no_detail_of_a_manifest_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("what the manifest said")

    monkeypatch.setattr("aipolicy.evaluation.evaluation.Evaluator.evaluate", broken)
    assert run_main(monkeypatch, "check", "--strict", *DAY) == 4
    captured = capsys.readouterr()
    assert "internal error: ValueError at" in captured.err
    assert "what the manifest said" not in captured.err
    assert not captured.out
    monkeypatch.setenv("AIPOLICY_TRACEBACK", "1")
    assert run_main(monkeypatch, "check", "--strict", *DAY) == 4
    assert "what the manifest said" in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
def test_an_interrupted_run_is_exit_130_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("aipolicy.evaluation.evaluation.Evaluator.evaluate", interrupted)
    assert run_main(monkeypatch, "check", "--strict", *DAY) == 130
    assert not capsys.readouterr().out


@pytest.mark.usefixtures("leak")
@pytest.mark.parametrize(
    ("command", "code", "stderr"),
    [
        ("aipolicy check calm.aifeature.yaml <&-", 0, ""),
        ("aipolicy check - <&-", 2, "standard input is closed"),
        ("aipolicy check >&-", 2, "standard output is closed"),
        ("aipolicy --version >&-", 0, ""),
        ("aipolicy check --help >&-", 0, ""),
        ("aipolicy check calm.aifeature.yaml 2>&-", 0, ""),
        ("aipolicy check > /dev/full", 2, "No space left on device"),
        ("aipolicy check -- calm.aifeature.yaml", 0, ""),
        ("aipolicy check - < leak.aifeature.yaml", 1, ""),
        ("aipolicy check - calm.aifeature.yaml < /dev/null", 1, ""),
        ("aipolicy explain leak < /dev/null", 0, ""),
        ("aipolicy explain - < leak.aifeature.yaml", 0, ""),
        ("aipolicy check | head -1; exit ${PIPESTATUS[0]}", 1, ""),
    ],
)
def test_streams_may_be_closed_full_or_left_early(command: str, code: int, stderr: str) -> None:
    result = shell(command)
    assert result.returncode == code, result.stderr
    assert stderr in result.stderr
    assert bool(result.stderr) is bool(stderr)
    assert "internal error" not in result.stderr


@pytest.mark.parametrize(("name", "code"), [("calm", 0), ("leak", 1)])
@pytest.mark.parametrize("output", ["text", "concise", "json"])
def test_a_reader_that_goes_away_changes_no_exit_code(name: str, code: int, output: str, leak: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "aipolicy", "check", f"{name}.aifeature.yaml", "--format", output, *DAY],
        cwd=leak, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    complaint = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), complaint) == (code, b"")


@pytest.mark.usefixtures("leak")
@pytest.mark.parametrize(
    ("environment", "colour"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, True),
        ({"TERM": "dumb"}, False),
    ],
)
def test_colour_follows_the_usual_variables_and_changes_no_word(environment: dict[str, str], colour: bool) -> None:
    from re import sub

    plain, asked = shell("aipolicy check", NO_COLOR="1"), shell("aipolicy check", **environment)
    assert ("\x1b[" in asked.stdout) is colour
    assert sub("\x1b\\[[0-9;]*m", "", asked.stdout) == plain.stdout


@pytest.mark.usefixtures("leak")
@pytest.mark.parametrize("columns", ["0", "1", "40", "99999", "-3", "wide", ""])
def test_any_width_is_survived_and_names_every_finding(columns: str) -> None:
    for command in ("check", "explain leak"):
        result = shell(f"aipolicy {command}", COLUMNS=columns)
        assert result.returncode == (1 if command == "check" else 0)
        assert "IN-001" in result.stdout
        assert not result.stderr


@pytest.mark.parametrize("state", ["unwritable", "world-writable", "a file", "rubbish", "relative", "empty name"])
def test_a_cache_that_cannot_be_used_is_as_if_it_were_not_there(state: str, leak: Path, tmp_path: Path) -> None:
    expected = shell("aipolicy check", AIPOLICY_CACHE_DIR="").stdout
    value = {"relative": "store", "empty name": ""}.get(state, str(tmp_path / "store"))
    stores = (tmp_path / "store", tmp_path / "store-runs")
    for store in stores:
        if state == "a file":
            store.write_text("no folder", encoding="utf-8")
        elif state in ("unwritable", "world-writable"):
            store.mkdir()
            store.chmod(0o500 if state == "unwritable" else 0o777)
    if state == "rubbish":
        assert shell("aipolicy check", AIPOLICY_CACHE_DIR=value).stdout == expected
        entries = [entry for store in stores for entry in store.iterdir()]
        assert {entry.parent.name for entry in entries} == {"store", "store-runs"}
        for entry in entries:
            entry.write_bytes(b"cos\nsystem\n(S'touch pwned'\ntR." * 20)
    for _ in range(2):
        result = shell("aipolicy check", AIPOLICY_CACHE_DIR=value)
        assert (result.stdout, result.stderr, result.returncode) == (expected, "", 1)
    assert not (leak / "pwned").exists()
    if state == "world-writable":
        assert not [entry for store in stores for entry in store.iterdir()]


@pytest.mark.usefixtures("leak")
@pytest.mark.parametrize(
    "environment",
    [
        {"HOME": ""},
        {"HOME": "/nonexistent"},
        {"XDG_CACHE_HOME": "not/absolute"},
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONWARNINGS": "error"},
        {"TMPDIR": "/nonexistent"},
        {"PYTHONHASHSEED": "4711"},
        {"TZ": "Pacific/Kiritimati"},
    ],
)
def test_surroundings_change_no_finding(environment: dict[str, str]) -> None:
    expected = shell("aipolicy check --format json --as-of 2026-11-21")
    bare = {name: value for name, value in os.environ.items() if name != "AIPOLICY_CACHE_DIR"}
    result = subprocess.run(
        [sys.executable, "-m", "aipolicy", "check", "--format", "json", *DAY],
        env={**bare, "XDG_CACHE_HOME": os.environ["AIPOLICY_CACHE_DIR"], **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (result.stdout, result.returncode, result.stderr) == (expected.stdout, 1, "")


def test_what_an_encoding_cannot_show_is_escaped(leak: Path) -> None:
    (leak / "leak.aifeature.yaml").write_text(LEAK + "müll: 1\n", encoding="utf-8")
    result = shell("aipolicy check", PYTHONIOENCODING="ascii")
    assert result.returncode == 1
    assert result.stdout.isascii()
    assert "m\\xfcll" in result.stdout


@pytest.mark.usefixtures("folder")
def test_a_working_folder_that_is_gone_is_told_and_no_pass() -> None:
    result = shell("mkdir gone && cd gone && rmdir ../gone && aipolicy check")
    assert result.returncode == 2
    assert "internal error" not in result.stderr
    assert result.stderr.startswith("aipolicy: ")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("arguments", [("--version",), ("-V",), ("--help",), ("-h",), ("check", "--help")])
def test_help_and_version_are_exit_0(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_main(monkeypatch, *arguments) == 0
    assert "aipolicy" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["a\x1b[31m", "b\u202ec", "[bold]", "d\n::error::e", "-f", "%0A", "#"])
def test_a_hostile_file_name_is_shown_escaped_in_every_format(name: str, leak: Path) -> None:
    file = leak / f"{name}.aifeature.yaml"
    (leak / "leak.aifeature.yaml").rename(file)
    for command in ("check", "check --format concise", "check --format json", "explain leak"):
        result = shell(f"aipolicy {command}")
        assert result.returncode == (0 if command.startswith("explain") else 1)
        shown = result.stdout + result.stderr
        assert not [c for c in shown if c != "\n" and unicodedata.category(c) in ("Cc", "Cf")]
        assert not any(line.startswith("::") for line in shown.splitlines())
    named = subprocess.run(
        [sys.executable, "-m", "aipolicy", "check", "--", file.name], capture_output=True, check=False
    )
    assert named.returncode == 1


@pytest.mark.parametrize("remembered", [False, True])
def test_a_clean_run_imports_nothing_that_only_findings_need(remembered: bool, folder: Path) -> None:
    code = (
        "import sys; sys.argv = ['aipolicy', 'check', '--as-of', '2026-11-21']\n"
        "from aipolicy.cli.main import main\n"
        "try: main()\nexcept SystemExit as e: assert e.code == 0, e.code\n"
        "print(' '.join(sorted(sys.modules)))\n"
    )
    if remembered:
        assert shell("aipolicy check --as-of 2026-11-21").returncode == 0
    cache = os.environ["AIPOLICY_CACHE_DIR"] if remembered else ""
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env={**os.environ, "AIPOLICY_CACHE_DIR": cache},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    modules = set(result.stdout.splitlines()[-1].split())
    assert (
        not {"rich", "jsonschema", "difflib", "importlib.metadata", "aipolicy.report.terminal.findings_text"} & modules
    )
    assert "cel_expr_python" not in modules or not remembered
