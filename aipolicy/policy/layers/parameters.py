"""The values of parameters after every layer: packs that extend others, then the configuration; tighter only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from aipolicy.facts.spec import FactValue
from aipolicy.facts.value_text import exact_value
from aipolicy.policy.entries import Problem, nested
from aipolicy.policy.layers.entry_tightening import is_tight, loosened, tightest_of
from aipolicy.policy.layers.layers import Layer, Layers, Loosening, Setting
from aipolicy.policy.layers.origins import CONFIGURATION, ParameterOrigin
from aipolicy.policy.layers.overlay import ValueEntry, place_of
from aipolicy.policy.layers.tightening import Direction
from aipolicy.policy.rule import Parameter
from aipolicy.policy.values import as_value
from aipolicy.source.dotted_names import words_below
from aipolicy.source.records import Mistakes
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown
from aipolicy.value import Frozen, replace

if TYPE_CHECKING:
    from aipolicy.policy.cel.fact_words import FactWords

_ONLY = {
    Direction.LOWER: "may only be lowered",
    Direction.HIGHER: "may only be raised",
    Direction.FEWER: "may only lose words",
    Direction.MORE: "may only gain words",
    Direction.TRUE: "may only become true",
    Direction.FALSE: "may only become false",
    Direction.NONE: "may not be changed, because no direction is known to be stricter for every rule that reads it",
}
_WAY_OUT = {False: "tighten it or remove it", True: "remove it"}


class Configured(Frozen):
    """The parameters of the configuration by dotted name, and where each is written, as far as it is known."""

    values: Mapping[str, object]
    places: Mapping[str, str]


class ParameterLayers(Frozen):
    """Takes parameters with their defaults to the values that hold; mistakes are noted."""

    layers: Layers
    configured: Configured
    mistakes: Mistakes
    loosening: Loosening
    words: FactWords
    """The words that keys and values of maps and tables are checked against."""

    def settled(self) -> Mapping[str, tuple[Parameter, ...]]:
        """Return the parameters of each layer by its key, with value and origins."""
        self._refuse_unknown()
        self._read_loosening()
        entries = self._entries()
        return {
            layer.key: tuple(
                self._parameter(layer, parameter, entries.get((layer.key, name), ()))
                for name, parameter in layer.parameters.items()
            )
            for layer in self.layers
        }

    def _refuse_unknown(self) -> None:
        names = {f"{layer.name}.{name}" for layer in self.layers for name in layer.parameters}
        for name in self.configured.values:
            if name not in names and not any(words_below(name, parameter) for parameter in self._with_entries()):
                message = f"unknown parameter `{shown(name)}` in the configuration{did_you_mean(name, names)}"
                self._refuse_configured(name, message)

    def _with_entries(self) -> list[str]:
        """Return the maps and tables, by dotted name."""
        return [f"{layer.name}.{p.name}" for layer in self.layers for p in layer.parameters.values() if p.entries]

    def _read_loosening(self) -> None:
        for layer in self.layers:
            names = {*layer.parameters, *(f"{layer.name}.{name}" for name in layer.parameters), *self._below(layer)}
            for number, name in enumerate(layer.overlay.loosened_parameters):
                if name in layer.parameters:
                    name = f"{layer.name}.{name}"
                record = layer.overlay.loosening
                if name not in names and record is not None:
                    message = f"unknown parameter `{shown(name)}`{did_you_mean(name, names)}"
                    self.mistakes.add(message, record.document, (*record.path, "parameters", number))
                self.loosening.allow(layer.key, name)

    def _below(self, layer: Layer) -> dict[str, tuple[str, str]]:
        """Return key and name of each parameter of the packs that a layer extends, by dotted name."""
        bases = (self.layers[key] for key in self.layers.below(layer.key))
        return {f"{base.name}.{name}": (base.key, name) for base in bases for name in base.parameters}

    def _entries(self) -> Mapping[tuple[str, str], list[tuple[Layer, ValueEntry]]]:
        """Return the entries of `set` by the layer and name of the parameter, bases first."""
        entries: dict[tuple[str, str], list[tuple[Layer, ValueEntry]]] = {}
        for layer in self.layers:
            homes = self._below(layer)
            seen: dict[str, ValueEntry] = {}
            for entry in layer.overlay.values:
                first = seen.setdefault(entry.parameter, entry)
                own = entry.parameter.removeprefix(f"{layer.name}.")
                message = ""
                if first is not entry:
                    message = f"is set twice, first at {place_of(first.record, 'parameter')}; keep one"
                elif entry.parameter in homes:
                    entries.setdefault(homes[entry.parameter], []).append((layer, entry))
                elif own in layer.parameters:
                    message = "is a parameter of this pack itself; change its `default`"
                else:
                    message = f"is no parameter of a pack that this one extends{_hint(entry.parameter, homes)}"
                if message and entry.parameter:
                    entry.record.mistake(f"`{shown(entry.parameter)}` {message}", "parameter")
        return entries

    def _parameter(self, home: Layer, parameter: Parameter,
                   entries: Sequence[tuple[Layer, ValueEntry]]) -> Parameter:  # fmt: skip
        name = f"{home.name}.{parameter.name}"
        first = parameter.origins[0]
        settings = [Setting(parameter.default, home.key, first.place)]
        for layer, entry in entries:
            value = self._set_value(name, parameter, entry)
            if value is None:
                continue
            setting = Setting(value, layer.key, place_of(entry.record, "value"), entry.reason)
            for held, missing in self._loosened(name, parameter, setting, settings):
                entry.record.mistake(self._complaint(name, parameter, setting, held, missing), "value")
            settings.append(setting)
        self._configure(name, home, parameter, settings)
        holding = self.layers.holding(settings)
        value = tightest_of(parameter, [setting.value for setting in holding])
        if value is None:
            self._refuse_clash(name, holding)
            value = parameter.default
        origins = tuple(
            ParameterOrigin(
                setting.value, self.layers.name_of(setting.layer), setting.place, setting.reason, setting in holding
            )
            for setting in settings
        )
        return replace(parameter, value=value, origins=origins)

    def _set_value(self, name: str, parameter: Parameter, entry: ValueEntry) -> FactValue | None:
        """Return the value of an entry of `set`, None where it has a mistake."""
        record = entry.record
        if parameter.entries is not None:
            problems: list[Problem] = []
            entries = parameter.entries.read(record.raw("value"), self.words, problems)
            for problem in problems:
                self.mistakes.add(
                    problem.message, record.document, (*record.path, "value", *problem.path), problem.part
                )
            return None if problems else entries
        value = as_value(record.raw("value"), parameter.type)
        if value is None:
            record.mistake(f"`value` of `{name}` must be of type {parameter.type.value}", "value")
        elif broken := parameter.bounds.broken_by(value):
            record.mistake(f"`value` of `{name}` {broken}", "value")
            return None
        return value

    def _configure(self, name: str, home: Layer, parameter: Parameter, settings: list[Setting[FactValue]]) -> None:
        """Add the value of the configuration, which is free as long as no layer has a say."""
        value = self._configured_entries(name, parameter) if parameter.entries is not None else None
        if value is None and (name not in self.configured.values or parameter.entries is not None):
            return
        if value is None:
            value = as_value(self.configured.values[name], parameter.type)
        if value is None:
            message = f"parameter `{name}` in the configuration must be of type {parameter.type.value}"
            self._refuse_configured(name, message)
            return
        if broken := parameter.bounds.broken_by(value):
            self._refuse_configured(name, f"parameter `{name}` in the configuration {broken}")
            return
        setting = Setting(value, CONFIGURATION, self._configured_at(name))
        for held, missing in self._loosened(name, parameter, setting, settings, self._closed(home)):
            self._refuse_configured(name, self._complaint(name, parameter, setting, held, missing))
        settings.append(setting)

    def _configured_entries(self, name: str, parameter: Parameter) -> FactValue | None:
        """Return the map or the table of the configuration; None where there is none, or it has a mistake."""
        assert parameter.entries is not None
        if name in self.configured.values:
            self._refuse_configured(
                name, f"parameter `{name}` in the configuration must be a table `[parameters.{name}]`"
            )
            return None
        written = {key: words for key in self.configured.values if (words := words_below(key, name))}
        if not written:
            return None
        places, plain = {words: key for key, words in written.items()}, dict[tuple[str, ...], object]()
        for key, words in written.items():
            if len(words) != parameter.entries.depth:
                what = " / ".join(words)
                wrong = (
                    f"`{shown(what)}` of `{name}` is {len(words)} words, where {parameter.entries.depth} name an entry"
                )
                self._refuse_configured(key, wrong)
                return None
            plain[words] = self.configured.values[key]
        problems: list[Problem] = []
        entries = parameter.entries.read(nested(plain), self.words, problems)
        for problem in problems:
            path = tuple(map(str, problem.path))
            where = next((places[words] for words in places if words[: len(path)] == path[: len(words)]), name)
            self._refuse_configured(where, problem.message)
        return None if problems else entries

    def _configured_at(self, name: str) -> str:
        at = self.configured.places
        return at.get(name) or next((at[key] for key in at if words_below(key, name)), "")

    def _closed(self, home: Layer) -> tuple[str, ...]:
        """Return the layers that do not let the configuration loosen the parameters of a pack."""
        return tuple(
            layer.key
            for layer in self.layers
            if not layer.overlay.configuration_may_loosen
            and (layer is home or home.key in self.layers.below(layer.key))
        )

    def _loosened(self, name: str, parameter: Parameter, setting: Setting[FactValue],
                  settings: Sequence[Setting[FactValue]],
                  closed: tuple[str, ...] = ()) -> list[tuple[Setting[FactValue], tuple[str, ...]]]:  # fmt: skip
        """Return what a setting loosens without being let, each with the layers that do not let it."""
        pairs = []
        for held in self.layers.holding_below(setting.layer, settings):
            if is_tight(parameter, setting.value, held.value):
                continue
            is_default = held is settings[0]
            deciding = self.layers.deciding(setting.layer, held.layer)
            if setting.layer == CONFIGURATION:
                deciding = closed if is_default else tuple(dict.fromkeys((*deciding, *closed)))
            missing = self.loosening.missing(deciding, name)
            if missing:
                pairs.append((held, missing))
        return pairs

    def _complaint(self, name: str, parameter: Parameter, setting: Setting[FactValue], held: Setting[FactValue],
                   missing: Sequence[str]) -> str:  # fmt: skip
        is_default = name.startswith(f"{self.layers.name_of(held.layer)}.")
        origin = f"{'the default of' if is_default else 'set by'} `{self.layers.name_of(held.layer)}`"
        packs = " and ".join(f"`{self.layers.name_of(key)}`" for key in missing)
        if parameter.entries is not None:
            wrong = loosened(parameter, setting.value, held.value)
            return (
                f"`{name}`: {wrong}, as {origin} at {held.place}; tighten it, or let {packs} name it under `loosening`"
            )
        return (
            f"`{name}` {_ONLY[parameter.tightens]}: here it is `{exact_value(setting.value)}`, and "
            f"`{exact_value(held.value)}` is {origin} at {held.place}; {_WAY_OUT[parameter.tightens is Direction.NONE]}, or "
            f"let {packs} name it under `loosening`"
        )

    def _refuse_clash(self, name: str, holding: Sequence[Setting[FactValue]]) -> None:
        values = ", ".join(f"`{exact_value(setting.value)}` at {setting.place}" for setting in holding)
        message = f"`{name}` is set to {values}, and neither is known to be the stricter; set it in one pack above both"
        self.mistakes.add_at(message, holding[-1].place)

    def _refuse_configured(self, name: str, message: str) -> None:
        self.mistakes.add_at(message, self._configured_at(name) or None)


def _hint(name: str, known: Mapping[str, object]) -> str:
    if not known:
        return "; add the pack to `extends`"
    with_pack = [full_name for full_name in sorted(known) if full_name.partition(".")[2] == name]
    if with_pack:
        return f"; write {' or '.join(f'`{full_name}`' for full_name in with_pack)}"
    return did_you_mean(name, known)
