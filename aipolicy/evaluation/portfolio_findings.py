"""Records of all features of a run in, the findings of rules over them out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from aipolicy.evaluation.evaluation import ActiveRule, active_rules
from aipolicy.evaluation.findings import MAX_RELATED, MILDER, shown_value
from aipolicy.evaluation.portfolio import GroupResult, Member, Portfolio
from aipolicy.evaluation.portfolio_records import FeatureRecord
from aipolicy.facts.registry import is_option_fact
from aipolicy.findings import Finding, Outcome, Place, Severity
from aipolicy.manifest.feature import path_of
from aipolicy.policy.amounts import Amount
from aipolicy.policy.expressions import Truth
from aipolicy.policy.portfolio_rule import GROUP, KEY, TOTAL, Aggregate, PortfolioRule
from aipolicy.source.document import Document
from aipolicy.source.text import escaped, shown

MAX_NAMED = 3
"""More features, facts, groups or files are counted, not named."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_NAME = "metadata.name"

Documents = Callable[[FeatureRecord], Document | None]
"""Returns the manifest of a feature, for its places; read again where it is not at hand."""


def portfolio_findings(rules: Sequence[PortfolioRule], records: Sequence[FeatureRecord], unread: Sequence[str],
                       documents: Documents, *, as_of: date, strict: bool) -> tuple[Finding, ...]:  # fmt: skip
    """Return what rules over all features have to say; `unread` are the paths of manifests without a verdict.

    Records have an entry for each of the rules, in their order.
    """
    findings = []
    for position, rule in enumerate(rules):
        active = next(iter(active_rules((rule.rule,), as_of)), None)
        if active is None:
            continue
        portfolio = Portfolio(rule, ((record, record.entries[position]) for record in records), len(unread))
        results = portfolio.results()
        teller = _Teller(portfolio, documents, active, unread, strict)
        findings += [teller.violation(each) for each in results if each.outcome is Outcome.VIOLATED]
        undecided = [each for each in results if each.outcome is Outcome.UNDETERMINED]
        if undecided:
            findings.append(teller.undetermined(undecided))
    return tuple(findings)


class _Teller:
    """Puts what became of one rule into words and places."""

    def __init__(self, portfolio: Portfolio, documents: Documents, active: ActiveRule, unread: Sequence[str],
                 strict: bool) -> None:  # fmt: skip
        self.portfolio = portfolio
        self.rule = portfolio.rule
        self.documents = documents
        self.active = active
        self.severity = active.severity
        self.unread = unread
        self.strict = strict

    def violation(self, result: GroupResult) -> Finding:
        """Return the finding on a group, at what its largest feature declares."""
        ranked, words = _contributors(self.portfolio, result)
        first = ranked[0]
        places = [path for path in (*_places(self.rule, first, result), first.entry.group_place) if path]
        message = _message(self.rule, result) + (f" ({words})" if words else "")
        related = tuple(
            Place(path=path_of(path), label=path) for path in dict.fromkeys(places[1:]) if path != places[0]
        )
        return self._finding(
            Outcome.VIOLATED, self.severity, message, first.record, Place(path=path_of((*places, _NAME)[0])),
            related[:MAX_RELATED], _subject([result]),
        )  # fmt: skip

    def undetermined(self, results: Sequence[GroupResult]) -> Finding:
        """Return the one finding on all groups of a rule that cannot be decided, at the first fact that is missing."""
        missing: dict[str, set[Member]] = defaultdict(set)
        for result in results:
            for member, fact in _missing(self.portfolio, result):
                missing[fact].add(member)
        ranked = sorted(missing, key=lambda fact: (-len(missing[fact]), fact))
        together: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for fact in ranked:
            together[tuple(sorted(member.record.name for member in missing[fact]))].append(fact)
        without = [f"{_named(facts)} of {_named(names)}" for names, facts in together.items()]
        reasons = [f"without {_listed(without, '; ')}"] if without else []
        if self.unread:
            verb = "has" if len(self.unread) == 1 else "have"
            reasons.append(f"while {_named(self.unread)} {verb} no readable facts")
        groups = [f"`{shown(each.key)}`" if each.key is not None else "groups not named yet" for each in results]
        about = f" for {_listed(groups)}" if self.rule.group_by is not None else ""
        message = f"{self.rule.rule.title}: cannot be decided{about} {' and '.join(reasons)}".rstrip()
        past = any(member.record.past_prototype for member in self.portfolio.members)
        severity = self.severity if past or self.strict or self.unread else MILDER[self.severity]
        subject = _subject(results)
        if not ranked:
            return self._finding(Outcome.UNDETERMINED, severity, message, None, Place(), (), subject)
        fact = ranked[0]
        record = min(missing[fact], key=lambda m: (m.record.name, m.record.file)).record
        path = path_of(_NAME if is_option_fact(fact) else fact)
        return self._finding(Outcome.UNDETERMINED, severity, message, record, Place(path=path, part="key"), (), subject,
                             () if self.unread or any(map(is_option_fact, ranked)) else tuple(sorted(ranked)))  # fmt: skip

    def _finding(self, outcome: Outcome, severity: Severity, message: str, record: FeatureRecord | None, place: Place,
                 related: tuple[Place, ...], subject: str, missing: tuple[str, ...] = ()) -> Finding:  # fmt: skip
        rule, active = self.rule.rule, self.active
        if active.coming:
            message += f" ({active.coming})"
        return Finding(
            rule_id=rule.id, rule_name=rule.name, severity=severity, outcome=outcome, message=message,
            file=record.file if record is not None else self.unread[0] if self.unread else "",
            document=self.documents(record) if record is not None else None, place=place, related=related,
            why=rule.why, fix=rule.fix, references=rule.references, missing_facts=missing, subject=subject,
            stage=active.stage,
        )  # fmt: skip


def _message(rule: PortfolioRule, result: GroupResult) -> str:
    def fill(match: re.Match[str]) -> str:
        return shown_value(result.group.shown(match.group(1)))

    return _PLACEHOLDER.sub(fill, rule.rule.message)


def _subject(results: Sequence[GroupResult]) -> str:
    keys = ["groups not named yet" if result.key is None else escaped(result.key) for result in results]
    return f"group {', '.join(keys)}" if any(keys) else "all features"


def _position(rule: PortfolioRule, result: GroupResult) -> int:
    """Return the measure that a group breaks a rule by: of the group rather than of all."""
    names = [name for name in result.reads(Truth.FALSE) if name != KEY]
    names.sort(key=lambda name: not name.startswith(GROUP))
    return next(
        (n for n, measure in enumerate(rule.measures) for name in names[:1] if name.endswith(f".{measure.name}")), 0
    )


def _contributors(portfolio: Portfolio, result: GroupResult) -> tuple[list[Member], str]:
    """Return the features of a group, those that add the most first, and the first few in words."""
    position = _position(portfolio.rule, result)
    measure = portfolio.rule.measures[position]
    members = [portfolio.members[number] for number in result.group.numbers]

    def least(member: Member) -> float:
        added = member.entry.amounts[position]
        return float(added.low or 0) if isinstance(added, Amount) else 0.0

    def counts(member: Member) -> bool:
        added = member.entry.amounts[position]
        return not (isinstance(added, Amount) and added.low == added.high == 0)

    ranked = sorted(members, key=lambda m: (-least(m), not m.entry.certain, m.record.name, m.record.file))
    told = [member for member in ranked if counts(member)]
    whole = sum(least(member) for member in told)
    if measure.aggregate is not Aggregate.SUM or len(told) < 2 or not whole:
        return ranked, _named([member.record.name for member in told])
    words = [f"`{shown(m.record.name)}` {_percent(least(m) / whole)} %" for m in told]
    return ranked, _listed(words)


def _percent(share: float) -> str:
    percent = 100.0 * share
    return f"{percent:.0f}" if percent >= 1.0 or percent == 0.0 else f"{percent:.1g}"


def _places(rule: PortfolioRule, member: Member, result: GroupResult) -> Iterable[str]:
    position = _position(rule, result)
    yield member.entry.places[position]
    yield from member.entry.places


def _missing(portfolio: Portfolio, result: GroupResult) -> Iterable[tuple[Member, str]]:
    """Yield the facts, each with its feature, that would settle what becomes of a group."""
    reads = [name for name in result.reads(Truth.UNKNOWN) if name != KEY] or list(result.reads(Truth.FALSE))
    everybody = any(name.startswith(TOTAL) for name in reads)
    positions = {
        n for n, measure in enumerate(portfolio.rule.measures) for name in reads if name.endswith(f".{measure.name}")
    }
    inside = set(result.group.numbers)
    for number in range(len(portfolio.members)) if everybody else sorted(inside):
        member = portfolio.members[number]
        facts = [*member.entry.over_missing]
        if number in inside and number not in result.group.certain:
            facts += member.entry.group_missing
        for position in positions:
            facts += member.entry.missing[position]
        yield from ((member, fact) for fact in facts)


def _named(names: Sequence[str]) -> str:
    return _listed([f"`{shown(name)}`" for name in names])


def _listed(words: Sequence[str], separator: str = ", ") -> str:
    if len(words) > MAX_NAMED + 1:
        return f"{separator.join(words[:MAX_NAMED])} and {len(words) - MAX_NAMED} more"
    last = " and " if separator == ", " else separator
    return last.join(filter(None, (separator.join(words[:-1]), words[-1]))) if words else ""
