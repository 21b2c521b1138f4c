"""What is assumed of every feature alike is said once, and nothing else is left out for it."""

from __future__ import annotations

from typing import Any

import pytest
from portfolio_pages import elements, manifest, page_of, report_on

from aipolicy.report.portfolio.assumed_alike import assumed_alike


def details(**assumed: str) -> dict[str, Any]:
    return {"facts": {"declared": [], "assumed": [[name, value] for name, value in assumed.items()], "derived": []}}


@pytest.mark.parametrize(
    ("features", "alike"),
    [
        ([], {}),
        ([details(a="1", b="2")], {}),
        ([details(a="1", b="2"), details(a="1", b="2")], {"a": "1", "b": "2"}),
        ([details(a="1", b="2"), details(a="1", b="3")], {"a": "1"}),
        ([details(a="1"), details(b="2")], {"a": "1", "b": "2"}),  # each declares what the other does not
        ([details(a="1"), details(a="2"), details(a="1")], {}),
    ],
)
def test_a_fact_is_said_once_where_every_feature_that_assumes_it_assumes_the_same(
    features: list[dict[str, Any]], alike: dict[str, str]
) -> None:
    assert assumed_alike(features) == alike


def test_what_a_section_leaves_out_stands_in_the_list_that_it_names() -> None:
    report = report_on([("a.aifeature.yaml", manifest("one")), ("b.aifeature.yaml", manifest("two"))])
    page = elements(page_of(report))
    listed = page.one("details", id="assumed").one("p").text.removesuffix(".").split("; ")
    assert listed == [" ".join(f"{name} = {value}".split()) for name, value in report.assumed.items()]
    for row in report.rows:
        assumed = dict(row.details["facts"]["assumed"])
        text = page.one("article", id=row.anchor).text
        alike = sum(name in report.assumed for name in assumed)
        assert alike > 100
        assert f"{alike} facts assumed as of every feature" in text
        others = {name: value for name, value in assumed.items() if name not in report.assumed}
        assert all(f"{name} = {value}" in text for name, value in others.items())
        assert {name: assumed[name] for name in report.assumed if name in assumed} == {
            name: value for name, value in report.assumed.items() if name in assumed
        }


def test_one_feature_says_what_it_assumes() -> None:
    report = report_on([("a.aifeature.yaml", manifest("one"))])
    assert report.assumed == {}
    assert "Assumed: " in elements(page_of(report)).one("article", id="f-one").text
