"""Small worlds for tests: packs and manifests as text, evaluated over the shipped catalog of one day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache

from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.load import read_catalog
from aipolicy.evaluation.evaluation import Evaluation, Evaluator
from aipolicy.evaluation.findings import findings_of
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.findings.finding import Finding
from aipolicy.manifest.feature import Feature
from aipolicy.manifest.read import ManifestFile, read_manifests
from aipolicy.options.attributes import Organization
from aipolicy.options.candidates import candidate_legs
from aipolicy.options.option import Option
from aipolicy.policy.pack import PolicyPack
from aipolicy.policy.reading.load import load_packs
from aipolicy.policy.sources.locate import PackFiles

DAY = date(2026, 11, 21)
OWN = Organization()

PACK_HEAD = "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: world, version: 1.0.0}\nrules:\n"


def rule(rule_id: str, require: str, *, when: str = "", kind: str = "constraint", severity: str = "error",
         extra: str = "") -> str:  # fmt: skip
    """Return the text of one rule; conditions are written in single quotes."""
    lines = [
        f"  - id: {rule_id}",
        f"    name: offence-{rule_id.lower()}",
        f"    title: Title of {rule_id}",
        f"    kind: {kind}",
        f"    severity: {severity}",
        *([f"    when: ['{when}']"] if when else []),
        f"    require: ['{require}']",
        f"    message: message of {rule_id}",
        *([f"    {extra}"] if extra else []),
    ]
    return "\n".join(lines) + "\n"


LEAVES = rule("DATA-001", "!option.leaves_organization", when="data.sensitivity >= 4")
RESIDENCY = rule("DATA-002", 'option.boundary == "device" || option.regions.all(c, c in data.residency_countries)')
LATENCY = rule("LAT-001", "option.latency_p50_ms <= latency.p95_ms")
FLOOR = rule("LAT-002", "option.latency_floor_ms <= latency.p95_ms", severity="warning")
DPA = rule("TERM-001", "plan.terms.dpa", when="option.leaves_organization", kind="duty")
COST = rule("COST-001", "option.monthly_usd <= budget.monthly_usd || !data.personal", severity="warning")
SHUT = rule("SHUT-001", "availability.critical", kind="duty")
"""Open on every way of every plan until the fact is declared, so that whatever else is open gates."""
MANY = (LEAVES, RESIDENCY, LATENCY, FLOOR, DPA, COST)


@cache
def catalog() -> Catalog:
    """Return the shipped catalog."""
    return read_catalog((), as_of=DAY)


def pack(*rules: str) -> tuple[PolicyPack, ...]:
    """Return one pack with these rules."""
    data = (PACK_HEAD + "".join(rules)).encode()
    return load_packs([PackFiles("world.yaml", (("world.yaml", data),))], catalog(), {})


@cache
def evaluator(*rules: str) -> Evaluator:
    """Return an evaluator of these rules over the shipped catalog."""
    return Evaluator(pack(*rules), catalog(), OWN)


def feature(body: str, name: str = "f") -> Feature:
    """Return the feature of a manifest body; `metadata` is added where the body has none."""
    head = "apiVersion: aipolicy/v1\nkind: AIFeature\n"
    if "metadata:" not in body:
        head += f"metadata: {{name: {name}}}\n"
    manifests = read_manifests([ManifestFile("f.aifeature.yaml", (head + body).encode(), True)])
    assert not manifests.findings, manifests.findings
    return manifests.features[0]


def evaluate(body: str, *rules: str) -> Evaluation:
    """Return the evaluation of a manifest body under rules."""
    return evaluator(*rules).evaluate(feature(body))


def findings(body: str, *rules: str, strict: bool = False) -> tuple[Finding, ...]:
    """Return the findings on a manifest body under rules."""
    judging = evaluator(*rules)
    return findings_of(judging.evaluate(feature(body)), judging.rule_evaluator, strict=strict)


def shown(found: Iterable[Finding]) -> set[tuple[str, str, str]]:
    """Return rule id, outcome and severity of each finding."""
    return {(finding.rule_id, finding.outcome.value, finding.severity.value) for finding in found}


@cache
def some_options() -> tuple[Option, ...]:
    """Return every 53rd leg of the shipped catalog: few enough to judge their pairs one by one, of most kinds."""
    return candidate_legs(catalog(), OWN)[::53]


@cache
def option_set_of_some() -> OptionSet:
    """Return the set of `some_options`."""
    return OptionSet(some_options, catalog(), OWN)


def evaluator_over(option_set: OptionSet, packs: Sequence[PolicyPack]) -> Evaluator:
    """Return an evaluator that puts options together from the legs of a set."""
    judging = Evaluator(tuple(packs), catalog(), OWN)
    return judging.later(judging.packs, option_set)
