"""From the declared plan to what is recommended, in stages: what is done, what has to be true, and when to go back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from aipolicy.answer.comparison import figures_of, is_recommended
from aipolicy.answer.model import PlanStanding, Way
from aipolicy.answer.to_do import NOW, to_dos
from aipolicy.catalog.axes import HOSTINGS
from aipolicy.facts.expected import NOT_LIMITED
from aipolicy.facts.migration_stages import STAGE_FACTS, day_of_stage, stages_due, stages_out_of_order
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

    @property
    def word(self) -> str:
        """Return the stage as manifests name it."""
        return self.name.replace(" ", "_").replace("-", "_")


_SECTION = "plan.migration."
_GO_BACK_ON = f"{_SECTION}go_back_on"
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


class MigrationStage(Frozen):
    """A stage with the facts that have to be true by its end, and those of them that are not, or that nobody declares."""

    name: str
    does: str
    facts: tuple[str, ...]
    missing: tuple[str, ...]
    day: date | None
    """The day by which the plan has it done."""
    is_due: bool
    is_too_early: bool
    """Whether a stage that comes before it has a later day."""

    @property
    def is_late(self) -> bool:
        """Return whether its day has come without its facts."""
        return self.is_due and bool(self.missing)


class Migration(Frozen):
    """The stages from what runs today to what is recommended; back to it where one of the triggers is met.

    Where it is not declared what runs today, they start from the plan; of a plan that is what is recommended, they are the
    stages to it that it gives days.
    """

    start: Way | None
    """What runs today, else what the plan names; None where that is the goal."""
    goal: Way
    baseline: Leg | None
    """The API that is measured and stays as the fallback: that of the start, else of the goal; None where none may."""
    broken: tuple[str, ...]
    """The rules of severity error that the start breaks: it is no fallback then."""
    is_today: bool
    """Whether it starts from what runs today."""
    stages: tuple[MigrationStage, ...]
    bill_above_usd: float | None
    """A month that costs more than nine draws in ten; None where nothing can be drawn."""
    latency_above_ms: float | None
    """The budget for 95 % of the answers; None where nothing limits them."""
    go_back_on: tuple[str, ...] | None
    """What the team agreed to go back on; None where it does not say."""

    @property
    def has_days(self) -> bool:
        """Return whether the plan gives a stage a day."""
        return any(stage.day is not None for stage in self.stages)

    @property
    def current(self) -> MigrationStage | None:
        """Return the first stage that is not done, None where all are."""
        return next((stage for stage in self.stages if stage.missing), None)


def migration_of(answering: Answering) -> Migration | None:
    """Return the stages, None where nothing is recommended, and where nothing else runs or is planned, without days."""
    goal, values = answering.recommended, answering.expected.facts.values
    start, is_today = _start(answering)
    if goal is None or (start is None and all(day_of_stage(values, stage) is None for stage in STAGE_FACTS)):
        return None
    budget, go_back_on = values.get("latency.p95_ms"), values.get(_GO_BACK_ON)
    broken = () if start is None else tuple(sorted({*start.violates, *start.way.breaks} - _about_stages(answering)))
    legs = [] if broken or start is None else [start.way.option.leg]
    legs += [] if goal.option.other is None else [goal.option.other]
    return Migration(
        None if start is None else start.way,
        goal,
        next((leg for leg in legs if leg.hosting == HOSTINGS[0]), None),
        broken,
        is_today,
        tuple(_stages(answering, goal)),
        figures_of(goal, answering.expected).high_usd,
        budget if isinstance(budget, float) and budget != NOT_LIMITED else None,
        go_back_on if isinstance(go_back_on, tuple) else None,
    )


def _start(answering: Answering) -> tuple[PlanStanding | None, bool]:
    """Return from where the stages lead, None where that is the goal, and whether it runs today."""
    today, plan = answering.today, answering.plan
    if today is not None:
        return (None if today.is_kept else today.standing), not today.is_kept
    is_other = plan is not None and plan.is_offered and not is_recommended(answering, plan.way)
    return (plan if is_other else None), False


def _about_stages(answering: Answering) -> frozenset[str]:
    """Return the rules that speak of the way there, and not of what is planned."""
    rules = (ruled.active.rule for ruled in answering.expected.rules)
    return frozenset(rule.id for rule in rules if any(name.startswith(_SECTION) for name in rule.feature_reads))


def _stages(answering: Answering, goal: Way) -> Iterator[MigrationStage]:
    values = answering.expected.facts.values
    owed: dict[str, list[str]] = {}
    for to_do in to_dos(answering.trials, goal.number, of_plan=False):
        owed.setdefault(to_do.before, []).append(to_do.fact)
    own = {step.name: _own_facts(step, goal) for step in STEPS}
    placed = {fact for facts in own.values() for fact in facts}
    too_early = stages_out_of_order(values)
    due = stages_due(values, answering.evaluator.catalog.as_of)
    for step in STEPS:
        owed_facts = [fact for time in step.due for fact in owed.get(time, ()) if fact not in placed]
        placed.update(owed_facts)
        facts = (*own[step.name], *dict.fromkeys(owed_facts))
        missing = tuple(fact for fact in facts if values.get(fact) in (None, False))
        word = step.word
        yield MigrationStage(
            step.name, step.does, facts, missing, day_of_stage(values, word), word in due, word in too_early
        )


def _own_facts(step: _Step, goal: Way) -> tuple[str, ...]:
    of_own = step.of_own if goal.hosting != HOSTINGS[0] else ()
    return (*step.facts, *of_own, *(step.of_fallback if goal.fallback != "none" else ()))
