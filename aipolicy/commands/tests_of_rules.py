"""What `aipolicy test` says: what became of the tests of rules, and what is suggested, written where that is asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from aipolicy.commands.console import Console
from aipolicy.policy.pack import aliases_of
from aipolicy.report.packs.rule_tests_json import render_test_run_json
from aipolicy.report.packs.rule_tests_text import render_test_run
from aipolicy.rule_tests.example_files import find_test_files, read_test_files
from aipolicy.rule_tests.rule_tests import TestRun, TestSettings, run_tests
from aipolicy.rule_tests.suggestions import Suggestion
from aipolicy.rule_tests.written_suggestions import write_suggestions
from aipolicy.run.policy import Policy
from aipolicy.source.text import quantity, shown
from aipolicy.value import NamedTuple


class TestsAsked(NamedTuple):
    """Which tests are run, and what is shown of them."""

    paths: tuple[str, ...]
    """Test files, or folders of them, beside those in packs."""
    settings: TestSettings
    output_format: str
    show_coverage: bool
    writes: bool
    """Whether suggested examples are written into the packs."""


def tests_run(request: TestsAsked, policy: Policy, policy_on: Callable[[date], Policy],
              console: Console) -> tuple[str, TestRun]:  # fmt: skip
    """Run the tests of a policy; return what is said of them, and the run. `policy_on` gives the policy of another day."""
    files = find_test_files(request.paths, (pack.path for pack in policy.packs))
    rules = {rule.id for pack in policy.packs for rule in pack.rules}
    tests = read_test_files(files, rules, policy.catalog, policy.evaluator.known, aliases_of(policy.packs))
    run = run_tests(policy, request.settings, tests, policy_on)
    left = _written(run, console) if request.writes else None
    if request.output_format == "json":
        return render_test_run_json(run), run
    text = render_test_run(
        run, width=console.width, style=console.style, show_coverage=request.show_coverage, suggested=left
    )
    return text, run


def _written(run: TestRun, console: Console) -> tuple[Suggestion, ...]:
    """Write the suggested examples into their packs, tell where, and return those that were left to be added by hand."""
    written = write_suggestions(run.suggestions)
    for path, count in written.files:
        console.tell(
            f"aipolicy: wrote {quantity(count, 'example')} into {shown(path)}; `expect` is what the rule says today: "
            "read each"
        )
    if not run.suggestions:
        console.tell("aipolicy: wrote nothing; nothing is suggested")
    return written.left
