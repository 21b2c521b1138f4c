"""The same answer in every form: text, JSON, Markdown and the record of the decision."""

from __future__ import annotations

import json
import re

import pytest
from answer_pages import SITUATIONS, answerings, explain_page, shipped

from aipolicy.answer.answer import Answering
from aipolicy.report.answer_words import CERTAINTIES, way_name
from aipolicy.report.explain.adr import decision_record
from aipolicy.report.explain.answer_sheet import answer_sheet
from aipolicy.report.explain.explain_json import render_explanation_json
from aipolicy.report.explain.sheet import sheet_markdown


def plain(text: str) -> str:
    """Return text without markup and line breaks, as it is read."""
    return re.sub(r"\s+", " ", re.sub(r"[\\\\*`]|^[-|>] ?", "", text, flags=re.MULTILINE))


def forms(answering: Answering) -> dict[str, str]:
    evaluator = shipped().evaluator.rule_evaluator
    return {
        "text": plain(explain_page(answering, 200)),
        "markdown": plain(sheet_markdown(answer_sheet(answering, evaluator))),
        "record": plain(decision_record(answering, evaluator)),
    }


@pytest.mark.parametrize("name", SITUATIONS)
def test_every_form_says_the_same_answer(name: str) -> None:
    answering = answerings(f"tests/golden/answers/manifests/{name}.aifeature.yaml")[0]
    said = json.loads(render_explanation_json(answering, shipped()))
    sheet = answer_sheet(answering, shipped().evaluator.rule_evaluator)
    certainty = CERTAINTIES[answering.certainty]
    way = answering.recommended
    assert said["answer"]["certainty"] == answering.certainty.value
    assert (said["answer"]["recommended"] is None) is (way is None)
    for form, text in forms(answering).items():
        assert sheet.headline.removesuffix(f" ({certainty.lower()})") in text, form
        assert answering.certain.is_retired or certainty.lower() in text.lower(), form
        if way is not None:
            assert way_name(way) in text, form
    if way is not None:
        recommended = said["answer"]["recommended"]
        assert (recommended["hosting"], recommended["model"], recommended["provider"]) == (
            way.hosting, way.model, way.provider,
        )  # fmt: skip
        assert said["recommendation"]["chosen"]["monthly_usd"] == pytest.approx(way.cost.monthly_usd, abs=0.01)
