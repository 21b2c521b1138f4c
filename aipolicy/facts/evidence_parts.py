"""What a document says beside that it stands: how old it is, how long it holds, who answers for it and who signed it."""

from __future__ import annotations

from datetime import date
from math import inf

from aipolicy.facts.contradictions import FactProblem, contradiction
from aipolicy.facts.declared import AGE, HOLDS, NO_DOCUMENT, OWNER, SIGNED_BY
from aipolicy.facts.spec import FactValue
from aipolicy.manifest.feature import path_of
from aipolicy.source.day import read_day
from aipolicy.source.document import PlainValue
from aipolicy.source.names import tidied
from aipolicy.source.text import shown


def declared_document(name: str, plain: PlainValue, as_of: date,
                      problems: list[FactProblem]) -> dict[str, FactValue]:  # fmt: skip
    """Return whether a document exists and has not expired, the last day still counting, and what is said of it.

    Of one that there is not, nothing that a requirement would be content with is said.
    """
    if not isinstance(plain, dict):
        return {name: False, **{f"{name}.{part}": value for part, value in NO_DOCUMENT.items()}}
    days: dict[str, date] = {}
    for field in ("date", "expires"):
        text = plain.get(field)
        if isinstance(text, str):
            day = read_day(text)
            if day is None:
                problems.append(FactProblem("MAN-005", f"`{shown(text)}` is not a day", (*path_of(name), field)))
            else:
                days[field] = day
    begins, expires = days.get("date"), days.get("expires")
    if begins is not None and expires is not None and expires < begins:
        message = f"a document of {begins} cannot have expired on {expires}; correct one of the two days"
        problems.append(contradiction(message, f"{name}.expires", f"{name}.date"))
    has_begun = begins is not None and begins <= as_of
    values: dict[str, FactValue] = {
        name: has_begun and (expires is None or as_of <= expires),
        f"{name}.{AGE}": float((as_of - begins).days) if begins is not None and has_begun else inf,
        f"{name}.{HOLDS}": inf if expires is None else float((expires - as_of).days),
    }
    for part in (OWNER, SIGNED_BY):
        words = plain.get(part)
        if isinstance(words, str):
            values[f"{name}.{part}"] = tidied(words)
    return values
