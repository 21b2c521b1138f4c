"""The text of the comment: the marker by which it is found again, and a cut that leaves no open block."""

from __future__ import annotations

from hashlib import sha256

MARKER = "<!-- aipolicy report -->"
"""First line of the `markdown` format (a test compares the two)."""
MOST_CHARACTERS = 65_536
"""GitHub takes no longer comments."""
_CUT = "\n\n_This comment is cut; the step summary of the run has all of it._\n"


def comment_key(*parts: str) -> str:
    """Return a hidden line that tells the comments of several jobs on one pull request apart."""
    return f"<!-- aipolicy comment {sha256(chr(0).join(parts).encode('utf-8', 'surrogateescape')).hexdigest()[:16]} -->"


def with_key(report: str, key: str) -> str:
    """Return the comment for a report: marker, key, text, within the size that GitHub takes."""
    text = report.removeprefix(MARKER).lstrip("\n")
    return cut(f"{MARKER}\n{key}\n{text}")


def is_ours(body: str, key: str) -> bool:
    """Return whether a comment begins with the marker and the key; GitHub may have changed the line breaks."""
    return body.replace("\r\n", "\n").startswith(f"{MARKER}\n{key}\n")


def cut(text: str, most: int = MOST_CHARACTERS) -> str:
    """Return text of at most so many characters, cut between lines, with every open block closed.

    Characters are counted as UTF-16 counts them, the widest way that an API may.
    """
    if _units(text) <= most:
        return text
    room = most - _units(_CUT) - _units(_closing("```\n<details>\n")) * 8
    kept: list[str] = []
    for line in text.split("\n"):
        room -= _units(line) + 1
        if room < 0:
            break
        kept.append(line)
    closing = _closing("\n".join(kept))
    while kept and _units("\n".join(kept) + closing + _CUT) > most:
        kept.pop()
        closing = _closing("\n".join(kept))
    return "\n".join(kept) + closing + _CUT


def _closing(text: str) -> str:
    fence = sum(line.lstrip().startswith("```") for line in text.split("\n")) % 2
    folded = max(0, text.count("<details>") - text.count("</details>"))
    return "\n```" * fence + "\n\n</details>" * folded


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
