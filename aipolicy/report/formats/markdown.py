"""A comment on a pull request: one headline, what blocks, what to do; the rest is folded, and the size is limited."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

from aipolicy.errors import EXIT_NOTHING
from aipolicy.findings.finding import Outcome, Severity
from aipolicy.report.formats.records import FindingRecord, Run, WorstFindings
from aipolicy.report.terminal.printer import amount
from aipolicy.source.text import quantity

MARKER = "<!-- aipolicy report -->"
"""Hidden first line by which a comment is found again."""
MOST_CHARACTERS = 65_000
"""GitHub takes comments of 65,536 characters."""
_MOST_OF_VERDICTS = 15_000
_MOST_ROWS = MOST_CHARACTERS // 40
"""More rows than this do not fit, however short they are."""
_MOST_COSTS = 20
_ENTITIES = str.maketrans(
    {character: f"&#{ord(character)};" for character in "&<>\"'`*_{}[]()|~\\"} | {"@": "@&#8203;", "#": "#&#8203;"}
)


def render(run: Run) -> Iterator[str]:
    """Yield the comment; findings that do not fit are counted at the end, the mildest left out first."""
    blocking, milder = WorstFindings(_MOST_ROWS), WorstFindings(_MOST_ROWS)
    concerned: dict[str, set[str]] = {}
    waived: Counter[str] = Counter()
    for finding in run.findings():
        gates = run.gates(finding)
        (blocking if gates else milder).add(finding)
        if gates:
            concerned.setdefault(finding.file, set()).update(filter(None, (finding.feature,)))
        waived[finding.severity] += finding.outcome == Outcome.WAIVED.value
    head = [MARKER, f"### aipolicy: {_headline(run, len(blocking), _count(concerned), milder, waived)}", ""]
    features = sum(1 for _ in run.features())
    notices = [f"\n<sub>{rich(notice)}</sub>" for notice in run.notices]
    tail = [*_costs(run), _features(run, features), *notices, f"\n<sub>{_footer(run, features)}</sub>\n"]
    room = MOST_CHARACTERS - sum(map(len, (*head, *tail))) - 600
    body: list[str] = []
    if len(blocking):
        rows, room = _rows(blocking, room)
        body += ["| where | what blocks | what to do |", "|---|---|---|", *rows]
        body += [*_left_out(len(blocking) - len(rows)), ""]
    if len(milder):
        rows, room = _rows(milder, room)
        summary = f"{len(milder)} more that do not block"
        body += [f"<details><summary>{summary}</summary>", "", "| where | what | what to do |", "|---|---|---|", *rows]
        body += [*_left_out(len(milder) - len(rows)), "", "</details>", ""]
    yield "\n".join([*head, *body, *tail])


def _count(concerned: Mapping[str, Collection[str]]) -> int:
    """Return how many features there are in files that each have some by name; one where a file names none."""
    return sum(max(1, len(names)) for names in concerned.values())


def _headline(run: Run, blocking: int, concerned: int, milder: WorstFindings, waived: Counter[str]) -> str:
    if blocking:
        verb = "blocks" if blocking == 1 else "block"
        return f"{quantity(blocking, 'finding')} {verb} {quantity(concerned, run.noun)}"
    if run.exit_code == EXIT_NOTHING:
        return "nothing was evaluated"
    counts = {severity.value: milder.counts[severity.value] - waived[severity.value] for severity in Severity}
    quantities = [quantity(count, severity) for severity, count in counts.items() if count]
    quantities += [f"{waived.total()} waived"] if waived.total() else []
    return "nothing blocks" + (f" ({', '.join(quantities)})" if quantities else "")


def _rows(findings: Iterable[FindingRecord], room: int) -> tuple[list[str], int]:
    """Return rows as long as there is room, and the room that remains."""
    rows: list[str] = []
    for finding in findings:
        row = _row(finding)
        if len(row) + 1 > room:
            return rows, 0
        rows.append(row)
        room -= len(row) + 1
    return rows, room


def _row(finding: FindingRecord) -> str:
    where = f"{plain(finding.file)}:{finding.line}"
    if finding.feature:
        where = f"**{plain(finding.feature)}**<br>{where}"
    what = f"**{plain(finding.rule)}** {plain(finding.name)} ({finding.severity})<br>{rich(finding.message)}"
    todo = f"waived {plain(finding.waived)}" if finding.waived else rich(finding.fix)
    return f"| {where} | {what} | {todo} |"


def _costs(run: Run) -> list[str]:
    """Return a table of the features whose cost the change moves, those that it moves the most first."""
    if not run.costs:
        return []
    moved = sorted(run.costs, key=lambda cost: (-abs((cost[2] or 0.0) - (cost[1] or 0.0)), cost[0]))
    rows = [f"| {plain(name)} | {_usd(old)} | {_usd(new)} |" for name, old, new in moved[:_MOST_COSTS]]
    more = [f"\nand {len(moved) - _MOST_COSTS} more"] if len(moved) > _MOST_COSTS else []
    return ["| USD a month, likely | before | after |", "|---|---:|---:|", *rows, *more, ""]


def _usd(value: float | None) -> str:
    return "–" if value is None else amount(value)


def _left_out(number: int) -> list[str]:
    return [f"\n{quantity(number, 'finding')} more did not fit; the log of the run has all of them."] if number else []


def _features(run: Run, features: int) -> str:
    if not features:
        return ""
    lines = []
    room = _MOST_OF_VERDICTS
    answered = [feature for feature in run.features() if feature.verdict]
    if not answered:
        return ""
    for number, feature in enumerate(answered):
        line = f"- **{plain(feature.name)}**: {rich(feature.verdict)}"
        room -= len(line)
        if room < 0:
            lines.append(f"- and {len(answered) - number} more")
            break
        lines.append(line)
    return "\n".join(["<details><summary>what to build</summary>", "", *lines, "", "</details>"])


def _footer(run: Run, features: int) -> str:
    packs = ", ".join(f"{plain(name)} {plain(version)}" for name, version in run.packs)
    if run.checked:
        return f"{plain(run.checked)} as of {run.as_of}"
    checked = f"{quantity(features, 'feature')} in {quantity(run.files, 'file')}"
    return f"{checked} checked against {packs} as of {run.as_of}"


def rich(text: str) -> str:
    """Return a message with what stands between backticks as code, and everything else as plain text."""
    parts = text.split("`")
    return "".join(f"<code>{plain(part)}</code>" if number % 2 else plain(part) for number, part in enumerate(parts))


def plain(text: str) -> str:
    """Return text that Markdown shows as it is: no markup, no link, nobody is mentioned, no line breaks a table."""
    guarded = text.replace("://", ":&#8203;//").replace("www.", "www&#8203;.")
    pieces = guarded.split("&#8203;")
    return "&#8203;".join(piece.translate(_ENTITIES) for piece in pieces).replace("\n", " ").replace("\r", " ")
