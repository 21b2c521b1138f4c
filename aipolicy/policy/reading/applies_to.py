"""`applies_to` of a rule in, conditions in CEL out: lifecycle, owners, labels and paths that the rule is limited to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator

from aipolicy.facts.declared import LIFECYCLES
from aipolicy.source.document import PlainValue
from aipolicy.source.records import Record, kind_of
from aipolicy.source.regex import regex
from aipolicy.source.span import DocumentPath
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown
from aipolicy.value import NamedTuple

APPLIES_TO = "applies_to"
_WILD = regex(r"[*?]")
_NOT_IN_PATHS = regex(r"[\\\[\]{}]")
_FILE_NAME = regex(r"\.[A-Za-z]+$")
_FOLDERS = "**"

_Check = Callable[[str], str]
"""Returns what is wrong with a word, empty for nothing."""
_Regex = Callable[[str], str]


class Limit(NamedTuple):
    """One limit of a rule: the author's words, the condition that they mean, and where they stand."""

    text: str
    condition: str
    path: DocumentPath


def read_applies_to(rule: Record) -> Iterator[Limit]:
    """Yield the limits of a rule, all of which must hold; mistakes are noted at their lines."""
    if APPLIES_TO not in rule.field_names():
        return
    if rule.raw(APPLIES_TO) in (None, {}):
        rule.mistake("`applies_to` is empty; limit it by `lifecycle`, `owners`, `labels` or `paths`", APPLIES_TO, "key")
        return
    record = rule.record(APPLIES_TO)
    yield from _texts(record, "lifecycle", "metadata.lifecycle", _wrong_lifecycle, _word_regex)
    yield from _texts(record, "owners", "metadata.owner", _nothing_wrong, _word_regex)
    yield from _labels(record)
    yield from _texts(record, "paths", "manifest.path", _wrong_path, path_regex)
    record.finish()


def _labels(record: Record) -> Iterator[Limit]:
    written = record.raw("labels")
    if "labels" not in record.field_names():
        return
    if written in (None, {}):
        record.mistake("`labels` is empty; name a label with its values, or remove the key", "labels", "key")
        return
    labels = record.record("labels")
    for name in labels.field_names():
        subject = f"metadata.labels[{quoted(name)}]"
        yield from _texts(labels, name, subject, _nothing_wrong, _word_regex, ("labels", name))


def _texts(record: Record, key: str, subject: str, check: _Check, regex: _Regex,
           shown_as: tuple[str, ...] = ()) -> Iterator[Limit]:  # fmt: skip
    record.raw(key)  # known, so that misspelt keys are told what they may mean
    if key in record.field_names():
        words = _words(record, key, check)
        if words:
            text = f"{APPLIES_TO}.{'.'.join(shown_as or (key,))}: {', '.join(words)}"
            yield Limit(text, _any_of(subject, words, regex), (*record.path, key))


def quoted(text: str) -> str:
    """Return a text as a CEL literal, whatever characters it holds."""
    # NOTE: JSON without ASCII escapes is CEL: pairs of surrogates, which CEL refuses, are never written.
    return json.dumps(text, ensure_ascii=False)


def path_regex(glob: str) -> str:
    """Return the regular expression of a path: `**` is any folders, `*` and `?` stay within one name."""
    parts = glob.split("/")
    text = ""
    for index, part in enumerate(parts):
        last = index == len(parts) - 1
        if part == _FOLDERS:
            text += ".+" if last else "(?:[^/]+/)*"
        else:
            text += _regex(part, "[^/]*", "[^/]") + ("" if last else "/")
    return text


def _any_of(subject: str, words: Iterable[str], regex: _Regex) -> str:
    """Return the condition that a text is one of some words, or matches one that has wildcards."""
    plain = [word for word in words if not _WILD.search(word)]
    wild = [regex(word) for word in words if _WILD.search(word)]
    conditions = []
    if plain:
        conditions.append(f"{subject} in [{', '.join(map(quoted, plain))}]")
    if wild:
        pattern = f"(?s)^(?:{'|'.join(wild)})$"
        conditions.append(f"{subject}.matches({quoted(pattern)})")
    return " || ".join(conditions)


def _words(record: Record, key: str, check: _Check) -> tuple[str, ...]:
    """Return the words of a field, one or a list; every mistake is noted at its own line."""
    raw = record.raw(key)
    if raw in (None, "", []):
        record.mistake(f"`{shown(key)}` is empty; write a value or remove the key", key, "key")
        return ()
    items: list[PlainValue] = raw if isinstance(raw, list) else [raw]
    words: list[str] = []
    for index, item in enumerate(items):
        path = (*record.path, key, index) if isinstance(raw, list) else (*record.path, key)
        if not isinstance(item, str):
            wrong = f"`{shown(key)}` must be text or a list of text, found {kind_of(item)}"
            wrong += "; quote it" if isinstance(item, int | float) else ""
        else:
            wrong = check(item) if item.strip() else f"`{shown(key)}` holds an empty text"
        if wrong:
            record.mistakes.add(wrong, record.document, path)
        else:
            words.append(str(item))
    return tuple(words)


def _nothing_wrong(word: str) -> str:
    return ""


def _wrong_lifecycle(word: str) -> str:
    if word in LIFECYCLES:
        return ""
    allowed = ", ".join(f"`{lifecycle}`" for lifecycle in LIFECYCLES)
    return f"`{shown(word)}` is no lifecycle{did_you_mean(word, LIFECYCLES)} (one of {allowed})"


def _wrong_path(glob: str) -> str:
    """Return why a path can match no manifest, or not what its author means."""
    if _NOT_IN_PATHS.search(glob):
        return f"`{shown(glob)}`: a path has `/`, `*`, `?` and `**` only; write several paths for alternatives"
    if glob.startswith(("/", "!")):
        return f"`{shown(glob)}`: write the path from the root of the repository, without `{glob[0]}` in front"
    parts = glob.split("/")
    last = parts[-1]
    if not (_WILD.search(last) or _FILE_NAME.search(last)):
        folder = glob.rstrip("/")
        return f"`{shown(glob)}` names a folder; write `{shown(folder)}/**` for what lies in it"
    if any(part in ("", ".", "..") for part in parts):
        return f"`{shown(glob)}`: write the path from the root of the repository, without empty parts, `.` and `..`"
    if any(_FOLDERS in part and part != _FOLDERS for part in parts):
        return f"`{shown(glob)}`: `**` stands alone between slashes, as in `services/**`"
    return ""


def _word_regex(glob: str) -> str:
    """Return the regular expression of a word: `*` is any characters, `?` is one."""
    return _regex(glob, ".*", ".")


def _regex(text: str, star: str, mark: str) -> str:
    """Return text as an RE2 expression with wildcards; everything else stands for itself."""
    return "".join(
        star if character == "*" else mark if character == "?"
        else character if character.isalnum() or character in "_/" or ord(character) > 0x7F
        else f"\\x{{{ord(character):x}}}" if not character.isprintable() else f"\\{character}"
        for character in text
    )  # fmt: skip
