"""Ways that somebody asks about: those of a hosting, a provider, an adaptation, a model or a machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from aipolicy.errors import UsageError
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.facts.plan_names import with_catalog_names
from aipolicy.manifest.what_if import with_declarations
from aipolicy.options.plan import plan_legs, unknown_names
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown
from aipolicy.value import Frozen

if TYPE_CHECKING:
    from aipolicy.evaluation.evaluation import Evaluation, Evaluator
    from aipolicy.facts.spec import FactValue

ASKED = ("hosting", "adaptation", "provider", "model", "machine")
"""What ways are asked for by."""
MACHINE = "machine"
_NAMED = ("provider", "model")


class AskedWays(Frozen):
    """The ways that are asked about, by a word for each of what they are asked for by."""

    words: Mapping[str, str]

    @property
    def name(self) -> str:
        """Return the target as it is asked for."""
        return " and ".join(f"{key}={word}" for key, word in self.words.items())


def ways_asked(option_set: OptionSet, target: AskedWays) -> int:
    """Return the options that a target is about."""
    mask = option_set.full
    for key, word in target.words.items():
        mask &= (
            _on_machine(option_set, word) if key == MACHINE else option_set.mask_of(f"option.{key}", frozenset({word}))
        )
    return mask


def _on_machine(option_set: OptionSet, machine: str) -> int:
    mask = 0
    for number, option in enumerate(option_set.mains.options):
        if option.leg.accelerator == machine:
            mask |= 1 << number
    return option_set.spread(mask)


def target_of(words: Sequence[str], evaluation: Evaluation, evaluator: Evaluator) -> AskedWays:
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
    target = AskedWays(
        {key: _known(key, word, words_by_key, evaluation, evaluator) for key, word in words_by_key.items()}
    )
    if not ways_asked(evaluation.candidates, target):
        raise UsageError(f"no way has {target.name}{_nothing_offered(target, evaluator)}")
    return target


def _known(key: str, word: str, asked: dict[str, str], evaluation: Evaluation, evaluator: Evaluator) -> str:
    """Return a word as the catalog has it."""
    if key == MACHINE:
        machines = evaluator.catalog.accelerators
        if word not in machines:
            raise UsageError(f"unknown machine: `{shown(word)}`{did_you_mean(word, machines)}")
        return word
    if key not in _NAMED:
        # NOTE: a manifest with this word would be refused in these words.
        with_declarations(evaluation.feature, (f"plan.{key}={word}",), evaluator.known.extensions_schema, "--why-not")
        return word
    values: dict[str, FactValue] = {f"plan.{name}": asked[name] for name in _NAMED if name in asked}
    conflicts = [message for _, _, message in with_catalog_names(values, evaluator.catalog)]
    problems = unknown_names({name: str(value) for name, value in values.items()}, evaluator.catalog)
    messages = [*conflicts, *(problem.message for problem in problems)]
    if messages:
        raise UsageError(f"`--why-not`: {'; '.join(messages)}")
    return str(values[f"plan.{key}"])


def _nothing_offered(target: AskedWays, evaluator: Evaluator) -> str:
    """Return what the catalog offers in the place of a target, as for a plan; empty where it offers it, but not now."""
    plan: dict[str, FactValue] = {f"plan.{key}": word for key, word in target.words.items() if key != MACHINE}
    planned = plan_legs(plan, plan, evaluator.catalog, evaluator.organization)
    messages = [problem.message for problem in planned.problems]
    return f": {'; '.join(messages)}" if messages else "; what is offered is retired, or in restricted regions"
