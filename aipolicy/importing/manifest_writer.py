"""Facts of one feature in, the text of its manifest out: our reader reads back exactly the same values."""

from __future__ import annotations

from collections.abc import Mapping

from aipolicy.facts.declared import DECLARED_FACTS
from aipolicy.facts.record_values import written_value
from aipolicy.facts.schema import SCHEMA_ID
from aipolicy.facts.spec import FactValue
from aipolicy.importing.memory import Memory, RowOrigin, digest_of_body, digest_of_value, memory_lines
from aipolicy.importing.targets import LABELS
from aipolicy.source.document import API_VERSION, MANIFEST_KIND
from aipolicy.source.yaml_writer import write_text, write_value

SCHEMA_LINE = f"# yaml-language-server: $schema={SCHEMA_ID}\n"
NAME = "metadata.name"

Tree = dict[str, "FactValue | Tree"]


def write_manifest(facts: Mapping[str, FactValue], origin: RowOrigin) -> str:
    """Return the manifest that declares `facts`, by field, in the order of the registry, those of packs last.

    Its first lines remember what was written, and where it comes from.
    """
    body = f"apiVersion: {API_VERSION}\nkind: {MANIFEST_KIND}\n" + "".join(_lines(_tree(facts), ""))
    values = {field: digest_of_value(value) for field, value in facts.items() if field != NAME}
    return SCHEMA_LINE + memory_lines(Memory(origin, digest_of_body(body), values)) + body


def path_of(field: str) -> tuple[str, ...]:
    """Return the keys under which a field stands in a manifest; a label may have points in its name."""
    if field.startswith(f"{LABELS}."):
        return (*LABELS.split("."), field.removeprefix(f"{LABELS}."))
    return tuple(field.split("."))


def _tree(facts: Mapping[str, FactValue]) -> Tree:
    order = {spec.name: place for place, spec in enumerate(DECLARED_FACTS)}

    def place(field: str) -> tuple[int, str]:
        return order.get(LABELS if field.startswith(f"{LABELS}.") else field, len(order)), field

    tree: Tree = {}
    for field in sorted(facts, key=place):
        *sections, key = path_of(field)
        branch = tree
        for section in sections:
            child = branch.setdefault(section, {})
            assert isinstance(child, dict), "a section is no fact"
            branch = child
        branch[key] = facts[field]
    return tree


def _lines(tree: Tree, indent: str) -> list[str]:
    lines = []
    for key, value in tree.items():
        if isinstance(value, Mapping):
            # NOTE: evidence is a mapping of text and is written like a section.
            lines.append(f"{indent}{write_text(key)}:{'' if value else ' {}'}\n")
            lines.extend(_lines(dict(value), f"{indent}  "))
        else:
            lines.append(f"{indent}{write_text(key)}: {write_value(written_value(value))}\n")
    return lines
