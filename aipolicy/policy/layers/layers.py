"""Packs as layers: which stand on which, what each lets others loosen, and which of several settings holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

from aipolicy.policy.layers.extends import is_version, is_within
from aipolicy.policy.layers.origins import CONFIGURATION
from aipolicy.policy.layers.overlay import Overlay
from aipolicy.policy.rule import Parameter
from aipolicy.source.records import Mistakes
from aipolicy.source.text import shown
from aipolicy.value import Frozen

V = TypeVar("V")


class Layer(Frozen):
    """One pack of a run as a layer, as far as its head says; `key` tells packs apart even where names are equal."""

    key: str
    name: str
    version: str
    overlay: Overlay
    extends: tuple[str, ...]
    """The keys of the packs that it extends."""
    parameters: Mapping[str, Parameter]
    """Its own, with their defaults."""


class Setting(Frozen, Generic[V]):
    """A value that a layer gives to something; the layer is a key, or `CONFIGURATION`."""

    value: V
    layer: str
    place: str
    reason: str = ""


class Layers:
    """The layers of a run, bases first."""

    def __init__(self, layers: Iterable[Layer]) -> None:
        self._by_key = {layer.key: layer for layer in layers}
        self._below: dict[str, frozenset[str]] = {}
        for layer in self._by_key.values():
            direct = [key for key in layer.extends if key in self._below]
            self._below[layer.key] = frozenset(direct).union(*(self._below[key] for key in direct))

    def __iter__(self) -> Iterator[Layer]:
        """Return the layers, bases first."""
        return iter(self._by_key.values())

    def __getitem__(self, key: str) -> Layer:
        """Return a layer by its key."""
        return self._by_key[key]

    def name_of(self, key: str) -> str:
        """Return the name of a layer; nothing for the configuration."""
        return self._by_key[key].name if key != CONFIGURATION else ""

    def below(self, key: str) -> frozenset[str]:
        """Return the keys of every layer that a layer stands on; the configuration stands on all."""
        return frozenset(self._by_key) if key == CONFIGURATION else self._below[key]

    def deciding(self, key: str, holder: str) -> tuple[str, ...]:
        """Return the layers that must let a layer loosen what a layer below holds: that one, and all between them."""
        below = self.below(key)
        return tuple(
            layer for layer in self._by_key if layer in below and (layer == holder or holder in self._below[layer])
        )

    def holding(self, settings: Iterable[Setting[V]]) -> tuple[Setting[V], ...]:
        """Return the settings of one thing that no layer above has replaced."""
        listed = tuple(settings)
        replaced = frozenset[str]().union(*(self.below(setting.layer) for setting in listed))
        return tuple(setting for setting in listed if setting.layer not in replaced)

    def holding_below(self, key: str, settings: Sequence[Setting[V]]) -> tuple[Setting[V], ...]:
        """Return the settings that hold as a layer finds them."""
        below = self.below(key)
        return self.holding(setting for setting in settings if setting.layer in below)


class Loosening:
    """What each layer lets those above it loosen, by name: `pack.parameter`, or the id of a rule."""

    def __init__(self) -> None:
        self._allowed: set[tuple[str, str]] = set()

    def allow(self, layer: str, name: str) -> None:
        """Note that a layer lets others loosen something."""
        self._allowed.add((layer, name))

    def of(self, layer: str) -> tuple[str, ...]:
        """Return what a layer lets others loosen."""
        return tuple(sorted(name for allowing, name in self._allowed if allowing == layer))

    def missing(self, layers: Iterable[str], name: str) -> tuple[str, ...]:
        """Return which of the layers do not let others loosen something."""
        return tuple(layer for layer in layers if (layer, name) not in self._allowed)


def refuse_wrong_extends(layers: Layers, mistakes: Mistakes) -> None:
    """Note entries of `extends` whose pack has another version, or stands in the list already."""
    for layer in layers:
        entries = layer.overlay.extends
        if len(entries) != len(layer.extends):
            message = "what this pack extends was not read with it; write the key as plain `extends:`"
            entries[0][1].mistake(message)
            continue
        for number, ((entry, record), key) in enumerate(zip(entries, layer.extends, strict=True)):
            base = layers[key]
            if key in layer.extends[:number]:
                record.mistake(f"`{shown(entry.pack)}` is extended twice; keep one entry", "pack")
            if not entry.version:
                continue
            base_at = f"`{shown(base.name)}` at {key}"
            if not is_version(base.version):
                message = (
                    f"{base_at} has version `{shown(base.version)}`, which cannot be compared; remove `version` here"
                )
                record.mistake(message, "version")
            elif not is_within(base.version, entry.version):
                message = f"{base_at} is version {base.version}, and `{entry.version}` is wanted"
                record.mistake(f"{message}; review what changed, then widen the range", "version")
