"""Results of evaluations: what a manifest says, what cannot be used of it, and which ways they show to be good enough."""

from __future__ import annotations

import pytest

from aipolicy.catalog.catalog import Catalog
from aipolicy.facts.facts import Facts, derive_facts
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.manifest.read import read_manifests

HEAD = "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: f}\n"
MINI = "{model: gpt-4o-mini, passed: 170, of: 180, on: 2026-11-02"


def facts_of(results: str, catalog: Catalog, target: float | None = 0.9) -> Facts:
    asked = "" if target is None else f"task: {{quality: {{target: {target}}}}}\n"
    text = f"{HEAD}{asked}plan: {{evaluation: {{results: [{results}]}}}}\n"
    read = read_manifests([ManifestFile("f.aifeature.yaml", text.encode(), True)])
    assert not read.findings
    return derive_facts(read.features[0], catalog, catalog.as_of)


@pytest.mark.parametrize(
    ("results", "known"),
    [
        (f"{MINI}}}", ("prompting gpt-4o-mini 170/180",)),
        (f"{MINI}, adaptation: rag, link: there}}", ("rag gpt-4o-mini 170/180",)),
        # the name that code gives it
        (f"{MINI.replace('gpt-4o-mini', 'openai/gpt-4o-mini')}}}", ("prompting gpt-4o-mini 170/180",)),
        # of two the newest counts, in either order
        (f"{MINI}}}, {MINI.replace('170', '150').replace('-02', '-12')}}}", ("prompting gpt-4o-mini 150/180",)),
        (f"{MINI.replace('170', '150').replace('-02', '-12')}}}, {MINI}}}", ("prompting gpt-4o-mini 150/180",)),
        ("", ()),
    ],
)
def test_results_are_known_by_way(results: str, known: tuple[str, ...], catalog: Catalog) -> None:
    assert facts_of(results, catalog).values["plan.evaluation.results"] == known


@pytest.mark.parametrize(
    ("results", "rule", "message"),
    [
        (f"{MINI.replace('170', '190')}}}", "MAN-008", "190 cases passed of 180"),
        (f"{MINI.replace('170', '1.5')}}}", "MAN-005", "`passed` counts cases, found 1.5"),
        (f"{MINI.replace('gpt-4o-mini', 'gpt-4o-minni')}}}", "MAN-005",
         "unknown model `gpt-4o-minni`; did you mean `gpt-4o-mini`?"),
        (f"{MINI.replace('2026-11-02', '2026-02-30')}}}", "MAN-005", "`2026-02-30` is not a day"),
        (f"{MINI.replace('2026', '2027')}}}", "MAN-008", "2027-11-02 lies after"),
        (f"{MINI}}}, {MINI}}}", "MAN-008", "a second result of `prompting gpt-4o-mini` on 2026-11-02"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_told_at_its_place(results: str, rule: str, message: str, catalog: Catalog) -> None:
    (problem,) = facts_of(results, catalog).problems
    assert (problem.rule_id, problem.path[:3]) == (rule, ("plan", "evaluation", "results"))
    assert problem.message.startswith(message)


@pytest.mark.parametrize(
    ("passed", "target", "reached", "missed"),
    [
        (170, 0.9, True, False), (169, 0.9, False, False), (154, 0.9, False, True), (155, 0.9, False, False),
        (180, 1.0, False, False), (170, 0.0, False, False),
    ],
)  # fmt: skip
def test_the_whole_interval_decides_and_not_the_share(
    passed: int, target: float, reached: bool, missed: bool, catalog: Catalog
) -> None:
    values = facts_of(f"{MINI.replace('170', str(passed))}}}", catalog, target).values
    way = ("prompting gpt-4o-mini",)
    assert (values["plan.evaluation.reached"] == way, values["plan.evaluation.missed"] == way) == (reached, missed)


def test_without_a_word_of_results_nobody_knows_which_ways_reach_a_target(catalog: Catalog) -> None:
    read = read_manifests([ManifestFile("f.yaml", f"{HEAD}task: {{quality: {{target: 0.9}}}}\n".encode(), True)])
    facts = derive_facts(read.features[0], catalog, catalog.as_of)
    assert "plan.evaluation.reached" not in facts.values
    assert facts.missing("plan.evaluation.missed") == ("plan.evaluation.results",)
