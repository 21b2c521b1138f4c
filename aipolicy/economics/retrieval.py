"""What retrieval costs: embedding the documents, keeping the index, embedding every question."""

from __future__ import annotations

from aipolicy.value import Frozen


class Index(Frozen):
    """How documents become an index."""

    chunk_tokens: float
    dimensions: float
    bytes_per_dimension: float
    overhead: float
    """Size of the index over the size of its vectors and text references."""


def index_gb(corpus_tokens: float, index: Index) -> float:
    """Return the size of an index over documents of so many tokens, in GB."""
    vectors = corpus_tokens / index.chunk_tokens
    return vectors * index.dimensions * index.bytes_per_dimension * index.overhead / 1e9


def embedding_usd(tokens: float, usd_per_mtok: float) -> float:
    """Return the price of embedding tokens in USD."""
    return tokens * usd_per_mtok / 1e6
