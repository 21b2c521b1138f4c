"""Pages of packs: everything that a pack says of itself and its rules, and names that cannot lead out of the folder."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

import pytest
from sample_runs import EVIL_PACK, PACK, policy

from aipolicy.config.config_file import read_config
from aipolicy.config.run_options import PolicyOptions, settings_from
from aipolicy.errors import PolicyError
from aipolicy.report.packs.pack_pages import MARKER, pack_pages
from aipolicy.run.policy import load_policy

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = Path(__file__).parent.parent / "golden"
RULE = """\
  - id: IN-009
    name: within-limits
    title: "<script>alert(1)</script> [x](http://e.vil) | cell"
    kind: duty
    severity: error
    effective: {announced: 2027-01-01, from: 2027-06-01}
    applies_to: {lifecycle: [pilot, production], labels: {"a|b": "`x`"}}
    require: ["metadata.owner == '```'"]
    message: "no `{metadata.owner}`"
    why: "# heading"
    fix: "<!-- comment"
    references: [{title: "</a>", url: "javascript:alert(1)"}]
    tests: [{name: "| x |", given: {metadata.owner: "|"}, expect: violated}]
"""


@cache
def layered() -> dict[str, str]:
    config = read_config(str(ROOT / "examples" / "layers" / "aipolicy.toml"), ".")
    options = PolicyOptions(None, (), "2026-11-21", (), ())
    return dict(pack_pages(load_policy(settings_from(config, options)).packs_with_tests()))


def pages(pack: str) -> dict[str, str]:
    return dict(pack_pages(policy(pack).packs_with_tests()))


@pytest.mark.parametrize(("golden", "page"), [("pack-page.md", "acme.md"), ("rule-page.md", "build-or-buy/VOL-002.md")])
def test_a_page_is_what_was_read_and_accepted(golden: str, page: str) -> None:
    path = GOLDEN / golden
    if os.environ.get("AIPOLICY_UPDATE_GOLDEN"):
        path.write_text(layered()[page], encoding="utf-8")
    assert layered()[page] == path.read_text(encoding="utf-8")


def test_there_is_an_index_a_pack_and_a_page_a_rule() -> None:
    ids = ("IN-001", "IN-002", "IN-003", "OUT-001")
    assert sorted(pages(PACK)) == ["house.md", *(f"house/{rule_id}.md" for rule_id in ids)]
    assert {"acme.md", "acme-claims.md", "build-or-buy.md", "cost-control.md", "acme/ACME-001.md"} <= set(layered())


def test_every_link_between_pages_leads_somewhere() -> None:
    for path, text in layered().items():
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
            assert os.path.normpath(os.path.join(os.path.dirname(path), target)) in layered(), (path, target)


def test_every_page_begins_with_the_marker_and_ends_with_one_line_break() -> None:
    for text in layered().values():
        assert text.startswith(f"{MARKER}\n\n# ")
        assert text.endswith("\n")
        assert not text.endswith("\n\n")


def test_a_value_in_force_says_who_set_it() -> None:
    assert "| `restricted_from` | `4` | `3`, set by `acme` |" in layered()["build-or-buy.md"]
    assert "With the defaults of the parameters:" in layered()["build-or-buy/DATA-001.md"]
    assert "With the defaults" not in layered()["build-or-buy/VOL-002.md"]


def test_variables_are_written_out() -> None:
    assert "variables.confined\n// that is: (data.must_stay_inside" in layered()["build-or-buy/DATA-001.md"]


def test_a_rule_over_all_features_has_its_measures_and_examples() -> None:
    shipped = load_policy(settings_from(read_config(None, str(ROOT / "examples")),
                                        PolicyOptions(None, ("portfolio",), "2026-11-21", (), ())))  # fmt: skip
    page = pack_pages(shipped.packs_with_tests())["portfolio/FOLIO-001.md"]
    for words in (
        "For each group of features by:",
        "requests: sum(volume.requests_per_day)",
        "1 manifest that cannot be",
    ):
        assert words in page


def test_what_a_pack_asks_of_waivers_is_told() -> None:
    asked = "waivers: {longest_days: 90, never: [IN, OUT-001], approvers: ['|'], inline: false}\nrules:\n"
    page = pages(PACK.replace("rules:\n", asked, 1))["house.md"]
    rows = page.split("## What it asks of waivers\n\n")[1].split("\n\n")[0].splitlines()[2:]
    assert rows == [
        "| `longest_days` | `90` |", "| `never` | `[IN, OUT-001]` |", "| `approvers` | <code>&#91;&#124;&#93;</code> |",
        "| `inline` | `false` |",
    ]  # fmt: skip


def test_stages_and_limits_are_told() -> None:
    page = pages(PACK + RULE)["house/IN-009.md"]
    assert "- Stages: announced on 2027-01-01; in force from 2027-06-01\n" in page
    assert "- Limited to: lifecycle: pilot, production; labels.a&#124;b: `x`\n" in page


def test_a_hostile_rule_is_shown_and_does_not_act() -> None:
    text = "".join(pages(PACK + RULE).values())
    assert "&lt;script&gt;alert(1)&lt;/script&gt; \\[x\\](`http://e.vil`) &#124; cell" in text
    assert "\\# heading" in text
    assert "````text\nmetadata.owner == '```'\n````" in text
    assert "](javascript" not in text
    assert "<script" not in text
    assert text.count("<!--") == len(pages(PACK + RULE))


@pytest.mark.parametrize(
    "name",
    ["../up", "..", ".hidden", "a/b", "a\\\\b", "a b", "", "con:", "é", "a.", "-a", "a\\u202e", "/etc/x", "]("],
)
def test_a_name_that_cannot_name_a_file_is_refused(name: str) -> None:
    pack = PACK.replace("name: house", f'name: "{name}"', 1)
    with pytest.raises(PolicyError):
        pages(pack)


def test_control_characters_in_a_name_are_not_printed() -> None:
    with pytest.raises(PolicyError) as caught:
        pages(EVIL_PACK)
    assert "\x1b" not in str(caught.value)


def test_names_that_differ_in_case_only_are_refused() -> None:
    (pack,) = policy(PACK).packs_with_tests()
    (other,) = policy(PACK.replace("name: house", "name: House", 1)).packs_with_tests()
    with pytest.raises(PolicyError, match="same page"):
        pack_pages((pack, other))
