"""What `aipolicy diff` says: what a change does to each feature since the merge base, and which input is the cause."""

from __future__ import annotations

from aipolicy.changes.against_base import evaluated_base
from aipolicy.changes.base_side import BaseSide
from aipolicy.changes.cost_threshold import CostThreshold, raised, says_something, without_small_costs
from aipolicy.changes.diff import Diff
from aipolicy.changes.diff_from_base import diff_from_base
from aipolicy.changes.steps import SideInputs, weighed_by
from aipolicy.commands.console import Console
from aipolicy.config.run_options import PolicyOptions
from aipolicy.config.scope import SOME_FEATURES
from aipolicy.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_NOTHING
from aipolicy.files.cache import Cache, cache_folder
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.run.evaluated_run import check
from aipolicy.run.inputs import RunInputs, manifests_of
from aipolicy.run.policy import Policy, load_policy
from aipolicy.source.text import shown
from aipolicy.value import NamedTuple

FORMATS = ("text", "json", "markdown")


class DiffRequest(NamedTuple):
    """With what a change is compared, and what is shown of it."""

    base: str
    options: PolicyOptions
    """Those of the command line, which hold at the base too."""
    output_format: str
    strict: bool
    as_of_base: bool
    """Whether the base is evaluated as on the day of its commit."""
    fail_above: CostThreshold | None
    ignore_below: CostThreshold | None


class ShownDiff(NamedTuple):
    """What is said of a change."""

    text: str
    dearer: tuple[str, ...]
    """The features whose month costs more than before by more than is allowed, safe to show."""
    code: int


def diff_from(inputs: RunInputs, request: DiffRequest, console: Console) -> ShownDiff:
    """Return what a change does to each feature; raises `BaseError`, and what evaluating raises."""
    policy = load_policy(inputs.settings, Cache(cache_folder()), inputs.policy_files)
    diff = _diff(inputs, request, policy, console)
    if policy.evaluated_portfolio_rules:
        console.tell("aipolicy: rules over all features are not compared; `aipolicy check --base` does")
    ignored = request.ignore_below
    visible = diff if ignored is None else without_small_costs(diff, ignored)
    is_quiet = ignored is not None and request.output_format == "markdown" and not says_something(visible)
    dearer = () if request.fail_above is None else raised(diff, request.fail_above)
    code = EXIT_CLEAN if diff.features or diff.broken or diff.repaired else EXIT_NOTHING
    return ShownDiff(
        "" if is_quiet else _rendered(visible, request.output_format, console),
        tuple(shown(change.name) for change in dearer),
        EXIT_FINDINGS if dearer else code,
    )


def _diff(inputs: RunInputs, request: DiffRequest, policy: Policy, console: Console) -> Diff:
    report = check(inputs.files, policy, SOME_FEATURES)
    now = SideInputs(inputs.files, inputs.settings, inputs.policy_files, weighed_by(inputs.config), policy, report)
    with evaluated_base(request.base, inputs, request.options, policy, strict=request.strict) as (side, at_base):
        if request.as_of_base:
            at_base = _as_of_base(side, at_base, inputs)

        def everywhere() -> tuple[ManifestFile, ...]:
            return manifests_of((side.base.repository.top,), inputs.config, stdin=console.stdin).files

        return diff_from_base(now, side, at_base, everywhere)


def _as_of_base(side: BaseSide, policy: Policy, inputs: RunInputs) -> Policy:
    """Return the policy of the base as on the day of its commit."""
    if side.base.day == inputs.settings.as_of:
        return policy
    settings = side.settings._replace(strict=inputs.settings.strict, as_of=side.base.day)
    return load_policy(settings, None, side.policy_files)


def _rendered(diff: Diff, output_format: str, console: Console) -> str:
    if output_format == "json":
        from aipolicy.report.diff.diff_json import render_diff_json

        return render_diff_json(diff)
    if output_format == "markdown":
        from aipolicy.report.diff.diff_markdown import render_diff_markdown

        return render_diff_markdown(diff)
    from aipolicy.report.diff.diff_text import render_diff

    return render_diff(diff, width=console.width, style=console.style)
