"""What would settle a rule that gates because a fact is not declared, in one line."""

from __future__ import annotations

from collections.abc import Sequence

from aipolicy.evaluation.evaluation import Evaluation, RuleEvaluation
from aipolicy.evaluation.rule_evaluator import RuleEvaluator
from aipolicy.facts.assume import with_changes
from aipolicy.facts.spec import FactValue, Kind
from aipolicy.facts.tried_values import tried_values
from aipolicy.facts.value_text import shown_value
from aipolicy.options.workload import workload_of


def settling_words(evaluation: Evaluation, ruled: RuleEvaluation, rule_evaluator: RuleEvaluator,
                   facts: Sequence[str]) -> str:  # fmt: skip
    """Return which facts to declare, and a value with which the rule is violated where one is found."""
    names = ", ".join(f"`{name}`" for name in facts)
    # NOTE: what is declared and still misses something, such as a country without its states, is to be said in full.
    todo = "say in full" if evaluation.facts.declared.issuperset(facts) else "declare"
    for name in facts:
        value = _violating_value(evaluation, ruled, rule_evaluator, name)
        if value is not None:
            word = "at" if isinstance(value, float) and not isinstance(value, bool) else "if"
            of = f" `{name}` is" if len(facts) > 1 else ""
            return f"{todo} {names}: {word}{of} `{shown_value(value)}` it is violated"
    return f"{todo} {names}"


def _violating_value(evaluation: Evaluation, ruled: RuleEvaluation, rule_evaluator: RuleEvaluator,
                     name: str) -> FactValue | None:  # fmt: skip
    """Return a value of a fact with which every way of the plan breaks the rule, the rest being as expected."""
    facts, planned = evaluation.facts, evaluation.planned
    spec = facts.known.specs.get(name)
    if spec is None or spec.kind is Kind.PLAN:
        return None
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
