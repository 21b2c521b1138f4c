"""How much of the conditions of rules their examples exercise: each line should be seen true, false and unknown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from aipolicy.evaluation.examples import ExampleResult
from aipolicy.policy.expressions import Truth
from aipolicy.policy.rule import Line, Rule

_TRUTHS = (Truth.TRUE, Truth.FALSE, Truth.UNKNOWN)


@dataclass(frozen=True, slots=True)
class LineCoverage:
    """One line of a rule, and the truths that it was seen with."""

    rule: str
    section: str
    text: str
    seen: frozenset[Truth]

    @property
    def missing(self) -> tuple[Truth, ...]:
        """Return the truths that no example shows."""
        return tuple(truth for truth in _TRUTHS if truth not in self.seen)


def line_coverage(rules: Iterable[Rule], results: Iterable[ExampleResult]) -> tuple[LineCoverage, ...]:
    """Return the coverage of every line that reads a fact; a line that reads none has one truth only and is left out."""
    seen: dict[tuple[str, str, str], set[Truth]] = {
        (rule.id, section, line.text): set() for rule in rules for section, line in _lines(rule)
    }
    for result in results:
        for trace in result.trace:
            key = (result.rule.id, trace.section, trace.text)
            if key in seen:
                seen[key].add(trace.truth)
    return tuple(LineCoverage(*key, frozenset(truths)) for key, truths in seen.items())


def share_covered(lines: Iterable[LineCoverage]) -> float:
    """Return the truths that were seen over those that can be; 0 where there is no line."""
    listed = tuple(lines)
    possible = len(listed) * len(_TRUTHS)
    return sum(len(line.seen) for line in listed) / possible if possible else 0.0


def _lines(rule: Rule) -> Iterable[tuple[str, Line]]:
    for section, lines in (("when", rule.when), ("require", rule.require)):
        yield from ((section, line) for line in lines if line.feature_reads or line.option_reads)
