"""What came of running tests, as versioned JSON (`schemas/test.v1.json`)."""

from __future__ import annotations

from typing import Any

from aipolicy.facts.all_facts import OPTION_PREFIX, is_option_fact, is_partner_fact
from aipolicy.facts.option_facts import PARTNER_PREFIX
from aipolicy.report.formats.json_text import json_text
from aipolicy.report.formats.json_value import json_value
from aipolicy.rule_tests.coverage import LineCoverage, sections
from aipolicy.rule_tests.examples import ExampleResult
from aipolicy.rule_tests.mutation_run import Fate, MutantResult
from aipolicy.rule_tests.rule_tests import TestRun
from aipolicy.rule_tests.suggestions import Suggestion
from aipolicy.source.text import escaped

SCHEMA = "aipolicy/test/v1"

JsonObject = dict[str, Any]


def render_test_run_json(run: TestRun) -> str:
    """Return the run as strict JSON, ending with a newline; without `--mutate`, `mutation` is null."""
    return json_text(
        {
            "schema": SCHEMA,
            "tests": len(run.results),
            "passed": len(run.results) - len(run.failed),
            "failed": [_failure(result) for result in run.failed],
            "untested_rules": [rule.id for rule in run.untested],
            "coverage": {
                "percent": round(run.covered_percent, 2),
                "min_percent": run.min_coverage_percent,
                "uncovered": [_gap(line) for line in run.coverage if line.missing],
            },
            "mutation": _mutation(run) if run.is_mutated else None,
            "suggestions": [_suggestion(suggestion) for suggestion in run.suggestions],
            "without_suggestion": run.without_suggestion,
        }
    )


def _failure(result: ExampleResult) -> JsonObject:
    return {
        "rule": result.rule.id,
        "name": escaped(result.test.name),
        "test_at": escaped(result.test.defined_at),
        "rule_at": escaped(result.rule.defined_at),
        "differences": [
            {"what": what, "expected": escaped(expected), "found": escaped(found)}
            for what, expected, found in result.differences
        ],
        "note": escaped(result.note),
        "lines": [
            {
                "section": trace.section, "line_at": escaped(result.rule.place_of(line)), "text": escaped(trace.text),
                "condition": escaped(line.condition), "truth": trace.truth.value, "error": escaped(trace.error),
                "values": {name: json_value(value) for name, value in trace.values},
            }
            for (_, line), trace in zip(sections(result.rule), result.trace, strict=False)
        ],
    }  # fmt: skip


def _gap(line: LineCoverage) -> JsonObject:
    return {
        "rule": line.rule.id, "section": line.section, "line_at": escaped(line.defined_at),
        "text": escaped(line.line.text), "never": [truth.value for truth in line.missing],
    }  # fmt: skip


def _mutation(run: TestRun) -> JsonObject:
    score = run.mutation
    return {
        "percent": round(score.percent, 2),
        "min_percent": run.min_mutation_percent,
        "killed": score.killed,
        "survived": [_mutant(result) for result in run.mutants if result.fate is Fate.SURVIVED],
        "equivalent": [_mutant(result) for result in run.mutants if result.fate is Fate.EQUIVALENT],
    }


def _mutant(result: MutantResult) -> JsonObject:
    return {
        "rule": result.rule.id, "section": result.section, "line_at": escaped(result.defined_at),
        "kind": result.mutant.kind.value, "condition": escaped(result.original.condition),
        "mutant": escaped(result.mutant.text) or None,
    }  # fmt: skip


def _suggestion(suggestion: Suggestion) -> JsonObject:
    case = suggestion.case
    return {
        "rule": suggestion.rule.id,
        "rule_at": escaped(suggestion.rule.defined_at),
        "name": escaped(suggestion.name),
        "given": {name: json_value(value) for name, value in case.items() if not is_option_fact(name)},
        **{
            key: {n.removeprefix(prefix): json_value(v) for n, v in case.items() if n.startswith(prefix)}
            for key, prefix in (("option", OPTION_PREFIX), ("partner", PARTNER_PREFIX))
            if key == "option" or any(map(is_partner_fact, case))
        },
        "expect": suggestion.expect.value,
        "shows": [escaped(text) for text in suggestion.shows],
    }
