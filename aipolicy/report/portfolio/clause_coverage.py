"""The rows of a report and the policy in, frameworks with the state of each clause for every feature out.

The same states as `aipolicy coverage`, from what each feature left of itself; a control is here called a clause, which it is
in most frameworks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from aipolicy.findings.finding import Stage
from aipolicy.findings.rule_ids import whole_id
from aipolicy.frameworks.asked import LinkedFramework, linked_frameworks
from aipolicy.frameworks.clauses import ClauseCoverage, clauses_of
from aipolicy.frameworks.states import STATES, State
from aipolicy.policy.rule import Rule
from aipolicy.report.coverage.coverage_text import rules_related, state_words, unspoken_words
from aipolicy.report.portfolio.feature_row import FeatureRow
from aipolicy.run.policy import Policy
from aipolicy.source.text import escaped
from aipolicy.value import NamedTuple


class Clause(NamedTuple):
    """A clause of which rules speak."""

    clause: str
    rules: str
    """The rules, each with how it relates to the clause where it is of another framework."""
    states: str
    """In which state it is for which features, in words."""
    counts: Mapping[State, int]


class CoveredFramework(NamedTuple):
    """A framework of which rules of the run speak."""

    id: str
    name: str
    clauses: tuple[Clause, ...]
    unspoken: tuple[str, ...]
    """Clauses of which no rule speaks, by the reason."""
    total: int
    """Its clauses, spoken of or not."""
    is_partial: bool
    """Whether it has more clauses than are listed."""


def covered_frameworks(rows: Sequence[FeatureRow], policy: Policy) -> tuple[CoveredFramework, ...]:
    """Return the frameworks of which rules of the run speak; empty where none does."""
    stated = [(row.listed.feature.name, _by_rule(row.stated)) for row in rows if row.stated]
    all_linked = linked_frameworks(policy.catalog.frameworks.values(), policy.chosen_rules)
    return tuple(_covered(linked, stated, policy) for linked in all_linked)


def _by_rule(stated: Mapping[str, State]) -> Mapping[str, list[State]]:
    states_by_rule: dict[str, list[State]] = {}
    for rule, state in stated.items():
        states_by_rule.setdefault(whole_id(rule), []).append(state)
    return states_by_rule


def _covered(
    linked: LinkedFramework, stated: Iterable[tuple[str, Mapping[str, Sequence[State]]]], policy: Policy
) -> CoveredFramework:
    framework = linked.entry
    assert framework is not None, "it is of frameworks of the catalog"
    clauses = clauses_of(framework, linked)
    rules = {rule.id: rule for rule in linked.rules}
    listed = tuple(stated)

    def states(clause: ClauseCoverage) -> Iterator[tuple[State, str]]:
        for name, by_rule in listed:
            rule_states = [
                state for rule in clause.relations for state in by_rule.get(rule) or _not_evaluated(rules[rule], policy)
            ]
            if rule_states:
                yield min(rule_states, key=STATES.index), name

    def shown(clause: ClauseCoverage) -> Clause:
        pairs = tuple(states(clause))
        counts = {possible: sum(state is possible for state, _ in pairs) for possible in STATES}
        words = "; ".join(state_words(pairs, clause.relations))
        return Clause(escaped(clause.control), ", ".join(rules_related(clause.relations)), words, counts)

    spoken = tuple(shown(clause) for clause in clauses if clause.relations)
    unspoken = tuple(unspoken_words(framework, [clause for clause in clauses if not clause.relations]))
    return CoveredFramework(
        framework.id, escaped(framework.name), spoken, tuple(map(escaped, unspoken)), len(clauses), framework.is_partial
    )


def _not_evaluated(rule: Rule, policy: Policy) -> tuple[State, ...]:
    """Return the state of a rule that is not announced yet; nothing for one that has ended."""
    return (State.NOT_BEGUN,) if rule.stage_on(policy.catalog.as_of) is Stage.UNANNOUNCED else ()
