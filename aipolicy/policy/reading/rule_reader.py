"""One rule of a pack file in, a typed rule with compiled conditions out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from itertools import pairwise

from aipolicy.facts.all_facts import REGISTRY, is_option_fact, is_parameter
from aipolicy.facts.spec import FactSpec, FactType, FactValue, Origin
from aipolicy.findings.finding import Outcome, Reference, Severity
from aipolicy.findings.reserved_rules import RESERVED_PREFIXES
from aipolicy.policy.cel.expressions import Compiled, Compiler, ExpressionError
from aipolicy.policy.cel.fact_words import FactWords
from aipolicy.policy.cel.within import parameter_behind
from aipolicy.policy.layers.origins import RuleOrigin
from aipolicy.policy.layers.overlay import place_of
from aipolicy.policy.message import PLACEHOLDER, names_in, names_of
from aipolicy.policy.reading.applies_to import read_applies_to
from aipolicy.policy.rule import Line, Rule, RuleKind, RuleScope, RuleTest
from aipolicy.policy.stages import STAGE_KEYS
from aipolicy.policy.values import read_value
from aipolicy.source.records import Record
from aipolicy.source.regex import regex
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown
from aipolicy.value import replace

_RULE_ID = regex(r"[A-Z][A-Z0-9]*-[0-9]{3}")
_RULE_NAME = regex(r"[a-z0-9]+(-[a-z0-9]+)*")
_VARIABLE = regex(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|(?<![\w.])variables\.([A-Za-z_]\w*)")
_CHECKED = frozenset({"country", "data-class", "place", "residency", "task-type"})
"""Vocabularies of which an example uses nothing else; providers and models of an example may be invented."""
_DECLARABLE = frozenset({Origin.DECLARED, Origin.EVIDENCE})


def mistake_of_id(rule_id: str) -> str:
    """Return what is wrong with the id of a rule; empty for nothing."""
    if rule_id.startswith(RESERVED_PREFIXES):
        return f"`{shown(rule_id)}` is reserved for findings about manifests, plans and packs"
    return "" if _RULE_ID.fullmatch(rule_id) else f"`{shown(rule_id)}` is no rule id; write it like `DATA-001`"


def mistake_of_name(name: str) -> str:
    """Return what is wrong with the name of a rule; empty for nothing."""
    return "" if _RULE_NAME.fullmatch(name) else f"`{shown(name)}` is no rule name; write the offence in kebab-case"


class RuleReader:
    """Reads one rule."""

    def __init__(self, record: Record, compiler: Compiler, variables: Mapping[str, str], pack: str,
                 parameters: Mapping[str, FactValue], facts: Mapping[str, FactSpec] = REGISTRY) -> None:  # fmt: skip
        self._record = record
        self._facts = facts
        self._compiler = compiler
        self._variables = variables
        self._pack = pack
        self._parameters = parameters

    def read(self) -> Rule:
        """Return the rule; mistakes are noted on its record."""
        record = self._record
        effective = record.record("effective")
        start = record.document.locate(record.path)
        kind = self._kind()
        scope = record.text("scope", RuleScope.OPTIONS.value, tuple(scope.value for scope in RuleScope))
        severity = record.text("severity", choices=tuple(severity.value for severity in Severity))
        rule = Rule(
            id=self._id(),
            name=self._name(),
            title=record.said("title"),
            kind=kind,
            severity=Severity(severity) if severity in list(Severity) else Severity.ERROR,
            scope=RuleScope(scope) if scope in list(RuleScope) else RuleScope.OPTIONS,
            when=(*self._applies_to(), *self._lines("when", required=False)),
            require=self._lines("require", required=not record.has("must_declare")),
            must_declare=self._must_declare(),
            message=record.said("message"),
            why=record.text("why", ""),
            fix=record.text("fix", ""),
            references=tuple(self._references()),
            effective_from=effective.optional_day("from"),
            effective_until=effective.optional_day("until"),
            tests=self._tests(),
            pack=self._pack,
            defined_at=f"{record.document.source.path}:{start.start.line}",
            parameters={},
            announced_on=effective.optional_day("announced"),
            warning_from=effective.optional_day("warning"),
        )
        effective.finish()
        self._check_dates(rule, effective)
        self._check_kind(rule)
        self._check_scope(rule)
        record.finish()
        used = {name for line in (*rule.when, *rule.require) for name in line.parameter_reads}
        used |= self._check_message(rule.message)
        origin = RuleOrigin(
            rule.severity, rule.effective_from, rule.effective_until, self._pack,
            place_of(record, "severity"), place_of(record, "effective") if record.has("effective") else "", "",
        )  # fmt: skip
        return replace(rule, parameters=parameters_of(used, self._compiler.constants), origins=(origin,))

    def _kind(self) -> RuleKind:
        kind = self._record.text("kind", choices=tuple(kind.value for kind in RuleKind))
        return RuleKind(kind) if kind in list(RuleKind) else RuleKind.CONSTRAINT

    def _tests(self) -> tuple[RuleTest, ...]:
        return tuple(self._test(test) for test in self._record.records("tests"))

    def _id(self) -> str:
        rule_id = self._record.text("id")
        wrong = mistake_of_id(rule_id) if rule_id else ""
        if wrong:
            self._record.mistake(wrong, "id")
        return rule_id

    def _name(self) -> str:
        name = self._record.text("name")
        wrong = mistake_of_name(name) if name else ""
        if wrong:
            self._record.mistake(wrong, "name")
        return name

    def _applies_to(self) -> Iterable[Line]:
        """Return what `applies_to` says as lines like any other, so that one evaluator judges them."""
        record = self._record
        for limit in read_applies_to(record):
            try:
                line = line_of(limit.text, self._compiler.compile(limit.condition))
                number = record.document.locate(limit.path).start.line
                yield replace(line, expanded=limit.condition, number=number)
            except ExpressionError as error:
                record.mistakes.add(str(error), record.document, limit.path)

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
                number = record.document.locate(path).start.line
                lines.append(self._line(str(text), key, number))
            except ExpressionError as error:
                column = f" (column {error.column} of the condition)" if error.column is not None else ""
                record.mistakes.add(f"{error}{column}", record.document, path)
        return tuple(lines)

    def _line(self, text: str, key: str, number: int) -> Line:
        expanded = inlined(text, self._variables, self._record, key)
        compiled = self._compiler.compile(expanded)
        _refuse_some(compiled.some_within, holds_for_some=key == "require")
        return replace(line_of(text, compiled), expanded="" if expanded == text else expanded, number=number)

    def _must_declare(self) -> tuple[str, ...]:
        """Return the facts that a manifest has to declare; one that none can declare is a mistake."""
        record = self._record
        if not record.has("must_declare"):
            return ()
        names = record.texts("must_declare")
        known = {name for name, spec in self._facts.items() if spec.origin in _DECLARABLE}
        for number, name in enumerate(names):
            message = f"`{shown(name)}` is written twice" if name in names[:number] else ""
            if name not in known:
                message = f"`{shown(name)}` is no fact that a manifest declares{did_you_mean(name, known)}"
            if message:
                record.mistakes.add(message, record.document, (*record.path, "must_declare", number))
        if not names:
            record.mistake("`must_declare` is empty; name a fact, or remove the key", "must_declare")
        return tuple(name for name in dict.fromkeys(names) if name in known)

    def _references(self) -> Iterable[Reference]:
        for reference in self._record.records("references"):
            yield Reference(
                title=reference.text("title"), url=reference.text("url", ""), clause=reference.text("clause", "")
            )
            reference.finish()

    def _test(self, record: Record) -> RuleTest:
        words = self._compiler.words
        expect = record.text("expect", choices=tuple(o.value for o in Outcome if o is not Outcome.WAIVED))
        test = RuleTest(
            name=record.text("name"),
            given=fact_values(record.record("given"), "", self._facts, words),
            option=fact_values(record.record("option"), "option.", self._facts, words),
            expect=Outcome(expect) if expect in list(Outcome) else Outcome.VIOLATED,
            message=record.text("message", ""),
            defined_at=f"{record.document.source.path}:{record.document.locate(record.path).start.line}",
        )
        if test.message and test.expect is not Outcome.VIOLATED:
            record.mistake("an example has a message only where it is violated", "message")
        record.finish()
        return test

    def _check_dates(self, rule: Rule, effective: Record) -> None:
        days = zip(STAGE_KEYS, rule.stages, strict=True)
        written = [(key, day) for key, day in days if day is not None and day > date.min]
        for (earlier, begins), (key, day) in pairwise(written):
            if day < begins:
                message = f"`{key}` ({day}) must not come before `{earlier}` ({begins})"
                effective.mistake(message if key != "until" else f"the rule ends before it begins: {message}", key)

    def _check_kind(self, rule: Rule) -> None:
        if rule.kind is RuleKind.CONSTRAINT and (rule.require or rule.must_declare):
            reads = {name for line in (*rule.when, *rule.require) for name in line.option_reads}
            if not reads:
                message = "a constraint reads facts of options; a rule about declared facts alone is a `duty`"
                self._record.mistake(message, "kind")

    def _check_scope(self, rule: Rule) -> None:
        for name in sorted({name for line in (*rule.when, *rule.require) for name in line.option_reads}):
            if REGISTRY[name].plan_only and rule.scope is not RuleScope.PLAN:
                self._record.mistake(f"`{name}` is a fact of plans; add `scope: plan` to the rule", "id")

    def _check_message(self, message: str) -> set[str]:
        for placeholder in PLACEHOLDER.findall(message):
            lists = names_of(placeholder)
            for name in lists if len(lists) > 1 else ():
                if name in self._facts and self._facts[name].type is not FactType.TEXTS:
                    self._record.mistake(f"`{name}` is no list; `without` stands between two lists", "message")
        return self._check_placeholders(message, self._facts)

    def _check_placeholders(self, message: str, names: Collection[str]) -> set[str]:
        used = set()
        for name in names_in(message):
            if name in self._parameters:
                used.add(name)
            elif name not in names:
                hint = did_you_mean(name, (*names, *self._parameters))
                self._record.mistake(f"unknown fact `{name}` in the message{hint}", "message")
        return used


def parameters_of(names: Iterable[str], constants: Mapping[str, FactValue]) -> dict[str, FactValue]:
    """Return the values of what a rule reads of its policy, with the parameters that places come from."""
    read = set(names)
    read |= {behind for name in read for behind in parameter_behind(name)}
    return {name: constants[name] for name in sorted(read)}


def fact_values(record: Record, prefix: str, facts: Mapping[str, FactSpec], words: FactWords) -> dict[str, FactValue]:
    """Return the facts that an example gives; an unknown fact or word is a mistake at its place."""
    values: dict[str, FactValue] = {}
    for key in record.field_names():
        name = f"{prefix}{key}"
        spec = facts.get(name)
        if spec is None or is_option_fact(name) != bool(prefix):
            record.raw(key)
            record.mistake(f"unknown fact `{name}`{did_you_mean(name, facts)}", key, "key")
            continue
        value = read_value(record, key, spec.type)
        values[name] = value
        written = value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()
        for word in written if spec.choices or spec.vocabulary in _CHECKED else ():
            if wrong := words.never_given(name, word):
                record.mistake(wrong, key)
    return values


def _refuse_some(some_within: Iterable[tuple[str, bool]], *, holds_for_some: bool) -> None:
    """Refuse a list within a place where one of its places would satisfy a rule, or keep it from applying."""
    for name, positive in some_within:
        if positive is holds_for_some:
            listed = name or "LIST"
            raise ExpressionError(
                f"`within` holds as soon as one of `{listed}` lies there, which is too little here; write "
                f"`{listed}.all(p, within(p, PLACE))`, or `.exists` where one is enough"
            )


def line_of(text: str, compiled: Compiled) -> Line:
    """Return a line made of a compiled condition."""
    parameters = tuple(filter(is_parameter, compiled.reads))
    return Line(
        text=text,
        checked=compiled.checked,
        feature_reads=tuple(name for name in compiled.reads if not is_option_fact(name) and not is_parameter(name)),
        option_reads=tuple(name for name in compiled.reads if is_option_fact(name)),
        parameter_reads=parameters,
        ordered_by=compiled.ordered_by,
        turns_at=compiled.turns_at,
        label_keys=compiled.label_keys,
    )


def inlined(text: str, variables: Mapping[str, str], record: Record, key: str) -> str:
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
