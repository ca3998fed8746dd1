"""How SystemTap prints a whole variable: the formats behind ``$var$``, ``$var$$`` and ``$$vars``, as
descriptions that the compiler lowers to code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from stapy.runtime.debuginfo import types
from stapy.runtime.debuginfo.types import Array, Base, Enum, Function, Pointer, Struct, Type, Void

# At most so many values in one text, as many as SystemTap's printf takes; "..." stands for the rest.
MAX_VALUES = 32

# An access path: members' names and arrays' indexes, as in ``$var->name[0]``.
Path = tuple[str | int, ...]

INTEGER = "integer"
STRING = "string"


class Value(NamedTuple):
    """A value of a text.

    ``path`` leads to it from the variable, members being reached through pointers as ``->`` does; () is the
    variable itself. ``type`` is the type there. ``kind`` STRING asks for the text in kernel memory at the
    pointer (or at the array's address) there, quoted as string_quoted() does, or where it cannot be read
    the address in hexadecimal; INTEGER for the number.
    """

    path: Path
    type: Type
    kind: str = INTEGER


class Text(NamedTuple):
    """A printf format and a value for each of its conversions, in order. Where a value cannot be read, the
    whole text is "ERROR"."""

    format: str
    values: tuple[Value, ...]


def describe(type_: Type, deep: bool = False) -> Text:
    """How a variable of that type is printed: as ``$var$``, or with ``deep`` as ``$var$$``, which also
    prints the structures and arrays within.

    >>> describe(types.lookup("struct qstr"))  # doctest: +SKIP Text(format='{.hash=%u, .len=%u, .name=%s}',
    values=(...))
    """
    writer = _Writer(deep)
    writer.any(type_, (), type_, top=True)
    return Text("".join(writer.format), tuple(writer.values))


def summary(type_: Type | None) -> str | None:
    """What ``$$vars`` prints of a variable: None says that it is a number, to be printed with ``%#x``;
    "[...]" and "{...}" stand for arrays and structures, "?" for what is no value of the language. An
    optimised-out variable is "?" too, which the caller knows."""
    if type_ is None:
        return "?"
    plain = type_.strip()
    if isinstance(plain, Array):
        return "[...]"
    if isinstance(plain, Struct):
        return "{...}"
    return None


class _Writer:
    """``path`` and ``here`` are the place to read and its type; ``type_`` is how to print it, which differs
    behind a pointer: SystemTap prints an ``int *`` as a number, but it is the pointer's."""

    def __init__(self, deep: bool) -> None:
        self.deep = deep
        self.format: list[str] = []
        self.values: list[Value] = []

    def text(self, text: str) -> None:
        self.format.append(text)

    def value(self, conversion: str, path: Path, here: Type, kind: str = INTEGER) -> None:
        self.format.append(conversion)
        self.values.append(Value(path, here, kind))

    def any(self, type_: Type, path: Path, here: Type, top: bool = False) -> None:
        plain = _unqualified(type_)
        if isinstance(plain, Base):
            self.base(plain, path, here)
        elif isinstance(plain, Enum):
            self.value("%d" if plain.signed else "%u", path, here)
        elif isinstance(plain, Array):
            self.array(plain, path, here, top)
        elif isinstance(plain, Pointer):
            self.pointer(plain, path, here, top)
        elif isinstance(plain, Struct):
            self.struct(plain, path, top)
        elif isinstance(plain, Function):
            self.value("<function>:%#p", path, here)
        else:
            self.text("?")

    def base(self, type_: Base, path: Path, here: Type) -> None:
        if not type_.is_integer:
            self.text("?")
        elif type_.is_character:
            self.value("'%#c'", path, here)  # escaped, so that a NUL byte does no harm
        elif type_.encoding == types.ENCODING_UNSIGNED:
            self.value("%u", path, here)
        else:
            self.value("%d", path, here)

    def array(self, type_: Array, path: Path, here: Type, top: bool) -> None:
        if not top and not self.deep:
            self.text("[...]")
            return
        element, path = type_.of, (*path, 0)
        if self.characters(element, path[:-1], here):
            return
        while isinstance(element, Array) and element.inner:
            element, path = element.of, (*path, 0)
        self.text("[")
        self.any(element, path, element)
        self.text(", ...]")

    def pointer(self, type_: Pointer, path: Path, here: Type, top: bool) -> None:
        target = _unqualified(type_.to)
        if self.characters(target, path, here):
            return
        if top and not isinstance(target, Void):
            self.any(target, path, here, top)
        else:
            self.value("%#p", path, here)

    def characters(self, element: Type, path: Path, here: Type) -> bool:
        """Prints an array of characters, or what a pointer to characters points at, as a string."""
        plain = _unqualified(element)
        if not isinstance(plain, Base) or not plain.is_character:
            return False
        self.value("%s", path, here, STRING)
        return True

    def struct(self, type_: Struct, path: Path, top: bool) -> None:
        if type_.incomplete or not (top or self.deep):
            self.text("{...}")
            return
        self.text("{")
        for number, member in enumerate(type_.members):
            if number:
                self.text(", ")
            if len(self.values) >= MAX_VALUES:
                self.text("...")
                break
            if member.name is not None:
                self.text(f".{member.name}=")
                self.any(member.type, (*path, member.name), member.type)
            else:  # its own members are reached as if they were the outer structure's
                plain = _unqualified(member.type)
                self.text("<union>=" if isinstance(plain, types.Union) else "<class>=")
                self.any(plain, path, plain)
        self.text("}")


def _unqualified(type_: Type) -> Type:
    if isinstance(type_, types.Atomic):
        return type_  # which SystemTap knows nothing of
    if isinstance(type_, types.Typedef | types.Const | types.Volatile | types.Restrict):
        return _unqualified(type_.to)
    return type_.table.complete(type_)


def variables(
    items: Sequence[tuple[str, Type | None, bool]], suffix: str = ""
) -> tuple[str, tuple[tuple[int, Text | None], ...]]:
    """The format of ``$$vars`` and its kin. ``items`` are (name, type, is it available); ``suffix`` is "",
    "$" or "$$".

    Gives a printf format and for each of its conversions (place in ``items``, Text): without a suffix the
    Text is None and the number goes there, with one the variable printed by that Text.
    """
    words = []
    conversions: list[tuple[int, Text | None]] = []
    for number, (name, type_, available) in enumerate(items):
        if suffix:
            usable = available and type_ is not None
            words.append(f"{name}=%s")
            conversions.append(
                (number, describe(type_, suffix == "$$") if usable and type_ else Text("?", ()))
            )
            continue
        short = summary(type_) if available else "?"
        words.append(f"{name}={'%#x' if short is None else short}")
        if short is None:
            conversions.append((number, None))
    return " ".join(words), tuple(conversions)
