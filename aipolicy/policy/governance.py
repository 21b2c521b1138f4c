"""What packs ask of waivers: how long, by whom, which rules never; the strictest of several packs holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from aipolicy.source.names import folded
from aipolicy.source.records import Record
from aipolicy.source.text import shown
from aipolicy.value import NamedTuple


class NeverWaived(NamedTuple):
    """A rule id, or what ids begin with, that is neither waived nor left out, and the place that says so."""

    word: str
    at: str

    def covers(self, rule_id: str) -> bool:
        """Return whether a rule is meant."""
        from aipolicy.findings.rule_ids import is_below

        return is_below(rule_id, self.word)


class Governance(NamedTuple):
    """What one pack says about waivers; None and empty say nothing."""

    longest_days: int | None = None
    """From approval to the last day."""
    notice_days: int | None = None
    """A waiver that ends within so many days is told."""
    never: tuple[NeverWaived, ...] = ()
    approvers: tuple[str, ...] | None = None
    separate_approver: bool | None = None
    """Whether who asks must not be who approves."""
    most_per_owner: int | None = None
    """How many waivers of one owner stand at a time."""
    inline: bool | None = None
    """Whether comments in manifests may waive."""
    ticket_required: bool | None = None
    record_required: bool | None = None
    """Whether a waiver must record what was approved."""

    def said(self) -> Iterator[tuple[str, bool | int | tuple[str, ...]]]:
        """Yield each key that the pack writes with its value, as the pack writes them."""
        for key, value in self._asdict().items():
            if key == "never":
                value = tuple(never.word for never in self.never) or None
            if value is not None:
                yield key, value


class WaiverLimits(NamedTuple):
    """What holds for the waivers of a run; the defaults hold where no pack says anything."""

    longest_days: int = 365
    notice_days: int = 30
    never: tuple[NeverWaived, ...] = ()
    approvers: tuple[str, ...] | None = None
    """None for anybody."""
    separate_approver: bool = True
    most_per_owner: int | None = None
    inline: bool = False
    ticket_required: bool = False
    record_required: bool = False

    def never_waived(self, rule_id: str) -> NeverWaived | None:
        """Return what forbids to waive a rule or to leave it out, or None."""
        return next((never for never in self.never if never.covers(rule_id)), None)


_FLAGS = ("separate_approver", "inline", "ticket_required", "record_required")
_COUNTS = ("longest_days", "notice_days", "most_per_owner")


def read_governance(record: Record) -> Governance | None:
    """Return the key `waivers` of a pack document, None where there is none; mistakes are noted on the record."""
    if not record.has("waivers"):
        if "waivers" in record.field_names():
            record.mistake("`waivers` is empty; say what is asked of waivers, or remove the key", "waivers", "key")
        return None
    limits = record.record("waivers")
    counts = {key: _count(limits, key) for key in _COUNTS}
    flags = {key: limits.optional_flag(key) for key in _FLAGS}
    never = []
    for index, word in enumerate(limits.texts("never", ())):
        line = limits.document.locate((*limits.path, "never", index)).start.line
        never.append(NeverWaived(word, f"{limits.document.source.path}:{line}"))
    approvers = limits.texts("approvers") if limits.has("approvers") else None
    if approvers is not None and (not approvers or "" in approvers):
        limits.mistake(
            "`approvers` is empty, or holds an empty name; name who may approve, or remove the key", "approvers"
        )
    limits.finish()
    return Governance(
        longest_days=counts["longest_days"], notice_days=counts["notice_days"], never=tuple(never), approvers=approvers,
        separate_approver=flags["separate_approver"], most_per_owner=counts["most_per_owner"], inline=flags["inline"],
        ticket_required=flags["ticket_required"], record_required=flags["record_required"],
    )  # fmt: skip


def _count(record: Record, key: str) -> int | None:
    value = record.optional_number(key)
    if value is None:
        return None
    if value != int(value) or (key == "longest_days" and value < 1):
        record.mistake(f"`{key}` must be a whole number of at least {int(key == 'longest_days')}", key)
    return int(value)


def strictest(all_said: Iterable[Governance | None]) -> WaiverLimits:
    """Return what several packs ask for together: the least time, every rule, approvers that all of them allow."""
    governances = [governance for governance in all_said if governance is not None]
    default = WaiverLimits()
    longest = [governance.longest_days for governance in governances if governance.longest_days is not None]
    notice = [governance.notice_days for governance in governances if governance.notice_days is not None]
    budgets = [governance.most_per_owner for governance in governances if governance.most_per_owner is not None]
    lists = [governance.approvers for governance in governances if governance.approvers is not None]
    separate = [governance.separate_approver for governance in governances if governance.separate_approver is not None]
    inline = [governance.inline for governance in governances if governance.inline is not None]
    return WaiverLimits(
        longest_days=min(longest, default=default.longest_days),
        notice_days=max(notice, default=default.notice_days),
        never=tuple(sorted({never for governance in governances for never in governance.never})),
        approvers=_of_all(lists) if lists else None,
        separate_approver=any(separate) if separate else default.separate_approver,
        most_per_owner=min(budgets, default=None),
        inline=all(inline) if inline else default.inline,
        ticket_required=any(governance.ticket_required for governance in governances),
        record_required=any(governance.record_required for governance in governances),
    )


def _of_all(lists: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return the names of the first list that stand in all of them, however they are spelt."""
    others = [set(map(folded, names)) for names in lists[1:]]
    return tuple(sorted(name for name in set(lists[0]) if all(folded(name) in names for names in others)))


def unknown_never(said: Governance, rule_ids: Iterable[str]) -> tuple[NeverWaived, ...]:
    """Return the words under `never` that mean no rule: a misspelt one would protect nothing."""
    ids = tuple(rule_ids)
    return tuple(never for never in said.never if not any(map(never.covers, ids)))


def limits_in_words(limits: WaiverLimits) -> str:
    """Return what a waiver must be, in a sentence for people."""
    words = [f"at most {limits.longest_days} days"]
    if limits.approvers is not None:
        words.append(f"approved by one of {', '.join(map(shown, limits.approvers)) or 'nobody'}")
    if limits.separate_approver:
        words.append("the approver is not the owner")
    if limits.most_per_owner is not None:
        words.append(f"at most {limits.most_per_owner} an owner")
    if limits.ticket_required:
        words.append("with a ticket")
    if limits.record_required:
        words.append("with a record of what was approved")
    return "; ".join(words)
