"""The values that decided a violation beside those of before: whether they moved, and to the worse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf

from aipolicy.findings.finding import Decided, DecidingValue, FindingChange, Worse
from aipolicy.source.text import shown
from aipolicy.value import NamedTuple, replace

NOT_LIMITED = "none"
"""How a number without a limit is written, as in manifests."""
_OF_OPTIONS = "option."
_SAME_ESTIMATE = 0.01
"""Estimates that differ by less than this share are the same: a figure of the catalog was rounded in another way."""
_MOST_MEMBERS = 5


class Moved(NamedTuple):
    """How deciding values moved, and the values that did, in words."""

    change: FindingChange
    words: str


def moved(now: Sequence[Decided], before: Mapping[str, DecidingValue]) -> Moved:
    """Return whether what decided a violation is unchanged, changed, or worse where the rule can tell."""
    worse: list[str] = []
    changed: list[str] = []
    for decided in now:
        if decided.name not in before:
            changed.append(f"`{decided.name}` {_words(decided.value)} decides now too")
        elif decided.worse is Worse.MORE:
            _compare_members(decided, _members(before[decided.name]), worse, changed)
        elif not is_same(decided.name, decided.value, earlier := _number(before[decided.name], decided.value)):
            words = f"`{decided.name}` was {_words(earlier)}, is {_words(decided.value)}"
            moved_back = any(_is_better(other, before) for other in now if other.name in decided.against)
            (worse if _is_worse(decided, earlier) and not moved_back else changed).append(words)
    names = {value.name for value in now}
    changed += [f"`{shown(name)}` {_words(before[name])} decides no longer" for name in sorted(before.keys() - names)]
    if worse:
        return Moved(FindingChange.WORSE, "; ".join(worse))
    return Moved(FindingChange.CHANGED if changed else FindingChange.UNCHANGED, "; ".join(changed))


def is_same(name: str, now: DecidingValue, before: DecidingValue) -> bool:
    """Return whether a value is what it was; true is not 1, and an estimate need not be exact."""
    if isinstance(now, float) and not isinstance(before, bool | str | tuple):
        return now == before or (name.startswith(_OF_OPTIONS) and abs(now - before) <= _SAME_ESTIMATE * abs(before))
    return type(now) is type(before) and now == before


def _is_worse(now: Decided, before: DecidingValue) -> bool:
    if not isinstance(now.value, float) or isinstance(before, bool | str | tuple):
        return False
    return now.value > before if now.worse is Worse.HIGHER else now.worse is Worse.LOWER and now.value < before


def _is_better(now: Decided, before: Mapping[str, DecidingValue]) -> bool:
    """Return whether a number moved in the other direction than the one in which it is worse."""
    opposite = {Worse.HIGHER: Worse.LOWER, Worse.LOWER: Worse.HIGHER}.get(now.worse, Worse.UNTOLD)
    earlier = _number(before.get(now.name, now.value), now.value)
    return not is_same(now.name, now.value, earlier) and _is_worse(replace(now, worse=opposite), earlier)


def _number(before: DecidingValue, now: DecidingValue) -> DecidingValue:
    """Return what was known before, as a number where the word for no limit stands for one."""
    return inf if before == NOT_LIMITED and isinstance(now, float) else before


def _compare_members(now: Decided, before: Sequence[str], worse: list[str], changed: list[str]) -> None:
    members = _members(now.value)
    more = [member for member in members if member not in before]
    fewer = [member for member in before if member not in members]
    if more:
        worse.append(f"`{now.name}` also {_words(tuple(more))}")
    elif fewer:
        changed.append(f"`{now.name}` no longer {_words(tuple(fewer))}")


def _members(value: DecidingValue) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (str(value),)


def _words(value: DecidingValue) -> str:
    """Return a value for a message."""
    if isinstance(value, tuple):
        named = [f"`{shown(member)}`" for member in value[:_MOST_MEMBERS]]
        more = len(value) - len(named)
        return ", ".join(named) + (f" and {more} more" if more else "") if named else "empty"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, float):
        return f"`{NOT_LIMITED}`" if value == inf else f"`{value:,.10g}`"
    return f"`{shown(value)}`"
