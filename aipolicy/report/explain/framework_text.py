"""What a framework asks of a feature as text and as Markdown; both are drawn from one page."""

from __future__ import annotations

from aipolicy.report.explain.framework_page import FrameworkPage
from aipolicy.report.explain.sheet import bullets, capital, markdown_table
from aipolicy.report.packs.markdown_text import prose
from aipolicy.report.terminal.drawing import Screen, grid, said
from aipolicy.report.terminal.style import Role, Styler

_ROLES = {"violated": Role.ERROR, "missing": Role.WARNING, "satisfied": Role.GOOD}
_WIDEST_CLAUSE, _WIDEST_RULE = 22, 16


def framework_text(page: FrameworkPage, *, width: int, style: Styler) -> str:
    """Return a page as text: rows under headings, clause and rule in columns of their own."""
    screen = Screen(width, style)
    screen.add(said(page.title, Role.STRONG))
    screen.add(said(page.headline, Role.STRONG))
    cited = [row for block in page.blocks for row in block.rows if row.rule]
    clause, rule = (
        max((min(len(text), most) for text in texts), default=0)
        for texts, most in (
            ([row.clause for row in cited], _WIDEST_CLAUSE),
            ([row.rule for row in cited], _WIDEST_RULE),
        )
    )
    for block in page.blocks:
        screen.add(said(""))
        screen.add(said(block.heading, _ROLES.get(block.heading, Role.STRONG)))
        for row in block.rows:
            drawn = grid(clause, rule, None) if row.rule else grid(None)
            cells = (row.clause, row.rule, row.words) if row.rule else (row.words,)
            drawn.add_row(*map(said, cells))
            screen.add(drawn, 2)
    screen.add(said(""))
    for note in page.notes:
        screen.add(said(note))
    return screen.result()


def framework_markdown(page: FrameworkPage) -> str:
    """Return a page as Markdown: a table under each heading; nothing of the text in it is markup."""
    blocks = [f"## {prose(page.title)}", f"**{prose(page.headline)}**"]
    for block in page.blocks:
        blocks.append(f"### {prose(capital(block.heading))}")
        cited = [row for row in block.rows if row.rule]
        if cited:
            blocks.append(markdown_table(("clause", "rule", "what"), cited))
        others = [row.words for row in block.rows if not row.rule]
        if others:
            blocks.append(bullets(others))
    blocks += [prose(note) for note in page.notes]
    return "\n\n".join(blocks) + "\n"
