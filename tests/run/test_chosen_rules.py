"""What `select` and `ignore` name: rules by their ids, or by the control that they speak to; a slip names nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache

import pytest

from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.load import read_catalog
from aipolicy.config.settings import PolicySettings
from aipolicy.errors import AipolicyError, ConfigError, Problems, UsageError
from aipolicy.policy.pack import PolicyPack
from aipolicy.policy.reading.load import load_packs
from aipolicy.policy.sources.locate import PackFiles
from aipolicy.run.chosen_rules import chosen_rules

DAY = date(2026, 11, 30)
PACK = """apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: house, version: 1.0.0}
rules:
- {id: H-1, name: literate, title: T, kind: duty, severity: error, message: m, require: [team.on_call],
   basis: {instrument: Regulation (EU) 2024/1689 (AI Act), checked_on: 2026-11-30}, clause: "Art. 26(1), 4", verified: text}
- {id: H-2, name: beside, title: T, kind: duty, severity: warning, message: m, require: [team.on_call],
   controls: [{framework: eu-ai-act, id: "26", relation: supports},
     {framework: nist-ai-rmf, id: GOVERN 1.1, relation: relates}]}
- {id: H-4, name: other, title: T, kind: duty, severity: error, message: m, require: [team.on_call], aliases: [OLD-1]}
- {id: H-5, name: later, title: T, kind: duty, severity: error, message: m, require: [team.on_call],
   controls: [{framework: nist-ai-rmf, id: GOVERN 2.1, relation: supports}]}
- {id: H-6, name: whole, title: T, kind: duty, severity: error, message: m, require: [team.on_call],
   basis: {instrument: Regulation (EU) 2024/1689 (AI Act), checked_on: 2026-11-30}, clause: recital 1, verified: text}
"""
ALL = {"H-1", "H-2", "H-4", "H-5", "H-6"}


@cache
def packs() -> tuple[tuple[PolicyPack, ...], Catalog]:
    catalog = read_catalog((), as_of=DAY)
    return tuple(load_packs([PackFiles("house.yaml", (("house.yaml", PACK.encode()),))], catalog, {})), catalog


def chosen(
    select: tuple[str, ...] = (), ignore: tuple[str, ...] = (), places: Mapping[str, str] | None = None
) -> set[str]:
    loaded, catalog = packs()
    settings = PolicySettings(as_of=DAY, select=select, ignore=ignore, choice_places=places or {})
    return chosen_rules(loaded, settings, catalog.frameworks)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("H", ALL),
        ("h1", {"H-1"}),
        ("OLD-1", {"H-4"}),
        ("control:eu-ai-act/26", {"H-1", "H-2"}),
        ("control:eu-ai-act/4", {"H-1"}),
        ("Control: EU-AI-ACT / 26", {"H-1", "H-2"}),
        ("control:eu-ai-act", {"H-1", "H-2", "H-6"}),
        ("control:eu-ai-act/", {"H-1", "H-2", "H-6"}),
        ("control:nist-ai-rmf/GOVERN 1.1", {"H-2"}),
        ("control:nist-ai-rmf/govern-1", {"H-2"}),
        ("control:nist-ai-rmf/GOVERN", {"H-2", "H-5"}),
    ],
)
def test_a_word_names_rules_by_id_or_by_the_control_that_they_speak_to(word: str, expected: set[str]) -> None:
    assert chosen(select=(word,)) == expected
    assert chosen(ignore=(word,)) == ALL - expected


UNUSABLE = {
    "control:eu-ai-atc/26": "unknown framework `eu-ai-atc`; did you mean `eu-ai-act`?",
    "control:": "unknown framework ``; there are au-privacy-act, ",
    "control:eu-ai-act/6(1)": "`6(1)` is a part of `6` of `eu-ai-act`, and parts are not listed; "
    "write `control:eu-ai-act/6`",
    "control:nist-ai-rmf/GOVRN 1.1": "`GOVRN 1.1` is no control of `nist-ai-rmf` (NIST AI Risk Management Framework 1.0, "
    "subcategories); did you mean `GOVERN 1.1`?",
    "control:nist-ai-rmf/26": "`26` is no control of `nist-ai-rmf`",
    "control:eu-ai-act/22": "no rule of the run speaks of `22` of `eu-ai-act`: duties of representatives, importers and",
    "control:eu-ai-act/2": "no rule of the run speaks of `2` of `eu-ai-act`: subject, scope and definitions",
    "control:eu-ai-act/50": "no rule of the run speaks of `50` of `eu-ai-act`; add the pack `eu-ai-act`",
    "control:gdpr": "no rule of the run speaks of `gdpr`; add the pack `gdpr`",
    "control:owasp-llm-2025/LLM01": "no rule of the run speaks of `LLM01` of `owasp-llm-2025`; name it under `controls`",
    "H-9": "unknown rule `H-9`",
    "MAN": "`MAN` is about manifests and waivers themselves and is always checked",
}


@pytest.mark.parametrize("word", UNUSABLE)
@pytest.mark.parametrize("key", ["select", "ignore"])
def test_a_word_that_names_no_rule_is_an_error_where_it_stands(word: str, key: str) -> None:
    with pytest.raises(UsageError) as typed:
        chosen(**{key: (word,)})
    assert typed.value.message.startswith(UNUSABLE[word])
    with pytest.raises(ConfigError) as written:
        chosen(**{key: (word,)}, places={f"{key}.{word}": "a.toml:3:4"})
    assert str(written.value) == f"a.toml:3:4: {typed.value.message}"


def test_every_word_that_names_no_rule_is_told_at_once() -> None:
    with pytest.raises(Problems) as error:
        chosen(select=("H-1", "control:gdpr"), ignore=("Q-1",), places={"ignore.Q-1": "a.toml:1:1"})
    assert [type(each) for each in error.value.errors] == [UsageError, ConfigError]
    assert all(isinstance(each, AipolicyError) for each in error.value.errors)


def test_without_a_choice_every_rule_is_chosen() -> None:
    assert chosen() == ALL
