"""One file in, its part of a report out: text and counts, small enough to be kept or sent by another process."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from aipolicy.checking import Policy, check
from aipolicy.findings import sorted_findings
from aipolicy.report.formats import FORMATS
from aipolicy.report.style import Styler
from aipolicy.settings import PART_OF_RUN
from aipolicy.totals import Totals, totals_of
from aipolicy.value import Frozen

if TYPE_CHECKING:
    from aipolicy.evaluation.evaluation import Evaluation
    from aipolicy.evaluation.portfolio_records import FeatureRecord
    from aipolicy.findings import Finding, Severity
    from aipolicy.manifest.manifest_file import ManifestFile
    from aipolicy.waivers.waiver import WaiverUse


WIDTH_OF_FILES = 100
"""Columns of text that is written to a file, where no terminal says how wide it is."""


class Page(Protocol):
    """An output format: parts of single files, and the whole that is put together from them."""

    def findings(self, findings: Sequence[Finding]) -> str:
        """Return the findings of a file."""

    def features(self, evaluations: Sequence[Evaluation]) -> str:
        """Return the features of a file with their verdicts."""

    def whole(self, policy: Policy, totals: Totals, findings: Iterable[str], features: Iterable[str]) -> str:
        """Return the whole report from the parts of its files, ending with a newline."""


class Part(Frozen):
    """What a file adds to a report, and the names of the features that it declares."""

    findings: str
    features: str
    names: tuple[str, ...]
    totals: Totals
    waiver_uses: tuple[WaiverUse, ...] = ()
    unread: bool = False
    """Whether the file holds a manifest that cannot be read, which may declare any feature."""
    records: tuple[FeatureRecord, ...] = ()
    """What rules over all features need to know of each."""
    unread_files: tuple[str, ...] = ()
    """Its path where it holds a manifest that was not evaluated."""


Files = tuple["ManifestFile", ...]
"""One file, or several that are shown under the same path."""


def make_page(output_format: str, fail_on: Severity, width: int, style: Styler) -> Page:
    """Return the page of an output format, or of several that are joined by `+`: their texts come as a JSON list."""
    first, *others = output_format.split("+")
    if others:
        plain = [make_page(each, fail_on, WIDTH_OF_FILES, Styler()) for each in others]
        return SeveralPages((make_page(first, fail_on, width, style), *plain))
    if FORMATS[first].renderer:
        from aipolicy.report.records import RecordsPage

        return RecordsPage(FORMATS[first].renderer, fail_on)
    if first == "json":
        from aipolicy.report.json_report import JsonPage

        return JsonPage(fail_on)
    if first == "concise":
        from aipolicy.report.concise import ConcisePage

        return ConcisePage()
    from aipolicy.report.text import TextPage

    return TextPage(width, style)


class SeveralPages:
    """Several formats of one run: what each makes of a file, and of all of them, as a JSON list."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self._pages = pages

    def findings(self, findings: Sequence[Finding]) -> str:
        """Return the findings of a file in every format."""
        return json.dumps([page.findings(findings) for page in self._pages])

    def features(self, evaluations: Sequence[Evaluation]) -> str:
        """Return the features of a file in every format."""
        return json.dumps([page.features(evaluations) for page in self._pages])

    def whole(self, policy: Policy, totals: Totals, findings: Iterable[str], features: Iterable[str]) -> str:
        """Return the whole report in every format."""
        split = [[json.loads(part) for part in parts] for parts in (findings, features)]
        return json.dumps(
            [
                page.whole(policy, totals, *([part[number] for part in parts] for parts in split))
                for number, page in enumerate(self._pages)
            ]
        )


def part_of(files: Files, policy: Policy, page: Page, taken: Mapping[str, str]) -> Part:
    """Return what a file adds to a report; `taken` are names of features in files before, each with its file."""
    report = check(files, policy, taken, partial=PART_OF_RUN)
    names = tuple(evaluation.feature.name for evaluation in report.evaluations)
    records: tuple[FeatureRecord, ...] = ()
    unread: tuple[str, ...] = ()
    if policy.judged_portfolio_rules:
        from aipolicy.evaluation.portfolio_run import records_of, unread_files

        records = records_of(report.evaluations, policy.judged_portfolio_rules)
        unread = unread_files(report.evaluations, report.findings)
    found, features = page.findings(report.findings), page.features(report.evaluations)
    return Part(found, features, names, report.totals, report.waiver_uses, report.unread, records, unread)


def portfolio_findings(parts: Sequence[Part], files: Iterable[Files], policy: Policy) -> tuple[Finding, ...]:
    """Return what rules over all features find in the parts of a whole run."""
    if not policy.judged_portfolio_rules:
        return ()
    from aipolicy.evaluation.portfolio_run import findings_from_records

    records = [record for part in parts for record in part.records]
    unread = [path for part in parts for path in part.unread_files]
    return findings_from_records(
        records, unread, policy.judged_portfolio_rules, [file for each in files for file in each],
        as_of=policy.catalog.as_of, strict=policy.strict, extensions=policy.evaluator.known.extensions_schema,
    )  # fmt: skip


def whole_report(parts: Sequence[Part], policy: Policy, page: Page, fail_on: Severity,
                 extra: Sequence[Finding] = (), partial: str = "") -> tuple[str, int, tuple[str, ...]]:  # fmt: skip
    """Return the report that parts add up to, its exit code, and what has to be said beside the findings.

    `extra` are findings on the run as a whole, `partial` says why rules over all features were not evaluated.
    """
    totals = Totals()
    for part in parts:
        totals.add(part.totals)
    found = sorted_findings(extra)
    totals.add(totals_of((), found, files=0, judged=False, skipped=()))
    totals.add_portfolio(len(policy.judged_portfolio_rules), partial)
    findings = [*(part.findings for part in parts), *((page.findings(found),) if found else ())]
    text = page.whole(policy, totals, findings, [part.features for part in parts])
    return text, totals.exit_code(fail_on), totals.notices


def with_names_told_apart(files: Sequence[Files], parts: Sequence[Part],
                          again: Callable[[Files, Mapping[str, str]], Part]) -> list[Part]:  # fmt: skip
    """Return the parts, those made again that declare a name that a file before has declared."""
    homes: dict[str, str] = {}
    told: list[Part] = []
    for each, part in zip(files, parts, strict=True):
        taken = {name: homes[name] for name in part.names if name in homes}
        told.append(again(each, taken) if taken else part)
        for name in part.names:
            homes.setdefault(name, each[0].path)
    return told
