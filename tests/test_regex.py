"""Regular expressions that are compiled when first used: all are well formed, and they act as compiled ones do."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import aipolicy
from aipolicy.source.regex import Unused, regex


def named() -> Iterator[tuple[str, Unused]]:
    """Yield every expression that a module of the package names."""
    for module in pkgutil.walk_packages(aipolicy.__path__, "aipolicy."):
        if not module.name.endswith("__main__"):
            for name, value in vars(importlib.import_module(module.name)).items():
                if isinstance(value, Unused):
                    yield f"{module.name}.{name}", value


def test_every_expression_of_the_package_is_well_formed() -> None:
    expressions = dict(named())
    assert len(expressions) > 80
    for name, expression in expressions.items():
        assert expression.flags >= 0, name


@pytest.mark.parametrize(
    ("pattern", "flags", "text"),
    [("a+", 0, "caab"), ("A+", re.IGNORECASE, "caab"), (rb"a+", 0, b"caab"), ("x", 0, "caab"), ("(?P<n>b)$", 0, "caab")],
)  # fmt: skip
def test_it_acts_as_a_compiled_one(pattern: str, flags: int, text: str) -> None:
    late, compiled = regex(pattern, flags), re.compile(pattern, flags)
    for _ in range(2):
        for method in ("search", "match", "fullmatch"):
            found, wanted = getattr(late, method)(text), getattr(compiled, method)(text)
            assert (found and (found.span(), found.groupdict())) == (wanted and (wanted.span(), wanted.groupdict()))
        assert late.findall(text) == compiled.findall(text)
        assert late.split(text) == compiled.split(text)
        assert [match.span() for match in late.finditer(text)] == [match.span() for match in compiled.finditer(text)]
        assert late.sub(text[:1], text) == compiled.sub(text[:1], text)
    assert (late.pattern, late.flags, late.groups) == (compiled.pattern, compiled.flags, compiled.groups)


def test_it_is_compiled_at_its_first_use() -> None:
    broken = regex("(")
    with pytest.raises(re.error):
        broken.search("")
    with pytest.raises(AttributeError):
        regex("a").surch("")  # type: ignore[attr-defined]
