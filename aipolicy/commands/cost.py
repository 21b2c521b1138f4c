"""What `aipolicy cost` says: what the ways of building a feature cost, as a page, in full, as JSON, and drawn."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from aipolicy.commands.console import Console
from aipolicy.commands.features import features_named
from aipolicy.config.config_file import Config
from aipolicy.errors import UsageError
from aipolicy.evaluation.cost_comparison import compare_costs
from aipolicy.evaluation.costed_options import CostComparison
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.ranking import weighing_of
from aipolicy.run.other_declarations import evaluation_with
from aipolicy.run.policy import Policy
from aipolicy.source.text import escaped, shown
from aipolicy.value import NamedTuple

if TYPE_CHECKING:
    from aipolicy.answer.answer import Answering

JSON = "json"


class CostRequest(NamedTuple):
    """What is asked of the costs of features."""

    subject: str
    """The name of features, or the path of a manifest."""
    paths: tuple[str, ...]
    """Below which a name is looked for."""
    output_format: str
    changes: tuple[str, ...]
    """Declarations that hold in place of those of the manifest, as `path=value`."""
    every: bool
    """Whether every model of every way is shown, with prices and constants."""
    plot: bool
    plot_file: str | None
    ascii_only: bool
    """Whether a drawing in text is made of ASCII alone."""

    @property
    def is_in_full(self) -> bool:
        """Return whether all options are listed, and not what decides alone."""
        return self.output_format == JSON or self.every

    @property
    def is_drawn(self) -> bool:
        """Return whether costs are drawn over volume."""
        return self.plot or self.plot_file is not None


def costs(request: CostRequest, policy: Policy, config: Config, console: Console) -> str:
    """Return what the ways of building features cost; a drawing is written to its file. Raises `UsageError`."""
    evaluations = features_named(request.subject, request.paths, policy, config, console)
    if request.plot_file is not None and len(evaluations) > 1:
        raise UsageError(f"`--plot-file` takes one feature, found {len(evaluations)}; name one")
    pieces: list[str] = []
    for evaluation in evaluations:
        changed = evaluation_with(evaluation, request.changes, policy.evaluator)
        comparison = None
        if request.is_in_full or request.is_drawn:
            comparison = compare_costs(changed, policy.catalog, every=request.every)
        if comparison is not None and request.is_in_full:
            pieces.append(_in_full(changed, comparison, policy, config, request, console))
        else:
            pieces.append(("\n" if pieces else "") + _page(changed, policy, config, console))
        if comparison is not None and request.is_drawn:
            pieces.append(_drawn(changed, comparison, policy.catalog.as_of, request, console))
    return "".join(pieces)


def _answering(evaluation: Evaluation, policy: Policy, config: Config) -> Answering:
    from aipolicy.answer.answer import Answering

    return Answering(policy.evaluator, evaluation, weighing_of(config, policy.evaluator.known))


def _page(evaluation: Evaluation, policy: Policy, config: Config, console: Console) -> str:
    from aipolicy.report.cost.cost_screen import render_cost_screen

    confidence = policy.evaluator.organization.confidence
    answering = _answering(evaluation, policy, config)
    return render_cost_screen(answering, confidence, width=console.width, style=console.style)


def _drawn(evaluation: Evaluation, comparison: CostComparison, as_of: date, request: CostRequest,
           console: Console) -> str:  # fmt: skip
    """Write the drawing to a file, and return it as text where that is asked for."""
    from aipolicy.report.cost.cost_plot import plot_of, render_plot, write_plot

    plot = plot_of(f"{escaped(evaluation.feature.name)}: cost over volume, as of {as_of.isoformat()}", comparison)
    if plot is None:
        raise UsageError(f"nothing to draw for `{shown(evaluation.feature.name)}`: no cost is known")
    if request.plot_file is not None:
        write_plot(request.plot_file, plot)
    return "\n" + render_plot(plot, width=console.width, ascii_only=request.ascii_only) if request.plot else ""


def _in_full(evaluation: Evaluation, comparison: CostComparison, policy: Policy, config: Config, request: CostRequest,
             console: Console) -> str:  # fmt: skip
    # NOTE: few manifests say what runs today, and only those need the answer here.
    answering = None if evaluation.feature.bill is None else _answering(evaluation, policy, config)
    if request.output_format == JSON:
        from aipolicy.report.cost.cost_json import render_costs_json

        return render_costs_json(evaluation, comparison, policy, None if answering is None else answering.today)
    from aipolicy.report.cost.cost_text import render_costs
    from aipolicy.report.explain.today_lines import today_words

    return render_costs(
        evaluation, comparison, policy.catalog.assumptions, policy.catalog.accelerators, width=console.width,
        style=console.style, today=() if answering is None else today_words(answering),
    )  # fmt: skip
