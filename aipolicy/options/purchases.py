"""What machines that are bought cost at once, and how much of a month is writing them off: one of the two is counted."""

from __future__ import annotations

from aipolicy.economics.fleet import BoughtMachines
from aipolicy.options.cost_assumptions import CostAssumptions
from aipolicy.options.cost_inputs import CostInputs, OneStepInputs, OwnInputs, legs_of
from aipolicy.options.costs import role_curve
from aipolicy.options.workload import Workload


def purchase(inputs: CostInputs, workload: Workload, assumptions: CostAssumptions) -> tuple[float, float]:
    """Return what the machines of an option cost to buy for today's volume, and what of a month is depreciation, in USD.

    Both are 0 where nothing is bought: rented machines, a provider's model, a device.
    """
    bought = depreciation = 0.0
    for _, leg, role in legs_of(inputs):
        if isinstance(leg, OwnInputs | OneStepInputs) and isinstance(leg.cost, BoughtMachines):
            curve = role_curve(leg, role, workload, assumptions)
            monthly = 0.0 if curve is None else curve.monthly_usd(workload.requests_per_day or 0.0)
            written_off = monthly * leg.cost.depreciation_share
            depreciation += written_off
            bought += written_off * 12.0 * leg.cost.amortisation_years
    return bought, depreciation
