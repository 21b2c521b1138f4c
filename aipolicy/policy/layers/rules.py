"""Severity and dates of rules after every layer; an override may raise, bring forward and prolong, never the reverse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from aipolicy.policy.layers.layers import Layer, Layers, Loosening, Setting
from aipolicy.policy.layers.origins import RuleOrigin
from aipolicy.policy.layers.overlay import OverrideEntry, place_of
from aipolicy.policy.rule import Rule
from aipolicy.source.records import Mistakes
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown
from aipolicy.value import Frozen, replace


class RuleLayers(Frozen):
    """Takes rules as their packs define them to what holds; mistakes are noted."""

    layers: Layers
    rules: Mapping[str, Sequence[Rule]]
    """The rules of each layer, by its key."""
    mistakes: Mistakes
    loosening: Loosening

    def settled(self) -> Mapping[str, tuple[Rule, ...]]:
        """Return the rules of each layer by its key, with severity, dates and origins."""
        self._read_loosening()
        entries = self._entries()
        return {
            layer.key: tuple(self._rule(layer, rule, entries.get((layer.key, rule.id), ())) for rule in rules)
            for layer in self.layers
            for rules in (self.rules[layer.key],)
        }

    def _read_loosening(self) -> None:
        for layer in self.layers:
            ids = {*self._below(layer), *(rule.id for rule in self.rules[layer.key])}
            for number, written in enumerate(layer.overlay.loosened_rules):
                rule_id = self._aliases.get(written, written)
                record = layer.overlay.loosening
                if rule_id not in ids and record is not None:
                    message = f"unknown rule `{shown(rule_id)}`{did_you_mean(rule_id, ids)}"
                    self.mistakes.add(message, record.document, (*record.path, "rules", number))
                self.loosening.allow(layer.key, rule_id)

    @property
    def _aliases(self) -> Mapping[str, str]:
        """Return the older ids of rules, each with the one of today."""
        return {alias: rule.id for rules in self.rules.values() for rule in rules for alias in rule.aliases}

    def _below(self, layer: Layer) -> dict[str, str]:
        """Return the layer that each rule below a layer belongs to."""
        return {rule.id: key for key in self.layers.below(layer.key) for rule in self.rules[key]}

    def _entries(self) -> Mapping[tuple[str, str], list[tuple[Layer, OverrideEntry]]]:
        """Return the overrides by the layer and id of the rule, bases first."""
        entries: dict[tuple[str, str], list[tuple[Layer, OverrideEntry]]] = {}
        for layer in self.layers:
            homes = self._below(layer)
            own = {rule.id for rule in self.rules[layer.key]}
            seen: dict[str, OverrideEntry] = {}
            for entry in layer.overlay.overrides:
                rule_id = self._aliases.get(entry.rule, entry.rule)
                first = seen.setdefault(rule_id, entry)
                message = ""
                if first is not entry:
                    message = f"is overridden twice, first at {place_of(first.record, 'rule')}; keep one"
                elif rule_id in homes:
                    entries.setdefault((homes[rule_id], rule_id), []).append((layer, entry))
                elif rule_id in own:
                    message = "is a rule of this pack itself; change the rule"
                else:
                    hint = did_you_mean(entry.rule, homes) if homes else "; add the pack to `extends`"
                    message = f"is no rule of a pack that this one extends{hint}"
                if message and entry.rule:
                    entry.record.mistake(f"`{shown(entry.rule)}` {message}", "rule")
        return entries

    def _rule(self, home: Layer, rule: Rule, entries: Sequence[tuple[Layer, OverrideEntry]]) -> Rule:
        settings = [Setting(rule, home.key, rule.origins[0].place)]
        origins = {home.key: rule.origins[0]}
        for layer, entry in entries:
            held = self.layers.holding_below(layer.key, settings)
            changed = _changed(_tightest([setting.value for setting in held]), entry)
            begins = [day for day in changed.stages[:3] if day is not None]
            if begins and changed.effective_until and changed.effective_until < max(begins):
                entry.record.mistake(f"`{rule.id}` would end before it begins", "effective")
            for below in held:
                missing = self.loosening.missing(self.layers.deciding(layer.key, below.layer), rule.id)
                if missing:
                    self._refuse_looser(entry, changed, below, origins, missing)
            settings.append(Setting(changed, layer.key, entry.severity_at or entry.effective_at, entry.reason))
            origins[layer.key] = RuleOrigin(
                changed.severity, changed.effective_from, changed.effective_until, layer.name,
                entry.severity_at, entry.effective_at, entry.reason,
            )  # fmt: skip
        holding = self.layers.holding(settings)
        held_keys = {setting.layer for setting in holding}
        listed = tuple(origin._replace(holds=key in held_keys) for key, origin in origins.items())
        return replace(_tightest([setting.value for setting in holding]), origins=listed)

    def _refuse_looser(self, entry: OverrideEntry, changed: Rule, held: Setting[Rule],
                       origins: Mapping[str, RuleOrigin], missing: Sequence[str]) -> None:  # fmt: skip
        packs = " and ".join(f"`{self.layers.name_of(key)}`" for key in missing)
        for key, wrong in _looser(entry, changed, held.value):
            origin = origins[held.layer]
            place = (origin.severity_at if key == "severity" else origin.effective_at) or origin.place
            message = f"{wrong}, of `{self.layers.name_of(held.layer)}` at {place}"
            entry.record.mistake(
                f"`{shown(entry.rule)}` may only be tightened: {message}; tighten it, or let {packs} name the rule under "
                "`loosening`",
                key,
            )


def _changed(rule: Rule, entry: OverrideEntry) -> Rule:
    return replace(
        rule,
        severity=entry.severity or rule.severity,
        effective_from=entry.effective_from or rule.effective_from,
        effective_until=entry.effective_until or rule.effective_until,
    )


def _tightest(rules: Sequence[Rule]) -> Rule:
    """Return a rule that weighs, on every day, at least what each of its versions weighs.

    A version that names no day from which it is in force is in force always, or never where it is announced or warns first.
    """
    begins = [rule.effective_from for rule in rules if rule.effective_from is not None]
    ends = [rule.effective_until for rule in rules if rule.effective_until is not None]
    return replace(
        rules[0],
        severity=min((rule.severity for rule in rules), key=lambda severity: severity.rank),
        effective_from=min(begins) if begins and (len(begins) == len(rules) or _has_stages(rules[0])) else None,
        effective_until=max(ends) if len(ends) == len(rules) else None,
    )


def _looser(entry: OverrideEntry, changed: Rule, held: Rule) -> Iterator[tuple[str, str]]:
    """Yield what of an override loosens a rule, as key and words.

    A rule may become an error from a later day on where it is a warning until then: it never weighs less.
    """
    weighs_less = any(_weight(changed, day) < _weight(held, day) for day in _days((changed, held)))
    if not weighs_less and changed.severity is not held.severity:
        return
    if entry.severity is not None and entry.severity.rank > held.severity.rank:
        yield "severity", f"`{entry.severity.value}` weighs less than `{held.severity.value}`"
    begins, ends = entry.effective_from, entry.effective_until
    always = held.effective_from is None and not _has_stages(held)
    if begins is not None and (always or (held.effective_from is not None and begins > held.effective_from)):
        before = held.effective_from.isoformat() if held.effective_from is not None else "no date, always in force"
        yield "effective", f"from {begins.isoformat()} is later than {before}"
    if ends is not None and (held.effective_until is None or ends < held.effective_until):
        before = held.effective_until.isoformat() if held.effective_until is not None else "no date, without an end"
        yield "effective", f"until {ends.isoformat()} is earlier than {before}"


def _has_stages(rule: Rule) -> bool:
    return rule.announced_on is not None or rule.warning_from is not None


def _weight(rule: Rule, day: date) -> int:
    severity = rule.severity_on(day)
    return -severity.rank if severity is not None else -len(type(rule.severity))


def _days(rules: Iterable[Rule]) -> set[date]:
    """Return a day of every stretch of days on which the rules weigh the same."""
    turns = {day for rule in rules for day in rule.stages if day is not None}
    days = {date.min, date.max} | turns
    days |= {day + timedelta(days=1) for day in turns if day < date.max}
    return days | {day - timedelta(days=1) for day in turns if day > date.min}
