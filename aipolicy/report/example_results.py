"""Results of the examples of rules in, text or JSON out: what failed with every line and value, and the coverage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from aipolicy.evaluation.coverage import LineCoverage, share_covered
from aipolicy.evaluation.examples import ExampleResult
from aipolicy.evaluation.findings import shown_value
from aipolicy.policy.expressions import Truth
from aipolicy.report.json_report import json_text, json_value
from aipolicy.report.printer import Printer
from aipolicy.report.style import Role, Styler

SCHEMA = "aipolicy/test/v1"
_SIGNS = {Truth.TRUE: "true   ", Truth.FALSE: "false  ", Truth.UNKNOWN: "unknown"}
_VALUE_INDENT = 23


class TestRun(NamedTuple):
    """What came of running the examples of rules."""

    results: tuple[ExampleResult, ...]
    coverage: tuple[LineCoverage, ...]
    untested: tuple[str, ...]
    """Rules without an example."""
    threshold_percent: float

    @property
    def failed(self) -> tuple[ExampleResult, ...]:
        """Return the examples whose outcome is another than expected."""
        return tuple(result for result in self.results if not result.passed)

    @property
    def covered_percent(self) -> float:
        """Return the condition coverage in percent."""
        return 100.0 * share_covered(self.coverage)

    @property
    def below_threshold(self) -> bool:
        """Return whether fewer conditions are covered than asked for."""
        return self.covered_percent < self.threshold_percent


def render_test_run(run: TestRun, *, width: int, style: Styler, show_coverage: bool) -> str:
    """Return failures with their traces, what is not covered where that is asked for, and a summary."""
    printer = Printer(width, style)
    for result in run.failed:
        _failure(printer, result)
    if show_coverage or run.below_threshold:
        _uncovered(printer, run.coverage)
    if run.untested:
        printer.heading("rules without an example")
        printer.text(", ".join(run.untested), 2)
    rules = len({result.rule.id for result in run.results})
    passed = len(run.results) - len(run.failed)
    printer.heading(f"{passed} of {len(run.results)} examples of {rules} rules hold")
    threshold = f"; {run.threshold_percent:g} % is asked for" if run.threshold_percent else ""
    printer.text(f"condition coverage {run.covered_percent:.1f} %{threshold}")
    return printer.result().lstrip("\n")


def _failure(printer: Printer, result: ExampleResult) -> None:
    printer.heading(f"{result.rule.id} {result.rule.name}: {result.test.name}")
    printer.text(f"expected {result.test.expect.value}, found {result.outcome.value}", 2, Role.ERROR)
    printer.text(f"defined at {result.rule.defined_at}", 2)
    for line in result.trace:
        printer.text(f"{line.section:<7} {_SIGNS[line.truth]}  {line.text}", 4)
        for name, value in line.values:
            printer.text(f"{name} = {shown_value(value)}", _VALUE_INDENT)
        if line.error:
            printer.text(line.error, _VALUE_INDENT)


def _uncovered(printer: Printer, coverage: Sequence[LineCoverage]) -> None:
    gaps = [line for line in coverage if line.missing]
    if gaps:
        printer.heading("conditions that no example shows")
    for line in gaps:
        never = ", ".join(truth.value for truth in line.missing)
        printer.pair(f"{line.rule} {line.section}", f"never {never}: {line.text}")


def render_test_run_json(run: TestRun) -> str:
    """Return the run as strict JSON, ending with a newline."""
    return json_text(
        {
            "schema": SCHEMA,
            "examples": len(run.results),
            "failed": [
                {
                    "rule": result.rule.id,
                    "name": result.test.name,
                    "expected": result.test.expect.value,
                    "found": result.outcome.value,
                    "defined_at": result.rule.defined_at,
                    "lines": [
                        {
                            "section": line.section, "text": line.text, "truth": line.truth.value, "error": line.error,
                            "values": {name: json_value(value) for name, value in line.values},
                        }
                        for line in result.trace
                    ],
                }
                for result in run.failed
            ],
            "untested_rules": list(run.untested),
            "coverage_percent": round(run.covered_percent, 2),
            "uncovered": [
                {
                    "rule": line.rule, "section": line.section, "text": line.text,
                    "never": [truth.value for truth in line.missing],
                }
                for line in run.coverage
                if line.missing
            ],
        }
    )  # fmt: skip
