"""Packs: every mistake at its line, all at once, and no rule is let through by half."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from aipolicy.catalog.catalog import Catalog
from aipolicy.errors import AipolicyError, PolicyError
from aipolicy.findings.finding import Severity, Stage
from aipolicy.policy.pack import PolicyPack
from aipolicy.policy.reading.load import load_packs
from aipolicy.policy.rule import Rule
from aipolicy.policy.sources.locate import PackFiles, find_pack, shipped_packs

HEAD = "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: p, version: '1'}\n"
PARAMETERS = "parameters:\n- {name: limit, type: number, default: 3, description: d, source: s, unit: level}\n"
VARIABLES = (
    "variables:\n- {name: personal, expression: data.personal}\n"
    "- {name: both, expression: variables.personal || data.minimized}\n"
)
RULE = {
    "id": "T-001", "name": "data-leaves", "title": "T", "kind": "constraint", "severity": "error",
    "when": "[data.sensitivity >= 3]", "require": "['!option.leaves_organization']", "message": "m",
}  # fmt: skip


def pack_text(**changes: str | None) -> str:
    """Return a pack of one rule with some keys changed, added or (None) removed."""
    fields = {key: value for key, value in (RULE | changes).items() if value is not None}
    lines = [f"{key}: {value}" for key, value in fields.items()]
    return HEAD + PARAMETERS + VARIABLES + "rules:\n- " + "\n  ".join(lines) + "\n"


def load(catalog: Catalog, *texts: str, overrides: dict[str, object] | None = None) -> tuple[PolicyPack, ...]:
    """Return packs p0.yaml, p1.yaml and so on."""
    packs = [PackFiles(f"p{n}.yaml", ((f"p{n}.yaml", text.encode()),)) for n, text in enumerate(texts)]
    return load_packs(packs, catalog, overrides or {})


def rule_of(catalog: Catalog, overrides: dict[str, object] | None = None, **changes: str | None) -> Rule:
    """Return the one rule of a pack."""
    return load(catalog, pack_text(**changes), overrides=overrides)[0].rules[0]


def complaints(catalog: Catalog, *texts: str, overrides: dict[str, object] | None = None) -> list[str]:
    """Return every mistake as it is shown."""
    with pytest.raises(AipolicyError) as caught:
        load(catalog, *texts, overrides=overrides)
    return str(caught.value).splitlines()


MISTAKES: tuple[tuple[dict[str, str | None], str], ...] = (
    ({"id": None}, "p0.yaml:10:3: missing key `id`"),
    ({"id": "T1"}, "p0.yaml:10:7: `T1` is no rule id; write it like `DATA-001`"),
    ({"id": "MAN-001"}, "p0.yaml:10:7: `MAN-001` is reserved"),
    ({"id": "PLAN-999"}, "p0.yaml:10:7: `PLAN-999` is reserved"),
    ({"id": "VERDICT-002"}, "is reserved"),
    ({"id": "12"}, "`id` must be text, found a number"),
    ({"name": "R_x"}, "p0.yaml:11:9: `R_x` is no rule name; write the offence in kebab-case"),
    ({"title": None}, "p0.yaml:10:3: missing key `title`"),
    ({"kind": "constrain"}, "p0.yaml:13:9: `constrain` is not one of `constraint`, `duty`; did you mean `constraint`?"),
    ({"severity": "eror"}, "p0.yaml:14:13: `eror` is not one of `error`, `warning`, `note`; did you mean `error`?"),
    ({"require": None}, "p0.yaml:10:3: missing key `require`"),
    ({"require": "[]"}, "p0.yaml:16:12: `require` must be a list of conditions"),
    ({"require": "[true]"}, "p0.yaml:16:12: `require` must be a list of conditions"),
    ({"require": "{a: b}"}, "p0.yaml:16:12: `require` must be a list of conditions"),
    ({"require": "[!option.leaves_organization ]"},
     "p0.yaml:16:13: tags are not supported; quote text that starts with `!`"),
    ({"require": "[! option.leaves_organization]"},
     "p0.yaml:16:13: tags are not supported; quote text that starts with `!`"),
    ({"require": "[option.leaves_organisation]"},
     "p0.yaml:16:13: unknown fact `option.leaves_organisation`; did you mean `option.leaves_organization`?"),
    ({"require": "[option.second_provider, option.zz]"}, "p0.yaml:16:37: unknown fact `option.zz`"),
    ({"require": "['option.hosting == \"own-clod\"']"},
     "`option.hosting` is never `own-clod`; did you mean `own-cloud`?"),
    ({"require": "['option.monthly_usd']"}, "a condition must be true or false, this one is double"),
    ({"require": "['option.monthly_usd == \"5\"']"}, "no matching overload"),
    ({"require": "['option.latency_p95_s < 5']"}, "unknown fact `option.latency_p95_s`"),
    ({"require": "['option.model.matches(\"(\")']"}, "invalid regular expression"),
    ({"require": "[data.minimized]"},
     "p0.yaml:13:9: a constraint reads facts of options; a rule about declared facts alone is a `duty`"),
    ({"when": "['variables.nope']"}, "p0.yaml:15:9: unknown variable `variables.nope`"),
    ({"when": "['variables.persnal']"}, "did you mean `personal`?"),
    ({"when": "['params.limt > 1']"}, "unknown fact `params.limt`; did you mean `params.limit`?"),
    ({"when": "['params.limit == 3']"}, "write whole numbers with a point"),
    ({"when": "5"}, "p0.yaml:15:9: `when` must be a list of conditions"),
    ({"requires": "[x]"}, "p0.yaml:18:3: unknown key `requires`; did you mean `require`?"),
    ({"effctive": "{}"}, "unknown key `effctive`"),
    ({"effective": "{from: 2026-13-01}"}, "p0.yaml:18:21: `from` must be a day as YYYY-MM-DD, found `2026-13-01`"),
    ({"effective": "{form: 2026-01-01}"}, "unknown key `form`; did you mean `from`?"),
    ({"effective": "{from: 2026-02-01, until: 2026-01-01}"}, "the rule ends before it begins"),
    ({"effective": "{from: 2026-02-01, warning: 2026-03-01}"}, "p0.yaml:18:21: `from` (2026-02-01) must not come before"),
    ({"effective": "{warning: 2026-02-01, announced: 2026-02-02}"}, "p0.yaml:18:24: `warning` (2026-02-01) must not"),
    ({"effective": "{announced: 2026-02-01, until: 2026-01-01}"}, "`until` (2026-01-01) must not come before `announced`"),
    ({"effective": "{anounced: 2026-02-01}"}, "unknown key `anounced`; did you mean `announced`?"),
    ({"effective": "2026-02-01"}, "p0.yaml:18:14: expected a mapping, found text"),
    ({"references": "[{titel: x}]"}, "unknown key `titel`; did you mean `title`?"),
    ({"message": "5"}, "p0.yaml:17:12: `message` must be text, found a number"),
    ({"message": "'{data.clases}'"},
     "p0.yaml:17:12: unknown fact `data.clases` in the message; did you mean `data.classes`?"),
    ({"message": "'{data.__class__}'"}, "unknown fact `data.__class__` in the message"),
    ({"message": "'{option.provider.__init__.__globals__}'"}, "in the message"),
    ({"message": "'{option.provider!r}'"}, "in the message"),
    ({"message": "'{params.limit:>999999999}'"}, "in the message"),
    ({"message": "'{data.classes without volume.input_tokens}'"}, "`volume.input_tokens` is no list"),
    ({"message": "'{data.classes without data.clases}'"}, "unknown fact `data.clases` in the message"),
    ({"message": "'{0}'"}, "unknown fact `0` in the message"),
    ({"message": "'{}'"}, "unknown fact `` in the message"),
    ({"message": "'{{data.classes}}{x}'"}, "unknown fact `x` in the message"),
    ({"message": "'{params.limt}'"}, "did you mean `params.limit`?"),
    ({"tests": "[{name: t, given: {data.clases: [health]}, expect: violated}]"},
     "p0.yaml:18:29: unknown fact `data.clases`; did you mean `data.classes`?"),
    ({"tests": "[{name: t, option: {hostin: x}, expect: violated}]"},
     "unknown fact `option.hostin`; did you mean `option.hosting`?"),
    ({"tests": "[{name: t, given: {latency.p95_ms: '5'}, expect: violated}]"},
     "`latency.p95_ms` must be a number, found text"),
    ({"tests": "[{name: t, given: {plan.hosting: own-clod}, expect: violated}]"}, "`plan.hosting` is never `own-clod`"),
    ({"tests": "[{name: t, given: {option.hosting: own-cloud}, expect: violated}]"}, "unknown fact `option.hosting`"),
    ({"tests": "[{name: t, expect: waived}]"}, "`waived` is not one of"),
    ({"tests": "[{expect: violated}]"}, "missing key `name`"),
    ({"tests": "[{name: t, expects: violated}]"}, "unknown key `expects`; did you mean `expect`?"),
    ({"severity": "error\n  severity: note"}, "p0.yaml:15:3: key `severity` is written twice"),
)  # fmt: skip


@pytest.mark.parametrize(("changes", "message"), MISTAKES, ids=[m[-45:] for _, m in MISTAKES])
def test_a_mistake_is_told_at_its_line(changes: dict[str, str | None], message: str, catalog: Catalog) -> None:
    told = complaints(catalog, pack_text(**changes))
    assert all(line.startswith("p0.yaml") for line in told)
    assert any(message in line for line in told), told


FILES: tuple[tuple[str, str, str], ...] = (
    ("empty file", "", "p0.yaml: the file is empty"),
    ("only a comment", "# x\n", "p0.yaml: the file is empty"),
    ("list", "- x\n", "p0.yaml:1:1: expected a mapping, found a list"),
    ("no rules", HEAD, "p0.yaml: the pack holds no rules"),
    ("rules without value", HEAD + "rules:\n", "p0.yaml: the pack holds no rules"),
    ("rules as mapping", HEAD + "rules: {}\n", "p0.yaml:4:8: `rules` must be a list, found a mapping"),
    ("rule as text", HEAD + "rules: [x]\n", "p0.yaml:4:9: expected a mapping, found text"),
    ("two heads", pack_text() + "---\n" + HEAD, "p0.yaml: a pack has one document of kind PolicyPack, found 2"),
    ("no head", pack_text().replace("PolicyPack", "PolicyRules"), "found 0"),
    ("misspelt kind", pack_text().replace("PolicyPack", "PolicyPak"),
     "p0.yaml:2:7: `PolicyPak` is not one of `PolicyPack`, `PolicyRules`; did you mean `PolicyPack`?"),
    ("other version", pack_text().replace("policy/v1", "policy/v2"),
     "p0.yaml:1:13: unknown version `aipolicy/v2`; write `aipolicy/v1`"),
    ("no metadata", pack_text().replace("metadata: {name: p, version: '1'}", "# none"), "missing key `name`"),
    ("version as number", pack_text().replace("'1'", "1.0"), "p0.yaml:3:30: `version` must be text, found a number"),
    ("unknown key at the top", pack_text() + "ruls: []\n", "unknown key `ruls`; did you mean `rules`?"),
    ("unknown key of metadata", pack_text().replace("version: '1'", "version: '1', auther: x"), "unknown key `auther`"),
    ("broken YAML", HEAD + "rules: [", "invalid YAML"),
    ("parameter of unknown type", pack_text().replace("type: number", "type: numbr"),
     "p0.yaml:5:23: `numbr` is not one of `bool`, `number`, `text`, `texts`, `map`, `table`; did you mean `number`?"),
    ("parameter with another default", pack_text().replace("default: 3", "default: three"),
     "`default` must be a number, found text"),
    ("parameter without default", pack_text().replace("default: 3, ", ""), "p0.yaml:5:3: missing key `default`"),
    ("parameter without source", pack_text().replace(" source: s,", ""), "p0.yaml:5:3: missing key `source`"),
    ("parameter name", pack_text().replace("name: limit", "name: Limit"), "`Limit` is no parameter name"),
    ("parameter twice", pack_text().replace("variables:", PARAMETERS.splitlines()[1] + "\nvariables:"),
     "p0.yaml:6:10: parameter `limit` is defined twice"),
    ("variable of a type that no other takes",
     pack_text().replace("expression: data.personal", "expression: data.sensitivity"),
     "p0.yaml:8:28: found no matching overload for '_||_' applied to '(double, bool)'"),
    ("variable that reads itself", pack_text().replace("expression: data.personal", "expression: variables.personal"),
     "p0.yaml:7:32: variable `personal` uses itself: personal → personal"),
    ("variable twice", pack_text().replace("name: both", "name: personal"), "variable `personal` is defined twice"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "message"), [case[1:] for case in FILES], ids=[case[0] for case in FILES])
def test_a_pack_that_is_not_whole_is_refused(text: str, message: str, catalog: Catalog) -> None:
    told = complaints(catalog, text)
    assert any(message in line for line in told), told


def test_all_mistakes_are_told_at_once_in_the_order_of_lines(catalog: Catalog) -> None:
    told = complaints(catalog, pack_text(kind="x", severity="y", when="[a]", require="[b, c]", message="'{d}'", zz="1"))
    lines = [int(line.split(":")[1]) for line in told]
    assert lines == sorted(lines)
    assert set(lines) == {13, 14, 15, 16, 17, 18}


def test_mistakes_of_several_packs_are_told_together(catalog: Catalog) -> None:
    told = complaints(catalog, pack_text(kind="x"), pack_text(kind="x").replace("name: p,", "name: q,"))
    assert {line.partition(":")[0] for line in told} == {"p0.yaml", "p1.yaml"}


def test_equal_ids_and_names_are_refused_within_and_across_packs(catalog: Catalog) -> None:
    other = pack_text().replace("name: p,", "name: q,")
    assert complaints(catalog, pack_text(), other) == [
        "p1.yaml: rule `T-001` at line 10 is already defined at p0.yaml:10",
        "p1.yaml: rule `data-leaves` at line 10 is already defined at p0.yaml:10",
    ]
    twice = pack_text() + pack_text(name="other-name").partition("rules:\n")[2]
    assert complaints(catalog, twice) == ["p0.yaml: rule `T-001` at line 18 is already defined at p0.yaml:10"]


def test_two_packs_of_one_name_are_refused_because_parameters_are_set_by_pack_name(catalog: Catalog) -> None:
    assert complaints(catalog, pack_text(), pack_text(id="T-002", name="other")) == [
        "p1.yaml: a pack named `p` is already read from p0.yaml"
    ]


OVERRIDES: tuple[tuple[dict[str, object], str], ...] = (
    ({"p.limt": 4}, "unknown parameter `p.limt` in the configuration; did you mean `p.limit`?"),
    ({"limit": 4}, "unknown parameter `limit`"),
    ({"q.limit": 4}, "unknown parameter `q.limit`"),
    ({"p.limit": "4"}, "parameter `p.limit` in the configuration must be of type number"),
    ({"p.limit": True}, "must be of type number"),
    ({"p.limit": [4]}, "must be of type number"),
)


@pytest.mark.parametrize(("overrides", "message"), OVERRIDES, ids=[str(o) for o, _ in OVERRIDES])
def test_an_override_of_nothing_or_of_another_type_is_refused(
    overrides: dict[str, object], message: str, catalog: Catalog
) -> None:
    (told,) = complaints(catalog, pack_text(), overrides=overrides)
    assert message in told


@pytest.mark.parametrize("key", ["title", "message"])
@pytest.mark.parametrize(("text", "what"), [('"  "', "is empty"), ('"\\u200b"', "has nothing to see in it")])
def test_text_of_a_rule_in_which_there_is_nothing_to_see_is_missing(
    key: str, text: str, what: str, catalog: Catalog
) -> None:
    assert f"`{key}` {what}; write something that can be seen" in complaints(catalog, pack_text(**{key: text}))[0]


BOUNDED = PARAMETERS.replace("default: 3,", "default: 3, minimum: 0, maximum: 4,")
BOUNDS: tuple[tuple[str, dict[str, object], str], ...] = (
    (BOUNDED, {"p.limit": -1}, "parameter `p.limit` in the configuration must be at least 0, found -1"),
    (BOUNDED, {"p.limit": 99}, "parameter `p.limit` in the configuration must be at most 4, found 99"),
    (BOUNDED, {"p.limit": 0}, ""),
    (BOUNDED, {"p.limit": 4}, ""),
    (BOUNDED.replace("default: 3", "default: 5"), {}, "`default` must be at most 4, found 5"),
    (BOUNDED.replace("minimum: 0", "minimum: 5"), {}, "`maximum` must not be below `minimum`"),
    (BOUNDED.replace("minimum: 0", "minimum: low"), {}, "`minimum` must be a number, found text"),
    (BOUNDED.replace("type: number, default: 3", "type: text, default: x"), {},
     "a parameter of type text has no bounds; remove `minimum`"),
)  # fmt: skip


@pytest.mark.parametrize(("parameters", "overrides", "message"), BOUNDS)
def test_a_number_of_a_parameter_stays_within_its_bounds(
    parameters: str, overrides: dict[str, object], message: str, catalog: Catalog
) -> None:
    text = pack_text(when="[data.sensitivity >= params.limit]").replace(PARAMETERS, parameters)
    if not message:
        load(catalog, text, overrides=overrides)
    else:
        assert message in "\n".join(complaints(catalog, text, overrides=overrides))


@pytest.mark.parametrize(
    ("require", "value", "fits"),
    [("volume.cached_share <= params.limit", 1.5, False), ("params.limit > volume.cached_share", -0.1, False),
     ("volume.cached_share <= params.limit", 1, True), ("volume.requests_per_day <= params.limit", -1, False)],
)  # fmt: skip
def test_a_parameter_beyond_every_value_of_the_fact_it_is_ordered_against_is_refused(
    require: str, value: float, fits: bool, catalog: Catalog
) -> None:
    text = pack_text(require=f"['{require}']", kind="duty")
    if fits:
        load(catalog, text, overrides={"p.limit": value})
    else:
        assert f"`params.limit` is {value:g}, which" in complaints(catalog, text, overrides={"p.limit": value})[0]


SHIPPED = [(name, value) for name in ("restricted_from", "sensitive_from") for value in (-1, 99)]


@pytest.mark.parametrize(("name", "value"), SHIPPED)
def test_no_parameter_of_the_shipped_pack_turns_a_rule_off(name: str, value: int, catalog: Catalog) -> None:
    with pytest.raises(PolicyError, match="in the configuration must be at"):
        load_packs([find_pack("build-or-buy", Path())], catalog, {f"build-or-buy.{name}": value})


def test_a_parameter_has_its_default_until_the_organisation_sets_it(catalog: Catalog) -> None:
    changes = {"when": "[data.sensitivity >= params.limit]"}
    assert rule_of(catalog, **changes).parameters == {"params.limit": 3.0}
    assert rule_of(catalog, {"p.limit": 4}, **changes).parameters == {"params.limit": 4.0}
    (pack,) = load(catalog, pack_text(), overrides={"p.limit": 2.5})
    assert [(p.name, p.default, p.value, p.unit) for p in pack.parameters] == [("limit", 3.0, 2.5, "level")]


def test_a_parameter_that_only_the_message_shows_is_known_to_the_rule(catalog: Catalog) -> None:
    assert rule_of(catalog, message="'{params.limit}'").parameters == {"params.limit": 3.0}
    assert rule_of(catalog).parameters == {}


def test_variables_are_inlined_but_not_inside_quotes(catalog: Catalog) -> None:
    rule = rule_of(
        catalog,
        when='["variables.both && metadata.name != \'variables.personal\' && metadata.owner != \\"variables.nope\\""]',
    )
    assert rule.feature_reads == ("data.minimized", "data.personal", "metadata.name", "metadata.owner")
    assert rule.when[0].text.startswith("variables.both")


def test_variables_that_multiply_are_refused_before_they_fill_the_memory(catalog: Catalog) -> None:
    levels = "".join(
        f"- {{name: v{n}, expression: {' && '.join([f'variables.v{n - 1}'] * 50)}}}\n" for n in range(1, 30)
    )
    text = HEAD + "variables:\n- {name: v0, expression: data.personal}\n" + levels + pack_text().partition(VARIABLES)[2]
    assert any("the limit is 4000" in line for line in complaints(catalog, text))


def test_a_rule_tells_what_it_reads_of_feature_option_and_parameters(catalog: Catalog) -> None:
    rule = rule_of(
        catalog, when="[data.sensitivity >= params.limit]", require="['option.latency_p95_ms <= latency.p95_ms']"
    )
    (when,), (require,) = rule.when, rule.require
    assert (when.feature_reads, when.option_reads, when.parameter_reads) == (
        ("data.sensitivity",),
        (),
        ("params.limit",),
    )
    assert (require.feature_reads, require.option_reads) == (("latency.p95_ms",), ("option.latency_p95_ms",))
    assert rule.defined_at == "p0.yaml:10"


def test_a_constraint_may_read_the_option_in_its_scope_and_a_duty_need_not(catalog: Catalog) -> None:
    assert rule_of(catalog, when="[option.leaves_organization]", require="[data.minimized]").kind == "constraint"
    assert rule_of(catalog, kind="duty", require="[evidence.dpia]").kind == "duty"


def test_one_condition_may_stand_without_a_list(catalog: Catalog) -> None:
    assert [line.text for line in rule_of(catalog, require="option.second_provider").require] == [
        "option.second_provider"
    ]


SEVERITIES = (
    ("error", "2026-01-31", Severity.WARNING), ("error", "2026-02-01", Severity.ERROR), ("error", "2026-03-01",
     Severity.ERROR),
    ("error", "2026-03-02", None), ("warning", "2026-01-31", Severity.WARNING), ("note", "2026-01-31", Severity.NOTE),
    ("note", "2026-03-02", None),
)  # fmt: skip


@pytest.mark.parametrize(("severity", "day", "weighs"), SEVERITIES)
def test_a_rule_warns_before_its_first_day_and_ends_after_its_last(
    severity: str, day: str, weighs: Severity | None, catalog: Catalog
) -> None:
    rule = rule_of(catalog, severity=severity, effective="{from: 2026-02-01, until: 2026-03-01}")
    assert rule.severity_on(date.fromisoformat(day)) == weighs
    assert (rule.stage_on(date.fromisoformat(day)) is Stage.IN_FORCE) is ("2026-02-01" <= day <= "2026-03-01")


def test_a_rule_without_dates_always_holds(catalog: Catalog) -> None:
    assert [rule_of(catalog).severity_on(day) for day in (date.min, date.max)] == [Severity.ERROR, Severity.ERROR]


def test_a_pack_may_be_spread_over_documents_and_files(catalog: Catalog) -> None:
    more = "apiVersion: aipolicy/v1\nkind: PolicyRules\nrules:\n- " + "\n  ".join(
        f"{key}: {value}"
        for key, value in (
            RULE | {"id": "A-001", "name": "first", "when": "['params.limit > 1.0 || variables.both']"}
        ).items()
    )
    for files in ([("b.yaml", pack_text()), ("a.yaml", more)], [("b.yaml", f"{pack_text()}---\n{more}")]):
        (pack,) = load_packs([PackFiles("p", tuple((path, text.encode()) for path, text in files))], catalog, {})
        assert [rule.id for rule in pack.rules] == ["A-001", "T-001"]
    (swapped,) = load_packs(
        [PackFiles("p", (("a.yaml", more.encode()), ("b.yaml", pack_text().encode())))], catalog, {}
    )
    assert [rule.id for rule in swapped.rules] == ["A-001", "T-001"]


def test_every_shipped_pack_loads_and_tests_each_rule(catalog: Catalog) -> None:
    assert shipped_packs()
    for pack in load_packs([find_pack(name, Path()) for name in shipped_packs()], catalog, {}):
        for rule in pack.rules:
            broken = "violated" if rule.require else "undeclared"
            assert {broken, "satisfied", "undetermined"} <= {test.expect.value for test in rule.tests}, rule.id
            assert all((rule.title, rule.why, rule.fix, rule.references)), rule.id


def test_an_unknown_pack_is_refused_with_a_suggestion(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="unknown pack `build-or-by`; did you mean `build-or-buy`"):
        find_pack("build-or-by", tmp_path)


def test_a_pack_is_found_by_path_as_file_and_folder(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    with pytest.raises(PolicyError, match="the folder holds no pack files"):
        find_pack("./own", tmp_path)
    for name in ("b.yaml", "a.yml", "notes.txt"):
        (folder / name).write_text(HEAD)
    assert [Path(path).name for path, _ in find_pack("./own", tmp_path).files] == ["a.yml", "b.yaml"]
    assert [Path(path).name for path, _ in find_pack("own/b.yaml", tmp_path).files] == ["b.yaml"]


def test_a_parameter_is_compared_with_the_words_that_a_fact_takes(catalog: Catalog) -> None:
    text = (
        "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: p, version: 1.0.0}\nparameters:\n"
        "  - {name: ours, type: texts, default: [own-cloud], description: d, source: s}\nrules:\n"
        "  - {id: A-001, name: a, title: t, kind: constraint, severity: error, require: [option.hosting in params.ours],\n"
        "     message: m}\n"
    )
    files = [PackFiles("p.yaml", (("p.yaml", text.encode()),))]
    assert load_packs(files, catalog, {})
    with pytest.raises(PolicyError, match=r"is never `own-clod`; did you mean `own-cloud`"):
        load_packs(files, catalog, {"p.ours": ("own-clod",)})
    with pytest.raises(PolicyError, match=r"; `params.ours` is set at aipolicy.toml:3:9$"):
        load_packs(files, catalog, {"p.ours": ("own-clod",)}, {"p.ours": "aipolicy.toml:3:9"})
