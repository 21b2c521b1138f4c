"""Parameters that are maps and tables: their words are checked, what they hold is typed, and none is asked for unseen."""

from __future__ import annotations

import pytest

from aipolicy.catalog.catalog import Catalog
from aipolicy.errors import AipolicyError
from aipolicy.policy.pack import PolicyPack
from aipolicy.policy.reading.load import load_packs
from aipolicy.policy.sources.locate import PackFiles

HEAD = "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: p, version: '1'}\nparameters:\n"
CEILING = "- {name: m, type: map, keys: option.tier, values: number,\n"
CEILING += "   default: {small: 4, frontier: 2}, description: d, source: s}\n"
APPROVED = (
    "- {name: t, type: table, keys: option.tier, columns: [eu, us], values: date,\n"
    "   default: {small: {eu: 2027-03-01, us: 2026-12-31}}, description: d, source: s}\n"
)


def text_of(parameters: str, require: str = "option.tier in params.m && params.m[option.tier] >= 1.0") -> str:
    """Return a pack with parameters and one rule."""
    return (
        f"{HEAD}{parameters}rules:\n- {{id: T-001, name: n, title: T, kind: duty, severity: error, message: m,\n"
        f"   require: ['{require}']}}\n"
    )


def load(catalog: Catalog, text: str, overrides: dict[str, object] | None = None) -> PolicyPack:
    """Return the one pack."""
    places = {name: f"aipolicy.toml:{number}:1" for number, name in enumerate(overrides or {}, 1)}
    return load_packs([PackFiles("p.yaml", (("p.yaml", text.encode()),))], catalog, overrides or {}, places)[0]


def complaints(catalog: Catalog, text: str, overrides: dict[str, object] | None = None) -> list[str]:
    """Return every mistake as it is shown."""
    with pytest.raises(AipolicyError) as caught:
        load(catalog, text, overrides)
    return str(caught.value).splitlines()


def test_a_map_holds_values_by_word_and_a_table_by_row_and_column(catalog: Catalog) -> None:
    pack = load(catalog, text_of(CEILING + APPROVED))
    assert pack.parameters[0].value == {"frontier": 2.0, "small": 4.0}
    assert pack.parameters[1].value == {"small": {"eu": 20270301.0, "us": 20261231.0}}
    assert pack.rules[0].parameters == {"params.m": {"frontier": 2.0, "small": 4.0}}


def map_of(**changes: str | None) -> str:
    """Return a pack with one map, some of whose keys are changed, added or (None) removed."""
    fields = {
        "name": "m", "type": "map", "keys": "option.tier", "values": "number", "default": "{small: 4, frontier: 2}",
        "description": "d", "source": "s",
    } | changes  # fmt: skip
    lines = [f"{key}: {value}" for key, value in fields.items() if value is not None]
    return text_of("- " + "\n  ".join(lines) + "\n", "data.minimized")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"default": "{smal: 4}"}, "p.yaml:9:13: `option.tier` is never `smal`; did you mean `small`?"),
        ({"default": "{huge: 4}"}, "p.yaml:9:13: `option.tier` is never `huge`; it is one of `classical`, `encoder`"),
        ({"keys": "[a, b]", "default": "{a: 1, bb: 2}"}, "p.yaml:9:19: `bb` is not one of `a`, `b`"),
        ({"keys": "option.teir"}, "p.yaml:7:9: unknown fact `option.teir`; did you mean `option.tier`?"),
        ({"keys": "option.usd"}, "p.yaml:7:9: unknown fact `option.usd`"),
        ({"keys": "metadata.owner"}, "p.yaml:7:9: `metadata.owner` can be any text, which checks nothing; remove the key"),
        ({"keys": "[]"}, "p.yaml:7:9: `keys` is empty; name a fact, or list the words"),
        ({"keys": "[a, a]", "default": "{a: 1}"}, "p.yaml:7:9: `keys` holds a word twice"),
        ({"columns": "[a]"}, "p.yaml:12:3: a map has no `columns`; write `type: table`"),
        ({"values": "numbr"}, "p.yaml:8:11: `numbr` is not one of `bool`, `number`, `text`, `texts`, `date`; did you mean "),
        ({"values": None}, "p.yaml:5:3: missing key `values`"),
        ({"default": "{small: high}"}, "p.yaml:9:20: the value of `small` must be a number, found text"),
        ({"default": "[small]"}, "p.yaml:9:12: a map is a mapping, found a list"),
        ({"default": None}, "p.yaml:5:3: missing key `default`"),
        ({"default": "{'': 4}"}, "p.yaml:9:13: a key is empty"),
        ({"values": "date", "default": "{small: 2027-3-1}"}, "p.yaml:9:20: the value of `small` must be a day as "
         "YYYY-MM-DD, found `2027-3-1`; write `2027-03-01`"),
        ({"values": "date", "default": "{small: 5}"}, "p.yaml:9:20: the value of `small` must be a day as"),
        ({"values": "texts", "words": "data.kinds", "default": "{small: [health, helth]}"},
         "p.yaml:9:29: `data.kinds` is never `helth`; did you mean `health`?"),
        ({"values": "text", "words": "data.kinds", "default": "{small: helth}"}, "p.yaml:9:20: `data.kinds` is never"),
        ({"words": "data.kinds"}, "p.yaml:12:3: `words` are those of values that are text or texts; remove it"),
        ({"type": "table", "default": "{small: 4}"}, "p.yaml:9:20: a row is a mapping, found a number"),
        ({"type": "table", "default": "{small: {}}"}, "p.yaml:9:20: row `small` holds nothing; remove it"),
        ({"type": "dict"}, "p.yaml:6:9: `dict` is not one of `bool`, `number`, `text`, `texts`, `map`, `table`; did you"),
        ({"type": "number", "default": "4"}, "p.yaml:7:3: `keys` is for maps and tables; this parameter is of type number"),
        ({"minimum": "1"}, "p.yaml:12:12: a parameter of type map has no bounds; remove `minimum`"),
        ({"tightens": "lower"}, "p.yaml:12:13: of a map or a table, write `tightens: {entries: fewer, values: lower}`"),
        ({"tightens": "{values: fewer}"}, "p.yaml:12:22: `fewer` is not one of `lower`, `higher`"),
        ({"tightens": "{entries: lower}"}, "p.yaml:12:23: `lower` is not one of `fewer`, `more`"),
        ({"tightens": "{value: lower}"}, "p.yaml:12:14: unknown key `value`; did you mean `values`?"),
        ({"values": "text", "default": "{small: a}", "tightens": "{values: lower}"},
         "p.yaml:12:22: a value of type text has no direction; remove `values`"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_map_is_told_once_at_its_place(
    catalog: Catalog, changes: dict[str, str | None], message: str
) -> None:
    found = complaints(catalog, map_of(**changes))
    assert found[0].startswith(message) or any(each.startswith(message) for each in found), found
    assert sum(each.startswith(message) for each in found) == 1


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("params.m[option.tier] >= 2.0",
         "`params.m` may hold nothing for `classical`; ask for it first in the same condition, "
         "as `option.tier in params.m && …`"),
        ("params.m[data.classes[0]] >= 2.0", "`params.m` may hold nothing; ask for it first in the same condition, as `KEY"),
        ("params.m[\"smal\"] >= 2.0", "`params.m` has no entry `smal`; did you mean `small`?; `params.m` is set at"),
        ("params.m.smal >= 2.0", "`params.m` has no entry `smal`; did you mean `small`?"),
        ("option.tier in params.t && params.t[option.tier].eu >= run.day && params.t[option.tier].asia >= 1.0",
         "`params.t` has no entry `asia`"),
        ("option.tier in params.t && params.t[option.tier][metadata.owner] >= run.day",
         "`params.t` may hold nothing; ask for it first in the same condition, as `metadata.owner in params.t[option.tier]"),
        ("option.hosting in params.m",
         "`option.hosting` is never `frontier`; `params.m` is set at p.yaml:6:13; `option.hosting` "
         "is never `small`"),
        ("params.m[option.tier] == \"a\"", "found no matching overload for '_==_'"),
        ("data.sensitivity in params.m", "found no matching overload for '@in'"),
    ],
)  # fmt: skip
def test_a_condition_that_asks_for_what_may_not_be_there_is_refused(
    catalog: Catalog, condition: str, message: str
) -> None:
    text = text_of(CEILING + APPROVED, condition.replace("'", '"'))
    assert message in complaints(catalog, text)[0]


@pytest.mark.parametrize(
    "condition",
    [
        "params.m.small >= 2.0",
        'params.m["frontier"] >= 2.0',
        "!(option.tier in params.m) || params.m[option.tier] >= 2.0",
        'option.tier in params.t && "eu" in params.t[option.tier] && run.day <= params.t[option.tier]["eu"]',
        "option.tier in params.t && run.day <= params.t[option.tier].us",
        "option.tier in params.m ? params.m[option.tier] >= 2.0 : false",
    ],
)
def test_a_condition_that_asks_first_compiles(catalog: Catalog, condition: str) -> None:
    assert load(catalog, text_of(CEILING + APPROVED, condition)).rules[0].require[0].text == condition


def test_a_map_that_holds_every_word_need_not_be_asked_first(catalog: Catalog) -> None:
    hostings = "{provider-api: 1, own-cloud: 2, on-premises: 3, on-device: 4}"
    held = "- {name: m, type: map, keys: option.hosting, values: number,\n"
    held += f"   default: {hostings}, description: d, source: s}}\n"
    assert load(catalog, text_of(held, "params.m[option.hosting] >= 2.0")).rules


CONFIGURED: tuple[tuple[dict[str, object], str], ...] = (
    ({"p.m.smal": 3.0}, "aipolicy.toml:1:1: `option.tier` is never `smal`; did you mean `small`?"),
    ({"p.m.small": "x"}, "aipolicy.toml:1:1: the value of `small` must be a number, found text"),
    ({"p.m": 3.0}, "aipolicy.toml:1:1: parameter `p.m` in the configuration must be a table `[parameters.p.m]`"),
    ({"p.m.small.eu": 3.0}, "aipolicy.toml:1:1: `small / eu` of `p.m` is 2 words, where 1 name an entry"),
    ({"p.t.small": "2027-01-01"}, "aipolicy.toml:1:1: `small` of `p.t` is 1 words, where 2 name an entry"),
    (
        {"p.t.small.eu": "2027-01-01", "p.t.small.asia": "2027-01-01"},
        "aipolicy.toml:2:1: `asia` is not one of `eu`, `us`",
    ),
    ({"p.x.small": 3.0}, "aipolicy.toml:1:1: unknown parameter `p.x.small` in the configuration"),
)


@pytest.mark.parametrize(("configured", "message"), CONFIGURED)
def test_a_wrong_map_of_the_configuration_is_told_at_its_line(
    catalog: Catalog, configured: dict[str, object], message: str
) -> None:
    assert message in complaints(catalog, text_of(CEILING + APPROVED), configured)


def test_words_of_a_list_of_the_configuration_are_checked_as_those_of_a_pack(catalog: Catalog) -> None:
    held = "- {name: m, type: map, keys: option.tier, values: texts, words: data.kinds,\n"
    held += "   default: {small: [internal]}, description: d, source: s}\n"
    never = text_of(held, '!("internal" in params.m[option.tier])'.replace("params.m[option.tier]", "params.m.small"))
    wrong = {"p.m.small": ("intrnal",)}
    assert "`data.kinds` is never `intrnal`; did you mean `internal`?" in "".join(complaints(catalog, never, wrong))


def test_the_configuration_gives_a_map_entry_by_entry_and_takes_its_place(catalog: Catalog) -> None:
    pack = load(catalog, text_of(CEILING + APPROVED), {"p.m.small": 3.0, 'p.t.small."eu"': "2028-01-01"})
    assert [each.value for each in pack.parameters] == [{"small": 3.0}, {"small": {"eu": 20280101.0}}]
    assert pack.parameters[0].origins[-1].place == "aipolicy.toml:1:1"
