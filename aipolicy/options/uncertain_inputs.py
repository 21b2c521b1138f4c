"""What is uncertain about a cost, and by how much: declared ranges, spreads of the catalog, factors on what it estimates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from aipolicy.economics.uncertainty import Range, around
from aipolicy.options.cost_inputs import CostInputs, HostedInputs, LegInputs, OneStepInputs, OwnInputs
from aipolicy.options.workload import KNOWLEDGE_CHANGES, WORKLOAD_FACTS, Workload
from aipolicy.value import replace

if TYPE_CHECKING:
    from aipolicy.catalog.assumptions import Assumption, HeadCount
    from aipolicy.options.cost_assumptions import CostAssumptions

CAPACITY = "capacity of a machine"
MIXTURE_CAPACITY = "capacity of a machine for a mixture of experts"
ACCELERATOR_PRICE = "price of accelerators"
OPEN_PRICE = "price of an open model at a host"
LIST_PRICE = "list prices that were not checked for long"
STAFF = "loaded-staff-year"
PEOPLE = "people that it takes"
"""Few are -1, the 10th percentile of every kind of work, many are 1, the 90th: a team that needs more for one kind of work
is taken to need more for all."""
_FAR_OUT = 3.0
"""How far from the likely head count, in the distance to its 10th or 90th percentile, no draw lies beyond."""

_SPREADS: Mapping[str, str] = {
    "requests_per_day": "volume-spread",
    "input_tokens": "mean-tokens-spread",
    "output_tokens": "mean-tokens-spread",
    "peak_to_mean": "peak-spread",
}
"""Fields that are uncertain even where one number is declared, and the constant that says by how much."""
_FACTORS: Mapping[str, tuple[str, str]] = {
    CAPACITY: ("capacity_factor", "capacity-spread"),
    MIXTURE_CAPACITY: ("mixture_capacity_factor", "mixture-capacity-spread"),
    ACCELERATOR_PRICE: ("accelerator_price_factor", "accelerator-price-spread"),
    OPEN_PRICE: ("open_price_factor", "open-model-price-spread"),
    LIST_PRICE: ("list_price_factor", "stale-price-spread"),
}
BY_SELLER = {name: _FACTORS[name][0] for name in (ACCELERATOR_PRICE, LIST_PRICE)}
"""What is drawn for every seller by itself, and the factor that it is."""
_CONSTANTS: Mapping[str, str] = {
    "monitoring-monthly": "monitoring_monthly_usd",
    "evaluation-monthly": "evaluation_monthly_usd",
    "embedding-price": "embedding_usd_per_mtok",
    "vector-store-monthly": "vector_store_usd_per_gb",
}
"""Constants that are drawn within their published range."""
_SHARES = frozenset({"cached_share", "hard_case_share"})
_FIELD_OF = {fact: field for field, fact in WORKLOAD_FACTS.items()}


def drivers_of(workload: Workload, constants: Mapping[str, Assumption],
               people: Iterable[HeadCount]) -> Mapping[str, Range]:  # fmt: skip
    """Return every uncertain input by name with its range; a fact goes by its own name."""
    drivers: dict[str, Range] = {}
    declared = {field: (low, likely, high) for field, low, likely, high in workload.ranges}
    for field, fact in WORKLOAD_FACTS.items():
        value = getattr(workload, field)
        if field in declared:
            low, likely, high = declared[field]
            drivers[fact] = Range(low, likely, high, _most(field, high, workload))
        elif field in _SPREADS and value is not None:
            least = 1.0 if field == "peak_to_mean" else 0.0
            drivers[fact] = around(value, constants[_SPREADS[field]].value, at_least=least)
    for name, (_, spread) in _FACTORS.items():
        drivers[name] = around(1.0, constants[spread].value)
    drivers[STAFF] = _range(constants[STAFF]) or around(constants[STAFF].value, constants["staff-spread"].value)
    for name in _CONSTANTS:
        range_ = _range(constants[name])
        if range_ is not None:
            drivers[name] = range_
    stated = dict(workload.people)
    if any(count.low is not None and count.work not in stated for count in people):
        drivers[PEOPLE] = Range(-1.0, 0.0, 1.0, at_least=-_FAR_OUT, at_most=_FAR_OUT)
    return {name: range_ for name, range_ in drivers.items() if not range_.certain}


def _most(field: str, high: float, workload: Workload) -> float | None:
    """Return the value that no draw of a field passes, None without one."""
    if field == "cached_share" and workload.cached_counted == "beside":
        # NOTE: as the share comes near 1, cached tokens beside a given input grow without bound.
        return high
    return 1.0 if field in _SHARES else None


def applied(values: Mapping[str, float], workload: Workload,
            assumptions: CostAssumptions) -> tuple[Workload, CostAssumptions]:  # fmt: skip
    """Return workload and constants with drivers at the given values, which may be arrays of draws."""
    fields: dict[str, float] = {}
    constants: dict[str, float] = {}
    for name, value in values.items():
        if name in _FIELD_OF:
            fields[_FIELD_OF[name]] = value
        elif name == PEOPLE:
            constants["people_deviation"] = value
        elif name == STAFF:
            constants["staff_year_usd"] = value
        elif name in _CONSTANTS:
            constants[_CONSTANTS[name]] = value
        else:
            constants[_FACTORS[name][0]] = value
    return replace(workload, **fields), replace(assumptions, **constants)  # type: ignore[arg-type]


def _range(constant: Assumption) -> Range | None:
    if constant.low is None or constant.high is None:
        return None
    return Range(constant.low, constant.value, constant.high)


def unknown_because(inputs: CostInputs, workload: Workload) -> tuple[str, ...]:
    """Return why the running cost of an option is not known, in words; empty when it is."""
    reasons = [
        f"`{WORKLOAD_FACTS[field]}` is not declared" for field in _needed(inputs) if getattr(workload, field) is None
    ]
    legs = (
        ("model", inputs.main, True),
        ("far side", inputs.far, inputs.cascade),
        ("fallback", inputs.standby, inputs.stands_by),
    )
    for name, leg, wanted in legs:
        if wanted:
            reasons += _leg_reasons(name, leg, workload)
    if inputs.retrieves:
        reasons += [f"`{fact}` is not declared" for fact, value in _of_an_index(workload) if value is None]
    if inputs.training is not None and not inputs.training.from_scratch and workload.labelled_examples is None:
        reasons.append(f"`{WORKLOAD_FACTS['labelled_examples']}` is not declared")
    if inputs.people is None:
        reasons.append("no figure for the people it takes")
    return tuple(reasons)


def _of_an_index(workload: Workload) -> tuple[tuple[str, float | None], ...]:
    return (
        (WORKLOAD_FACTS["corpus_tokens"], workload.corpus_tokens),
        (KNOWLEDGE_CHANGES, workload.index_refreshes_per_year),
    )


def _needed(inputs: CostInputs) -> tuple[str, ...]:
    paid = (inputs.main, inputs.far) if inputs.cascade else (inputs.main,)
    return (
        "requests_per_day",
        *dict.fromkeys(field for leg in paid for field in charged_lengths(leg)),
        *(("latency_budget_ms",) if any(map(_hangs_on_latency, paid)) else ()),
        *(("hard_case_share",) if inputs.cascade else ()),
    )


def charged_lengths(leg: LegInputs | None) -> tuple[str, ...]:
    """Return the fields of a workload that say how long a request is, and that a leg is paid by or that take time."""
    match leg:
        case OwnInputs() | HostedInputs(price=None, writes=True):
            return ("input_tokens", "output_tokens")
        case HostedInputs(price=price) if price is not None:
            fields = (
                (price.charges_tokens, "input_tokens"), (price.rates.output is not None, "output_tokens"),
                (price.documents_per_request is not None, "documents"),
                (price.is_by_recording, "audio_seconds"),
            )  # fmt: skip
            return tuple(field for charged, field in fields if charged)
        case OneStepInputs(input_tokens_per_s=tokens, audio_per_s=audio):
            return tuple(
                field for rate, field in ((tokens, "input_tokens"), (audio, "audio_seconds")) if rate is not None
            )
        case _:
            return ()


def _hangs_on_latency(leg: LegInputs | None) -> bool:
    """Return whether a cost needs the latency budget: a tighter one takes more machines, a long one batch prices."""
    match leg:
        case OwnInputs():
            return True
        case HostedInputs(price=price):
            return price is not None and price.knows_batches
        case _:
            return False


def _leg_reasons(name: str, leg: LegInputs | None, workload: Workload) -> list[str]:
    match leg:
        case None:
            return [f"no figures for the {name}"]
        case HostedInputs(price=None):
            return [f"no price for the {name}"]
        case HostedInputs(price=price) if price is not None and workload.audio_seconds is not None:
            return [] if price.usd_per_audio_hour is not None else [f"no price of recordings for the {name}"]
        case OwnInputs(cost=None) | OneStepInputs(cost=None):
            return [f"no price for the machines of the {name}"]
        case _:
            return []
