"""What the declared plan breaks, at which lines, and why the recommended way is no simpler."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.text import Text

from aipolicy.answer.answer import Answering
from aipolicy.answer.comparison import is_recommended
from aipolicy.answer.model import Opening, PlanStanding, Way
from aipolicy.answer.reasons import Reason, clash_of, reasons_of
from aipolicy.evaluation.deciding import deciding_leg
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.finding_words import render_message
from aipolicy.evaluation.rule_evaluator import RuleEvaluator
from aipolicy.findings.finding import Finding, Outcome, Severity
from aipolicy.policy.rule import Rule
from aipolicy.report.answer_words import HOSTINGS, leg_name, rules, two_digits, way_name
from aipolicy.report.explain.next_steps import listed
from aipolicy.report.terminal.drawing import joined, said
from aipolicy.report.terminal.style import Role
from aipolicy.run.evaluated_file import findings_by
from aipolicy.source.text import escaped, quantity

_SIMPLER = {
    ("hosting", "provider-api"): "an API",
    ("adaptation", "prompting"): "prompting alone",
    ("adaptation", "rag"): "retrieval",
    ("adaptation", "classical-ml"): "classical ML",
    ("adaptation", "fine-tuning"): "fine-tuning",
    ("routing", "single"): "one model alone",
    ("fallback", "none"): "without a fallback",
    ("fallback", "provider-api"): "an API behind it",
}
_NOTHING_REMAINS = "VERDICT-001"
"""What the first line says already."""
_HARDLY_OTHER = 0.03
"""Share of a cost that nobody would choose for."""
_MOST_MESSAGES = 2
"""Rules whose messages are told for one reason."""


def plan_lines(answering: Answering, rule_evaluator: RuleEvaluator, most: int) -> list[Text]:
    """Return how the plan stands; nothing without one."""
    plan = answering.plan
    broken = [
        finding
        for finding in findings_by(answering.certain, rule_evaluator)
        if finding.severity is Severity.ERROR
        and finding.outcome is Outcome.VIOLATED
        and finding.rule_id != _NOTHING_REMAINS
    ]
    if plan is None:
        return listed([said(_told(finding)) for finding in broken], most)
    expected = [rule for rule in plan.way.breaks if rule not in {finding.rule_id for finding in broken}]
    lines = [
        joined(
            said(way_name(plan.way)),
            said(_standing(answering, plan, broken, expected), _standing_role(broken, expected)),
        )
    ]
    titles = rules_of(answering.expected)
    details = [_told(finding) for finding in broken]
    details += [f"{rule}, expected: {_plain(titles[rule].title)}" for rule in expected]
    return lines + listed([said(words) for words in (*details, *_openings(plan.openings))], most)


def _standing(answering: Answering, plan: PlanStanding, broken: list[Finding], expected: list[str]) -> str:
    if broken:
        return f" breaks {quantity(len({finding.rule_id for finding in broken}), 'rule')}"
    if expected:
        return f" is expected to break {rules(expected)}"
    if plan.way.open_for:
        if set(plan.way.open_for) <= _close_for(answering, plan.way):
            return f" is too close to tell, see measure: {rules(plan.way.open_for)}"
        return f" hangs on what is not known, see look up: {rules(plan.way.open_for)}"
    if is_recommended(answering, plan.way):
        return " is what is recommended"
    ours, recommended = plan.way.cost, answering.answer.recommended
    costs = ""
    if recommended is not None and ours.is_whole and recommended.cost.is_whole:
        costs = (
            f", for {two_digits(ours.monthly_usd)} USD a month instead of {two_digits(recommended.cost.monthly_usd)}"
        )
    return f" keeps every rule that weighs an error{costs}"


def _standing_role(broken: list[Finding], expected: list[str]) -> Role | None:
    return Role.ERROR if broken or expected else None


def _openings(openings: tuple[Opening, ...]) -> Iterator[str]:
    for opening in openings:
        failing = "; ".join(f"{escaped(word)} breaks {rules(ids)}" for word, ids in opening.fails[:2])
        if failing:
            yield f"{opening.fact} is left open: {escaped(opening.takes or 'any')} is taken; {failing}"


def _told(finding: Finding) -> str:
    span = finding.span_of(finding.place)
    line = "" if span is None else f" line {span.start.line}"
    return f"{finding.rule_id}{line}: {_plain(finding.message)}"


def reason_lines(answering: Answering, most: int) -> list[Text]:
    """Return why the recommended way is no simpler, and why it comes first of what is left."""
    rules_by_id = rules_of(answering.expected)
    if answering.answer.recommended is None:
        shown = [f"{rule} {message_for(answering, rules_by_id[rule], option)}" for rule, option in clash_of(answering)]
        return listed([said(words) for words in shown], most)
    reasons = [said(words) for reason in reasons_of(answering) for words in _reason(answering, reason, rules_by_id)]
    hangs = _hangs_on(answering, answering.answer.recommended, rules_by_id)
    if not reasons:
        reasons = [] if hangs else [said("nothing is simpler, and no rule of severity error speaks against it")]
    reasons = [said(words) for words in hangs] + reasons
    return [*listed(reasons, most), said(_first(answering))]


def _hangs_on(answering: Answering, way: Way, known: Mapping[str, Rule]) -> list[str]:
    """Return what the answer hangs on that the catalog does not know, or that is too close to be known."""
    close = _close_for(answering, way)
    words = [
        f"{'too close to tell, see measure' if rule in close else 'it hangs on what is not known, see look up'}: "
        f"{rule} {quoted(known[rule])}"
        for rule in way.open_for
    ]
    return words if way.cost.is_whole else [*words, "a part of its cost is not known, see look up"]


def _close_for(answering: Answering, way: Way) -> frozenset[str]:
    """Return the rules that only the width of an estimate leaves open for a way."""
    return frozenset(m.close.rule for m in answering.answer.measures if m.way is way or m.way == way)


def _first(answering: Answering) -> str:
    way = answering.answer.recommended
    against = f": {rules(way.against)}" if way is not None and way.against else ""
    return f"{answering.answer.because}{against}"


def _reason(answering: Answering, reason: Reason, known: Mapping[str, Rule]) -> Iterator[str]:
    recommended = answering.answer.recommended
    is_cascade = recommended is not None and recommended.routing == "cascade"
    what = _words(reason.axis, reason.word, is_cascade=is_cascade)
    telling = reason.telling[:_MOST_MESSAGES]
    if reason.removed_by:
        for number, (rule, option) in enumerate(telling):
            yield f"{'the others' if number else f'not {what}'}: {rule} {message_for(answering, known[rule], option)}"
        return
    if reason.open_by:
        rule_words = ", ".join(f"{rule} {quoted(known[rule])}" for rule, _ in telling)
        yield f"{what}: undetermined, {rule_words}"
        return
    rule_words = ", ".join(f"{rule} {quoted(known[rule])}" for rule, _ in telling)
    costs = _costs(reason.total_usd, None if recommended is None else recommended.cost.total_usd)
    yield f"{what}: {costs}" + (f", but against it counts {rule_words}" if rule_words else "")


def _words(axis: str, word: str, *, is_cascade: bool) -> str:
    """Return a word of an axis as it is told of a way that would be simpler."""
    if axis == "fallback" and is_cascade:
        return "hard cases to an API"
    return _SIMPLER.get((axis, word), HOSTINGS.get(word, word))


def _costs(theirs: float | None, ours: float | None) -> str:
    if theirs is None or ours is None:
        return "its cost is not known"
    if abs(theirs - ours) <= _HARDLY_OTHER * ours:
        return "costs the same"
    than = "dearer" if theirs > ours else "cheaper"
    return f"{than}, {two_digits(theirs)} USD over the horizon where this takes {two_digits(ours)}"


def message_for(answering: Answering, rule: Rule, number: int) -> str:
    """Return the message of a rule about one way, with the leg that it is about."""
    evaluation, rule_evaluator = answering.expected, answering.rule_evaluator
    leg = deciding_leg(rule, evaluation.facts, evaluation.workload, evaluation.candidates, number, rule_evaluator)
    option = leg.option_set.facts_of(leg.number, evaluation.workload)
    return f"{_plain(render_message(rule, evaluation, option))} ({leg_name(leg.option_set.options[leg.number].leg)})"


def rules_of(evaluation: Evaluation) -> dict[str, Rule]:
    """Return the rules of an evaluation by id."""
    return {ruled.active.rule.id: ruled.active.rule for ruled in evaluation.rules}


def quoted(rule: Rule) -> str:
    """Return the title of a rule in quotation marks."""
    return f'"{_plain(rule.title)}"'


def _plain(message: str) -> str:
    """Return a message without the marks around its values."""
    return escaped(message).replace("`", "")
