"""What many tests share: the shipped catalog, compiled policies, and properties that give the same answer on every run."""

from __future__ import annotations

import gc
import pickle
import signal
from collections.abc import Iterator
from datetime import date
from hashlib import sha256

import pytest
from hypothesis import settings

from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.load import read_catalog
from aipolicy.config.settings import PolicySettings
from aipolicy.policy.sources.locate import PolicyFiles
from aipolicy.run import policy

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # NOTE: shells start background jobs so, and what tests start would not hear of Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)

# NOTE: as in `aipolicy/__main__.py`: what tests share is large and stays, and looking through it again and again took a tenth.
gc.set_threshold(100_000)

settings.register_profile("repeatable", deadline=None, derandomize=True, database=None)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """Return the shipped catalog as of 2026-11-21."""
    return read_catalog((), as_of=date(2026, 11, 21))


@pytest.fixture(scope="session", autouse=True)
def policies_compiled_once() -> Iterator[None]:
    """Compile what has the same bytes, day and settings once in a process; every load gets objects of its own.

    It is what the cache of the program does, without its folder and without anything that was evaluated. The key of files
    is not enough: a diff exchanges some of them and keeps the key.
    """
    compile_anew, compiled = policy._compile, dict[bytes, bytes]()

    def compile_once(settings: PolicySettings, files: PolicyFiles) -> policy._Compiled:
        key = sha256(repr((settings, files)).encode()).digest()
        if key not in compiled:
            compiled[key] = pickle.dumps(compile_anew(settings, files), protocol=5)
        again: policy._Compiled = pickle.loads(compiled[key])
        return again

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(policy, "_compile", compile_once)
        yield
