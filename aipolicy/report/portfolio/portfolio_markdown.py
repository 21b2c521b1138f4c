"""A report in, Markdown for a wiki out: the same words and figures as the page, and nothing of input as markup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from aipolicy import __version__
from aipolicy.catalog.axes import HOSTINGS
from aipolicy.findings.finding import Finding
from aipolicy.frameworks.states import WORDS, State
from aipolicy.report.answer_words import HOSTINGS as HOSTING_WORDS
from aipolicy.report.answer_words import usd_words
from aipolicy.report.explain.sheet import bullets, capital, markdown_table
from aipolicy.report.packs.markdown_text import prose
from aipolicy.report.portfolio.feature_row import FeatureRow
from aipolicy.report.portfolio.portfolio_report import PortfolioReport
from aipolicy.report.portfolio.portfolio_words import LINES, headline, percent, place, spoken_words, sum_words
from aipolicy.report.portfolio.rule_states import LETTERS
from aipolicy.report.ways_table import WAYS_HEAD


def render_markdown(report: PortfolioReport) -> Iterator[str]:
    """Yield the report piece by piece."""
    yield f"# AI features: what to build\n\n{prose(headline(report))}\n"
    parts = (_inventory, _rules, _frameworks, _costs, _questions, _coming, _waivers, _others)
    for part in parts:
        yield from _blocks(part(report))
    for row in report.rows:
        yield from _blocks(_feature(row, report))
    packs = ", ".join(f"{name} {version}" for name, version in report.packs)
    yield f"\n{prose(f'aipolicy {__version__}, as of {report.as_of}; packs {packs}')}\n"


def _blocks(blocks: Iterable[str]) -> Iterator[str]:
    for block in blocks:
        yield f"\n{block}\n"


def _inventory(report: PortfolioReport) -> Iterator[str]:
    if not report.rows:
        return
    months = f"{report.horizon_months:g} months"
    head = ("feature", "owner", "lifecycle", "what to build", "certainty", "USD a month", "80 % range", months, "blocks",
            "ask first")  # fmt: skip
    yield "## Features"
    yield markdown_table(head, map(_inventory_cells, report.rows))


def _inventory_cells(row: FeatureRow) -> tuple[str, ...]:
    cost = row.cost
    costs = ("", "", "") if cost is None else (cost.words, cost.range_words, cost.total_words)
    lifecycle = row.listed.feature.lifecycle
    return (row.name, row.owner, lifecycle, row.answer, row.certainty, *costs, ", ".join(row.blocks), row.question)


def _rules(report: PortfolioReport) -> Iterator[str]:
    yield "## Rules over features"
    if not report.map:
        yield "Every rule is kept, or does not apply."
        return
    rows = []
    for rule in report.map:
        title = rule.title + (f" ({rule.coming})" if rule.coming else "")
        rows.append((rule.id, title, *(_concerned(report, rule.id, state) for state in LETTERS)))
    yield markdown_table(("rule", "title", *(WORDS[state] for state in LETTERS)), rows)


def _concerned(report: PortfolioReport, rule: str, state: State) -> str:
    """Return the names of the features for which a rule is in a state."""
    return ", ".join(row.name for row in report.rows if row.states.get(rule) is state)


def _frameworks(report: PortfolioReport) -> Iterator[str]:
    if not report.frameworks:
        return
    yield "## Frameworks, clause by clause"
    for framework in report.frameworks:
        yield f"### {prose(spoken_words(framework))}"
        yield markdown_table(("clause", "rules", "in which state"), (clause[:3] for clause in framework.clauses))
        if framework.unspoken:
            yield "No rule speaks of"
            yield bullets(framework.unspoken)


def _costs(report: PortfolioReport) -> Iterator[str]:
    yield "## What it costs"
    yield prose(sum_words(report))
    for shares in (*report.money, *report.concentration):
        if shares.shares:
            yield f"### {shares.title}"
            yield markdown_table(
                (shares.head, "features", "USD a month", "of all"),
                ((s.label, str(s.features), usd_words(s.monthly_usd), percent(s.of_usd)) for s in shares.shares),
            )


def _questions(report: PortfolioReport) -> Iterator[str]:
    if not report.questions:
        return
    yield "## Questions that matter"
    rows = [
        (question.facts, str(len(question.features)), lead.reply, lead.decides, ", ".join(lead.features))
        for question in report.questions
        for lead in question.leads
    ]
    yield markdown_table(("ask", "features", "reply", "decides", "for"), rows)


def _coming(report: PortfolioReport) -> Iterator[str]:
    coming = report.coming
    if coming is None:
        return
    yield "## What is coming"
    yield bullets(coming.summary)
    for month in coming.months:
        yield f"### {month.month}"
        head = ("day", "by", "what happens", "feature", "rule", "what becomes of it")
        yield markdown_table(head, month.brings)
    if coming.unknowns:
        yield "### Not known"
        yield bullets(coming.unknowns)


def _waivers(report: PortfolioReport) -> Iterator[str]:
    if not report.waivers:
        return
    yield "## Waivers"
    head = ("until", "days left", "rule", "feature", "state", "owner", "approver", "reason", "where")
    yield markdown_table(
        head,
        (
            (w.expires, str(w.days_left), w.rule, w.feature, w.state, w.owner, w.approver, w.reason, w.at)
            for w in report.waivers
        ),
    )


def _others(report: PortfolioReport) -> Iterator[str]:
    if report.others:
        yield "## What else was found"
        yield _findings(report.others)
    if report.notices or report.skipped:
        yield "## About this run"
        yield bullets((*report.notices, *(f"{path}: {reason}" for path, reason in report.skipped)))


def _feature(row: FeatureRow, report: PortfolioReport) -> Iterator[str]:
    details = row.details
    yield f"## {prose(row.name)}"
    where = f"{row.file}:{details['line']}" if details else row.file
    yield prose(f"{row.owner or 'no owner'}, {row.listed.feature.lifecycle}, {where}")
    if details:
        certainty = f" ({row.certainty})" if row.certainty else ""
        yield f"**{prose(details['headline'] + certainty)}**"
    if row.blocks:
        yield prose(f"Blocked by {', '.join(row.blocks)}")
    if details.get("ways"):
        yield "### USD a month"
        yield markdown_table(WAYS_HEAD, details["ways"])
    for table in details.get("latency") or ():
        yield f"### {prose(table['budget'])}"
        yield markdown_table(("", "way", *table["columns"], "against the budget"), table["ways"])
    sections = (*((title, details.get(key)) for title, key in LINES),
                *((capital(label), lines) for label, lines in details.get("money", ())))  # fmt: skip
    for title, lines in sections:
        if lines:
            yield f"### {prose(title)}"
            yield bullets(lines)
    if row.findings:
        yield "### Findings"
        yield _findings(row.findings)
    if details.get("matrix"):
        yield "### Ways left / open, else the rule that removes most of them"
        hostings = tuple(HOSTING_WORDS[hosting] for hosting in HOSTINGS)
        yield markdown_table(("adaptation", *hostings), details["matrix"])


def _findings(findings: Sequence[Finding]) -> str:
    rows = [
        (finding.rule_id, finding.severity.value, finding.outcome.value, finding.message, place(finding), finding.fix)
        for finding in findings
    ]
    return markdown_table(("rule", "weighs", "outcome", "what", "where", "what to do"), rows)
