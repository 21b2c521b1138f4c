"""Facts of one feature in, the text of its manifest out: our reader reads back exactly the same values."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from aipolicy.facts.declared import DECLARED_FACTS
from aipolicy.facts.schema import SCHEMA_ID
from aipolicy.facts.spec import FactValue
from aipolicy.source.document import API_VERSION, MANIFEST_KIND
from aipolicy.source.regex import regex
from aipolicy.source.yaml_writer import write_text, write_value

SCHEMA_LINE = f"# yaml-language-server: $schema={SCHEMA_ID}\n"

_HASH_LINE = regex(r"# written by `aipolicy import`; an edited file is not overwritten: sha256:([0-9a-f]{64})\n")
Tree = dict[str, "FactValue | Tree"]


def write_manifest(facts: Mapping[str, FactValue]) -> str:
    """Return the manifest that declares `facts`, by fact name, in the order of the registry."""
    tree: Tree = {}
    for spec in DECLARED_FACTS:
        if spec.name in facts:
            *sections, key = spec.name.split(".")
            branch = tree
            for section in sections:
                child = branch.setdefault(section, {})
                assert isinstance(child, dict), "a section is no fact"
                branch = child
            branch[key] = facts[spec.name]
    body = f"apiVersion: {API_VERSION}\nkind: {MANIFEST_KIND}\n" + "".join(_lines(tree, ""))
    return f"{SCHEMA_LINE}{_hash_line(body)}{body}"


def is_unedited(text: str) -> bool:
    """Return whether `text` is a manifest as `write_manifest` wrote it."""
    if not text.startswith(SCHEMA_LINE):
        return False
    rest = text[len(SCHEMA_LINE) :]
    line = _HASH_LINE.match(rest)
    return line is not None and line.group() == _hash_line(rest[line.end() :])


def _hash_line(body: str) -> str:
    digest = hashlib.sha256(body.encode()).hexdigest()
    return f"# written by `aipolicy import`; an edited file is not overwritten: sha256:{digest}\n"


def _lines(tree: Tree, indent: str) -> list[str]:
    lines = []
    for key, value in tree.items():
        if isinstance(value, Mapping):
            # NOTE: labels are a mapping of text and are written like a section.
            lines.append(f"{indent}{write_text(key)}:{'' if value else ' {}'}\n")
            lines.extend(_lines(dict(value), f"{indent}  "))
        else:
            lines.append(f"{indent}{write_text(key)}: {write_value(value)}\n")
    return lines
