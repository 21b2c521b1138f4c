"""Records of all features of a run in, the findings of rules over them out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from aipolicy.evaluation.finding_places import MAX_RELATED
from aipolicy.evaluation.prepared_rule import ActiveRule, active_rules
from aipolicy.facts.all_facts import is_option_fact
from aipolicy.facts.value_text import shown_value
from aipolicy.findings.finding import Finding, Outcome, Place, Severity
from aipolicy.manifest.feature import path_of
from aipolicy.policy.portfolio_rule import Aggregate, PortfolioRule
from aipolicy.portfolio.causes import Contributors, RankedFeatures, missing_facts
from aipolicy.portfolio.deciding import decided_by
from aipolicy.portfolio.feature_records import KeptFeature
from aipolicy.portfolio.groups import GroupResult, Member, Portfolio
from aipolicy.source.document import Document
from aipolicy.source.regex import regex
from aipolicy.source.text import escaped, shown
from aipolicy.value import replace

MAX_NAMED = 3
"""More features, facts, groups or files are counted, not named."""

_MILDER = {Severity.ERROR: Severity.WARNING, Severity.WARNING: Severity.NOTE, Severity.NOTE: Severity.NOTE}
"""What an undetermined rule weighs while every feature is an idea or a prototype."""
_PLACEHOLDER = regex(r"\{([^{}]*)\}")
_NAME = "metadata.name"

Documents = Callable[[KeptFeature], Document | None]
"""Returns the manifest of a feature, in which the places of findings are looked up."""


def portfolio_findings(records: Sequence[KeptFeature], unread_files: Iterable[str], rules: Sequence[PortfolioRule],
                       documents: Documents, *, as_of: date, strict: bool) -> tuple[Finding, ...]:  # fmt: skip
    """Return what rules over all features have to say about the features of a whole run, in no particular order.

    Records have an entry for each of the rules, in their order; they are data, and may come from other processes.
    `unread_files` are the paths of files that hold a manifest without a verdict. A manifest is asked for only where a
    finding stands in it.
    """
    unread = tuple(sorted(set(unread_files)))
    findings = []
    for position, rule in enumerate(rules):
        active = next(iter(active_rules((rule.rule,), as_of)), None)
        if active is None:
            continue
        portfolio = Portfolio(rule, ((record, record.entries[position]) for record in records), len(unread))
        results = portfolio.results()
        teller = _Teller(portfolio, documents, active, unread, strict)
        findings += [teller.violation(result) for result in results if result.outcome is Outcome.VIOLATED]
        undecided = [result for result in results if result.outcome is Outcome.UNDETERMINED]
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
        self.ranked = RankedFeatures(portfolio, MAX_NAMED + 1)

    def violation(self, result: GroupResult) -> Finding:
        """Return the finding on a group, at what its largest feature declares."""
        contributors = self.ranked.contributors(result)
        first, words = contributors.first, _shares(self.rule, contributors)
        places = [path for path in (*_places(first, contributors.position), first.entry.group_place) if path]
        message = _message(self.rule, result) + (f" ({words})" if words else "")
        related = tuple(
            Place(path=path_of(path), label=path) for path in dict.fromkeys(places[1:]) if path != places[0]
        )
        finding = self._finding(
            Outcome.VIOLATED, self.severity, message, first.record, Place(path=path_of((*places, _NAME)[0])),
            related[:MAX_RELATED], _subject([result]),
        )  # fmt: skip
        return replace(finding, decided_by=decided_by(result))

    def undetermined(self, results: Sequence[GroupResult]) -> Finding:
        """Return the one finding on all groups of a rule that cannot be decided, at the first fact that is missing."""
        missing = missing_facts(self.portfolio, results)
        ranked = sorted(missing, key=lambda fact: (-len(missing[fact]), fact))
        together: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for fact in ranked:
            together[tuple(sorted(member.record.name for member in missing[fact]))].append(fact)
        without = [f"{_named(facts)} of {_named(names)}" for names, facts in together.items()]
        reasons = [f"without {_listed(without, '; ')}"] if without else []
        if self.unread:
            verb = "has" if len(self.unread) == 1 else "have"
            reasons.append(f"while {_named(self.unread)} {verb} no readable facts")
        groups = [f"`{shown(result.key)}`" if result.key is not None else "groups not named yet" for result in results]
        about = f" for {_listed(groups)}" if self.rule.group_by is not None else ""
        message = f"{self.rule.rule.title}: unknown{about} {' and '.join(reasons)}".rstrip()
        past = any(member.record.past_prototype for member in self.portfolio.members)
        severity = self.severity if past or self.strict or self.unread else _MILDER[self.severity]
        subject = _subject(results)
        if not ranked:
            return self._finding(Outcome.UNDETERMINED, severity, message, None, Place(), (), subject)
        fact = ranked[0]
        record = min(missing[fact], key=lambda m: (m.record.name, m.record.file)).record
        path = path_of(_NAME if is_option_fact(fact) else fact)
        return self._finding(Outcome.UNDETERMINED, severity, message, record, Place(path=path, part="key"), (), subject,
                             () if self.unread or any(map(is_option_fact, ranked)) else tuple(sorted(ranked)))  # fmt: skip

    def _finding(self, outcome: Outcome, severity: Severity, message: str, record: KeptFeature | None, place: Place,
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


def _shares(rule: PortfolioRule, contributors: Contributors) -> str:
    """Return the features that add the most in words, with their shares of a sum."""
    largest, whole = contributors.largest, contributors.whole
    names = [f"`{shown(member.record.name)}`" for member, _ in largest]
    if rule.measures[contributors.position].aggregate is Aggregate.SUM and contributors.adding > 1 and whole:
        names = [f"{name} {_percent(least / whole)} %" for name, (_, least) in zip(names, largest, strict=True)]
    return _listed(names, count=contributors.adding)


def _percent(share: float) -> str:
    percent = 100.0 * share
    return f"{percent:.0f}" if percent >= 1.0 or percent == 0.0 else f"{percent:.1g}"


def _places(member: Member, position: int) -> Iterable[str]:
    yield member.entry.places[position]
    yield from member.entry.places


def _named(names: Sequence[str]) -> str:
    return _listed([f"`{shown(name)}`" for name in names])


def _listed(words: Sequence[str], separator: str = ", ", *, count: int | None = None) -> str:
    """Return the first words and how many more there are; `count` says how many there are where not all are given."""
    more = (len(words) if count is None else count) - MAX_NAMED
    if more > 1:
        return f"{separator.join(words[:MAX_NAMED])} and {more} more"
    last = " and " if separator == ", " else separator
    return last.join(filter(None, (separator.join(words[:-1]), words[-1]))) if words else ""
