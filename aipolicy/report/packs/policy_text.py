"""The effective policy in, text for people out: what is in force, and who made it so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from rich.text import Text

from aipolicy.facts.value_text import exact_value
from aipolicy.policy.layers.origins import CONFIGURATION, ParameterOrigin, RuleOrigin
from aipolicy.policy.layers.tightening import Direction
from aipolicy.policy.pack import PolicyPack
from aipolicy.policy.rule import Parameter, Rule
from aipolicy.report.packs.effective_policy import EffectiveParameter, EffectivePolicy, EffectiveRule
from aipolicy.report.terminal.drawing import Screen, aligned, joined, listed, said, stacked
from aipolicy.report.terminal.style import Role, Styler
from aipolicy.source.text import quantity

_STRICTER = {
    Direction.LOWER: "a lower value is stricter",
    Direction.HIGHER: "a higher value is stricter",
    Direction.FEWER: "fewer words are stricter",
    Direction.MORE: "more words are stricter",
    Direction.TRUE: "`true` is stricter",
    Direction.FALSE: "`false` is stricter",
    Direction.NONE: "no value is known to be stricter for every rule",
}
_STRICTER_ENTRIES = {
    Direction.FEWER: "fewer entries are stricter", Direction.MORE: "more entries are stricter",
    Direction.NONE: "no layer changes which entries there are",
}  # fmt: skip


def render_policy(policy: EffectivePolicy, *, width: int, style: Styler, alone: bool) -> str:
    """Return the packs, rules and parameters in force; `alone` for one rule or parameter with all that is known of it."""
    screen = Screen(width, style)
    if alone:
        for rule in policy.rules:
            _rule_alone(screen, rule, policy.as_of)
        for parameter in policy.parameters:
            _parameter_alone(screen, parameter)
        return screen.result()
    screen.heading("packs, bases first")
    for pack in policy.packs:
        screen.add(said(f"{pack.name} {pack.version}, {quantity(len(pack.all_rules), 'rule')}"), indent=2)
        screen.verbatim(pack.path, indent=4)
        for words in _about_pack(pack):
            screen.add(said(words), indent=4)
    for pack in policy.packs:
        rules = [effective for effective in policy.rules if effective.rule.pack == pack.name]
        rows = ((effective.rule.id, _weight(effective), stacked(*_about_rule(effective))) for effective in rules)
        screen.section(f"rules of {pack.name} as of {policy.as_of.isoformat()}", aligned(rows))
        parameters = [
            effective.parameter for effective in policy.parameters if effective.name.startswith(f"{pack.name}.")
        ]
        pairs = ((parameter.name, stacked(*_about_parameter(parameter))) for parameter in parameters)
        screen.section(f"parameters of {pack.name}", aligned(pairs))
    return screen.result()


def _about_pack(pack: PolicyPack) -> Iterator[str]:
    if pack.package is not None:
        yield f"of the installed package {pack.package}"
    if pack.extends:
        yield f"over {' and '.join(pack.extends)}"
    if pack.loosens:
        yield f"lets others loosen {', '.join(pack.loosens)}"
    if not pack.configuration_may_loosen:
        yield "the configuration may only tighten"
    if pack.waivers is not None:
        yield f"asks of waivers: {'; '.join(f'{key} {_plain(value)}' for key, value in pack.waivers.said())}"


def _plain(value: bool | int | tuple[str, ...]) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value).lower()


def _weight(rule: EffectiveRule) -> Text:
    return said(rule.stage.value) if rule.severity is None else said(rule.severity.value, Role[rule.severity.name])


def _about_rule(effective: EffectiveRule) -> Iterator[str]:
    rule = effective.rule
    yield rule.name
    if _dates(rule):
        yield _dates(rule)
    if effective.severity is not None and not effective.evaluated:
        yield "not evaluated by choice"
    yield from _changed([(origin, _rule_words(origin)) for origin in rule.origins])


def _rule_alone(screen: Screen, effective: EffectiveRule, day: date) -> None:
    rule = effective.rule
    screen.heading(f"{rule.id} {rule.name}")
    screen.add(said(rule.title))
    weight = joined(_weight(effective), f" on {day.isoformat()}")
    chosen = "not evaluated by choice" if effective.severity is not None and not effective.evaluated else ""
    screen.add(listed(fact for fact in (weight, _dates(rule), f"pack {rule.pack}", chosen) if fact))
    _layers(screen, [(origin, _rule_words(origin)) for origin in rule.origins])


def _dates(rule: Rule) -> str:
    stages = (("announced", rule.announced_on), ("warning from", rule.warning_from),
              (f"{rule.severity.value} from", rule.effective_from), ("until", rule.effective_until))  # fmt: skip
    return ", ".join(f"{words} {day.isoformat()}" for words, day in stages if day is not None)


def _rule_words(origin: RuleOrigin) -> str:
    words = [origin.severity.value] if origin.severity_at else []
    if origin.effective_at:
        words += [f"from {origin.effective_from.isoformat()}"] if origin.effective_from is not None else []
        words += [f"until {origin.effective_until.isoformat()}"] if origin.effective_until is not None else []
    return " ".join(words)


def _about_parameter(parameter: Parameter) -> Iterator[str]:
    yield f"{exact_value(parameter.value)} {parameter.unit}".rstrip()
    yield from _changed([(origin, exact_value(origin.value)) for origin in parameter.origins])


def _parameter_alone(screen: Screen, effective: EffectiveParameter) -> None:
    parameter = effective.parameter
    screen.heading(f"{effective.name} = {exact_value(parameter.value)} {parameter.unit}".rstrip())
    screen.add(said(" ".join(parameter.description.split())))
    read_by = ", ".join(effective.read_by)
    bounds = [str(parameter.bounds)] if str(parameter.bounds) else []
    stricter = [_STRICTER[parameter.tightens]]
    if parameter.entries is not None:
        stricter.append(_STRICTER_ENTRIES[parameter.tightens_entries])
    screen.add(listed([*stricter, *bounds, f"read by {read_by or 'no rule of its pack'}"]))
    _layers(screen, [(origin, exact_value(origin.value)) for origin in parameter.origins])


Origins = Sequence[tuple[ParameterOrigin | RuleOrigin, str]]
"""Every layer that said something, bases first, with what it said."""


def _changed(origins: Origins) -> Iterator[str]:
    """Yield which layer changed what its pack says, why, and what it replaced; nothing where none did."""
    if len(origins) > 1:
        for origin, _ in origins:
            if origin.holds and origin is not origins[0][0]:
                yield f"set by {_who(origin)} at {origin.place}: {origin.reason}"
        replaced = [f"{words} of {_who(origin)}" for origin, words in reversed(origins) if not origin.holds]
        if replaced:
            yield f"instead of {', '.join(replaced)}"


def _layers(screen: Screen, origins: Origins) -> None:
    screen.heading("set by, the last word first")
    for origin, words in reversed(origins):
        screen.add(said(f"{_who(origin)}: {words}{'' if origin.holds else ', replaced'}"), indent=2)
        screen.verbatim(origin.place, indent=4)
        if origin.reason:
            screen.add(said(" ".join(origin.reason.split())), indent=4)


def _who(origin: ParameterOrigin | RuleOrigin) -> str:
    return "the configuration" if origin.pack == CONFIGURATION else origin.pack
