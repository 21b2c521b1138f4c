"""The organisation's configuration: which file counts, what it may hold, and where each mistake is shown."""

from __future__ import annotations

import os
import tomllib
from itertools import product
from pathlib import Path

import pytest

from aipolicy.config.config_file import Config, may_hold_table, read_config
from aipolicy.errors import AipolicyError, ConfigError, Problems

EVERYTHING = """\
policies = ["build-or-buy", "policies/own.yaml"]
catalog = ["catalog/own.yaml"]
fresher_prices = "genai-prices"
manifests = ["*.ai.yaml", "features/*.yaml"]
exclude = ["vendor/**", "generated", "**/old/*.yaml"]
select = ["DATA"]
ignore = ["DATA-002"]
fail_on = "warning"
strict = true
baseline = "ci/known.json"
waivers = ["policies/waivers.yaml"]

[organization]
own_boundaries = ["device", "dedicated-tenant"]
on_premises_countries = ["DE", "CH"]

[expected]
"team.ml_engineers" = 0

[recommendation]
margin_percent = 0
confidence = 0.95
horizon_months = 24.5
fixed = ["budget"]

[parameters]
"build-or-buy.restricted_from" = 3
build-or-buy.dated = 2026-08-02
[parameters.own]
regions = ["EU", "CH"]
deep.allowed = true
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository that is the working folder."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return os.path.relpath(path)


def mistakes(text: str, name: str = "aipolicy.toml") -> list[str]:
    Path(name).write_bytes(text.encode())
    with pytest.raises(AipolicyError) as caught:
        read_config(name, ".")
    errors = caught.value.errors if isinstance(caught.value, Problems) else (caught.value,)
    assert all(isinstance(error, ConfigError) for error in errors)
    return str(caught.value).splitlines()


def plain(config: Config) -> dict[str, object]:
    """Return a configuration as plain values."""
    parts = {"organization": config.organization._asdict(), "recommendation": config.recommendation._asdict()}
    return {**config._asdict(), **parts}


def test_without_a_file_the_defaults_hold(here: Path) -> None:
    assert read_config(None, ".") == Config()
    assert plain(Config()) == {
        "policies": ("build-or-buy",),
        "catalog": (),
        "fresher_prices": "",
        "manifests": ("aifeature.yaml", "*.aifeature.yaml", "aifeature.yml", "*.aifeature.yml"),
        "exclude": (),
        "select": (),
        "ignore": (),
        "choice_places": {},
        "fail_on": "error",
        "strict": False,
        "baseline": "",
        "waivers": (),
        "parameters": {},
        "organization": {
            "own_boundaries": ("device", "on-premises", "own-account"), "on_premises_countries": (),
        },
        "recommendation": {"margin_percent": 20.0, "horizon_months": 36.0, "confidence": 0.8, "fixed": ()},
        "path": None,
        "parameter_places": {},
        "expected": {},
        "expected_places": {},
        "origins": {},
    }  # fmt: skip


@pytest.mark.parametrize("text", ["", "# nothing\n", "[organization]\n"])
def test_an_empty_file_sets_nothing(here: Path, text: str) -> None:
    path = write(here / "aipolicy.toml", text)
    assert read_config(None, ".") == Config(path=path)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_key_is_read(here: Path, newline: str) -> None:
    path = write(here / "aipolicy.toml", EVERYTHING.replace("\n", newline))
    config = read_config(None, ".")
    assert {key: value for key, value in plain(config).items() if not key.endswith(("origins", "_places"))} == {
        "policies": ("build-or-buy", "policies/own.yaml"),
        "catalog": ("catalog/own.yaml",),
        "fresher_prices": "genai-prices",
        "manifests": ("*.ai.yaml", "features/*.yaml"),
        "exclude": ("vendor/**", "generated", "**/old/*.yaml"),
        "select": ("DATA",),
        "ignore": ("DATA-002",),
        "fail_on": "warning",
        "strict": True,
        "baseline": "ci/known.json",
        "waivers": ("policies/waivers.yaml",),
        "parameters": {
            "build-or-buy.restricted_from": 3.0,
            "build-or-buy.dated": "2026-08-02",
            "own.regions": ("EU", "CH"),
            "own.deep.allowed": True,
        },
        "organization": {
            "own_boundaries": ("device", "dedicated-tenant"), "on_premises_countries": ("DE", "CH"),
        },
        "expected": {"team.ml_engineers": 0.0},
        "recommendation": {"margin_percent": 0.0, "horizon_months": 24.5, "confidence": 0.95, "fixed": ("budget",)},
        "path": path,
    }  # fmt: skip


def test_numbers_are_floats_and_flags_stay_flags(here: Path) -> None:
    write(here / "aipolicy.toml", "[parameters.p]\nnumber = 3\nflag = true\n")
    parameters = read_config(None, ".").parameters
    assert [type(parameters[name]) for name in ("p.number", "p.flag")] == [float, bool]


def test_every_value_knows_the_file_that_set_it(here: Path) -> None:
    path = write(here / "aipolicy.toml", EVERYTHING)
    assert read_config(None, ".").origins == dict.fromkeys(
        (
            "policies", "catalog", "fresher_prices", "manifests", "exclude", "select", "ignore", "fail_on", "strict",
            "baseline", "waivers", "organization.own_boundaries", "organization.on_premises_countries",
            "recommendation.margin_percent", "recommendation.horizon_months", "recommendation.confidence",
            "recommendation.fixed",
            "expected.team.ml_engineers",
            "parameters.build-or-buy.restricted_from", "parameters.build-or-buy.dated",
            "parameters.own.regions", "parameters.own.deep.allowed",
        ),
        path,
    )  # fmt: skip


FILES: list[tuple[dict[str, str], str | None]] = [
    ({"a/b/aipolicy.toml": "", "a/aipolicy.toml": "", "aipolicy.toml": ""}, "a/b/aipolicy.toml"),
    ({"a/aipolicy.toml": "", "aipolicy.toml": ""}, "a/aipolicy.toml"),
    ({"a/b/pyproject.toml": "[tool.aipolicy]\n", "a/aipolicy.toml": ""}, "a/b/pyproject.toml"),
    ({"a/b/pyproject.toml": "[tool.aipolicy]\nx = 1", "a/b/aipolicy.toml": ""}, "a/b/aipolicy.toml"),
    ({"a/b/pyproject.toml": "[tool.other]\n", "a/pyproject.toml": "[tool.aipolicy]\n"}, "a/pyproject.toml"),
    ({"a/b/pyproject.toml": "# aipolicy\n", "aipolicy.toml": ""}, "aipolicy.toml"),
    ({"a/b/pyproject.toml": "tool = 'aipolicy'\n", "aipolicy.toml": ""}, "aipolicy.toml"),
    ({"a/b/pyproject.toml": "not toml, and none of our business", "aipolicy.toml": ""}, "aipolicy.toml"),
    ({"../aipolicy.toml": ""}, None),
    ({"a/b/c/aipolicy.toml": ""}, None),
]


@pytest.mark.parametrize(("files", "expected"), FILES)
def test_the_nearest_file_up_to_the_repository_root_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], expected: str | None
) -> None:
    root = tmp_path / "repository"
    (root / "a" / "b").mkdir(parents=True)
    (root / ".git").mkdir()
    for name, text in files.items():
        write(root / name, text)
    monkeypatch.chdir(root / "a" / "b")
    config = read_config(None, ".")
    assert config.path == (None if expected is None else os.path.relpath(root / expected))


def test_a_named_file_counts_instead_of_the_nearest(here: Path) -> None:
    write(here / "aipolicy.toml", "strict = true\n")
    path = write(here / "ci" / "other.toml", "fail_on = 'note'\n")
    assert read_config(path, ".") == Config(fail_on="note", path=path, origins={"fail_on": "ci/other.toml"})


def test_globs_with_a_folder_hold_from_the_file_whatever_the_working_folder(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(here / "aipolicy.toml", EVERYTHING)
    (here / "sub").mkdir()
    monkeypatch.chdir(here / "sub")
    config = read_config(None, ".")
    assert config.exclude == ("../vendor/**", "generated", "**/old/*.yaml")
    assert config.manifests == ("*.ai.yaml", "../features/*.yaml")
    assert config.policies == ("build-or-buy", "policies/own.yaml")


MISTAKES = [
    ("fail-on = 'note'\n", ["1:1: unknown key `fail-on`; did you mean `fail_on`?"]),
    ("\nfail_on = 'fatal'\n", ["2:1: `fatal` is not one of `error`, `warning`, `note`"]),
    ("fail_on = 'waring'\n", ["1:1: `waring` is not one of `error`, `warning`, `note`; did you mean `warning`?"]),
    ("strict = 1\n", ["1:1: `strict` must be true or false, found a number"]),
    ("policies = 'x'\n", ["1:1: `policies` must be a list of text, found text"]),
    ("select = [1]\n", ["1:1: `select` must be a list of text, found a list"]),
    ("policies = []\n", ["1:1: `policies` is empty, or holds an empty text; write a value or remove the key"]),
    ("exclude = ['']\n", ["1:1: `exclude` is empty, or holds an empty text; write a value or remove the key"]),
    ("organization = 3\n", ["1:1: expected a mapping, found a number"]),
    (
        "[organization]\nown_boundaries = ['devise']\n",
        ["2:1: `devise` is not a boundary; did you mean `device`? (one of `device`, `on-premises`, `own-account`, "
         "`dedicated-tenant`, `third-party`)"],
    ),
    (
        "organization.on_premises_countries = ['germany']\n",
        ["1:1: `germany` is not a country code; write two capital letters, such as `DE`"],
    ),
    ("[recommendation]\nmargin_percent = -1\n", ["2:1: `margin_percent` must be at least 0, found -1"]),
    ("[recommendation]\nhorizon_months = 0\n", ["2:1: `horizon_months` must be more than 0"]),
    ("[recommendation]\nconfidence = 0.4\n", ["2:1: `confidence` must be at least 0.5 and less than 1, found 0.4"]),
    ("[recommendation]\nconfidence = 1\n", ["2:1: `confidence` must be at least 0.5 and less than 1, found 1"]),
    ("[recommendation]\nmargin = 1\n", ["2:1: unknown key `margin`; did you mean `margin_percent`?"]),
    ("[recommendation]\nmargin_percent = nan\n", ["2:1: not a number that can be used; write a finite and smaller one"]),
    ("[recommendation]\nmargin_percent = inf\n", ["2:1: not a number that can be used; write a finite and smaller one"]),
    ("[parameters.a.b]\n", ["1:1: parameter table `a.b` is empty, which sets nothing; write an entry or remove it"]),
    ("[parameters.a]\nb = {}\n", ["2:1: parameter table `a.b` is empty, which sets nothing; write an entry or remove it"]),
    (f"parameters.a.b = 1{'0' * 400}\n", ["1:1: not a number that can be used; write a finite and smaller one"]),
    ("parameters = 1\n", ["1:1: write `pack.parameter = value` in a table `[parameters]`"]),
    ("[parameters]\nlimit = 1\n", ["2:1: write `pack.parameter = value` in a table `[parameters]`"]),
    ("[parameters]\n'a.b' = 1\na.b = 2\n", ["3:1: parameter `a.b` is set twice; keep one"]),
    (
        "[parameters]\na.b = [1]\n",
        ["2:1: parameter `a.b` must be true or false, a number, text or a list of text"],
    ),
    ("policies = [\"a\\u0000b\"]\n", ["1:13: text with a control or invisible character; remove it"]),
    ("select = ['\u202eATAD']\n", ["1:11: text with a control or invisible character; remove it"]),
    ('"\\u001b[1m" = 1\n', ["1:1: unknown key `\\u001b[1m`"]),
    ("strict = [\n", ["2:1: not valid TOML: invalid value"]),
    ("strict = true\nstrict = false\n", ["2:15: not valid TOML: cannot overwrite a value"]),
    ("strict = yes\n", ["1:10: not valid TOML: invalid value"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), MISTAKES)
def test_a_mistake_is_shown_at_its_line(here: Path, text: str, expected: list[str]) -> None:
    assert mistakes(text) == [f"aipolicy.toml:{line}" for line in expected]


def test_all_mistakes_are_shown_together_in_the_order_of_lines(here: Path) -> None:
    text = (
        "# comment with key = 1\n"
        "x = 1 # strict = 2\n"
        "policies = [ # [organization]\n"
        "  'a', 'b = 1',\n"
        "  3,\n"
        "]\n"
        '"y" = """\n'
        "strict = 1\n"
        '"""\n'
        " [ recommendation ] # margin_percent = 1\n"
        "  horizon_months = '1'\n"
        "z.strict = 1\n"
    )
    lines = [line.split(": ")[0].removeprefix("aipolicy.toml:") for line in mistakes(text)]
    assert lines == ["2:1", "3:1", "7:1", "7:1", "11:3", "12:1"]


def test_mistakes_in_pyproject_are_shown_at_its_lines(here: Path) -> None:
    text = (
        "[project]\nstrict = 1\n[tool.other]\nx = 1\n[tool.aipolicy]\nstrict = 1\n[tool.aipolicy.organization]\nx = 1\n"
    )
    assert mistakes(text, "pyproject.toml") == [
        "pyproject.toml:6:1: `strict` must be true or false, found a number",
        "pyproject.toml:8:1: unknown key `x`",
    ]


FORMS = (
    "[{s}{tool}{s}.{s}{name}{s}]\n",
    "[{tool}{s}.{s}{name}.parameters]\n",
    "[[x]]\n[{tool}.{name}]\n",
    "{tool}{s}.{s}{name}{s}={s}{{}}\n",
    "{tool}.{s}{name}{s}.strict = true\n",
    "{tool}{s}={s}{{{s}{name}{s}={s}{{}}}}\n",
    "{tool}={{x.y=1,{s}{name}.strict=true}}\n",
    "[{s}{tool}{s}]\n# x\n{name}{s}={s}{{}}\n",
    "[{tool}]\n{name}{s}.{s}strict = true\n",
    "[{tool}.other]\n{name} = 1\n[{tool}.{name}]\n",
)
TOOLS, NAMES = ("tool", "'tool'", '"tool"'), ("aipolicy", "'aipolicy'", '"aipolicy"')
TABLES = (
    *(
        form.format(tool=tool, name=name, s=space)
        for form, tool, name, space in product(FORMS, TOOLS, NAMES, ("", " ", "\t "))
    ),
    'x = "aipolicy"\n[tool."ai\\u0070olicy"]\n',
    'x = "aipolicy"\n["\\u0074ool".aipolicy]\n',
)
"""The ways of TOML to write the table."""
NO_TABLES = (
    "", "[project]\nname = 'other'\n", "[project]\ndependencies = ['aipolicy==1.0', \"aipolicy[plot]\"]\n[tool.ruff]\n",
    "[project.scripts]\naipolicy = 'aipolicy.__main__:main'\n[tool.hatch.build]\npackages = ['aipolicy']\n",
    "# tool aipolicy\n[tool.aipolicies]\n".replace("aipolicies", "other"), "[aipolicy]\ntools = 1\n",
)  # fmt: skip


def test_a_pyproject_with_the_table_however_written_is_read(here: Path) -> None:
    for text in TABLES:
        assert "aipolicy" in tomllib.loads(text)["tool"], text
        (here / "pyproject.toml").write_text(text, encoding="utf-8")
        assert read_config(None, ".").path == "pyproject.toml", text


@pytest.mark.parametrize("text", NO_TABLES)
def test_a_pyproject_that_mentions_the_name_only_is_not_parsed(text: str) -> None:
    assert not may_hold_table(text.encode())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[tool.other]\n", "pyproject.toml: no table `[tool.aipolicy]`; add it, or name another file"),
        ("[tool]\naipolicy = 1\n", "pyproject.toml:2:1: `tool.aipolicy` must be a table"),
        ("[tool.aipolicy\n", "pyproject.toml:1:15: not valid TOML: expected ']' at the end of a table declaration"),
    ],
)
def test_a_named_pyproject_must_have_the_table(here: Path, text: str, expected: str) -> None:
    assert mistakes(text, "pyproject.toml") == [expected]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\xff", "not UTF-8 at byte 0; save the file as UTF-8"),
        (b"#" * 1_048_577, "file of more than 1048576 bytes; use a smaller one"),
        (b"a = 1" + b"0" * 5000, "nested too deeply, or with a number of too many digits; simplify the file"),
        (b"a = " + b"[" * 5000, "nested too deeply, or with a number of too many digits; simplify the file"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_without_a_place(here: Path, data: bytes, expected: str) -> None:
    (here / "aipolicy.toml").write_bytes(data)
    with pytest.raises(ConfigError) as caught:
        read_config(None, ".")
    assert str(caught.value) == f"aipolicy.toml: {expected}"


def test_a_long_dotted_key_is_refused_before_it_costs_time(here: Path) -> None:
    assert mistakes(".".join("a" * 50_000) + " = 1\n") == [
        "aipolicy.toml:1:1: more than 100 dots in a line; shorten the key, or put the text in plain quotes"
    ]


def test_dots_in_text_are_no_matter(here: Path) -> None:
    write(here / "aipolicy.toml", f"select = ['{'.' * 200}', \"{'.' * 200}\"]\n")
    assert read_config(None, ".").select == ("." * 200, "." * 200)


def test_deep_nesting_is_refused(here: Path) -> None:
    key = ".".join("a" * 80)
    assert mistakes(f"parameters.{key} = 1\n")[0] == "aipolicy.toml:1:1: nested deeper than 64 levels; use fewer"


def test_a_byte_order_mark_is_no_part_of_the_first_key(here: Path) -> None:
    write(here / "aipolicy.toml", "\ufeffstrict = true\n")
    assert read_config(None, ".").strict is True


@pytest.mark.parametrize("name", ["gone.toml", "folder"])
def test_a_named_file_that_cannot_be_read_is_refused(here: Path, name: str) -> None:
    (here / "folder").mkdir()
    with pytest.raises(ConfigError, match=f"^{name}: cannot read: n"):
        read_config(name, ".")


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX files")
def test_a_configuration_that_is_no_regular_file_is_refused_without_waiting(here: Path) -> None:
    os.mkfifo(here / "aipolicy.toml")
    with pytest.raises(ConfigError, match="not a regular file"):
        read_config(None, ".")


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX files")
def test_a_deleted_working_folder_has_no_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert read_config(None, ".") == Config()
