"""`aipolicy test`: runs the examples that rules carry, and says which conditions none of them exercises."""

from __future__ import annotations

import click

from aipolicy.cli.settings import PolicyOptions, load, policy_options, stdout_style, stdout_width, write_out

_CLEAN, _FAILED, _NOTHING = 0, 1, 3


@click.command("test")
@policy_options
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--coverage", "show_coverage", is_flag=True, help="List the conditions that no example shows.")
@click.option("--min-coverage", type=click.FloatRange(0, 100), default=0.0, metavar="PERCENT",
              help="Exit 1 when fewer conditions are seen true, false and unknown.")  # fmt: skip
def command(config: str | None, policies: tuple[str, ...], as_of: str | None, select: tuple[str, ...],
            ignore: tuple[str, ...], output_format: str, show_coverage: bool, min_coverage: float) -> None:  # fmt: skip
    """Run the examples of rules.

    Exit codes: 0 when all hold, 1 when one does not or too few conditions are covered, 3 when there is nothing to run.
    """
    from aipolicy.evaluation.coverage import line_coverage
    from aipolicy.evaluation.examples import run_example
    from aipolicy.report.example_results import TestRun, render_test_run, render_test_run_json

    _, policy = load(PolicyOptions(config, policies, as_of, select, ignore))
    evaluated = {rule.id for rule in policy.chosen_rules}
    rules = tuple(rule for rule in policy.rules_with_examples() if rule.id in evaluated)
    judge = policy.evaluator.judge
    results = tuple(run_example(rule, test, policy.catalog, judge) for rule in rules for test in rule.tests)
    untested = tuple(rule.id for rule in rules if not rule.tests)
    run = TestRun(results, line_coverage(rules, results), untested, min_coverage)
    if output_format == "json":
        write_out(render_test_run_json(run))
    else:
        write_out(render_test_run(run, width=stdout_width(), style=stdout_style(), show_coverage=show_coverage))
    if not results:
        raise click.exceptions.Exit(_NOTHING)
    raise click.exceptions.Exit(_FAILED if run.failed or run.below_threshold else _CLEAN)
