"""A comment on a pull request: one headline, what blocks, what to do; the rest is folded, and the size is limited."""

from __future__ import annotations

from collections.abc import Sequence

from aipolicy.findings import Outcome, Severity
from aipolicy.report.printer import amount
from aipolicy.report.records import FeatureRecord, FindingRecord, Run, worst_first

MARKER = "<!-- aipolicy report -->"
"""Hidden first line by which a comment is found again."""
MOST_CHARACTERS = 65_000
"""GitHub takes comments of 65,536 characters."""
_MOST_OF_VERDICTS = 15_000
_MOST_COSTS = 20
_ENTITIES = str.maketrans(
    {character: f"&#{ord(character)};" for character in "&<>\"'`*_{}[]()|~\\"} | {"@": "@&#8203;", "#": "#&#8203;"}
)


def render(run: Run) -> str:
    """Return the comment; findings that do not fit are counted at the end, the mildest left out first."""
    blocking = [finding for finding in worst_first(run.findings) if run.gates(finding)]
    milder = [finding for finding in worst_first(run.findings) if not run.gates(finding)]
    head = [MARKER, f"### aipolicy: {_headline(run, blocking)}", ""]
    tail = [*_costs(run), _features(run.features), f"\n<sub>{_footer(run)}</sub>\n"]
    room = MOST_CHARACTERS - sum(map(len, (*head, *tail))) - 600
    body: list[str] = []
    if blocking:
        rows, room, left = _rows(blocking, room)
        body += ["| where | what blocks | what to do |", "|---|---|---|", *rows, *_left_out(left), ""]
    if milder:
        rows, room, left = _rows(milder, room)
        summary = f"{len(milder)} more that do not block"
        body += [f"<details><summary>{summary}</summary>", "", "| where | what | what to do |", "|---|---|---|", *rows]
        body += [*_left_out(left), "", "</details>", ""]
    return "\n".join([*head, *body, *tail])


def _headline(run: Run, blocking: Sequence[FindingRecord]) -> str:
    if blocking:
        features = {finding.feature or finding.file for finding in blocking}
        verb = "blocks" if len(blocking) == 1 else "block"
        return f"{_counted(len(blocking), 'finding')} {verb} {_counted(len(features), run.noun)}"
    if run.exit_code == 3:
        return "nothing was evaluated"
    milder = [f"{_counted(run.count(each), each.value)}" for each in Severity if run.count(each)]
    waived = sum(each.outcome == Outcome.WAIVED.value for each in run.findings)
    milder += [f"{waived} waived"] if waived else []
    return "nothing blocks" + (f" ({', '.join(milder)})" if milder else "")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _rows(findings: Sequence[FindingRecord], room: int) -> tuple[list[str], int, int]:
    """Return rows as long as there is room, the room that remains, and how many findings found none."""
    rows: list[str] = []
    for number, finding in enumerate(findings):
        row = _row(finding)
        if len(row) + 1 > room:
            return rows, 0, len(findings) - number
        rows.append(row)
        room -= len(row) + 1
    return rows, room, 0


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
    return [f"\n{_counted(number, 'finding')} more did not fit; the log of the run has all of them."] if number else []


def _features(features: Sequence[FeatureRecord]) -> str:
    if not features:
        return ""
    lines = []
    room = _MOST_OF_VERDICTS
    for number, feature in enumerate(features):
        line = f"- **{plain(feature.name)}**: {plain(feature.verdict)}"
        room -= len(line)
        if room < 0:
            lines.append(f"- and {len(features) - number} more")
            break
        lines.append(line)
    return "\n".join(["<details><summary>verdicts</summary>", "", *lines, "", "</details>"])


def _footer(run: Run) -> str:
    packs = ", ".join(f"{plain(name)} {plain(version)}" for name, version in run.packs)
    if run.checked:
        return f"{plain(run.checked)} as of {run.as_of}"
    checked = f"{_counted(len(run.features), 'feature')} in {_counted(run.files, 'file')}"
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
