"""Text under headings, labels with text beside them, everything wrapped to a width."""

from __future__ import annotations

from aipolicy.report.terminal.style import Role, Styler, cells, wrapped
from aipolicy.source.text import escaped, grouped

_LABELS = 24


class Printer:
    """Collects lines under headings."""

    def __init__(self, width: int, style: Styler) -> None:
        self.width = width
        self.style = style
        self._lines: list[str] = []

    def title(self, text: str) -> None:
        """Add a line that names what follows; the text is escaped already."""
        self._lines.append(self.style.paint(text, Role.STRONG))

    def heading(self, text: str) -> None:
        """Add a heading after an empty line."""
        self._lines.append("")
        self.text(text, role=Role.STRONG)

    def text(self, text: str, indent: int = 0, role: Role | None = None) -> None:
        """Add text, wrapped to the width and indented."""
        lines = wrapped(escaped(text), self.width - indent)
        self._lines.extend(" " * indent + self.style.paint(line, role) for line in lines)

    def pair(self, label: str, text: str) -> None:
        """Add a label with text beside it, wrapped under itself."""
        label, text = escaped(label), escaped(text)
        room = max(self.width - _LABELS - 4, 20)
        lines = wrapped(text, room) or [""]
        head = label + " " * max(_LABELS - cells(label), 1)
        if cells(label) >= _LABELS:
            self._lines.append(f"  {label}")
            head = " " * _LABELS
        self._lines.append(f"  {head}{lines[0]}")
        self._lines.extend(f"  {' ' * _LABELS}{line}" for line in lines[1:])

    def raw(self, line: str) -> None:
        """Add a line as it is."""
        self._lines.append(line)

    def result(self) -> str:
        """Return everything that was added."""
        return "\n".join(line.rstrip() for line in self._lines) + "\n"


def amount(value: float) -> str:
    """Return an amount with three significant digits, thousands apart."""
    if value == 0.0:
        return "0"
    if abs(value) < 1000.0:
        return f"{value:.3g}"
    digits = len(str(int(abs(value)))) - 3
    return grouped(round(value, -digits))
