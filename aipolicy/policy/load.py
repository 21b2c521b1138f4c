"""Pack files in, typed packs out; every mistake of every file is reported, and none lets a rule through by half."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from aipolicy.catalog.catalog import Catalog
from aipolicy.errors import PolicyError
from aipolicy.facts.known_facts import known_facts
from aipolicy.facts.spec import FactSpec, FactType, FactValue, Origin
from aipolicy.policy.expressions import Compiler, ExpressionError
from aipolicy.policy.extension_facts import joined_facts, read_extension_fact
from aipolicy.policy.locate import PackFiles as PackFiles
from aipolicy.policy.locate import find_pack as find_pack
from aipolicy.policy.locate import shipped_packs as shipped_packs
from aipolicy.policy.rule import Parameter, PolicyPack, Rule
from aipolicy.policy.rule_reader import RuleReader, inlined
from aipolicy.policy.values import read_value
from aipolicy.source.document import Document
from aipolicy.source.records import Mistakes, Record
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown
from aipolicy.source.yaml_reader import read_yaml

API_VERSION = "aipolicy/v1"
PACK_KIND = "PolicyPack"
RULES_KIND = "PolicyRules"
VOCABULARIES = ("data-class", "place", "task-type", "provider", "model", "region", "regime")

_PARAMETER_NAME = re.compile(r"[a-z][a-z0-9_]*")
_TYPES = tuple(type_.value for type_ in FactType if type_ is not FactType.LABELS)


def load_packs(packs: Sequence[PackFiles], catalog: Catalog, overrides: Mapping[str, object]) -> tuple[PolicyPack, ...]:
    """Return the packs with the organisation's parameters; raises `PolicyError` or `Problems` with every mistake."""
    mistakes = Mistakes(PolicyError)
    vocabularies = {name: catalog.vocabulary(name) for name in VOCABULARIES}
    readers = [_PackReader(files, vocabularies, overrides, mistakes) for files in packs]
    # NOTE: what one pack declares the rules of every pack may read.
    specs = known_facts(joined_facts(reader.facts for reader in readers)).specs
    loaded = [reader.read(specs) for reader in readers]
    _refuse_unknown_overrides(overrides, loaded, mistakes)
    _refuse_equal_ids(loaded, mistakes)
    _refuse_equal_names(loaded, mistakes)
    mistakes.raise_if_any()
    return tuple(loaded)


def _refuse_unknown_overrides(overrides: Mapping[str, object], packs: Iterable[PolicyPack], mistakes: Mistakes) -> None:
    known = {f"{pack.name}.{parameter.name}" for pack in packs for parameter in pack.parameters}
    for name in overrides:
        if name not in known:
            mistakes.add_error(
                PolicyError(f"unknown parameter `{name}` in the configuration{did_you_mean(name, known)}")
            )


def _refuse_equal_ids(packs: Iterable[PolicyPack], mistakes: Mistakes) -> None:
    first: dict[str, Rule] = {}
    for rule in (rule for pack in packs for rule in pack.rules):
        for key in (rule.id, rule.name):
            earlier = first.setdefault(key, rule)
            if key and earlier is not rule:
                path, _, line = rule.defined_at.rpartition(":")
                message = f"rule `{key}` at line {line} is already defined at {earlier.defined_at}"
                mistakes.add_error(PolicyError(message, path=path))


def _refuse_equal_names(packs: Iterable[PolicyPack], mistakes: Mistakes) -> None:
    first: dict[str, PolicyPack] = {}
    for pack in packs:
        earlier = first.setdefault(pack.name, pack)
        if pack.name and earlier is not pack:
            message = f"a pack named `{shown(pack.name)}` is already read from {earlier.path}"
            mistakes.add_error(PolicyError(message, path=pack.path))


class _PackReader:
    """Reads the documents of one pack."""

    def __init__(self, files: PackFiles, vocabularies: Mapping[str, Sequence[str]], overrides: Mapping[str, object],
                 mistakes: Mistakes) -> None:  # fmt: skip
        self._files = files
        self._vocabularies = vocabularies
        self._overrides = overrides
        self._mistakes = mistakes
        self._variables: dict[str, str] = {}
        self._parameters: dict[str, Parameter] = {}
        self._records = [Record(d, (), d.value, self._mistakes) for d in self._documents()]
        self.facts = [read_extension_fact(each) for record in self._records for each in record.records("facts")]
        """What the pack adds to manifests."""

    def read(self, specs: Mapping[str, FactSpec]) -> PolicyPack:
        """Return the pack; mistakes are collected, and the pack must not be used when there are any."""
        records = self._records
        heads = [record for record in records if self._check_kind(record) == PACK_KIND]
        if len(heads) != 1:
            message = f"a pack has one document of kind {PACK_KIND}, found {len(heads)}"
            self._mistakes.add_error(PolicyError(message, path=self._files.path))
        metadata = heads[0].record("metadata") if heads else None
        name = metadata.text("name") if metadata is not None else ""
        for record in records:
            for parameter in record.records("parameters"):
                self._read_parameter(parameter, name)
        constants = {f"params.{p.name}": p.value for p in self._parameters.values()}
        compiler = Compiler(self._with_parameters(specs), self._vocabularies, constants)
        for record in records:
            for variable in record.records("variables"):
                self._read_variable(variable, compiler)
        rules = [
            RuleReader(rule, compiler, self._variables, name, constants, specs).read()
            for record in records
            for rule in record.records("rules")
        ]
        if not rules:
            self._mistakes.add_error(PolicyError("the pack holds no rules", path=self._files.path))
        pack = PolicyPack(
            name=name,
            version=metadata.text("version") if metadata is not None else "",
            title=metadata.text("title", "") if metadata is not None else "",
            description=metadata.text("description", "") if metadata is not None else "",
            parameters=tuple(self._parameters.values()),
            rules=tuple(sorted(rules, key=lambda rule: rule.id)),
            path=self._files.path,
            facts=tuple(fact.spec for fact in self.facts),
        )
        for record in (*records, *((metadata,) if metadata is not None else ())):
            record.finish()
        return pack

    def _documents(self) -> Iterable[Document]:
        for path, data in self._files.files:
            result = read_yaml(path, data)
            for problem in result.problems:
                self._mistakes.add_error(PolicyError(problem.message, path=path, span=problem.span))
            if not result.documents and not result.problems:
                self._mistakes.add_error(PolicyError("the file is empty", path=path))
            yield from result.documents

    def _check_kind(self, record: Record) -> str:
        version = record.text("apiVersion")
        if version and version != API_VERSION:
            record.mistake(f"unknown version `{version}`; write `{API_VERSION}`", "apiVersion")
        return record.text("kind", choices=(PACK_KIND, RULES_KIND))

    def _with_parameters(self, facts: Mapping[str, FactSpec]) -> dict[str, FactSpec]:
        specs = dict(facts)
        for parameter in self._parameters.values():
            name = f"params.{parameter.name}"
            specs[name] = FactSpec(name, parameter.type, parameter.description, Origin.ORGANIZATION)
        return specs

    def _read_parameter(self, record: Record, pack: str) -> None:
        name = record.text("name")
        if name and not _PARAMETER_NAME.fullmatch(name):
            record.mistake(f"`{name}` is no parameter name; use lower case, digits and `_`", "name")
        if name in self._parameters:
            record.mistake(f"parameter `{name}` is defined twice", "name")
        type_text = record.text("type", choices=_TYPES)
        type_ = FactType(type_text) if type_text in _TYPES else FactType.TEXT
        default = read_value(record, "default", type_)
        value = default
        key = f"{pack}.{name}"
        if key in self._overrides:
            override = _as_value(self._overrides[key], type_)
            if override is None:
                message = f"parameter `{key}` in the configuration must be of type {type_.value}"
                self._mistakes.add_error(PolicyError(message))
            else:
                value = override
        self._parameters[name] = Parameter(
            name=name, type=type_, default=default, value=value, unit=record.text("unit", ""),
            description=record.text("description"), source=record.text("source"),
            checked_on=record.optional_day("checked_on"), disputed=record.text("disputed", ""),
        )  # fmt: skip
        record.finish()

    def _read_variable(self, record: Record, compiler: Compiler) -> None:
        name, text = record.text("name"), record.text("expression")
        record.text("description", "")
        record.finish()
        expanded = inlined(text, self._variables, record, "expression")
        try:
            compiler.compile(expanded)
        except ExpressionError as error:
            record.mistake(str(error), "expression")
            expanded = "true"
        if name in self._variables:
            record.mistake(f"variable `{name}` is defined twice", "name")
        self._variables[name] = expanded


def _as_value(raw: object, type_: FactType) -> FactValue | None:
    match type_:
        case FactType.BOOL:
            return raw if isinstance(raw, bool) else None
        case FactType.NUMBER:
            return float(raw) if isinstance(raw, int | float) and not isinstance(raw, bool) else None
        case FactType.TEXT:
            return raw if isinstance(raw, str) else None
        case _:
            return tuple(raw) if isinstance(raw, tuple | list) and all(isinstance(i, str) for i in raw) else None
