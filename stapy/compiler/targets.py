"""Target variables: ``$name->member[index]``, @cast, @var, @entry and @defined against the kernel's description.

A target variable becomes a KernelRead: an expression tree of registers and memory with constant offsets. What cannot be
resolved becomes an UnresolvedTarget, which is an error only if optimisation leaves it in the program.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from stapy.compiler import tree
from stapy.compiler.analysis import Analysis, Handler, similar_text
from stapy.compiler.diagnostics import SemanticError
from stapy.compiler.similar import similar
from stapy.compiler.walk import Rewriter

LONG, STRING = tree.Type.LONG, tree.Type.STRING


# ---------------------------------------------------------------- what stands in the tree afterwards


@dataclass(eq=False, slots=True)
class KernelRead(tree.Expression):
    """A number in the kernel: ``node`` is an expression tree of runtime.debuginfo, of ``bits`` bits.

    ("register", ("operand", n)) in it stands for the n-th of ``operands``. ``store`` is what assignment writes:
    ("register", number), ("memory", address, size) or ("bits", address, size, first bit, bits); None where nothing can
    be.
    """

    node: Any
    operands: list[tree.Expression]
    bits: int
    signed: bool
    store: Any = None


@dataclass(eq=False, slots=True)
class StringRead(tree.Expression):
    """A C string at an address, ``otherwise`` where it cannot be read: what pretty-printing shows of a ``char *``."""

    address: tree.Expression
    otherwise: str


@dataclass(eq=False, slots=True)
class SavedValue(tree.Expression):
    """What a return probe saved at the call: ``slot`` of the kretprobe instance's data."""

    slot: int
    saved: Any  # the Expression; its type is this one's


@dataclass(eq=False, slots=True)
class UnresolvedTarget(tree.Expression):
    error: Any  # the SemanticError to report if this is still in the program


@dataclass(slots=True)
class Deferred:
    error: SemanticError


@dataclass(eq=False, slots=True)
class Place:
    """Where target variables of a probe are looked up: ``function`` and the address ``pc`` in it.

    In a return probe they are looked up at the entry and saved there; ``returns`` tells.
    """

    function: Any
    pc: int
    returns: bool = False
    at_entry: bool = True
    variables: list[Any] = field(default_factory=list)
    name: str = ""  # of a tracepoint: its $$name
    words: dict[str, str] = field(default_factory=dict)  # target variables that are something else, as script text
    writable: bool = False  # whether those may be assigned to: procfs's $value

    def variable(self, name: str) -> Any:
        return next((variable for variable in self.variables if variable.name == name), None)


def place_in(description: Any, function: Any, pc: int, *, returns: bool = False, entry: bool = True) -> Place:
    """The place of a probe at ``pc``, with the variables in scope there."""
    variables = description.variables_at(pc, function) if function.has_debug_information else []
    if not variables and entry:
        variables = function.variables
    return Place(function, pc, returns, entry, variables)


# ---------------------------------------------------------------- following components


class Access:
    """A C object being followed: a location and a type, to which ``->member`` and ``[index]`` are applied."""

    def __init__(self, description: Any, location: Any, ctype: Any, what: str) -> None:
        from stapy.runtime.debuginfo import expressions, types

        self.types = types
        self.expressions = expressions
        self.description = description
        self.location = location
        self.ctype = ctype
        self.operands: list[tree.Expression] = []
        self.bitfield: Any = None
        self.what = what

    def operand(self, expression: tree.Expression) -> Any:
        self.operands.append(expression)
        return ("register", ("operand", len(self.operands) - 1))

    def _load(self, size: int) -> Any:
        """The object's bytes as an unsigned number."""
        if self.location.kind == self.expressions.MEMORY:
            return ("deref", size, self.location.expression)
        if self.location.kind == self.expressions.REGISTER and size == self.description.pointer_size:
            return self.location.expression
        return ("mask", 8 * size, self.location.expression)

    def _at(self, address: Any) -> None:
        self.location = self.expressions.Location(self.expressions.MEMORY, address)

    def follow(self, component: tree.Component) -> None:
        """Apply one component. Raises SemanticError."""
        if component.kind == "member":
            self._member(component)
        elif component.kind == "index":
            self._index(component)

    def _dereference(self) -> bool:
        stripped = self.ctype.strip()
        if not isinstance(stripped, self.types.Pointer):
            return False
        self._at(self._load(stripped.size))
        self.ctype = stripped.to
        return True

    def _member(self, component: tree.Component) -> None:
        if isinstance(self.ctype.strip(), self.types.Array):
            self.ctype = self.ctype.strip().of
        else:
            self._dereference()
        structure = self.description.types.complete(self.ctype.strip())
        if not isinstance(structure, self.types.Struct):
            raise SemanticError(f"invalid access '->{component.member}' vs '{self.ctype.describe()}'", component.token)
        member = structure.member(component.member)
        if member is None:
            names = structure.member_names()
            hint = similar_text("alternatives", similar(component.member, names)) if names else ""
            missing = " (incomplete type)" if structure.incomplete else ""
            raise SemanticError(
                f"unable to find member '{component.member}' for {structure.describe()}{missing}{hint}", component.token
            )
        self._into(member)

    def _into(self, member: Any) -> None:
        size = member.storage_size if member.is_bitfield else (member.type.size or 0)
        if self.location.kind == self.expressions.MEMORY:
            if member.offset:
                self._at(_plus(self.location.expression, member.offset))
        else:
            part = self.expressions.part(
                self.location, member.offset, size, self.description.pointer_size, self.description.little_endian
            )
            if part is None:
                raise SemanticError(f"'{member.name}' of {self.what} is not available here [man error::dwarf]")
            self.location = part
        self.bitfield = member if member.is_bitfield else None
        self.ctype = member.type

    def _index(self, component: tree.Component) -> None:
        stripped = self.ctype.strip()
        if isinstance(stripped, self.types.Array):
            element = stripped.of
            if self.location.kind != self.expressions.MEMORY:
                raise SemanticError(f"'{self.what}' is an array that is not in memory", component.token)
        elif self._dereference():
            element = self.ctype
        else:
            raise SemanticError(f"invalid access '[]' vs '{self.ctype.describe()}'", component.token)
        size = element.size
        if size is None:
            raise SemanticError(f"'{self.what}': elements of type '{element.describe()}' have no size", component.token)
        index = component.index
        if isinstance(index, tree.Number):
            distance: Any = ("const", index.value * size)
        else:
            assert index is not None
            distance = ("mul", self.operand(index), ("const", size))
        if distance[0] == "const":
            self._at(_plus(self.location.expression, distance[1]) if distance[1] else self.location.expression)
        else:
            self._at(("add", self.location.expression, distance))
        self.ctype = element

    # ------------------------------------------------------------ the value

    def address(self, token: tree.Token) -> KernelRead:
        """``&$name...``"""
        if self.location.kind != self.expressions.MEMORY:
            raise SemanticError(f"cannot take address of '{self.what}': it is not in memory", token)
        pointer = self.description.types.pointer_to(self.ctype)
        return self._made(token, self.location.expression, 8 * self.description.pointer_size, False, None, pointer)

    def value(self, token: tree.Token) -> KernelRead:
        """The number here. Raises SemanticError for what is none: structures, floating point."""
        stripped = self.ctype.strip()
        types = self.types
        if isinstance(stripped, types.Array):
            element = self.description.types.pointer_to(stripped.of)
            if self.location.kind != self.expressions.MEMORY:
                raise SemanticError(f"'{self.what}' is an array that is not in memory", token)
            bits = 8 * self.description.pointer_size
            return self._made(token, self.location.expression, bits, False, None, element)
        if isinstance(stripped, types.Function):
            pointer = self.description.types.pointer_to(self.ctype)
            return self._made(token, self.location.expression, 8 * self.description.pointer_size, False, None, pointer)
        if isinstance(stripped, types.Struct):
            raise SemanticError(f"'{self.ctype.describe()}' is being accessed instead of a member", token)
        if isinstance(stripped, types.Base) and not stripped.is_integer:
            raise SemanticError(
                f"unsupported type '{self.ctype.describe()}' of '{self.what}' (encoding {stripped.encoding})", token
            )
        size = stripped.size
        if size is None:
            raise SemanticError(f"'{self.what}' is of type '{self.ctype.describe()}' and has no value", token)
        signed = bool(getattr(stripped, "signed", False))
        if self.bitfield is not None:
            return self._bits(token, signed)
        return self._made(token, self._load(size), 8 * size, signed, self._store(size), self.ctype)

    def _store(self, size: int) -> Any:
        if self.location.kind == self.expressions.MEMORY:
            return ("memory", self.location.expression, size)
        if self.location.kind == self.expressions.REGISTER:
            return ("register", self.location.register)
        return None

    def _bits(self, token: tree.Token, signed: bool) -> KernelRead:
        member = self.bitfield
        word = self._load(member.storage_size)
        node = ("mask", member.bit_size, ("shr", word, ("const", member.bit_offset)))
        store = None
        if self.location.kind == self.expressions.MEMORY:
            store = ("bits", self.location.expression, member.storage_size, member.bit_offset, member.bit_size)
        return self._made(token, node, member.bit_size, signed, store, self.ctype)

    def _made(self, token: tree.Token, node: Any, bits: int, signed: bool, store: Any, ctype: Any) -> KernelRead:
        return KernelRead(token, node, self.operands, bits, signed, store, type=LONG, ctype=ctype)


def _plus(node: Any, offset: int) -> Any:
    """An address and a constant offset, in one addition."""
    if node[0] == "add" and node[2][0] == "const":
        return ("add", node[1], ("const", node[2][1] + offset))
    return ("add", node, ("const", offset))


def finish(access: Access, node: Any) -> tree.Expression:
    """Apply all of a node's components, and ``&``, ``$``, ``$$``."""
    from stapy.compiler.pretty import pretty_print

    components = list(node.components)
    pretty = components.pop().kind if components and components[-1].kind.startswith("pretty") else ""
    for component in components:
        access.follow(component)
    if pretty:
        return pretty_print(access, node.token, deep=pretty == "pretty-all")
    return access.address(node.token) if node.address_of else access.value(node.token)


# ---------------------------------------------------------------- the roots: variables, casts


def variable_access(analysis: Analysis, place: Place, name: str, token: tree.Token) -> Access:
    """The variable ``name`` (without its dollar) at ``place``. Raises SemanticError."""
    variable = place.variable(name)
    if variable is None:
        raise no_such_local(place, name, token)
    location = variable.location(place.pc, place.at_entry)
    if location is None or location.needs_entry_value:
        raise SemanticError(f"'{name}' is not accessible at this address [man error::dwarf] (pc: {place.pc:#x})", token)
    return Access(analysis.kernel, location, variable.type, "$" + name)


def no_such_local(place: Place, name: str, token: tree.Token) -> SemanticError:
    function = place.function
    names = sorted("$" + variable.name for variable in place.variables)
    if place.returns and function.return_type is not None:
        names.append("$return")
    hint = similar_text("alternatives", similar("$" + name, names))
    return SemanticError(
        f"unable to find local '{name}', [man error::dwarf] in kernel, near pc {place.pc:#x} in "
        f"{function.name} {function.file}{hint}",
        token,
    )


def return_access(analysis: Analysis, place: Place, token: tree.Token) -> Access:
    """``$return``"""
    from stapy import arch
    from stapy.runtime.debuginfo.expressions import REGISTER, VALUE, Location

    if not place.returns:
        raise no_such_local(place, "return", token)
    ctype = place.function.return_type
    if ctype is None or ctype.size is None:
        raise SemanticError(
            f"function '{place.function.name}' has no return value: unable to find local 'return'", token
        )
    architecture = arch.get(analysis.kernel.arch)
    numbers = [architecture.dwarf_numbers[name] for name in architecture.return_registers]
    word = analysis.kernel.pointer_size
    if ctype.size <= word:
        location = Location(REGISTER, ("register", numbers[0]))
    elif ctype.size <= word * len(numbers):
        pieces = tuple((8 * word, ("register", number)) for number in numbers[: -(-ctype.size // word)])
        location = Location(VALUE, ("concat", pieces), 8 * ctype.size)
    else:
        raise SemanticError(f"$return of type '{ctype.describe()}' is not in registers", token)
    return Access(analysis.kernel, location, ctype, "$return")


def cast_access(analysis: Analysis, node: tree.Cast) -> Access:
    """``@cast(value, "type")``. Raises SemanticError where there is no such type."""
    from stapy.runtime.debuginfo.expressions import VALUE, Location

    kernel = analysis.kernel
    found = kernel.types.lookup(node.type_name.strip()) if kernel is not None else None
    if found is None:
        raise SemanticError(f"type definition '{node.type_name}' not found in '{node.module or 'kernel'}'", node.token)
    return pointed_access(kernel, node.operand, found, Location, VALUE)


def pointed_access(kernel: Any, operand: tree.Expression, ctype: Any, location: Any, kind: str) -> Access:
    """A script's value taken as a pointer to ``ctype``, or as a ``ctype`` if that is a pointer."""
    if not isinstance(ctype.strip(), _pointer_class()):
        ctype = kernel.types.pointer_to(ctype)
    access = Access(kernel, None, ctype, "@cast")
    access.location = location(kind, access.operand(operand), 64)
    return access


def _pointer_class() -> type:
    from stapy.runtime.debuginfo.types import Pointer

    return Pointer


def var_access(analysis: Analysis, node: tree.AtVar) -> Access:
    """``@var("name@file")``: a variable outside functions."""
    kernel = analysis.kernel
    name, _, file = node.target.partition("@")
    variable = kernel.variable(name, file or None) if kernel is not None else None
    location = variable.location(0) if variable is not None else None
    if variable is None or location is None:
        names = similar(name, kernel.variable_names()) if kernel is not None else []
        raise SemanticError(
            f"unable to find global '{name}' [man error::dwarf]{similar_text('alternatives', names)}", node.token
        )
    return Access(kernel, location, variable.type, name)


def resolve_autocast(analysis: Analysis, node: tree.Autocast) -> Any:
    """``expression->member`` once the expression's C type is known: a KernelRead, or why not."""
    from stapy.runtime.debuginfo.expressions import VALUE, Location

    ctype = node.operand.ctype
    if not isinstance(ctype.strip(), _pointer_class()):
        return Deferred(SemanticError(f"invalid access '->' vs '{ctype.describe()}'", node.token))
    try:
        access = pointed_access(analysis.kernel, node.operand, ctype, Location, VALUE)
        return finish(access, node)
    except SemanticError as error:
        return Deferred(error)


# ---------------------------------------------------------------- the rewriter


class TargetRewriter(Rewriter):
    """Replaces the target variables of one body by what they mean at ``handler``'s place; in functions ``handler`` is
    None, and there are casts only."""

    def __init__(self, analysis: Analysis, handler: Handler | None) -> None:
        self.analysis = analysis
        self.handler = handler
        self.place: Place | None = handler.place if handler is not None else None
        self.at_call = False  # within @entry
        self._slots: dict[str, int] = {}
        self._written = False

    # ------------------------------------------------------------ the nodes

    def rewrite_targetsymbol(self, node: tree.TargetSymbol) -> tree.Expression:
        self._rewrite_indices(node)
        if self.place is None:
            return self._give_up(node, SemanticError("unresolved target-symbol expression", node.token))
        try:
            return self._target(node)
        except SemanticError as error:
            return self._give_up(node, _placed(error, node.token))

    def _target(self, node: tree.TargetSymbol) -> tree.Expression:
        from stapy.compiler.pretty import print_variables

        place = self.place
        assert place is not None
        if node.name in place.words and not node.components and not node.address_of:
            return self._word(place.words[node.name], node.token)
        if place.function is None:
            raise SemanticError(f"unable to find target variable '{node.name}' here", node.token)
        if node.name == "$$name" and place.name:
            return tree.String(node.token, place.name, type=STRING)
        if node.name == "$return":
            if self.at_call:
                raise no_such_local(Place(place.function, place.pc, variables=place.variables), "return", node.token)
            return finish(return_access(self.analysis, place, node.token), node)
        saves = place.returns and not self.at_call
        if node.name.startswith("$$"):
            if node.name == "$$return":
                return print_variables(
                    self.analysis, place, node, lambda name: return_access(self.analysis, place, node.token)
                )
            return self._save(
                node,
                print_variables(
                    self.analysis, place, node, lambda name: variable_access(self.analysis, place, name, node.token)
                ),
                saves,
            )
        found = finish(variable_access(self.analysis, place, node.name[1:], node.token), node)
        if self._written and saves:
            raise SemanticError("write to target variable not permitted in .return probes", node.token)
        return self._save(node, found, saves)

    def _word(self, text: str, token: tree.Token) -> tree.Expression:
        """What a target variable of a probe family stands for: another one, or a call."""
        if text.startswith("$"):
            return self.rewrite(tree.TargetSymbol(token, text, []))
        name, _, rest = text.partition("(")
        arguments: list[tree.Expression] = []
        for argument in filter(None, rest.rstrip(")").split(",")):
            if argument.startswith("$"):
                arguments.append(self.rewrite(tree.TargetSymbol(token, argument, [])))
            else:
                arguments.append(tree.Number(token, int(argument), type=LONG))
        return tree.Call(token, name, arguments)

    def _write_word(self, node: tree.Assignment, left: tree.TargetSymbol) -> tree.Expression:
        """An assignment to procfs's ``$value``: a call."""
        functions = {"=": "_procfs_set", ".=": "_procfs_append"}
        if not self.place.writable or left.components or node.operator not in functions:  # type: ignore[union-attr]
            raise SemanticError(f"write to '{left.name}' not permitted here", left.token)
        return tree.Call(node.token, functions[node.operator], [node.right])

    def _save(self, node: tree.Expression, value: tree.Expression, wanted: bool) -> tree.Expression:
        """In a return probe: have ``value`` computed at the call, and read what was saved."""
        if not wanted:
            return value
        assert self.handler is not None
        key = _signature(node)
        slot = self._slots.get(key) if key else None
        if slot is None:
            slot = len(self.handler.entry)
            self.handler.entry.append(value)
            if key:
                self._slots[key] = slot
        saved = self.handler.entry[slot]
        return SavedValue(node.token, slot, saved, type=saved.type, ctype=saved.ctype)

    def rewrite_atentry(self, node: tree.AtEntry) -> tree.Expression:
        if self.handler is None or not self.handler.returns:
            raise SemanticError("internal error: @entry is only valid in .return probes", node.token)
        self.at_call = True
        try:
            value = self.rewrite(node.operand)
        finally:
            self.at_call = False
        return self._save(node, value, True)

    def rewrite_cast(self, node: tree.Cast) -> tree.Expression:
        node.operand = self.rewrite(node.operand)
        self._rewrite_indices(node)
        try:
            return finish(cast_access(self.analysis, node), node)
        except SemanticError as error:
            return self._give_up(node, _placed(error, node.token))

    def rewrite_atvar(self, node: tree.AtVar) -> tree.Expression:
        self._rewrite_indices(node)
        try:
            return finish(var_access(self.analysis, node), node)
        except SemanticError as error:
            return self._give_up(node, _placed(error, node.token))

    def rewrite_atconst(self, node: tree.AtConst) -> tree.Expression:
        try:
            return tree.Number(node.token, signed64(constant_expression(node.text, self._constant)), type=LONG)
        except ValueError as error:
            return self._give_up(node, SemanticError(f'@const("{node.text}"): {error}', node.token))

    def _constant(self, name: str) -> int:
        kernel = self.analysis.kernel
        found = kernel.types.constant(name) if kernel is not None else None
        if found is not None:
            return found.value
        from stapy.runtime.tapset.constants import constant  # macros, of which debug information has none

        value = constant(name)
        if value is None:
            raise ValueError(f"the kernel's debug information has no constant '{name}'")
        return value

    def rewrite_embeddedexpression(self, node: tree.EmbeddedExpression) -> tree.Expression:
        """``%{ NAME %}``: one of the kernel's constants, as in C; anything else is Python."""
        name = re.sub(r"/\*.*?\*/", "", node.code, flags=re.DOTALL).strip()
        if re.fullmatch(r"[A-Z_][A-Z0-9_]*", name):
            try:
                return tree.Number(node.token, signed64(self._constant(name)), type=LONG)
            except ValueError:
                return node
        return node

    def rewrite_atdefined(self, node: tree.AtDefined) -> tree.Expression:
        found = self.rewrite(node.operand)
        if isinstance(found, (KernelRead, SavedValue, StringRead, tree.Print)):
            return tree.Number(node.token, 1, type=LONG)
        if isinstance(found, UnresolvedTarget):
            return tree.Number(node.token, 0, type=LONG)
        node.operand = found
        return node

    def rewrite_assignment(self, node: tree.Assignment) -> tree.Expression:
        node.right = self.rewrite(node.right)
        left = node.left
        if self.place is not None and isinstance(left, tree.TargetSymbol) and left.name in self.place.words:
            return self._write_word(node, left)
        node.left = self._rewrite_written(node.left)
        return node

    def rewrite_precrement(self, node: tree.PreCrement) -> tree.Expression:
        node.operand = self._rewrite_written(node.operand)
        return node

    rewrite_postcrement = rewrite_precrement

    def _rewrite_written(self, target: tree.Expression) -> tree.Expression:
        """Something that is assigned to: a target variable needs -g for that."""
        if not isinstance(target, (tree.TargetSymbol, tree.Cast, tree.AtVar)):
            return self.rewrite(target)
        self._written = True
        try:
            found = self.rewrite(target)
        finally:
            self._written = False
        if isinstance(found, UnresolvedTarget):
            return found
        if not self.analysis.options.guru:
            raise SemanticError("write to target variable not permitted; need stap -g", target.token)
        if not isinstance(found, KernelRead) or found.store is None:
            raise SemanticError("write to target variable not permitted: it has no place of its own", target.token)
        return found

    # ------------------------------------------------------------ common to them

    def _rewrite_indices(self, node: Any) -> None:
        for component in node.components:
            if component.index is not None:
                component.index = self.rewrite(component.index)

    def _give_up(self, node: tree.Expression, error: SemanticError) -> tree.Expression:
        if self.analysis.options.skip_badvars and isinstance(node, tree.TargetSymbol):
            self.analysis.reporter.warning("Bad $context variable being substituted with literal 0", node.token)
            return tree.Number(node.token, 0, type=LONG)
        return UnresolvedTarget(node.token, error)


def _placed(error: SemanticError, token: tree.Token) -> SemanticError:
    if error.token is None:
        error.token = token
    return error


def _signature(node: tree.Expression) -> str:
    """The same text for target variables that mean the same; empty where that cannot be told."""
    if not isinstance(node, tree.TargetSymbol):
        return ""
    text = node.name + ("&" if node.address_of else "")
    for component in node.components:
        if component.index is not None and not isinstance(component.index, tree.Number):
            return ""
        value = component.index.value if isinstance(component.index, tree.Number) else ""
        text += f" {component.kind} {component.member} {value}"
    return text


_C_SUFFIX = re.compile(r"\b(0[xX][0-9a-fA-F]+|[0-9]+)[uUlL]+\b")
_C_OCTAL = re.compile(r"\b0([0-7]+)\b")


def constant_expression(text: str, constant: Callable[[str], int]) -> int:
    """The value of a C constant expression of integers and enumerators. Raises ValueError for what is none."""
    import ast

    python = _C_OCTAL.sub(r"0o\1", _C_SUFFIX.sub(r"\1", text)).replace("&&", " and ").replace("||", " or ")
    try:
        expression = ast.parse(python.strip(), mode="eval").body
        return _constant_value(expression, constant)
    except (SyntaxError, ZeroDivisionError, OverflowError, RecursionError):
        raise ValueError("not a constant expression that can be computed here") from None


def _constant_value(node: Any, constant: Callable[[str], int]) -> int:
    import ast

    from stapy.compiler.optimize import compute

    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return node.value
    if isinstance(node, ast.Name):
        return constant(node.id)
    if isinstance(node, ast.UnaryOp) and not isinstance(node.op, ast.Not):
        value = _constant_value(node.operand, constant)
        return -value if isinstance(node.op, ast.USub) else ~value if isinstance(node.op, ast.Invert) else value
    operators: dict[type, str] = {
        ast.Add: "+",
        ast.Sub: "-",
        ast.Mult: "*",
        ast.Div: "/",
        ast.Mod: "%",
        ast.LShift: "<<",
        ast.RShift: ">>",
        ast.BitAnd: "&",
        ast.BitOr: "|",
        ast.BitXor: "^",
    }
    if isinstance(node, ast.BinOp) and type(node.op) in operators:
        found = compute(
            operators[type(node.op)], _constant_value(node.left, constant), _constant_value(node.right, constant)
        )
        if found is not None:
            return found
    raise ValueError("not a constant expression that can be computed here")


def signed64(number: int) -> int:
    """``number`` as a script has it: 64 bits, signed."""
    return ((number + (1 << 63)) & ((1 << 64) - 1)) - (1 << 63)
