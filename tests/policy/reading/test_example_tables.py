"""Tables of examples: one a row, the facts that differ in columns or by name, and each as if it were alone."""

from __future__ import annotations

import pytest

from aipolicy.catalog.catalog import Catalog
from aipolicy.errors import AipolicyError
from aipolicy.findings.finding import Outcome
from aipolicy.policy.reading.load import load_packs
from aipolicy.policy.rule import RuleTest
from aipolicy.policy.sources.locate import PackFiles

HEAD = """\
apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: p, version: '1'}
rules:
- id: T-001
  name: n
  title: T
  kind: constraint
  severity: error
  legs: main
  when: [data.sensitivity >= 3.0]
  require: ['!option.leaves_organization', data.minimized]
  message: m
  tests:
"""


def examples_of(catalog: Catalog, text: str, head: str = HEAD) -> tuple[RuleTest, ...]:
    """Return the examples of the one rule of a pack."""
    pack = load_packs([PackFiles("p.yaml", (("p.yaml", (head + text).encode()),))], catalog, {})[0]
    return pack.rules[0].tests


def complaints(catalog: Catalog, text: str, head: str = HEAD) -> list[str]:
    """Return every mistake as it is shown."""
    with pytest.raises(AipolicyError) as caught:
        examples_of(catalog, text, head)
    return str(caught.value).splitlines()


PLAIN = """\
  - name: sent out
    given: {data.classes: [health], data.minimized: true}
    option: {leaves_organization: true}
    partner: {leaves_organization: false}
    expect: violated
    message: m
  - name: nothing sensitive
    given: {data.classes: [public], data.minimized: true}
    partner: {leaves_organization: false}
    expect: not-applicable
"""
COLUMNS = """\
  - given: {data.minimized: true}
    partner: {leaves_organization: false}
    columns: [data.classes, option.leaves_organization, expect, message]
    rows:
      sent out: [[health], true, violated, m]
      nothing sensitive: [[public], ~, not-applicable, ~]
"""
DIFFERENCES = """\
  - given: {data.classes: [health], data.minimized: true}
    option: {leaves_organization: true}
    partner: {leaves_organization: false}
    message: m
    expect: violated
    rows:
      sent out: {}
      nothing sensitive: {data.classes: [public], option.leaves_organization: ~, message: ~, expect: not-applicable}
"""
BOTH = """\
  - given: {data.classes: [health], data.minimized: true}
    partner: {leaves_organization: false}
    columns: [option.leaves_organization, expect, message]
    rows:
      sent out: [true, violated, m]
      nothing sensitive: {data.classes: [public], expect: not-applicable}
"""


@pytest.mark.parametrize("written", [COLUMNS, DIFFERENCES, BOTH], ids=["in columns", "by difference", "one of each"])
def test_the_rows_of_a_table_are_the_examples_that_they_stand_for(catalog: Catalog, written: str) -> None:
    told = [(t.name, t.given, t.option, t.partner, t.expect, t.message) for t in examples_of(catalog, PLAIN)]
    assert [(t.name, t.given, t.option, t.partner, t.expect, t.message) for t in examples_of(catalog, written)] == told
    assert told[0][4] is Outcome.VIOLATED


def test_a_row_is_known_by_the_line_on_which_it_stands(catalog: Catalog) -> None:
    assert [test.defined_at for test in examples_of(catalog, COLUMNS)] == ["p.yaml:19", "p.yaml:20"]


def test_tables_stand_beside_examples_of_their_own(catalog: Catalog) -> None:
    assert (
        len(examples_of(catalog, PLAIN + COLUMNS.replace("sent out", "again").replace("nothing", "still nothing"))) == 4
    )


@pytest.mark.parametrize(
    ("written", "messages"),
    [
        ("  - {columns: [data.clases, expect], rows: {a: [[health], violated], b: [~, satisfied]}}",
         ["p.yaml:15:16: `data.clases` is no fact, and no key of examples; did you mean `data.c"]),
        ("  - {columns: [params.x, expect], rows: {a: [1, violated]}}", ["p.yaml:15:16: `params.x` is no fact, and no key"]),
        ("  - {columns: [expect, expect], rows: {a: [violated, violated]}}", ["p.yaml:15:24: column `expect` stands"]),
        ("  - {columns: [data.classes, expect], rows: {a: [[health]]}}",
         ["p.yaml:15:49: row `a` has 1 values for 2 columns; `~` is not given"]),
        ("  - {columns: [data.classes, expect], rows: {a: [[helth], violated]}}",
         ["p.yaml:15:50: `data.classes` is never `helth`; did you mean `health`?"]),
        ("  - {columns: [data.minimized, expect], rows: {a: [yess, violated]}}",
         ["p.yaml:15:52: `data.minimized` must be true or false, found text"]),
        ("  - {columns: [data.minimized, expect], rows: {a: [true, broken]}}", ["p.yaml:15:58: `broken` is not one of"]),
        ("  - {columns: [data.minimized], rows: {a: [true]}}", ["p.yaml:15:43: missing key `expect`"]),
        ("  - {expect: violated, rows: {a: [true]}}",
         ["p.yaml:15:34: the values of a row stand under `columns`; name them, or write the row as a mapping"]),
        ("  - {expect: violated, rows: {a: true}}",
         ["p.yaml:15:34: row `a` is a list of values, or a mapping of what differs; found true or false"]),
        ("  - {expect: violated, rows: {a: {data.minimised: true}}}",
         ["p.yaml:15:35: unknown fact `data.minimised`; did you mean `data.minimized`?"]),
        ("  - {expect: violated, rows: {a: {expct: violated}}}", ["p.yaml:15:35: unknown fact `expct`"]),
        ("  - {expect: violated, rows: [a]}", ["p.yaml:15:30: `rows` must be a mapping from names to examples, found"]),
        ("  - {expect: violated, rows: {}}", ["p.yaml:15:30: `rows` is empty; write `rows: {name of the example: ["]),
        ("  - {expect: violated, columns: [data.minimized]}", ["p.yaml:15:5: `rows` must be a mapping from names to "
         "examples, found nothing"]),
        ("  - {expect: violated, name: n, rows: {a: {}}}", ["p.yaml:15:24: unknown key `name`"]),
        ("  - {given: {data.minimised: true}, expect: violated, rows: {a: {}, b: {}}}",
         ["p.yaml:15:14: unknown fact `data.minimised`; did you mean `data.minimized`?"]),
        ("  - {expect: satisfied, message: m, rows: {a: {}}}", ["p.yaml:15:34: an example has a message only where it"]),
    ],
)  # fmt: skip
def test_a_mistake_in_a_table_is_told_once_where_it_stands(catalog: Catalog, written: str, messages: list[str]) -> None:
    found = complaints(catalog, written)
    assert len(found) == len(messages), found
    assert all(told.startswith(wanted) for told, wanted in zip(found, messages, strict=True)), found


def test_a_variable_has_tables_too_without_what_it_does_not_read(catalog: Catalog) -> None:
    head = HEAD.replace("rules:", "variables:\n- {name: v, expression: data.personal, tests: [TABLE]}\nrules:")
    table = "{columns: [data.classes, expect], rows: {a: [[health], true], b: [~, unknown]}}"
    text = head.replace("TABLE", table)
    packs = [PackFiles("p.yaml", (("p.yaml", text.removesuffix("  tests:\n").encode()),))]
    pack = load_packs(packs, catalog, {})[0]
    tests = [test for rule in pack.variables[0].tests for test in rule.tests]
    assert [(test.name, test.given, test.expect.value) for test in tests] == [
        ("a", {"data.classes": ("health",)}, "satisfied"), ("b", {}, "undetermined"),
    ]  # fmt: skip
    wrong = text.removesuffix("  tests:\n").replace("[~, unknown]", "[~, maybe]").replace("rows:", "message: m, rows:")
    assert [told.split(": ", 1)[1] for told in complaints(catalog, "", wrong)] == [
        "unknown key `message`", "`expect` must be of type bool, or `unknown`",
    ]  # fmt: skip
