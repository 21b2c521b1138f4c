"""Two sides in, what changed for each feature out, each change with its cause."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from itertools import pairwise

from aipolicy.answer.what_if import RuleMoved, moved_counts
from aipolicy.changes.state import FeatureState, MonthlyCost
from aipolicy.changes.steps import SideInputs, Step, steps_between
from aipolicy.findings.comparison import Identity, KnownFinding, compare, identity_of, is_worse, known_from
from aipolicy.findings.finding import Finding, FindingChange, Outcome, Severity
from aipolicy.findings.reserved_rules import MANIFEST_PREFIX
from aipolicy.value import Frozen, replace


class ChangedFinding(Frozen):
    """A finding that is new or worse; `before` is what it was, None for a new one."""

    finding: Finding
    cause: str
    before: tuple[Severity, Outcome] | None = None


class FixedFinding(Frozen):
    """A finding of the base that is no longer there."""

    known: KnownFinding
    cause: str


class ChangedNeed(Frozen):
    """A need that came (`added`) or went."""

    need: str
    added: bool
    cause: str


class ChangedWays(Frozen):
    """A rule that removes another number of ways."""

    moved: RuleMoved
    cause: str


class FeatureChange(Frozen):
    """A feature before and after; a side is None where the feature is not there."""

    name: str
    before: FeatureState | None
    after: FeatureState | None
    verdict_cause: str
    """Empty where the verdict is the same, or one side is missing; likewise the cost's."""
    needs: tuple[ChangedNeed, ...]
    new: tuple[ChangedFinding, ...]
    worse: tuple[ChangedFinding, ...]
    fixed: tuple[FixedFinding, ...]
    unchanged: int
    cost_cause: str
    cost_parts: tuple[tuple[str, float], ...]
    """What each input moves the cost by, in USD a month, where both ends are one known number."""
    unreadable: bool = False
    """Whether the feature is missing because its manifest is broken now."""
    perhaps: str = ""
    """A feature of the other side that this one seems to be under another name."""
    waived: tuple[ChangedFinding, ...] = ()
    """Findings of the base that are waived now, or until a later day."""
    moved: tuple[ChangedFinding, ...] = ()
    """Findings that are as bad as at the base, by other values."""
    answer_cause: str = ""
    """Empty where the same way is recommended."""
    turned_by: tuple[str, ...] = ()
    """The rules that remove now what was recommended before; none where another way is only better."""
    ways: tuple[ChangedWays, ...] = ()

    @property
    def changed(self) -> bool:
        """Return whether anything differs."""
        causes = (
            self.verdict_cause,
            self.needs,
            self.new,
            self.worse,
            self.fixed,
            self.waived,
            self.moved,
            self.cost_cause,
            self.answer_cause,
            self.ways,
        )
        return self.before is None or self.after is None or any(causes)


class Diff(Frozen):
    """What a change does to every feature, and to manifests that have no verdict."""

    before: SideInputs
    after: SideInputs
    revision: str
    commit: str
    features: tuple[FeatureChange, ...]
    broken: tuple[Finding, ...]
    """Problems of manifests that the base did not have."""
    repaired: tuple[KnownFinding, ...]


def diff_of(before: SideInputs, after: SideInputs, revision: str, commit: str, file_of: Callable[[str], str],
            among: Container[str]) -> Diff:  # fmt: skip
    """Return what changed between two sides for some features by name; `file_of` makes paths of both sides equal."""
    steps = steps_between(before, after)
    compared, gone = compare(after.report.findings, (known_from(f, file_of) for f in before.report.findings), file_of)
    names = sorted(name for name in {*steps[0].states, *steps[-1].states} if name in among)
    features = [_change(name, steps, compared, gone) for name in names]
    broken = tuple(
        f for f in compared if f.rule_id.startswith(MANIFEST_PREFIX) and f.change is not FindingChange.UNCHANGED
    )
    unreadable = {f.feature for f in broken} | {file_of(f.file) for f in broken}
    hinted = []
    for change in features:
        lost = change.after is None and change.before is not None
        file = file_of(change.before.feature.file) if change.before is not None else ""
        hidden = lost and (change.name in unreadable or file in unreadable)
        hinted.append(_with_hints(change, features, unreadable=hidden))
    repaired = tuple(known for known in gone if known.identity.wording)
    return Diff(before, after, revision, commit, tuple(hinted), broken, repaired)


def _change(
    name: str, steps: Sequence[Step], compared: Sequence[Finding], gone: Sequence[KnownFinding]
) -> FeatureChange:
    states = [step.states.get(name) for step in steps]
    before, after = states[0], states[-1]
    both = before is not None and after is not None
    verdicts = [state.verdict if state is not None else None for state in states]
    costs = [state.cost if state is not None else None for state in states]
    mine = [f for f in compared if f.feature == name and not f.rule_id.startswith(MANIFEST_PREFIX)]
    lost = [known for known in gone if known.identity.feature == name and not known.identity.wording]
    return FeatureChange(
        name, before, after,
        verdict_cause=_cause(steps, verdicts) if both else "",
        needs=tuple(_needs(steps, states)) if both else (),
        new=tuple(_changed(f, steps, states) for f in mine if f.change is FindingChange.NEW),
        worse=tuple(_changed(f, steps, states) for f in mine if f.change is FindingChange.WORSE),
        fixed=tuple(FixedFinding(known, _absent_since(known.identity, steps, states)) for known in lost),
        unchanged=sum(f.change is FindingChange.UNCHANGED for f in mine),
        cost_cause=_cause(steps, costs) if both else "",
        cost_parts=tuple(_parts(steps, costs)) if both else (),
        waived=tuple(_waived(f, steps, states) for f in mine if f.change is FindingChange.WAIVED),
        moved=tuple(_moved(f, steps, states) for f in mine if f.change is FindingChange.CHANGED),
        answer_cause=_cause(steps, [state.answer.built if state is not None else None for state in states]) if both else "",
        turned_by=_turned_by(before, after),
        ways=tuple(_ways(steps, states)) if both else (),
    )  # fmt: skip


def _turned_by(before: FeatureState | None, after: FeatureState | None) -> tuple[str, ...]:
    if before is None or after is None or before.answer.option is None or before.answer.built == after.answer.built:
        return ()
    return after.answer.removing(before.answer.option)


def _ways(steps: Sequence[Step], states: Sequence[FeatureState | None]) -> Iterator[ChangedWays]:
    counts = [state.answer.removed if state is not None else {} for state in states]
    for moved in moved_counts(counts[0], counts[-1]):
        yield ChangedWays(moved, _cause(steps, [count.get(moved.rule, 0) for count in counts]))


def _cause(steps: Sequence[Step], values: Sequence[object]) -> str:
    """Return the first input that brings the last value about; empty where it was so from the beginning."""
    if values[0] == values[-1]:
        return ""
    return next(step.cause for step, value in zip(steps, values, strict=True) if value == values[-1])


def _needs(steps: Sequence[Step], states: Sequence[FeatureState | None]) -> Iterator[ChangedNeed]:
    having = [set(state.needs) if state is not None else set() for state in states]
    for need in sorted(having[0] ^ having[-1]):
        yield ChangedNeed(need, need in having[-1], _cause(steps, [need in needs for needs in having]))


def _changed(finding: Finding, steps: Sequence[Step], states: Sequence[FeatureState | None]) -> ChangedFinding:
    """Return a new or worse finding with the first input under which it appears, or is worse than at the base."""
    identity = identity_of(finding)
    at_base = states[0].known.get(identity, ()) if states[0] is not None else ()
    start = at_base[0] if at_base and finding.change is FindingChange.WORSE else None

    def appears(state: FeatureState | None) -> bool:
        there = state.known.get(identity, ()) if state is not None else ()
        return any(start is None or is_worse(known, start) for known in there)

    pairs = zip(steps[1:], states[1:], strict=True)
    cause = next((step.cause for step, state in pairs if appears(state)), steps[-1].cause)
    return ChangedFinding(finding, cause, (start.severity, start.outcome) if start is not None else None)


def _waived(finding: Finding, steps: Sequence[Step], states: Sequence[FeatureState | None]) -> ChangedFinding:
    """Return a finding that a waiver holds back now with the first input under which it does."""
    identity = identity_of(finding)
    known_by_step = [state.known.get(identity, ()) if state is not None else () for state in states]
    before = (known_by_step[0][0].severity, known_by_step[0][0].outcome) if known_by_step[0] else None
    causes = (
        step.cause for step, known in zip(steps[1:], known_by_step[1:], strict=True)
        if any(known_finding.outcome is Outcome.WAIVED for known_finding in known)
    )  # fmt: skip
    return ChangedFinding(finding, next(causes, steps[-1].cause), before)


def _moved(finding: Finding, steps: Sequence[Step], states: Sequence[FeatureState | None]) -> ChangedFinding:
    """Return a finding that rests on other values with the first input under which it rests on those of now."""
    identity = identity_of(finding)
    known_by_step = [state.known.get(identity, ()) if state is not None else () for state in states]
    now = {decided.name: decided.value for decided in finding.decided_by}
    causes = (
        step.cause for step, known in zip(steps[1:], known_by_step[1:], strict=True)
        if any(known_finding.values == now for known_finding in known)
    )  # fmt: skip
    return ChangedFinding(finding, next(causes, steps[-1].cause))


def _absent_since(identity: Identity, steps: Sequence[Step], states: Sequence[FeatureState | None]) -> str:
    gone = (
        step.cause
        for step, state in zip(steps[1:], states[1:], strict=True)
        if state is None or identity not in state.known
    )
    return next(gone, steps[-1].cause)


def _parts(steps: Sequence[Step], costs: Sequence[MonthlyCost | None]) -> Iterator[tuple[str, float]]:
    numbers = [cost.low_usd if cost is not None and cost.low_usd == cost.high_usd else None for cost in costs]
    if None in numbers:
        return
    for step, (was, is_) in zip(steps[1:], pairwise(numbers), strict=True):
        if was is not None and is_ is not None and was != is_:
            yield step.cause, is_ - was


def _with_hints(change: FeatureChange, others: Sequence[FeatureChange], *, unreadable: bool) -> FeatureChange:
    mine = change.before or change.after
    if (change.before is not None and change.after is not None) or mine is None:
        return change
    for other in others:
        theirs = other.after if change.after is None else other.before
        alone = (other.before is None) != (other.after is None)
        if alone and theirs is not None and _looks_like(mine, theirs):
            return replace(change, unreadable=unreadable, perhaps=other.name)
    return replace(change, unreadable=unreadable)


def _looks_like(one: FeatureState, other: FeatureState) -> bool:
    """Return whether two features declare the same but for their names, or stand alike in the same file."""

    def declared(state: FeatureState) -> dict[str, object]:
        return {key: value for key, value in state.feature.declared.items() if key != "metadata.name"}

    same_place = (one.feature.file, one.feature.document.index) == (other.feature.file, other.feature.document.index)
    return same_place or declared(one) == declared(other)
