"""The axes along which ways to build a feature differ: every word with its meaning, the simplest first.

The manifest format, what the catalog may say, option facts, tables and the order of simplicity of a recommendation are
read from here. What a word means to an estimate, a need or a sentence stands where that is worked out, by the word.
"""

from __future__ import annotations

from collections.abc import Mapping

from aipolicy.value import Frozen

TERMS_OF_PACKS = "plan.terms."
"""How a term is named that a pack adds to plans, and that a provider offers."""


class Axis(Frozen):
    """One axis: what it is about, and its words with their meanings, the simplest first."""

    meaning: str
    words: Mapping[str, str]


AXES: Mapping[str, Axis] = {
    "hosting": Axis("Where the model runs", {
        "provider-api": "at a provider, paid by use",
        "own-cloud": "on rented machines of one's own account",
        "on-premises": "on machines at one's own sites",
        "on-device": "on the device of whoever uses the feature",
    }),
    "adaptation": Axis("How the model is made to do the task", {
        "prompting": "the model is used as it is; one that takes a prompt is told the task in it",
        "rag": "what is looked up for each request is put into the prompt",
        "classical-ml": "a model other than a language model is trained on labelled examples",
        "fine-tuning": "a pretrained model is trained further on examples of the task",
        "training-from-scratch": "a language model is trained from nothing",
    }),
    "routing": Axis("Whether a small model answers first and hard cases escalate", {
        "single": "one model answers everything",
        "cascade": "a small model answers, and passes hard cases on to a larger one",
    }),
    "fallback": Axis("What answers when the main way fails", {
        "none": "nothing does",
        "provider-api": "a provider does",
        "self-hosted": "a model of one's own does",
    }),
}  # fmt: skip
"""The axes in the order in which they count for simplicity."""

HOSTINGS = tuple(AXES["hosting"].words)
ADAPTATIONS = tuple(AXES["adaptation"].words)
ROUTINGS = tuple(AXES["routing"].words)
FALLBACKS = tuple(AXES["fallback"].words)

BOUNDARIES = ("device", "on-premises", "own-account", "dedicated-tenant", "third-party")
"""Whose infrastructure processes the data, the closest first."""
TIERS = ("classical", "encoder", "small", "medium", "frontier")
"""Capability classes of models that answer, the least capable first."""
PROMPTED_TIERS = TIERS[2:]
"""The classes of models that can be prompted."""
KIND_TIERS: Mapping[str, str] = {"embedding": "embedding", "reranker": "reranking", "speech": "transcription"}
"""Classes of models that do one kind of work and write no answer, with that work."""
MODEL_TIERS = (*TIERS, *KIND_TIERS)
"""Every class of models that can be a way of their own."""
KINDS = ("text", "labels", *KIND_TIERS.values())
"""What models give: text that they write, labels, vectors of texts, an order of documents, what was said in a recording."""

EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
"""How much a reasoning model thinks before it answers, the least first, as providers call it."""
USUAL = "usual"
DISTANCES = (USUAL, "own-process", "same-region", "other-region", "other-continent")
"""How far the feature is from where its model runs: as is usual of such a place, else the nearest first, from inside the
service itself to over a network."""
WORKS = ("prompts", "evaluation", "monitoring", "compliance", "on_call", "index", "training", "machines")
"""What people do for a feature that runs; a manifest states its own number of them under `team.people`."""


def way_evaluated(adaptation: str, model: str) -> str:
    """Return how results of evaluations name a way of answering."""
    return f"{adaptation} {model}"
