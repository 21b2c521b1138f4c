"""What came of running tests, as text: failures with every line and value, surviving mutants, coverage, suggestions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby, takewhile
from math import floor

from rich.text import Text

from aipolicy.evaluation.rule_evaluator import LineTrace
from aipolicy.facts.value_text import shown_value
from aipolicy.policy.rule import Line, Rule
from aipolicy.report.terminal.condition_values import hung_values, one_line
from aipolicy.report.terminal.drawing import Screen, aligned, grid, joined, said, stacked
from aipolicy.report.terminal.style import Role, Styler
from aipolicy.rule_tests.coverage import LineCoverage, sections
from aipolicy.rule_tests.examples import ExampleResult
from aipolicy.rule_tests.mutation_run import Fate, MutantResult
from aipolicy.rule_tests.rule_tests import TestRun
from aipolicy.rule_tests.suggestions import Suggestion, entry_of
from aipolicy.source.text import quantity
from aipolicy.source.yaml_writer import write_value

_TRACE = (7, 7, None)
"""Columns of the section, what came of it, and the condition."""
_INDENT = 4


def render_test_run(run: TestRun, *, width: int, style: Styler, show_coverage: bool,
                    suggested: Sequence[Suggestion] | None = None) -> str:  # fmt: skip
    """Return failures, gaps and surviving mutants where they are asked for or too many, suggestions, and a summary.

    `suggested` are those of the suggestions that are shown, where some were written already.
    """
    screen = Screen(width, style)
    for result in run.failed:
        _failure(screen, result)
    if show_coverage or run.covers_too_little:
        _uncovered(screen, [line for line in run.coverage if line.missing])
    if run.is_mutated:
        _mutants(screen, "mutants that no test notices", run.mutants, Fate.SURVIVED)
        _mutants(screen, "equivalent mutants, which no test can notice", run.mutants, Fate.EQUIVALENT)
    shown = run.suggestions if suggested is None else suggested
    if shown:
        _suggested(screen, shown)
    if run.without_suggestion:
        screen.heading(f"no example was found for {run.without_suggestion} of these gaps; write one by hand")
    screen.section("rules without a test", said(", ".join(rule.id for rule in run.untested)))
    _summary(screen, run)
    return screen.result()


def _summary(screen: Screen, run: TestRun) -> None:
    if not run.results:
        hint = "" if run.is_suggesting else "; `--suggest` prints some"
        screen.heading(f"nothing to run: no rule has a test{hint}")
        return
    rules = len({result.rule.id for result in run.results})
    passed = len(run.results) - len(run.failed)
    screen.heading(f"{passed} of {len(run.results)} tests hold, of {quantity(rules, 'rule')}")
    screen.add(said(f"condition coverage {percent(run.covered_percent)} %{_asked_for(run.min_coverage_percent)}"))
    if run.is_mutated:
        score = run.mutation
        counted = score.killed + score.survived
        text = f"mutation score {percent(score.percent)} %: {score.killed} of {counted} mutants noticed"
        text += f", {score.equivalent} equivalent not counted" if score.equivalent else ""
        screen.add(said(text + _asked_for(run.min_mutation_percent)))


def percent(value: float) -> str:
    """Return a share for people; rounded down, so that what is too little never reads as enough."""
    return f"{floor(value * 10 + 1e-9) / 10:.1f}"


def _asked_for(threshold: float) -> str:
    return f"; {threshold:g} % is asked for" if threshold else ""


def _failure(screen: Screen, result: ExampleResult) -> None:
    screen.heading(f"{result.rule.id} {result.rule.name}: {result.test.name}")
    screen.add(said(f"test at {result.test.defined_at}, rule at {result.rule.defined_at}"), indent=2)
    for difference in result.differences:
        sides = [("expected", difference.expected), ("found", difference.found)]
        if difference.what == "outcome":
            screen.add(said(", ".join(f"{side} {value}" for side, value in sides), Role.ERROR), indent=2)
        else:
            rows = ((f"{difference.what} {side}", said(value, Role.ERROR)) for side, value in sides)
            screen.add(aligned(rows), indent=2)
    if result.note:
        screen.add(said(result.note), indent=2)
    for (_, line), trace in zip(sections(result.rule), result.trace, strict=False):
        row = grid(*_TRACE)
        row.add_row(said(trace.section), said(trace.truth.value), _traced(line, trace, screen.width))
        screen.add(row, indent=_INDENT)


def _traced(line: Line, trace: LineTrace, width: int) -> Text:
    """Return a condition with the values that it read: under its names where there is room, else in a list."""
    values = dict(trace.values)
    room = width - _INDENT - sum(column + 1 for column in _TRACE if column is not None)
    drawn = hung_values(line.condition, values, room)
    if not drawn:
        drawn = [one_line(line.condition), *(f"  {name} = {shown_value(value)}" for name, value in values.items())]
    return stacked(*drawn, *([trace.error] if trace.error else []))


def _uncovered(screen: Screen, gaps: Iterable[LineCoverage]) -> None:
    for number, gap in enumerate(gaps):
        if not number:
            screen.heading("conditions that no test shows")
        never = ", ".join(truth.value for truth in gap.missing)
        _place(screen, gap.rule, gap.section, gap.defined_at)
        screen.add(aligned([(f"never {never}", one_line(gap.line.text))]), indent=_INDENT)


def _mutants(screen: Screen, title: str, mutants: Iterable[MutantResult], fate: Fate) -> None:
    of_fate = [mutant for mutant in mutants if mutant.fate is fate]
    if of_fate:
        screen.heading(title)
    for _, of_line in groupby(of_fate, key=lambda result: (result.rule.id, result.section, result.defined_at)):
        first, *others = of_line
        original = one_line(first.original.condition)
        _place(screen, first.rule, first.section, first.defined_at)
        rows = [("rule", said(original))]
        rows += [("mutant", _slip(original, one_line(result.mutant.text))) for result in (first, *others)]
        screen.add(aligned(rows), indent=_INDENT)


def _slip(original: str, mutant: str) -> Text:
    """Return a mutant with what differs from the original in colour."""
    if not mutant:
        return said("the line is dropped", Role.WARNING)
    start = _alike(original, mutant)
    end = _alike(original[start:][::-1], mutant[start:][::-1])
    return joined(mutant[:start], said(mutant[start : len(mutant) - end], Role.WARNING), mutant[len(mutant) - end :])


def _alike(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _place(screen: Screen, rule: Rule, section: str, place: str) -> None:
    screen.add(said(f"{rule.id} {section} at {place}"), indent=2)


def _suggested(screen: Screen, suggestions: Sequence[Suggestion]) -> None:
    screen.heading("suggested examples; `expect` is what the rule says today: read each before you accept it")
    for rule, of_rule in groupby(suggestions, key=lambda suggestion: suggestion.rule):
        screen.add(said(""))
        screen.verbatim(f"# {rule.id} at {rule.defined_at}, under `tests`")
        for line in (line for suggestion in of_rule for line in yaml_entry(suggestion)):
            screen.verbatim(line)


def yaml_entry(suggestion: Suggestion) -> list[str]:
    """Return a suggestion as an entry of the `tests` of its rule, in YAML."""
    fields = [f"{key}: {write_value(value)}" for key, value in entry_of(suggestion).items()]
    return [f"      - {fields[0]}", *(f"        {field}" for field in fields[1:])]
