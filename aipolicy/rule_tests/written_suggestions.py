"""Suggested examples in, the files of packs with them at the end of the examples of their rules out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from aipolicy.errors import PolicyError
from aipolicy.files.atomic_write import write_whole
from aipolicy.files.shipped import PACKAGE
from aipolicy.rule_tests.suggestions import Suggestion, entry_of
from aipolicy.source.document import PlainValue
from aipolicy.source.regular_file import read_regular_file, reason_of
from aipolicy.source.span import DocumentPath
from aipolicy.source.yaml_listed import with_listed
from aipolicy.source.yaml_reader import read_yaml
from aipolicy.value import NamedTuple


class WrittenSuggestions(NamedTuple):
    """What was written, and what has to be added by hand."""

    files: tuple[tuple[str, int], ...]
    """Files with the number of examples that each got."""
    left: tuple[Suggestion, ...]


def write_suggestions(suggestions: Sequence[Suggestion]) -> WrittenSuggestions:
    """Write suggested examples below their rules, each file whole or not at all; raises `PolicyError`.

    Packs that ship, are installed or lie in another repository are nobody's to edit here: their examples are left, and so
    are those of rules that are written in a way to which nothing can be added.
    """
    files: list[tuple[str, int]] = []
    left: list[Suggestion] = []
    by_file = sorted(suggestions, key=lambda suggestion: (_file_of(suggestion), suggestion.rule.id))
    for path, of_file in groupby(by_file, key=_file_of):
        of_path = list(of_file)
        if not _is_own(path):
            left += of_path
            continue
        written = 0
        data = _read(path)
        for rule_id, of_rule in groupby(of_path, key=lambda suggestion: suggestion.rule.id):
            examples = list(of_rule)
            grown = _with_examples(path, data, rule_id, examples)
            if grown is None:
                left += examples
            else:
                data, written = grown, written + len(examples)
        if written:
            _write(path, data)
            files.append((path, written))
    return WrittenSuggestions(tuple(files), tuple(left))


def _file_of(suggestion: Suggestion) -> str:
    return suggestion.rule.defined_at.rpartition(":")[0]


def _is_own(path: str) -> bool:
    return os.path.isfile(path) and not os.path.realpath(path).startswith(os.path.realpath(PACKAGE) + os.sep)


def _with_examples(path: str, data: bytes, rule_id: str, examples: Sequence[Suggestion]) -> bytes | None:
    """Return a file with examples below a rule, None where they have to be written by hand."""
    places = [
        (number, place)
        for number, document in enumerate(read_yaml(path, data).documents)
        for place, rule in _rules_in(document.value)
        if rule.get("id") == rule_id
    ]
    if len(places) != 1:
        return None
    number, place = places[0]
    return with_listed(path, data, number, place, "tests", [entry_of(example) for example in examples])


def _rules_in(value: PlainValue) -> Iterator[tuple[DocumentPath, dict[str, PlainValue]]]:
    """Yield the rules of a document, those of groups included, with where they stand."""
    fields = value if isinstance(value, dict) else {}
    lists: list[tuple[DocumentPath, PlainValue]] = [(("rules",), fields.get("rules"))]
    lists += [
        (("groups", number, "rules"), group.get("rules"))
        for number, group in enumerate(_listed(fields.get("groups")))
        if isinstance(group, dict)
    ]
    for path, rules in lists:
        for number, rule in enumerate(_listed(rules)):
            if isinstance(rule, dict):
                yield (*path, number), rule


def _listed(value: PlainValue) -> Iterable[PlainValue]:
    return value if isinstance(value, list) else ()


def _read(path: str) -> bytes:
    try:
        return read_regular_file(path)
    except (OSError, ValueError) as error:
        raise PolicyError(f"cannot read: {reason_of(error)}", path=path) from error


def _write(path: str, data: bytes) -> None:
    try:
        write_whole(path, data)
    except (OSError, ValueError) as error:
        raise PolicyError(f"cannot write: {reason_of(error)}", path=path) from error
