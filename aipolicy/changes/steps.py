"""From the base to now in four steps, one input at a time, so that every change has the input that makes it appear."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from aipolicy.changes.state import FeatureState, states_of
from aipolicy.config.config import Config
from aipolicy.config.scope import SOME_FEATURES
from aipolicy.config.settings import PolicySettings
from aipolicy.errors import AipolicyError
from aipolicy.evaluation.ranking import Weighing
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.policy.sources.locate import PolicyFiles
from aipolicy.run.evaluated_run import Report, check
from aipolicy.run.policy import Policy, load_policy
from aipolicy.value import Frozen

CAUSES = ("manifest", "policy", "catalog", "date")
"""The inputs in the order in which they are exchanged."""


class SideInputs(Frozen):
    """Everything that one side is made of; `report` is what comes of it."""

    files: Sequence[ManifestFile]
    settings: PolicySettings
    policy_files: PolicyFiles
    weighing: Weighing
    policy: Policy
    report: Report


def weighed_by(config: Config) -> Weighing:
    """Return how a configuration weighs ways; what it fixes plays no part in what is recommended."""
    return Weighing(config.recommendation.margin_percent, config.recommendation.horizon_months)


class Step(Frozen):
    """The features once some inputs are those of now; `cause` names what was exchanged last."""

    cause: str
    states: dict[str, FeatureState]


def steps_between(before: SideInputs, now: SideInputs) -> tuple[Step, ...]:
    """Return the base, then a step for each input that differs, the last being now.

    Inputs that only load together, such as a pack that names a model of the new catalog, are one step with both names.
    """
    steps = [Step("", states_of(before.report, before.weighing))]
    differing = [cause for cause in CAUSES if _differs(cause, before, now)]
    exchanged: set[str] = set()
    pending: list[str] = []
    for cause in differing:
        exchanged.add(cause)
        pending.append(cause)
        weighing = (now if "policy" in exchanged else before).weighing
        if cause == differing[-1]:
            same = now.policy is before.policy and weighing == before.weighing
            steps.append(Step(" and ".join(pending), states_of(now.report, weighing, steps[0].states if same else {})))
            break
        try:
            policy = _policy(before, now, exchanged)
        except AipolicyError:
            continue
        files = (now if "manifest" in exchanged else before).files
        steps.append(Step(" and ".join(pending), states_of(check(files, policy, SOME_FEATURES), weighing)))
        pending = []
    return tuple(steps)


def _differs(cause: str, before: SideInputs, now: SideInputs) -> bool:
    if cause == "manifest":
        return [(f.path, f.data) for f in before.files] != [(f.path, f.data) for f in now.files]
    if cause == "policy":
        return _policy_part(before) != _policy_part(now)
    if cause == "catalog":
        return _catalog_part(before) != _catalog_part(now)
    return before.settings.as_of != now.settings.as_of


def _policy_part(side: SideInputs) -> object:
    settings = side.settings._replace(
        packs=(), own_catalog=(), base=".", parameter_places={}, choice_places={}, fresher_prices="",
        as_of=date.min, lock="", waivers=(),
    )  # fmt: skip
    packs = [[data for _, data in pack.files] for pack in side.policy_files.packs]
    return settings, side.weighing, packs, [data for _, data in side.policy_files.waivers]


def _catalog_part(side: SideInputs) -> object:
    package = side.policy_files.price_package
    return [data for _, data in side.policy_files.own_catalog], package and (
        package.name,
        package.version,
        package.data,
    )


def _policy(before: SideInputs, now: SideInputs, exchanged: set[str]) -> Policy:
    """Return the policy with packs, catalog and day of now as far as they are exchanged; raises `AipolicyError`."""
    later = {cause for cause in ("policy", "catalog", "date") if cause in exchanged or not _differs(cause, before, now)}
    if len(later) == 3:
        return now.policy
    if not exchanged & {"policy", "catalog", "date"}:
        return before.policy
    packs, catalog, day = (now if cause in later else before for cause in ("policy", "catalog", "date"))
    files = packs.policy_files._replace(
        own_catalog=catalog.policy_files.own_catalog, price_package=catalog.policy_files.price_package
    )
    return load_policy(packs.settings._replace(as_of=day.settings.as_of), None, files)
