"""Rules in, policies in the format CEL Policy out, one for each rule, and what that format cannot say of it.

The format is that of https://github.com/google/cel-go, policy/README.md, read 2026-12-01: `rule` with `variables` and
`match`, where the first condition that holds gives the `output`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from aipolicy.catalog.catalog import Catalog
from aipolicy.facts.all_facts import is_option_fact
from aipolicy.facts.spec import FactSpec, FactType, FactValue
from aipolicy.policy.cel.tokens import TokenKind, tokens
from aipolicy.policy.cel.within import PLACES_PREFIX, Within, place_parameters, place_specs
from aipolicy.policy.message import PLACEHOLDER
from aipolicy.policy.rule import Line, Rule, RuleLegs, parts_of
from aipolicy.source.names import tidied
from aipolicy.source.yaml_writer import write_text
from aipolicy.value import NamedTuple

NEVER_SAID = (
    "a fact that is not declared is an error there, where a rule is undetermined here; only the first requirement that "
    "fails is told; examples, waivers and rules over all features are left out"
)
"""What no policy of that format says, whatever the rule."""
_SHOWN_AS = {FactType.TEXT: "{}", FactType.NUMBER: "string({})", FactType.BOOL: "string({})"}


class CelPolicy(NamedTuple):
    """One rule as a policy of that format."""

    rule_id: str
    text: str
    left: tuple[str, ...]
    """What it says here and not there."""


def cel_policy(rule: Rule, catalog: Catalog, facts: Mapping[str, FactSpec]) -> CelPolicy | None:
    """Return a rule as a policy, None for one that asks for declarations alone, which that format knows nothing of.

    Places and parameters stand in it with the values of the day.
    """
    if not rule.require:
        return None
    writer = _Writer(rule, catalog, facts)
    matches = [
        match
        for part in parts_of(rule)
        for match in (
            f"- condition: {_quoted(f'!({_all(map(writer.condition, part.require))})')}",
            f"  output: {_quoted(writer.output(part.message or rule.title))}",
        )
        if part.require
    ]
    if rule.when:
        applies = _quoted(_all(map(writer.condition, rule.when)))
        matches = [f"- condition: {applies}", "  rule:", "    match:", *(f"      {line}" for line in matches)]
    left = (*_left(rule), *writer.left)
    lines = [
        *(f"# Not said here: {text}" for text in left),
        f"name: {rule.id}",
        f"description: {_quoted(tidied(rule.title))}",
        "rule:",
        *(["  variables:"] if writer.variables else []),
        *(
            line
            for name, value in sorted(writer.variables.items())
            for line in (f"    - name: {name}", f"      expression: {_quoted(_literal(value))}")
        ),
        "  match:",
        *(f"    {line}" for line in matches),
    ]
    return CelPolicy(rule.id, "\n".join(lines) + "\n", left)


def _left(rule: Rule) -> Iterator[str]:
    """Yield what a rule says that the format has no key for."""
    yield f"it is a {rule.kind.value} of severity {rule.severity.value}"
    if rule.effective_from is not None or rule.effective_until is not None:
        days = (f"from {rule.effective_from}" if rule.effective_from else "", f"until {rule.effective_until}")
        yield f"it is in force {' '.join(days if rule.effective_until else days[:1])}"
    if rule.must_declare:
        yield f"{', '.join(f'`{name}`' for name in rule.must_declare)} have to be declared"
    if any(line.option_reads for line in (*rule.when, *rule.require)):
        legs = "the main leg" if rule.legs is RuleLegs.MAIN else "each leg"
        yield f"it is asked of {legs} of every way to build the feature"


class _Writer:
    """Writes the conditions and messages of one rule; keeps the variables that they need, and what was left."""

    def __init__(self, rule: Rule, catalog: Catalog, facts: Mapping[str, FactSpec]) -> None:
        places = place_parameters(rule.parameters, catalog.places)
        self._values: Mapping[str, FactValue] = {**rule.parameters, **places}
        self._facts = facts
        self._within = Within(catalog.places, {**facts, **place_specs(places)}, self._values)
        self._day = catalog.as_of
        self.variables: dict[str, FactValue] = {}
        self.left: tuple[str, ...] = ()

    def condition(self, line: Line) -> str:
        """Return a condition with what stands for places and parameters as variables."""
        text = self._within.written_out(line.condition)
        parts, end = [], 0
        for token in tokens(text):
            name = self._variable(token.text) if token.kind is TokenKind.NAME else ""
            if name:
                parts += [text[end : token.start], f"variables.{name}"]
                end = token.end
        return "".join((*parts, text[end:]))

    def output(self, message: str) -> str:
        """Return a message as an expression; a value that is a list stays as it is named."""
        parts, end = [], 0
        for match in PLACEHOLDER.finditer(message):
            shown = self._shown(match.group(1).strip())
            if shown:
                parts += [_text(message[end : match.start()]), shown]
                end = match.end()
            else:
                self._leave(f"the value of `{match.group()}` in the message")
        return " + ".join(part for part in (*parts, _text(message[end:])) if part != '""') or '""'

    def _shown(self, name: str) -> str:
        if name in self._values:
            return (
                f"string(variables.{self._variable(name)})"
                if not isinstance(self._values[name], tuple | Mapping)
                else ""
            )
        spec = self._facts.get(name)
        return _SHOWN_AS[spec.type].format(name) if spec is not None and spec.type in _SHOWN_AS else ""

    def _variable(self, name: str) -> str:
        """Return the variable that stands for a parameter or a place, empty for anything else."""
        if name not in self._values or is_option_fact(name):
            return ""
        if name.startswith(PLACES_PREFIX):
            self._leave(f"places are those of {self._day}")
        variable = name.replace(".", "_")
        self.variables[variable] = self._values[name]
        return variable

    def _leave(self, what: str) -> None:
        self.left = tuple(dict.fromkeys((*self.left, what)))


def _all(conditions: Iterator[str]) -> str:
    written = list(conditions)
    return written[0] if len(written) == 1 else " && ".join(f"({condition})" for condition in written)


def _literal(value: FactValue) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_text, value))}]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_text(key)}: {_literal(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, bool):
        return "true" if value else "false"
    return _text(value) if isinstance(value, str) else repr(value)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _quoted(text: str) -> str:
    """Return an expression as a YAML text in quotes, so that no sign of it is taken for one of YAML."""
    written = write_text(text)
    return written if written[:1] == '"' else f'"{written}"'
