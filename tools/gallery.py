"""The gallery of outputs: what commands print for the examples, from golden output that was read before it was accepted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests" / "golden"
MOST_LINES = 46
"""What is shown of an output; a screen of `explain` is 45 lines."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An output: under which heading it stands, what it shows, the command without its day, and where it is kept."""

    heading: str
    says: str
    command: str
    golden: str


SHOWN = (
    Shown("A check", "Findings at their lines, then each feature's answer, questions and to-dos.",
          "aipolicy check examples/quickstart", "quickstart-check.txt"),
    Shown("A check", "A line a finding, for editors and `grep`.",
          "aipolicy check examples/quickstart --format concise", "quickstart-check-concise.txt"),
    Shown("A check", "A hospital with packs of law.",
          "aipolicy check examples/hospital --config examples/hospital/aipolicy.toml", "hospital-check.txt"),
    Shown("A check", "Rules over all features together, and what they cost.",
          "aipolicy check examples/portfolio --config examples/portfolio/aipolicy.toml", "portfolio-check.txt"),
    Shown("What to build, and why", "One screen: answer, reasons, costs, what turns it, questions, to-dos.",
          "aipolicy explain claims-triage examples/quickstart", "quickstart-explain.txt"),
    Shown("What to build, and why", "Something else declared, beside today.",
          "aipolicy explain claims-triage examples/quickstart --set latency.p95_ms=2000 --set plan.region=eu",
          "answers/claims-triage.what-if.txt"),
    Shown("What to build, and why", "The decision record, to be kept beside the code.",
          "aipolicy explain claims-triage examples/quickstart --format adr", "answers/claims-triage.adr.md"),
    Shown("What to build, and why", "A line a feature, of published decisions.",
          "aipolicy explain examples/decisions --summary", "decisions-summary.txt"),
    Shown("Costs", "What each way costs, from which volume on that changes, and what moves it.",
          "aipolicy cost claims-triage examples/quickstart", "quickstart-cost.txt"),
    Shown("Rules and law", "A rule: what it asks, why, where it comes from, its examples.",
          "aipolicy explain QUAL-002", "rule-explain.txt"),
    Shown("Rules and law", "What a law asks of a feature, clause by clause.",
          "aipolicy explain --framework gdpr claims-triage examples/quickstart", "quickstart-framework.txt"),
    Shown("Rules and law", "Clauses beside features.",
          "aipolicy coverage examples/public-agency --framework us-federal --config examples/public-agency/aipolicy.toml",
          "agency-coverage.txt"),
    Shown("Rules and law", "Who set the severity of a rule, the last word first.",
          "aipolicy policy show VOL-002 --config examples/layers/aipolicy.toml", "policy-show-rule.txt"),
    Shown("Over time", "What starts or stops failing, on which day, and why.",
          "aipolicy forecast examples/organization --config examples/organization/aipolicy.toml",
          "organization-forecast.txt"),
    Shown("Over time", "Waivers, and how long they last.",
          "aipolicy waive --list examples/waivers --config examples/waivers/aipolicy.toml", "waivers-list.txt"),
    Shown("For machines", "Markdown for a comment or a wiki.",
          "aipolicy check examples/quickstart --format markdown", "quickstart-check.markdown"),
    Shown("For machines", "Commands that annotate a pull request.",
          "aipolicy check examples/quickstart --format github", "quickstart-check.github"),
    Shown("For machines", "SARIF for code scanning.",
          "aipolicy check examples/quickstart --format sarif", "quickstart-check.sarif"),
)  # fmt: skip


def gallery() -> str:
    """Return every output under its heading."""
    parts = []
    for heading, shown in groupby(SHOWN, key=lambda each: each.heading):
        parts += [f"## {heading}", *map(_part, shown)]
    return "\n\n".join(parts)


def _part(shown: Shown) -> str:
    lines = (GOLDEN / shown.golden).read_text(encoding="utf-8").rstrip().splitlines()
    more = [f"… {len(lines) - MOST_LINES + 1} more lines"] if len(lines) > MOST_LINES else []
    kept = lines[: MOST_LINES - 1] if more else lines
    text = "\n".join((f"$ {shown.command}", *kept, *more))
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`{3,}", text))])
    return f"{shown.says}\n\n{fence}text\n{text}\n{fence}"
