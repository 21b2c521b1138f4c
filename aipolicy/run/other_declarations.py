"""A feature that declares something else, as `--set path=value` asks: its evaluation, in whatever place it is asked for."""

from __future__ import annotations

from collections.abc import Sequence

from aipolicy.errors import UsageError
from aipolicy.evaluation.evaluation import Evaluation, Evaluator
from aipolicy.facts.counts import unclear_count
from aipolicy.manifest.what_if import with_declarations
from aipolicy.run.evaluated_file import evaluation_by


def evaluation_with(evaluation: Evaluation, changes: Sequence[str], evaluator: Evaluator) -> Evaluation:
    """Return the evaluation of a feature that declares something else; raises `UsageError` for what none could."""
    if not changes:
        return evaluation
    _refuse_unclear(changes, evaluator)
    feature = with_declarations(evaluation.feature, changes, evaluator.known.extensions_schema)
    changed = evaluation_by(feature, evaluator)
    messages = [problem.message for problem in changed.facts.problems]
    messages += [problem.message for problem in changed.plan_problems]
    if messages:
        raise UsageError(f"with `--set` the manifest would be wrong: {'; '.join(messages)}")
    return changed


def _refuse_unclear(changes: Sequence[str], evaluator: Evaluator) -> None:
    """Raise `UsageError` for a number that may be a thousand times what it says, as in a manifest."""
    for name, _, written in (change.partition("=") for change in changes):
        spec = evaluator.known.specs.get(name)
        question = "" if spec is None else unclear_count(spec, written.strip())
        if question:
            raise UsageError(question)
