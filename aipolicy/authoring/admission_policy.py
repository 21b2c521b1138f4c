"""A ValidatingAdmissionPolicy of Kubernetes in, a pack with the rules that can be said here out, and what cannot be.

The keys are those of admissionregistration.k8s.io/v1 (https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/
validating-admission-policy-v1, read 2026-12-01): `object` there is the manifest here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from aipolicy.catalog.catalog import Catalog
from aipolicy.errors import AipolicyError, ExpressionError, PolicyError
from aipolicy.facts.known_facts import KnownFacts
from aipolicy.policy.cel.expressions import Compiler
from aipolicy.policy.cel.tokens import TokenKind, tokens
from aipolicy.policy.reading.condition_lines import uses_variables, written_out
from aipolicy.policy.reading.load import load_packs
from aipolicy.policy.sources.locate import PackFiles
from aipolicy.source.mistakes import Mistakes
from aipolicy.source.names import tidied
from aipolicy.source.records import Record
from aipolicy.source.regex import regex
from aipolicy.source.text import shown
from aipolicy.source.yaml_reader import read_yaml
from aipolicy.source.yaml_writer import write_text
from aipolicy.value import NamedTuple

GROUP, KIND = "admissionregistration.k8s.io/", "ValidatingAdmissionPolicy"
_OBJECT = "object."
_OTHERS = frozenset({"oldObject", "request", "authorizer", "namespaceObject", "params", "object"})
"""What conditions there can read beside the object."""
_NOT_SAID = ("paramKind", "matchConstraints", "failurePolicy", "auditAnnotations")
_WORD = regex(r"[A-Za-z]+")


class ImportedPack(NamedTuple):
    """A pack as text, empty where nothing can be said, and what was left out, each with its place."""

    text: str
    rules: int
    left: tuple[str, ...]


def imported_pack(path: str, data: bytes, catalog: Catalog, known: KnownFacts) -> ImportedPack:
    """Return what can be said of an admission policy; raises `PolicyError` or `Problems` for a file that is none."""
    result = read_yaml(path, data)
    if result.problems or len(result.documents) != 1:
        problem = next(iter(result.problems), None)
        message = f"invalid YAML: {problem.message}" if problem is not None else "a file holds one policy"
        raise PolicyError(message, path=path, span=problem.span if problem is not None else None)
    mistakes = Mistakes(PolicyError)
    record = Record(result.documents[0], (), result.documents[0].value, mistakes)
    if record.text("kind", "") != KIND or not record.text("apiVersion", "").startswith(GROUP):
        record.mistake(f"this is no `{KIND}` of `{GROUP}…`")
    mistakes.raise_if_any()
    imported = _Import(record, Compiler(known.specs, catalog.vocabularies, catalog=catalog)).pack()
    mistakes.raise_if_any()
    return _if_it_loads(imported, path, catalog)


def _if_it_loads(imported: ImportedPack, path: str, catalog: Catalog) -> ImportedPack:
    """Return a pack that loads; of one that does not nothing, with what is wrong with it."""
    if not imported.text:
        return imported
    try:
        load_packs([PackFiles(f"pack of {path}", ((f"pack of {path}", imported.text.encode()),))], catalog, {})
    except AipolicyError as error:
        return ImportedPack("", 0, (*imported.left, *str(error).split("\n")))
    return imported


class _Import:
    def __init__(self, record: Record, compiler: Compiler) -> None:
        self._record = record
        self._compiler = compiler
        self._spec = record.record("spec")
        self._name = record.record("metadata").text("name")
        self._variables: dict[str, str] = {}
        self._left: list[str] = []

    def pack(self) -> ImportedPack:
        for key in _NOT_SAID:
            if self._spec.has(key):
                self._leave(self._spec, key, f"`{key}` has no place in a pack")
        for entry in self._spec.records("variables"):
            self._read(entry, lambda name, text: self._variables.update({name: text}), self._compiler.compile_value)
        conditions: list[str] = []
        narrowed = [
            self._read(entry, lambda _, text: conditions.append(text), self._compiler.compile)
            for entry in self._spec.records("matchConditions")
        ]
        rules = list(self._rules(conditions)) if all(narrowed) else []
        if not all(narrowed):
            self._leave(
                self._spec, "matchConditions", "without one of them every rule would apply to more; none is imported"
            )
        text = "".join((*self._head(), *rules)) if rules else ""
        return ImportedPack(text, len(rules), tuple(self._left))

    def _read(self, entry: Record, keep: Callable[[str, str], None], compile_: Callable[[str], object]) -> bool:
        """Keep an expression with its name; return whether it can be said."""
        text = self._translated(entry, compile_)
        if text is not None:
            keep(entry.text("name"), text)
        return text is not None

    def _rules(self, conditions: list[str]) -> Iterator[str]:
        word = _WORD.match(self._name)
        prefix = word.group().upper() if word is not None else "RULE"
        for number, entry in enumerate(self._spec.records("validations"), 1):
            for key in ("messageExpression", "reason"):
                if entry.has(key):
                    self._leave(entry, key, f"`{key}` is not said; write `message` with the values in braces")
            text = self._translated(entry, self._compiler.compile)
            if text is None:
                continue
            message = tidied(entry.text("message", "")).replace("{", "(").replace("}", ")")
            when = [f"    when: [{', '.join(map(_quoted, conditions))}]\n"] if conditions else []
            yield "".join((
                f"  - id: {prefix}-{number:03}\n",
                f"    name: {prefix.lower()}-{number}\n",
                f"    title: {_quoted(message or 'What is validated holds')}\n",
                "    kind: duty\n    severity: error\n",
                *when,
                f"    require: [{_quoted(text)}]\n",
                f"    message: {_quoted(message or 'what is validated does not hold')}\n",
            ))  # fmt: skip

    def _head(self) -> Iterator[str]:
        name = write_text(self._name)
        yield f"apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {{name: {name}, version: 0.1.0}}\n"
        if self._variables:
            yield "variables:\n"
        for variable, expression in self._variables.items():
            yield f"  - {{name: {write_text(variable)}, expression: {_quoted(expression)}}}\n"
        yield "rules:\n"

    def _translated(self, entry: Record, compile_: Callable[[str], object]) -> str | None:
        """Return an expression as it is written here, None where it reads what no manifest has."""
        text = entry.text("expression")
        parts, end = [], 0
        for token in tokens(text):
            if token.kind is not TokenKind.NAME:
                continue
            if token.text.startswith(_OBJECT):
                parts += [text[end : token.start], token.text.removeprefix(_OBJECT)]
                end = token.end
            elif token.text.partition(".")[0] in _OTHERS:
                self._leave(entry, "expression", f"it reads `{shown(token.text)}`, which no manifest has")
                return None
        written = "".join((*parts, text[end:]))
        try:
            expanded = written_out(written, self._variables)
            if uses_variables(expanded):
                raise ExpressionError("it uses a variable that could not be imported")
            compile_(expanded)
        except ExpressionError as error:
            self._leave(entry, "expression", str(error))
            return None
        return written

    def _leave(self, record: Record, key: str, why: str) -> None:
        document = record.document
        place = document.locate((*record.path, key), "key").start
        self._left.append(f"{document.source.path}:{place.line}:{place.column}: {why}")


def _quoted(text: str) -> str:
    written = write_text(text)
    return written if written[:1] == '"' else f'"{written}"'
