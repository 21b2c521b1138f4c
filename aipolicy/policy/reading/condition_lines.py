"""Conditions as they stand in a pack file in, compiled lines out, each with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from aipolicy.facts.all_facts import is_option_fact, is_parameter
from aipolicy.facts.spec import FactValue
from aipolicy.policy.cel.expressions import Compiled, Compiler, ExpressionError
from aipolicy.policy.cel.within import parameter_behind
from aipolicy.policy.reading.applies_to import read_applies_to
from aipolicy.policy.rule import Line
from aipolicy.source.document import PlainValue
from aipolicy.source.records import Record
from aipolicy.source.regex import regex
from aipolicy.source.span import DocumentPath, Position, Rewording, Span
from aipolicy.source.suggest import did_you_mean
from aipolicy.value import replace

UNLESS = "unless"
VARIABLES = "variables."
"""How the name of a variable begins in conditions."""
_VARIABLE = regex(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|(?<![\w.])variables\.([A-Za-z_]\w*)")


class ConditionReader:
    """Reads the conditions of a rule, or of what stands above several rules; mistakes are noted on the record."""

    def __init__(self, record: Record, compiler: Compiler, variables: Mapping[str, str],
                 check: Callable[[Line], None] | None = None) -> None:  # fmt: skip
        self._record = record
        self._compiler = compiler
        self._variables = variables
        self._check = check

    def applies_to(self) -> Iterator[Line]:
        """Yield what `applies_to` says as lines like any other, so that one evaluator evaluates them."""
        record = self._record
        for limit in read_applies_to(record):
            try:
                line = line_of(limit.text, self._compiler.compile(limit.condition))
                number = record.document.locate(limit.path).start.line
                yield replace(line, expanded=limit.condition, number=number, path=limit.path)
            except ExpressionError as error:
                record.mistakes.add(str(error), record.document, limit.path)

    def lines(self, key: str) -> tuple[Line, ...]:
        """Return the conditions under a key; one of `unless` holds where what is written does not."""
        lines = (self.line(text, key, path) for text, path in self.texts(key))
        return tuple(line for line in lines if line is not None)

    def texts(self, key: str) -> Iterator[tuple[str, DocumentPath]]:
        """Yield the conditions under a key as they are written, with their places."""
        raw = self._record.raw(key)
        items: list[PlainValue] = raw if isinstance(raw, list) else [raw]
        if raw is None:
            return
        if not items or not all(isinstance(item, str) for item in items):
            message = f"`{key}` must be a list of conditions, each as text; quote one that starts with `!`"
            self._record.mistake(message, key)
            return
        torn = _torn([str(item) for item in items])
        for index, text in enumerate(items):
            path = (*self._record.path, key, index) if isinstance(raw, list) else (*self._record.path, key)
            if index in torn:
                message = (
                    "the condition is torn at a comma, which ends an entry of a list in `[…]`; quote the condition"
                )
                self._record.mistakes.add(message, self._record.document, path)
            if not any(index in rest for rest in torn.values()) and index not in torn:
                yield str(text), path

    def line(self, text: str, key: str, path: DocumentPath) -> Line | None:
        """Return one compiled condition, None where it has a mistake."""
        record = self._record
        text = f"!({text})" if key == UNLESS else text
        try:
            expanded = inlined(text, self._variables, record, key)
            compiled = self._compiler.compile(expanded)
            _refuse_some(compiled.some_within, holds_for_some=key == "require")
            written = "" if expanded == text else expanded
            number = record.document.locate(path).start.line
            line = replace(line_of(text, compiled), expanded=written, number=number, path=path)
            if self._check is not None:
                self._check(line)
        except ExpressionError as error:
            shift = len("!(") if key == UNLESS else 0
            column = f" (column {error.column - shift} of the condition)" if error.column is not None else ""
            span = _span_of(record, path, text, error.column, shift)
            meant = self._meant(text[shift : len(text) - bool(shift)], key, path)
            record.mistakes.add_at(f"{error}{column}", record.document.source.path, span, meant)
            return None
        return line

    def _meant(self, written: str, key: str, path: DocumentPath) -> Rewording | None:
        """Return what a condition with a mistake is certain to mean, None where it may mean something else."""

        def check(text: str) -> None:
            text = f"!({text})" if key == UNLESS else text
            compiled = self._compiler.compile(written_out(text, self._variables))
            _refuse_some(compiled.some_within, holds_for_some=key == "require")

        from aipolicy.policy.cel.corrections import corrected  # NOTE: few conditions have a mistake.

        new = corrected(written, check, self._compiler.facts)
        return None if new is None else Rewording(self._record.document.locate(path), written, new)


def parameters_of(names: Iterable[str], constants: Mapping[str, FactValue]) -> dict[str, FactValue]:
    """Return the values of what a rule reads of its policy, with the parameters that places come from."""
    read_names = set(names)
    read_names |= {behind for name in read_names for behind in parameter_behind(name)}
    return {name: constants[name] for name in sorted(read_names)}


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
        elements=compiled.elements,
    )


def _torn(items: list[str]) -> dict[int, range]:
    """Return where a condition begins that YAML took for several, with what else belongs to it: brackets tell."""
    torn: dict[int, range] = {}
    begun, depth = 0, 0
    for index, item in enumerate(items):
        begun = index if depth <= 0 else begun
        depth = max(depth, 0) + item.count("(") - item.count(")")
        if depth == 0 and index > begun:
            torn[begun] = range(begun + 1, index + 1)
    return torn


def _span_of(record: Record, path: DocumentPath, text: str, column: int | None, shift: int) -> Span:
    """Return where a complaint about a condition stands: its column, where it is written as it is read, else all of it."""
    whole = record.document.locate(path)
    lines = record.document.source.text.split("\n")
    written = lines[whole.start.line - 1][whole.start.column - 1 : whole.end.column - 1]
    quoted = written[:1] in ("'", '"')
    plain = written[1:-1] if quoted else written
    if column is None or whole.start.line != whole.end.line or plain != text[shift : len(text) - bool(shift)]:
        return whole
    at = whole.start.column + quoted + column - shift - 1
    return Span(Position(whole.start.line, at), Position(whole.start.line, max(at + 1, whole.end.column - quoted)))


def uses_variables(text: str) -> bool:
    """Return whether an expression names a variable outside quotes."""
    return any(match.group(1) is not None for match in _VARIABLE.finditer(text))


def written_out(text: str, variables: Mapping[str, str]) -> str:
    """Return an expression with its variables written out; one that there is not stays as it is."""
    return _VARIABLE.sub(
        lambda match: f"({variables[match.group(1)]})" if match.group(1) in variables else match.group(), text
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
