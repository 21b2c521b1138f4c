"""What a diff says where several inputs, features or amounts could be meant, and in which order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from git_repos import HEAD, OWN, GitRepo

Diff = Callable[..., dict[str, Any]]
PACK = "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: own, version: '1'}\nrules:\n"
CONFIG = OWN + "catalog = ['prices.yaml']\nwaivers = ['waivers.yaml']\n"
NO_WAIVERS = "apiVersion: aipolicy/v1\nkind: Waivers\nwaivers: []\n"


def rule(rule_id: str, kind: str, require: str, when: str = "", more: str = "") -> str:
    """Return one rule of a pack."""
    applies = f"when: ['{when}'], " if when else ""
    return (
        f"  - {{id: {rule_id}, name: offence-{rule_id.lower()}, title: t, kind: {kind}, severity: error, {applies}"
        f"require: ['{require}'], message: m{more}}}\n"
    )


INSIDE = rule("IN-001", "constraint", "!option.leaves_organization", "data.sensitivity >= 4")
OUTSIDE = rule("OUT-001", "constraint", "option.leaves_organization")
CASCADE = rule("WAY-001", "constraint", 'option.routing == "cascade"')
ON_CALL = rule("DUTY-001", "duty", "team.on_call")


def feature(
    name: str = "chat", classes: str = "internal", model: str = "model: gpt-6-luna, ", requests: int = 1000
) -> str:
    """Return a manifest whose plan has a cost; without a model it leaves several."""
    return HEAD + (
        f"metadata: {{name: {name}, lifecycle: pilot}}\ndata: {{classes: [{classes}]}}\nlatency: {{p95_ms: 8000}}\n"
        f"volume: {{requests_per_day: {requests}, input_tokens: 1000, output_tokens: 200}}\n"
        "team: {on_call: false, people: {prompts: 0, evaluation: 0, monitoring: 0, compliance: 0, on_call: 0}}\n"
        f"plan: {{adaptation: prompting, hosting: provider-api, provider: openai, {model}region: us, fallback: none, "
        "routing: single}\n"
    )


def prices(usd: float) -> str:
    """Return an own catalog file with a price."""
    return (
        f"prices:\n  - {{provider: openai, model: gpt-6-luna, region: us, currency: USD, input_per_mtok: {usd}, "
        f"output_per_mtok: {usd}, source: contract, far_off_because: to be seen, "
        "checked_on: 2026-09-01, effective_from: 2026-01-01}\n"
    )


FILES = {"aipolicy.toml": CONFIG, "policies/own.yaml": PACK + INSIDE, "prices.yaml": prices(1),
         "waivers.yaml": NO_WAIVERS}  # fmt: skip


def test_needs_stand_by_name_each_with_the_input_that_brings_it(repo: GitRepo, diff: Diff) -> None:
    repo.commit({**FILES, "a.aifeature.yaml": feature()})
    repo.write({"a.aifeature.yaml": feature(classes="itar"), "policies/own.yaml": PACK + INSIDE + CASCADE})
    chat = diff()["chat"]
    assert chat["after"]["needs"] == ["self-hosting", "fallback", "cascade"]
    assert [(each["need"], each["added"], each["cause"]) for each in chat["needs"]] == [
        ("cascade", True, "policy"), ("fallback", True, "policy"), ("self-hosting", True, "manifest"),
    ]  # fmt: skip


def test_a_need_of_what_is_declared_now_is_added(repo: GitRepo, diff: Diff) -> None:
    repo.commit({**FILES, "a.aifeature.yaml": feature().replace("data: {classes: [internal]}\n", "")})
    repo.write({"a.aifeature.yaml": feature(classes="itar")})
    assert diff()["chat"]["needs"] == [
        {"need": "self-hosting", "added": True, "cause": "manifest"},
    ]


def test_the_cause_of_a_verdict_is_the_first_input_that_brings_about_what_holds_now(repo: GitRepo, diff: Diff) -> None:
    repo.commit({**FILES, "policies/own.yaml": PACK + INSIDE + OUTSIDE, "a.aifeature.yaml": feature("a"),
                 "b.aifeature.yaml": feature("b")})  # fmt: skip
    repo.write({"a.aifeature.yaml": feature("a", "itar"), "prices.yaml": prices(2)})
    found = diff()
    assert (found["a"]["after"]["verdict"], found["a"]["verdict_cause"]) == ("conflict", "manifest")
    assert (found["b"]["verdict_cause"], found["b"]["cost_cause"]) == (None, "catalog")


def test_what_one_input_breaks_and_the_next_repairs_has_no_cause(repo: GitRepo, diff: Diff) -> None:
    repo.commit({**FILES, "policies/own.yaml": PACK + INSIDE + OUTSIDE, "a.aifeature.yaml": feature()})
    repo.write({"a.aifeature.yaml": feature(classes="itar", requests=2000), "policies/own.yaml": PACK + INSIDE,
                "prices.yaml": prices(0.5)})  # fmt: skip
    chat = diff()["chat"]
    assert (chat["before"]["verdict"], chat["after"]["verdict"], chat["verdict_cause"]) == (
        "admissible",
        "admissible",
        None,
    )
    month = chat["before"]["cost"]["low_monthly_usd"]
    assert chat["cost_cause"] is None
    assert chat["cost_parts"] == [
        {"cause": "manifest", "monthly_usd": month}, {"cause": "catalog", "monthly_usd": -month},
    ]  # fmt: skip


def test_a_range_of_costs_is_not_told_in_parts(repo: GitRepo, diff: Diff) -> None:
    repo.commit({**FILES, "a.aifeature.yaml": feature(model=""), "prices.yaml": prices(300)})
    repo.write({"a.aifeature.yaml": feature(), "prices.yaml": prices(3)})
    chat = diff()["chat"]
    before, after = chat["before"]["cost"], chat["after"]["cost"]
    assert before["low_monthly_usd"] < before["high_monthly_usd"]
    assert before["high_monthly_usd"] == pytest.approx(after["low_monthly_usd"] * 100)
    assert after["low_monthly_usd"] == after["high_monthly_usd"]
    assert (chat["cost_cause"], chat["cost_parts"]) == ("catalog", [])


def test_a_waived_finding_has_the_input_that_waives_it(repo: GitRepo, diff: Diff) -> None:
    repo.commit({**FILES, "policies/own.yaml": PACK + ON_CALL, "a.aifeature.yaml": feature()})
    entry = "{rule: DUTY-001, feature: chat, reason: r, owner: o, approver: p, expires: 2027-01-15}"
    repo.write({"waivers.yaml": NO_WAIVERS.replace("[]", f"[{entry}]"), "prices.yaml": prices(2)})
    chat = diff()["chat"]
    assert [(each["rule"], each["cause"]) for each in chat["waived"]] == [("DUTY-001", "policy")]
    assert chat["waived"][0]["before"] == {"severity": "error", "outcome": "violated"}


def test_a_manifest_that_only_moves_is_judged_where_it_is_now(repo: GitRepo, diff: Diff) -> None:
    limited = rule(
        "PATH-001", "constraint", 'option.routing == "cascade"', more=", applies_to: {paths: ['services/**']}"
    )
    repo.commit({**FILES, "policies/own.yaml": PACK + limited, "a.aifeature.yaml": feature()})
    (repo.folder / "services").mkdir()
    repo.git("mv", "a.aifeature.yaml", "services/a.aifeature.yaml")
    chat = diff()["chat"]
    assert {each["need"]: each["cause"] for each in chat["needs"]} == {"cascade": "manifest", "fallback": "manifest"}
    assert [(each["rule"], each["cause"]) for each in chat["new"]] == [("PATH-001", "manifest")]


def test_of_two_manifests_of_one_name_the_first_is_compared(repo: GitRepo, diff: Diff) -> None:
    repo.commit({**FILES, "a.aifeature.yaml": feature(), "b.aifeature.yaml": feature(requests=5)})
    repo.write({"b.aifeature.yaml": feature(requests=7)})
    found = diff()
    assert [name for name in found if name] == ["chat"]
    assert found["chat"]["cost_cause"] is None
    repo.write({"a.aifeature.yaml": feature(requests=2000)})
    assert diff()["chat"]["cost_cause"] == "manifest"


Files = dict[str, str]
HINTS: dict[str, tuple[Files, Files, dict[str, tuple[str, str | None]]]] = {
    "of several that declare the same, the first by name": (
        {"a": feature("old")}, {"x": feature("new-2"), "y": feature("new-1")},
        {"new-1": ("added", "old"), "new-2": ("added", "old"), "old": ("removed", "new-1")}),
    "something else at the same place": (
        {"a": feature("old")}, {"a": feature("new", requests=5)}, {"new": ("added", "old"), "old": ("removed", "new")}),
    "something else in the same file, at another place": (
        {"a": f"{feature('keep')}---\n{feature('old', requests=7)}"},
        {"a": f"{feature('new', requests=5)}---\n{feature('keep')}"},
        {"keep": ("unchanged", None), "new": ("added", None), "old": ("removed", None)}),
    "one that is on both sides is no other name": (
        {"a": feature("old"), "b": feature("keep")}, {"b": feature("keep")},
        {"keep": ("unchanged", None), "old": ("removed", None)}),
    "one that is gone as well is no other name": (
        {"a": feature("old-1"), "b": feature("old-2")}, {}, {"old-1": ("removed", None), "old-2": ("removed", None)}),
    "its name is in a manifest that broke elsewhere": (
        {"a": feature("old")}, {"b": feature("old").replace("plan:", "plann:")}, {"old": ("unreadable", None)}),
    "its file broke": ({"a": feature("old")}, {"a": "a: [1\n"}, {"old": ("unreadable", None)}),
}  # fmt: skip


@pytest.mark.parametrize(("before", "now", "expected"), HINTS.values(), ids=HINTS)
def test_a_feature_that_came_or_went_hints_at_another_name(
    before: Files, now: Files, expected: dict[str, tuple[str, str | None]], repo: GitRepo, diff: Diff
) -> None:
    repo.commit({**FILES, **{f"{name}.aifeature.yaml": text for name, text in before.items()}})
    for name in before:
        (repo.folder / f"{name}.aifeature.yaml").unlink()
    repo.write({f"{name}.aifeature.yaml": text for name, text in now.items()})
    found = {name: (each["status"], each["perhaps_renamed"]) for name, each in diff().items() if name}
    assert list(found.items()) == list(expected.items())
