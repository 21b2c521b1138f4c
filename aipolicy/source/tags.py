"""Tags of YAML as far as they are told apart."""

from __future__ import annotations

from aipolicy.source.regex import regex

LONE_TAG = regex(r"(?:&\S+\s+)?!(?:\s|$)")
"""A node that begins with `!` alone, perhaps behind an anchor."""


STRING_TAG = "tag:yaml.org,2002:str"


PROPERTY_STARTS = ("!", "&")
