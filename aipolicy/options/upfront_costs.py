"""What an option costs once, before it serves: engineering, labels, a training run, indexing documents."""

from __future__ import annotations

from aipolicy.economics.retrieval import embedding_usd
from aipolicy.economics.training import (
    accelerator_hours,
    tokens_usd,
    training_operations,
    training_tokens,
    training_usd,
)
from aipolicy.options.cost_assumptions import CostAssumptions
from aipolicy.options.cost_inputs import CostInputs, Training
from aipolicy.options.workload import Workload

Lines = tuple[tuple[str, float], ...]
"""Names of parts of a cost and their amounts in USD."""

Parts = tuple[tuple[str, float | None], ...]
"""The same, where a part may be unknown."""

_WEEKS_PER_YEAR = 52.0


def upfront_cost(inputs: CostInputs, workload: Workload, assumptions: CostAssumptions) -> Lines | None:
    """Return what an option costs before it serves, or None when a part of it is not known.

    Machines that are bought are not in it: their depreciation is in the running cost, and nothing is counted twice.
    """
    return whole(upfront_parts(inputs, workload, assumptions))


def upfront_parts(inputs: CostInputs, workload: Workload, assumptions: CostAssumptions) -> Parts:
    """Return the parts of what an option costs before it serves; None is a part that is not known."""
    weeks = inputs.build_weeks
    engineering = None if weeks is None else weeks * assumptions.staff_year_usd / _WEEKS_PER_YEAR
    parts: list[tuple[str, float | None]] = [("engineering", engineering)]
    if inputs.retrieves:
        parts.append(("indexing documents", indexing_usd(workload, assumptions)))
    if inputs.training is not None:
        parts.append(("labelling", _labels_usd(inputs.training, workload, assumptions)))
        parts.append(("training run", training_run_usd(inputs.training, workload, assumptions)))
    if inputs.partner_training is not None:
        # NOTE: both models learn from the same examples, which are labelled once.
        if inputs.training is None:
            parts.append(("labelling", _labels_usd(inputs.partner_training, workload, assumptions)))
        parts.append(("training run of the fallback", training_run_usd(inputs.partner_training, workload, assumptions)))
    return tuple(parts)


def whole(parts: Parts) -> Lines | None:
    """Return parts that are all known, or None where one is not."""
    lines = tuple([(name, usd) for name, usd in parts if usd is not None])
    return lines if len(lines) == len(parts) else None


def indexing_usd(workload: Workload, assumptions: CostAssumptions) -> float | None:
    """Return the price of embedding every document once, in USD; None when nobody says how many there are."""
    if workload.corpus_tokens is None:
        return None
    return embedding_usd(workload.corpus_tokens, assumptions.embedding_usd_per_mtok)


def _labels_usd(training: Training, workload: Workload, assumptions: CostAssumptions) -> float | None:
    if training.from_scratch:
        return 0.0
    if training.examples is None or workload.labelled_examples is None:
        return None
    return max(training.examples - workload.labelled_examples, 0.0) * assumptions.training.usd_per_label


def training_run_usd(training: Training, workload: Workload, assumptions: CostAssumptions) -> float | None:
    """Return the price of one run in USD: the provider's tokens, or hours of accelerators by 6ND; None when unknown.

    A run reads every example that there is, and no fewer than tuning takes.
    """
    constants = assumptions.training
    if training.params_b == 0.0:
        return 0.0
    if training.from_scratch:
        if training.params_b is None:
            return None
        tokens = training.params_b * 1e9 * constants.tokens_per_parameter
    elif training.examples is None or workload.labelled_examples is None:
        return None
    else:
        examples = max(training.examples, workload.labelled_examples)
        tokens = training_tokens(examples, constants.tokens_per_example, constants.epochs)
    if training.usd_per_mtok is not None:
        return tokens_usd(tokens, training.usd_per_mtok)
    if training.params_b is None or training.hourly_usd is None or training.tflops <= 0.0:
        return None
    hours = accelerator_hours(training_operations(training.params_b, tokens), training.tflops, constants.utilisation)
    return training_usd(hours, training.hourly_usd)
