"""An evaluation in, the full explanation out: facts, options as a matrix, rules with values, the recommendation."""

from __future__ import annotations

from collections.abc import Mapping

from aipolicy.catalog.axes import ADAPTATIONS, HOSTINGS
from aipolicy.evaluation.evaluation import Evaluation, RuleEvaluation
from aipolicy.evaluation.findings import option_name, render_message
from aipolicy.evaluation.option_set import OptionSet, first_in
from aipolicy.evaluation.recommendation import Choice, Recommendation
from aipolicy.evaluation.rule_evaluator import RuleEvaluator
from aipolicy.facts.facts import Provenance
from aipolicy.facts.registry import is_option_fact
from aipolicy.facts.value_text import shown_value
from aipolicy.findings.finding import Outcome
from aipolicy.policy.cel.expressions import Truth
from aipolicy.report.terminal.printer import Printer
from aipolicy.report.terminal.style import Role, Styler
from aipolicy.report.verdict_line import verdict_line
from aipolicy.run.feature_result import verdict_result
from aipolicy.source.text import escaped, grouped

_VALUE_INDENT = 23
_OUTCOME_ROLES = {
    Outcome.VIOLATED: Role.ERROR, Outcome.UNDECLARED: Role.ERROR, Outcome.UNDETERMINED: Role.WARNING,
    Outcome.SATISFIED: Role.GOOD,
}  # fmt: skip
_SIGNS = {Truth.TRUE: "true   ", Truth.FALSE: "false  ", Truth.UNKNOWN: "unknown"}


def render_explanation(evaluation: Evaluation, recommendation: Recommendation | None, rule_evaluator: RuleEvaluator, *,
                       width: int, style: Styler, every_rule: bool) -> str:  # fmt: skip
    """Return everything that led to the verdict on a feature, as text."""
    expected = evaluation.expected
    printer = Printer(width, style)
    printer.title(f"{escaped(evaluation.feature.name)}  ({escaped(evaluation.feature.file)})")
    printer.text(f"verdict: {verdict_line(verdict_result(expected.verdict))}")
    _needs(printer, expected)
    _recommendation(printer, expected, recommendation)
    _matrix(printer, expected)
    _removed(printer, expected)
    _facts(printer, evaluation)
    _duties(printer, expected)
    _rules(printer, evaluation, rule_evaluator, every_rule=every_rule)
    return printer.result()


def _needs(printer: Printer, evaluation: Evaluation) -> None:
    if not evaluation.verdict.needs:
        return
    printer.heading("needs")
    for need in evaluation.verdict.needs:
        certainty = "" if need.certain else " (if the open options fall away)"
        printer.pair(need.id, need.title + certainty)


def _recommendation(printer: Printer, evaluation: Evaluation, recommendation: Recommendation | None) -> None:
    printer.heading("recommendation")
    if evaluation.is_retired:
        printer.text("none: the feature is retired", 2)
        return
    if recommendation is None:
        if evaluation.verdict.remaining:
            printer.text("none: every option that remains hangs on a fact that is not declared", 2)
        else:
            printer.text("none: no option satisfies every constraint", 2)
            printer.pair("smallest clash", ", ".join(evaluation.verdict.conflict))
        return
    printer.pair("build", option_name(recommendation.chosen.option))
    printer.pair("because", recommendation.because)
    printer.pair("cost", _cost(recommendation.chosen))
    if recommendation.chosen.against:
        printer.pair("against it", ", ".join(recommendation.chosen.against))
    if recommendation.runner_up is not None:
        printer.pair("runner-up", option_name(recommendation.runner_up.option))
        printer.pair("its cost", _cost(recommendation.runner_up))
        if recommendation.runner_up.against:
            printer.pair("against it", ", ".join(recommendation.runner_up.against))
    for flip in recommendation.flips:
        printer.pair("would turn around", flip)


def _cost(choice: Choice) -> str:
    if choice.monthly_usd is None:
        return "unknown: volume, tokens or a price is missing"
    fixed = choice.fixed_monthly_usd or 0.0
    return (
        f"about {grouped(choice.monthly_usd)} USD/month, of which {grouped(fixed)} whatever the volume "
        "(likely; `aipolicy cost` has the range)"
    )


def _matrix(printer: Printer, evaluation: Evaluation) -> None:
    """Add the matrix of hosting by adaptation: how many options remain, or which rule removed them."""
    option_set, verdict = evaluation.candidates, evaluation.verdict
    printer.heading("options (admissible / open, or the rule that removed all)")
    table = [["", *HOSTINGS]]
    for adaptation in ADAPTATIONS:
        row = [adaptation]
        for hosting in HOSTINGS:
            mask = option_set.mask_of("option.adaptation", frozenset({adaptation}))
            mask &= option_set.mask_of("option.hosting", frozenset({hosting}))
            row.append(_cell(mask, verdict.admissible, verdict.open, verdict.removed_by))
        table.append(row)
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    for row in table:
        printer.raw("  " + "  ".join(text.ljust(size) for text, size in zip(row, widths, strict=True)))


def _cell(mask: int, admissible: int, open_: int, removed_by: Mapping[str, int]) -> str:
    if not mask:
        return "-"
    if mask & (admissible | open_):
        return f"{(mask & admissible).bit_count()} / {(mask & open_).bit_count()}"
    worst = max(sorted(removed_by), key=lambda rule_id: (removed_by[rule_id] & mask).bit_count())
    others = sum(1 for rule_id, removed in removed_by.items() if removed & mask) - 1
    return worst + (f" +{others}" if others else "")


def _removed(printer: Printer, evaluation: Evaluation) -> None:
    verdict = evaluation.verdict
    titles = {ruled.active.rule.id: ruled.active.rule.title for ruled in evaluation.rules}
    if verdict.removed_by:
        printer.heading(f"constraints that removed options ({verdict.full.bit_count()} in all)")
        for rule_id, mask in sorted(verdict.removed_by.items(), key=lambda item: (-item[1].bit_count(), item[0])):
            printer.pair(f"{rule_id} {mask.bit_count():>6}", titles[rule_id])
    if verdict.opened_by:
        printer.heading("constraints that are undetermined for some options")
        for rule_id, mask in sorted(verdict.opened_by.items(), key=lambda item: (-item[1].bit_count(), item[0])):
            printer.pair(f"{rule_id} {mask.bit_count():>6}", titles[rule_id])


def _facts(printer: Printer, evaluation: Evaluation) -> None:
    read = {name for ruled in evaluation.rules for name in ruled.active.rule.feature_reads}
    groups: dict[Provenance, list[str]] = {provenance: [] for provenance in Provenance}
    for name in evaluation.facts.known.specs:
        if not is_option_fact(name) and not name.startswith("metadata.") and (
            name in evaluation.facts.declared or name in read or evaluation.facts.fact(name).provenance is Provenance.ASSUMED
        ):  # fmt: skip
            groups[evaluation.facts.fact(name).provenance].append(name)
    for provenance in (Provenance.DECLARED, Provenance.ASSUMED, Provenance.DERIVED):
        if groups[provenance]:
            printer.heading(f"facts {provenance.value}")
        for name in groups[provenance]:
            fact = evaluation.facts.fact(name)
            unit = f" {fact.spec.unit}" if fact.spec.unit and isinstance(fact.value, float) else ""
            source = (
                f"  [{fact.spec.default_source}]"
                if provenance is Provenance.ASSUMED and fact.spec.default_source
                else ""
            )
            printer.pair(name, shown_value(fact.value) + unit + source)
    if groups[Provenance.UNKNOWN]:
        printer.heading("facts missing that rules read")
        printer.text(", ".join(groups[Provenance.UNKNOWN]), 2)


def _duties(printer: Printer, evaluation: Evaluation) -> None:
    duties = evaluation.verdict.duties
    if not duties:
        return
    printer.heading("duties that options bring (not known to be fulfilled)")
    titles = {ruled.active.rule.id: ruled.active.rule.title for ruled in evaluation.rules}
    for rule_id, mask in sorted(duties.items()):
        every = mask == evaluation.verdict.full
        scope = "every option" if every else f"{mask.bit_count()} options"
        printer.pair(rule_id, f"{titles[rule_id]} ({scope})")


def _rules(printer: Printer, evaluation: Evaluation, rule_evaluator: RuleEvaluator, *, every_rule: bool) -> None:
    has_axes = evaluation.planned is not evaluation.candidates
    option_set = evaluation.planned
    printer.heading("rules over the plan" if has_axes else "rules over all options")
    quiet = 0
    for ruled in evaluation.rules:
        number = _telling_option(ruled)
        outcome = ruled.planned.outcome_of(number)
        if outcome in (Outcome.NOT_APPLICABLE, Outcome.SATISFIED) and not every_rule:
            quiet += 1
            continue
        _rule(printer, evaluation, ruled, option_set, number, rule_evaluator)
    if quiet:
        printer.raw("")
        printer.text(f"{quiet} more rules hold or do not apply; `--all-rules` shows them", 2)


def _telling_option(ruled: RuleEvaluation) -> int:
    planned = ruled.planned
    for mask in (planned.violated, planned.undeclared, planned.undetermined, planned.satisfied):
        if mask:
            return first_in(mask)
    return first_in(ruled.planned.not_applicable)


def _rule(printer: Printer, evaluation: Evaluation, ruled: RuleEvaluation, option_set: OptionSet, number: int,
          rule_evaluator: RuleEvaluator) -> None:  # fmt: skip
    rule = ruled.active.rule
    outcome = ruled.planned.outcome_of(number)
    option = option_set.facts_of(number, evaluation.workload)
    style = printer.style
    printer.raw("")
    word = style.paint(outcome.value, _OUTCOME_ROLES.get(outcome))
    printer.raw(f"  {style.paint(rule.id, Role.STRONG)} {rule.name}: {word}{_spread(ruled)}")
    if any(line.option_reads for line in (*rule.when, *rule.require)):
        printer.text(f"for {option_name(option_set.options[number])}", 4)
    if outcome is Outcome.VIOLATED:
        printer.text(render_message(rule, evaluation, option), 4)
    for line in rule_evaluator.trace(rule, evaluation.facts, option):
        printer.text(f"{line.section:<7} {_SIGNS[line.truth]}  {escaped(line.text)}", 6)
        for name, value in line.values:
            printer.text(f"{name} = {shown_value(value)}", _VALUE_INDENT)
        if line.error:
            printer.text(escaped(line.error), _VALUE_INDENT)


def _spread(ruled: RuleEvaluation) -> str:
    counts = [
        f"{mask.bit_count()} {word}"
        for word, mask in (
            ("violated", ruled.planned.violated),
            ("undeclared", ruled.planned.undeclared),
            ("undetermined", ruled.planned.undetermined),
            ("satisfied", ruled.planned.satisfied),
            ("not applicable", ruled.planned.not_applicable),
        )
        if mask
    ]
    return f" ({', '.join(counts)})" if len(counts) > 1 else ""
