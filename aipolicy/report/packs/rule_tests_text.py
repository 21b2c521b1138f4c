"""What came of running tests, as text: failures with every line and value, surviving mutants, coverage, suggestions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from math import floor

from aipolicy.evaluation.rule_evaluator import LineTrace
from aipolicy.facts.registry import is_option_fact
from aipolicy.facts.value_text import shown_value
from aipolicy.policy.cel.expressions import Truth
from aipolicy.policy.rule import Line
from aipolicy.report.terminal.condition_values import hung_values, one_line
from aipolicy.report.terminal.printer import Printer
from aipolicy.report.terminal.style import Role, Styler, wrapped
from aipolicy.rule_tests.coverage import LineCoverage, sections
from aipolicy.rule_tests.examples import ExampleResult
from aipolicy.rule_tests.mutation_run import Fate, MutantResult
from aipolicy.rule_tests.rule_tests import TestRun
from aipolicy.rule_tests.suggestions import Suggestion
from aipolicy.source.text import escaped, quantity
from aipolicy.source.yaml_writer import write_text, write_value

_SIGNS = {Truth.TRUE: "true   ", Truth.FALSE: "false  ", Truth.UNKNOWN: "unknown"}
_VALUE_INDENT = 23


def render_test_run(run: TestRun, *, width: int, style: Styler, show_coverage: bool) -> str:
    """Return failures, gaps and surviving mutants where they are asked for or too many, suggestions, and a summary."""
    printer = Printer(width, style)
    for result in run.failed:
        _failure(printer, result)
    if show_coverage or run.covers_too_little:
        _uncovered(printer, run.coverage)
    if run.is_mutated:
        _mutants(printer, "mutants that no test notices", run.mutants, Fate.SURVIVED)
        _mutants(printer, "equivalent mutants, which no test can notice", run.mutants, Fate.EQUIVALENT)
    if run.suggestions:
        _suggested(printer, run.suggestions)
    if run.without_suggestion:
        printer.heading(f"no example was found for {run.without_suggestion} of these gaps; write one by hand")
    if run.untested:
        printer.heading("rules without a test")
        printer.text(", ".join(rule.id for rule in run.untested), 2)
    _summary(printer, run)
    return printer.result().lstrip("\n")


def _summary(printer: Printer, run: TestRun) -> None:
    if not run.results:
        printer.heading(
            "nothing to run: no rule has a test" + ("" if run.is_suggesting else "; `--suggest` prints some")
        )
        return
    rules = len({result.rule.id for result in run.results})
    passed = len(run.results) - len(run.failed)
    printer.heading(f"{passed} of {len(run.results)} tests hold, of {quantity(rules, 'rule')}")
    printer.text(f"condition coverage {percent(run.covered_percent)} %{_asked_for(run.min_coverage_percent)}")
    if run.is_mutated:
        score = run.mutation
        counted = score.killed + score.survived
        text = f"mutation score {percent(score.percent)} %: {score.killed} of {counted} mutants noticed"
        text += f", {score.equivalent} equivalent not counted" if score.equivalent else ""
        printer.text(text + _asked_for(run.min_mutation_percent))


def percent(value: float) -> str:
    """Return a share for people; rounded down, so that what is too little never reads as enough."""
    return f"{floor(value * 10 + 1e-9) / 10:.1f}"


def _asked_for(threshold: float) -> str:
    return f"; {threshold:g} % is asked for" if threshold else ""


def _failure(printer: Printer, result: ExampleResult) -> None:
    printer.heading(f"{result.rule.id} {result.rule.name}: {result.test.name}")
    printer.text(f"test at {result.test.defined_at}, rule at {result.rule.defined_at}", 2)
    for difference in result.differences:
        if difference.what == "outcome":
            printer.text(f"expected {difference.expected}, found {difference.found}", 2, Role.ERROR)
        else:
            printer.text(f"{difference.what} expected: {difference.expected}", 2, Role.ERROR)
            printer.text(f"{difference.what} found:    {difference.found}", 2, Role.ERROR)
    if result.note:
        printer.text(result.note, 2)
    for (_, line), trace in zip(sections(result.rule), result.trace, strict=False):
        _traced(printer, line, trace)


def _traced(printer: Printer, line: Line, trace: LineTrace) -> None:
    head = f"    {trace.section:<7} {_SIGNS[trace.truth]}  "
    hung = hung_values(line.condition, dict(trace.values), printer.width - len(head))
    if hung:
        printer.raw(head + hung[0])
        for row in hung[1:]:
            printer.raw(" " * len(head) + row)
    else:
        _labelled(printer, head, line.condition)
        for name, value in trace.values:
            printer.text(f"{name} = {shown_value(value)}", _VALUE_INDENT)
    if trace.error:
        printer.text(trace.error, _VALUE_INDENT)


def _uncovered(printer: Printer, coverage: Sequence[LineCoverage]) -> None:
    gaps = [line for line in coverage if line.missing]
    if gaps:
        printer.heading("conditions that no test shows")
    for line in gaps:
        never = ", ".join(truth.value for truth in line.missing)
        printer.text(f"{line.rule.id} {line.section} at {line.defined_at}", 2)
        _labelled(printer, f"    never {never}: ", line.line.text)


def _mutants(printer: Printer, title: str, mutants: Iterable[MutantResult], fate: Fate) -> None:
    wanted = [mutant for mutant in mutants if mutant.fate is fate]
    if wanted:
        printer.heading(title)
    for (rule, section, place, text), group in groupby(wanted, key=_line_of):
        printer.text(f"{rule} {section} at {place}", 2)
        _labelled(printer, "    rule:   ", text)
        for result in group:
            _labelled(printer, "    mutant: ", result.mutant.text or "the line is dropped")


def _labelled(printer: Printer, label: str, text: str) -> None:
    """Add a condition beside a label, wrapped under itself."""
    lines = wrapped(escaped(one_line(text)), max(printer.width - len(label), 20))
    printer.raw(label + lines[0])
    for line in lines[1:]:
        printer.raw(" " * len(label) + line)


def _line_of(result: MutantResult) -> tuple[str, str, str, str]:
    return result.rule.id, result.section, result.defined_at, result.original.condition


def _suggested(printer: Printer, suggested: Sequence[Suggestion]) -> None:
    printer.heading("suggested examples; `expect` is what the rule says today: read each before you accept it")
    for rule, group in groupby(suggested, key=lambda suggestion: suggestion.rule):
        printer.raw("")
        printer.raw(escaped(f"# {rule.id} at {rule.defined_at}, under `tests`"))
        for suggestion in group:
            for line in yaml_entry(suggestion):
                printer.raw(line)


def yaml_entry(suggestion: Suggestion) -> list[str]:
    """Return a suggestion as an entry of the `tests` of its rule, in YAML."""
    given = {name: value for name, value in suggestion.case.items() if not is_option_fact(name)}
    option = {n.removeprefix("option."): value for n, value in suggestion.case.items() if is_option_fact(n)}
    lines = [f"      - name: {write_text(suggestion.name)}"]
    lines += [
        f"        {key}: {write_value(values)}" for key, values in (("given", given), ("option", option)) if values
    ]
    return [*lines, f"        expect: {suggestion.expect.value}"]
