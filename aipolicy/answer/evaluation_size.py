"""The smallest evaluation that settles whether a way reaches the quality asked for, and what asking its cases costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aipolicy.economics.shares_of_cases import fewest_cases, wilson_interval
from aipolicy.facts.evaluation_results import Result, read_results
from aipolicy.facts.expected import NO_TARGET, RESULTS, TARGET
from aipolicy.options.cost_inputs import HostedInputs
from aipolicy.options.costs import hosted_request_usd
from aipolicy.source.text import grouped

if TYPE_CHECKING:
    from aipolicy.evaluation.option_set import OptionSet
    from aipolicy.facts.facts import Facts
    from aipolicy.options.workload import Workload


def smallest_evaluation(facts: Facts, workload: Workload, option_set: OptionSet, number: int, way: str) -> str:
    """Return how many cases settle it, at the share that was seen, or half-way between the target and all; empty if none.

    What they cost is the price of so many requests: nothing else of an evaluation is paid by its size.
    """
    target = facts.values.get(TARGET)
    if not isinstance(target, float) or target == NO_TARGET:
        return ""
    seen = _seen(facts, way)
    share = (1.0 + target) / 2.0 if seen is None else seen.passed / seen.of
    cases = fewest_cases(share, target)
    if cases is None:
        return f"no number of cases shows {target:.3g}; ask for less"
    cost = _cost(workload, option_set, number, cases)
    if seen is None:
        return f"{grouped(cases)} of your cases show it where {share:.3g} are answered right{cost}"
    low, high = wilson_interval(seen.passed, seen.of)
    interval = f"{seen.passed:g} of {seen.of:g} are {low:.3g} to {high:.3g}"
    return f"{interval}: {grouped(cases)} cases settle it at that share{cost}"


def _seen(facts: Facts, way: str) -> Result | None:
    results = read_results(facts.values.get(RESULTS)) or ()
    return next((result for result in results if result.way == way), None)


def _cost(workload: Workload, option_set: OptionSet, number: int, cases: int) -> str:
    main = option_set.cost_inputs(number).main
    if not isinstance(main, HostedInputs):
        return ", on machines of your own"
    usd = hosted_request_usd(main, workload, option_set.estimator(workload).assumptions)
    if usd is None:
        return ""
    whole = usd * cases * workload.chained_calls
    return f", about {whole:.2g} USD" if whole < 100.0 else f", about {grouped(round(whole))} USD"
