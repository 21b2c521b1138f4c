"""What retrieval costs: vectors of chunks, and tokens that are embedded."""

from __future__ import annotations

import pytest

from aipolicy.economics.retrieval import Index, embedding_usd, index_gb


@pytest.mark.parametrize(
    ("corpus_tokens", "index", "gb"),
    [
        # 10 M tokens in chunks of 400 are 25,000 vectors of 1,024 x 4 bytes, twice as large with the index around them
        (10e6, Index(400.0, 1024.0, 4.0, 2.0), 0.2048),
        (0.0, Index(400.0, 1024.0, 4.0, 2.0), 0.0),
        # a million vectors of 1,536 x 4 bytes
        (500e6, Index(500.0, 1536.0, 4.0, 1.0), 6.144),
    ],
)
def test_an_index_holds_one_vector_a_chunk(corpus_tokens: float, index: Index, gb: float) -> None:
    assert index_gb(corpus_tokens, index) == pytest.approx(gb)


def test_embedding_ten_million_tokens_at_ten_cents_a_million_costs_a_dollar() -> None:
    assert embedding_usd(10e6, 0.1) == pytest.approx(1.0)
