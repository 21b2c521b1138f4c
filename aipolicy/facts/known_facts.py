"""The facts that a policy knows: those of aipolicy, and the extensions that its packs declare."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from aipolicy.facts.all_facts import OFFERED_TERMS, REGISTRY, of_partner, offered_term
from aipolicy.facts.declared import DECLARED_FACTS
from aipolicy.facts.spec import Expected, FactSpec, FactType, FactValue, Origin
from aipolicy.value import Frozen

EXTENSION_PREFIX, TERMS_PREFIX = ADDED = ("extensions.", "plan.terms.")
"""How the names of facts begin that packs add to manifests."""
OF_ORGANIZATION = "set by the organisation"
"""The reason for an expected value that the configuration states."""


class KnownFacts(Frozen):
    """Every fact by name, and what it says, or is expected of it, that a manifest leaves it out.

    Each policy has its own, so that policies with different extensions can evaluate side by side.
    """

    specs: Mapping[str, FactSpec]
    defaults: Mapping[str, FactValue]
    """What it says that a fact is left out, where that is an answer."""
    expected: Mapping[str, Expected]
    """What is expected of other facts that are left out, those that hang on the word of another one last."""
    extensions_schema: str = ""
    """The JSON Schemas of what packs add to manifests, as text; empty where no pack adds anything."""


def _defaults(specs: Iterable[FactSpec]) -> dict[str, FactValue]:
    return {
        spec.name: float(spec.default) if spec.type is FactType.NUMBER else spec.default  # type: ignore[arg-type]
        for spec in specs
        if spec.default is not None
    }


def _hangs_last(item: tuple[str, Expected]) -> bool:
    return bool(item[1].by)


def _expected(specs: Iterable[FactSpec]) -> dict[str, Expected]:
    expected = {spec.name: spec.expected for spec in specs if spec.expected is not None}
    return dict(sorted(expected.items(), key=_hangs_last))


STANDARD_FACTS = KnownFacts(REGISTRY, _defaults(DECLARED_FACTS), expected=_expected(DECLARED_FACTS))
"""The facts of aipolicy alone."""


def base_facts(name: str, specs: Mapping[str, FactSpec]) -> tuple[str, ...]:
    """Return the facts that people declare for a fact to be known: itself, or those that it is derived from."""
    spec = specs.get(name)
    return spec.reads if spec is not None and spec.origin in (Origin.DERIVED, Origin.DOCUMENT) else (name,)


def known_facts(extensions: Iterable[FactSpec], expected: Mapping[str, FactValue] | None = None) -> KnownFacts:
    """Return the facts of aipolicy and those that packs declare; of equal names the first counts.

    `expected` is what an organisation expects of facts that are left out, in place of what is documented.
    """
    declared: dict[str, FactSpec] = {}
    for spec in extensions:
        declared.setdefault(spec.name, spec)
    facts = _with_extensions(declared) if declared else STANDARD_FACTS
    return _with_expected(facts, expected) if expected else facts


def _with_expected(known: KnownFacts, values: Mapping[str, FactValue]) -> KnownFacts:
    """Return the facts with other expectations; how far a feature has come counts as declared nowhere else."""
    defaults, expected = dict(known.defaults), dict(known.expected)
    for name, value in values.items():
        if name in defaults:
            defaults[name] = value
        else:
            shipped = expected.get(name)
            others = shipped.tried if shipped is not None else ()
            if shipped is not None and shipped.value is not None:
                others = (*others, shipped.value)
            tried = tuple(dict.fromkeys(other for other in others if other != value))
            beside = shipped.beside if shipped is not None else {}
            expected[name] = Expected(value, OF_ORGANIZATION, tried=tried, beside=beside)
    return KnownFacts(known.specs, defaults, dict(sorted(expected.items(), key=_hangs_last)), known.extensions_schema)


def _offered(spec: FactSpec) -> Iterable[FactSpec]:
    """Yield what is known of a leg and of a partner where a provider of the catalog may offer a term."""
    if spec.name.startswith(TERMS_PREFIX) and spec.type in (FactType.BOOL, FactType.NUMBER):
        name = f"{OFFERED_TERMS}{spec.name.removeprefix(TERMS_PREFIX)}"
        meaning = f"What the provider offers: {spec.meaning[:1].lower()}{spec.meaning[1:]}"
        yield from (offered_term(offered_name, spec.type, meaning) for offered_name in (name, of_partner(name)))


def _with_extensions(declared: Mapping[str, FactSpec]) -> KnownFacts:
    from aipolicy.facts.extension_values import parts_of
    from aipolicy.facts.schema import extensions_schema

    specs = tuple(declared[name] for name in sorted(declared))
    with_parts = (part for spec in specs for part in (spec, *parts_of(spec), *_offered(spec)))
    return KnownFacts(
        {**REGISTRY, **{spec.name: spec for spec in with_parts}},
        {**STANDARD_FACTS.defaults, **_defaults(specs)},
        {**STANDARD_FACTS.expected, **_expected(specs)},
        json.dumps(extensions_schema(specs), ensure_ascii=False),
    )
