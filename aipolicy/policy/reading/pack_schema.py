"""The JSON Schema of packs, from which editors complete and the page of keys is made; the readers say more, at the line."""

from __future__ import annotations

from aipolicy.manifest.said_of_legs import WORSE
from aipolicy.policy.entries import VALUE_TYPES
from aipolicy.policy.layers.tightening import Direction
from aipolicy.policy.reading.extension_facts import FIELD_TYPES, TERM_TYPES, TYPES
from aipolicy.policy.reading.parameter_reader import TYPES as PARAMETER_TYPES
from aipolicy.policy.reading.rule_schema import SEVERITIES, examples_of, legs_of_rule, rule_definitions
from aipolicy.source.document import PACK_KIND, RULES_KIND
from aipolicy.source.json_schema import (
    JsonObject,
    count_of,
    day_of,
    flag_of,
    head,
    list_of,
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
_DIRECTIONS = [*(direction.value for direction in Direction if direction.value), True, False]


def pack_schema() -> JsonObject:
    """Return the JSON Schema (draft 2020-12) of a file of a pack."""
    properties = {**head(PACK_KIND, RULES_KIND), **_of_the_head(), **_of_any_file()}
    is_head = {"properties": {"kind": {"const": PACK_KIND}}}
    top = object_of("A pack of policies: its head, or more of its rules.", properties, ("apiVersion", "kind"))
    whole = {**top, "if": is_head, "then": {"required": ["metadata"]}}
    return schema_of(FILE, "Pack of policies", whole, rule_definitions())


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
        "severity": word_of("What it weighs here.", SEVERITIES),
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
        "terms": list_of("Terms that the pack adds to plans, as `plan.terms.NAME`, and to their legs.", _term()),
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
        "legs": legs_of_rule("Which legs have to satisfy the rules below that do not say it"),
        "basis": said_of(ref("basis"), "Where every rule below comes from."),
    }


def _parameter() -> JsonObject:
    return object_of("", {
        "name": text_of("Conditions read it as `params.NAME`.", "budget_usd", pattern="^[a-z][a-z0-9_]*$"),
        "type": word_of("What it holds: one value, values by word, or values by the words of a row and of a column.",
                        PARAMETER_TYPES),
        "keys": _words_checked("Of a map or a table: what its keys are words of", "option.model"),
        "columns": _words_checked("Of a table: what the keys of its rows are words of", "data.kinds"),
        "values": word_of("Of a map or a table: what its values are; a day is read as the number YYYYMMDD.", VALUE_TYPES),
        "words": _words_checked("Of a map or a table of text: what its values are words of", "data.kinds"),
        "default": said_of(ref("value"), "What holds where nobody sets it."),
        "unit": text_of("Its unit.", "USD"),
        "description": text_of("What it is."),
        "source": text_of("Where the default comes from."),
        "checked_on": day_of("Day on which the source was read"),
        "disputed": text_of("Who says otherwise, and what."),
        "tightens": {
            "anyOf": [{"enum": _DIRECTIONS}, object_of("", {
                "entries": word_of("Whether layers may leave entries out, or add some.", ("fewer", "more")),
                "values": {"enum": _DIRECTIONS, "description": "Towards which values they may change entries."},
            })],
            "description": "Towards which value the rules that read it get stricter; of a map or a table with `entries` and "
            "`values`.",
        },
        "minimum": number_of("The least that may be set."),
        "maximum": number_of("The most that may be set."),
    }, ("name", "type", "default", "description", "source"))  # fmt: skip


def _words_checked(description: str, fact: str) -> JsonObject:
    return {
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}],
        "description": f"{description}: a fact, or a list of words.", "examples": [fact],
    }  # fmt: skip


def _term() -> JsonObject:
    fact: JsonObject = _extension_fact()["properties"]
    return object_of("", {
        "name": text_of("Plans state it as `plan.terms.NAME`.", "exit_support", pattern="^[a-z][a-z0-9_]{0,99}$"),
        "type": word_of("What it holds.", TERM_TYPES),
        **{key: fact[key] for key in ("meaning", "unit", "choices", "minimum", "maximum")},
        "worse": word_of("Of a number or a date: which of what two legs of a plan state agrees to less.", WORSE),
    }, ("name", "type", "meaning"))  # fmt: skip


def _extension_fact() -> JsonObject:
    return object_of("", {
        "name": text_of("Manifests declare it as `extensions.NAME`.", "cost_centre", pattern="^[a-z][a-z0-9_]{0,99}$"),
        "type": word_of("What it holds.", TYPES),
        "meaning": text_of("What it says, for who fills it in."),
        "unit": text_of("Its unit, of a number.", "EUR"),
        "choices": texts_of("The words it may be.", ["low", "high"]),
        "minimum": number_of("The least it may be."),
        "maximum": number_of("The most it may be."),
        "default": said_of(ref("value"), "What a manifest says that leaves it out."),
        "default_source": text_of("Why that is so."),
        "fields": list_of("Of a record, or of the elements of a list of records: what it says.", _field()),
    }, ("name", "type", "meaning"))  # fmt: skip


def _field() -> JsonObject:
    return object_of("", {
        "name": text_of("Manifests write it as a key of the record.", "approved", pattern="^[a-z][a-z0-9_]{0,99}$"),
        "type": word_of("What it holds.", FIELD_TYPES),
        "required": flag_of("Whether every record must say it; else it is unknown where it is left out.", default=False),
        "meaning": text_of("What it says, for who fills it in."),
        "unit": text_of("Its unit, of a number.", "EUR"),
        "choices": texts_of("The words it may be.", ["low", "high"]),
        "minimum": number_of("The least it may be."),
        "maximum": number_of("The most it may be."),
    }, ("name", "type", "meaning"))  # fmt: skip


def _variable() -> JsonObject:
    test = {
        "name": text_of("What the example shows."),
        "given": said_of(ref("facts"), "Facts of the feature."),
        "option": said_of(ref("facts"), "Facts of the option, without `option.`."),
        "expect": said_of(ref("value"), "Its value then, or `unknown`."),
    }
    return object_of("", {
        "name": text_of("Conditions use it as `variables.NAME`.", "serves_people", pattern="^[a-z][a-z0-9_]*$"),
        "expression": text_of("An expression over facts, parameters and other variables.", "size(data.subjects) > 0"),
        "description": text_of("What it is."),
        "export": flag_of("Whether packs above may import it.", default=False),
        "tests": list_of("Examples.", examples_of(test, ("name", "expect"))),
    }, ("name", "expression"))  # fmt: skip
