"""What a team measured of the way that it plans: the measurement, and what of it contradicts itself or the plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.measured import RATES, Measured, contradiction
from aipolicy.facts.contradictions import FactProblem
from aipolicy.facts.spec import FactValue
from aipolicy.manifest.feature import path_of
from aipolicy.source.day import read_day
from aipolicy.source.text import shown

SECTION = "plan.measured"
FIELDS: Mapping[str, str] = {
    field: f"{SECTION}.{field}"
    for field in (
        "requests_per_s",
        "tokens_per_s",
        "at_concurrency",
        "first_token_ms",
        "p50_ms",
        "p95_ms",
        "on",
        "link",
    )
}
"""The declared fact of each field of a measurement."""
MODEL, MACHINE = f"{SECTION}.model", f"{SECTION}.machine"
_API = "provider-api"


def measurement_of(values: Mapping[str, FactValue]) -> Measured | None:
    """Return what was measured of the plan's main leg, None where nothing was, or not enough is said of it."""
    day = read_day(str(values.get(FIELDS["on"], "")))
    if day is None or (_rates(values) == [] and FIELDS["p50_ms"] not in values):
        return None
    number = {field: _number(values, field) for field in FIELDS if field not in ("on", "link")}
    at = number.pop("at_concurrency")
    return Measured(
        at_concurrency=1.0 if at is None else at, on=day, link=str(values.get(FIELDS["link"], "")), **number
    )


def measurement_problems(values: Mapping[str, FactValue], catalog: Catalog, as_of: date) -> Iterator[FactProblem]:
    """Yield what is wrong with a measurement at its place: of another model or machine than planned, or incomplete."""
    yield from _of_another(values, catalog)
    for field, why in (("on", "say on which day it was measured"), ("link", "say where the measurement is kept")):
        if FIELDS[field] not in values:
            yield _problem("MAN-004", f"missing key `{field}` in `{SECTION}`; {why}", SECTION)
    day = read_day(str(values.get(FIELDS["on"], "")))
    if day is not None and day > as_of:
        yield _problem("MAN-008", f"{day} lies after {as_of}, the day of the run", FIELDS["on"])
    rates, hosting = _rates(values), values.get("plan.hosting")
    if not rates and FIELDS["p50_ms"] not in values:
        yield _problem(
            "MAN-004", "states `requests_per_s` or `tokens_per_s`, or of an API `p50_ms`; found neither", SECTION
        )
    if rates and hosting == _API:
        yield _problem("MAN-008", f"`{rates[0]}` is of machines of one's own; of an API state `p50_ms` and `p95_ms`",
                       FIELDS[rates[0]])  # fmt: skip
    if rates and FIELDS["at_concurrency"] not in values:
        yield _problem(
            "MAN-004", f"missing key `at_concurrency` in `{SECTION}`; say how many requests ran at once", SECTION
        )
    contradicted = contradiction({field: _number(values, field) for field in FIELDS if field not in ("on", "link")})
    if contradicted is not None:
        yield _problem("MAN-008", contradicted[0], FIELDS[contradicted[1]])


def _of_another(values: Mapping[str, FactValue], catalog: Catalog) -> Iterator[FactProblem]:
    from aipolicy.catalog.model_names import read_model_name

    for measured, planned, of in ((MODEL, "plan.model", "model"), (MACHINE, "plan.machine", "machine")):
        name, meant = values.get(measured), values.get(planned)
        if isinstance(name, str) and of == "model":
            name = read_model_name(name, catalog, None).model or name
        if name is not None and meant is not None and name != meant:
            message = (
                f"measured of `{shown(str(name))}`, but the plan is `{shown(str(meant))}`; measure the {of} of the plan"
            )
            yield FactProblem("MAN-008", message, path_of(measured), ((path_of(planned), "contradicts this"),))
    if MODEL not in values and "plan.model" not in values:
        yield _problem(
            "MAN-004", f"missing key `model` in `{SECTION}`; say which model was measured, or plan one", SECTION
        )
    is_own = values.get("plan.hosting") not in (_API, None)
    if is_own and _rates(values) and MACHINE not in values and "plan.machine" not in values:
        yield _problem(
            "MAN-004", f"missing key `machine` in `{SECTION}`; say on which it was measured, or plan one", SECTION
        )


def _rates(values: Mapping[str, FactValue]) -> list[str]:
    return [field for field in RATES if FIELDS[field] in values]


def _number(values: Mapping[str, FactValue], field: str) -> float | None:
    value = values.get(FIELDS[field])
    return value if isinstance(value, float) else None


def _problem(rule_id: str, message: str, fact: str) -> FactProblem:
    return FactProblem(rule_id, message, path_of(fact))
