"""`us-federal` over a published inventory: each rule asks of the use cases that a direct query of the table gives."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from unicodedata import normalize

import pytest
from command_line import run_here

FEDERAL = Path(__file__).parents[2] / "examples" / "federal-inventory"
TABLE = FEDERAL / "us-federal-inventory-2024-excerpt.csv"
MAPPING = FEDERAL / "us-federal-inventory.mapping.yaml"
DAY = ("--as-of", "2026-11-21")

ASKED = ("violated", "missing", "needs-a-person", "satisfied")
"""The states of a rule that applies."""

Row = Mapping[str, str]
PRESUMED = ("health & medical", "law enforcement")
"""Topics that are a domain in which use is presumed to be high-impact."""


def said(row: Row, column: str) -> str:
    return " ".join(row[column].split()).lower()


def runs(row: Row) -> bool:
    """Return whether a use case is no retired one, of which nothing is asked."""
    return said(row, "16_dev_stage") != "retired"


def weighs_on_people(row: Row) -> bool | None:
    """Return whether outputs are a principal basis of decisions; None where the table leaves it open."""
    autonomy, adverse = said(row, "57_autonomous_impact"), said(row, "61_adverse_impact")
    if autonomy.startswith("yes"):
        return True
    return True if autonomy.startswith("no - some") and adverse == "yes" else None


def open_about_data(row: Row) -> bool:
    """Return whether the table leaves open what data is carried: only that it is about people is said."""
    return said(row, "29_contains_pii") != "yes"


QUERIES: Mapping[str, tuple[Callable[[Row], bool], Callable[[Row], bool]]] = {
    "OMB-21-1": (lambda row: weighs_on_people(row) is True, lambda row: weighs_on_people(row) is None),
    "OMB-21-2": (lambda row: weighs_on_people(row) is True, lambda row: weighs_on_people(row) is None),
    "OMB-21-3": (lambda row: weighs_on_people(row) is True, lambda row: weighs_on_people(row) is None),
    "OMB-21-4": (
        lambda row: said(row, "8_topic_area") in PRESUMED,
        lambda row: said(row, "8_topic_area") not in PRESUMED,
    ),
    "OMB-22-1": (lambda row: True, lambda row: False),
    "OMB-26-4": (lambda row: True, lambda row: False),
    "CJIS-5-1": (lambda row: False, open_about_data),
    "CJIS-5-2": (lambda row: False, open_about_data),
    "CUI-7012-1": (lambda row: False, open_about_data),
    "EXPORT-120-1": (lambda row: False, open_about_data),
}
"""For each rule the rows of which it asks something, and those that wait for a question; of the others it asks nothing."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, set[str]]]:
    """Return for each rule and state the titles of the use cases, as they are imported and evaluated."""
    folder = tmp_path_factory.mktemp("inventory")
    imported = run_here(["import", "--mapping", str(MAPPING), str(TABLE), "manifests"], folder)
    assert imported.returncode == 0, imported.stderr
    states: dict[str, dict[str, set[str]]] = {}
    result = run_here(["coverage", "manifests", "--framework", "us-federal", "--format", "json", *DAY], folder)
    assert result.returncode == 0, result.stderr
    for framework in json.loads(result.stdout)["frameworks"]:
        for control in framework["controls"]:
            for cell in control["features"]:
                for rule in cell["rules"]:
                    of_rule = states.setdefault(rule["rule"].partition("/")[0], {})
                    of_rule.setdefault(rule["state"], set()).add(cell["feature"])
    return states


def names_of(rows: list[Row]) -> list[str]:
    """Return the names that the rows have as features: in plain small letters, of equal ones the second has a number."""
    names: list[str] = []
    for row in rows:
        plain = normalize("NFKD", said(row, "2_use_case_name")).encode("ascii", "ignore").decode()
        name = re.sub("[^a-z0-9]+", "-", plain).strip("-")
        times = sum(re.fullmatch(rf"{name}(-\d+)?", other) is not None for other in names)
        names.append(f"{name}-{times + 1}" if times else name)
    return names


@pytest.mark.parametrize("rule", QUERIES)
def test_a_rule_asks_of_the_use_cases_that_a_query_of_the_table_gives(
    rule: str, found: Mapping[str, Mapping[str, set[str]]]
) -> None:
    with TABLE.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    asked, waiting = QUERIES[rule]
    wanted: dict[str, set[str]] = {"asked": set(), "undecided": set(), "not-applicable": set()}
    for name, row in zip(names_of(rows), rows, strict=True):
        group = "undecided" if waiting(row) else "not-applicable"
        wanted["not-applicable" if not runs(row) else "asked" if asked(row) else group].add(name)
    states = found[rule]
    assert set().union(*(states.get(state, set()) for state in ASKED)) == wanted["asked"]
    assert states.get("undecided", set()) == wanted["undecided"]
    assert states.get("not-applicable", set()) == wanted["not-applicable"]


def test_every_rule_of_the_pack_is_queried(found: Mapping[str, Mapping[str, set[str]]]) -> None:
    assert set(QUERIES) == set(found)
