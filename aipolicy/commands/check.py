"""What `aipolicy check` says: all that a run reads in, exit code, notices and reports out, kept for when nothing changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from aipolicy.files.cache import Cache, cache_folder
from aipolicy.report.formats.answers_shown import answers_asked
from aipolicy.report.repository_places import RepositoryPlaces
from aipolicy.report.view import View
from aipolicy.run.inputs import RunInputs
from aipolicy.run.output_memory import Output, OutputMemory
from aipolicy.value import NamedTuple

if TYPE_CHECKING:
    from aipolicy.changes.compared_run import KnownBefore
    from aipolicy.run.answers_asked import AnswersAsked
    from aipolicy.run.remembered_files import Told
    from aipolicy.run.run_result import RunResult


class CheckRequest(NamedTuple):
    """What is checked, and which reports are made of it."""

    inputs: RunInputs
    reports: tuple[tuple[str, View], ...]
    """Formats, each with the way it is looked at; the first goes to standard output."""

    @property
    def asked(self) -> AnswersAsked:
        """Return how deep the features are answered."""
        formats = (name for name, _ in self.reports)
        return answers_asked(formats, len(self.inputs.files), self.inputs.config.recommendation)

    @property
    def key(self) -> str:
        """Return a digest of all that the output depends on.

        That is every byte of manifests, packs, waivers and catalog, the settings, the day, the program, the formats and
        the terminal, and whether the files are all that the configuration is about.
        """
        inputs = self.inputs
        files = [(*file._replace(data=b""), sha256(file.data).hexdigest()) for file in inputs.files]
        here = RepositoryPlaces().from_here(".")
        left_out = inputs.manifests.left_out
        surroundings = f"{here} {self.reports!r} {self.asked!r} {inputs.scope!r} {files!r} {left_out!r}"
        return sha256(f"{inputs.policy_files.key} {surroundings}".encode("utf-8", "surrogateescape")).hexdigest()


def remembered_output(request: CheckRequest, told: Told | None) -> Output:
    """Return what a check says; from memory when all that it depends on is the same.

    `told` is given how many manifests are evaluated while they are.
    """
    folder = cache_folder()
    memory = OutputMemory(None if folder is None else f"{folder}-runs")
    key = request.key
    output = memory.get(key)
    if output is None:
        from aipolicy.run.remembered_files import run_remembered

        inputs = request.inputs
        output = _output(run_remembered(inputs, request.asked, inputs.scope, told), request)
        memory.put(key, output)
    return output


def compared_output(request: CheckRequest, known: KnownBefore, tell: Callable[[str], None]) -> Output:
    """Return what a check says beside what was known before; `tell` is given what is said of that alone.

    What it is compared with can change while the files do not, so that it is not remembered.
    """
    from aipolicy.changes.compared_run import compared_report
    from aipolicy.report.terminal.comparison_text import comparison_lines
    from aipolicy.run.policy import load_policy

    inputs = request.inputs
    policy = load_policy(inputs.settings, Cache(cache_folder()), inputs.policy_files)
    result = compared_report(inputs, known, policy, tell).result_with(request.asked)
    comparison = result.totals.comparison
    return _output(result, request, () if comparison is None else comparison_lines(comparison))


def _output(result: RunResult, request: CheckRequest, notices: Sequence[str] = ()) -> Output:
    from aipolicy.findings.finding import Severity
    from aipolicy.manifest.skipped import skip_lines
    from aipolicy.report.formats.registry import rendered
    from aipolicy.run.output_memory import pieces_of

    pieces = pieces_of([rendered(output_format, result, view) for output_format, view in request.reports])
    totals = result.totals
    lines = [f"aipolicy: {line}" for line in (*totals.notices, *notices, *skip_lines(totals.skipped))]
    fail_on = Severity(request.reports[0][1].fail_on)
    return Output(totals.exit_code(fail_on), "\n".join(lines), pieces)
