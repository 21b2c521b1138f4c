"""What `aipolicy answers` says: one line a feature, for whoever answers for many of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aipolicy.commands.console import Console
from aipolicy.commands.reported import Reported, reported
from aipolicy.config.scope import SOME_FEATURES
from aipolicy.report.explain.answers_list import ListedAnswer, listed_answers
from aipolicy.report.formats.answers_shown import all_answers
from aipolicy.run.inputs import RunInputs
from aipolicy.run.policy import Policy
from aipolicy.run.remembered_files import run_remembered

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMATS = ("text", "csv", "json")


def answers(inputs: RunInputs, output_format: str, sorted_by: str, console: Console) -> Reported:
    """Return the answers to all features of a run, in an order of `SORTED_BY`."""
    result = run_remembered(inputs, all_answers(inputs.config.recommendation), SOME_FEATURES, console.progress)
    files = tuple(result.files)
    listed = listed_answers(files, sorted_by)
    text = _rendered(listed, result.policy, output_format, console)
    return reported((text,), (finding for file in files for finding in file.findings), console, is_empty=not listed)


def _rendered(listed: Sequence[ListedAnswer], policy: Policy, output_format: str, console: Console) -> str:
    if output_format == "csv":
        from aipolicy.report.explain.answers_list import answers_csv

        return answers_csv(listed)
    if output_format == "json":
        from aipolicy.report.explain.answers_json import answers_json

        return answers_json(listed, policy)
    from aipolicy.report.explain.answers_text import answers_text

    return answers_text(listed, width=console.width, style=console.style)
