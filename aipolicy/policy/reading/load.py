"""Pack files in, typed packs out; every mistake of every file is reported, and none lets a rule through by half."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from aipolicy.catalog.catalog import Catalog
from aipolicy.errors import About, PolicyError
from aipolicy.facts.known_facts import known_facts
from aipolicy.facts.spec import FactSpec, FactValue
from aipolicy.policy.cel.expressions import Compiler
from aipolicy.policy.cel.fact_words import FactWords
from aipolicy.policy.governance import Governance, read_governance, unknown_never
from aipolicy.policy.layers.layers import Layer, Layers, Loosening, refuse_wrong_extends
from aipolicy.policy.layers.overlay import Overlay, read_overlay
from aipolicy.policy.layers.parameters import Configured, ParameterLayers
from aipolicy.policy.layers.rules import RuleLayers
from aipolicy.policy.pack import PolicyPack, aliases_of
from aipolicy.policy.portfolio_rule import PortfolioRule
from aipolicy.policy.reading.extension_facts import (
    joined_facts,
    read_extension_fact,
    read_term,
    refuse_unknown_terms,
)
from aipolicy.policy.reading.parameter_reader import check_default, parameter_spec, read_parameter
from aipolicy.policy.reading.rule_reader import RuleReader
from aipolicy.policy.reading.scope_reader import ScopeReader
from aipolicy.policy.reading.variable_reader import VariableReader, exported, imported, parameter_of_pack
from aipolicy.policy.rule import Parameter, Rule
from aipolicy.policy.sources.locate import PackFiles as PackFiles
from aipolicy.policy.sources.locate import find_pack as find_pack
from aipolicy.policy.sources.locate import shipped_packs as shipped_packs
from aipolicy.source.document import PACK_KIND, RULES_KIND, Document
from aipolicy.source.records import Mistakes, Record
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown
from aipolicy.source.yaml_reader import read_yaml
from aipolicy.source.yaml_records import read_kind
from aipolicy.value import replace


def load_packs(packs: Sequence[PackFiles], catalog: Catalog, overrides: Mapping[str, object],
               override_places: Mapping[str, str] = MappingProxyType({})) -> tuple[PolicyPack, ...]:  # fmt: skip
    """Return the packs with what layers and the organisation's parameters make of them, bases first.

    Packs come with those that they extend (`find_packs`). Raises `PolicyError` or `Problems` with every mistake.
    """
    mistakes = Mistakes(PolicyError)
    read = read_packs(packs, catalog, overrides, override_places, mistakes)
    mistakes.raise_if_any()
    return read


def read_packs(packs: Sequence[PackFiles], catalog: Catalog, overrides: Mapping[str, object],
               override_places: Mapping[str, str], mistakes: Mistakes,
               documents: dict[str, tuple[Document, ...]] | None = None) -> tuple[PolicyPack, ...]:  # fmt: skip
    """Return the packs as far as they can be read; nothing is evaluated with them when a mistake was noted.

    `documents` gets what was read, by the path of the pack, for who looks at the text as well.
    """
    readers = [_PackReader(files, catalog, mistakes) for files in packs]
    if documents is not None:
        documents.update({reader.layer.key: reader.documents for reader in readers})
    # NOTE: what one pack declares the rules of every pack may read.
    specs = known_facts(joined_facts(reader.facts for reader in readers)).specs
    words = FactWords(specs, catalog.vocabularies, catalog)
    refuse_unknown_terms(catalog, specs, mistakes)
    for reader in readers:
        reader.check_parameters(words)
    layers, loosening = Layers(reader.layer for reader in readers), Loosening()
    refuse_wrong_extends(layers, mistakes)
    parameters = ParameterLayers(layers, Configured(overrides, override_places), mistakes, loosening, words).settled()
    loaded: list[PolicyPack] = []
    for reader in readers:
        below = [pack for pack in loaded if pack.path in layers.below(reader.layer.key)]
        loaded.append(reader.read(parameters[reader.layer.key], specs, below))
    _refuse_equal_ids(loaded, mistakes)
    _refuse_equal_names(loaded, mistakes)
    loaded = [_with_current_never(pack, aliases_of(loaded)) for pack in loaded]
    _refuse_unknown_never(loaded, mistakes)
    rules = RuleLayers(layers, {pack.path: pack.all_rules for pack in loaded}, mistakes, loosening).settled()
    if mistakes.errors:
        return tuple(loaded)
    return tuple(_layered(pack, rules[pack.path], layers, loosening) for pack in loaded)


def _layered(pack: PolicyPack, rules: tuple[Rule, ...], layers: Layers, loosening: Loosening) -> PolicyPack:
    layer, settled = layers[pack.path], {rule.id: rule for rule in rules}
    return replace(
        pack, rules=tuple(settled[rule.id] for rule in pack.rules),
        portfolio_rules=tuple(
            replace(portfolio_rule, rule=settled[portfolio_rule.rule.id]) for portfolio_rule in pack.portfolio_rules
        ),
        extends=tuple(layers[key].name for key in layer.extends), loosens=loosening.of(pack.path),
        configuration_may_loosen=layer.overlay.configuration_may_loosen,
    )  # fmt: skip


def _refuse_equal_ids(packs: Iterable[PolicyPack], mistakes: Mistakes) -> None:
    first: dict[str, Rule] = {}
    for rule in (rule for pack in packs for rule in pack.all_rules):
        for key in (rule.id, rule.name, *rule.aliases):
            earlier = first.setdefault(key, rule)
            if key and earlier is not rule:
                path, _, line = rule.defined_at.rpartition(":")
                message = f"rule `{key}` at line {line} is already defined at {earlier.defined_at}"
                mistakes.add_at(message, path)


def _refuse_equal_names(packs: Iterable[PolicyPack], mistakes: Mistakes) -> None:
    first: dict[str, PolicyPack] = {}
    for pack in packs:
        earlier = first.setdefault(pack.name, pack)
        if pack.name and earlier is not pack:
            message = f"a pack named `{shown(pack.name)}` is already read from {earlier.path}"
            mistakes.add_at(message, pack.path)


def _with_current_never(pack: PolicyPack, aliases: Mapping[str, str]) -> PolicyPack:
    """Return a pack that names the rules which are never waived by the ids of today."""
    if pack.waivers is None or not aliases:
        return pack
    never = tuple(word._replace(word=aliases.get(word.word, word.word)) for word in pack.waivers.never)
    return replace(pack, waivers=pack.waivers._replace(never=never))


def _refuse_unknown_never(packs: Sequence[PolicyPack], mistakes: Mistakes) -> None:
    ids = [rule.id for pack in packs for rule in pack.all_rules]
    for pack in packs:
        for never in unknown_never(pack.waivers or Governance(), ids):
            path, _, line = never.at.rpartition(":")
            message = f"`never` at line {line} names no rule of this run: `{shown(never.word)}`"
            mistakes.add_at(f"{message}{did_you_mean(never.word, ids)}", path)


class _PackReader:
    """Reads the documents of one pack."""

    def __init__(self, files: PackFiles, catalog: Catalog, mistakes: Mistakes) -> None:
        self._files = files
        self._catalog = catalog
        self._vocabularies = catalog.vocabularies
        self._mistakes = mistakes
        self._variables: Mapping[str, str] = {}
        self._foreign: tuple[Parameter, ...] = ()
        self._parameters: dict[str, Parameter] = {}
        self._parameter_records: dict[str, Record] = {}
        self._is_readable = True
        self._records = [Record(d, (), d.value, self._mistakes) for d in self._documents()]
        self.facts = [read_extension_fact(entry) for record in self._records for entry in record.records("facts")]
        self.facts += [read_term(entry) for record in self._records for entry in record.records("terms")]
        """What the pack adds to manifests."""
        heads = [record for record in self._records if read_kind(record, PACK_KIND, RULES_KIND) == PACK_KIND]
        if len(heads) != 1 and self._is_readable:
            message = f"a pack has one document of kind {PACK_KIND}, found {len(heads)}"
            self._mistakes.add_at(message, self._files.path)
        self._metadata = heads[0].record("metadata") if heads else None
        name = self._metadata.said("name") if self._metadata is not None else ""
        version = self._metadata.said("version") if self._metadata is not None else ""
        overlay = read_overlay(heads[0]) if heads else Overlay()
        self._governance = read_governance(heads[0]) if heads else None
        for record in self._records:
            for entry in record.records("parameters"):
                parameter = read_parameter(entry, name, self._parameters)
                self._parameters[parameter.name] = parameter
                self._parameter_records[parameter.name] = entry
        self.layer = Layer(files.path, name, version, overlay, files.extends, dict(self._parameters))

    @property
    def documents(self) -> tuple[Document, ...]:
        """Return the documents of the files of the pack."""
        return tuple(record.document for record in self._records)

    def check_parameters(self, words: FactWords) -> None:
        """Note words of maps and tables that there are not; what is read on is without them, so that each is told once."""
        checked = {
            name: check_default(record, self._parameters[name], words)
            for name, record in self._parameter_records.items()
        }
        if checked != self._parameters:
            self._parameters = checked
            self.layer = replace(self.layer, parameters=checked)

    def read(self, parameters: Sequence[Parameter], specs: Mapping[str, FactSpec],
             below: Sequence[PolicyPack]) -> PolicyPack:  # fmt: skip
        """Return the pack; mistakes are collected, and the pack must not be used when there are any.

        `below` are the packs that it extends, whose exported variables it may import.
        """
        records, metadata, name = self._records, self._metadata, self.layer.name
        self._parameters = {parameter.name: parameter for parameter in parameters}
        texts, foreign = self._imported(below)
        self._foreign = foreign
        constants = {f"params.{p.name}": p.value for p in (*self._parameters.values(), *foreign)}
        set_at = {f"params.{p.name}": at.place for p in (*parameters, *foreign) for at in p.origins if at.holds}
        compiler = Compiler(self._with_parameters(specs), self._vocabularies, constants, set_at, self._catalog)
        reader = VariableReader(compiler, specs, name, texts)
        variables = reader.read([entry for record in records for entry in record.records("variables")])
        self._variables = reader.texts
        rules = [
            _read_rule(RuleReader(rule, compiler, self._variables, name, constants, specs, shared), rule)
            for record in records
            for rule, shared in ScopeReader(compiler, self._variables, specs).rules(record)
        ]
        portfolio_rules = self._portfolio_rules(records, compiler, name, constants, specs)
        if not rules and not portfolio_rules and not self.layer.overlay.extends and self._is_readable:
            self._mistakes.add_at("the pack holds no rules", self._files.path)
        pack = PolicyPack(
            name=name,
            version=self.layer.version,
            title=metadata.text("title", "") if metadata is not None else "",
            description=metadata.text("description", "") if metadata is not None else "",
            parameters=tuple(self._parameters.values()),
            rules=tuple(sorted(rules, key=lambda rule: rule.id)),
            path=self._files.path,
            waivers=self._governance,
            facts=tuple(fact.spec for fact in self.facts),
            portfolio_rules=portfolio_rules,
            variables=variables,
            imported=foreign,
            texts=tuple(self._variables.items()),
            package=self._files.origin.package,
        )
        for record in (*records, *((metadata,) if metadata is not None else ())):
            record.finish()
        return pack

    def _imported(self, below: Sequence[PolicyPack]) -> tuple[Mapping[str, str], tuple[Parameter, ...]]:
        """Return the variables that it imports from packs below it, as text, and the parameters that they read."""
        heads = [record for record in self._records if record.has("imports")]
        texts = imported(heads, {p.name: exported(p.variables, p.name) for p in below},
                         {p.name: [v.name for v in p.variables] for p in below})  # fmt: skip
        return texts, tuple(
            replace(p, name=parameter_of_pack(pack.name, p.name)) for pack in below if texts for p in pack.parameters
        )

    def _portfolio_rules(self, records: Iterable[Record], compiler: Compiler, pack: str, constants: Mapping[str, FactValue],
                         facts: Mapping[str, FactSpec]) -> tuple[PortfolioRule, ...]:  # fmt: skip
        entries = [entry for record in records for entry in record.records("portfolio_rules")]
        if not entries:
            return ()
        from aipolicy.policy.reading.portfolio_reader import PortfolioReader

        rules = [
            PortfolioReader(
                entry, compiler, self._with_parameters(facts), self._vocabularies, self._variables, pack, constants
            ).read()
            for entry in entries
        ]
        return tuple(sorted(rules, key=lambda rule: rule.rule.id))

    def _documents(self) -> Iterable[Document]:
        for path, data in self._files.files:
            result = read_yaml(path, data)
            # NOTE: what seems to be missing may stand in the part that could not be read.
            self._is_readable &= not result.problems
            for problem in result.problems:
                self._mistakes.add_at(f"{problem.message}{_quoting(problem.message)}", path, problem.span)
            if not result.documents and not result.problems:
                self._mistakes.add_at("the file is empty", path)
            yield from result.documents

    def _with_parameters(self, facts: Mapping[str, FactSpec]) -> dict[str, FactSpec]:
        specs = dict(facts)
        for parameter in (*self._parameters.values(), *self._foreign):
            specs[f"params.{parameter.name}"] = parameter_spec(parameter)
        return specs


def _read_rule(reader: RuleReader, record: Record) -> Rule:
    with About(f"rule {shown(str(record.raw('id')))}"):
        return reader.read()


def _quoting(problem: str) -> str:
    """Return what to do about a condition that YAML takes for something of its own."""
    if "while scanning a tag" in problem:
        return "; quote a condition that begins with `!`"
    return "; quote a condition that holds brackets" if "while parsing a flow sequence" in problem else ""
