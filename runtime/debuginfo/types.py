"""C types of a kernel image: sizes, members, and their spelling as SystemTap prints it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

# Kinds of the records in an index's type table; a record is a tuple that starts with its kind.
(
    VOID,
    BASE,
    POINTER,
    STRUCT,
    UNION,
    ARRAY,
    ENUM,
    TYPEDEF,
    CONST,
    VOLATILE,
    RESTRICT,
    ATOMIC,
    FUNCTION,
    OTHER,
) = range(14)

# DW_ATE_* encodings of base types.
ENCODING_BOOLEAN = 2
ENCODING_FLOAT = 4
ENCODING_SIGNED = 5
ENCODING_SIGNED_CHAR = 6
ENCODING_UNSIGNED = 7
ENCODING_UNSIGNED_CHAR = 8


class Type:
    """A C type. ``size`` is in bytes, None where C has none (void, functions, incomplete types, flexible
    arrays)."""

    __slots__ = ("identity", "table")

    def __init__(self, table: TypeTable, identity: int) -> None:
        self.table = table
        self.identity = identity

    name: str | None = None
    tag = ""

    @property
    def size(self) -> int | None:
        return None

    def strip(self) -> Type:
        """The type behind typedefs and qualifiers."""
        return self

    def describe(self) -> str:
        """The type spelled as ``stap -L`` spells it: ``struct file*``, ``char const*``, ``int (*)
        (void*)``."""
        text, function = self._spell()
        if function is None:
            return text
        return f"{function.returns.describe()} ({text.lstrip()}) ({function.describe_parameters()})"

    def _spell(self) -> tuple[str, Function | None]:
        """The spelling so far, and the function type it has to be wrapped around by the outermost caller."""
        return "void", None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.describe()}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Type) and other.table is self.table and other.identity == self.identity

    def __hash__(self) -> int:
        return hash(self.identity)


class Void(Type):
    """``void``; also what a type becomes that C cannot spell."""

    __slots__ = ()


class Base(Type):
    """An integer, character, boolean or floating type. ``encoding`` is DWARF's DW_ATE number."""

    __slots__ = ("_size", "encoding", "name")

    def __init__(self, table: TypeTable, identity: int, name: str, size: int, encoding: int) -> None:
        super().__init__(table, identity)
        self.name = name
        self._size = size
        self.encoding = encoding

    @property
    def size(self) -> int:
        return self._size

    @property
    def signed(self) -> bool:
        return self.encoding in (ENCODING_SIGNED, ENCODING_SIGNED_CHAR)

    @property
    def is_character(self) -> bool:
        return self.encoding in (ENCODING_SIGNED_CHAR, ENCODING_UNSIGNED_CHAR)

    @property
    def is_integer(self) -> bool:
        """Whether a script can hold its value: integers, characters and booleans of at most 64 bits."""
        return self._size <= 8 and self.encoding in (
            ENCODING_BOOLEAN,
            ENCODING_SIGNED,
            ENCODING_SIGNED_CHAR,
            ENCODING_UNSIGNED,
            ENCODING_UNSIGNED_CHAR,
        )

    def _spell(self) -> tuple[str, Function | None]:
        return self.name or "", None


class _Derived(Type):
    """A type made from another one: ``to``."""

    __slots__ = ("_to",)
    suffix = ""

    def __init__(self, table: TypeTable, identity: int, to: int) -> None:
        super().__init__(table, identity)
        self._to = to

    @property
    def to(self) -> Type:
        return self.table[self._to]

    def _spell(self) -> tuple[str, Function | None]:
        text, function = self.to._spell()
        return text + self.suffix, function


class Pointer(_Derived):
    __slots__ = ()
    suffix = "*"

    @property
    def size(self) -> int:
        return self.table.pointer_size

    def _spell(self) -> tuple[str, Function | None]:
        text, function = super()._spell()
        return "va_list" if text == "struct __va_list_tag*" else text, function


class _Qualified(_Derived):
    __slots__ = ()

    @property
    def size(self) -> int | None:
        return self.to.size

    def strip(self) -> Type:
        return self.to.strip()


class Const(_Qualified):
    __slots__ = ()
    suffix = " const"


class Volatile(_Qualified):
    __slots__ = ()
    suffix = " volatile"


class Restrict(_Qualified):
    __slots__ = ()
    suffix = " restrict"


class Atomic(_Qualified):
    """``_Atomic``, which SystemTap cannot spell and prints as void."""

    __slots__ = ()

    def _spell(self) -> tuple[str, Function | None]:
        return "void", None


class Typedef(_Derived):
    __slots__ = ("name",)

    def __init__(self, table: TypeTable, identity: int, name: str, to: int) -> None:
        super().__init__(table, identity, to)
        self.name = name

    @property
    def size(self) -> int | None:
        return self.to.size

    def strip(self) -> Type:
        return self.to.strip()

    def _spell(self) -> tuple[str, Function | None]:
        return self.name or "", None


class Array(_Derived):
    """An array of ``of``. ``count`` is None where the bound is unknown (flexible members, variable-length
    arrays). ``int m[2][3]`` is an Array of two Arrays of three."""

    __slots__ = ("count", "inner")
    suffix = "[]"

    def __init__(self, table: TypeTable, identity: int, to: int, count: int | None, inner: bool) -> None:
        super().__init__(table, identity, to)
        self.count = count
        self.inner = inner  # a further dimension of the same declaration, which SystemTap does not spell

    @property
    def of(self) -> Type:
        return self.to

    @property
    def size(self) -> int | None:
        element = self.to.size
        return None if element is None or self.count is None else element * self.count

    def _spell(self) -> tuple[str, Function | None]:
        return self.to._spell() if self.inner else super()._spell()


class Function(Type):
    """A function type; ``variadic`` also for one declared without a prototype."""

    __slots__ = ("_parameters", "_returns", "variadic")

    def __init__(
        self, table: TypeTable, identity: int, returns: int, parameters: tuple[int, ...], variadic: bool
    ) -> None:
        super().__init__(table, identity)
        self._returns = returns
        self._parameters = parameters
        self.variadic = variadic

    @property
    def returns(self) -> Type:
        return self.table[self._returns]

    @property
    def parameters(self) -> list[Type]:
        return [self.table[identity] for identity in self._parameters]

    def describe_parameters(self) -> str:
        names = [parameter.describe() for parameter in self.parameters]
        if self.variadic:
            names.append("...")
        return ", ".join(names) or "void"

    def describe(self) -> str:
        return f"{self.returns.describe()} ({self.describe_parameters()})"

    def _spell(self) -> tuple[str, Function | None]:
        return "", self


class Enum(Type):
    """An enumeration. ``enumerators`` are (name, value) in declaration order."""

    __slots__ = ("_size", "enumerators", "name", "signed")
    tag = "enum"

    def __init__(
        self, table: TypeTable, identity: int, name: str | None, size: int, signed: bool, enumerators: Any
    ) -> None:
        super().__init__(table, identity)
        self.name = name
        self._size = size
        self.signed = signed
        self.enumerators: tuple[tuple[str, int], ...] = enumerators

    @property
    def size(self) -> int:
        return self._size

    def _spell(self) -> tuple[str, Function | None]:
        return f"enum {self.name or '{...}'}", None


class Member:
    """A member of a structure or union.

    ``offset`` is in bytes from the structure's start. A bitfield has ``bit_size`` > 0: load
    ``storage_size`` bytes at ``offset`` in the target's byte order, shift right by ``bit_offset``, keep
    ``bit_size`` bits.
    """

    __slots__ = ("_type", "bit_offset", "bit_size", "name", "offset", "storage_size", "table")

    def __init__(
        self,
        table: TypeTable,
        name: str | None,
        type_identity: int,
        offset: int,
        bits: tuple[int, int, int] | None,
    ) -> None:
        self.table = table
        self.name = name
        self._type = type_identity
        self.offset = offset
        self.storage_size, self.bit_offset, self.bit_size = bits or (0, 0, 0)

    @property
    def type(self) -> Type:
        return self.table[self._type]

    @property
    def is_bitfield(self) -> bool:
        return self.bit_size > 0

    def at(self, base: int) -> Member:
        """The same member seen from ``base`` bytes further out."""
        bits = (self.storage_size, self.bit_offset, self.bit_size) if self.bit_size else None
        return Member(self.table, self.name, self._type, self.offset + base, bits)

    def __repr__(self) -> str:
        bits = f":{self.bit_size}" if self.bit_size else ""
        return f"<Member {self.name or '(anonymous)'}{bits} {self.type.describe()} at {self.offset}>"


class Struct(Type):
    """A structure. ``members`` are its own, in order, anonymous ones with name None."""

    __slots__ = ("_members", "_records", "_size", "incomplete", "name")
    tag = "struct"

    def __init__(
        self, table: TypeTable, identity: int, name: str | None, size: int, incomplete: bool, records: Any
    ) -> None:
        super().__init__(table, identity)
        self.name = name
        self._size = size
        self.incomplete = incomplete  # declared and nowhere defined
        self._records = records
        self._members: list[Member] | None = None

    @property
    def size(self) -> int | None:
        return None if self.incomplete else self._size

    @property
    def members(self) -> list[Member]:
        if self._members is None:
            self._members = [Member(self.table, *record) for record in self._records]
        return self._members

    def member(self, name: str) -> Member | None:
        """The member called ``name``, also inside anonymous members; its offset counts from this
        structure's start."""
        for member in self.members:
            if member.name == name:
                return member
        for member in self.members:
            inner = member.type.strip()
            if member.name is None and isinstance(inner, Struct):
                found = inner.member(name)
                if found is not None:
                    return found.at(member.offset)
        return None

    def member_names(self) -> list[str]:
        """Every name ``member`` finds, for messages of the kind "similar: ..."."""
        names: list[str] = []
        for member in self.members:
            inner = member.type.strip()
            if member.name is not None:
                names.append(member.name)
            elif isinstance(inner, Struct):
                names.extend(inner.member_names())
        return names

    def _spell(self) -> tuple[str, Function | None]:
        return f"{self.tag} {self.name or '{...}'}", None


class Union(Struct):
    __slots__ = ()
    tag = "union"


class EnumConstant(NamedTuple):
    name: str
    value: int
    enum: Enum


class TypeTable:
    """All types of an image, made into objects as they are asked for.

    ``records`` is the index's table (see reader.TypeInterner for the shapes); record 0 is void.
    """

    def __init__(self, records: list[tuple[Any, ...]], pointer_size: int) -> None:
        self._records = records
        self._types: list[Type | None] = [None] * len(records)
        self._names: dict[str, int] | None = None
        self._pointers: dict[int, int] | None = None  # target -> the pointer to it
        self._constants: dict[str, EnumConstant] | None = None
        self.pointer_size = pointer_size

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[Type]:
        return (self[identity] for identity in range(len(self._records)))

    def __getitem__(self, identity: int) -> Type:
        made = self._types[identity]
        if made is None:
            made = self._types[identity] = self._make(identity)
        return made

    @property
    def void(self) -> Type:
        return self[0]

    def lookup(self, name: str) -> Type | None:
        """A type by its C name: ``struct file``, ``union u``, ``enum pid_type``, ``pid_t``, ``long unsigned
        int``, each with any number of ``*`` behind it. ``file`` alone also finds ``struct file`` where no
        typedef has that name, as @cast does. None if the image has no such type."""
        text = " ".join(name.split())
        stars = 0
        while text.endswith("*"):
            text = text[:-1].rstrip()
            stars += 1
        text = text.removeprefix("const ").removesuffix(" const")
        found = self._lookup_plain(text)
        while found is not None and stars:
            found = self.pointer_to(found)
            stars -= 1
        return found

    def _lookup_plain(self, text: str) -> Type | None:
        names = self._name_index()
        for spelling in (
            text,
            _C_SPELLINGS.get(text, text),
            f"struct {text}",
            f"union {text}",
            f"enum {text}",
        ):
            if spelling in names:
                return self[names[spelling]]
        return self.void if text == "void" else None

    def _name_index(self) -> dict[str, int]:
        if self._names is None:
            names: dict[str, int] = {}
            for identity, record in enumerate(self._records):
                kind = record[0]
                if kind in _NAMED and record[1] is not None:
                    key = _NAMED[kind] + record[1]
                    # a definition wins over a declaration, the first definition over the others
                    if key not in names or (
                        kind in (STRUCT, UNION) and self._records[names[key]][3] and not record[3]
                    ):
                        names[key] = identity
            self._names = names
        return self._names

    def named(self) -> Iterator[str]:
        """The names that ``lookup`` knows, as ``struct file`` or ``pid_t``."""
        return iter(self._name_index())

    def constant(self, name: str) -> EnumConstant | None:
        """An enumerator by name, for @const and @enum."""
        if self._constants is None:
            self._constants = {
                name: EnumConstant(name, value, made)
                for identity, record in enumerate(self._records)
                if record[0] == ENUM and isinstance(made := self[identity], Enum)
                for name, value in made.enumerators
            }
        return self._constants.get(name)

    def pointer_to(self, target: Type) -> Pointer:
        """A pointer to ``target``, made up where the image has none."""
        if self._pointers is None:
            self._pointers = {
                record[1]: identity for identity, record in enumerate(self._records) if record[0] == POINTER
            }
        identity = self._pointers.get(target.identity)
        if identity is None:
            identity = self._pointers[target.identity] = len(self._records)
            self._records.append((POINTER, target.identity))
            self._types.append(None)
        found = self[identity]
        assert isinstance(found, Pointer)
        return found

    def complete(self, declared: Type) -> Type:
        """The definition of a structure that was only declared where the caller found it."""
        if isinstance(declared, Struct) and declared.incomplete and declared.name:
            return self.lookup(f"{declared.tag} {declared.name}") or declared
        return declared

    def _make(self, identity: int) -> Type:
        record = self._records[identity]
        return _CLASSES[record[0]](self, identity, *record[1:])


_CLASSES: dict[int, Any] = {
    VOID: Void,
    BASE: Base,
    POINTER: Pointer,
    STRUCT: Struct,
    UNION: Union,
    ARRAY: Array,
    ENUM: Enum,
    TYPEDEF: Typedef,
    CONST: Const,
    VOLATILE: Volatile,
    RESTRICT: Restrict,
    ATOMIC: Atomic,
    FUNCTION: Function,
    OTHER: Void,
}
_NAMED = {BASE: "", TYPEDEF: "", STRUCT: "struct ", UNION: "union ", ENUM: "enum "}
_C_SPELLINGS = {
    "unsigned long": "long unsigned int",
    "unsigned long int": "long unsigned int",
    "long": "long int",
    "short": "short int",
    "unsigned": "unsigned int",
    "unsigned short": "short unsigned int",
    "long long": "long long int",
    "unsigned long long": "long long unsigned int",
    "signed": "int",
    "signed int": "int",
    "bool": "_Bool",
}
