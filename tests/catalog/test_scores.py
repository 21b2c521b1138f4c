"""Published scores of models: single figures of one day, where a benchmark speaks, and nothing for faithfulness."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.load import catalog_documents
from aipolicy.catalog.offerings import BENCHMARKS
from aipolicy.errors import CatalogError, Problems
from aipolicy.files.shipped import catalog_paths
from aipolicy.options.attributes import Organization, option_attributes
from aipolicy.options.candidates import candidate_legs
from aipolicy.source.document import Document

TODAY = date(2026, 11, 21)
DATED = "source: our test, checked_on: 2026-11-01, effective_from: 2026-11-01, verified: true"


@pytest.fixture(scope="module")
def shipped() -> tuple[Document, ...]:
    return catalog_documents([(path.name, path.read_bytes()) for path in map(Path, catalog_paths())])


@pytest.fixture
def with_own(shipped: tuple[Document, ...]) -> Callable[[str], Catalog]:
    """Return a catalog of the shipped files and one entry of `scores`, validated."""

    def build(entry: str) -> Catalog:
        own = catalog_documents([("own.yaml", f"scores:\n- {{{entry}, {DATED}}}\n".encode())])
        catalog = Catalog(shipped + own, TODAY)
        catalog.validate()
        return catalog

    return build


def test_figures_of_one_benchmark_are_of_one_day(shipped: tuple[Document, ...]) -> None:
    days: dict[object, set[object]] = {}
    for document in shipped:
        value = document.value if isinstance(document.value, dict) else {}
        scores = value.get("scores", [])
        assert isinstance(scores, list)
        for entry in scores:
            assert isinstance(entry, dict)
            days.setdefault(entry["benchmark"], set()).add(entry["effective_from"])
    assert {benchmark: len(found) for benchmark, found in days.items()} == dict.fromkeys(BENCHMARKS, 1)


def test_a_model_has_the_best_that_was_published_of_it_over_its_efforts(catalog: Catalog) -> None:
    assert catalog.scores["gpt-6-luna"] == {"reasoning": 38.1, "dialogue": 1443.0}
    assert "claude-haiku-5-5" not in catalog.scores


def test_composites_go_from_0_to_100_and_nothing_speaks_for_faithfulness(catalog: Catalog) -> None:
    for published in catalog.scores.values():
        assert set(published) <= set(BENCHMARKS)
        assert all(0.0 < published.get(benchmark, 1.0) <= 100.0 for benchmark in ("reasoning", "coding"))
    assert not {"summarization", "faithfulness", "question-answering"} & set(BENCHMARKS)


def test_a_score_is_a_fact_of_the_model_as_it_is_and_unknown_once_it_is_trained_further(catalog: Catalog) -> None:
    known, without = set(), set()
    for option in candidate_legs(catalog, Organization()):
        if option.leg.model.id == "llama-3.1-8b":
            facts = option_attributes(option, catalog, Organization())
            (known if facts.get("option.coding_score") == 5.4 else without).add(option.adaptation)
    assert (known, without) == ({"prompting", "rag"}, {"fine-tuning", "training-from-scratch"})


def test_an_own_score_stands_beside_the_published_ones(with_own: Callable[[str], Catalog]) -> None:
    catalog = with_own("model: claude-haiku-5-5, benchmark: coding, score: 61")
    assert catalog.scores["claude-haiku-5-5"] == {"coding": 61.0}


REFUSED = {
    "model: gpt-6-lunar, benchmark: coding, score: 61": "unknown model `gpt-6-lunar`; did you mean `gpt-6-luna`?",
    "model: gpt-6-luna, benchmark: codng, score: 61": "did you mean `coding`?",
    "model: gpt-6-luna, benchmark: coding": "missing key `score`",
    "model: gpt-6-luna, benchmark: reasoning, effort: max, score: 0.381": "`score` is 0.381, 100 times below the 38.1",
}


@pytest.mark.parametrize("entry", REFUSED)
def test_a_mistake_in_a_score_is_told_at_its_line(entry: str, with_own: Callable[[str], Catalog]) -> None:
    with pytest.raises((CatalogError, Problems)) as caught:
        with_own(entry)
    assert any(line.startswith("own.yaml:2:") and REFUSED[entry] in line for line in str(caught.value).splitlines())
