"""Manifest files, packs and a catalog in, the report of a run out."""

from __future__ import annotations

import pickle
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from aipolicy.cache import Cache
from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.snapshot import RestoredCatalog, snapshot_of
from aipolicy.comparison import MANIFEST_RULES, Comparison, counted
from aipolicy.errors import UsageError
from aipolicy.evaluation.evaluation import ActiveRule, Evaluation, Evaluator, KeptGroups, active_rules, own_expected
from aipolicy.evaluation.findings import findings_of
from aipolicy.findings import Finding, Severity, sorted_findings
from aipolicy.manifest.feature import Feature
from aipolicy.manifest.read import ManifestFile, Manifests, read_manifests
from aipolicy.policy.locate import PolicyFiles, read_policy_files
from aipolicy.policy.rule import PolicyPack, Rule, RuleScope
from aipolicy.reserved_rules import RESERVED_RULES
from aipolicy.settings import FILES_NAMED, PART_OF_RUN
from aipolicy.settings import PolicySettings as PolicySettings
from aipolicy.source.suggest import did_you_mean
from aipolicy.totals import Totals, totals_of

if TYPE_CHECKING:
    from aipolicy.policy.portfolio_rule import PortfolioRule
    from aipolicy.waivers.waiver import Waivers, WaiverUse

_MAY_WAIVE = re.compile(r"aipolicy[ \t]*:|[\w:][ \t]*\[[ \t]*[A-Z][A-Z0-9]*-[0-9]{3}", re.IGNORECASE)
"""Text in which a comment may waive something, if perhaps misspelt."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Packs and catalog, loaded and ready to judge."""

    packs: tuple[PolicyPack, ...]
    """The packs without the examples of their rules."""
    packs_with_examples: bytes
    catalog: Catalog
    evaluator: Evaluator
    digest: str
    """SHA-256 over the bytes of every pack and catalog file that was read."""
    ignored_rules: tuple[str, ...]
    strict: bool
    waivers: Waivers | None = None
    """The waivers of files, and what packs ask of waivers; None where there is neither."""
    waived_on: date | None = None
    """The day on which waivers are looked at, where it is another than that of the catalog."""
    forbidden_choice: str = ""
    """What a choice of rules leaves out although a pack forbids it; nothing is judged then."""

    @property
    def all_rules(self) -> tuple[str, ...]:
        """Return the ids of all rules, those that are left out by choice included."""
        return tuple(rule.id for pack in self.packs for rule in pack.rules)

    portfolio_rules: tuple[PortfolioRule, ...] = ()
    """The rules over all features of a run that are chosen, by id, whatever their stage, without their examples."""

    @property
    def judged_portfolio_rules(self) -> tuple[PortfolioRule, ...]:
        """Return the rules over all features that are evaluated on the day of the run."""
        day = self.catalog.as_of
        return tuple(each for each in self.portfolio_rules if each.rule.severity_on(day) is not None)

    @property
    def active_portfolio_rules(self) -> tuple[ActiveRule, ...]:
        """Return what those share with other rules, with what they weigh on that day."""
        return active_rules((each.rule for each in self.portfolio_rules), self.catalog.as_of)

    def portfolio_rules_with_examples(self) -> tuple[PortfolioRule, ...]:
        """Return every rule over all features of every pack with its examples, by id."""
        packs: tuple[PolicyPack, ...] = pickle.loads(self.packs_with_examples)
        return tuple(sorted((each for pack in packs for each in pack.portfolio_rules), key=lambda each: each.rule.id))

    def rule_with_examples(self, rule_id: str) -> Rule | None:
        """Return a rule of any pack, or None."""
        return next((rule for rule in self.rules_with_examples() if rule.id == rule_id), None)

    def rules_with_examples(self) -> tuple[Rule, ...]:
        """Return every rule of every pack with its examples, by id."""
        return tuple(
            sorted((rule for pack in self.packs_with_tests() for rule in pack.rules), key=lambda rule: rule.id)
        )

    def packs_with_tests(self) -> tuple[PolicyPack, ...]:
        """Return every pack with the examples of its rules."""
        packs: tuple[PolicyPack, ...] = pickle.loads(self.packs_with_examples)
        return packs

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Return the rules that are evaluated, by id."""
        return tuple(active.rule for active in self.evaluator.rules)

    @property
    def chosen_rules(self) -> tuple[Rule, ...]:
        """Return the rules that are chosen, whatever their stage, by id."""
        rules = (rule for pack in self.packs for rule in pack.rules if rule.id not in self.ignored_rules)
        return tuple(sorted(rules, key=lambda rule: rule.id))


@dataclass(frozen=True, slots=True)
class Report:
    """What a run found; every format shows the same report."""

    policy: Policy
    files: int
    evaluations: tuple[Evaluation, ...]
    findings: tuple[Finding, ...]
    skipped: tuple[str, ...]
    comparison: Comparison | None = None
    """What the findings were compared with; None where they were not."""
    waiver_uses: tuple[WaiverUse, ...] = ()
    """What became of the waivers of the features that were judged."""
    partial: str = ""
    """Why rules over all features were not evaluated; empty where they were."""

    @property
    def totals(self) -> Totals:
        """Return what the run adds up to."""
        totals = totals_of(
            self.evaluations, self.findings, files=self.files, judged=self._judged_anything(), skipped=self.skipped
        )
        totals.waivers.update(use.state.value for use in self.waiver_uses)
        totals.add_portfolio(len(self.policy.judged_portfolio_rules), self.partial)
        if self.comparison is not None:
            totals.comparison = counted(self.comparison, self.findings)
        return totals

    @property
    def unread(self) -> bool:
        """Return whether a manifest could not be read, which may declare any feature."""
        names = {evaluation.feature.name for evaluation in self.evaluations}
        return any(f.rule_id.startswith(MANIFEST_RULES) and f.feature not in names for f in self.findings)

    def exit_code(self, fail_on: Severity) -> int:
        """Return 1 when a finding weighs at least `fail_on`, 3 when nothing was evaluated, else 0."""
        return self.totals.exit_code(fail_on)

    def _judged_anything(self) -> bool:
        """Return whether any rule had something to judge: rules about plans have nothing where nobody plans."""
        if self.policy.judged_portfolio_rules and not self.partial and self.evaluations:
            return True
        if any(rule.scope is RuleScope.OPTIONS for rule in self.policy.rules):
            return bool(self.evaluations)
        return bool(self.policy.rules) and any(e.planned is not e.candidates for e in self.evaluations)


def load_policy(settings: PolicySettings, cache: Cache | None = None, files: PolicyFiles | None = None) -> Policy:
    """Return packs and catalog ready to judge; raises `CatalogError`, `PolicyError`, `UsageError` or `Problems`.

    What was compiled from the same bytes for the same day and settings is taken from the cache.
    """
    files = files or read_policy_files(settings)
    key = files.key
    compiled = cache.get(key) if cache is not None else None
    if compiled is None:
        compiled = _compile(settings, files)
        if cache is not None:
            cache.put(key, compiled)
    packs, packs_with_examples, wanted, kept, parts, waivers = compiled
    catalog = RestoredCatalog(settings.as_of, parts)
    return Policy(
        packs=packs,
        packs_with_examples=packs_with_examples,
        catalog=catalog,
        evaluator=Evaluator(
            _kept_rules(packs, wanted), catalog, settings.organization, kept, own_expected(settings, packs, catalog)
        ),
        digest=files.digest,
        ignored_rules=tuple(sorted(set(_rule_ids(packs)) - wanted)),
        strict=settings.strict,
        waivers=waivers,
        forbidden_choice=_forbidden_choice(waivers, packs, wanted),
        portfolio_rules=tuple(
            sorted((r for pack in packs for r in pack.portfolio_rules if r.rule.id in wanted), key=lambda r: r.rule.id)
        ),
    )


_Compiled = tuple[tuple[PolicyPack, ...], bytes, frozenset[str], KeptGroups, dict[str, bytes], "Waivers | None"]


def _compile(settings: PolicySettings, files: PolicyFiles) -> _Compiled:
    from aipolicy.catalog.load import layered_catalog
    from aipolicy.policy.load import load_packs

    catalog = layered_catalog(files.shipped_catalog, files.own_catalog, files.price_package, settings.as_of)
    packs = load_packs(files.packs, catalog, settings.parameters, settings.parameter_places)
    wanted = _chosen(_rule_ids(packs), settings.select, settings.ignore)
    kept = Evaluator(_kept_rules(packs, wanted), catalog, settings.organization).prepare()
    # NOTE: examples are many and only `explain RULE` shows them; they stay folded up otherwise.
    light = tuple(
        replace(
            pack, rules=tuple(replace(rule, tests=()) for rule in pack.rules),
            portfolio_rules=tuple(replace(rule, tests=()) for rule in pack.portfolio_rules),
        )
        for pack in packs
    )  # fmt: skip
    waivers = None
    if files.waivers or any(pack.waivers is not None for pack in packs):
        from aipolicy.waivers.read import read_waivers

        waivers = read_waivers(files.waivers, packs, catalog, settings.as_of)
    return light, pickle.dumps(packs, protocol=5), frozenset(wanted), kept, snapshot_of(catalog), waivers


def _forbidden_choice(waivers: Waivers | None, packs: Iterable[PolicyPack], wanted: Container[str]) -> str:
    """Return what to say of the first rule that is left out by choice although a pack forbids it; empty for none."""
    for rule_id in sorted(rule_id for rule_id in _rule_ids(packs) if rule_id not in wanted):
        never = waivers.limits.never_waived(rule_id) if waivers is not None else None
        if never is not None:
            return f"{rule_id} may not be left out by `select` or `ignore` ({never.at})"
    return ""


def check(files: Iterable[ManifestFile], policy: Policy, taken: Mapping[str, str] | None = None, *,
          partial: str | None = None) -> Report:  # fmt: skip
    """Return the report on manifest files under a policy; `taken` are feature names in files before, by file.

    `partial` says why rules over all features are not evaluated: empty where the files are all there is, by default
    unless a file was named. Raises `UsageError` where a rule is left out that a pack forbids to leave out.
    """
    listed = tuple(files)
    manifests = read_manifests(listed, taken or {}, policy.evaluator.known.extensions_schema)
    if partial is None:
        partial = FILES_NAMED if any(file.named for file in listed) else ""
    return check_manifests(manifests, len(listed), policy, partial)


def check_manifests(manifests: Manifests, files: int, policy: Policy, partial: str = PART_OF_RUN) -> Report:
    """Return the report on manifests that were read from a number of files, under a policy; `partial` as in `check`.

    Raises `UsageError` where a rule is left out that a pack forbids to leave out.
    """
    if policy.forbidden_choice:
        raise UsageError(policy.forbidden_choice)
    findings = list(manifests.findings)
    evaluations = []
    uses: list[WaiverUse] = []
    for feature in manifests.features:
        evaluation = policy.evaluator.evaluate(feature)
        evaluations.append(evaluation)
        found = findings_of(evaluation, policy.evaluator.judge, strict=policy.strict)
        text = feature.document.source.text
        if (policy.waivers is not None and policy.waivers.entries) or _MAY_WAIVE.search(text) is not None:
            found, used = _beside_waivers(found, evaluation, policy, manifests.features)
            uses.extend(used)
        findings.extend(found)
    report = Report(
        policy, files, tuple(evaluations), sorted_findings(findings), manifests.skipped, waiver_uses=tuple(uses),
        partial=partial,
    )  # fmt: skip
    return with_portfolio(report)


def with_waivers(report: Report, *, covers: bool) -> Report:
    """Return a report with what is to be said about waivers files; `covers` says that it is about all there is."""
    extra = on_waivers(report.policy, report.waiver_uses, covers=covers and not report.unread)
    return replace(report, findings=sorted_findings((*report.findings, *extra))) if extra else report


def on_waivers(policy: Policy, uses: Iterable[WaiverUse], *, covers: bool) -> tuple[Finding, ...]:
    """Return the findings on waivers files, from what became of each waiver in the files of a run."""
    if policy.waivers is None:
        return ()
    from aipolicy.waivers.run import findings_on_waivers

    return findings_on_waivers(policy.waivers, uses, policy.waived_on or policy.catalog.as_of, covers=covers)


def _beside_waivers(findings: Sequence[Finding], evaluation: Evaluation, policy: Policy,
                    features: Iterable[Feature]) -> tuple[tuple[Finding, ...], tuple[WaiverUse, ...]]:  # fmt: skip
    from aipolicy.waivers.apply import apply_waivers, starts_of
    from aipolicy.waivers.waiver import Waivers

    source = evaluation.feature.document.source
    starts = starts_of(features, source) if _MAY_WAIVE.search(source.text) is not None else ()
    applied = apply_waivers(
        findings, evaluation, policy.waivers or Waivers(), policy.all_rules, policy.ignored_rules,
        policy.waived_on or policy.catalog.as_of, starts,
    )  # fmt: skip
    return applied.findings, applied.uses


def with_portfolio(report: Report) -> Report:
    """Return a report with what rules over all features find in it; what they found before is found anew."""
    policy = report.policy
    if not policy.portfolio_rules or report.partial:
        return report
    from aipolicy.evaluation.portfolio_run import findings_at_hand

    ids = {rule.rule.id for rule in policy.portfolio_rules}
    findings = tuple(finding for finding in report.findings if finding.rule_id not in ids)
    extra = findings_at_hand(
        report.evaluations, findings, policy.judged_portfolio_rules, as_of=policy.catalog.as_of, strict=policy.strict
    )
    return replace(report, findings=(*findings, *sorted_findings(extra)))


def _rule_ids(packs: Iterable[PolicyPack]) -> list[str]:
    return [rule.id for pack in packs for rule in pack.all_rules]


def _kept_rules(packs: Iterable[PolicyPack], wanted: Container[str]) -> tuple[PolicyPack, ...]:
    return tuple(replace(pack, rules=tuple(rule for rule in pack.rules if rule.id in wanted)) for pack in packs)


def _chosen(ids: Sequence[str], select: Sequence[str], ignore: Sequence[str]) -> set[str]:
    selected = _matching(ids, select) if select else set(ids)
    return selected - _matching(ids, ignore)


def _matching(ids: Sequence[str], wanted: Sequence[str]) -> set[str]:
    """Return the rule ids that are named, or that begin with a named prefix such as `DATA`."""
    reserved = {rule.id for rule in RESERVED_RULES}
    found: set[str] = set()
    for word in wanted:
        matches = {rule_id for rule_id in ids if rule_id == word or rule_id.startswith(f"{word}-")}
        if not matches:
            if word in reserved or any(rule_id.startswith(f"{word}-") for rule_id in reserved):
                raise UsageError(f"`{word}` is about manifests and waivers themselves and is always checked")
            raise UsageError(f"unknown rule `{word}`{did_you_mean(word, ids)}; `aipolicy rules` lists them")
        found |= matches
    return found
