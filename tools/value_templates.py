"""Writes `aipolicy/value_code.py`: the methods of value classes by their number of fields."""

from __future__ import annotations

from collections.abc import Iterator

MOST_FIELDS = 32
HEAD = '''"""Methods of value classes by their number of fields; written by tools/generate.py, do not edit.

`aipolicy/value.py` gives each class copies of this code, in which `f0` and so on are the names of its own fields.
"""
# fmt: off
# mypy: ignore-errors
# ruff: noqa

'''


def value_code() -> str:
    """Return the text of the module."""
    return HEAD + "\n".join(line for count in range(MOST_FIELDS + 1) for line in _methods(count)) + "\n"


def _methods(count: int) -> Iterator[str]:
    fields = [f"f{number}" for number in range(count)]
    own, others = (f"({''.join(f'{of}.{field}, ' for field in fields)})" for of in ("self", "other"))
    setting = "; ".join(f"set{number}(self, {field})" for number, field in enumerate(fields))
    yield f"def init{count}({', '.join(('self', *fields))}): {setting or 'pass'}"
    yield f"def values{count}(self): return {own}"
    yield f"def hash{count}(self): return hash({own})"
    yield f"def equal{count}(self, other): return {own} == {others} if other.__class__ is self.__class__ else NotImplemented"
