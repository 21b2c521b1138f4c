"""Names of values in tables of the configuration: words with dots between them, in quotes where a word has dots itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aipolicy.source.span import DocumentPath


def dotted_name(path: DocumentPath) -> str:
    """Return how a value below a table is called: the table itself left out, words below a parameter in quotes for dots."""
    words = list(map(str, path[1:]))
    return ".".join((*words[:2], *map(_quoted, words[2:])))


def words_below(name: str, parameter: str) -> tuple[str, ...]:
    """Return the words of an entry that a dotted name of the configuration sets; none where it is of another parameter."""
    if not name.startswith(f"{parameter}."):
        return ()
    words, rest = [], name[len(parameter) + 1 :]
    while rest:
        end = rest.find('"', 1) + 1 if rest.startswith('"') else 0
        word, rest = (rest[1 : end - 1], rest[end + 1 :]) if end else (*rest.split(".", 1), "")[:2]
        words.append(word)
    return tuple(words)


def _quoted(word: str) -> str:
    return f'"{word}"' if "." in word or '"' in word else word
