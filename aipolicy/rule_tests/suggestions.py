"""Cases that would kill surviving mutants and show truths that no test shows, for a person to read and accept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aipolicy.facts.all_facts import OPTION_PREFIX, is_option_fact
from aipolicy.facts.option_facts import PARTNER_PREFIX
from aipolicy.facts.record_values import plain_records
from aipolicy.facts.spec import FactValue, RecordList, RecordValue
from aipolicy.facts.value_text import shown_value
from aipolicy.findings.finding import Outcome
from aipolicy.policy.rule import Rule
from aipolicy.rule_tests.case_domains import Values
from aipolicy.rule_tests.case_search import CaseSearch
from aipolicy.rule_tests.coverage import LineCoverage
from aipolicy.rule_tests.mutation_run import Fate, MutantResult
from aipolicy.source.document import PlainValue
from aipolicy.value import Frozen

_MAX_NAME = 100


class Suggestion(Frozen):
    """An example that a rule lacks; `expect` is what the rule says today, right or wrong."""

    rule: Rule
    name: str
    case: Values
    expect: Outcome
    shows: tuple[str, ...]
    """What no test shows so far."""


class _Draft(Frozen):
    case: Values
    index: int
    shows: list[str]


def suggestions(search: CaseSearch, mutants: Sequence[MutantResult],
                coverage: Sequence[LineCoverage]) -> Iterator[Suggestion]:  # fmt: skip
    """Yield cases of one rule, each for all the mutants and truths that it settles."""
    drafts: list[_Draft] = []
    for result in (result for result in mutants if result.fate is Fate.SURVIVED):
        _for_mutant(search, result, drafts)
    for line in coverage:
        _for_truths(search, line, drafts)
    taken = {test.name for test in search.rule.tests}
    for draft in drafts:
        name = _free(_name(search, draft), taken)
        taken.add(name)
        case = {name: draft.case[name] for name in search.domains.names if name in draft.case}
        yield Suggestion(search.rule, name, case, search.outcome(case), tuple(draft.shows))


def _for_mutant(search: CaseSearch, result: MutantResult, drafts: list[_Draft]) -> None:
    shows = f"{result.mutant.kind.value}: {result.mutant.text or result.original.text}"
    for draft in drafts:
        if search.outcome(draft.case) is not search.outcome(draft.case, result.variation):
            draft.shows.append(shows)
            return
    case = search.telling_case(result.variation)
    if case is not None:
        drafts.append(_Draft(case, result.variation.at, [shows]))


def _for_truths(search: CaseSearch, line: LineCoverage, drafts: list[_Draft]) -> None:
    for truth in line.missing:
        shows = f"{truth.value}: {line.line.text}"
        fitting = next((draft for draft in drafts if search.truth(line.index, draft.case) is truth), None)
        if fitting is not None:
            fitting.shows.append(shows)
            continue
        case = search.case_with(line.index, truth)
        if case is not None:
            drafts.append(_Draft(case, line.index, [shows]))


def _name(search: CaseSearch, draft: _Draft) -> str:
    """Return a name made of what the deciding line rests on."""
    parts = []
    first = len(search.lines)
    is_line = draft.index < first
    decided_by = (
        search.domains.bases_of(search.lines[draft.index])
        if is_line
        else (search.rule.must_declare[draft.index - first],)
    )
    for name in decided_by:
        value = draft.case.get(name)
        unknown = "not known" if is_option_fact(name) else "not declared"
        parts.append(f"{name} {unknown}" if value is None else f"{name} {shown_value(value)}")
    name = ", ".join(parts)
    return name if len(name) <= _MAX_NAME else name[: _MAX_NAME - 1] + "…"


def _free(name: str, taken: set[str]) -> str:
    number, candidate = 2, name
    while candidate in taken:
        candidate, number = f"{name} ({number})", number + 1
    return candidate


def entry_of(suggestion: Suggestion) -> dict[str, PlainValue]:
    """Return a suggestion as an entry of the `tests` of its rule."""
    given = {name: _plain(value) for name, value in suggestion.case.items() if not is_option_fact(name)}
    option, partner = (
        {n.removeprefix(prefix): _plain(value) for n, value in suggestion.case.items() if n.startswith(prefix)}
        for prefix in (OPTION_PREFIX, PARTNER_PREFIX)
    )
    entry: dict[str, PlainValue] = {"name": suggestion.name}
    entry |= {key: facts for key, facts in (("given", given), ("option", option), ("partner", partner)) if facts}
    return {**entry, "expect": suggestion.expect.value}


def _plain(value: FactValue) -> PlainValue:
    """Return a value as it is read back: numbers that are whole are whole numbers."""
    match value:
        case tuple():
            return list(value)
        case float() if value.is_integer():
            return int(value)
        case bool() | str() | float():
            return value
        case RecordValue() | RecordList():
            return plain_records(value)
        case _:
            return {key: _plain(entry) for key, entry in value.items()}
