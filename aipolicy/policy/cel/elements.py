"""Conditions that go through lists of records: the fields of elements written as typed names, so that CEL checks them.

CEL has no types for records without a descriptor of a protocol buffer. The runtime takes elements as maps, whose values may
be anything; the check takes `t.writes` in `extensions.tools.exists(t, t.writes)` for the name `extensions.tools.writes`,
which has the type that the pack declares, and `t` for something of which nothing can be asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from aipolicy.errors import ExpressionError
from aipolicy.facts.record_values import field_of
from aipolicy.facts.spec import FactSpec, FactType
from aipolicy.policy.cel.checked_expr import Node, identifiers
from aipolicy.policy.cel.tokens import Token, TokenKind, tokens
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown
from aipolicy.value import Frozen

_THROUGH = frozenset({"all", "exists", "exists_one", "filter", "map"})
"""What goes through the elements of a list, each under a name."""
_SIZE = "size"
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")


class ElementText(Frozen):
    """A condition whose fields of elements are typed names."""

    text: str
    moved: tuple[tuple[int, int], ...]
    """Where names were written in place of others: an offset of the new text, and by how much it lies behind the old one."""
    aliases: Mapping[str, FactSpec]
    """What stands for the field of an element, as the condition has it: `t.writes`."""

    def column(self, column: int | None) -> int | None:
        """Return the column of the condition that was written, for one of the new text; both count from 1."""
        if column is None:
            return None
        behind = [(start, by) for start, by in self.moved if start < column]
        return column - behind[-1][1] if behind else column


class _Bracket(Frozen):
    """An open bracket, and the variable of a call that goes through a list."""

    begin: int
    """The token at which the expression begins that ends with the bracket."""
    variable: str = ""
    variable_at: int = -1
    listed: str = ""
    """The list of records of which the variable is an element; empty where it is of another list."""
    is_filter: bool = False


class ElementReader:
    """Reads conditions over lists of records."""

    def __init__(self, lists: Mapping[str, FactSpec], specs: Mapping[str, FactSpec]) -> None:
        self._lists = lists
        self.fields = {field.name: field for spec in self._lists.values() for field in spec.fields}
        self.specs = {**specs, **self.fields}
        """The types of names, and those of fields of elements, as `extensions.tools.writes`."""

    def fields_in(self, tree: Node) -> tuple[str, ...]:
        """Return the fields of elements that an expression reads."""
        return tuple(sorted({name for name in identifiers(tree) if name in self.fields}))

    def reads(self, text: str) -> bool:
        """Return whether a condition reads a list of records."""
        return any(name in text for name in self._lists)

    def typed(self, text: str) -> ElementText:
        """Return a condition with typed names; raises `ExpressionError` for what cannot be asked of records."""
        return _Reading(text, self._lists).typed()


def element_reader(specs: Mapping[str, FactSpec]) -> ElementReader | None:
    """Return what reads conditions over the lists of records among some facts, None where there is none."""
    lists = {spec.name: spec for spec in specs.values() if spec.type is FactType.RECORDS and spec.fields}
    return ElementReader(lists, specs) if lists else None


class _Reading:
    """One condition under reading."""

    def __init__(self, text: str, lists: Mapping[str, FactSpec]) -> None:
        self._text = text
        self._lists = lists
        self._found: Sequence[Token] = tuple(tokens(text))
        self._open: list[_Bracket] = []
        self._filters: dict[int, _Bracket] = {}
        """The calls that leave some elements of a list, by the token with which they end."""
        self._aliases: dict[str, FactSpec] = {}

    def typed(self) -> ElementText:
        """Return the condition with typed names."""
        parts: list[str] = []
        moved: list[tuple[int, int]] = []
        end = length = 0
        for start, stop, name in self._names():
            parts += [self._text[end:start], name]
            length += start - end + len(name)
            moved.append((length, length - stop))
            end = stop
        return ElementText("".join((*parts, self._text[end:])), tuple(moved), self._aliases)

    def _names(self) -> Iterator[tuple[int, int, str]]:
        """Yield where a field of an element stands, and its typed name."""
        for index, token in enumerate(self._found):
            if token.kind is TokenKind.NAME and not self._is(index - 1, "."):
                yield from self._name(index, token)
            elif token.kind is TokenKind.OPERATOR and token.text in _OPENING:
                self._open.append(self._opened(index))
            elif token.kind is TokenKind.OPERATOR and token.text in _CLOSING and self._open:
                bracket = self._open.pop()
                if bracket.listed and bracket.is_filter:
                    self._filters[index] = bracket
                    self._refuse_elements(index, bracket)

    def _is(self, index: int, *texts: str) -> bool:
        """Return whether tokens from an index on are these."""
        return index >= 0 and tuple(token.text for token in self._found[index : index + len(texts)]) == texts

    def _opened(self, index: int) -> _Bracket:
        """Return what an opening bracket begins: a call that goes through a list, or anything else."""
        before = self._found[index - 1] if index else None
        if before is None or before.kind is not TokenKind.NAME or self._found[index].text != "(":
            return _Bracket(index)
        listed, _, function = before.text.rpartition(".")
        if function not in _THROUGH or not self._is(index + 2, ","):
            return _Bracket(index - 1)
        begin, earlier = index - 1, self._filters.get(index - 3)
        if earlier is not None and not listed and self._is(index - 2, "."):
            begin, listed = earlier.begin, earlier.listed
        listed = listed if listed in self._lists else ""
        return _Bracket(begin, self._found[index + 1].text, index + 1, listed, function == "filter")

    def _name(self, index: int, token: Token) -> Iterator[tuple[int, int, str]]:
        head, _, rest = token.text.partition(".")
        bracket = next((bracket for bracket in reversed(self._open) if bracket.variable == head), None)
        if bracket is None:
            self._refuse_list(index, token)
        elif bracket.listed and index != bracket.variable_at:
            yield self._field(token, bracket, rest.partition(".")[0])

    def _field(self, token: Token, bracket: _Bracket, field: str) -> tuple[int, int, str]:
        """Return where a field of an element stands, and its typed name; raises `ExpressionError` where there is none."""
        listed, variable = bracket.listed, bracket.variable
        named = {field_of(spec): spec for spec in self._lists[listed].fields}
        if not field:
            message = (
                f"`{variable}` is an element of `{listed}`; ask what it says, such as `{variable}.{next(iter(named))}`"
            )
            raise ExpressionError(message, token.start + 1)
        if field not in named:
            hint = did_you_mean(field, named) or f"; it has {', '.join(f'`{name}`' for name in named)}"
            message = f"an element of `{listed}` has no `{shown(field)}`{hint}"
            raise ExpressionError(message, token.start + len(variable) + 2)
        written = f"{variable}.{field}"
        one, other = self._aliases.setdefault(written, named[field]), named[field]
        if "within" in self._text and (one.type, one.vocabulary) != (other.type, other.vocabulary):
            message = f"`{variable}` stands for elements of two lists; call those of one of them otherwise"
            raise ExpressionError(message, token.start + 1)
        return token.start, token.start + len(written), named[field].name

    def _refuse_list(self, index: int, token: Token) -> None:
        """Refuse a list of records where something else is asked than its size or its elements."""
        listed = next((name for name in self._lists if f"{token.text}.".startswith(f"{name}.")), None)
        if listed is None:
            return
        asked = token.text.removeprefix(listed).removeprefix(".")
        if asked in {*_THROUGH, _SIZE} and self._is(index + 1, "("):
            return
        if not asked and self._is(index - 2, _SIZE, "(", token.text, ")"):
            return
        fields = [field_of(field) for field in self._lists[listed].fields]
        field = asked if asked in fields else fields[0]
        wrong = f", and has no `{shown(asked)}` itself" if asked else ""
        message = f"`{listed}` is a list of records{wrong}; ask for elements, such as `{listed}.exists(x, x.{field} …)`"
        raise ExpressionError(message, token.start + 1)

    def _refuse_elements(self, index: int, bracket: _Bracket) -> None:
        """Refuse elements that were picked out where something else is asked than how many they are, or of them again."""
        following = self._found[index + 2 : index + 3]
        if self._is(index + 1, ".") and following and following[0].text in {*_THROUGH, _SIZE}:
            return
        if self._is(bracket.begin - 2, _SIZE, "(") and self._is(index + 1, ")"):
            return
        message = f"elements of `{bracket.listed}` cannot be compared; ask `size(…)`, or `.exists` and `.all` of them"
        raise ExpressionError(message, self._found[bracket.begin].start + 1)
