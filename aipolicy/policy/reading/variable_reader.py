"""The variables of a pack: each after those that it uses, with those that it imports, and its examples."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from aipolicy.facts.spec import FactSpec, FactType, FactValue
from aipolicy.facts.value_text import exact_value
from aipolicy.findings.finding import Outcome, Severity
from aipolicy.policy.cel.expressions import Compiler, ExpressionError
from aipolicy.policy.cel.tokens import TokenKind, tokens
from aipolicy.policy.pack import Variable
from aipolicy.policy.reading.condition_lines import VARIABLES, inlined, line_of, parameters_of
from aipolicy.policy.reading.example_tables import OF_VARIABLES, examples
from aipolicy.policy.reading.given_facts import fact_values
from aipolicy.policy.rule import Rule, RuleKind, RuleScope, RuleTest
from aipolicy.policy.values import as_value
from aipolicy.source.records import Record
from aipolicy.source.regex import regex
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown
from aipolicy.value import replace

_NAME = regex(r"[a-z][a-z0-9_]*")
_PARAMETERS = "params."
_UNKNOWN = "unknown"
_BROKEN = "true"
"""What stands for a variable that cannot be read: its mistake is told once, at itself."""


class VariableReader:
    """Reads the variables of a pack; mistakes are noted on their records."""

    def __init__(
        self, compiler: Compiler, facts: Mapping[str, FactSpec], pack: str, imported: Mapping[str, str]
    ) -> None:
        self._compiler = compiler
        self._facts = facts
        self._pack = pack
        self._known = dict(imported)
        self._records: dict[str, Record] = {}
        self._waiting: list[str] = []
        self._read: dict[str, Variable] = {}

    @property
    def texts(self) -> Mapping[str, str]:
        """Return every variable by its name as it is written out."""
        return self._known

    def read(self, records: Iterable[Record]) -> tuple[Variable, ...]:
        """Return the variables in the order in which they are written."""
        for record in records:
            name = record.text("name")
            if name and not _NAME.fullmatch(name):
                record.mistake(f"`{shown(name)}` is no name of a variable; use lower case, digits and `_`", "name")
            if name in self._records:
                record.mistake(f"variable `{shown(name)}` is defined twice", "name")
            elif name in self._known:
                record.mistake(f"variable `{shown(name)}` is imported already; use another name", "name")
            self._records.setdefault(name, record)
            for key in ("expression", "description", "export", "tests"):
                record.raw(key)
            record.finish()
        for name in self._records:
            self._settle(name)
        return tuple(self._with_tests(self._read[name]) for name in self._records if name in self._read)

    def _settle(self, name: str) -> None:
        """Write out a variable after those that it uses."""
        if name in self._known:
            return
        record = self._records[name]
        text = record.text("expression")
        record.text("description", "")
        self._waiting.append(name)
        for used in _used(text):
            if used in self._waiting:
                circle = " → ".join((*self._waiting[self._waiting.index(used) :], used))
                record.mistake(f"variable `{name}` uses itself: {circle}", "expression")
                self._known[name] = _BROKEN
            elif used in self._records:
                self._settle(used)
        self._waiting.remove(name)
        if name not in self._known:
            self._compile(name, text, record)

    def _compile(self, name: str, text: str, record: Record) -> None:
        variables = {**self._known, **{variable: _BROKEN for variable in self._records if variable not in self._known}}
        path = (*record.path, "expression")
        try:
            expanded = inlined(text, variables, record, "expression")
            compiled, type_ = self._compiler.compile_value(expanded)
        except ExpressionError as error:
            column = f" (column {error.column} of the expression)" if error.column is not None else ""
            record.mistake(f"{error}{column}", "expression")
            self._known[name] = _BROKEN
            return
        number = record.document.locate(path).start.line
        line = replace(line_of(text, compiled), expanded="" if expanded == text else expanded, number=number, path=path)
        self._known[name] = expanded
        self._read[name] = Variable(
            name=name, text=text, expanded=expanded, type=type_, line=line, exported=record.flag("export", default=False),
            defined_at=f"{record.document.source.path}:{record.document.locate(record.path).start.line}",
        )  # fmt: skip

    def _with_tests(self, variable: Variable) -> Variable:
        record = self._records[variable.name]
        by_value: dict[FactValue | None, list[RuleTest]] = {}
        for test in examples(record, self._facts, OF_VARIABLES):
            example = self._test(variable, test)
            if example is not None:
                value, read = example
                by_value.setdefault(value, []).append(read)
        return replace(variable, tests=tuple(self._rule(variable, value, by_value[value]) for value in by_value))

    def _test(self, variable: Variable, record: Record) -> tuple[FactValue | None, RuleTest] | None:
        """Return an example with the value that it expects; None of a condition, whose outcome says it all."""
        words = self._compiler.words
        given = fact_values(record.record("given"), "", self._facts, words)
        option = fact_values(record.record("option"), "option.", self._facts, words)
        name, expected = record.text("name"), record.raw("expect")
        record.finish()
        value = None if expected == _UNKNOWN else as_value(expected, variable.type)
        if value is None and expected != _UNKNOWN:
            record.mistake(f"`expect` must be of type {variable.type.value}, or `{_UNKNOWN}`", "expect")
            return None
        is_condition = variable.type is FactType.BOOL
        outcome = Outcome.VIOLATED if is_condition and value is False else Outcome.SATISFIED
        test = RuleTest(
            name=name, given=given, option=option, partner={}, expect=Outcome.UNDETERMINED if value is None else outcome,
            defined_at=f"{record.document.source.path}:{record.document.locate(record.path).start.line}",
        )  # fmt: skip
        return (None if is_condition else value), test

    def _rule(self, variable: Variable, value: FactValue | None, tests: Sequence[RuleTest]) -> Rule:
        """Return examples as those of a rule: that the variable holds, or that it has a value."""
        name = f"{VARIABLES}{variable.name}"
        is_condition = variable.type is FactType.BOOL
        # NOTE: whole numbers and fractions are two types of CEL, and `==` takes one.
        expression = f"double({name})" if variable.type is FactType.NUMBER else name
        text = name if is_condition else f"{expression} == {expression if value is None else _literal(value)}"
        expanded = text.replace(name, f"({variable.expanded})")
        compiled = line_of(text, self._compiler.compile(expanded))
        line = replace(compiled, expanded=expanded, number=variable.line.number, path=variable.line.path)
        return Rule(
            id=_id_of(name, value, is_condition=is_condition), name=variable.name,
            title=f"Variable {variable.name}", kind=RuleKind.DUTY, severity=Severity.ERROR, scope=RuleScope.OPTIONS,
            when=(), require=(line,), message="", why="", fix="", references=(), effective_from=None,
            effective_until=None, tests=tuple(tests), pack=self._pack, defined_at=variable.defined_at,
            parameters=parameters_of(line.parameter_reads, self._compiler.constants),
        )  # fmt: skip


def exported(variables: Iterable[Variable], pack: str) -> dict[str, str]:
    """Return what packs above may import of a pack, its parameters named after it."""
    return {variable.name: _renamed(variable.expanded, pack) for variable in variables if variable.exported}


def imported(heads: Sequence[Record], offered: Mapping[str, Mapping[str, str]], below: Mapping[str, Iterable[str]],
             ) -> dict[str, str]:  # fmt: skip
    """Return the variables that a pack imports by name, as `pack.variable`; only packs that it extends have any for it.

    `offered` are the exported variables of those packs, `below` all of their variables.
    """
    texts: dict[str, str] = {}
    for head in heads:
        for number, text in enumerate(head.texts("imports", ())):
            pack, _, name = text.partition(".")
            message = ""
            if pack not in offered:
                message = f"`{shown(text)}` is of no pack that this one extends{did_you_mean(pack, offered)}"
            elif name not in offered[pack]:
                hint = did_you_mean(name, offered[pack])
                is_private = name in tuple(below[pack])
                message = (
                    f"`{shown(text)}` is not exported; write `export: true` there"
                    if is_private
                    else (f"`{shown(pack)}` has no variable `{shown(name)}`{hint}")
                )
            elif name in texts:
                message = f"`{shown(text)}` is imported twice"
            else:
                texts[name] = offered[pack][name]
            if message:
                head.mistakes.add(message, head.document, (*head.path, "imports", number))
    return texts


def parameter_of_pack(pack: str, name: str) -> str:
    """Return how conditions of other packs name a parameter, without `params.`."""
    return f"{''.join(c if c.isalnum() else '_' for c in pack)}.{name}"


def _renamed(text: str, pack: str) -> str:
    parts, end = [], 0
    for token in tokens(text):
        if token.kind is TokenKind.NAME and token.text.startswith(_PARAMETERS):
            rest = parameter_of_pack(pack, token.text.removeprefix(_PARAMETERS))
            parts += [text[end : token.start], f"{_PARAMETERS}{rest}"]
            end = token.end
    return "".join((*parts, text[end:]))


def _used(text: str) -> list[str]:
    names = (token.text for token in tokens(text) if token.kind is TokenKind.NAME)
    return [name.removeprefix(VARIABLES).partition(".")[0] for name in names if name.startswith(VARIABLES)]


def _id_of(name: str, value: FactValue | None, *, is_condition: bool) -> str:
    """Return how examples of a variable are told from those of rules."""
    return name if is_condition else f"{name} {'unknown' if value is None else f'== {exact_value(value)}'}"


def _literal(value: FactValue) -> str:
    if isinstance(value, tuple):
        return json.dumps(list(value), ensure_ascii=False)
    return repr(value) if isinstance(value, float) else json.dumps(value, ensure_ascii=False)
