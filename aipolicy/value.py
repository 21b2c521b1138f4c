"""Value classes: `Frozen` is a frozen, slotted dataclass to mypy and to readers, `NamedTuple` is as Python's.

Python writes the methods of each class as source and compiles it at every start, 0.7 ms a dataclass and 0.15 ms a named
tuple: two fifths of a short run. Here they are compiled beforehand, for each number of fields (`value_code`). A class gets
copies of that code under the names of its own fields: signatures, errors and speed are those of methods written by hand.
"""

from __future__ import annotations

import operator
from collections import _tuplegetter  # type: ignore[attr-defined]
from collections.abc import Callable, Iterable, Mapping
from types import FunctionType
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, dataclass_transform

from aipolicy.value_code import METHODS

if TYPE_CHECKING:
    # so that mypy knows which fields it takes, and of which types
    from dataclasses import replace as replace  # noqa: TID251

    # so that mypy knows that it is one
    from typing import NamedTuple as NamedTuple  # noqa: TID251
else:

    def replace(value, /, **changes):
        """Return a copy of a value with some of its fields changed; a field that it does not have is a TypeError."""
        return value.__replace__(**changes)


def fields(value: Frozen | type[Frozen]) -> tuple[str, ...]:
    """Return the names of the fields of a value or of a value class, in their order."""
    return value._fields


@dataclass_transform(frozen_default=True)
class _ValueClass(type):
    """Makes value classes; a metaclass, because slots have to be named before a class is made."""

    _fields: tuple[str, ...]

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], *,
                eq: bool = True, order: bool = False, kw_only: bool = False) -> _ValueClass:  # fmt: skip
        names = _field_names(name, bases, namespace)
        defaults = {field: namespace.pop(field) for field in names if field in namespace}
        _refuse_defaults(name, names, defaults, kw_only=kw_only)
        scope: dict[str, Any] = {"__name__": namespace["__module__"]}
        init = _method(f"{namespace['__qualname__']}.__init__", "init", names, scope)
        made = {"__init__": _with_arguments(init, len(names), defaults, kw_only=kw_only)} | _VALUES
        made |= (_EQUALITY if eq else {}) | (_ORDERING if order else {})
        slots = {"__slots__": names, "_fields": names, "__match_args__": () if kw_only else names, "_by_name": kw_only}
        value_class = super().__new__(cls, name, bases, made | namespace | slots)
        scope.update((f"set{number}", vars(value_class)[field].__set__) for number, field in enumerate(names))
        return value_class


def _field_names(name: str, bases: tuple[type, ...], namespace: Mapping[str, Any]) -> tuple[str, ...]:
    annotations = namespace.get("__annotations__", {})
    if any(getattr(base, "_fields", ()) for base in bases):
        raise TypeError(f"{name} extends a value class: give it a field of that class instead")
    if "__post_init__" in namespace:
        raise TypeError(f"{name} has a __post_init__, which is never called: write a function that makes it")
    if not all(isinstance(kind, str) for kind in annotations.values()) or "__annotate_func__" in namespace:
        raise TypeError(f"{name} needs `from __future__ import annotations` in its module")
    names = tuple(field for field, kind in annotations.items() if not kind.startswith("ClassVar"))
    if "self" in names or len(names) >= len(METHODS["init"]):
        raise TypeError(f"{name} has a field `self`, or more fields than tools/value_templates.py makes methods for")
    return names


def _refuse_defaults(name: str, names: tuple[str, ...], defaults: Mapping[str, object], *, kw_only: bool) -> None:
    for field, default in defaults.items():
        if type(default).__hash__ is None:
            raise TypeError(f"the default of `{field}` of {name} is mutable, and would be shared by all values")
    if not kw_only:
        _refuse_order(name, names, defaults)


def _refuse_order(name: str, names: tuple[str, ...], defaults: Mapping[str, object]) -> None:
    if tuple(defaults) != names[len(names) - len(defaults) :]:
        raise TypeError(f"{name} has a field without a default after one that has one")


def _method(qualified_name: str, kind: str, names: tuple[str, ...], scope: dict[str, Any]) -> FunctionType:
    """Return a method whose code is that for as many fields, with their names."""
    code = METHODS[kind][len(names)].__code__
    own = {f"f{number}": field for number, field in enumerate(names)}
    code = code.replace(
        co_name=qualified_name.rpartition(".")[2],
        co_qualname=qualified_name,
        co_varnames=tuple([own.get(name, name) for name in code.co_varnames]),
        co_names=tuple([own.get(name, name) for name in code.co_names]),
    )
    return FunctionType(code, scope)


def _with_arguments(init: FunctionType, count: int, defaults: dict[str, object], *, kw_only: bool) -> FunctionType:
    if kw_only:
        init.__code__ = init.__code__.replace(co_argcount=1, co_kwonlyargcount=count)
        init.__kwdefaults__ = defaults
    else:
        init.__defaults__ = tuple(defaults.values())
    return init


def _made_at_first_use(name: str, kind: str) -> Callable[..., Any]:
    """Return a method that puts that of the class in its own place: most classes of a short run never need it."""

    def method(self: Any, *arguments: Any) -> Any:
        owner = self.__class__
        setattr(
            owner, name, _method(f"{owner.__qualname__}.{name}", kind, owner._fields, {"__name__": owner.__module__})
        )
        return getattr(self, name)(*arguments)

    return method


def _compared(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        return compare(self._values(), other._values()) if other.__class__ is self.__class__ else NotImplemented

    return method


_VALUES = {"_values": _made_at_first_use("_values", "values")}
_EQUALITY = {name: _made_at_first_use(name, kind) for name, kind in (("__eq__", "equal"), ("__hash__", "hash"))}
_ORDERING = {f"__{name}__": _compared(getattr(operator, name)) for name in ("lt", "le", "gt", "ge")}


class Frozen(metaclass=_ValueClass, eq=False):
    """Base of value classes: `class Place(Frozen): line: int; column: int = 1`.

    Class keywords are those of dataclasses: `kw_only`, `order`, and `eq=False` for identity. A method that the class writes
    itself is kept. A default is shared by all values; a class with a field that is made afresh for each writes its own
    `__init__`, with `object.__setattr__`.
    """

    if TYPE_CHECKING:
        _fields: ClassVar[tuple[str, ...]]
        _by_name: ClassVar[bool]

        def _values(self) -> tuple[Any, ...]: ...

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"cannot assign to field `{name}` of {type(self).__qualname__}: use replace()")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"cannot delete field `{name}` of {type(self).__qualname__}")

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in zip(self._fields, self._values(), strict=True))
        return f"{type(self).__qualname__}({shown})"

    def __reduce__(self) -> tuple[Any, ...]:
        if self._by_name:
            return _made_by_name, (self.__class__, self._values())
        return self.__class__, self._values()

    def __replace__(self, /, **changes: Any) -> Any:
        return _made_by_name(self.__class__, self._values(), **changes)


def _made_by_name(value_class: type[Any], values: tuple[object, ...], **changes: object) -> Any:
    return value_class(**dict(zip(fields(value_class), values, strict=True)) | changes)


class _NamedTupleClass(type):
    """Makes named tuples; what it makes is a plain class, as of Python's."""

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> Any:
        if len(bases) > 1:
            raise TypeError(f"{name} has other bases beside NamedTuple")
        names = _field_names(name, (), namespace)
        defaults = {field: namespace.pop(field) for field in names if field in namespace}
        _refuse_order(name, names, defaults)
        new = _method(f"{name}.__new__", "new", names, {"__name__": namespace["__module__"], "make": tuple.__new__})
        new.__defaults__ = tuple(defaults.values())
        getters = {field: _tuplegetter(number, "") for number, field in enumerate(names)}
        made = {"__new__": new, "_fields": names, "_field_defaults": defaults, "__match_args__": names, "__slots__": ()}
        return type(name, (_Tuple,), made | getters | namespace)


class _Tuple(tuple[Any, ...]):
    """What all named tuples share, with the results and errors of Python's (3.13)."""

    __slots__ = ()
    _fields: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def _make(cls, values: Iterable[Any]) -> Any:
        made = tuple.__new__(cls, values)
        if len(made) != len(cls._fields):
            raise TypeError(f"Expected {len(cls._fields)} arguments, got {len(made)}")
        return made

    def _replace(self, /, **changes: Any) -> Any:
        made = self._make(map(changes.pop, self._fields, self))
        if changes:
            raise TypeError(f"Got unexpected field names: {list(changes)!r}")
        return made

    __replace__ = _replace

    def _asdict(self) -> dict[str, Any]:
        return dict(zip(self._fields, self, strict=True))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self._asdict().items())})"

    def __getnewargs__(self) -> tuple[Any, ...]:
        return tuple(self)


if not TYPE_CHECKING:
    NamedTuple = type.__new__(_NamedTupleClass, "NamedTuple", (), {})
