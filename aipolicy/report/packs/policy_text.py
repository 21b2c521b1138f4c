"""The effective policy in, text for people out: what is in force, and who made it so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aipolicy.facts.value_text import exact_value
from aipolicy.findings.finding import Severity
from aipolicy.policy.layers.origins import CONFIGURATION, ParameterOrigin, RuleOrigin
from aipolicy.policy.layers.tightening import Direction
from aipolicy.policy.pack import PolicyPack
from aipolicy.policy.rule import Rule
from aipolicy.report.packs.effective_policy import EffectiveParameter, EffectivePolicy, EffectiveRule
from aipolicy.report.terminal.style import Role, Styler, wrapped
from aipolicy.source.text import escaped, quantity

_ROLES = {Severity.ERROR: Role.ERROR, Severity.WARNING: Role.WARNING, Severity.NOTE: Role.NOTE}
_STRICTER = {
    Direction.LOWER: "a lower value is stricter",
    Direction.HIGHER: "a higher value is stricter",
    Direction.FEWER: "fewer words are stricter",
    Direction.MORE: "more words are stricter",
    Direction.TRUE: "`true` is stricter",
    Direction.FALSE: "`false` is stricter",
    Direction.NONE: "no value is known to be stricter for every rule",
}


def render_policy(policy: EffectivePolicy, *, width: int, style: Styler, alone: bool) -> str:
    """Return the packs, rules and parameters in force; `alone` for one rule or parameter with all that is known of it."""
    blocks: list[tuple[str, Iterable[str]]] = []
    if not alone:
        blocks.append(("packs, bases first", _packs(policy.packs, width)))
    for pack in policy.packs:
        rules = [each for each in policy.rules if each.rule.pack == pack.name]
        if rules:
            lines = [line for each in rules for line in _rule(each, width, style, alone=alone)]
            blocks.append((escaped(f"rules of {pack.name} as of {policy.as_of.isoformat()}"), lines))
    if policy.parameters:
        lines = [line for each in policy.parameters for line in _parameter(each, width, alone=alone)]
        blocks.append(("parameters", lines))
    return "\n".join(
        "".join(f"{line}\n" for line in (style.paint(title, Role.STRONG), *lines)) for title, lines in blocks
    )


def _packs(packs: tuple[PolicyPack, ...], width: int) -> Iterator[str]:
    names = [f"{pack.name} {pack.version}" for pack in packs]
    widest = max(map(len, names), default=0)
    for name, pack in zip(names, packs, strict=True):
        rules = quantity(len(pack.all_rules), "rule")
        yield escaped(f"  {name:<{widest}}  {rules:>8}  {pack.path}")
        if pack.package is not None:
            yield from _indented(f"of the installed package {pack.package}", width)
        if pack.extends:
            yield from _indented(f"over {' and '.join(pack.extends)}", width)
        if pack.loosens:
            yield from _indented(f"lets others loosen {', '.join(pack.loosens)}", width)
        if not pack.configuration_may_loosen:
            yield from _indented("the configuration may only tighten", width)
        if pack.waivers is not None:
            asked = "; ".join(f"{key} {_plain(value)}" for key, value in pack.waivers.said())
            yield from _indented(f"asks of waivers: {asked}", width)


def _plain(value: bool | int | tuple[str, ...]) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value).lower()


def _rule(each: EffectiveRule, width: int, style: Styler, *, alone: bool) -> Iterator[str]:
    rule = each.rule
    severity = each.severity.value if each.severity is not None else each.stage.value
    painted = style.paint(f"{severity:<8}", _ROLES.get(each.severity) if each.severity is not None else None)
    left_out = "" if each.evaluated or each.severity is None else "  not evaluated by choice"
    yield f"  {rule.id:<11}{painted} {escaped(rule.name)}{_dates(rule)}{left_out}"
    if alone:
        yield from _indented(rule.title, width)
    if alone or len(rule.origins) > 1:
        for origin in reversed(rule.origins):
            yield from _origin(_rule_origin(origin, rule), origin, width)


def _dates(rule: Rule) -> str:
    words = []
    if rule.announced_on is not None:
        words.append(f"announced {rule.announced_on.isoformat()}")
    if rule.warning_from is not None:
        words.append(f"warning from {rule.warning_from.isoformat()}")
    if rule.effective_from is not None:
        words.append(f"{rule.severity.value} from {rule.effective_from.isoformat()}")
    if rule.effective_until is not None:
        words.append(f"until {rule.effective_until.isoformat()}")
    return f"  {', '.join(words)}" if words else ""


def _rule_origin(origin: RuleOrigin, rule: Rule) -> str:
    said = [origin.severity.value] if origin.severity_at else []
    if origin.effective_at:
        said += [f"from {origin.effective_from.isoformat()}"] if origin.effective_from is not None else []
        said += [f"until {origin.effective_until.isoformat()}"] if origin.effective_until is not None else []
    who = f"defined by {origin.pack}" if origin is rule.origins[0] else f"set by {origin.pack}"
    return f"{' '.join(said)}, {who} at {origin.place}"


def _parameter(each: EffectiveParameter, width: int, *, alone: bool) -> Iterator[str]:
    parameter = each.parameter
    unit = f" {parameter.unit}" if parameter.unit else ""
    yield from _indented(f"{each.name} = {exact_value(parameter.value)}{unit}", width, 2)
    if alone:
        bounds = f"; {parameter.bounds}" if str(parameter.bounds) else ""
        yield from _indented(f"{parameter.description}; {_STRICTER[parameter.tightens]}{bounds}", width)
        read_by = ", ".join(each.read_by)
        yield from _indented(f"read by {read_by}" if read_by else "read by no rule of its pack", width)
    for origin in reversed(parameter.origins):
        value = exact_value(origin.value)
        if origin is parameter.origins[0]:
            who = f"default of {origin.pack}"
        else:
            who = "set in the configuration" if origin.pack == CONFIGURATION else f"set by {origin.pack}"
        at = f" at {origin.place}" if origin.place else ""
        if len(parameter.origins) > 1:
            who = f"{value}, {who}"
        yield from _origin(f"{who}{at}", origin, width)


def _origin(text: str, origin: ParameterOrigin | RuleOrigin, width: int) -> Iterator[str]:
    # NOTE: a line with a path stays whole, so that it can be copied.
    yield escaped(f"      {text}{'' if origin.holds else ' (replaced)'}")
    if origin.reason:
        yield from _indented(origin.reason, width, 10)


def _indented(text: str, width: int, by: int = 6) -> Iterator[str]:
    first, *rest = wrapped(escaped(" ".join(text.split())), width - by - 2)
    yield " " * by + first
    yield from (" " * (by + 2) + line for line in rest)
