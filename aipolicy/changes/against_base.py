"""The report of a run beside the base of a change: what is new or worse, what is fixed, what costs differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from aipolicy.changes.answered import is_answered
from aipolicy.changes.base_side import BaseSide, base_side
from aipolicy.changes.state import monthly_cost
from aipolicy.changes.vanished import Side, vanished_features
from aipolicy.config.run_options import PolicyOptions
from aipolicy.config.scope import SOME_FEATURES
from aipolicy.config.settings import PolicySettings
from aipolicy.evaluation.ranking import Weighing
from aipolicy.findings.comparison import Comparison, CostChange, compare, known_from
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.run.chosen_rules import rules_named
from aipolicy.run.evaluated_run import Report, check, report_of
from aipolicy.run.inputs import RunInputs
from aipolicy.run.policy import Policy, load_policy
from aipolicy.value import replace


def compared_with_base(report: Report, files: Sequence[ManifestFile], side: BaseSide, policy: Policy,
                       weighing: Weighing) -> Report:  # fmt: skip
    """Return a report with every finding compared with those of the base, which `policy` evaluates."""
    # NOTE: what does not hold of a waiver at the base must not stop the change that repairs it, nor hide what it breaks.
    at_base = base_report(side, policy, report, files)
    findings = [*at_base.findings]
    missing = _names(report) - _names(at_base)
    if missing:
        moved = files_holding(missing, side.elsewhere)
        findings += [finding for finding in check(moved, policy, SOME_FEATURES).findings if finding.feature in missing]
    compared, gone = compare(report.findings, (known_from(finding, side.file_of) for finding in findings), side.file_of)
    vanished = vanished_features(Side(at_base, side.files), Side(report, files))
    lost = {finding.feature for finding in vanished}
    fixed = tuple(
        known for known in gone
        if known.identity.feature not in lost
        and (known.identity.wording or is_answered(report, known.identity.rule, known.identity.feature, covers=True))
    )  # fmt: skip
    costs = _cost_changes(at_base, report, weighing)
    gone_features = tuple(sorted(_names(at_base) - _names(report) - lost))
    comparison = Comparison(
        base=side.base.revision, commit=side.base.commit, fixed=fixed, costs=costs, gone=gone_features
    )
    return replace(report.with_findings((*compared, *vanished)), comparison=comparison)


def base_report(side: BaseSide, policy: Policy, now: Report, files: Sequence[ManifestFile]) -> Report:
    """Return the report on the base; manifests that are the same under the same policy are not evaluated again."""
    if policy is not now.policy or any(finding.rule_id == "MAN-007" for finding in now.findings):
        # NOTE: which of two features has a name twice depends on the other files.
        return check(side.files, policy, now.scope)
    today = {file.path: file for file in files}
    evaluated_now = dict(zip(_paths(files), now.files, strict=True))
    same = {file.path for file in side.files if today.get(file.path) == file}
    fresh = check([file for file in side.files if file.path not in same], policy, SOME_FEATURES)
    new = iter(fresh.files)
    evaluated = [evaluated_now[path] if path in same else next(new) for path in _paths(side.files)]
    return report_of(evaluated, policy, now.scope)


@contextmanager
def evaluated_base(revision: str, inputs: RunInputs, options: PolicyOptions, policy: Policy, *,
                   strict: bool) -> Iterator[tuple[BaseSide, Policy]]:  # fmt: skip
    """Yield the base of a change and the policy that evaluates it; raises `BaseError`.

    `policy` evaluates now; `options` are those of the command line, and `strict` says that it is strict.
    """
    with base_side(revision, inputs.paths, options._replace(as_of=inputs.settings.as_of.isoformat())) as side:
        chosen = bool(options.select or options.ignore)
        yield side, _base_policy(side, policy, inputs, strict=strict, chosen=chosen)


def _base_policy(side: BaseSide, policy: Policy, inputs: RunInputs, *, strict: bool, chosen: bool) -> Policy:
    """Return the policy of the base: that of now where both are evaluated by the same bytes and settings.

    `strict` says that the command line is strict, `chosen` that it chooses rules.
    """
    settings = inputs.settings
    at_base = side.settings._replace(strict=side.settings.strict or strict)
    if side.policy_files.digest == inputs.policy_files.digest and _without_paths(at_base) == _without_paths(settings):
        return policy
    if chosen:
        # NOTE: a rule that the command line names need not exist at the base.
        everything = load_policy(at_base._replace(select=(), ignore=()), None, side.policy_files)
        rules, frameworks = (
            [rule for pack in everything.packs for rule in pack.all_rules],
            everything.catalog.frameworks,
        )
        select = tuple(word for word in at_base.select if rules_named(word, rules, frameworks))
        ignore = tuple(word for word in at_base.ignore if rules_named(word, rules, frameworks))
        if at_base.select and not select:
            ignore = tuple(rule.id for rule in rules)
        at_base = at_base._replace(select=select, ignore=ignore)
    return load_policy(at_base, None, side.policy_files)


def files_holding(names: set[str], files: Callable[[], Sequence[ManifestFile]]) -> tuple[ManifestFile, ...]:
    """Return the files that mention one of the names; without names they are not asked for."""
    words = [name.encode() for name in names]
    return tuple(file for file in files() if any(word in file.data for word in words)) if words else ()


def _paths(files: Sequence[ManifestFile]) -> list[str]:
    """Return the paths under which files are evaluated: each once."""
    return list(dict.fromkeys(file.path for file in files))


def _cost_changes(before: Report, now: Report, weighing: Weighing) -> tuple[CostChange, ...]:
    """Return the features whose cost differs, to a thousandth; what was evaluated once for both sides does not."""
    sides = [{e.feature.name: e for e in report.evaluations} for report in (before, now)]
    changes = []
    for name in sorted({*sides[0], *sides[1]}):
        first, second = (side.get(name) for side in sides)
        if first is second:
            continue
        costs = [None if e is None else monthly_cost(e, weighing) for e in (first, second)]
        old, new = (None if cost is None else cost.low_usd for cost in costs)
        if old != new and (old is None or new is None or abs(old - new) > 1e-3 * max(old, new)):
            changes.append(CostChange(name, old, new))
    return tuple(changes)


def _names(report: Report) -> set[str]:
    return {evaluation.feature.name for evaluation in report.evaluations}


def _without_paths(settings: PolicySettings) -> tuple[object, ...]:
    without_paths = settings._replace(
        packs=(), own_catalog=(), base=".", parameter_places={}, choice_places={}, lock="", waivers=()
    )
    return without_paths, len(settings.packs), len(settings.own_catalog), len(settings.waivers)
