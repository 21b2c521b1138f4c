"""The facts that a policy knows: those of aipolicy, and the extensions that its packs declare."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from aipolicy.facts.declared import DECLARED_FACTS
from aipolicy.facts.registry import REGISTRY
from aipolicy.facts.spec import FactSpec, FactType, FactValue
from aipolicy.value import Frozen

EXTENSION_PREFIX = "extensions."


class KnownFacts(Frozen):
    """Every fact by name, and what is assumed of those that a manifest leaves out.

    Each policy has its own, so that policies with different extensions can judge side by side.
    """

    specs: Mapping[str, FactSpec]
    defaults: Mapping[str, FactValue]
    extensions_schema: str = ""
    """The JSON Schema of the section `extensions` of a manifest, as text; empty where no pack declares a fact."""


def _defaults(specs: Iterable[FactSpec]) -> dict[str, FactValue]:
    return {
        spec.name: float(spec.default) if spec.type is FactType.NUMBER else spec.default  # type: ignore[arg-type]
        for spec in specs
        if spec.default is not None
    }


STANDARD_FACTS = KnownFacts(REGISTRY, _defaults(DECLARED_FACTS))
"""The facts of aipolicy alone."""


def known_facts(extensions: Iterable[FactSpec]) -> KnownFacts:
    """Return the facts of aipolicy and those that packs declare; of equal names the first counts."""
    declared: dict[str, FactSpec] = {}
    for spec in extensions:
        declared.setdefault(spec.name, spec)
    if not declared:
        return STANDARD_FACTS
    from aipolicy.facts.schema import extensions_schema

    specs = tuple(declared[name] for name in sorted(declared))
    return KnownFacts(
        {**REGISTRY, **{spec.name: spec for spec in specs}},
        {**STANDARD_FACTS.defaults, **_defaults(specs)},
        json.dumps(extensions_schema(specs), ensure_ascii=False),
    )
