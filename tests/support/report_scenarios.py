"""Findings as the renderers see them, each with the manifest that it is about."""

from __future__ import annotations

from collections.abc import Callable

from aipolicy.findings.finding import Finding, Outcome, Place, Reference, Severity
from aipolicy.source.document import Document
from aipolicy.source.yaml_reader import read_yaml

FLOW = """\
apiVersion: aipolicy/v1
kind: AIFeature
metadata: {name: claims-triage, owner: claims-ml, lifecycle: production}
data: {classes: [health], residency: [EU]}
latency: {p95_ms: 800}
volume: {requests_per_month: 1200000, input_tokens: 2400, output_tokens: 300}
plan: {adaptation: prompting, hosting: provider-api, provider: openai, region: us-east-1}
"""

BLOCK = """\
apiVersion: aipolicy/v1
kind: AIFeature
metadata:
  name: claims-triage
  lifecycle: pilot
data:
  classes:
    - health
    - biometric
    # more to come

  residency: [EU]
plan:
  hosting: provider-api
  provider: openai
"""

GDPR = Reference(title="GDPR", clause="article 28", url="https://eur-lex.europa.eu/eli/reg/2016/679/oj#d1e3058-1-1")


def document(text: str, path: str = "claims.aifeature.yaml", index: int = 0) -> Document:
    """Return a document of a text."""
    return read_yaml(path, text.encode("utf-8", "surrogatepass")).documents[index]


def finding(doc: Document | None = None, **changes: object) -> Finding:
    """Return a finding about a document, with some fields different."""
    values: dict[str, object] = {
        "rule_id": "DATA-001",
        "rule_name": "health-data-leaves",
        "severity": Severity.ERROR,
        "outcome": Outcome.VIOLATED,
        "message": "`health` would be sent to `openai`",
        "file": doc.source.path if doc is not None else "claims.aifeature.yaml",
        "feature": "claims-triage",
        "document": doc,
    }
    return Finding(**(values | changes))  # type: ignore[arg-type]


def health_leaves() -> list[Finding]:
    """Two lines far apart, every kind of note."""
    return [
        finding(
            document(FLOW),
            place=Place(path=("plan", "hosting"), label="leaves the organisation here"),
            related=(Place(path=("data", "classes", 0), label="data of this class"),),
            why="a processor of special-category data needs a contract under article 28 that names the "
            "place of processing, the sub-processors and the retention of prompts; none is declared",
            fix="host the model yourself (`plan.hosting: self-hosted`), or declare the contract under "
            "`evidence.contracts.dpa` with an owner and a date",
            references=(GDPR, Reference(title="EDPB guidelines 07/2020")),
        )
    ]


def one_line() -> list[Finding]:
    """Several places on one line: one label beside its mark, the others hung below."""
    return [
        finding(
            document(FLOW),
            rule_id="RES-004",
            message="`us-east-1` is outside of `EU`, where the data must stay",
            place=Place(path=("plan", "region"), label="outside of the EU"),
            related=(
                Place(path=("plan", "provider"), label="offers 3 regions in the EU"),
                Place(path=("plan", "hosting"), part="key", label="only for hosting outside"),
                Place(path=("data", "residency"), label="must stay here"),
            ),
            fix="choose one of `eu-west-1`, `eu-central-1`, `eu-north-1`",
        )
    ]


def several_lines() -> list[Finding]:
    """Block style: a span of several lines, one line between two marked ones."""
    doc = document(BLOCK)
    return [
        finding(
            doc,
            severity=Severity.WARNING,
            place=Place(path=("plan", "hosting"), label="leaves the organisation here"),
            related=(
                Place(path=("data", "classes"), label="data of these classes"),
                Place(path=("data", "residency"), part="key", label="and must stay"),
            ),
            why="special categories need a contract with the processor",
        ),
        finding(
            doc,
            rule_id="MAN-007",
            severity=Severity.NOTE,
            message="name `claims-triage` is already used in other.aifeature.yaml",
            place=Place(path=("metadata", "name")),
        ),
    ]


def undetermined() -> list[Finding]:
    """A feature of which two findings are shown apart and five as a block."""
    doc = document(FLOW)
    place = Place(path=("plan",), part="key")
    latency = finding(
        doc,
        rule_id="LAT-001",
        outcome=Outcome.UNDETERMINED,
        message="an answer within 800 ms is not certain",
        place=Place(path=("latency", "p95_ms"), label="wanted here"),
        fix="choose a smaller model",
        missing_facts=("volume.peak_to_mean", "team.ml_engineers"),
    )
    messages = {
        "COST-001": ("the budget of `claims` may be exceeded", ("budget.usd_per_month",)),
        "COST-002": ("the break-even of own hosting is not known", ("budget.usd_per_month", "volume.growth")),
        "COST-010": ("a price cap is needed above 1000 USD a month", ("budget.usd_per_month",)),
        "OPS-1": ("nobody may be there to run a model of one's own", ("team.ml_engineers", "team.on_call")),
        "QUALITY-003": (
            "whether prompting reaches the quality that the task needs was never measured on a labelled set "
            "of examples from production",
            ("evidence.evaluation", "task.type", "volume.growth"),
        ),
    }
    grouped = [
        finding(
            doc, rule_id=rule_id, severity=Severity.WARNING, outcome=Outcome.UNDETERMINED,
            message=message, place=place, missing_facts=facts,
        )
        for rule_id, (message, facts) in reversed(messages.items())
    ]  # fmt: skip
    return [*grouped, latency, *health_leaves()]


def without_place() -> list[Finding]:
    """Nothing of the source to show."""
    return [
        finding(
            rule_id="MAN-001",
            message="file of 2097152 bytes; the limit is 1048576, split it",
            file="big.aifeature.yaml",
            feature="",
            why="a file that is read in two ways, or not at all, has no verdict",
            fix="correct the YAML at the location shown",
        ),
        finding(rule_id="VERDICT-001", message="no option satisfies every constraint", file="a b/ä.yaml"),
    ]


def wide_characters() -> list[Finding]:
    """Characters of two cells, of none, tabs, and a line that is much longer than the terminal."""
    text = (
        "# é\ndata:\t{name: 日本語の顧客データ, e\u0301: health, 'x': '🙂'}\nlong: [" + "eu-west-1, " * 40 + "mars]\n"
    )
    doc = document(text, "wide.yaml")
    return [
        finding(
            doc,
            message="`health` beside 日本語",
            place=Place(path=("data", "e\u0301"), label="this class"),
            related=(Place(path=("data", "name"), label="顧客 of this name"), Place(path=("data", "x"))),
        ),
        finding(
            doc,
            rule_id="RES-001",
            message="`mars` is not a region of any provider that the catalog knows, nor of your own",
            place=Place(path=("long", 40), label="not a region"),
            related=(Place(path=("long", 2), label="unlike this one"),),
        ),
    ]


def hostile() -> list[Finding]:
    """Everything that tries to steer the terminal, end the line or look like markup."""
    evil = "\x1b[31mred\x07 \x1b]8;;http://evil\x1b\\ \u202eabc\u2066 "
    evil += "[/foo] [bold]x \ud800 \x9b1m \r\n::error::x\x00"
    text = 'key: "a\u202eb [/red]\u200bc" # \u2066comment\nother:\tsk-proj-abcdefghij0123456789\n'
    doc = document(text)
    return [
        finding(
            doc,
            rule_id=f"EVIL-001{evil}",
            message=evil,
            file=f"a{evil}.yaml",
            feature=evil,
            place=Place(path=("key",), label=evil),
            related=(Place(path=("other",), label="a token, hidden"),),
            why=evil,
            fix=evil,
            references=(Reference(title=evil, clause=evil, url=evil),),
            missing_facts=(evil,),
        )
    ]


SCENARIOS: dict[str, Callable[[], list[Finding]]] = {
    scenario.__name__: scenario
    for scenario in (
        health_leaves, one_line, several_lines, undetermined, without_place, wide_characters, hostile
    )
}  # fmt: skip
