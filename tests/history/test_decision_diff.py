"""`aipolicy diff`: what changed for each feature, and which input is the cause."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from git_repos import HEAD, OWN, GitRepo, clean, leak, on_call, pack

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
BROKEN = HEAD + "metadata: {name: broken}\ndata: {clases: [health]}\n"


def priced(usd: float) -> str:
    """Return an own catalog file with a price."""
    return (
        f"prices:\n  - {{provider: openai, model: gpt-6-luna, region: us, currency: USD, input_per_mtok: {usd}, "
        f"output_per_mtok: {usd}, source: contract, checked_on: 2026-09-01, effective_from: 2026-01-01}}\n"
    )


def planned(requests: int = 1000, retention: str = "30") -> str:
    """Return a manifest whose plan has a cost."""
    return HEAD + (
        "metadata: {name: chat, owner: web, lifecycle: pilot}\ndata: {classes: [internal], residency: [US]}\n"
        "latency: {p95_ms: 8000}\n"
        "team: {on_call: true, people: {prompts: 0, evaluation: 0, monitoring: 0, compliance: 0, on_call: 0}}\n"
        f"volume: {{requests_per_day: {requests}, input_tokens: 1000, output_tokens: 200}}\n"
        "plan: {adaptation: prompting, hosting: provider-api, provider: openai, model: gpt-6-luna, region: us, "
        f"fallback: none, routing: single, terms: {{retention_days: {retention}}}}}\n"
    )


CONFIG = "policies = ['policies/own.yaml']\ncatalog = ['prices.yaml']\n"
FILES = {
    "aipolicy.toml": CONFIG,
    "policies/own.yaml": pack(),
    "prices.yaml": priced(1),
    "chat.aifeature.yaml": planned(),
}


def causes(changed: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(each["rule"], each["cause"]) for each in changed]


def test_an_unchanged_tree_has_no_changes(repo: GitRepo, diff) -> None:  # type: ignore[no-untyped-def]
    repo.commit({**FILES, "leak.aifeature.yaml": leak(), "b.aifeature.yaml": BROKEN})
    found = diff()
    assert {name: each["status"] for name, each in found.items() if name} == {"chat": "unchanged", "leak": "unchanged"}
    assert found[""]["manifests"] == {"broken": [], "repaired": []}


def test_each_change_of_the_cost_has_its_cause_and_its_part(repo: GitRepo, diff) -> None:  # type: ignore[no-untyped-def]
    repo.commit(FILES)
    repo.write({"chat.aifeature.yaml": planned(2000), "prices.yaml": priced(3)})
    chat = diff()["chat"]
    before, after = (chat[side]["cost"]["low_monthly_usd"] for side in ("before", "after"))
    assert after == pytest.approx(6 * before)
    assert chat["before"]["cost"]["of"] == "plan"
    assert chat["cost_cause"] == "catalog"
    assert [(part["cause"], pytest.approx(part["monthly_usd"])) for part in chat["cost_parts"]] == [
        ("manifest", before), ("catalog", 4 * before)
    ]  # fmt: skip


def test_a_finding_has_the_input_that_makes_it_appear(repo: GitRepo, diff) -> None:  # type: ignore[no-untyped-def]
    repo.commit({"aipolicy.toml": OWN, "policies/own.yaml": pack("warning"), "a.aifeature.yaml": on_call("true", "a"),
                 "b.aifeature.yaml": on_call("false", "b"), "c.aifeature.yaml": on_call("false", "c")})  # fmt: skip
    repo.write({"a.aifeature.yaml": on_call("false", "a"), "b.aifeature.yaml": on_call("true", "b"),
                "policies/own.yaml": pack("error")})  # fmt: skip
    found = diff()
    assert causes(found["a"]["new"]) == [("OWN-001", "manifest")]
    assert causes(found["b"]["fixed"]) == [("OWN-001", "manifest")]
    assert causes(found["c"]["worse"]) == [("OWN-001", "policy")]
    assert found["c"]["worse"][0]["before"] == {"severity": "warning", "outcome": "violated"}


def test_a_rule_that_leaves_fixes_by_policy(repo: GitRepo, diff) -> None:  # type: ignore[no-untyped-def]
    repo.commit({"aipolicy.toml": OWN, "policies/own.yaml": pack(), "a.aifeature.yaml": on_call("false")})
    repo.write({"aipolicy.toml": "ignore = ['OWN']\n" + OWN.replace("]", ", 'more.yaml']"),
                "more.yaml": pack().replace("OWN-001", "NEW-001").replace("name: own", "name: more")
                .replace("nobody-on-call", "new")})  # fmt: skip
    desk = diff()["desk"]
    assert causes(desk["fixed"]) == [("OWN-001", "policy")]
    assert causes(desk["new"]) == [("NEW-001", "policy")]


def test_verdict_and_needs_have_their_cause(repo: GitRepo, diff) -> None:  # type: ignore[no-untyped-def]
    repo.commit({"a.aifeature.yaml": clean()})
    repo.write({"a.aifeature.yaml": clean().replace("internal", "itar").replace("8000", "700")})
    faq = diff()["faq"]
    assert faq["verdict_cause"] == "manifest"
    assert {"need": "self-hosting (not certain)", "added": True, "cause": "manifest"} in faq["needs"]


def test_time_is_a_cause_only_when_the_base_is_judged_on_its_own_day(repo: GitRepo, diff) -> None:  # type: ignore[no-untyped-def]
    dated = pack("error") + "    effective: {from: 2026-11-01}\n"
    repo.commit({"aipolicy.toml": OWN, "policies/own.yaml": dated, "a.aifeature.yaml": on_call("false")}, "2026-10-01")
    assert diff()["desk"]["status"] == "unchanged"
    found = diff("--as-of-base")
    desk = found["desk"]
    assert found[""]["base"]["as_of"] == "2026-10-01"
    changed = desk["new"] + desk["worse"]
    assert causes(changed) == [("OWN-001", "date")]


def test_inputs_that_only_load_together_are_named_together(repo: GitRepo, diff) -> None:  # type: ignore[no-untyped-def]
    repo.commit({**FILES, "prices.yaml": priced(1)})
    own_class = (
        "classes:\n  - {id: tickets, name: Tickets, parents: [], level: 3, regimes: [], description: d, source: s, "
        "checked_on: 2026-09-01, effective_from: 2026-01-01}\n"
    )
    rule = pack() + (
        "  - {id: OWN-002, name: tickets-stay, title: t, kind: duty, severity: error, "
        "require: ['!(\"tickets\" in data.classes) && availability.critical'], message: m}\n"
    )
    repo.write({"prices.yaml": priced(1) + own_class, "policies/own.yaml": rule})
    assert causes(diff()["chat"]["new"]) == [("OWN-002", "policy and catalog")]


def test_a_renamed_file_changes_nothing_and_a_renamed_feature_is_hinted_at(repo: GitRepo, diff) -> None:  # type: ignore[no-untyped-def]
    repo.commit({"a.aifeature.yaml": clean(), "b.aifeature.yaml": clean("old").replace("2000", "10")})
    repo.git("mv", "a.aifeature.yaml", "deep.aifeature.yaml")
    repo.write({"b.aifeature.yaml": clean("new").replace("2000", "10")})
    found = diff()
    assert {name: (each["status"], each["perhaps_renamed"]) for name, each in found.items() if name} == {
        "faq": ("unchanged", None), "old": ("removed", "new"), "new": ("added", "old"),
    }  # fmt: skip


def test_a_feature_whose_manifest_breaks_is_not_called_removed(repo: GitRepo, diff) -> None:  # type: ignore[no-untyped-def]
    repo.commit({"a.aifeature.yaml": clean(), "b.aifeature.yaml": clean("b"), "c.aifeature.yaml": clean("c")})
    repo.write({"a.aifeature.yaml": clean().replace("data", "dota"), "b.aifeature.yaml": "a: [1\n"})
    found = diff()
    assert {name: each["status"] for name, each in found.items() if name} == {
        "faq": "unreadable", "b": "unreadable", "c": "unchanged",
    }  # fmt: skip
    assert {each["rule"] for each in found[""]["manifests"]["broken"]} >= {"MAN-001", "MAN-003"}


def test_a_diff_over_one_path_follows_its_features_both_ways(repo: GitRepo, diff) -> None:  # type: ignore[no-untyped-def]
    repo.commit({"a.aifeature.yaml": clean(), "b.aifeature.yaml": clean("b"), "c.aifeature.yaml": clean("c")})
    repo.write({"a.aifeature.yaml": clean("b"), "b.aifeature.yaml": clean()})
    found = diff("a.aifeature.yaml")
    assert {name: each["status"] for name, each in found.items() if name} == {"faq": "unchanged", "b": "unchanged"}


def test_nothing_on_either_side_is_exit_3(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit({"readme": "x"})
    assert run("diff", "--base", "main").code == 3


@pytest.mark.parametrize("base", ["", "-x", "nowhere"])
def test_a_diff_without_a_base_is_exit_2(base: str, repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit({"a.aifeature.yaml": clean()})
    assert run("diff", f"--base={base}").code == 2


@pytest.mark.parametrize(("output", "suffix"), [("text", "txt"), ("markdown", "md")])
def test_a_diff_reads_as_golden(output: str, suffix: str, repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit({**FILES, "desk.aifeature.yaml": on_call("false"), "old.aifeature.yaml": on_call("false", "old"),
                 "b.aifeature.yaml": BROKEN})  # fmt: skip
    repo.write({"prices.yaml": priced(2.5), "policies/own.yaml": pack("warning"),
                "chat.aifeature.yaml": planned(3000).replace("on_call: true", "on_call: false"),
                "desk.aifeature.yaml": on_call("true").replace("internal", "health"),
                "old.aifeature.yaml": on_call("false", "renamed"), "b.aifeature.yaml": "a: [1\n"})  # fmt: skip
    done = run("diff", "--base", "main", "--format", output)
    path = GOLDEN / f"diff.{suffix}"
    if os.environ.get("AIPOLICY_UPDATE_GOLDEN"):
        path.write_text(done.out, encoding="utf-8")
    assert done.out == path.read_text(encoding="utf-8")


def test_nothing_of_a_manifest_is_markup_in_markdown(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit({"a.aifeature.yaml": clean()})
    evil = "x` **b** <img src=x> @team #1 https://evil.example | [a](b) \\u202E"
    repo.write({"b.aifeature.yaml": f'{HEAD}metadata: {{name: evil}}\nplan: {{provider: "{evil}"}}\n',
                "c.aifeature.yaml": f'{HEAD}metadata: {{name: c}}\n"{evil}": 1\n'})  # fmt: skip
    out = run("diff", "--base", "main", "--format", "markdown").out
    assert "evil.example" in out
    for line in out.splitlines():
        outside = "".join(line.split("`")[::2])
        assert line.count("`") % 2 == 0
        assert not any(word in outside for word in ("<img", "@team", "#1", "https", "[a]", "**b**")), line
    assert "\u202e" not in out


def test_another_recommendation_is_told_with_the_rules_that_turned_it(repo: GitRepo, diff) -> None:  # type: ignore[no-untyped-def]
    body = HEAD + "metadata: {name: faq}\ndata: {classes: [internal], residency: [US]}\nlatency: {p95_ms: 8000}\n"
    repo.commit({"faq.aifeature.yaml": body})
    repo.write({"faq.aifeature.yaml": body.replace("[internal]", "[itar]")})
    faq = diff()["faq"]
    assert (faq["before"]["recommended"]["hosting"], faq["answer_cause"]) == ("provider-api", "manifest")
    assert faq["after"]["recommended"]["hosting"] != "provider-api"
    assert "DATA-001" in faq["turned_by"]
    (moved,) = (ways for ways in faq["ways"] if ways["rule"] == "DATA-001")
    assert (moved["before"], moved["cause"]) == (0, "manifest")
    assert moved["after"] > 0
    assert faq["after"]["ways_left"] < faq["before"]["ways_left"]


def test_the_same_recommendation_turns_by_nothing(repo: GitRepo, diff) -> None:  # type: ignore[no-untyped-def]
    repo.commit(FILES)
    repo.write({"chat.aifeature.yaml": planned(1001)})
    chat = diff()["chat"]
    assert (chat["answer_cause"], chat["turned_by"], chat["ways"]) == (None, [], [])


@pytest.mark.parametrize(
    ("requests", "limit", "code"),
    [
        (1100, "1000", 0),
        (1100, "1", 1),
        (1100, "9%", 1),
        (1100, "11%", 0),
        (900, "0", 0),
        (1000, "0%", 0),
        (1001, "0", 1),
    ],
)
def test_a_month_that_costs_too_much_more_is_exit_1(
    requests: int,
    limit: str,
    code: int,
    repo: GitRepo,
    run,  # type: ignore[no-untyped-def]
) -> None:
    repo.commit(FILES)
    repo.write({"chat.aifeature.yaml": planned(requests)})
    done = run("diff", "--base", "main", "--fail-on-cost-increase", limit)
    assert done.code == code
    assert ("a month of `chat` costs more" in done.err) is (code == 1)


def test_a_cost_that_is_not_known_any_more_counts_and_a_new_feature_does_not(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit(FILES)
    repo.write({"new.aifeature.yaml": planned().replace("name: chat", "name: new")})
    assert run("diff", "--base", "main", "--fail-on-cost-increase", "0").code == 0
    repo.write({"chat.aifeature.yaml": planned().replace("gpt-6-luna", "gpt-unheard-of")})
    assert run("diff", "--base", "main", "--fail-on-cost-increase", "1000").code == 1


def test_small_costs_are_no_change_and_then_there_is_nothing_to_comment_on(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit(FILES)
    repo.write({"chat.aifeature.yaml": planned(1010)})
    markdown = ("diff", "--base", "main", "--format", "markdown", "--ignore-cost-below")
    assert run(*markdown, "5%").out == ""
    assert "cost a month" in run(*markdown, "0.5%").out
    assert "0 features changed" in run("diff", "--base", "main", "--ignore-cost-below", "5%").out
    repo.write({"chat.aifeature.yaml": planned(990)})
    assert run(*markdown, "5%").out == ""
    assert "cost a month" in run(*markdown, "0.1").out


@pytest.mark.parametrize("limit", ["", "a lot", "-1", "nan", "inf", "5%%"])
def test_a_limit_that_is_no_number_is_exit_2(limit: str, repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit(FILES)
    done = run("diff", "--base", "main", "--fail-on-cost-increase", limit)
    assert done.code == 2
    assert "takes USD a month such as 500, or a share such as 10%" in done.err
