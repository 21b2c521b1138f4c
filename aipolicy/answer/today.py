"""What runs today beside what is recommended: its way, its bill, and what changing would save."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from aipolicy.answer.model import Figures, PlanStanding, Way
from aipolicy.answer.ways import plan_standing
from aipolicy.facts.assume import assume
from aipolicy.facts.declared import PLAN_CHOICES
from aipolicy.facts.derived import Sources
from aipolicy.facts.facts import Facts, derive
from aipolicy.facts.spec import Origin
from aipolicy.manifest.todays_bill import MODEL, PROVIDER, TodaysBill
from aipolicy.options.bill_reader import bill_inputs
from aipolicy.options.cost_inputs import DeviceInputs
from aipolicy.options.estimates import Estimator
from aipolicy.options.workload import WORKLOAD_FACTS
from aipolicy.value import Frozen, replace

if TYPE_CHECKING:
    from aipolicy.catalog.catalog import Catalog
    from aipolicy.economics.uncertainty import Draws, Quantiles
    from aipolicy.evaluation.evaluation import Evaluation, Evaluator
    from aipolicy.evaluation.ranking import Weighing
    from aipolicy.facts.spec import FactValue

_OF_ANOTHER = ("plan.measured.", "plan.model_pinned")
"""What a plan says of its own main leg, and nothing of what runs today."""
_TERMS = "plan.terms."
_FIELD_OF = {fact: field for field, fact in WORKLOAD_FACTS.items()}


class Saving(Frozen):
    """What a month costs less once it is changed to what is recommended; below 0 it costs more."""

    likely_usd: float
    low_usd: float
    """What one draw in ten stays below."""
    high_usd: float
    upfront_usd: float
    """What building takes."""

    @property
    def payback_months(self) -> float | None:
        """Return after how many months it has saved what building takes; None where it never does."""
        return self.upfront_usd / self.likely_usd if self.likely_usd > 0.0 else None


class Today(Frozen):
    """What runs today; None is unknown."""

    bill: TodaysBill
    standing: PlanStanding
    """Its way, and the rules that it breaks, as if it were the plan."""
    figures: Figures
    """What it costs a month: what is billed and the people beside it."""
    computed: Quantiles | None
    """What the model would be billed for the lengths that the bill is compared with."""
    is_kept: bool
    """Whether the provider and the model of today are what is recommended."""
    saving: Saving | None
    """None where nothing else is recommended, and where a part of one of the two costs is not known."""

    @property
    def way(self) -> Way:
        """Return the way that answers today."""
        return self.standing.way


def today_of(evaluator: Evaluator, certain: Evaluation, goal: Way | None, weighing: Weighing) -> Today | None:
    """Return what runs today beside what is recommended, None where it is not declared, or the catalog does not have it."""
    bill = certain.feature.bill
    if bill is None or bill.problems or certain.is_retired:
        return None
    standing = _standing(evaluator, certain, weighing)
    if standing is None or not standing.is_offered:
        return None
    estimator = standing.way.option_set.estimator(certain.expected.workload)
    drawn = _Drawn(standing.way, bill, estimator)
    is_kept = goal is not None and (goal.provider, goal.model) == (standing.way.provider, standing.way.model)
    # NOTE: a bill for nobody knows how many requests says nothing of what so many would cost elsewhere.
    is_comparable = bill.monthly_usd is None or bill.requests_per_day is not None
    saving = drawn.saving(goal) if goal is not None and not is_kept and is_comparable else None
    return Today(bill, standing, drawn.figures(), drawn.computed(), is_kept, saving)


def _standing(evaluator: Evaluator, certain: Evaluation, weighing: Weighing) -> PlanStanding | None:
    """Return how today's way stands, as if it were the plan."""
    path = certain.feature.path_in_repository
    facts = _facts_of_today(certain.facts, evaluator.catalog, path)

    @cache
    def expect() -> Evaluation:
        return evaluator.evaluate_facts(certain.feature, assume(facts, evaluator.catalog, path))

    evaluation = replace(evaluator.evaluate_facts(certain.feature, facts), expect=expect)
    return plan_standing(evaluation, weighing)


def _facts_of_today(facts: Facts, catalog: Catalog, path_in_repository: str | None) -> Facts:
    """Return the facts with what runs today as the plan: one model at its provider, without a fallback."""
    is_planned = facts.values.get("plan.provider") == facts.values[PROVIDER]
    others = _OF_ANOTHER if is_planned else (*_OF_ANOTHER, _TERMS)
    specs = facts.known.specs

    def stays(name: str) -> bool:
        return name not in PLAN_CHOICES and not name.startswith(others)

    values: dict[str, FactValue] = {
        name: value
        for name, value in facts.values.items()
        if stays(name) and (name not in specs or specs[name].origin is not Origin.DERIVED)
    }
    same = ("plan.region", *(("plan.adaptation",) if facts.values.get("plan.model") == facts.values[MODEL] else ()))
    today: dict[str, FactValue] = {
        "plan.provider": facts.values[PROVIDER], "plan.model": facts.values[MODEL], "plan.fallback": "none",
        "plan.routing": "single",
    }  # fmt: skip
    today |= {name: facts.values[name] for name in same if is_planned and name in facts.values}
    values |= today
    missing = derive(Sources(values, catalog, path_in_repository, catalog.as_of), values)
    declared = frozenset(name for name in (*facts.declared, *today) if name in today or stays(name))
    return Facts(values, declared, missing, (), facts.ranges, facts.known)


class _Drawn:
    """Costs of today under draws: those of the estimate, times what the bill is of it."""

    def __init__(self, way: Way, bill: TodaysBill, estimator: Estimator) -> None:
        self._way = way
        self._bill = bill
        self._estimator = estimator
        self._inputs = way.option_set.cost_inputs(way.number)
        self._billed_usd = _at_volume(bill, estimator.workload.requests_per_day)

    def figures(self) -> Figures:
        """Return what a month costs; what was built is built."""
        cost, bill = self._way.cost, self._billed_usd
        running = cost.monthly_usd - cost.people_usd if bill is None else bill
        monthly = running + cost.people_usd
        draws = self._estimator.drawn.monthly_usd(self._inputs) if bill is None else self._billed(bill)
        low, high = (None, None) if draws is None else _ends(draws, monthly)
        return Figures(running, cost.people_usd, monthly, low, high, 0.0, 0.0, draws is not None)

    def computed(self) -> Quantiles | None:
        """Return what the lengths would be billed that the bill is compared with, None where that is not known."""
        lengths = {_FIELD_OF[fact]: value for fact, value in self._bill.lengths}
        if not lengths:
            return None
        workload = replace(self._estimator.workload, requests_per_day=self._bill.requests_per_day, **lengths)  # type: ignore[arg-type]
        estimator = Estimator(workload, self._way.option_set.estimate_settings)
        return estimator.drawn.quantiles(bill_inputs(self._inputs.main))

    def saving(self, goal: Way) -> Saving | None:
        """Return what a month of another way costs less; the same draws are made of both."""
        theirs = None
        if goal.cost.is_whole:
            inputs = goal.option_set.cost_inputs(goal.number)
            theirs = goal.option_set.estimator(self._estimator.workload).drawn.monthly_usd(inputs)
        ours = self._monthly()
        if ours is None or theirs is None:
            return None
        likely = self.figures().monthly_usd - goal.cost.monthly_usd
        low, high = _ends(ours - theirs, likely)
        return Saving(likely, low, high, goal.cost.upfront_usd)

    def _monthly(self) -> Draws | None:
        """Return today's cost in every draw: more is billed in a draw of more requests, which the other way has too."""
        drawn, bill = self._estimator.drawn, self._billed_usd
        if bill is None:
            return drawn.monthly_usd(self._inputs)
        model = drawn.monthly_usd(bill_inputs(self._inputs.main))
        likely = self._estimator.running.of(bill_inputs(self._inputs.main))
        billed = self._billed(bill)
        if billed is None or model is None or not likely or not likely[0]:
            return billed
        return billed + (model / likely[0] - 1.0) * bill

    def _billed(self, bill: float) -> Draws | None:
        """Return the bill and what stands beside it, which alone is uncertain."""
        beside = self._estimator.drawn.monthly_usd(replace(self._inputs, main=DeviceInputs()))
        return None if beside is None else beside + bill


def _at_volume(bill: TodaysBill, requests_per_day: float | None) -> float | None:
    """Return what would be billed at a volume, which may be asked about in the place of the one that is declared.

    Machines of one's own cost what they cost: nobody knows how many more requests they answer.
    """
    if bill.monthly_usd is None or bill.computed_usd is None or not bill.requests_per_day or requests_per_day is None:
        return bill.monthly_usd
    return bill.monthly_usd * (requests_per_day / bill.requests_per_day)


def _ends(draws: Draws, likely: float) -> tuple[float, float]:
    """Return what one draw in ten stays below, and nine in ten, with the likely value between them."""
    from aipolicy.economics.uncertainty import quantiles

    ends = quantiles(draws)
    return min(ends.p10, likely), max(ends.p90, likely)
