"""One feature in, its explanation as it is asked for out: the answer, what-if beside it, or why other ways are not it."""

from __future__ import annotations

import gc

from aipolicy.answer.answer import Answering
from aipolicy.answer.targets import target_of
from aipolicy.answer.what_if import WhatIf, what_if
from aipolicy.answer.why_not import WhyNot, why_not
from aipolicy.commands.console import Console
from aipolicy.commands.features import features_named
from aipolicy.config.config_file import Config
from aipolicy.errors import UsageError
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.ranking import weighing_of
from aipolicy.report.explain.explain_text import Details, render_explanation
from aipolicy.report.explain.sheet import Sheet, sheet_markdown, sheet_text
from aipolicy.run.other_declarations import evaluation_with
from aipolicy.run.policy import Policy
from aipolicy.value import NamedTuple

TEXT, JSON, MARKDOWN, ADR = "text", "json", "markdown", "adr"


class Asked(NamedTuple):
    """What is asked of the explanation of a feature."""

    subject: str
    """The name of features, or the path of a manifest."""
    paths: tuple[str, ...]
    """Below which a name is looked for."""
    output_format: str
    details: Details
    changes: tuple[str, ...] = ()
    """Declarations that are asked about, as `path=value`."""
    targets: tuple[str, ...] = ()
    """What ways are asked about, as `key=word`."""


def explained(asked: Asked, policy: Policy, config: Config, console: Console) -> str:
    """Return the explanations of the features that are named, one after the other; raises `UsageError` for none."""
    evaluations = features_named(asked.subject, asked.paths, policy, config, console)
    between = "" if asked.output_format == JSON else "\n"
    gc.disable()  # NOTE: what answers are worked out from stays until the end, and the collector would look at all of it.
    return between.join(_explained(evaluation, asked, policy, config, console) for evaluation in evaluations)


def write_decision(path: str, asked: Asked, policy: Policy, config: Config, console: Console) -> None:
    """Write the decision record of one feature to a file, or into it; raises `UsageError`, also for several features."""
    from aipolicy.authoring.decision_file import write_record
    from aipolicy.report.explain.adr import decision_record, front_matter

    evaluations = features_named(asked.subject, asked.paths, policy, config, console)
    if len(evaluations) > 1:
        raise UsageError(f"`--write` takes one feature, found {len(evaluations)}; name one")
    answering = Answering(policy.evaluator, evaluations[0], weighing_of(config, policy.evaluator.known))
    write_record(path, front_matter(answering), decision_record(answering, policy.evaluator.rule_evaluator))


def _explained(evaluation: Evaluation, asked: Asked, policy: Policy, config: Config, console: Console) -> str:
    """Return the explanation of a feature."""
    weighing = weighing_of(config, policy.evaluator.known)
    now = Answering(policy.evaluator, evaluation, weighing)
    console.keep(now)
    beside, not_so = _asked_about(now, asked, policy)
    if asked.output_format == JSON:
        from aipolicy.report.explain.explain_json import render_explanation_json

        return render_explanation_json(now, policy, beside, not_so)
    if asked.output_format == ADR:
        from aipolicy.authoring.decision_file import between_markers
        from aipolicy.report.explain.adr import decision_record, front_matter

        of = now if beside is None else beside.then
        return front_matter(of) + between_markers(decision_record(of, policy.evaluator.rule_evaluator))
    sheets = _sheets(beside, not_so)
    if asked.output_format == MARKDOWN:
        from aipolicy.report.explain.answer_sheet import answer_sheet

        sheets = sheets or [answer_sheet(now, policy.evaluator.rule_evaluator)]
        return "\n".join(sheet_markdown(sheet) for sheet in sheets)
    if sheets:
        return "\n".join(sheet_text(sheet, width=console.width, style=console.style) for sheet in sheets)
    return _text(now, policy, asked.details, console)


def _asked_about(now: Answering, asked: Asked, policy: Policy) -> tuple[WhatIf | None, tuple[Answering, WhyNot] | None]:
    """Return the answer with other declarations, and why ways are not the answer, with them where there are some."""
    beside = None
    if asked.changes:
        changed = evaluation_with(now.certain, asked.changes, policy.evaluator)
        beside = what_if(asked.changes, now, Answering(policy.evaluator, changed, now.weighing))
    if not asked.targets:
        return beside, None
    of = now if beside is None else beside.then
    target = target_of(asked.targets, of.certain, policy.evaluator)
    return beside, (of, why_not(of, target, policy.evaluator.rule_evaluator))


def _sheets(beside: WhatIf | None, not_so: tuple[Answering, WhyNot] | None) -> list[Sheet]:
    from aipolicy.report.explain.what_if_sheet import what_if_sheet
    from aipolicy.report.explain.why_not_sheet import why_not_sheet

    sheets = [] if beside is None else [what_if_sheet(beside)]
    return sheets if not_so is None else [*sheets, why_not_sheet(*not_so)]


def _text(answering: Answering, policy: Policy, details: Details, console: Console) -> str:
    width, style = console.width, console.style
    text = render_explanation(answering, policy.evaluator.rule_evaluator, details, width=width, style=style)
    if not details.cost and not details.every:
        return text
    from aipolicy.report.cost.cost_screen import render_cost_screen

    costs = render_cost_screen(answering, policy.evaluator.organization.confidence, width=width, style=style)
    return f"{text}\n{costs}" if text else costs
