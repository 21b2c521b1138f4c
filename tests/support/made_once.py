"""What tests of one process share: catalogs, compiled policies and their evaluators, made once for the same bytes."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from aipolicy.catalog import load as catalog_files
from aipolicy.catalog.catalog import Catalog
from aipolicy.config.settings import PolicySettings
from aipolicy.evaluation.evaluation import Evaluator, KeptGroups
from aipolicy.evaluation.option_groups import none_kept
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.policy.sources.locate import PolicyFiles
from aipolicy.run import policy

if TYPE_CHECKING:
    from aipolicy.catalog.fresher_prices import PricePackage

_MOST_KEPT = 24
"""Of each kind, the latest: tests of one file ask for few."""


class _Latest:
    """The latest things that were made, by what they were made of."""

    def __init__(self) -> None:
        self._made: dict[Hashable, Any] = {}

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        made = self._made.pop(key, None)
        if made is None:
            made = make()
        self._made[key] = made
        if len(self._made) > _MOST_KEPT:
            del self._made[next(iter(self._made))]
        return made


def make_once(patch: pytest.MonkeyPatch) -> None:
    """Let every run of this process that has the same files, settings and day share what none of its manifests changes.

    It is what one run over many manifests does: one catalog, one compiled policy, one evaluator that remembers. A policy
    that comes from a cache folder is loaded and evaluates anew. The key of files is not enough: a diff exchanges some of
    them and keeps the key.
    """
    catalogs, candidates, compiled, evaluators = _Latest(), _Latest(), _Latest(), _Latest()
    read, compile_anew, start = catalog_files.layered_catalog, policy._compile, Evaluator.__init__

    def layered_catalog(shipped: Iterable[tuple[str, bytes]], own: Iterable[tuple[str, bytes]],
                        package: PricePackage | None, as_of: date) -> Catalog:  # fmt: skip
        files = tuple(shipped), tuple(own), package, as_of
        made: Catalog = catalogs.get(files, partial(read, *files))
        return made

    def with_shared_candidates(self: Evaluator, packs: Any, catalog: Catalog, organization: Any,
                               kept: KeptGroups | None = None, expected: Any = None) -> None:  # fmt: skip
        def make() -> tuple[OptionSet, Catalog]:
            start(self, (), catalog, organization)
            return self.legs, catalog

        if kept is None:
            # NOTE: no rule changes what there is to choose from; the catalog is held, so that nothing else has its id.
            shared, _ = candidates.get((id(catalog), organization), make)
            start(self, packs, catalog, organization, KeptGroups(shared.count, none_kept), expected)
            self.legs = shared
        else:
            start(self, packs, catalog, organization, kept, expected)

    def compile_once(settings: PolicySettings, files: PolicyFiles) -> policy._Compiled:
        def make() -> policy._Compiled:
            # NOTE: as what is kept between runs, it is none of the objects that it was compiled from.
            made: policy._Compiled = pickle.loads(pickle.dumps(compile_anew(settings, files), protocol=5))
            return made

        # NOTE: files are read, and the folder that they are relative to has served its purpose.
        shared: policy._Compiled = compiled.get((repr(settings._replace(base="")), files._replace(key="")), make)
        return shared

    def evaluator_of(packs: Any, catalog: Any, organization: Any, kept: KeptGroups | None = None,
                     expected: Mapping[str, Any] | None = None) -> Evaluator:  # fmt: skip
        if kept is None:
            return Evaluator(packs, catalog, organization)

        def make() -> tuple[Evaluator, object]:
            return Evaluator(packs, catalog, organization, kept, expected), catalog._parts

        # NOTE: the parts of a compiled policy are its own, and are held with the evaluator, so that they name it.
        evaluator, _ = evaluators.get((id(catalog._parts), repr(expected)), make)
        shared: Evaluator = evaluator
        return shared

    patch.setattr(catalog_files, "layered_catalog", layered_catalog)
    patch.setattr(Evaluator, "__init__", with_shared_candidates)
    patch.setattr(policy, "_compile", compile_once)
    patch.setattr(policy, "Evaluator", evaluator_of)
