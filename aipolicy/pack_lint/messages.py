"""Messages that show a value of a line that may well hold: they would be about something else than what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aipolicy.findings.finding import Finding
from aipolicy.pack_lint.registry import MESSAGE_OF_ANOTHER, PLAIN_MESSAGE
from aipolicy.pack_lint.subject import LintedPack, RuleText, found
from aipolicy.policy.message import names_in
from aipolicy.policy.rule import Line
from aipolicy.source.span import DocumentPath
from aipolicy.source.text import shown


def message_findings(subject: LintedPack) -> Iterator[Finding]:
    """Yield every message that reads what another line of its rule asks for, and own messages that name no value."""
    for text in (text for text in subject.rules if text.is_whole and text.portfolio is None):
        rule, entry = text.rule, text.entry
        silent = (own.line for own in rule.requirements if not own.message)
        yield from _of_others(text, rule.message, (*rule.plain_require, *silent), (*entry.path, "message"))
        for requirement in rule.requirements:
            path = (*requirement.line.path[:-1], "message")
            yield from _of_others(text, requirement.message, (requirement.line,), path)
            if requirement.message and not names_in(requirement.message):
                message = f"the message of `{rule.id}/{requirement.name}` names no value of what it found"
                yield found(PLAIN_MESSAGE, message, entry.document, path)


def _of_others(text: RuleText, message: str, about: Sequence[Line], path: DocumentPath) -> Iterator[Finding]:
    """Yield a finding where a message shows values of some lines of a rule, and none of a line that it is given for."""
    names_in_when = {name for line in text.rule.when for name in _reads(line)}
    shown_values = [name for name in names_in(message) if name not in names_in_when]
    of_line = next((line for line in text.rule.require if any(name in _reads(line) for name in shown_values)), None)
    silent = next((line for line in about if not any(name in _reads(line) for name in shown_values)), None)
    if of_line is not None and silent is not None:
        words = f"the message is about `{shown(of_line.text)}`, and is given where `{shown(silent.text)}` fails too"
        yield found(MESSAGE_OF_ANOTHER, words, text.entry.document, path)


def _reads(line: Line) -> tuple[str, ...]:
    return (*line.feature_reads, *line.option_reads)
