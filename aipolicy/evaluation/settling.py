"""What would settle a rule that is open: a fact to declare, or an estimate to measure, with both its ends."""

from __future__ import annotations

from collections.abc import Sequence

from aipolicy.evaluation.deciding import DecidingLeg, leg_of
from aipolicy.evaluation.evaluation import Evaluation, RuleEvaluation
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.evaluation.paired_outcomes import Outcomes
from aipolicy.evaluation.rule_evaluator import RuleEvaluator
from aipolicy.facts.all_facts import OPTION_PREFIX, REGISTRY, is_option_fact
from aipolicy.facts.assume import with_changes
from aipolicy.facts.derived import MANIFEST_PATH
from aipolicy.facts.spec import FactValue, Kind
from aipolicy.facts.value_text import shown_value
from aipolicy.options.estimates import COMPARED_FACTS, ENDED_FACTS
from aipolicy.options.workload import workload_of
from aipolicy.policy.rule import Line
from aipolicy.source.text import grouped, shown
from aipolicy.value import Frozen, replace

_MOST_ELEMENTS = 4


def settling_words(evaluation: Evaluation, ruled: RuleEvaluation, rule_evaluator: RuleEvaluator,
                   facts: Sequence[str]) -> str:  # fmt: skip
    """Return which facts to declare, and a value with which the rule is violated where one is found."""
    names = _names(facts)
    # NOTE: what is declared and still misses something, such as a country without its states, is to be said in full.
    todo = "say in full" if evaluation.facts.declared.issuperset(facts) else "declare"
    for name in facts:
        value = _violating_value(evaluation, ruled, rule_evaluator, name)
        if value is not None:
            word = "at" if isinstance(value, float) and not isinstance(value, bool) else "if"
            of = f" `{name}` is" if len(facts) > 1 else ""
            return f"{todo} {names}: {word}{of} `{shown_value(value)}` it is violated"
    return f"{todo} {names}"


def _names(facts: Sequence[str]) -> str:
    """Return the facts to declare; of fields of elements, which may be many, the first few and how many more there are."""
    elements = [name for name in facts if "[" in name]
    left_out = elements[_MOST_ELEMENTS:]
    more = f" and {len(left_out)} more" if left_out else ""
    return ", ".join(f"`{name}`" for name in facts if name not in left_out) + more


def _violating_value(evaluation: Evaluation, ruled: RuleEvaluation, rule_evaluator: RuleEvaluator,
                     name: str) -> FactValue | None:  # fmt: skip
    """Return a value of a fact with which every way of the plan breaks the rule, the rest being as expected."""
    facts, planned = evaluation.facts, evaluation.planned
    spec = facts.known.specs.get(name)
    if spec is None or spec.kind is Kind.PLAN:
        return None
    from aipolicy.facts.tried_values import tried_values

    expected = facts.known.expected.get(name)
    catalog, feature = planned.catalog, evaluation.feature
    likely: FactValue | None = None if expected is None else expected.value
    vocabulary = {spec.vocabulary: catalog.vocabulary(spec.vocabulary)} if spec.vocabulary else {}
    values = list(tried_values(spec, expected, likely, vocabulary))
    values += [] if likely is None else [likely]
    for value in values:
        changed = with_changes(facts, {name: value}, catalog, feature.path_in_repository)
        workload = workload_of(changed, feature.name)
        if rule_evaluator.evaluate(ruled.active.rule, changed, workload, planned).violated == planned.full:
            return value
    return None


class Close(Frozen):
    """An estimate of an option between whose ends a limit lies."""

    rule: str
    fact: str
    low: float
    high: float
    limit: float
    limit_fact: str
    """The declared fact that sets the limit; empty where the rule sets it itself."""

    @property
    def unit(self) -> str:
        """Return the unit of all three numbers."""
        return REGISTRY[self.fact].unit


def is_close(ruled: RuleEvaluation, evaluation: Evaluation, option_set: OptionSet, number: int) -> bool:
    """Return whether only the width of an estimate leaves a rule undetermined for an option."""
    return bool(_outcomes(ruled, evaluation, option_set).close >> number & 1)


def _outcomes(ruled: RuleEvaluation, evaluation: Evaluation, option_set: OptionSet) -> Outcomes:
    return ruled.planned if option_set is evaluation.planned else ruled.candidates


def close_of(ruled: RuleEvaluation, evaluation: Evaluation, option_set: OptionSet, number: int) -> Close | None:
    """Return between which ends the limit of a rule lies for an option; None where it is not close, or no one number is."""
    if not is_close(ruled, evaluation, option_set, number):
        return None
    rule = ruled.active.rule
    leg = leg_of(_outcomes(ruled, evaluation, option_set), option_set, number)
    for line in (*rule.require, *rule.when):
        between = _between(line, evaluation, leg)
        if between is not None:
            fact, low, high, limit, limit_fact = between
            return Close(rule.id, fact, low, high, limit, limit_fact)
    return None


def _between(line: Line, evaluation: Evaluation, leg: DecidingLeg) -> tuple[str, float, float, float, str] | None:
    name, turn = line.ordered_by, line.turns_at
    if name is None or name not in ENDED_FACTS:
        return None
    limit: FactValue | float | None = evaluation.facts.values.get(turn) if isinstance(turn, str) else turn
    ends = []
    for end in ("fast", "slow"):
        workload = replace(evaluation.workload, end=end)
        ends.append(leg.option_set.values_of(leg.number, (name,), workload).get(name))
    low, high = ends
    if not isinstance(low, float) or not isinstance(high, float) or not isinstance(limit, float):
        return None
    if not min(low, high) <= limit <= max(low, high):
        return None
    return name, min(low, high), max(low, high), limit, turn if isinstance(turn, str) else ""


def close_words(ruled: RuleEvaluation, evaluation: Evaluation, number: int) -> str:
    """Return what to do about a rule that is close for an option of the plan, with both numbers."""
    close = close_of(ruled, evaluation, evaluation.planned, number)
    if close is None:
        return "too close to tell by the estimate: measure it, and write what you measured to a catalog file"
    of = f"`{close.limit_fact}` is" if close.limit_fact else "the limit is"
    ends = f"`{grouped(round(close.low))}` to `{grouped(round(close.high))}` {close.unit}"
    return (
        f"too close to tell: `{close.fact.removeprefix('option.')}` is estimated at {ends}, {of} `{grouped(close.limit)}`; "
        "measure it, and write what you measured to a catalog file"
    )


def settled_by(evaluation: Evaluation, ruled: RuleEvaluation, rule_evaluator: RuleEvaluator, facts: Sequence[str],
               number: int) -> str:  # fmt: skip
    """Return what settles a rule: what to declare, what to look up, or where to put the file."""
    declarable = [name for name in facts if name != MANIFEST_PATH and not is_option_fact(name)]
    unknown = tuple(name for name in facts if is_option_fact(name))
    parts = [settling_words(evaluation, ruled, rule_evaluator, declarable)] if declarable else []
    parts += [_looked_up(evaluation, unknown, number)] if unknown else []
    parts += ["put the file into a repository: the rule reads where it is"] if MANIFEST_PATH in facts else []
    return "; ".join(parts)


def _looked_up(evaluation: Evaluation, facts: tuple[str, ...], number: int) -> str:
    """Return what the catalog does not know of an option, which nobody can declare, in words."""
    if not COMPARED_FACTS.isdisjoint(facts):
        return "declare everything about the plan: it is compared with what else remains"
    option = evaluation.planned.options[number]
    names = ", ".join(f"`{fact.removeprefix(OPTION_PREFIX)}`" for fact in facts)
    return f"look up {names} of {' and '.join(shown(leg.name) for leg in option.legs)}: the catalog does not say"
