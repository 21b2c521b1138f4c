"""Text of a cell and the signs that its language uses in, a number out, or what keeps it from being one."""

from __future__ import annotations

import re
from enum import Enum

from aipolicy.source.regex import regex
from aipolicy.value import Frozen

DECIMAL_SIGNS = (".", ",")
GROUP_SIGNS = (".", ",", " ", "'")

_PLAIN = regex(r"[-+]?[0-9]{1,30}(?:\.[0-9]{1,30})?")
_TWO_READINGS = regex(r"[-+]?[1-9][0-9]{0,2}\.[0-9]{3}")
"""One to three digits, a point and three more: a thousand in some languages, a fraction in others."""
_SPACES = regex("[\u00a0\u2007\u2009\u202f]")


class NoNumber(Enum):
    """Why text is no number."""

    NOT_IN_DIGITS = "not in digits"
    TWO_READINGS = "two readings"


class NumberSigns(Frozen):
    """Which sign stands before fractions and which between groups of three digits; empty where a mapping says nothing."""

    decimal: str = ""
    groups: str = ""

    @property
    def are_said(self) -> bool:
        """Return whether the mapping says how numbers are written."""
        return bool(self.decimal)


def read_number(text: str, signs: NumberSigns) -> float | NoNumber:
    """Return the number; without signs only what every language reads alike, with them only what they allow."""
    if not signs.are_said:
        if _TWO_READINGS.fullmatch(text):
            return NoNumber.TWO_READINGS
        return float(text) if _PLAIN.fullmatch(text) else NoNumber.NOT_IN_DIGITS
    text = _SPACES.sub(" ", text).replace("\u2019", "'")
    whole = "[0-9]{1,30}"
    if signs.groups:
        whole = f"(?:{whole}|[0-9]{{1,3}}(?:{re.escape(signs.groups)}[0-9]{{3}}){{1,9}})"
    if not re.fullmatch(f"[-+]?{whole}(?:{re.escape(signs.decimal)}[0-9]{{1,30}})?", text):
        return NoNumber.NOT_IN_DIGITS
    plain = text.replace(signs.groups, "") if signs.groups else text
    return float(plain.replace(signs.decimal, "."))
