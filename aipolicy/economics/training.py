"""What training costs once: accelerator-hours by 6ND, charges by token, labels and people.

Source of 6ND (six operations a parameter and token, forward and backward): Kaplan et al. 2020, section 2.1,
https://arxiv.org/abs/2001.08361, read 2026-11-21.
"""

from __future__ import annotations

OPERATIONS_PER_PARAMETER_AND_TOKEN = 6.0
_SECONDS_PER_HOUR = 3600.0


def training_operations(params_b: float, tokens: float) -> float:
    """Return the floating-point operations of training a model of so many billion parameters on so many tokens."""
    return OPERATIONS_PER_PARAMETER_AND_TOKEN * params_b * 1e9 * tokens


def accelerator_hours(operations: float, tflops: float, utilisation: float) -> float:
    """Return the hours of one accelerator; `utilisation` is the share of its peak that training reaches (MFU)."""
    return operations / (tflops * 1e12 * utilisation * _SECONDS_PER_HOUR)


def training_usd(hours: float, usd_per_accelerator_hour: float) -> float:
    """Return the price of accelerator-hours in USD; the rate is for one accelerator, never for an instance of eight."""
    return hours * usd_per_accelerator_hour


def training_tokens(examples: float, tokens_per_example: float, epochs: float) -> float:
    """Return the tokens that a fine-tuning run reads."""
    return examples * tokens_per_example * epochs


def tokens_usd(tokens: float, usd_per_mtok: float) -> float:
    """Return the price of tokens that a provider charges by the million, in USD."""
    return tokens * usd_per_mtok / 1e6


def requests_to_recover(training_usd: float, base_usd_per_request: float, tuned_usd_per_request: float) -> float | None:
    """Return after how many requests a run of fine-tuning has paid for itself, None when it never does."""
    saved = base_usd_per_request - tuned_usd_per_request
    return training_usd / saved if saved > 0.0 else None
