"""Pack files in, typed packs out; every mistake of every file is reported, and none lets a rule through by half."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from aipolicy.catalog.catalog import Catalog
from aipolicy.errors import PolicyError
from aipolicy.facts.registry import REGISTRY, is_option_fact
from aipolicy.facts.spec import FactSpec, FactType, FactValue, Origin
from aipolicy.findings import RESERVED_RULES, Outcome, Reference, Severity
from aipolicy.policy.expressions import Compiler, ExpressionError
from aipolicy.policy.locate import PackFiles as PackFiles
from aipolicy.policy.locate import find_pack as find_pack
from aipolicy.policy.locate import shipped_packs as shipped_packs
from aipolicy.policy.rule import Line, Parameter, PolicyPack, Rule, RuleKind, RuleTest
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

_RULE_ID = re.compile(r"[A-Z][A-Z0-9]*-[0-9]{3}")
_RULE_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PARAMETER_NAME = re.compile(r"[a-z][a-z0-9_]*")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_VARIABLE = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|(?<![\w.])variables\.([A-Za-z_]\w*)")
_RESERVED_IDS = frozenset(rule.id for rule in RESERVED_RULES)
_RESERVED_PREFIXES = tuple(sorted({rule.id.partition("-")[0] + "-" for rule in RESERVED_RULES}))
_TYPES = tuple(type_.value for type_ in FactType if type_ is not FactType.LABELS)


def load_packs(packs: Sequence[PackFiles], catalog: Catalog, overrides: Mapping[str, object]) -> tuple[PolicyPack, ...]:
    """Return the packs with the organisation's parameters; raises `PolicyError` or `Problems` with every mistake."""
    mistakes = Mistakes(PolicyError)
    vocabularies = {name: catalog.vocabulary(name) for name in VOCABULARIES}
    loaded = [_PackReader(files, vocabularies, overrides, mistakes).read() for files in packs]
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

    def read(self) -> PolicyPack:
        """Return the pack; mistakes are collected, and the pack must not be used when there are any."""
        records = [Record(d, (), d.value, self._mistakes) for d in self._documents()]
        heads = [record for record in records if self._check_kind(record) == PACK_KIND]
        if len(heads) != 1:
            message = f"a pack has one document of kind {PACK_KIND}, found {len(heads)}"
            self._mistakes.add_error(PolicyError(message, path=self._files.path))
        metadata = heads[0].record("metadata") if heads else None
        name = metadata.text("name") if metadata is not None else ""
        for record in records:
            for parameter in record.records("parameters"):
                self._read_parameter(parameter, name)
        compiler = Compiler(self._specs(), self._vocabularies)
        for record in records:
            for variable in record.records("variables"):
                self._read_variable(variable, compiler)
        values = {f"params.{p.name}": p.value for p in self._parameters.values()}
        rules = [
            _RuleReader(rule, compiler, self._variables, name, values).read()
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

    def _specs(self) -> dict[str, FactSpec]:
        specs = dict(REGISTRY)
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
        expanded = _inlined(text, self._variables, record, "expression")
        try:
            compiler.compile(expanded)
        except ExpressionError as error:
            record.mistake(str(error), "expression")
            expanded = "true"
        if name in self._variables:
            record.mistake(f"variable `{name}` is defined twice", "name")
        self._variables[name] = expanded


class _RuleReader:
    """Reads one rule."""

    def __init__(self, record: Record, compiler: Compiler, variables: Mapping[str, str], pack: str,
                 parameters: Mapping[str, FactValue]) -> None:  # fmt: skip
        self._record = record
        self._compiler = compiler
        self._variables = variables
        self._pack = pack
        self._parameters = parameters

    def read(self) -> Rule:
        """Return the rule; mistakes are noted on its record."""
        record = self._record
        effective = record.record("effective")
        start = record.document.locate(record.path)
        kind = record.text("kind", choices=tuple(kind.value for kind in RuleKind))
        severity = record.text("severity", choices=tuple(severity.value for severity in Severity))
        rule = Rule(
            id=self._id(),
            name=self._name(),
            title=record.text("title"),
            kind=RuleKind(kind) if kind in list(RuleKind) else RuleKind.CONSTRAINT,
            severity=Severity(severity) if severity in list(Severity) else Severity.ERROR,
            when=self._lines("when", required=False),
            require=self._lines("require", required=True),
            message=record.text("message"),
            why=record.text("why", ""),
            fix=record.text("fix", ""),
            references=tuple(self._references()),
            effective_from=effective.optional_day("from"),
            effective_until=effective.optional_day("until"),
            tests=tuple(self._test(test) for test in record.records("tests")),
            pack=self._pack,
            defined_at=f"{record.document.source.path}:{start.start.line}",
            parameters={},
        )
        effective.finish()
        self._check_dates(rule)
        self._check_kind(rule)
        record.finish()
        used = {name for line in (*rule.when, *rule.require) for name in line.parameter_reads}
        used |= self._check_message(rule.message)
        return replace(rule, parameters={name: self._parameters[name] for name in sorted(used)})

    def _id(self) -> str:
        rule_id = self._record.text("id")
        if rule_id and not _RULE_ID.fullmatch(rule_id):
            self._record.mistake(f"`{rule_id}` is no rule id; write it like `DATA-001`", "id")
        if rule_id in _RESERVED_IDS or rule_id.startswith(_RESERVED_PREFIXES):
            self._record.mistake(f"`{rule_id}` is reserved for findings about manifests and plans", "id")
        return rule_id

    def _name(self) -> str:
        name = self._record.text("name")
        if name and not _RULE_NAME.fullmatch(name):
            self._record.mistake(f"`{name}` is no rule name; write the offence in kebab-case", "name")
        return name

    def _lines(self, key: str, *, required: bool) -> tuple[Line, ...]:
        record = self._record
        raw = record.raw(key)
        if raw is None:
            if required:
                record.mistake(f"missing key `{key}`")
            return ()
        items = [raw] if isinstance(raw, str) else raw
        if not isinstance(items, list) or not items or not all(isinstance(item, str) for item in items):
            record.mistake(f"`{key}` must be a list of conditions, each as text; quote one that starts with `!`", key)
            return ()
        lines = []
        for index, text in enumerate(items):
            path = (*record.path, key, index) if isinstance(raw, list) else (*record.path, key)
            try:
                lines.append(self._line(str(text), key))
            except ExpressionError as error:
                column = f" (column {error.column} of the condition)" if error.column is not None else ""
                record.mistakes.add(f"{error}{column}", record.document, path)
        return tuple(lines)

    def _line(self, text: str, key: str) -> Line:
        compiled = self._compiler.compile(_inlined(text, self._variables, self._record, key))
        parameters = tuple(name for name in compiled.reads if name.startswith("params."))
        return Line(
            text=text,
            checked=compiled.checked,
            feature_reads=tuple(
                name for name in compiled.reads if not is_option_fact(name) and not name.startswith("params.")
            ),
            option_reads=tuple(name for name in compiled.reads if is_option_fact(name)),
            parameter_reads=parameters,
            ordered_by=compiled.ordered_by,
        )

    def _references(self) -> Iterable[Reference]:
        for reference in self._record.records("references"):
            yield Reference(
                title=reference.text("title"), url=reference.text("url", ""), clause=reference.text("clause", "")
            )
            reference.finish()

    def _test(self, record: Record) -> RuleTest:
        expect = record.text("expect", choices=tuple(o.value for o in Outcome if o is not Outcome.WAIVED))
        test = RuleTest(
            name=record.text("name"),
            given=self._values(record.record("given"), ""),
            option=self._values(record.record("option"), "option."),
            expect=Outcome(expect) if expect in list(Outcome) else Outcome.VIOLATED,
        )
        record.finish()
        return test

    def _values(self, record: Record, prefix: str) -> dict[str, FactValue]:
        values: dict[str, FactValue] = {}
        for key in record.field_names():
            name = f"{prefix}{key}"
            spec = REGISTRY.get(name)
            if spec is None or is_option_fact(name) != bool(prefix):
                record.raw(key)
                record.mistake(f"unknown fact `{name}`{did_you_mean(name, REGISTRY)}", key, "key")
                continue
            value = read_value(record, key, spec.type)
            values[name] = value
            words = value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()
            for word in words:
                if spec.choices and word not in spec.choices:
                    record.mistake(f"`{name}` is never `{word}`{did_you_mean(word, spec.choices)}", key)
        return values

    def _check_dates(self, rule: Rule) -> None:
        if rule.effective_from and rule.effective_until and rule.effective_until < rule.effective_from:
            self._record.mistake("the rule ends before it begins", "effective")

    def _check_kind(self, rule: Rule) -> None:
        if rule.kind is RuleKind.CONSTRAINT and rule.require:
            reads = {name for line in (*rule.when, *rule.require) for name in line.option_reads}
            if not reads:
                message = "a constraint reads facts of options; a rule about declared facts alone is a `duty`"
                self._record.mistake(message, "kind")

    def _check_message(self, message: str) -> set[str]:
        used = set()
        for placeholder in _PLACEHOLDER.findall(message):
            if placeholder in self._parameters:
                used.add(placeholder)
            elif placeholder not in REGISTRY:
                known = (*REGISTRY, *self._parameters)
                hint = did_you_mean(placeholder, known)
                self._record.mistake(f"unknown fact `{placeholder}` in the message{hint}", "message")
        return used


def _inlined(text: str, variables: Mapping[str, str], record: Record, key: str) -> str:
    """Return the text with every `variables.NAME` outside quotes replaced by its expression."""

    def expand(match: re.Match[str]) -> str:
        name = match.group(1)
        if name is None:
            return match.group()
        if name not in variables:
            record.mistake(f"unknown variable `variables.{name}`{did_you_mean(name, variables)}", key)
            return "true"
        return f"({variables[name]})"

    return _VARIABLE.sub(expand, text)


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
