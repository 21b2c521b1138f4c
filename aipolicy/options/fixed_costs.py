"""What an option costs a month whatever the volume: people, watching, an index, training again."""

from __future__ import annotations

from aipolicy.economics.retrieval import index_gb
from aipolicy.options.cost_assumptions import CostAssumptions
from aipolicy.options.cost_inputs import CostBasis
from aipolicy.options.upfront_costs import Lines, Parts, indexing_usd, training_run_usd, whole
from aipolicy.options.workload import Workload

MONTHS_PER_YEAR = 12.0


PEOPLE = "people"
"""The part of a running cost that is people."""


def fixed_cost(basis: CostBasis, workload: Workload, assumptions: CostAssumptions) -> Lines | None:
    """Return what an option costs a month whatever the volume, by part, or None when a part is not known."""
    return whole(fixed_parts(basis, workload, assumptions))


def fixed_parts(basis: CostBasis, workload: Workload, assumptions: CostAssumptions) -> Parts:
    """Return the parts of what an option costs a month whatever the volume; None is a part that is not known."""
    people = None if basis.engineers is None else basis.engineers * assumptions.staff_year_usd / MONTHS_PER_YEAR
    parts: list[tuple[str, float | None]] = [(PEOPLE, people)]
    if basis.watched:
        parts += [
            ("monitoring", assumptions.monitoring_monthly_usd),
            ("evaluation", assumptions.evaluation_monthly_usd),
        ]
    if basis.retrieves:
        parts.append(("index", index_monthly_usd(workload, assumptions)))
    if basis.training is not None and not basis.training.from_scratch:
        run = training_run_usd(basis.training, assumptions)
        monthly = None if run is None else run * assumptions.retrainings_per_year / MONTHS_PER_YEAR
        parts.append(("retraining", monthly))
        if basis.training.hosting_usd_per_hour:
            parts.append(("tuned model held", basis.training.hosting_usd_per_hour * assumptions.hours_per_month))
    return tuple(parts)


def index_monthly_usd(workload: Workload, assumptions: CostAssumptions) -> float | None:
    indexing = indexing_usd(workload, assumptions)
    if indexing is None or workload.corpus_tokens is None:
        return None
    stored = index_gb(workload.corpus_tokens, assumptions.index) * assumptions.vector_store_usd_per_gb
    return stored + indexing * assumptions.index_refreshes_per_year / MONTHS_PER_YEAR
