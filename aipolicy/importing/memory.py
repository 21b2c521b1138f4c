"""What an import remembers of a manifest in the comments at its top, so that the next one knows what people changed.

In the file and not beside it: it moves with the file, is reviewed with it, and two branches meet in one place.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from aipolicy.facts.record_values import plain_records
from aipolicy.facts.spec import FactValue, RecordList, RecordValue
from aipolicy.source.document import PlainValue
from aipolicy.source.regex import regex
from aipolicy.value import Frozen, replace

_ABOUT = "# imported by `aipolicy import`, which renews what nobody changes here and keeps what somebody does\n"
_MARK = "# import: "
_LINE = regex(r"# import: (.*?)\r?\n")
_VALUES = regex(r"([^\s=]+)=([0-9a-f]{10})")
_WIDTH = 110
_MOST_LINES = 50
"""Below this line nothing is taken for what an import remembers."""


class RowOrigin(Frozen):
    """Where a manifest comes from: the title of the table, the id of the row, and whether other rows have its name."""

    source: str
    row_id: str | None = None
    shares_name: bool = False


class Memory(Frozen):
    """Where a manifest comes from, and digests of what was written into it."""

    origin: RowOrigin
    body: str
    """Digest of everything below the comments."""
    digests: Mapping[str, str]
    """Digest of every value by its field; the name of the feature is never written again, and not among them."""


def digest_of_value(value: FactValue | PlainValue) -> str:
    """Return a digest of a value as it is compared: numbers alike however they are written."""
    return _digest(json.dumps(comparable(value), sort_keys=True))


def comparable(value: FactValue | PlainValue) -> object:
    """Return a value of a fact, or as it was read from a manifest, in the form in which the two are equal."""
    match value:
        case bool() | str() | None:
            return value
        case int() | float():
            return float(value)
        case list() | tuple():
            return [comparable(item) for item in value]
        case RecordValue() | RecordList():
            return comparable(plain_records(value))
        case _:
            return {key: comparable(item) for key, item in value.items()}


def digest_of_body(body: str) -> str:
    """Return a digest of the text of a manifest, whatever its line ends."""
    return _digest(body.replace("\r\n", "\n"))


def memory_lines(memory: Memory) -> str:
    """Return the comments that remember this."""
    origin = memory.origin
    shares = {"shares_name": True} if origin.shares_name else {}
    head = json.dumps({"source": origin.source, "id": origin.row_id, **shares, "body": memory.body})
    lines = [_ABOUT, f"{_MARK}{head}\n"]
    line = _MARK.rstrip()
    for word in (f"{field}={digest}" for field, digest in sorted(memory.digests.items())):
        if len(line) + len(word) >= _WIDTH and line != _MARK.rstrip():
            lines.append(f"{line}\n")
            line = _MARK.rstrip()
        line += f" {word}"
    return "".join([*lines, f"{line}\n"] if memory.digests else lines)


def read_memory(text: str) -> tuple[Memory, str] | None:
    """Return what the comments of a manifest remember, and the text below them; None for one that was not imported."""
    first = _LINE.search(text)
    if first is None or text[: first.start()].count("\n") >= _MOST_LINES:
        return None
    matches = [first]
    while (following := _LINE.match(text, matches[-1].end())) is not None:
        matches.append(following)
    try:
        head = json.loads(matches[0].group(1))
        source, row_id, body = head["source"], head["id"], head["body"]
        shares_name = head.get("shares_name") is True
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    if not (isinstance(source, str) and isinstance(body, str) and isinstance(row_id, str | None)):
        return None
    values = {name: digest for match in matches[1:] for name, digest in _VALUES.findall(match.group(1))}
    return Memory(RowOrigin(source, row_id, shares_name), body, values), text[matches[-1].end() :]


def with_memory(text: str, digests: Mapping[str, str]) -> str:
    """Return the text of an imported manifest whose comments remember these digests."""
    remembered = read_memory(text)
    assert remembered is not None, "only an imported manifest remembers"
    memory, below = remembered
    above = text[: text.index(_MARK)].removesuffix(_ABOUT).removesuffix(_ABOUT.replace("\n", "\r\n"))
    lines = memory_lines(replace(memory, digests=dict(digests)))
    return above + (lines.replace("\n", "\r\n") if "\r\n" in text else lines) + below


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:10]
