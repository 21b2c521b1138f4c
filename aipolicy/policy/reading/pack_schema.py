"""The JSON Schema of packs, from which editors complete and the page of keys is made; the readers say more, at the line."""

from __future__ import annotations

from aipolicy.facts.declared import LIFECYCLES
from aipolicy.facts.spec import FactType
from aipolicy.findings.finding import Outcome, Severity
from aipolicy.findings.rule_ids import RULE_ID
from aipolicy.policy.law import RELATIONS, STATUSES, VERIFIED
from aipolicy.policy.layers.tightening import Direction
from aipolicy.policy.rule import RuleKind, RuleScope
from aipolicy.source.document import PACK_KIND, RULES_KIND
from aipolicy.source.json_schema import (
    JsonObject,
    count_of,
    day_of,
    flag_of,
    head,
    list_of,
    map_of,
    number_of,
    object_of,
    ref,
    said_of,
    schema_of,
    text_of,
    texts_of,
    word_of,
)

FILE = "pack.v1.json"
EXPECTED = tuple(outcome.value for outcome in Outcome if outcome is not Outcome.WAIVED)
"""What an example of a rule may expect."""
_TYPES = tuple(type_.value for type_ in FactType if type_ is not FactType.LABELS)
_SEVERITIES = tuple(severity.value for severity in Severity)
_ANY: JsonObject = {}


def pack_schema() -> JsonObject:
    """Return the JSON Schema (draft 2020-12) of a file of a pack."""
    properties = {**head(PACK_KIND, RULES_KIND), **_of_the_head(), **_of_any_file()}
    is_head = {"properties": {"kind": {"const": PACK_KIND}}}
    top = object_of("A pack of policies: its head, or more of its rules.", properties, ("apiVersion", "kind"))
    return schema_of(
        FILE, "Pack of policies", {**top, "if": is_head, "then": {"required": ["metadata"]}},
        {
            "conditions": _conditions(), "basis": _basis(), "effective": _effective(), "evidence": _evidence(),
            "facts": facts_given(), "value": _value(), "rule": _rule(), "portfolio_rule": _portfolio_rule(),
        },
    )  # fmt: skip


def facts_given() -> JsonObject:
    """Return facts by name with the values that an example gives them."""
    values = {"type": ["string", "number", "boolean", "array", "object"]}
    return map_of("", values, names=r"^[a-z][A-Za-z0-9_.-]*$", example={"data.residency": ["EU"]})


def _of_the_head() -> JsonObject:
    name = text_of("The name by which configuration and other packs call it.", "acme-base")
    metadata = {
        "name": name, "version": text_of("Numbers with dots, so that ranges can be asked for.", "1.2"),
        "title": text_of("What the pack is, in a few words.", "Acme: data and models"),
        "description": text_of("What the pack is for, for people."),
    }  # fmt: skip
    return {
        "metadata": object_of("What the pack is called.", metadata, ("name", "version")),
        "extends": list_of("Packs that this one builds on.", _extended()),
        "imports": texts_of("Variables of packs below, as `pack.variable`.", ["acme-base.serves_people"]),
        "set": list_of("Other values for parameters of packs below.", _set()),
        "overrides": list_of("Other severities and days for rules of packs below.", _override()),
        "loosening": object_of(
            "What packs above and the configuration may make less strict; nothing, unless it stands here.",
            {
                "parameters": texts_of("Parameters, as `name` or `pack.name`.", ["budget_usd"]),
                "rules": texts_of("Rules.", ["COST-001"]),
                "configuration": flag_of("Whether the configuration may loosen at all.", default=True),
            },
        ),
        "waivers": object_of("What is asked of waivers; of several packs the strictest holds.", _governance()),
    }


def _extended() -> JsonObject:
    return object_of("", {
        "pack": text_of("A shipped pack, a path, or a package.", "build-or-buy"),
        "git": text_of("A repository, in the place of `pack`.", "https://example.com/policies.git"),
        "revision": text_of("The commit of the repository."),
        "path": text_of("The folder in the repository.", "base"),
        "version": text_of("The versions that will do.", ">=1.0,<2"),
    })  # fmt: skip


def _set() -> JsonObject:
    return object_of("", {
        "parameter": text_of("A parameter of a pack below, as `pack.name`.", "build-or-buy.approved_providers"),
        "value": said_of(ref("value"), "Its value here."),
        "reason": text_of("Why it is another here."),
    }, ("parameter", "value", "reason"))  # fmt: skip


def _override() -> JsonObject:
    days = {"from": day_of("First day in force"), "until": day_of("Last day in force")}
    return object_of("", {
        "rule": text_of("A rule of a pack below.", "RES-001"),
        "severity": word_of("What it weighs here.", _SEVERITIES),
        "effective": object_of("When it is in force here.", days),
        "reason": text_of("Why it is another here."),
    }, ("rule", "reason"))  # fmt: skip


def _governance() -> JsonObject:
    return {
        "longest_days": count_of("Most days from approval to the last day.", 180, minimum=1),
        "notice_days": count_of("A waiver that ends within so many days is told.", 30),
        "never": texts_of("Rules, or what their ids begin with, that are never waived.", ["DATA-001"]),
        "approvers": texts_of("Who may approve.", ["risk-board"]),
        "separate_approver": flag_of("Whether who asks must not be who approves."),
        "most_per_owner": count_of("How many waivers of one owner may stand at a time.", 5),
        "inline": flag_of("Whether comments in manifests may waive."),
        "ticket_required": flag_of("Whether a waiver names a ticket."),
        "record_required": flag_of("Whether a waiver records what was approved."),
    }


def _of_any_file() -> JsonObject:
    group = {
        "title": text_of("What the rules have in common.", "Health data"),
        **_shared(),
        "rules": said_of(_rules(), "Rules of the group."),
    }
    return {
        "parameters": list_of("Numbers, words and lists that organisations set.", _parameter()),
        "facts": list_of("Facts that the pack adds to manifests, as `extensions.NAME`.", _extension_fact()),
        "variables": list_of("Expressions that conditions use as `variables.NAME`.", _variable()),
        **_shared(),
        "rules": said_of(_rules(), "Rules over one feature."),
        "groups": list_of("Rules with a scope in common.", object_of("", group, ("title", "rules"))),
        "portfolio_rules": list_of("Rules over all features of a run.", ref("portfolio_rule")),
    }


def _rules() -> JsonObject:
    return {"type": "array", "items": ref("rule")}


def _shared() -> JsonObject:
    """Return what a file or a group says once for every rule below it."""
    return {
        "when": said_of(ref("conditions"), "Every rule below applies only where all of these hold."),
        "unless": said_of(ref("conditions"), "No rule below applies where one of these holds."),
        "must_declare": texts_of("Facts that have to be declared where a rule below applies.", ["data.retention_days"]),
        "basis": said_of(ref("basis"), "Where every rule below comes from."),
    }


def _parameter() -> JsonObject:
    return object_of("", {
        "name": text_of("Conditions read it as `params.NAME`.", "budget_usd", pattern="^[a-z][a-z0-9_]*$"),
        "type": word_of("What it holds.", _TYPES),
        "default": said_of(ref("value"), "What holds where nobody sets it."),
        "unit": text_of("Its unit.", "USD"),
        "description": text_of("What it is."),
        "source": text_of("Where the default comes from."),
        "checked_on": day_of("Day on which the source was read"),
        "disputed": text_of("Who says otherwise, and what."),
        "tightens": {
            "enum": [direction.value for direction in Direction if direction.value] + [True, False],
            "description": "Towards which value the rules that read it get stricter.",
        },
        "minimum": number_of("The least that may be set."),
        "maximum": number_of("The most that may be set."),
    }, ("name", "type", "default", "description", "source"))  # fmt: skip


def _extension_fact() -> JsonObject:
    return object_of("", {
        "name": text_of("Manifests declare it as `extensions.NAME`.", "cost_centre", pattern="^[a-z][a-z0-9_]{0,99}$"),
        "type": word_of("What it holds.", _TYPES),
        "meaning": text_of("What it says, for who fills it in."),
        "unit": text_of("Its unit, of a number.", "EUR"),
        "choices": texts_of("The words it may be.", ["low", "high"]),
        "minimum": number_of("The least it may be."),
        "maximum": number_of("The most it may be."),
        "default": said_of(ref("value"), "What a manifest says that leaves it out."),
        "default_source": text_of("Why that is so."),
    }, ("name", "type", "meaning"))  # fmt: skip


def _variable() -> JsonObject:
    test = object_of("", {
        "name": text_of("What the example shows."),
        "given": said_of(ref("facts"), "Facts of the feature."),
        "option": said_of(ref("facts"), "Facts of the option, without `option.`."),
        "expect": said_of(ref("value"), "Its value then, or `unknown`."),
    }, ("name", "expect"))  # fmt: skip
    return object_of("", {
        "name": text_of("Conditions use it as `variables.NAME`.", "serves_people", pattern="^[a-z][a-z0-9_]*$"),
        "expression": text_of("An expression over facts, parameters and other variables.", "size(data.subjects) > 0"),
        "description": text_of("What it is."),
        "export": flag_of("Whether packs above may import it.", default=False),
        "tests": list_of("Examples.", test),
    }, ("name", "expression"))  # fmt: skip


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
    return {"type": ["string", "number", "boolean", "array"], "items": {"type": "string"}}


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
        "severity": word_of("What a violation weighs.", _SEVERITIES),
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
    })  # fmt: skip
    item = {"anyOf": [{"type": "string"}, requirement]}
    require = {
        "anyOf": [{"type": "string"}, {"type": "array", "items": item, "minItems": 1}],
        "description": "What must hold where it applies: all of these; each may have words of its own.",
    }
    test = {
        "name": text_of("What the example shows."),
        "given": said_of(ref("facts"), "Facts of the feature."),
        "option": said_of(ref("facts"), "Facts of the option, without `option.`."),
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
        "when": said_of(ref("conditions"), "Applies only where all of these hold."),
        "unless": said_of(ref("conditions"), "Does not apply where one of these holds."),
        "must_declare": texts_of("Facts that have to be declared where it applies.", ["volume.output_tokens"]),
        "require": require,
        **_words_for_people(),
        **_law(),
        "tests": list_of("Examples.", object_of("", test, ("name", "expect"))),
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
    said = {"description": description} if description else {}
    return {"anyOf": [word, {"type": "array", "items": word, "minItems": 1}], **said}
