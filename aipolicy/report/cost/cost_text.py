"""A comparison of costs in, text out: options with ranges, break-evens, what matters most, prices with their source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aipolicy.catalog.assumptions import Assumption
from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.entries import Dated
from aipolicy.catalog.machine_prices import MachinePrice
from aipolicy.catalog.machines import Accelerator
from aipolicy.catalog.prices import ANY_REGION, Price
from aipolicy.economics.break_even import BreakEven, CheaperFromTheStart, Crossings
from aipolicy.evaluation.costed_options import Against, CostComparison, CostedOption
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.finding_words import option_name
from aipolicy.facts.all_facts import REGISTRY
from aipolicy.facts.facts import Provenance
from aipolicy.options.cost_inputs import machine_price
from aipolicy.options.workload import WORKLOAD_FACTS
from aipolicy.report.terminal.printer import Printer, amount
from aipolicy.report.terminal.style import Role, Styler
from aipolicy.source.text import escaped

MOST_INFLUENCES = 6
_STATED = (
    "loaded-staff-year", "target-utilisation", "spare-replicas", "retry-share", "evaluation-traffic-share",
    "hours-per-month", "days-per-month",
)  # fmt: skip
"""Constants that are always named; `docs/assumptions.md` has all of them."""


def render_costs(evaluation: Evaluation, comparison: CostComparison, constants: Mapping[str, Assumption],
                 accelerators: Mapping[str, Accelerator], *, width: int, style: Styler,
                 today: Iterable[str] = ()) -> str:  # fmt: skip
    """Return the costs of a feature's options as text, below what is said of what runs today."""
    printer = Printer(width, style)
    printer.title(f"{escaped(evaluation.feature.name)}  ({escaped(evaluation.feature.file)})")
    _volume(printer, comparison)
    for number, line in enumerate(today):
        if not number:
            printer.heading("today")
        printer.text(line, 2)
    _decision(printer, comparison)
    printer.heading("options, the cheapest first")
    for costed in comparison.options:
        _option(printer, costed, comparison)
    if comparison.hidden:
        printer.text(
            f"{comparison.hidden} remaining options are dearer than those of their kind; `--all` shows them", 2
        )
    _parts(printer, comparison)
    _tornado(printer, comparison)
    _assumed(printer, evaluation, comparison, constants)
    _prices(printer, comparison.prices)
    _machines(printer, machine_prices_of(comparison, evaluation.candidates.catalog))
    _bought(printer, comparison, accelerators)
    return printer.result()


def _volume(printer: Printer, comparison: CostComparison) -> None:
    workload = comparison.workload
    numbers = [
        (workload.requests_per_day, "requests a day"), (workload.input_tokens, "tokens in"),
        (workload.output_tokens, "tokens out"),
    ]  # fmt: skip
    printer.text(
        "at " + ", ".join(f"{'unknown' if value is None else amount(value)} {what}" for value, what in numbers)
    )


def _decision(printer: Printer, comparison: CostComparison) -> None:
    decision, baseline = comparison.decision, comparison.baseline
    printer.heading("decision")
    if baseline is None:
        printer.text("no option has a known cost; what is missing stands beside each", 2)
        return
    printer.pair("baseline", f"{_name(baseline)} ({_why_baseline(baseline)})")
    if decision is None:
        printer.pair("cheapest", "nothing else of known cost remains")
        return
    printer.pair(
        "next to it" if decision.cheapest.likely_monthly_usd is None else "beside it", _name(decision.cheapest)
    )
    if decision.probability is None:
        return
    if decision.conclusive and decision.probability < 0.5:
        printer.pair("so", f"the baseline costs less, with probability {1.0 - decision.probability:.2f}")
    elif decision.conclusive:
        printer.pair("so", f"that costs less than the baseline, with probability {decision.probability:.2f}")
    else:
        measure = f"; measure `{decision.measure}` first" if decision.measure else ""
        chance = f"that costs less than the baseline with probability {decision.probability:.2f} only"
        printer.pair("so", f"inconclusive: {chance}{measure}")


def _why_baseline(baseline: CostedOption) -> str:
    if baseline.state == "plan":
        return "the plan"
    return "the cheapest provider API" if baseline.option.hosting == "provider-api" else "the cheapest that remains"


def _option(printer: Printer, costed: CostedOption, comparison: CostComparison) -> None:
    is_base = costed is comparison.baseline
    words = [costed.state, *(["baseline"] if is_base else []), *(f"breaks {rule}" for rule in costed.breaks)]
    label = f"{_name(costed)}  [{', '.join(words)}]"
    printer.text(label, 2, Role.STRONG)
    if costed.monthly_usd is None:
        printer.text("cost unknown: " + "; ".join(costed.unknown or ("a figure is missing",)), 6)
        return
    p = costed.monthly_usd
    printer.text(f"{amount(p.p10)} – {amount(p.p50)} – {amount(p.p90)} USD a month (P10 – P50 – P90)", 6)
    per_request = "" if costed.usd_per_request is None else f"{amount(costed.usd_per_request)} USD a request"
    upfront = "unknown" if costed.upfront_usd is None else f"{amount(costed.upfront_usd)} USD"
    printer.text(f"{per_request}; {upfront} up front", 6)
    if costed.against is not None:
        printer.text(_against(costed.against), 6)


def _against(against: Against) -> str:
    words = break_even_words(against.break_even, against)
    if against.probability_cheaper is not None:
        words += f"; cheaper today with probability {against.probability_cheaper:.2f}"
    if against.payback_months:
        words += f"; saves what building and buying it takes more in {amount(against.payback_months)} months"
    return words


def break_even_words(found: BreakEven | None, against: Against) -> str:
    """Return from which volume on an option costs less than the baseline, in words."""
    match found:
        case Crossings(first=first, last=last):
            text = f"costs less than the baseline above {amount(first)} requests a day"
            if last is None:
                text += " here and there"
            elif last > first * 1.001:
                text += f" here and there, always above {amount(last)}"
            return text + _reached(first, against)
        case CheaperFromTheStart():
            return "costs less than the baseline at any volume"
        case None:
            return "break-even unknown"
        case _:
            return "no break-even: a further request costs it no less than the baseline"


def _reached(first: float, against: Against) -> str:
    if against.requests_per_day is not None and against.requests_per_day >= first:
        return " (today's volume is above that)"
    return "" if against.day is None else f" (growth reaches it on {against.day.isoformat()})"


def _parts(printer: Printer, comparison: CostComparison) -> None:
    shown = [comparison.baseline, comparison.decision.cheapest if comparison.decision else None]
    for costed in (option for option in shown if option is not None):
        printer.heading(f"what a month of {_name(costed)} goes into, at likely values")
        for name, usd in costed.lines:
            printer.pair(name, f"{amount(usd)} USD")
        for name, usd in costed.upfront or ():
            printer.pair(f"once: {name}", f"{amount(usd)} USD")


def _tornado(printer: Printer, comparison: CostComparison) -> None:
    if not comparison.tornado:
        return
    what = "the distance between the two" if comparison.decision else "the cost"
    printer.heading(f"what moves {what} most")
    for influence in comparison.tornado[:MOST_INFLUENCES]:
        range_ = comparison.drivers[influence.name]
        printer.pair(
            influence.name,
            f"{amount(influence.at_low)} USD at {amount(range_.low)}, "
            f"{amount(influence.at_high)} USD at {amount(range_.high)}",
        )


def _assumed(printer: Printer, evaluation: Evaluation, comparison: CostComparison,
             constants: Mapping[str, Assumption]) -> None:  # fmt: skip
    printer.heading("assumed")
    for fact in WORKLOAD_FACTS.values():
        found = evaluation.facts.fact(fact)
        drawn = fact in comparison.drivers
        if found.provenance is Provenance.ASSUMED and isinstance(found.value, float) and not drawn:
            printer.pair(fact, f"{amount(found.value)} {REGISTRY[fact].unit}")
    matters = {influence.name for influence in comparison.tornado}
    for name, range_ in comparison.drivers.items():
        if name in matters:
            printer.pair(
                name, f"{amount(range_.low)} – {amount(range_.likely)} – {amount(range_.high)} (P10 – P50 – P90)"
            )
    for id_ in (assumption for assumption in _STATED if assumption not in comparison.drivers):
        constant = constants[id_]
        note = "" if constant.dated.verified else ", unverified"
        printer.pair(id_, f"{amount(constant.value)} {constant.unit}{note}")


def _prices(printer: Printer, prices: Iterable[Price]) -> None:
    listed = tuple(prices)
    if not listed:
        return
    printer.heading("prices in USD a million tokens, in and out")
    for price in listed:
        rates = _rates(price)
        doubt = "" if price.dated.verified else ", unverified"
        dispute = f", disputed: {price.disputed}" if price.disputed else ""
        printer.pair(
            f"{price.provider} {price.region} / {price.model}",
            f"{rates}, checked {price.checked_on.isoformat()}{doubt}{dispute}; {price.dated.source}",
        )


def _rates(price: Price) -> str:
    """Return what is charged: by tokens, in and out, or in the unit in which else it is sold."""
    if price.usd_per_audio_hour is not None:
        return f"{amount(price.usd_per_audio_hour)} an hour of recording"
    if price.input_usd_per_mtok is None and price.usd_per_thousand_requests is not None:
        return f"{amount(price.usd_per_thousand_requests)} a thousand searches"
    return " / ".join(
        "–" if usd is None else amount(usd) for usd in (price.input_usd_per_mtok, price.output_usd_per_mtok)
    )


def machine_prices_of(comparison: CostComparison, catalog: Catalog) -> tuple[MachinePrice, ...]:
    """Return what sellers ask for the machines of the options shown, as it is charged, by seller, region and machine."""
    rented = {(costed.option.leg.provider, costed.option.leg.region, costed.option.leg.accelerator)
              for costed in comparison.options if costed.option.hosting == "own-cloud"}  # fmt: skip
    charged = (machine_price(catalog, *key) for key in sorted(rented))
    return tuple(dict.fromkeys(price for price in charged if price is not None))


def _machines(printer: Printer, prices: tuple[MachinePrice, ...]) -> None:
    if not prices:
        return
    printer.heading("machines in USD an hour and accelerator")
    for price in prices:
        committed = price.committed_hourly_usd
        year = "" if committed is None else f", {amount(committed)} committed for a year"
        factor = price.factor
        note = "" if factor is None else f" (estimated: {factor:.2f} times the price that was read for another region)"
        where = price.provider if price.region == ANY_REGION else f"{price.provider} {price.region}"
        printer.pair(f"{where} / {price.accelerator}", f"{amount(price.hourly_usd)}{year}{note}, {_read(price.dated)}")


def _bought(printer: Printer, comparison: CostComparison, accelerators: Mapping[str, Accelerator]) -> None:
    names = {costed.option.leg.accelerator for costed in comparison.options if costed.option.hosting == "on-premises"}
    bought = [accelerators[name] for name in sorted(names) if name in accelerators]
    if not bought:
        return
    printer.heading("machines in USD to buy an accelerator")
    for machine in bought:
        price = "unknown" if machine.purchase_usd is None else amount(machine.purchase_usd)
        printer.pair(machine.id, f"{price}, {_read(machine.dated)}")


def _read(dated: Dated) -> str:
    return f"checked {dated.checked_on.isoformat()}{'' if dated.verified else ', unverified'}; {dated.source}"


def _name(costed: CostedOption) -> str:
    return option_name(costed.option)
