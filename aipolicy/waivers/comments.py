"""Waivers in comments of manifests: `# aipolicy: ignore[RULE] reason until=YYYY-MM-DD owner=... approver=...`."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date

from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.findings.finding import Finding, Outcome, Place
from aipolicy.findings.reserved_rules import RESERVED_IDS, reserved_finding
from aipolicy.findings.rule_ids import RULE_ID, current, whole_id
from aipolicy.policy.governance import WaiverLimits
from aipolicy.source.comments import Comment, comments_of
from aipolicy.source.day import day_hint, read_day
from aipolicy.source.names import says_something
from aipolicy.source.regex import regex
from aipolicy.source.suggest import did_you_mean, nearest
from aipolicy.source.text import shown
from aipolicy.value import NamedTuple
from aipolicy.waivers.governed import governed
from aipolicy.waivers.waiver import Waiver

FORM = "# aipolicy: ignore[RULE] reason until=YYYY-MM-DD owner=NAME approver=NAME"
KEYS = ("until", "owner", "approver", "ticket", "approved_on")

_DIRECTIVE = regex(r"aipolicy[ \t]*:[ \t]*([^\s\[]*)[ \t]*(.*)", re.IGNORECASE | re.DOTALL)
_IN_TEXT = regex(r"\baipolicy[ \t]*:[ \t]*\w+[ \t]*\[", re.IGNORECASE)
_LOOKALIKE = regex(r"([\w-]+)[ \t]*:?[ \t]*(\w*)[ \t]*\[[ \t]*" + RULE_ID)
_LOOKED_AT = 200
"""Characters in which a misspelt beginning is looked for: the search takes the square of their number."""
_RULES = regex(r"\[([^\]]*)\][ \t]*:?[ \t]*(.*)", re.DOTALL)
_SETTING = regex(r"(?<!\S)([A-Za-z_]+)=(\S*)")


class InlineWaivers(NamedTuple):
    """The waivers in comments beside one feature, each with the place of its comment, and comments that are malformed."""

    waivers: tuple[tuple[Waiver, Place], ...]
    malformed: tuple[Finding, ...]


def inline_waivers(evaluation: Evaluation, starts: Sequence[int], rules: Collection[str], limits: WaiverLimits,
                   day: date) -> InlineWaivers:  # fmt: skip
    """Return what comments beside a feature waive; `starts` are the first lines of the features of its file, in order."""
    document = evaluation.feature.document
    mine = document.locate(()).start.line
    waivers: list[tuple[Waiver, Place]] = []
    malformed: list[Finding] = []
    for comment in comments_of(document.source.text):
        before = [start for start in starts if start <= comment.beside]
        if (before[-1] if before else starts[0]) != mine or not _is_meant(comment.text):
            continue
        place = Place(span=comment.span)
        read = _read(comment, evaluation, rules)
        if isinstance(read, str):
            malformed.append(reserved_finding(
                "WAIVER-001", read, file=evaluation.feature.file, document=document, feature=evaluation.feature.name,
                place=place,
            ))  # fmt: skip
        else:
            waivers.extend((governed(waiver, limits, day), place) for waiver in read)
    return InlineWaivers(tuple(waivers), tuple(malformed))


def _is_meant(text: str) -> bool:
    """Return whether a comment means to waive something, if perhaps misspelt."""
    if _DIRECTIVE.match(text) or _IN_TEXT.search(text):
        return True
    alike = _LOOKALIKE.match(text[:_LOOKED_AT])
    if alike is None:
        return False
    first, second = alike.groups()
    return nearest(first, ("aipolicy",)) is not None or (bool(second) and nearest(second, ("ignore",)) is not None)


def _read(comment: Comment, evaluation: Evaluation, rules: Collection[str]) -> tuple[Waiver, ...] | str:
    """Return the waivers of a comment, one for each rule, or what is wrong with it."""
    directive = _DIRECTIVE.match(comment.text)
    if directive is None or not comment.text.startswith("aipolicy:"):
        return f"a comment that looks like a waiver waives nothing; write `{FORM}`"
    word, rest = directive.groups()
    if word != "ignore":
        return f"unknown word `{shown(word)}` after `aipolicy:`{did_you_mean(word, ('ignore',))}; write `{FORM}`"
    match = _RULES.match(rest)
    ids = [name.strip() for name in match.group(1).split(",")] if match is not None else []
    if match is None or not all(ids):
        return f"it names no rule; write `{FORM}`"
    aliases = {alias: whole_id(r.active.rule.id) for r in evaluation.rules for alias in r.active.rule.aliases}
    ids = [current(rule_id, aliases) for rule_id in ids]
    for rule_id in ids:
        if rule_id in RESERVED_IDS:
            return f"`{rule_id}` is about manifests, plans and waivers themselves and is never waived"
        if rule_id not in rules:
            return f"unknown rule `{shown(rule_id)}`{did_you_mean(rule_id, rules)}"
    if len(set(ids)) < len(ids):
        return "it names a rule twice"
    return _waivers(comment, evaluation, ids, match.group(2))


def _waivers(comment: Comment, evaluation: Evaluation, ids: Sequence[str], text: str) -> tuple[Waiver, ...] | str:
    feature = evaluation.feature
    settings: dict[str, str] = {}
    for key, value in _SETTING.findall(text):
        if key in settings:
            return f"`{key}=` is written twice"
        if key in KEYS and value:
            settings[key] = value
        elif key in KEYS or nearest(key, KEYS) is not None:
            return f"`{shown(key)}=` is {'empty' if key in KEYS else 'unknown' + did_you_mean(key, KEYS)}"
    reason = " ".join(_SETTING.sub(lambda found: "" if found[1] in KEYS else found[0], text).split())
    declared_owner = feature.declared.get("metadata.owner")
    owner = settings.get("owner", declared_owner if isinstance(declared_owner, str) else "")
    days = {key: read_day(settings[key]) for key in ("until", "approved_on") if key in settings}
    for key, day in days.items():
        if day is None:
            return f"`{key}=` must be a day as YYYY-MM-DD, found `{shown(settings[key])}`{day_hint(settings[key])}"
    missing = [
        name for name, written in (
            ("a reason", reason), ("`until=`", settings.get("until")), ("`owner=`", owner),
            ("`approver=`", settings.get("approver")),
        ) if not says_something(written or "")
    ]  # fmt: skip
    expires, approved_on = days.get("until"), days.get("approved_on")
    if missing or expires is None:
        return f"it lacks {', '.join(missing)}; write `{FORM}`"
    if approved_on is not None and expires < approved_on:
        return "it expires before it is approved"
    return tuple(
        Waiver(
            rule=rule_id, feature=feature.name, fact="", outcome=Outcome.VIOLATED, reason=reason, owner=owner,
            approver=settings["approver"], ticket=settings.get("ticket", ""), approved_on=approved_on, expires=expires,
            conditions=(), approved=None, document=feature.document, path=(), line=comment.beside,
            at=f"{feature.file}:{comment.span.start.line}",
        )
        for rule_id in ids
    )  # fmt: skip
