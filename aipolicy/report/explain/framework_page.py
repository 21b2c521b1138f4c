"""What a framework asks of a feature in, the same blocks of rows out from which text and Markdown are drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby

from aipolicy.findings.rule_ids import PART, whole_id
from aipolicy.frameworks.asked import FrameworkAnswer
from aipolicy.frameworks.questions import is_waiting, questions_of, reasons_of
from aipolicy.frameworks.rule_state import PLAN, RuleState
from aipolicy.frameworks.said_by import said_by
from aipolicy.frameworks.states import WORDS, State
from aipolicy.policy.law_words import law_of
from aipolicy.source.text import escaped, quantity
from aipolicy.value import Frozen, NamedTuple

_IN_ORDER = (
    State.UNDECIDED, State.VIOLATED, State.MISSING, State.PERSON, State.WAIVED, State.SATISFIED, State.NOT_BEGUN,
    State.NOT_APPLICABLE,
)  # fmt: skip
"""The blocks of a page: what has to be asked before anything else comes first."""
_HEADINGS = {State.UNDECIDED: f"{WORDS[State.UNDECIDED]}: to be asked first"}
CHECKED = {"secondary": "by a secondary source", "memory": "from memory: have it read"}
"""What is said of a rule whose provision was not read itself."""
_HOW = {"secondary": "checked by a secondary source", "memory": "written from memory"}
NO_ADVICE = "These rules say what to review; they are no legal advice, and meeting them all is no proof of compliance."


class ClauseRow(NamedTuple):
    """A line of a page: the clause, the rule, and what is said of it."""

    clause: str
    rule: str
    words: str


class Block(NamedTuple):
    """Rows under a heading."""

    heading: str
    rows: tuple[ClauseRow, ...]


class FrameworkPage(Frozen):
    """What is shown of a framework and a feature."""

    title: str
    headline: str
    blocks: tuple[Block, ...]
    notes: tuple[str, ...]


def framework_page(answer: FrameworkAnswer, day: date, added: Sequence[str]) -> FrameworkPage:
    """Return the page; `added` are the packs that are evaluated though the configuration does not name them."""
    feature, lifecycle = answer.evaluation.feature, answer.evaluation.facts.values["metadata.lifecycle"]
    blocks = (Block(_HEADINGS.get(state, WORDS[state]), tuple(_rows(answer, state))) for state in _IN_ORDER)
    return FrameworkPage(
        f"{escaped(feature.name)} · {lifecycle} · {escaped(feature.file)}",
        f"{answer.framework.id} ({answer.framework.name}) on {day.isoformat()}: {_counts(answer)}",
        tuple(block for block in blocks if block.rows),
        tuple(_notes(answer, added)),
    )


def _counts(answer: FrameworkAnswer) -> str:
    """Return how many rules each block has, in words."""
    rules: dict[State, set[str]] = {}
    for state in answer.states:
        rules.setdefault(State.UNDECIDED if is_waiting(state) else state.state, set()).add(whole_id(state.rule.id))
    return ", ".join(f"{len(rules[state])} {WORDS[state]}" for state in _IN_ORDER if state in rules)


def _rows(answer: FrameworkAnswer, state: State) -> Iterator[ClauseRow]:
    match state:
        case State.UNDECIDED:
            yield from _question_rows(answer)
        case State.NOT_APPLICABLE:
            for reason in reasons_of(answer.states):
                yield ClauseRow("", "", f"{reason.words}: {_ids(reason.states)}")
        case _:
            of_state = [
                rule_state for rule_state in answer.states if rule_state.state is state and not is_waiting(rule_state)
            ]
            for _, parts in groupby(of_state, key=lambda rule_state: whole_id(rule_state.rule.id)):
                yield _row(answer, list(parts))


def _question_rows(answer: FrameworkAnswer) -> Iterator[ClauseRow]:
    for question in questions_of(answer.states):
        rules = {whole_id(rule_state.rule.id): rule_state for rule_state in question.waiting}
        later = {_begins(rule_state) for rule_state in rules.values() if rule_state.state is State.NOT_BEGUN}
        some = "some of them " if any(rule_state.state is not State.NOT_BEGUN for rule_state in rules.values()) else ""
        waiting = f"{quantity(len(rules), 'rule')} {'wait' if len(rules) > 1 else 'waits'} for it"
        since = f" ({some}{', '.join(sorted(later))})" if later else ""
        yield ClauseRow("", "", f"{_asked(answer, question.facts)}: {waiting}{since}, {_ids(question.waiting)}")


def _row(answer: FrameworkAnswer, parts: Sequence[RuleState]) -> ClauseRow:
    rule = parts[0].rule
    begins = f"{_begins(parts[0])}; " if parts[0].state is State.NOT_BEGUN else ""
    texts = (f"{_part_name(answer, part)}{_words(answer, part)}" for part in parts)
    checked = CHECKED.get(law_of(rule).verified, "")
    words = f"{rule.title}: {begins}{'; '.join(filter(None, texts))}".removesuffix("; ")
    return ClauseRow(_cited(answer, parts[0]), whole_id(rule.id), words + (f" [{checked}]" if checked else ""))


def _begins(state: RuleState) -> str:
    begins = state.rule.effective_from
    return "no day is set from which it is in force" if begins is None else f"in force from {begins.isoformat()}"


def _part_name(answer: FrameworkAnswer, state: RuleState) -> str:
    """Return the name of a requirement, where its rule has several."""
    whole, _, name = state.rule.id.partition(PART)
    parts = sum(whole_id(rule_state.rule.id) == whole for rule_state in answer.states)
    return f"{name.replace('_', ' ')} " if name and parts > 1 else ""


def _words(answer: FrameworkAnswer, state: RuleState) -> str:
    """Return what is said of a rule or a requirement, behind its title."""
    match state.then or state.state:
        case State.VIOLATED:
            words = _with_facts(state.message, state)
        case State.MISSING:
            facts = state.message if state.facts == (PLAN,) else ", ".join(map(str, state.rests_on))
            words = _asked(answer, state.facts) + (f" ({facts})" if facts else "")
        case State.PERSON:
            shown_by = " and ".join(f"`{name}`" for name in state.facts)
            words = f"{_with_facts(state.message, state)}, shown by {shown_by}"
        case State.SATISFIED:
            words = ", ".join(map(str, state.rests_on)) or "kept by every way of the plan"
        case _:
            words = state.message
    return words if state.then is None else f"{WORDS[state.then]} so far: {words}"


def _with_facts(message: str, state: RuleState) -> str:
    facts = ", ".join(map(str, state.rests_on))
    return f"{message} ({facts})" if facts else message


def _asked(answer: FrameworkAnswer, names: Iterable[str]) -> str:
    """Return facts to declare with whoever can say them."""
    owner = str(answer.evaluation.facts.values.get("metadata.owner") or "")
    by: dict[str, list[str]] = {}
    for name in names:
        by.setdefault(said_by(name, owner), []).append(f"`{name}`")
    return ", ".join(f"{' and '.join(facts)} from {escaped(who)}" for who, facts in by.items())


def _cited(answer: FrameworkAnswer, state: RuleState) -> str:
    link = answer.link_of(state)
    if not link.relations:
        return link.clause
    return ", ".join(f"{relation} {control}" for relation, control in zip(link.relations, link.controls, strict=True))


def _ids(states: Iterable[RuleState]) -> str:
    return ", ".join(dict.fromkeys(whole_id(state.rule.id) for state in states))


def _notes(answer: FrameworkAnswer, added: Sequence[str]) -> Iterator[str]:
    decided = {
        whole_id(rule_state.rule.id): law_of(rule_state.rule).verified
        for rule_state in answer.states
        if rule_state.state is not State.NOT_APPLICABLE
    }
    unread = {how: sum(verified == how for verified in decided.values()) for how in CHECKED}
    if any(unread.values()):
        counts = ", ".join(f"{count} {_HOW[how]}" for how, count in unread.items() if count)
        yield f"Not read in the text of its provision, of {quantity(len(decided), 'rule')} that may apply: {counts}."
    if added:
        names = " and ".join(f"`{escaped(name)}`" for name in added)
        yield f"Evaluated with the shipped pack {names}, which is not configured: add it to `policies` to check by it."
    yield NO_ADVICE
