"""What an option costs a month whatever the volume: people, watching, an index, training again."""

from __future__ import annotations

from collections.abc import Callable

from aipolicy.economics.retrieval import index_gb
from aipolicy.options.cost_assumptions import CostAssumptions
from aipolicy.options.cost_inputs import CostInputs
from aipolicy.options.upfront_costs import Lines, Parts, indexing_usd, training_run_usd, whole
from aipolicy.options.workload import Workload

MONTHS_PER_YEAR = 12.0


PEOPLE = "people"
"""The part of a running cost that is people."""


def fixed_cost(inputs: CostInputs, workload: Workload, assumptions: CostAssumptions) -> Lines | None:
    """Return what an option costs a month whatever the volume, by part, or None when a part is not known."""
    return whole(fixed_parts(inputs, workload, assumptions))


def fixed_parts(inputs: CostInputs, workload: Workload, assumptions: CostAssumptions,
                people_usd: Callable[[CostInputs], float | None] | None = None) -> Parts:  # fmt: skip
    """Return the parts of what an option costs a month whatever the volume; None is a part that is not known.

    Who asks for many options may give what people cost a month.
    """
    people = people_monthly_usd(inputs, workload, assumptions) if people_usd is None else people_usd(inputs)
    parts: list[tuple[str, float | None]] = [(PEOPLE, people)]
    if inputs.watched:
        parts += [
            ("monitoring", assumptions.monitoring_monthly_usd),
            ("evaluation", assumptions.evaluation_monthly_usd),
        ]
    if inputs.retrieves:
        parts.append(("index", index_monthly_usd(workload, assumptions)))
    for training, of in ((inputs.training, ""), (inputs.partner_training, " of the fallback")):
        if training is not None and not training.from_scratch:
            run = training_run_usd(training, workload, assumptions)
            monthly = None if run is None else run * assumptions.training.runs_per_year / MONTHS_PER_YEAR
            parts.append((f"retraining{of}", monthly))
            if training.hosting_usd_per_hour:
                held = training.hosting_usd_per_hour * assumptions.hours_per_month
                parts.append((f"tuned model held{of}", held))
    return tuple(parts)


def people_monthly_usd(inputs: CostInputs, workload: Workload, assumptions: CostAssumptions) -> float | None:
    """Return what the people of an option cost a month, or None when nobody knows how many they are."""
    heads = head_counts(inputs, workload, assumptions)
    return None if heads is None else sum(count for _, count in heads) * assumptions.staff_year_usd / MONTHS_PER_YEAR


def head_counts(inputs: CostInputs, workload: Workload,
                assumptions: CostAssumptions) -> tuple[tuple[str, float], ...] | None:  # fmt: skip
    """Return the full-time equivalents that an option takes by kind of work, or None when nobody knows them.

    What the team says of a kind of work replaces the catalog's figure; what features can share is divided by their number.
    """
    if inputs.people is None:
        return None
    stated = dict(workload.people)
    counts = []
    for head_count in inputs.people.counts:
        count = stated.get(head_count.work)
        if count is None:
            count = head_count.at(assumptions.people_deviation)
        counts.append((head_count.work, count / workload.shared_over if head_count.shareable else count))
    return tuple(counts)


def index_monthly_usd(workload: Workload, assumptions: CostAssumptions) -> float | None:
    """Return what keeping an index costs a month: its storage, and making it anew as often as knowledge changes."""
    indexing = indexing_usd(workload, assumptions)
    if indexing is None or workload.corpus_tokens is None:
        return None
    refreshes = assumptions.index_refreshes_per_year
    if refreshes is None:
        refreshes = workload.index_refreshes_per_year
    if refreshes is None:
        return None
    stored = index_gb(workload.corpus_tokens, assumptions.index) * assumptions.vector_store_usd_per_gb
    return stored + indexing * refreshes / MONTHS_PER_YEAR
