"""What a command line asks about by `--why-not`: ways that are not the answer."""

from __future__ import annotations

from collections.abc import Sequence

from aipolicy.answer.targets import ASKED, MACHINE, AskedWays, ways_asked
from aipolicy.errors import UsageError
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.facts.plan_names import with_catalog_names
from aipolicy.facts.spec import FactValue
from aipolicy.manifest.what_if import with_declarations
from aipolicy.options.plan import plan_legs, unknown_names
from aipolicy.run.policy import Policy
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown

_NAMED = ("provider", "model")


def target_of(words: Sequence[str], evaluation: Evaluation, policy: Policy) -> AskedWays:
    """Return the ways that `--why-not` asks about; raises `UsageError` for a word that no plan could say."""
    words_by_key: dict[str, str] = {}
    for text in words:
        key, equals, word = text.partition("=")
        if not equals or not word:
            raise UsageError(f"`{shown(text)}` asks about no way; write `--why-not hosting=provider-api`")
        if key not in ASKED:
            hint = did_you_mean(key, ASKED)
            raise UsageError(f"ways cannot be asked for by `{shown(key)}`{hint} (one of {', '.join(ASKED)})")
        if words_by_key.setdefault(key, word) != word:
            raise UsageError(f"`--why-not` names two words for `{key}`; ask about one after the other")
    target = AskedWays({key: _known(key, word, words_by_key, evaluation, policy) for key, word in words_by_key.items()})
    if not ways_asked(evaluation.candidates, target):
        raise UsageError(f"no way has {target.name}{_nothing_offered(target, policy)}")
    return target


def _known(key: str, word: str, asked: dict[str, str], evaluation: Evaluation, policy: Policy) -> str:
    """Return a word as the catalog has it."""
    if key == MACHINE:
        machines = policy.catalog.accelerators
        if word not in machines:
            raise UsageError(f"unknown machine: `{shown(word)}`{did_you_mean(word, machines)}")
        return word
    if key not in _NAMED:
        # NOTE: a manifest with this word would be refused in these words.
        with_declarations(
            evaluation.feature, (f"plan.{key}={word}",), policy.evaluator.known.extensions_schema, "--why-not"
        )
        return word
    values: dict[str, FactValue] = {f"plan.{name}": asked[name] for name in _NAMED if name in asked}
    conflicts = [message for _, _, message in with_catalog_names(values, policy.catalog)]
    problems = unknown_names({name: str(value) for name, value in values.items()}, policy.catalog)
    messages = [*conflicts, *(problem.message for problem in problems)]
    if messages:
        raise UsageError(f"`--why-not`: {'; '.join(messages)}")
    return str(values[f"plan.{key}"])


def _nothing_offered(target: AskedWays, policy: Policy) -> str:
    """Return what the catalog offers in the place of a target, as for a plan; empty where it offers it, but not now."""
    plan: dict[str, FactValue] = {f"plan.{key}": word for key, word in target.words.items() if key != MACHINE}
    planned = plan_legs(plan, plan, policy.catalog, policy.evaluator.organization)
    messages = [problem.message for problem in planned.problems]
    return f": {'; '.join(messages)}" if messages else "; what is offered is retired, or in restricted regions"
