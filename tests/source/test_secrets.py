"""Secrets are hidden by their shape and by the name of their key; columns stay, and ordinary text stays."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipolicy.source.secrets import masked_text
from aipolicy.source.text import shown

HIDDEN = {
    "a password": "password: hunter2",
    "another": "  db_password: 'hunter2 and more' # comment",
    "with spaces": "dbPassword: hunter2 hunter2",
    "quoted key": '"client_secret": "hunter2",',
    "flow": "{user: a, password: hunter2, b: 1}",
    "flow, quoted": 'x: {apiKey: "hunter2, hunter2", b: 1}',
    "list": "- token: hunter2",
    "environment": "export API_KEY=hunter2",
    "option": "run: tool --password=hunter2",
    "two words": "the private key: hunter2",
    "query": "url: https://example.com/a?api_key=hunter2&b=1",
    "comment": "# the password: hunter2",
    "number": "passwd: 12345678",
    "user info": "endpoint: https://user:hunter2@example.com/x",
    "user info of a database": "postgres://hunter2:hunter2@db/x",
    "token as user": "https://hunter2@github.com/a/b",
    "bearer": "note: Bearer hunter2hunter2",
    "basic": 'header: "Basic aHVudGVyMg=="',
    "slack": "https://hooks.slack.com/services/T0/B0/hunter2",
    "connection": "connection_string: Server=x;Password=hunter2;",
    "block": "password: |\n  hunter2\n\n  hunter2\nname: a",
    "folded": "- private_key: >-\n    hunter2\n  name: a",
    "nested": "credentials:\n  user: hunter2\nname: a",
    "list below": "secrets:\n- hunter2\n- hunter2\nname: a",
    "continued": "password: hun\n  hunter2\nname: a",
    "continued quote": 'a: {password: "x\n hunter2", b: 1}\nname: a',
    "PEM": "-----BEGIN RSA PRIVATE KEY-----\nhunter2\nhunter2==\n-----END RSA PRIVATE KEY-----\nname: a",
    "PEM on a line": 'k: "-----BEGIN PRIVATE KEY-----\\nhunter2\\n-----END PRIVATE KEY-----" # a',
    "PEM without an end": "k: -----BEGIN OPENSSH PRIVATE KEY-----\n  hunter2\n  hunter2",
}
ORDINARY = (
    "volume: {input_tokens: 1200, output_tokens: 200, cached_tokens: 3}", "password: true", "token: 1200", "secret: null",
    "max_tokens: 5", "compass: north", "see https://example.com/a@b", "mail: a@example.com", "basic information about it",
    "the bearer of news", "key: value", "labels: {key: a}", "public_key: a", "password:", "title: password", "x: *anchor",
    "-----BEGIN", "secretary: anna", "tokens: many",
)  # fmt: skip


@pytest.mark.parametrize("text", HIDDEN.values(), ids=HIDDEN)
def test_a_secret_is_hidden_and_keeps_its_length(text: str) -> None:
    masked = masked_text(text)
    assert "hunter2" not in masked
    assert "aHVudGVyMg" not in masked
    assert list(map(len, masked.split("\n"))) == list(map(len, text.split("\n")))
    assert ("name: a" in masked) is ("name: a" in text)


@pytest.mark.parametrize("text", HIDDEN.values(), ids=HIDDEN)
def test_a_secret_in_a_message_is_cut_short(text: str) -> None:
    assert "hunter2" not in shown(text)


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_stays(text: str) -> None:
    assert masked_text(text) == text


def test_a_key_is_shown_by_its_beginning() -> None:
    assert masked_text("k: AKIAIOSFODNN7EXAMPLE x") == "k: AKIA**************** x"


@given(st.text(alphabet="ab :={}[]'\"-\n\r#|>@/&password token"))
def test_length_and_line_ends_stay(text: str) -> None:
    masked = masked_text(text)
    assert len(masked) == len(text)
    assert [c for c in masked if c.isspace()] == [c for c in text if c.isspace()]


@pytest.mark.parametrize(
    "unit", ["password", "a", "-", "://a", "token: ", "{", '"', "password:\n ", "-----BEGIN A-----"]
)
def test_it_takes_time_in_proportion_to_the_text(unit: str) -> None:
    start = time.monotonic()
    masked_text(unit * (400_000 // len(unit)))
    assert time.monotonic() - start < 10
