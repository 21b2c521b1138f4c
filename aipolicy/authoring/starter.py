"""Declarations in, the text of a new manifest out, with comments that say what everything means and what to fill in next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from aipolicy.facts.declared import SECTIONS
from aipolicy.facts.known_facts import EXTENSION_PREFIX
from aipolicy.facts.schema import SCHEMA_ID
from aipolicy.facts.spec import FactSpec
from aipolicy.source.document import API_VERSION, MANIFEST_KIND, PlainValue
from aipolicy.source.yaml_writer import write_value

_HEAD = f"""\
# yaml-language-server: $schema={SCHEMA_ID}
# Data classes, residency, latency and volume are enough for an answer.
apiVersion: {API_VERSION}
kind: {MANIFEST_KIND}
"""
_NEXT = """
# Fill in next what you know; `aipolicy explain` says what would change the answer. `aipolicy schema` prints every key.
"""
# INVARIANT: every line that is commented out conforms to the schema once its `# ` is removed.
_HINTS: Mapping[str, PlainValue] = {
    "task.type": "generation",
    "task.specialization": "generic",
    "task.error_cost": "medium",
    "volume.input_tokens": 1200,
    "volume.output_tokens": 200,
    "team.ml_engineers": 0,
    "team.deadline_weeks": 12,
    "budget.monthly_usd": 5000,
    "decision.area": "none",
    "decision.effect": "none",
    "current.provider": "openai",
    "current.model": "gpt-6-luna",
    "current.monthly_usd": 4200,
    "plan.adaptation": "prompting",
    "plan.hosting": "provider-api",
    "plan.fallback": "none",
}
"""What is left to fill in where it is not declared, with a value that shows how it is written."""
_MOST_WORDS = 8
"""Longer lists of words are left to the schema."""


def starter_manifest(declared: Mapping[str, PlainValue], specs: Mapping[str, FactSpec]) -> str:
    """Return the YAML text of a manifest that declares these facts, each a key of a section.

    Raises `KeyError` for a fact that is not among `specs`, or that lies deeper.
    """
    sections: dict[str, dict[str, PlainValue]] = {name: {} for name in (*SECTIONS, EXTENSION_PREFIX.rstrip("."))}
    for name, value in declared.items():
        section, _, key = name.rpartition(".")
        if name not in specs or "." in section:
            raise KeyError(name)
        sections[section][key] = value
    order = {name: number for number, name in enumerate(specs)}
    declared_part, next_ = "", ""
    for section, values in sections.items():
        hints = [name for name in _HINTS if name.startswith(f"{section}.") and name not in declared]
        if values:
            names = sorted((f"{section}.{key}" for key in values), key=order.__getitem__)
            declared_part += _block(section, [*_lines(names, declared, specs), *_lines(hints, _HINTS, specs, "# ")])
        elif hints:
            next_ += "".join(
                f"# {line}\n" if line else "\n"
                for line in _block(section, _lines(hints, _HINTS, specs)).split("\n")[:-1]
            )
    return _HEAD + declared_part + (_NEXT + next_ if next_ else "")


def _block(section: str, lines: Sequence[str] | Iterator[str]) -> str:
    return f"\n{section}:\n" + "".join(f"  {line}\n" for line in lines)


def _lines(names: Sequence[str], values: Mapping[str, PlainValue], specs: Mapping[str, FactSpec],
           mark: str = "") -> Iterator[str]:  # fmt: skip
    for name in names:
        yield f"{mark}{name.rpartition('.')[2]}: {write_value(values[name])}  # {_comment(specs[name])}"


def _comment(spec: FactSpec) -> str:
    """Return what a fact means, on one line: with its unit where that is not said, and its words where they are few."""
    meaning = " ".join(spec.meaning.partition(";")[0].split())
    if spec.unit and spec.unit.partition("/")[0].casefold() not in meaning.casefold():
        meaning += f", in {spec.unit}"
    return f"{meaning}: {', '.join(spec.choices)}" if 0 < len(spec.choices) <= _MOST_WORDS else meaning
