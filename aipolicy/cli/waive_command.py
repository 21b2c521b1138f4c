"""`aipolicy waive`: writes a waiver that holds, or lists the waivers there are."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from aipolicy.cli.policy_options import policy_options
from aipolicy.cli.terminal import stdout_style, stdout_width, write_out
from aipolicy.config.policy_options import PolicyOptions, read_settings
from aipolicy.config.scope import covers_all
from aipolicy.errors import UsageError, WaiverError
from aipolicy.files.cache import cache_folder
from aipolicy.files.paths import joined
from aipolicy.source.names import says_something
from aipolicy.source.suggest import did_you_mean, same_name
from aipolicy.source.text import shown
from aipolicy.value import Frozen, replace

if TYPE_CHECKING:
    from datetime import date

    from aipolicy.config.config_file import Config
    from aipolicy.config.settings import PolicySettings
    from aipolicy.evaluation.evaluation import Evaluation
    from aipolicy.findings.finding import Finding
    from aipolicy.report.packs.waiver_list import Listed
    from aipolicy.run.policy import Policy
    from aipolicy.run.report import Report
    from aipolicy.source.document import Document
    from aipolicy.source.span import DocumentPath
    from aipolicy.waivers.waiver import Waivers
    from aipolicy.waivers.write import Draft, Grown


@click.command("waive")
@click.argument("subjects", nargs=-1, metavar="RULE FEATURE [PATH]...")
@click.option("--reason", help="Why the rule cannot be kept for now.")
@click.option("--owner", help="Who asks and lives with it; default `metadata.owner` of the feature.")
@click.option("--approver", help="Who approved it.")
@click.option("--ticket", default="", help="Where it was discussed.")
@click.option("--expires", metavar="DATE", help="The last day (YYYY-MM-DD, UTC).")
@click.option("--fact", default="", metavar="PATH", help="Waive only what the rule finds at this path of the manifest.")
@click.option("--while", "conditions", multiple=True, metavar="CONDITION",
              help="Holds only while this is true, such as `volume.requests_per_day <= 10000.0`; repeatable.")  # fmt: skip
@click.option("--file", "target", metavar="FILE", help="Which waivers file of the configuration; default the first.")
@click.option("--dry-run", is_flag=True, help="Print the entry and write nothing.")
@click.option("--list", "listing", is_flag=True, help="List all waivers with what became of them and the days left.")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", help="Of the list.")
@policy_options
def command(subjects: tuple[str, ...], listing: bool, options: PolicyOptions, output_format: str, **given: Any) -> None:
    """Waive a rule for a feature, or with --list show every waiver.

    The entry is appended to the waivers file that the configuration names, with what the failure rests on today; a waiver
    that would not hold is not written. PATH is where the manifests are; without one, the current folder.
    """
    if listing:
        write_out(_list(subjects, options, output_format))
        return
    if len(subjects) < 2:
        raise UsageError("name a rule and a feature, or ask for `--list`")
    write_out(_waive(Request(rule=subjects[0], feature=subjects[1], paths=subjects[2:], options=options, **given)))


class Request(Frozen, kw_only=True):
    """What the command line asks to waive."""

    rule: str
    feature: str
    paths: tuple[str, ...]
    options: PolicyOptions
    reason: str | None
    owner: str | None
    approver: str | None
    ticket: str
    expires: str | None
    fact: str
    conditions: tuple[str, ...]
    target: str | None
    dry_run: bool


def _waive(request: Request) -> str:
    """Return what to print; the file is written unless it is a dry run. Raises `UsageError` or `WaiverError`."""
    from aipolicy.files.atomic_write import write_whole
    from aipolicy.policy.sources.locate import read_policy_files
    from aipolicy.waivers.write import entry_text, with_draft

    config, settings = read_settings(request.options)
    target = _target(request, config, settings)
    existing = settings._replace(
        waivers=tuple(p for p in settings.waivers if os.path.lexists(joined(settings.base, p)))
    )
    policy, report = _report(request.paths, existing, config)
    request = replace(request, rule=same_name(request.rule, policy.all_rules))
    evaluation, finding = _failing(request, policy, report)
    draft = _draft(request, evaluation, finding, settings.as_of)
    files = dict(read_policy_files(existing).waivers)
    name = _shown(target)
    grown = with_draft(name, files.get(name), draft)
    _refuse_what_does_not_hold(name, grown, files, policy, evaluation)
    entry = entry_text(draft)
    if request.dry_run:
        return entry
    try:
        os.makedirs(os.path.dirname(target) or os.curdir, exist_ok=True)
        write_whole(target, grown.data)
    except OSError as error:
        raise WaiverError(f"cannot write: {(error.strerror or 'error').lower()}", path=name) from error
    return f"{entry}written to {name}; have it reviewed by {shown(draft.approver)}\n"


def _target(request: Request, config: Config, settings: PolicySettings) -> str:
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
    from aipolicy.source.regular_file import shown_path

    return shown_path(path.replace(os.sep, "/"))


def _report(paths: tuple[str, ...], settings: PolicySettings, config: Config) -> tuple[Policy, Report]:
    from aipolicy.cli.manifests import told_manifests
    from aipolicy.files.cache import Cache
    from aipolicy.run.policy import load_policy
    from aipolicy.run.report import check

    policy = load_policy(settings, Cache(cache_folder()))
    files = told_manifests(paths, config).files
    return policy, check(files, policy)


def _failing(request: Request, policy: Policy, report: Report) -> tuple[Evaluation, Finding]:
    """Return the feature and what is to be waived; raises `UsageError` where there is no such thing."""
    from aipolicy.findings.finding import Outcome
    from aipolicy.findings.reserved_rules import RESERVED_IDS

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


def _draft(request: Request, evaluation: Evaluation, finding: Finding, day: date) -> Draft:
    from aipolicy.source.day import day_hint, read_day
    from aipolicy.waivers.approved import approval_of
    from aipolicy.waivers.write import Draft

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
    return Draft(
        rule=request.rule, feature=request.feature, fact=request.fact, reason=request.reason or "", owner=str(owner),
        approver=request.approver or "", ticket=request.ticket, approved_on=day, expires=expires,
        conditions=request.conditions, approved=approval_of(finding, rule, evaluation),
    )  # fmt: skip


def _refuse_what_does_not_hold(name: str, grown: Grown, files: dict[str, bytes], policy: Policy,
                               evaluation: Evaluation) -> None:  # fmt: skip
    """Raise `WaiverError` unless the entry, read back as `check` reads it, holds the finding back."""
    from aipolicy.run.evaluated_file import findings_on
    from aipolicy.waivers.read import read_waivers
    from aipolicy.waivers.waive import waive
    from aipolicy.waivers.waiver import WaiverState

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


def _list(paths: tuple[str, ...], options: PolicyOptions, output_format: str) -> str:
    from aipolicy.report.packs.waiver_list import render_waivers_json
    from aipolicy.waivers.waiver import Waivers

    config, settings = read_settings(options)
    policy, report = _report(paths, settings, config)
    waivers = policy.waivers or Waivers()
    listed = _listed(policy, report, waivers, covers=covers_all(config, paths) and not report.unread)
    malformed = [finding for finding in report.findings if finding.rule_id == "WAIVER-001"]
    if output_format == "json":
        return render_waivers_json(listed, malformed, waivers.limits, settings.as_of)
    from aipolicy.report.packs.waiver_text import render_waivers

    return render_waivers(listed, malformed, waivers.limits, settings.as_of, width=stdout_width(), style=stdout_style())


def _listed(policy: Policy, report: Report, waivers: Waivers, *, covers: bool) -> list[Listed]:
    """Return the waivers of files in their order, then those in comments by file and line."""
    from aipolicy.report.packs.waiver_list import NOT_LOOKED_AT, UNKNOWN_FEATURE, Listed
    from aipolicy.waivers.apply import waivers_in_comments

    uses = {use.entry: use for use in report.waiver_uses if use.entry is not None}
    absent = UNKNOWN_FEATURE if covers else NOT_LOOKED_AT
    listed = []
    for number, waiver in enumerate(waivers.entries):
        use = uses.get(number)
        state = "against policy" if waiver.breach else absent if use is None else use.state.value
        listed.append(Listed(waiver, state, waiver.breach or ("" if use is None else use.detail)))
    in_comments = {(use.at, use.feature, use.rule): use for use in report.waiver_uses if use.entry is None}
    for waiver in waivers_in_comments(report.evaluations, waivers.limits, policy.all_rules, policy.catalog.as_of):
        use = in_comments[waiver.at, waiver.feature, waiver.rule]
        listed.append(
            Listed(waiver, "against policy" if waiver.breach else use.state.value, waiver.breach or use.detail)
        )
    return listed
