"""An SVG as a plotting library writes it in, elements that a page may hold out: no style, no script, no link to elsewhere.

The page forbids styles in attributes, so that they become attributes of their own; what is black takes the colour of text,
so that it can be read in the dark.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aipolicy.source.regex import regex

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ELEMENTS = frozenset({"svg", "g", "path", "rect", "text", "tspan", "use", "clipPath", "defs"})
_ATTRIBUTES = frozenset({
    "viewBox", "id", "d", "x", "y", "width", "height", "transform", "clip-path", "clip-rule", "href", "fill", "stroke",
    "stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-dasharray", "stroke-dashoffset", "stroke-opacity",
    "fill-opacity", "opacity", "fill-rule", "font-size", "text-anchor",
})  # fmt: skip
_INK = frozenset({"#000000", "black", "#4c4c4c", "#666666"})
_LONG_NUMBER = regex(r"\d+\.\d{2,}")
_UNTURNED = "rotate(-0 "
_POINTED_AT = regex(r"#([A-Za-z0-9_.-]+)")
_WITH_NUMBERS = ("d", "x", "y", "transform")


def inline_svg(text: str, label: str) -> str:
    """Return the picture as one element with a text that stands for it; empty for a text that is no SVG."""
    from xml.etree.ElementTree import ParseError, fromstring, tostring

    try:
        root = fromstring(text)
    except ParseError:
        return ""
    _clean(root, frozenset(_POINTED_AT.findall(text)))
    view = {name: root.attrib[name] for name in ("viewBox",) if name in root.attrib}
    root.attrib.clear()
    root.attrib.update(view | {"role": "img", "aria-label": label})
    return tostring(root, encoding="unicode")


def _clean(element: Element, pointed_at: frozenset[str]) -> None:
    """Take everything from an element, and from what is in it, that a page may not hold, and ids that nothing points at."""
    element.tag = _local(element.tag)
    element.attrib.update(_styles(element.attrib.pop("style", "")))
    for name, value in list(element.attrib.items()):
        del element.attrib[name]
        local = _local(name)
        if value.startswith(_UNTURNED):
            continue
        is_elsewhere = (local == "href" and not value.startswith("#")) or "url(" in value.replace("url(#", "")
        if local in _ATTRIBUTES and not is_elsewhere and (local != "id" or value in pointed_at):
            element.attrib[local] = _short(local, value)
    children = [child for child in element if _local(child.tag) in _ELEMENTS]
    for child in children:
        _clean(child, pointed_at)
    element[:] = [part for child in children for part in _without_wrapper(child)]
    element.tail = None
    if element.tag not in ("text", "tspan"):
        element.text = None


def _without_wrapper(element: Element) -> list[Element]:
    """Return an element, of a group that says nothing what is in it."""
    return list(element) if element.tag == "g" and not element.attrib else [element]


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _styles(text: str) -> dict[str, str]:
    pairs = (pair.partition(":") for pair in text.split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs if name.strip() in _ATTRIBUTES}


def _short(name: str, value: str) -> str:
    if name in ("fill", "stroke") and value in _INK:
        return "currentColor"
    if name in _WITH_NUMBERS:
        value = _LONG_NUMBER.sub(lambda match: f"{float(match.group()):.1f}", value)
        return re.sub(r"\s+", " ", value).strip()
    return value
