"""What many tests share: the shipped catalog, compiled policies, and properties that give the same answer on every run."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import settings

from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.load import read_catalog
from aipolicy.config.settings import PolicySettings
from aipolicy.policy.sources.locate import PolicyFiles
from aipolicy.run import policy

settings.register_profile("repeatable", deadline=None, derandomize=True, database=None)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """Return the shipped catalog as of 2026-11-21."""
    return read_catalog((), as_of=date(2026, 11, 21))


@pytest.fixture(scope="session", autouse=True)
def policies_compiled_once() -> Iterator[None]:
    """Compile what has the same bytes, day and settings once in a process; every load gets objects of its own.

    It is what the cache of the program does, by the same key, without its folder and without anything that was judged.
    """
    compile_anew, compiled = policy._compile, dict[str, bytes]()

    def compile_once(settings: PolicySettings, files: PolicyFiles) -> policy._Compiled:
        if files.key not in compiled:
            compiled[files.key] = pickle.dumps(compile_anew(settings, files), protocol=5)
        again: policy._Compiled = pickle.loads(compiled[files.key])
        return again

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(policy, "_compile", compile_once)
        yield
