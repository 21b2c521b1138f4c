"""A feature and a framework in, the facts that say which of its rules apply out: what is worth asking for first."""

from __future__ import annotations

from collections.abc import Mapping

from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.facts.all_facts import is_option_fact
from aipolicy.findings.rule_ids import whole_id
from aipolicy.frameworks.asked import LinkedFramework, asked_of
from aipolicy.frameworks.questions import is_waiting
from aipolicy.run.policy import Policy
from aipolicy.source.text import quantity

_PLAN = "plan."
"""How facts begin that say how a feature is built; whether law applies is asked without them first."""


def scope_facts(evaluation: Evaluation, linked: LinkedFramework, policy: Policy) -> Mapping[str, str]:
    """Return the facts for which rules of a framework wait, with these rules in words, the fact of most rules first."""
    waiting: dict[str, set[str]] = {}
    for state in filter(is_waiting, asked_of(evaluation, (), linked, policy).states):
        for name in state.facts:
            if not is_option_fact(name) and not name.startswith(_PLAN):
                waiting.setdefault(name, set()).add(whole_id(state.rule.id))
    ordered = sorted(waiting, key=lambda name: (-len(waiting[name]), name))
    return {name: f"{quantity(len(waiting[name]), 'rule')} of {linked.id} wait for it" for name in ordered}
