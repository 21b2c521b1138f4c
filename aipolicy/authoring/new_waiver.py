"""A new waiver: of what fails today, written into a waivers file of the configuration once it is seen that it holds."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import date

from aipolicy.config.config_file import Config
from aipolicy.config.settings import PolicySettings
from aipolicy.errors import UsageError, WaiverError
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.files.atomic_write import write_whole
from aipolicy.files.cache import Cache, cache_folder
from aipolicy.files.paths import joined
from aipolicy.findings.finding import Finding, Outcome
from aipolicy.findings.reserved_rules import RESERVED_IDS
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.policy.sources.locate import read_policy_files
from aipolicy.run.evaluated_file import findings_on
from aipolicy.run.evaluated_run import Report, check
from aipolicy.run.policy import Policy, load_policy
from aipolicy.source.day import day_hint, read_day
from aipolicy.source.document import Document, PlainValue
from aipolicy.source.names import says_something
from aipolicy.source.regular_file import shown_path
from aipolicy.source.secrets import is_secret_name
from aipolicy.source.span import DocumentPath
from aipolicy.source.suggest import did_you_mean, same_name
from aipolicy.source.text import shown
from aipolicy.value import Frozen, replace
from aipolicy.waivers.approved import approval_of
from aipolicy.waivers.read import read_waivers
from aipolicy.waivers.waive import waive
from aipolicy.waivers.waiver import WaiverState
from aipolicy.waivers.write import Draft, Grown, entry_text, with_draft


class WaiverRequest(Frozen, kw_only=True):
    """What is asked to be waived, by whom, and until when."""

    rule: str
    feature: str
    reason: str | None
    owner: str | None
    approver: str | None
    ticket: str
    expires: str | None
    fact: str
    conditions: tuple[str, ...]
    target: str | None
    """Which waivers file of the configuration; None for the first."""
    dry_run: bool


def new_waiver(request: WaiverRequest, config: Config, settings: PolicySettings, files: Iterable[ManifestFile]) -> str:
    """Return what to say of a new waiver; its file is written unless it is a dry run.

    Raises `UsageError` or `WaiverError` for one that would not hold.
    """
    target = _target(request, config, settings)
    existing = settings._replace(
        waivers=tuple(p for p in settings.waivers if os.path.lexists(joined(settings.base, p)))
    )
    policy_files = read_policy_files(existing)
    policy = load_policy(existing, Cache(cache_folder()), policy_files)
    report = check(files, policy)
    request = replace(request, rule=same_name(request.rule, policy.all_rules))
    evaluation, finding = _failing(request, policy, report)
    draft = _draft(request, evaluation, finding, settings.as_of)
    waivers_files = dict(policy_files.waivers)
    name = _shown(target)
    grown = with_draft(name, waivers_files.get(name), draft)
    _refuse_what_does_not_hold(name, grown, waivers_files, policy, evaluation)
    entry = entry_text(draft)
    if request.dry_run:
        return entry
    try:
        os.makedirs(os.path.dirname(target) or os.curdir, exist_ok=True)
        write_whole(target, grown.data)
    except OSError as error:
        raise WaiverError(f"cannot write: {(error.strerror or 'error').lower()}", path=name) from error
    return f"{entry}written to {name}; have it reviewed by {shown(draft.approver)}\n"


def _target(request: WaiverRequest, config: Config, settings: PolicySettings) -> str:
    if not settings.waivers:
        where = shown(config.path) if config.path is not None else "aipolicy.toml"
        raise UsageError(f'no waivers file is configured; add `waivers = ["policies/waivers.yaml"]` to {where}')
    paths = [joined(settings.base, path) for path in settings.waivers]
    if request.target is None:
        return paths[0]
    for path in paths:
        if os.path.realpath(path) == os.path.realpath(request.target):
            return path
    names = ", ".join(f"`{_shown(path)}`" for path in paths)
    raise UsageError(f"`{shown(request.target)}` is no waivers file of the configuration; it names {names}")


def _shown(path: str) -> str:
    return shown_path(path.replace(os.sep, "/"))


def _failing(request: WaiverRequest, policy: Policy, report: Report) -> tuple[Evaluation, Finding]:
    """Return the feature and what is to be waived; raises `UsageError` where there is no such thing."""
    rule, name = request.rule, request.feature
    if rule in RESERVED_IDS:
        raise UsageError(f"`{rule}` is about manifests, plans and waivers themselves and is never waived")
    if rule not in policy.all_rules:
        raise UsageError(f"unknown rule `{shown(rule)}`{did_you_mean(rule, policy.all_rules)}")
    features = [evaluation.feature.name for evaluation in report.evaluations]
    if name not in features:
        raise UsageError(f"no feature is named `{shown(name)}`{did_you_mean(name, features)}")
    if features.count(name) > 1:
        raise UsageError(
            f"{features.count(name)} features are named `{shown(name)}`; give each a name of its own first"
        )
    path = tuple(request.fact.split(".")) if request.fact else ()
    failing = [finding for finding in report.findings if finding.rule_id == rule and finding.feature == name]
    here = [finding for finding in failing if finding.place.path[: len(path)] == path]
    if not failing:
        raise UsageError(f"{rule} does not fail for `{shown(name)}`; there is nothing to waive")
    if not here:
        places = ", ".join(f"`{shown('.'.join(map(str, finding.place.path)))}`" for finding in failing)
        raise UsageError(f"{rule} does not fail at `{shown(request.fact)}` of `{shown(name)}`, but at {places}")
    if here[0].outcome is Outcome.WAIVED and here[0].waiver is not None:
        raise UsageError(f"{rule} is already waived for `{shown(name)}` at {here[0].waiver.at}; change that entry")
    return report.evaluations[features.index(name)], here[0]


def _draft(request: WaiverRequest, evaluation: Evaluation, finding: Finding, day: date) -> Draft:
    owner = request.owner or evaluation.feature.declared.get("metadata.owner")
    given = {"--reason": request.reason, "--owner": owner, "--approver": request.approver, "--expires": request.expires}
    missing = [name for name, value in given.items() if not says_something(str(value or ""))]
    if missing:
        raise UsageError(f"a waiver needs {', '.join(missing)}")
    written = request.expires or ""
    expires = read_day(written)
    if expires is None:
        raise UsageError(f"`--expires` takes a day as YYYY-MM-DD, found `{shown(written)}`{day_hint(written)}")
    rule = next(evaluated.active.rule for evaluated in evaluation.rules if evaluated.active.rule.id == request.rule)
    approved = approval_of(finding, rule, evaluation)
    for name, value in approved.facts.items():
        if secret := _secret_in(name, value):
            raise UsageError(
                f"`{shown(secret)}` is named like a secret, and a waiver would write down its value; keep secrets out of "
                "manifests, or give the fact another name"
            )
    return Draft(
        rule=request.rule, feature=request.feature, fact=request.fact, reason=request.reason or "", owner=str(owner),
        approver=request.approver or "", ticket=request.ticket, approved_on=day, expires=expires,
        conditions=request.conditions, approved=approved,
    )  # fmt: skip


def _secret_in(name: str, value: PlainValue) -> str:
    """Return the name of what is named like a secret among a fact and its fields; empty where nothing is."""
    is_text = isinstance(value, str) or (isinstance(value, list) and all(isinstance(word, str) for word in value))
    if is_text and is_secret_name(name.rpartition(".")[2]):
        return name
    fields = value.items() if isinstance(value, dict) else ()
    inside = [(f"{name}.{key}", field) for key, field in fields]
    inside += [(f"{name}[{n}]", element) for n, element in enumerate(value)] if isinstance(value, list) else []
    return next((secret for secret in (_secret_in(*each) for each in inside) if secret), "")


def _refuse_what_does_not_hold(name: str, grown: Grown, files: dict[str, bytes], policy: Policy,
                               evaluation: Evaluation) -> None:  # fmt: skip
    """Raise `WaiverError` unless the entry, read back as `check` reads it, holds the finding back."""
    day = policy.catalog.as_of
    waivers = read_waivers(tuple({**files, name: grown.data}.items()), policy.packs, policy.catalog, day)

    def is_mine(document: Document | None, path: DocumentPath) -> bool:
        here = document is not None and (document.source.path, document.index) == (name, grown.document)
        return here and path[: len(grown.path)] == grown.path

    wrong = [finding.message for finding in waivers.malformed if is_mine(finding.document, finding.place.path)]
    if wrong:
        raise WaiverError("; ".join(wrong))
    mine = next(waiver for waiver in waivers.entries if is_mine(waiver.document, waiver.path))
    use = waive(findings_on(evaluation, policy), [(None, mine)], evaluation, (), day).uses[0]
    if use.state is not WaiverState.WAIVED:
        raise WaiverError(f"the waiver would not hold: {use.detail}")
