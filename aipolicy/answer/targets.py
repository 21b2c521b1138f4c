"""Ways that somebody asks about: those of a hosting, a provider, an adaptation, a model or a machine."""

from __future__ import annotations

from collections.abc import Mapping

from aipolicy.evaluation.option_set import OptionSet
from aipolicy.value import Frozen

ASKED = ("hosting", "adaptation", "provider", "model", "machine")
"""What ways are asked for by."""
MACHINE = "machine"


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
