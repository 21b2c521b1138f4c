"""A conversation in a terminal: questions out, replies in, and what the answer is so far after each."""

from __future__ import annotations

from collections.abc import Mapping

import click

from aipolicy.authoring.conversation import ABOUT_IT, AskedFact, Conversation
from aipolicy.authoring.replies import NAME
from aipolicy.catalog.catalog import Catalog
from aipolicy.cli.terminal import stdout_style, stdout_width
from aipolicy.errors import AipolicyError
from aipolicy.facts.known_facts import KnownFacts
from aipolicy.report.answer_words import CERTAINTIES, answer_sentence, answer_words, usd_words
from aipolicy.report.question_words import explanation, left_out_words, reason_lines, reply_words
from aipolicy.report.terminal.drawing import Screen, grid, joined, said
from aipolicy.report.terminal.style import Role, shortened
from aipolicy.run.answer_result import AnswerResult, result_of_answer
from aipolicy.run.answers_asked import Depth

_EXPLAIN, _END = "?", "q"
_LABEL = 10
_INTRODUCTION = (
    f"Four facts first, then only what would change the answer. `{_EXPLAIN}` explains a question, Enter leaves out what is "
    f"not known, `{_END}` ends and writes the file."
)


def converse(conversation: Conversation, suggested: Mapping[str, str]) -> Conversation:
    """Return the conversation once nothing is left to ask, or its end was asked for; raises `click.Abort` before.

    `suggested` are replies by fact that Enter gives.
    """
    screen = _screen()
    screen.add(said(_INTRODUCTION))
    _say(screen)
    known, catalog = conversation.manifest.known, conversation.manifest.catalog
    while (question := conversation.question) is not None:
        _ask(question, catalog)
        reply = _reply(question, suggested.get(question.spec.name, ""))
        if reply == _EXPLAIN:
            _explain(question, known, catalog)
        elif reply == _END and NAME in conversation.declared:
            break
        else:
            before, conversation = conversation, _after(conversation, question, reply)
            if conversation.declared is not before.declared and question.spec.name not in ABOUT_IT:
                _tell(conversation)
    return conversation


def _after(conversation: Conversation, question: AskedFact, reply: str) -> Conversation:
    """Return the conversation after a reply; after a wrong one it is the same, and it was said what is wrong."""
    if not reply and not question.spec.required:
        return conversation.skipped()
    try:
        return conversation.replied(reply)
    except AipolicyError as error:
        screen = _screen()
        for line in str(error).split("\n"):
            screen.add(joined(said("wrong", Role.ERROR), f": {line}"))
        _say(screen)
        return conversation


def _reply(question: AskedFact, suggested: str) -> str:
    reply: str = click.prompt(
        question.spec.name, default=suggested, show_default=bool(suggested), err=True, value_proc=str
    )
    return reply.strip()


def _ask(question: AskedFact, catalog: Catalog) -> None:
    screen = _screen()
    screen.add(said(""))
    screen.add(said(question.spec.meaning, Role.STRONG))
    taken = "" if question.spec.name in ABOUT_IT else left_out_words(question)
    parts = (reply_words(question.spec, catalog), f"left out: {taken}" if taken else "")
    if any(parts):
        screen.add(said("; ".join(filter(None, parts))), 2)
    lines = grid(_LABEL, None)
    if question.waiting:
        lines.add_row(said("scope", Role.RELATED), said(question.waiting))
    for number, reason in enumerate(reason_lines(question)):
        lines.add_row(said("if" if number == 0 else "", Role.RELATED), said(reason))
    if lines.row_count:
        screen.add(lines, 2)
    _say(screen)


def _explain(question: AskedFact, known: KnownFacts, catalog: Catalog) -> None:
    screen = _screen()
    lines = grid(_LABEL, None)
    (name, meaning), *rest = explanation(question, known, catalog)
    screen.add(joined(said(name, Role.STRONG), f": {meaning}"), 2)
    for label, text in rest:
        lines.add_row(said(label, Role.RELATED), said(text))
    screen.add(lines, 2)
    _say(screen)


def _tell(conversation: Conversation) -> None:
    """Say on one line what the answer is so far."""
    screen = _screen()
    room = screen.width - _LABEL - 1
    lines = grid(_LABEL, None)
    lines.add_row(said("so far", Role.GOOD), said(shortened(_so_far(conversation), room)))
    screen.add(lines)
    _say(screen)


def _so_far(conversation: Conversation) -> str:
    answer: AnswerResult = result_of_answer(conversation.answering, Depth.BRIEF)
    way = answer.recommended
    if way is None:
        return answer_words(answer)
    least = "" if way.is_whole else "at least "
    certainty = CERTAINTIES[answer.certainty].lower()
    return f"{certainty}, {least}{usd_words(way.monthly_usd)} USD a month: {answer_sentence(way)}"


def _screen() -> Screen:
    return Screen(stdout_width(), stdout_style())


def _say(screen: Screen) -> None:
    click.echo(screen.result(), nl=False, err=True)
