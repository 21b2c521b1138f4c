"""A manifest as it is and as the table has it, the manifest as it becomes: what people changed is kept, and told."""

from __future__ import annotations

from collections.abc import Mapping

from aipolicy.facts.record_values import written_value
from aipolicy.facts.spec import FactValue
from aipolicy.importing.manifest_writer import NAME, path_of, write_manifest
from aipolicy.importing.memory import (
    Memory,
    RowOrigin,
    comparable,
    digest_of_body,
    digest_of_value,
    read_memory,
    with_memory,
)
from aipolicy.source.document import PlainValue
from aipolicy.source.text import shown
from aipolicy.source.yaml_edit import value_at, with_value
from aipolicy.source.yaml_reader import read_yaml
from aipolicy.source.yaml_writer import write_value
from aipolicy.value import Frozen

NOTHING = "nothing"
SOURCE = "metadata.source"
DOUBTFUL = (
    "several rows have its name, and the one that has it now says something else: it may be another; give the mapping "
    "an `id`, or write it anew with `--force`"
)
BY_HAND = "the file is written in a way that has to be changed by hand"


class FieldDifference(Frozen):
    """A field in which a manifest stays other than the table; both values as YAML, escaped and shortened."""

    field: str
    in_file: str
    in_table: str
    note: str = ""


class Merged(Frozen):
    """The text of a manifest after an import, and where it stays other than the table."""

    text: str
    differences: tuple[FieldDifference, ...] = ()


class Unmergeable(Frozen):
    """Why nothing of a manifest can be renewed."""

    reason: str


def merge(path: str, text: str, facts: Mapping[str, FactValue], origin: RowOrigin, *,
          keeps_changes: bool = True) -> Merged | Unmergeable:  # fmt: skip
    """Return an imported manifest with the facts of the table put in where nobody changed what the last import wrote.

    Without `keeps_changes` the manifest is written anew. The
    name of the feature stays as it is, because waivers and baselines hang on it.
    """
    remembered = read_memory(text)
    assert remembered is not None, "only imported manifests are merged"
    memory, body = remembered
    result = read_yaml(path, text.encode("utf-8", "surrogatepass"))
    if result.problems:
        return Unmergeable(f"cannot be read: {result.problems[0].message}; mend it, or remove it to import it anew")
    if len(result.documents) != 1:
        return Unmergeable(f"has {len(result.documents)} documents; keep an imported manifest in a file of its own")
    present = result.documents[0].value
    name = value_at(present, path_of(NAME))
    doubtful = memory.origin.shares_name or origin.shares_name
    if doubtful and keeps_changes and not _is_of_row(facts, memory):
        return Unmergeable(DOUBTFUL)
    is_unchanged = digest_of_body(body) == memory.body
    if isinstance(name, str) and (is_unchanged or not keeps_changes):
        return Merged(write_manifest({**facts, NAME: name}, origin))
    return _merge_fields(path, text, present, memory, facts)


def _is_of_row(facts: Mapping[str, FactValue], memory: Memory) -> bool:
    """Return whether a row says what the last import wrote, its number apart."""
    digests = {field: digest_of_value(value) for field, value in facts.items() if field not in (NAME, SOURCE)}
    return digests == {field: digest for field, digest in memory.digests.items() if field != SOURCE}


def _merge_fields(path: str, text: str, present: PlainValue, memory: Memory,
                  facts: Mapping[str, FactValue]) -> Merged:  # fmt: skip
    values = dict(memory.digests)
    differences = []
    for field in sorted({*values, *facts} - {NAME}):
        new, there = facts.get(field), value_at(present, path_of(field))
        last = memory.digests.get(field)
        if comparable(there) == comparable(new):
            digests = {} if new is None else {field: digest_of_value(new)}
        elif there is not None and (last is None or digest_of_value(there) != last):
            # somebody changed it; that the table says nothing any more contradicts nobody
            if new is not None:
                differences.append(_difference(field, there, new))
            continue
        elif there is None and last is not None and new is not None:
            differences.append(_difference(field, there, new, "taken out of the file"))
            continue
        else:
            edited = with_value(path, text, path_of(field), new)
            if edited is None:
                differences.append(_difference(field, there, new, BY_HAND))
                continue
            text = edited
            digests = {} if new is None else {field: digest_of_value(new)}
        values.pop(field, None)
        values.update(digests)
    return Merged(with_memory(text, values) if values != memory.digests else text, tuple(differences))


def _difference(field: str, there: PlainValue, new: FactValue | None, note: str = "") -> FieldDifference:
    return FieldDifference(field, _shown(there), _shown(new), note)


def _shown(value: FactValue | PlainValue) -> str:
    return NOTHING if value is None else shown(write_value(written_value(value)))
