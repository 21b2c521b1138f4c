"""Text from input, made safe to show."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipolicy.source.text import escaped, escaped_line, shown

UNSAFE = (
    "\x00", "\x07", "\x08", "\x0a", "\x0d", "\x1b", "\x7f", "\x80", "\x85", "\x9b", "\xad", "\u061c", "\u200b", "\u200e",
    "\u200f", "\u2028", "\u2029", "\u202a", "\u202e", "\u2060", "\u2066", "\u2069", "\ufeff", "\ud800", "\udfff",
    "\U000e0001", "\U000e0041", "\U000e007f",
)  # fmt: skip
SECRETS = (
    "sk-live-51H8xYzAbCdEfGh1234567", "sk_live_51H8xYzAbCdEfGh1234567", "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "github_pat_11ABCDEFG0123456789abcdef", "glpat-ABCDEF1234567890abcd", "xoxb-123456789012-abcdefghijkl",
    "AKIAIOSFODNN7EXAMPLE", "AIzaSyA1234567890abcdefghijklmnopqrstuv", "hf_ABCdef123456789012345678",
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0In0.abc123", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY12",
)  # fmt: skip
ORDINARY = (
    "claims-triage", "us-federal-inventory-2024-excerpt", "special-category-condition-of-the-patient-register",
    "volume.requests_per_day_in_12_months", "mistral-large-2512", "gpt-4.1-mini-2025-04-14", "datazone-eu",
    "hf-space-name", "task-description-of-feature-42", "https://example.com/a/b/c", "key-risk-indicator-reporting",
    "remote-biometric-identification", "skilled-worker-matching-2026", "11223344-aaaa-bbbb-cccc-1234567890ab",
)  # fmt: skip


@pytest.mark.parametrize("character", UNSAFE, ids=lambda c: f"U+{ord(c):04X}")
def test_characters_that_act_or_hide_are_shown_as_codes(character: str) -> None:
    code = ord(character)
    expected = f"a\\u{code:04x}b" if code < 0x10000 else f"a\\U{code:08x}b"
    assert escaped(f"a{character}b") == expected


@pytest.mark.parametrize(
    "text", ["plain", "[bold]x[/bold]", "日本語 😀", "é ü ß", "a\\u001b", "::error::x", "ไทย", "हिन्दी"]
)
def test_ordinary_text_is_shown_as_it_is(text: str) -> None:
    assert escaped(text) == text


@given(st.text())
def test_no_control_bidi_or_lone_surrogate_survives(text: str) -> None:
    safe = escaped(text)
    assert not any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in safe)
    assert not any(
        unicodedata.bidirectional(c) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"} for c in safe
    )
    safe.encode("utf-8")


def test_a_tab_of_a_source_line_keeps_its_column() -> None:
    assert escaped_line("a:\t1\x1b") == "a: 1\\u001b"


@pytest.mark.parametrize("secret", SECRETS, ids=lambda secret: secret[:8])
@pytest.mark.parametrize("frame", ["{}", "token={}", "'{}'", "Bearer {} x"])
def test_what_looks_like_a_key_is_hidden(secret: str, frame: str) -> None:
    visible = shown(frame.format(secret))
    assert secret not in visible
    assert secret[4:16] not in visible


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_long_names_are_not_hidden(name: str) -> None:
    assert shown(name) == name


def test_long_text_is_shortened_and_backticks_do_not_end_the_quotation() -> None:
    assert shown("word " * 100)[-1] == "…"
    assert len(shown("word " * 100)) == 80
    assert shown("a`b") == "a'b"
