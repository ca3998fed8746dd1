"""Functions of an image: what they are called, where they begin, what is inlined into them and their
variables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from stapy.runtime.debuginfo import expressions
from stapy.runtime.debuginfo.expressions import Location, NotAvailable, Translator
from stapy.runtime.debuginfo.types import Type

if TYPE_CHECKING:
    from stapy.runtime.debuginfo.description import KernelDescription

# As reader.py counts them (not imported from there: it needs pyelftools).
_SCOPE_INLINED = 2
_EXTERNAL, _PROTOTYPED, _DECLARED_INLINE = 1, 2, 4


class CallSite(NamedTuple):
    """A call. ``arguments`` are (DWARF register, operations of the value passed in it)."""

    return_address: int
    callee: str  # "" for a call through a pointer
    arguments: tuple[tuple[int, tuple[Any, ...]], ...]


class Label(NamedTuple):
    name: str
    address: int
    file: str
    line: int


class Variable:
    """A parameter or variable, of one function (``scope``) or of a whole file (``scope`` None)."""

    __slots__ = ("_file", "_flags", "_location", "_type", "decl_line", "description", "name", "scope")

    def __init__(self, description: KernelDescription, record: tuple[Any, ...], scope: Scope | None) -> None:
        self.description = description
        self.name, self._type, self._file, self.decl_line, self._flags, self._location = record[:6]
        self.scope = scope

    @property
    def type(self) -> Type:
        return self.description.types[self._type]

    @property
    def file(self) -> str:
        return self.description.files[self._file]

    @property
    def is_parameter(self) -> bool:
        return bool(self._flags & 1)

    @property
    def is_global(self) -> bool:
        return self.scope is None

    def location(self, pc: int, at_entry: bool = True) -> Location | None:
        """Where the variable is while the instruction at ``pc`` has not run yet; None where it is not
        available.

        ``at_entry`` lets a parameter at its function's first address be found where the calling convention
        put it even if the compiler says that it is gone before the first instruction ends. The local entry
        (ppc64 ELFv2) counts as the first address.
        """
        if at_entry and self.scope is not None and pc == self.scope.function.entry:
            pc = self.scope.function.low_pc
        operations = self._operations(pc, at_entry)
        if operations is None:
            return self._declared_elsewhere(pc)
        if isinstance(operations, bytes | int):
            return self._constant(operations)
        try:
            return self._translator(pc).location(operations)
        except NotAvailable:
            return None

    def _operations(self, pc: int, at_entry: bool) -> tuple[Any, ...] | bytes | int | None:
        if self._location is None:
            return None
        kind, content = self._location
        if kind != "list":
            return content
        scope = self.scope
        if at_entry and self.is_parameter and scope is not None and scope.is_entered_at(pc):
            # The first range that starts here says what holds before the first instruction, even if empty.
            for begin, _, operations in content:
                if begin == pc:
                    return operations
        default = None
        for begin, end, operations in content:
            if begin <= pc < end:
                return operations
            if begin == -1 == end:
                default = operations
        return default

    def _constant(self, constant: int | bytes) -> Location:
        description = self.description
        if isinstance(constant, bytes):
            number = int.from_bytes(constant, "little" if description.little_endian else "big")
            return Location(expressions.VALUE, ("const", number), 8 * len(constant))
        bits = 8 * (self.type.size or description.pointer_size)
        return Location(expressions.VALUE, ("const", constant & ((1 << bits) - 1)), bits)

    def _declared_elsewhere(self, pc: int) -> Location | None:
        """``extern int x;`` within a function means the file's or another file's variable."""
        if not self._flags & 2 or self._location is not None:
            return None
        found = self.description.variable(self.name)
        return found.location(pc) if found is not None and found is not self else None

    def _translator(self, pc: int) -> Translator:
        if self.scope is None:
            return self.description.translator()
        return self.scope.function.translator(pc)

    def __repr__(self) -> str:
        return f"<Variable {self.name}: {self.type.describe()}>"


class Scope:
    """A function's body, a block in it, or the body of a function inlined into it."""

    __slots__ = ("_record", "_variables", "function", "number")

    def __init__(self, function: Function, number: int, record: tuple[Any, ...]) -> None:
        self.function = function  # the one whose code it is
        self.number = number
        self._record = record
        self._variables: list[Variable] | None = None

    @property
    def parent_number(self) -> int:
        """The enclosing scope's number within the function, -1 for the function's own scope."""
        number: int = self._record[1]
        return number

    @property
    def parent(self) -> Scope | None:
        return self.function.scopes[self.parent_number] if self.parent_number >= 0 else None

    @property
    def ranges(self) -> tuple[tuple[int, int], ...]:
        """Addresses, [from, to); none for one whose code was optimised away."""
        found: tuple[tuple[int, int], ...] = self._record[2]
        return found

    def contains(self, pc: int) -> bool:
        return any(low <= pc < high for low, high in self.ranges)

    def is_entered_at(self, pc: int) -> bool:
        """Whether it is a whole function, and ``pc`` its first address."""
        return self.number == 0 and pc == self.function.low_pc

    @property
    def is_inlined(self) -> bool:
        return self._record[0] == _SCOPE_INLINED

    @property
    def inlined_function(self) -> Function | None:
        """The function whose body this is a copy of."""
        return (
            self.function.description.function_number(self._record[5][0])
            if self._record[5] is not None
            else None
        )

    @property
    def variables(self) -> list[Variable]:
        """Its own variables, parameters first, in the order of declaration; nameless ones left out."""
        if self._variables is None:
            records = [record for record in self._record[3] if record[0]]
            self._variables = [Variable(self.function.description, record, self) for record in records]
        return self._variables

    def variables_at(self, pc: int) -> list[Variable]:
        """The variables in scope at ``pc`` of this scope and the blocks in it, innermost first."""
        return _visible(_nested(self, pc))

    @property
    def labels(self) -> list[Label]:
        files = self.function.description.files
        return [Label(name, address, files[file], line) for name, address, file, line in self._record[4]]


class InlineInstance:
    """One place a function was inlined at."""

    __slots__ = ("_container", "_scope", "address", "function")

    def __init__(self, function: Function, address: int, container: int, scope: int) -> None:
        self.function = function
        self.address = address  # of its first instruction
        self._container = container
        self._scope = scope

    @property
    def caller(self) -> Function:
        """The function whose code it is part of."""
        return self.function.description.function_number(self._container)

    @property
    def scope(self) -> Scope:
        return self.caller.scopes[self._scope]

    @property
    def parameters(self) -> list[Variable]:
        return [variable for variable in self.scope.variables if variable.is_parameter]

    def contains(self, pc: int) -> bool:
        return self.scope.contains(pc)

    def variables_at(self, pc: int) -> list[Variable]:
        """The inlined function's variables in scope at ``pc``, innermost scope first."""
        return self.scope.variables_at(pc)

    @property
    def call_place(self) -> tuple[str, int]:
        """Source file and line of the call."""
        record = self.scope._record[5]
        return self.function.description.files[record[2]], record[3]

    def __repr__(self) -> str:
        return f"<InlineInstance {self.function.name} at {self.address:#x}>"


class Function:
    """A function. One that is only ever inlined has ``is_inlined_only`` set, no ranges and ``inlined``
    instances; one known only from the symbol table (assembly) has ``file`` "" and no variables."""

    __slots__ = (
        "_detail", "_entry", "_flags", "_return_type", "_scopes", "decl_line", "description", "file",
        "inlined", "linkage_name", "local_entry", "name", "number", "ranges", "unit",
    )  # fmt: skip

    def __init__(self, description: KernelDescription, number: int, record: tuple[Any, ...]) -> None:
        self.description = description
        self.number = number
        name, linkage, file, line, flags, return_type, unit, _, entry, ranges = record
        self.name: str = name
        self.linkage_name: str | None = linkage
        self.file: str = description.files[file]
        self.decl_line: int = line
        self.unit: str = description.files[unit]
        self.ranges: tuple[tuple[int, int], ...] = ranges
        self._flags = flags
        self._return_type = return_type
        self._entry = entry
        self._scopes: list[Scope] | None = None
        self._detail: Any = None
        self.local_entry = 0  # bytes from the global to the local entry (ppc64 ELFv2)
        self.inlined: list[InlineInstance] = []

    # ------------------------------------------------------------ where

    @property
    def is_inlined_only(self) -> bool:
        return not self.ranges

    @property
    def low_pc(self) -> int:
        """The first address; locations at the function's entry are looked up here. 0 for one that is only
        inlined."""
        return self._entry

    @property
    def high_pc(self) -> int:
        """The end (first address behind) of the part that ``low_pc`` is in."""
        return next((high for low, high in self.ranges if low <= self._entry < high), self._entry)

    @property
    def end(self) -> int:
        return self.high_pc

    @property
    def entry(self) -> int:
        """Where a breakpoint on the function goes."""
        return self._entry + self.local_entry

    def contains(self, pc: int) -> bool:
        return any(low <= pc < high for low, high in self.ranges)

    # ------------------------------------------------------------ what

    @property
    def external(self) -> bool:
        return bool(self._flags & _EXTERNAL)

    @property
    def prototyped(self) -> bool:
        return bool(self._flags & _PROTOTYPED)

    @property
    def declared_inline(self) -> bool:
        return bool(self._flags & _DECLARED_INLINE)

    @property
    def exported(self) -> bool:
        return self.description.exported(self.name)

    @property
    def return_type(self) -> Type | None:
        """None for a function that returns nothing, or of which no type is known."""
        return self.description.types[self._return_type] if self._return_type else None

    @property
    def has_debug_information(self) -> bool:
        return self.number >= 0

    # ------------------------------------------------------------ inside

    def _details(self) -> Any:
        if self._detail is None:
            self._detail = self.description.function_details(self.number)
        return self._detail

    @property
    def scopes(self) -> list[Scope]:
        """The function's own scope first, each before those within it."""
        if self._scopes is None:
            records = self._details()[1]
            self._scopes = [Scope(self, number, record) for number, record in enumerate(records)]
        return self._scopes

    @property
    def variables(self) -> list[Variable]:
        """Parameters and outermost locals, as $$vars lists them."""
        return list(self.scopes[0].variables) if self.scopes else []

    @property
    def parameters(self) -> list[Variable]:
        return [variable for variable in self.variables if variable.is_parameter]

    @property
    def locals(self) -> list[Variable]:
        return [variable for variable in self.variables if not variable.is_parameter]

    @property
    def labels(self) -> list[Label]:
        return [label for scope in self.scopes if not self._within_inlined(scope) for label in scope.labels]

    @property
    def calls(self) -> list[CallSite]:
        """The calls in the function's code, by address. Empty for code compiled without optimisation."""
        return [CallSite(*call) for call in self._details()[2]]

    @property
    def inlined_bodies(self) -> list[Scope]:
        """The bodies of other functions inlined into this one."""
        return [scope for scope in self.scopes if scope.inlined_function is not None]

    def call_at(self, return_address: int) -> CallSite | None:
        return next((call for call in self.calls if call.return_address == return_address), None)

    def scopes_at(self, pc: int) -> list[Scope]:
        """The function's scopes around ``pc``, innermost first. Code of an inlined function counts as the
        caller's, as SystemTap sees it; ask the inlined function's instance for what is visible there."""
        return _nested(self.scopes[0], pc) if self.scopes else []

    def variables_at(self, pc: int) -> list[Variable]:
        """The function's variables in scope at ``pc``, innermost scope first; one that is hidden by another
        of its name is left out."""
        return _visible(self.scopes_at(pc))

    def inlined_at(self, pc: int) -> list[Scope]:
        """The inlined bodies that the instruction at ``pc`` belongs to, innermost first."""
        return [scope for scope in reversed(self.scopes) if scope.is_inlined and scope.contains(pc)]

    def translator(self, pc: int) -> Translator:
        """What turns this function's location expressions at ``pc`` into trees."""
        description = self.description

        def cfa() -> expressions.Node:
            frame = description.frames.at(pc)
            if frame is None:
                raise NotAvailable("no call frame information")
            return frame.cfa_expression()

        def frame_base() -> expressions.Node:
            return self._frame_base(pc)

        return description.translator(frame_base, cfa, at_entry=pc == self.low_pc)

    def _frame_base(self, pc: int) -> expressions.Node:
        base = self._details()[0]
        if base is None:
            raise NotAvailable("no frame base")
        kind, content = base
        if kind == "list":
            content = next((operations for begin, end, operations in content if begin <= pc < end), ())
        location = self.translator(pc).location(content)
        return location.expression  # of a register: its content

    @staticmethod
    def _within_inlined(scope: Scope) -> bool:
        current: Scope | None = scope
        while current is not None:
            if current.is_inlined:
                return True
            current = current.parent
        return False

    def __repr__(self) -> str:
        return f"<Function {self.name}@{self.file}:{self.decl_line}>"


def _nested(outer: Scope, pc: int) -> list[Scope]:
    """``outer`` and the blocks in it around ``pc``, innermost first."""
    around = [outer]
    inside = {outer.number}
    for scope in outer.function.scopes[outer.number + 1 :]:  # each comes before those within it
        if scope.parent_number in inside and not scope.is_inlined and scope.contains(pc):
            inside.add(scope.number)
            around.append(scope)
    return around[::-1]


def _visible(scopes: list[Scope]) -> list[Variable]:
    found: dict[str, Variable] = {}
    for scope in scopes:
        for variable in scope.variables:
            found.setdefault(variable.name, variable)
    return list(found.values())


def walk_calls(function: Function, depth: int = 1) -> Iterator[tuple[Function, str]]:
    """The functions called from ``function``, and from those, ``depth`` levels down: (caller, callee's
    name), each pair once."""
    seen: set[tuple[str, str]] = set()
    level = [function]
    for _ in range(depth):
        following = []
        for caller in level:
            for call in caller.calls:
                if call.callee and (caller.name, call.callee) not in seen:
                    seen.add((caller.name, call.callee))
                    yield caller, call.callee
                    following.extend(caller.description.functions(call.callee))
        level = following
