"""What the JSON Schema of packs says of one rule, over one feature or over all; the readers say more, at the line."""

from __future__ import annotations

from collections.abc import Iterable

from aipolicy.facts.declared import LIFECYCLES
from aipolicy.findings.finding import Outcome, Severity
from aipolicy.findings.rule_ids import RULE_ID
from aipolicy.policy.law import RELATIONS, STATUSES, VERIFIED
from aipolicy.policy.rule import RuleKind, RuleLegs, RuleScope
from aipolicy.source.json_schema import (
    JsonObject,
    count_of,
    day_of,
    list_of,
    map_of,
    object_of,
    ref,
    said_of,
    text_of,
    texts_of,
    word_of,
)

EXPECTED = tuple(outcome.value for outcome in Outcome if outcome is not Outcome.WAIVED)
"""What an example of a rule may expect."""
SEVERITIES = tuple(severity.value for severity in Severity)
_ANY: JsonObject = {}


_BEGINNINGS = {
    "given": "Facts of the feature that every row begins with.",
    "option": "Facts of the option that every row begins with.",
    "partner": "Facts of its partner that every row begins with.",
}
"""What a table of examples may say for all of its rows, in words."""


def rule_definitions() -> JsonObject:
    """Return the definitions (`$defs`) that rules and what stands above them refer to."""
    return {
        "conditions": _conditions(), "basis": _basis(), "effective": _effective(), "evidence": _evidence(),
        "facts": facts_given(), "value": _value(), "rule": _rule(), "portfolio_rule": _portfolio_rule(),
    }  # fmt: skip


def facts_given() -> JsonObject:
    """Return facts by name with the values that an example gives them."""
    values = {"type": ["string", "number", "boolean", "array", "object"]}
    return map_of("", values, names=r"^[a-z][A-Za-z0-9_.-]*$", example={"data.residency": ["EU"]})


def option_given() -> JsonObject:
    """Return what an example says of an option: facts of it, and of its partner."""
    return {
        "option": said_of(ref("facts"), "Facts of the option, without `option.`."),
        "partner": said_of(ref("facts"), "Facts of its partner, without `partner.`."),
    }


def examples_of(test: JsonObject, required: Iterable[str], of_all: Iterable[str] = ()) -> JsonObject:
    """Return what an entry of `tests` may be: an example with these keys, or a table of them.

    `of_all` are the keys besides facts that a table may give for all of its rows.
    """
    row: JsonObject = {"type": ["array", "object"]}
    example: JsonObject = {
        "health data": [["health"], "violated"],
        "no class": {"data.classes": None, "expect": "undetermined"},
    }
    facts: JsonObject = {key: said_of(test[key], said) for key, said in _BEGINNINGS.items() if key in test}
    table: JsonObject = {
        **facts,
        **{key: test[key] for key in ("expect", "message", *of_all) if key in test},
        "columns": texts_of("What the values of a row are: facts, `expect`, `message`.", ["data.classes", "expect"]),
        "rows": {**map_of(
            "Examples by name: values in the order of the columns, or a mapping of what differs; `~` is not given.", row,
            example=example,
        ), "minProperties": 1},
    }  # fmt: skip
    title = {"title": "a table of examples"}
    return {"anyOf": [object_of("", test, required), {**object_of("", table, ("rows",)), **title}]}


def legs_of_rule(meaning: str) -> JsonObject:
    """Return the word for the legs that a rule asks."""
    return word_of(
        f"{meaning}: main leg and partner each, or the main leg alone.", [legs.value for legs in RuleLegs],
        default=RuleLegs.EVERY.value,
    )  # fmt: skip


def _conditions() -> JsonObject:
    return {
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}],
        "examples": [['data.residency.all(place, place == "EU")']],
    }


def _evidence() -> JsonObject:
    return {
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}],
        "examples": [["dpia"]],
    }


def _value() -> JsonObject:
    return {"type": ["string", "number", "boolean", "array", "object"], "items": {"type": "string"}}


def _basis() -> JsonObject:
    return object_of("", {
        "instrument": text_of("The law, the standard or the policy.", "Regulation (EU) 2016/679"),
        "as_amended": text_of("By what it was amended in the version that was read."),
        "url": text_of("Where it can be read."),
        "checked_on": day_of("Day on which it was read"),
    }, ("instrument",))  # fmt: skip


def _effective() -> JsonObject:
    return object_of("", {
        "announced": day_of("First day on which it is told, as a note"),
        "warning": day_of("First day on which it warns"),
        "from": day_of("First day in force"),
        "until": day_of("Last day in force"),
    })  # fmt: skip


def _identity() -> JsonObject:
    """Return the keys with which every rule begins."""
    limits = {
        "lifecycle": _word_or_words("Stages.", LIFECYCLES),
        "owners": _word_or_words("Owners; `*` and `?` stand for anything."),
        "labels": {
            "type": "object", "additionalProperties": _word_or_words(""), "minProperties": 1,
            "description": "Labels with the values that they may have.", "examples": [{"team": "claims-*"}],
        },
        "paths": _word_or_words("Paths of manifests from the root of the repository, with `*`, `?` and `**`."),
    }  # fmt: skip
    return {
        "id": text_of("Its id, for good: waivers and baselines name it.", "DATA-001", pattern=f"^(?:{RULE_ID})$"),
        "aliases": texts_of("Ids that it had before.", ["DAT-1"]),
        "name": text_of("The offence in kebab-case.", "data-leaves", pattern="^[a-z0-9]+(-[a-z0-9]+)*$"),
        "title": text_of("What holds where the rule is kept.", "Restricted data stays inside"),
        "severity": word_of("What a violation weighs.", SEVERITIES),
        "applies_to": object_of("Which features it is limited to, by what is not a fact of the law.", limits)
        | {"minProperties": 1},
    }


def _words_for_people() -> JsonObject:
    reference = object_of("", {
        "title": text_of("What can be read there."), "url": text_of("Where."), "clause": text_of("The place in it."),
    }, ("title",))  # fmt: skip
    return {
        "message": text_of("What is wrong, with `{fact}` for values.", "data of {data.classes} leaves"),
        "why": text_of("Why the rule is there."),
        "fix": text_of("What to do."),
        "references": list_of("What to read.", reference),
        "effective": said_of(ref("effective"), "When it is told, warns, is in force and ends."),
    }


def _rule() -> JsonObject:
    requirement = object_of("", {
        "that": text_of("The condition."),
        "name": text_of("By which it is reported and waived; the first fact of the condition where it is left out."),
        "message": text_of("What is wrong."), "fix": text_of("What to do."),
        "evidence": said_of(ref("evidence"), "Kinds of evidence that show it."),
        "at_most_days": {
            "anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": r"^params\.[a-z][a-z0-9_]*$"}],
            "description": "How old that evidence may be, in days or as a parameter.",
            "examples": ["params.audit_days"],
        },
    })  # fmt: skip
    item = {"anyOf": [{"type": "string"}, requirement]}
    require = {
        "anyOf": [{"type": "string"}, {"type": "array", "items": item, "minItems": 1}],
        "description": "What must hold where it applies: all of these; each may have words of its own.",
    }
    test = {
        "name": text_of("What the example shows."),
        "given": said_of(ref("facts"), "Facts of the feature."),
        **option_given(),
        "expect": word_of("What becomes of the rule.", EXPECTED),
        "message": text_of("The message, where it is violated."),
    }
    return object_of("", {
        **_identity(),
        "kind": word_of(
            "`constraint`: a way of building on which it fails is out; `duty`: the team can do it.",
            [kind.value for kind in RuleKind],
        ),
        "scope": word_of(
            "`plan`: only ways that the team plans are evaluated.", [scope.value for scope in RuleScope],
            default=RuleScope.OPTIONS.value,
        ),
        "legs": legs_of_rule("Which legs have to satisfy it"),
        "when": said_of(ref("conditions"), "Applies only where all of these hold."),
        "unless": said_of(ref("conditions"), "Does not apply where one of these holds."),
        "must_declare": texts_of("Facts that have to be declared where it applies.", ["volume.output_tokens"]),
        "require": require,
        **_words_for_people(),
        **_law(),
        "tests": list_of("Examples.", examples_of(test, ("name", "expect"))),
    }, ("id", "name", "title", "kind", "severity"))  # fmt: skip


def _law() -> JsonObject:
    text_or_number = {"type": ["string", "integer"]}
    control = object_of("", {
        "framework": text_of("A framework of the catalog.", "gdpr"),
        "id": {**text_or_number, "description": "A control of it.", "examples": ["28"]},
        "relation": word_of("What keeping the rule does for the control.", RELATIONS),
    }, ("framework", "id", "relation"))  # fmt: skip
    review = object_of("A person must look; closed by evidence.", {
        "by": text_of("Who looks: a role.", "data protection officer"),
        "evidence": said_of(ref("evidence"), "Kinds of evidence that show that somebody looked."),
    }, ("by", "evidence"))  # fmt: skip
    return {
        "basis": said_of(ref("basis"), "Where the rule comes from."),
        "clause": {**text_or_number, "description": "The provision.", "examples": ["Art. 28(3)"]},
        "verified": word_of("What was read of the provision.", VERIFIED),
        "status": word_of("What the law was on the day on which it was read.", STATUSES),
        "superseded_by": text_of("What replaced it."),
        "review": review,
        "controls": list_of("Controls of frameworks that the rule bears on.", control),
    }


def _portfolio_rule() -> JsonObject:
    feature = object_of("", {
        "name": text_of("Its name."),
        "given": said_of(ref("facts"), "Its facts."),
        "option": said_of(ref("facts"), "Facts of its option, without `option.`."),
    }, ("name",))  # fmt: skip
    test = {
        "name": text_of("What the example shows."),
        "features": list_of("The features of the run.", feature),
        "unreadable": count_of("Manifests that could not be read.", 1),
        "group": text_of("The group that is looked at, of a rule with `group_by`."),
        "params": map_of("Values of parameters.", _ANY),
        "expect": word_of("What becomes of the rule.", EXPECTED),
    }
    return object_of("", {
        **_identity(),
        "over": said_of(ref("conditions"), "Features that take part: those of which all of these hold."),
        "group_by": text_of("Groups features by text.", "metadata.owner"),
        "measures": map_of(
            "What is added up of the features: `sum(…)`, `max(…)`, `min(…)`, `count(…)`, `distinct(…)`.",
            {"type": "string"}, names="^[a-z][a-z0-9_]*$", example={"usd": "sum(option.monthly_usd)"},
        ),
        "when": said_of(ref("conditions"), "Applies only where all of these hold of the measures."),
        "require": said_of(ref("conditions"), "What must hold of the measures."),
        **_words_for_people(),
        "tests": list_of("Examples.", object_of("", test, ("name", "expect"))),
    }, ("id", "name", "title", "severity", "measures", "require", "message"))  # fmt: skip


def _word_or_words(description: str, words: tuple[str, ...] = ()) -> JsonObject:
    word: JsonObject = {"enum": list(words)} if words else {"type": "string", "minLength": 1}
    extra = {"description": description} if description else {}
    return {"anyOf": [word, {"type": "array", "items": word, "minItems": 1}], **extra}
