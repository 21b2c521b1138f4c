"""From the declared plan to what is recommended, in stages: what is done, what has to be true, and when to go back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aipolicy.answer.comparison import figures_of, is_recommended
from aipolicy.answer.model import Way
from aipolicy.answer.to_do import NOW, to_dos
from aipolicy.catalog.axes import HOSTINGS
from aipolicy.facts.expected import NOT_LIMITED
from aipolicy.options.option import Leg
from aipolicy.value import Frozen, NamedTuple

if TYPE_CHECKING:
    from aipolicy.answer.answer import Answering


class _Step(NamedTuple):
    """A stage of every migration; `due` are the times whose to-dos are done in it."""

    name: str
    does: str
    facts: tuple[str, ...]
    due: tuple[str, ...] = ()
    of_own: tuple[str, ...] = ()
    """What has to be true besides where the way runs on machines of one's own."""
    of_fallback: tuple[str, ...] = ()
    """What has to be true besides where it has a fallback."""


BASELINE = "baseline"
"""The stage in which an API is measured that stays as the fallback, where one keeps the rules."""
STEPS = (
    _Step(
        "evaluation set", "collect real cases with agreed answers before anything is tuned", ("plan.evaluation.set",), (NOW,)
    ),
    _Step(BASELINE, "measure an API on it", ("plan.evaluation.baseline",)),
    _Step("side by side", "compare both on quality, latency and failure modes", ("plan.evaluation.side_by_side",)),
    _Step(
        "shadow", "send the new way the same requests and show nobody its answers", ("plan.monitoring.quality",), ("pilot",)
    ),
    _Step(
        "canary", "let it answer a small share, critical paths first and watched by people",
        ("plan.monitoring.drift", "plan.monitoring.cost"), of_fallback=("plan.fallback_tested",),
    ),
    _Step(
        "cut-over", "let it answer everything; the fallback stays", ("plan.evaluation.validated",), ("production",),
        of_own=("team.on_call",),
    ),
    _Step("exit", "switch off what ran before once nobody went back for as long as was agreed", ("plan.exit_plan",)),
)  # fmt: skip


class Stage(Frozen):
    """A stage with the facts that have to be true by its end, and those of them that are not, or that nobody declares."""

    name: str
    does: str
    facts: tuple[str, ...]
    missing: tuple[str, ...]


class Migration(Frozen):
    """The stages from the plan to what is recommended; back to where it came from where one of the triggers is met."""

    start: Way
    goal: Way
    baseline: Leg | None
    """The API that is measured and stays as the fallback: that of the plan, else of the goal; None where none may."""
    broken: tuple[str, ...]
    """The rules of severity error that the plan breaks: it is no fallback then."""
    stages: tuple[Stage, ...]
    bill_above_usd: float | None
    """A month that costs more than nine draws in ten; None where nothing can be drawn."""
    latency_above_ms: float | None
    """The budget for 95 % of the answers; None where nothing limits them."""


def migration_of(answering: Answering) -> Migration | None:
    """Return the stages, None without a plan, where nothing is recommended, and where the plan is what is recommended."""
    plan, goal = answering.plan, answering.recommended
    if plan is None or goal is None or not plan.is_offered or is_recommended(answering, plan.way):
        return None
    budget = answering.expected.facts.values.get("latency.p95_ms")
    limit = budget if isinstance(budget, float) and budget != NOT_LIMITED else None
    broken = tuple(sorted({*plan.violates, *plan.way.breaks}))
    legs = [] if broken else [plan.way.option.leg]
    legs += [] if goal.option.other is None else [goal.option.other]
    baseline = next((leg for leg in legs if leg.hosting == HOSTINGS[0]), None)
    bill = figures_of(goal, answering.expected).high_usd
    return Migration(plan.way, goal, baseline, broken, tuple(_stages(answering, goal)), bill, limit)


def _stages(answering: Answering, goal: Way) -> Iterator[Stage]:
    values = answering.expected.facts.values
    owed: dict[str, list[str]] = {}
    for each in to_dos(answering.trials, goal.number, of_plan=False):
        owed.setdefault(each.before, []).append(each.fact)
    own = {step.name: _own_facts(step, goal) for step in STEPS}
    told = {fact for facts in own.values() for fact in facts}
    for step in STEPS:
        due = [fact for time in step.due for fact in owed.get(time, ()) if fact not in told]
        told.update(due)
        facts = (*own[step.name], *dict.fromkeys(due))
        yield Stage(step.name, step.does, facts, tuple(fact for fact in facts if values.get(fact) in (None, False)))


def _own_facts(step: _Step, goal: Way) -> tuple[str, ...]:
    of_own = step.of_own if goal.hosting != HOSTINGS[0] else ()
    return (*step.facts, *of_own, *(step.of_fallback if goal.fallback != "none" else ()))
