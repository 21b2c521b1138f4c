"""What tests of one process share: catalogs, compiled policies, their evaluators and what these found of a feature."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, WeakSet

import pytest

from aipolicy.answer import questions, turns
from aipolicy.answer.answer import Answering
from aipolicy.answer.model import Change
from aipolicy.answer.trials import Trials
from aipolicy.catalog import load as catalog_files
from aipolicy.catalog.catalog import Catalog
from aipolicy.config.settings import PolicySettings
from aipolicy.errors import CatalogError
from aipolicy.evaluation.evaluation import Evaluation, Evaluator, KeptGroups
from aipolicy.evaluation.option_groups import none_kept
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.evaluation.ranking import Weighing
from aipolicy.forecast import catalog_days
from aipolicy.manifest.feature import Feature
from aipolicy.policy.reading import load as pack_files
from aipolicy.policy.sources.locate import PolicyFiles
from aipolicy.run import policy
from aipolicy.source import builder
from aipolicy.source.document import Document
from aipolicy.source.yaml_reader import ReadResult
from aipolicy.value import replace

if TYPE_CHECKING:
    from aipolicy.catalog.fresher_prices import PricePackage

_MOST_KEPT = 24
"""Of each kind, the latest: tests of one file ask for few."""
_MOST_FILES = 256
"""Files of catalogs and packs as they were parsed."""
_MOST_FEATURES = 64
"""Features of which is kept what was evaluated."""
_MOST_ANSWERS = 12
"""Features of which is kept what was tried for their answers, many megabytes each."""


class _Latest:
    """The latest things that were made, by what they were made of."""

    def __init__(self, most: int = _MOST_KEPT) -> None:
        self._most = most
        self._made: dict[Hashable, Any] = {}

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        made = self._made.pop(key, None)
        if made is None:
            made = make()
        self._made[key] = made
        if len(self._made) > self._most:
            del self._made[next(iter(self._made))]
        return made

    def clear(self) -> None:
        self._made.clear()


class _Found:
    """What shared evaluators found of features."""

    def __init__(self) -> None:
        self.evaluations, self.answers = _Latest(_MOST_FEATURES), _Latest(_MOST_ANSWERS)
        self.asked: WeakKeyDictionary[Evaluator, dict[Hashable, tuple[Change, ...]]] = WeakKeyDictionary()


_FOUND = _Found()


def forget_features() -> None:
    """Let every feature be evaluated anew, for a test that looks at how or how often that is done."""
    _FOUND.evaluations.clear()
    _FOUND.answers.clear()
    _FOUND.asked.clear()


def make_once(patch: pytest.MonkeyPatch) -> None:
    """Let every run of this process that has the same files, settings and day share what none of its manifests changes.

    It is what one run over many manifests does: one catalog, one compiled policy, one evaluator that remembers. A policy
    that comes from a cache folder is loaded and evaluates anew. The key of files is not enough: a diff exchanges some of
    them and keeps the key.
    """
    catalogs, candidates, compiled, evaluators = _Latest(), _Latest(), _Latest(), _Latest()
    shared_evaluators: WeakSet[Evaluator] = WeakSet()
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
        shared_evaluators.add(evaluator)
        shared: Evaluator = evaluator
        return shared

    _read_once(patch)
    patch.setattr(catalog_files, "layered_catalog", layered_catalog)
    patch.setattr(Evaluator, "__init__", with_shared_candidates)
    patch.setattr(policy, "_compile", compile_once)
    patch.setattr(policy, "Evaluator", evaluator_of)
    _evaluate_once(patch, shared_evaluators)


def _read_once(patch: pytest.MonkeyPatch) -> None:
    """Let catalogs of other days, or with other files of one's own, and packs be made of files that were parsed once."""
    parsed, read_files, read_file = _Latest(_MOST_FILES), catalog_files.catalog_documents, pack_files.read_yaml

    def catalog_documents(files: Iterable[tuple[str, bytes]]) -> tuple[Document, ...]:
        given = tuple(files)
        try:
            return tuple(
                one
                for file in given
                for one in parsed.get((read_files, builder.HAS_LIBYAML, file), partial(read_files, (file,)))
            )
        except CatalogError:
            return read_files(given)  # NOTE: what is wrong with several files is told together.

    def read_yaml(path: str, data: bytes) -> ReadResult:
        result: ReadResult = parsed.get((read_file, builder.HAS_LIBYAML, path, data), lambda: read_file(path, data))
        return result

    patch.setattr(catalog_files, "catalog_documents", catalog_documents)
    patch.setattr(catalog_days, "catalog_documents", catalog_documents)
    patch.setattr(pack_files, "read_yaml", read_yaml)


def _evaluate_once(patch: pytest.MonkeyPatch, shared: WeakSet[Evaluator]) -> None:
    """Let evaluators that are shared evaluate the same feature once, and find what is asked of it once.

    An evaluator that a test makes by itself evaluates anew, so that properties of evaluation are properties of it.
    """
    evaluations, answers, asked = _FOUND.evaluations, _FOUND.answers, _FOUND.asked
    evaluate, start = Evaluator.evaluate, Answering.__init__

    def evaluate_once(self: Evaluator, feature: Feature) -> Evaluation:
        if self not in shared or feature.bill is not None:
            return evaluate(self, feature)
        # NOTE: the evaluator is held, so that no other has its id; findings name the document that was read this time.
        _, made = evaluations.get((id(self), _key(feature)), lambda: (self, evaluate(self, feature)))
        return replace(made, feature=replace(made.feature, document=feature.document))

    def answer_once(self: Answering, evaluator: Evaluator, evaluation: Evaluation, weighing: Weighing) -> None:
        start(self, evaluator, evaluation, weighing)
        if evaluator in shared:
            # NOTE: equal features share facts, which are held with the answer; what is found is kept in the instance.
            key = id(evaluator), id(evaluation.facts), id(evaluation.rules), weighing
            self.__dict__ = answers.get(key, lambda: self.__dict__)

    def once(find: Callable[..., tuple[Change, ...]]) -> Callable[..., tuple[Change, ...]]:
        def found(trials: Trials, vocabulary: Mapping[str, tuple[str, ...]]) -> tuple[Change, ...]:
            if trials._evaluator not in shared:
                return find(trials, vocabulary)
            # NOTE: changes are small, and outlive the evaluations that they were found by.
            of_evaluator = asked.setdefault(trials._evaluator, {})
            key = find, _key(trials.certain.feature), trials.weighing
            if key not in of_evaluator:
                of_evaluator[key] = find(trials, vocabulary)
            return of_evaluator[key]

        return found

    patch.setattr(Evaluator, "evaluate", evaluate_once)
    patch.setattr(Answering, "__init__", answer_once)
    patch.setattr(questions, "questions_of", once(questions.questions_of))
    patch.setattr(turns, "turns_of", once(turns.turns_of))


def _key(feature: Feature) -> tuple[Hashable, ...]:
    document = feature.document
    return (
        document.source.path, document.source.text, document.index, repr(document.written_at), feature.name,
        feature.path_in_repository, repr(feature.declared),
    )  # fmt: skip
