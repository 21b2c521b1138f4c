"""Comments are found wherever YAML allows them, and nowhere else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aipolicy.source.comments import comments_of

TEXT = """# top
a: 1 # one
b: |  # head
  text # not a comment
# after block
c: >-
  folded # no
d: "x # no" # yes
f: [a, b, # in flow
  'c # no']
g: plain multi
  line # end
h#x: a#b
---
# doc2

i: &a#b x
# trailing"""


def test_comments_are_those_of_yaml() -> None:
    found = [(comment.text, comment.span.start.line, comment.beside) for comment in comments_of(TEXT)]
    assert found == [
        ("top", 1, 2), ("one", 2, 2), ("head", 3, 3), ("after block", 5, 6), ("yes", 8, 8), ("in flow", 9, 9),
        ("end", 12, 12), ("doc2", 15, 17), ("trailing", 18, 19),
    ]  # fmt: skip


@given(st.text(st.sampled_from("#a: \n'\"|>-[]{},&*!%\t\r")))
def test_any_text_can_be_looked_through(text: str) -> None:
    for comment in comments_of(text):
        assert comment.beside >= comment.span.start.line


def test_a_long_line_of_marks_takes_no_time() -> None:
    assert len(comments_of("a: 1 " + "#" * 500_000)) == 1
    assert comments_of("a: " + "x#" * 200_000) == ()
