"""Judgements in, the verdict out: what remains, what was removed and by which constraints, and what the feature needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aipolicy.evaluation.axes import AXES
from aipolicy.evaluation.needs import NEEDS, OWN_SITES, PROVIDER, PROVIDER_FACTS
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.evaluation.rule_evaluator import OutcomeMasks
from aipolicy.facts.spec import FactValue
from aipolicy.findings.finding import Severity
from aipolicy.policy.rule import Rule, RuleKind
from aipolicy.value import Frozen

VERDICT_ATTRIBUTES = tuple(dict.fromkeys((*AXES, PROVIDER, *(need.attribute for need in NEEDS))))
"""The option facts that a verdict reads."""


class NeedFound(Frozen):
    """A property that every remaining option has (`certain`), or every admissible one while open ones lack it."""

    id: str
    title: str
    certain: bool
    values: tuple[str, ...] = ()


class Verdict(Frozen):
    """Sets of candidate options as masks, and the constraints behind them by rule id."""

    full: int
    removed: int
    open: int
    admissible: int
    likely: int
    """Open options for which every estimate that leaves them open keeps its rule at what is usual."""
    close: int
    """Open options that only the width of estimates leaves open."""
    removed_by: Mapping[str, int]
    opened_by: Mapping[str, int]
    counted_against: Mapping[str, int]
    """Warnings and notes that are violated: they remove nothing."""
    duties: Mapping[str, int]
    """Duties that are not known to be fulfilled, and the options that would bring them."""
    needs: tuple[NeedFound, ...]
    remaining_values: Mapping[str, tuple[str, ...]]
    conflict: tuple[str, ...]

    @property
    def remaining(self) -> int:
        """Return the options that no constraint removed."""
        return self.full & ~self.removed


def verdict_of(full: int, judged: Iterable[tuple[Rule, Severity, OutcomeMasks]], option_set: OptionSet) -> Verdict:
    """Return the verdict over a option_set from the outcomes of every rule."""
    removed_by: dict[str, int] = {}
    opened_by: dict[str, int] = {}
    against: dict[str, int] = {}
    duties: dict[str, int] = {}
    unlikely = unknown = close = 0
    chooses_provider = False
    for rule, severity, outcomes in judged:
        if rule.kind is RuleKind.DUTY:
            owed = outcomes.violated | outcomes.undetermined
            if owed:
                duties[rule.id] = owed
        elif severity is Severity.ERROR:
            if outcomes.violated:
                removed_by[rule.id] = outcomes.violated
                chooses_provider |= any(not PROVIDER_FACTS.isdisjoint(line.option_reads) for line in rule.require)
            if outcomes.undetermined:
                opened_by[rule.id] = outcomes.undetermined
                unlikely |= outcomes.undetermined & ~outcomes.kept
                unknown |= outcomes.undetermined & ~outcomes.close
                close |= outcomes.close
        elif outcomes.violated:
            against[rule.id] = outcomes.violated
    removed = _union(removed_by)
    open_ = _union(opened_by) & ~removed
    admissible = full & ~removed & ~open_
    return Verdict(
        full=full,
        removed=removed,
        open=open_,
        admissible=admissible,
        likely=open_ & ~unlikely,
        close=open_ & ~unknown,
        removed_by=removed_by,
        opened_by={rule_id: mask & open_ for rule_id, mask in opened_by.items() if mask & open_},
        counted_against=against,
        duties=duties,
        needs=_needs(admissible, open_, close, option_set, chooses_provider=chooses_provider),
        remaining_values={name: _words(option_set.distinct(name, full & ~removed)) for name in AXES},
        conflict=_conflict(removed_by, full) if removed == full else (),
    )


def _conflict(removed_by: Mapping[str, int], full: int) -> tuple[str, ...]:
    from aipolicy.evaluation.conflict import smallest_clash  # NOTE: of most features something remains.

    return smallest_clash(removed_by, full)


def _needs(
    admissible: int, open_: int, close: int, option_set: OptionSet, *, chooses_provider: bool
) -> tuple[NeedFound, ...]:
    """Return the needs; none is certain where every way that remains is close.

    What is close comes and goes at an end of its estimate: so that no need does, one that only such ways lack stays.
    """
    remaining = admissible | open_
    if not remaining:
        return ()
    stands = admissible or remaining & ~close
    found: list[NeedFound] = []
    for need in NEEDS:
        having = option_set.mask_of(need.attribute, need.values)
        if any(earlier.id in need.implied_by and earlier.certain for earlier in found):
            continue
        has_all = remaining & ~having == 0
        if has_all or (stands and stands & ~having == 0):
            found.append(NeedFound(need.id, need.title, has_all and bool(stands)))
    if chooses_provider:
        found += _provider(admissible, open_, option_set)
    return tuple(found)


def _provider(admissible: int, open_: int, option_set: OptionSet) -> list[NeedFound]:
    """Return a need for the provider that is left, where it is one and not the organisation itself."""
    for mask, certain in ((admissible | open_, True), (admissible, False)):
        values = option_set.distinct(PROVIDER, mask) if mask else ()
        if len(values) == 1 and values[0] is not None and values[0] not in OWN_SITES:
            return [NeedFound("provider", f"stay with the provider {values[0]}", certain, (str(values[0]),))]
    return []


def _union(masks: Mapping[str, int]) -> int:
    union = 0
    for mask in masks.values():
        union |= mask
    return union


def _words(values: Iterable[FactValue | None]) -> tuple[str, ...]:
    return tuple("unknown" if value is None else str(value) for value in values)
