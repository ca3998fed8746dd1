"""DWARF location expressions: decoding, translation to a small expression tree, and evaluating that tree.

The tree is nested tuples. Every node stands for an unsigned integer; unless it says otherwise it is as wide
as an address of the target, and arithmetic wraps there (``mask`` nodes do it explicitly, so a consumer
needs no context):

    ("const", n)                    a number
    ("register", n)                 DWARF register n, as unsigned
    ("entry_value", n)              what DWARF register n held when the function was entered
    ("add"|"sub"|"mul", a, b)       plain arithmetic on the unsigned values, not wrapped
    ("and"|"or"|"xor"|"shl"|"shr", a, b)
    ("udiv"|"umod", a, b)           0 where b is 0
    ("sdiv", bits, a, b)            signed, truncating towards zero
    ("compare", op, bits, a, b)     op one of == != < <= > >=, signed if bits is negative; 1 or 0
    ("mask", bits, a)               the low bits
    ("sext", bits, a)               the low bits as a signed number: the one node that can be negative
    ("deref", size, a)              size bytes of memory at a, unsigned, in the target's byte order
    ("if", a, b, c)                 b where a is not 0, else c
    ("concat", ((bits, a), ...))    pieces, least significant first
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

Node = tuple[Any, ...]
Operation = tuple[Any, ...]  # (opcode, *operands) as decode() leaves them

MEMORY = "memory"
REGISTER = "register"
VALUE = "value"
PIECES = "pieces"


class NotAvailable(Exception):  # noqa: N818 - says what is the matter
    """The value is optimised out, or described by something no debugger can follow here."""


class Location(NamedTuple):
    """Where a variable is.

    kind ``memory``: ``expression`` is its address. ``register``: ``expression`` is ("register", n), the
    variable can be written there. ``value``: ``expression`` is the value itself, of ``bits`` bits (None: an
    address's width). ``pieces``: ``pieces`` is a sequence of (bits, Location or None), lowest address
    first; ``expression`` is the whole as one number if every piece can be read.
    """

    kind: str
    expression: Node
    bits: int | None = None
    pieces: tuple[tuple[int, Location | None], ...] = ()

    @property
    def register(self) -> int | None:
        """The DWARF number of the one register that holds the variable."""
        return self.expression[1] if self.kind == REGISTER else None

    @property
    def needs_entry_value(self) -> bool:
        """Whether reading it means finding out what the caller passed."""
        return mentions(self.expression, "entry_value")


def mentions(node: Any, what: str) -> bool:
    """Whether a node of kind ``what`` is anywhere in the tree."""
    if not isinstance(node, tuple) or not node:
        return False
    return node[0] == what or any(mentions(child, what) for child in node)


# ---------------------------------------------------------------- decoding

_UNSIGNED = {0x08: 1, 0x0A: 2, 0x0C: 4, 0x0E: 8}  # const1u..const8u
_SIGNED = {0x09: 1, 0x0B: 2, 0x0D: 4, 0x0F: 8}  # const1s..const8s
_NO_OPERAND = {
    0x06, *range(0x12, 0x15), *range(0x16, 0x23), *range(0x24, 0x28), *range(0x29, 0x2F),
    *range(0x30, 0x70), 0x96, 0x97, 0x9B, 0x9C, 0x9F, 0xE0, 0xF0,
}  # fmt: skip
ADDR, DEREF, CONST1U, CONSTU, CONSTS, PLUS_UCONST, BRA, SKIP = 0x03, 0x06, 0x08, 0x10, 0x11, 0x23, 0x28, 0x2F
LIT0, REG0, BREG0, REGX, FBREG, BREGX, PIECE, DEREF_SIZE = 0x30, 0x50, 0x70, 0x90, 0x91, 0x92, 0x93, 0x94
NOP, CALL_FRAME_CFA, BIT_PIECE, IMPLICIT_VALUE, STACK_VALUE = 0x96, 0x9C, 0x9D, 0x9E, 0x9F
IMPLICIT_POINTER, ADDRX, CONSTX, ENTRY_VALUE, CONST_TYPE = 0xA0, 0xA1, 0xA2, 0xA3, 0xA4
REGVAL_TYPE, DEREF_TYPE, CONVERT, REINTERPRET = 0xA5, 0xA6, 0xA8, 0xA9
MAYBE_UNINITIALIZED = 0xF0  # of GNU: read like any other
# GNU's names for what DWARF 5 took over.
_GNU = {
    0xF2: 0xA0,
    0xF3: 0xA3,
    0xF4: 0xA4,
    0xF5: 0xA5,
    0xF6: 0xA6,
    0xF7: 0xA8,
    0xF9: 0xA9,
    0xFB: 0xA1,
    0xFC: 0xA2,
}
UNKNOWN = -1  # what decode() leaves of an operation it cannot read; nothing behind it is known


class Decoder:
    """Reads the bytes of one compile unit's expressions into tuples of operations.

    ``address_of(index)`` resolves DW_OP_addrx; ``base_type(offset)`` gives (bits, signed) of a base type
    within the unit, (0, False) for the generic type, None for types that are no integers.
    """

    def __init__(
        self,
        address_size: int,
        little_endian: bool,
        offset_size: int = 4,
        address_of: Callable[[int], int] | None = None,
        base_type: Callable[[int], tuple[int, bool] | None] | None = None,
    ) -> None:
        self.address_size = address_size
        self.offset_size = offset_size
        self.order: Literal["little", "big"] = "little" if little_endian else "big"
        self.address_of = address_of
        self.base_type = base_type

    def decode(self, code: bytes) -> tuple[Operation, ...]:
        operations: list[Operation] = []
        starts: list[int] = []
        self._code, self._at = code, 0
        while self._at < len(code):
            opcode = code[self._at]
            starts.append(self._at)
            self._at += 1
            try:
                operations.append(self._operation(_GNU.get(opcode, opcode)))
            except IndexError:
                operations.append((UNKNOWN, opcode))
            if operations[-1][0] == UNKNOWN:
                break
        return self._with_targets(operations, [*starts, self._at])

    @staticmethod
    def _with_targets(operations: list[Operation], starts: list[int]) -> tuple[Operation, ...]:
        """Jumps get the number of the operation they lead to, in place of the distance in bytes."""
        for number, operation in enumerate(operations):
            if operation[0] in (BRA, SKIP):
                target = starts[number + 1] + operation[1]
                operations[number] = (operation[0], starts.index(target) if target in starts else -1)
        return tuple(operations)

    def _operation(self, opcode: int) -> Operation:
        if opcode in _NO_OPERAND:
            return (opcode,)
        if opcode in _UNSIGNED:
            return (CONSTU, self._fixed(_UNSIGNED[opcode]))
        if opcode in _SIGNED:
            return (CONSTS, self._fixed(_SIGNED[opcode], signed=True))
        if BREG0 <= opcode < REGX:
            return (BREGX, opcode - BREG0, self._sleb())
        if opcode in (CONSTU, PLUS_UCONST, REGX, PIECE):
            return (opcode, self._uleb())
        if opcode in (CONSTS, FBREG):
            return (opcode, self._sleb())
        if opcode == BREGX:
            return (opcode, self._uleb(), self._sleb())
        if opcode == BIT_PIECE:
            return (opcode, self._uleb(), self._uleb())
        if opcode in (BRA, SKIP):
            return (opcode, self._fixed(2, signed=True))
        if opcode in (0x15, DEREF_SIZE):  # pick
            return (opcode, self._fixed(1))
        if opcode == ADDR:
            return (CONSTU, self._fixed(self.address_size))
        if opcode in (ADDRX, CONSTX) and self.address_of is not None:
            return (CONSTU, self.address_of(self._uleb()))
        return self._operation_with_block(opcode)

    def _operation_with_block(self, opcode: int) -> Operation:
        if opcode == IMPLICIT_VALUE:
            return (opcode, self._bytes(self._uleb()))
        if opcode == ENTRY_VALUE:
            inner = self._bytes(self._uleb())
            saved = self._code, self._at
            operations = self.decode(inner)
            self._code, self._at = saved
            return (opcode, operations)
        if opcode == IMPLICIT_POINTER:
            return (opcode, self._fixed(self.offset_size), self._sleb())
        if opcode == CONST_TYPE:
            kind = self._type()
            return (opcode, kind, self._fixed(self._fixed(1)))
        if opcode == REGVAL_TYPE:
            return (opcode, self._uleb(), self._type())
        if opcode == DEREF_TYPE:
            return (opcode, self._fixed(1), self._type())
        if opcode in (CONVERT, REINTERPRET):
            return (opcode, self._type())
        return (UNKNOWN, opcode)

    def _type(self) -> tuple[int, bool] | None:
        offset = self._uleb()
        if offset == 0:
            return (0, False)
        return self.base_type(offset) if self.base_type is not None else None

    def _bytes(self, count: int) -> bytes:
        if self._at + count > len(self._code):
            raise IndexError
        taken = self._code[self._at : self._at + count]
        self._at += count
        return taken

    def _fixed(self, size: int, signed: bool = False) -> int:
        return int.from_bytes(self._bytes(size), self.order, signed=signed)

    def _uleb(self) -> int:
        value = shift = 0
        while True:
            byte = self._bytes(1)[0]
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def _sleb(self) -> int:
        start = self._at
        value = self._uleb()
        bits = 7 * (self._at - start)
        return value - (1 << bits) if value >> (bits - 1) else value


# ---------------------------------------------------------------- translation

_BINARY = {0x1A: "and", 0x1C: "sub", 0x1E: "mul", 0x21: "or", 0x22: "add", 0x27: "xor"}
_COMPARE = {0x29: "==", 0x2A: ">=", 0x2B: ">", 0x2C: "<=", 0x2D: "<", 0x2E: "!="}
_Typed = tuple[Node, tuple[int, bool]]  # a node and (bits, signed); (0, False) is DWARF's generic type


class Translator:
    """Turns decoded operations into a Location for one place in the code.

    ``frame_base`` and ``cfa`` give the tree of DW_OP_fbreg's base and of the canonical frame address there;
    ``at_entry`` says that the place is the function's first instruction, where a register still holds its
    entry value.
    """

    def __init__(
        self,
        address_size: int,
        little_endian: bool,
        frame_base: Callable[[], Node] | None = None,
        cfa: Callable[[], Node] | None = None,
        at_entry: bool = False,
    ) -> None:
        self.bits = 8 * address_size
        self.address_size = address_size
        self.little_endian = little_endian
        self.frame_base = frame_base
        self.cfa = cfa
        self.at_entry = at_entry

    def location(self, operations: Sequence[Operation]) -> Location:
        """Raises NotAvailable."""
        if not operations:
            raise NotAvailable("optimised out")
        if any(operation[0] in (PIECE, BIT_PIECE) for operation in operations):
            return self._pieces(operations)
        return self._simple(operations)

    def value(self, operations: Sequence[Operation], initial: Node | None = None) -> Node:
        """The number that a plain DWARF expression (call_value, a CFI expression) computes. Raises
        NotAvailable."""
        stack = self._run(operations, initial)
        return self._number(stack)

    def _simple(self, operations: Sequence[Operation]) -> Location:
        if operations[-1][0] == MAYBE_UNINITIALIZED and len(operations) > 1:
            operations = operations[:-1]
        last = operations[-1]
        if len(operations) == 1:
            if REG0 <= last[0] < BREG0:
                return Location(REGISTER, ("register", last[0] - REG0))
            if last[0] == REGX:
                return Location(REGISTER, ("register", last[1]))
            if last[0] == IMPLICIT_VALUE:
                number = int.from_bytes(last[1], "little" if self.little_endian else "big")
                return Location(VALUE, ("const", number), 8 * len(last[1]))
        if last[0] == STACK_VALUE:
            node, (bits, _) = self._typed(self._run(operations[:-1]))
            return Location(VALUE, node, bits or None)
        node = self._number(self._run(operations))
        return Location(MEMORY, node)

    def _pieces(self, operations: Sequence[Operation]) -> Location:
        pieces: list[tuple[int, Location | None]] = []
        start = 0
        for index, operation in enumerate(operations):
            if operation[0] not in (PIECE, BIT_PIECE):
                continue
            if operation[0] == BIT_PIECE and operation[2]:
                raise NotAvailable("a piece that starts within a byte")
            bits = operation[1] if operation[0] == BIT_PIECE else 8 * operation[1]
            pieces.append((bits, self._piece(operations[start:index])))
            start = index + 1
        whole = join(pieces, self.little_endian)
        return Location(PIECES, whole or ("const", 0), sum(bits for bits, _ in pieces), tuple(pieces))

    def _piece(self, operations: Sequence[Operation]) -> Location | None:
        try:
            return self._simple(operations) if operations else None
        except NotAvailable:
            return None

    def _typed(self, stack: list[_Typed]) -> _Typed:
        if not stack:
            raise NotAvailable("an empty expression")
        return stack[-1]

    def _number(self, stack: list[_Typed]) -> Node:
        return self._typed(stack)[0]

    def _run(self, operations: Sequence[Operation], initial: Node | None = None) -> list[_Typed]:
        stack: list[_Typed] = [] if initial is None else [(initial, (0, False))]
        try:
            return self._run_from(operations, 0, stack, branches=8)
        except IndexError:
            raise NotAvailable("a malformed expression") from None

    def _run_from(
        self, operations: Sequence[Operation], start: int, stack: list[_Typed], branches: int
    ) -> list[_Typed]:
        """Runs on from an operation. Both ways of a branch are followed to the end, and the results
        joined."""
        number = start
        while number < len(operations):
            operation = operations[number]
            number += 1
            if operation[0] in (BRA, SKIP) and (operation[1] < number or not branches):
                raise NotAvailable("a loop in an expression")
            if operation[0] == SKIP:
                number = operation[1]
            elif operation[0] == BRA:
                condition, _ = stack.pop()
                taken = self._typed(self._run_from(operations, operation[1], list(stack), branches - 1))
                other = self._typed(self._run_from(operations, number, stack, branches - 1))
                return [(("if", condition, taken[0], other[0]), taken[1])]
            else:
                self._step(operation, stack)
        return stack

    def _step(self, operation: Operation, stack: list[_Typed]) -> None:
        opcode = operation[0]
        if opcode in _BINARY:
            right, kind = stack.pop()
            left, _ = stack.pop()
            stack.append((self._arithmetic(_BINARY[opcode], left, right, kind), kind))
        elif opcode in _COMPARE:
            right, (bits, signed) = stack.pop()
            left, _ = stack.pop()
            width = -(bits or self.bits) if signed or not bits else bits
            stack.append((("compare", _COMPARE[opcode], width, left, right), (0, False)))
        elif LIT0 <= opcode < REG0:
            stack.append((("const", opcode - LIT0), (0, False)))
        elif opcode in (CONSTU, CONSTS):
            stack.append((("const", operation[1] & ((1 << self.bits) - 1)), (0, False)))
        elif opcode == PLUS_UCONST:
            node, kind = stack.pop()
            stack.append((self.plus(node, operation[1], kind), kind))
        elif opcode == BREGX:
            stack.append((self.plus(("register", operation[1]), operation[2]), (0, False)))
        elif opcode == FBREG:
            if self.frame_base is None:
                raise NotAvailable("no frame base")
            stack.append((self.plus(self.frame_base(), operation[1]), (0, False)))
        elif opcode == CALL_FRAME_CFA:
            if self.cfa is None:
                raise NotAvailable("no call frame information")
            stack.append((self.cfa(), (0, False)))
        elif opcode in (DEREF, DEREF_SIZE):
            size = operation[1] if opcode == DEREF_SIZE else self.address_size
            stack.append((("deref", size, stack.pop()[0]), (0, False)))
        else:
            self._step_rare(operation, stack)

    def _step_rare(self, operation: Operation, stack: list[_Typed]) -> None:
        opcode = operation[0]
        if opcode == 0x12:  # dup
            stack.append(stack[-1])
        elif opcode == 0x13:  # drop
            stack.pop()
        elif opcode in (0x14, 0x15):  # over, pick
            stack.append(stack[-1 - (operation[1] if opcode == 0x15 else 1)])
        elif opcode == 0x16:  # swap
            stack[-1], stack[-2] = stack[-2], stack[-1]
        elif opcode == 0x17:  # rot
            stack[-1], stack[-2], stack[-3] = stack[-2], stack[-3], stack[-1]
        elif opcode in (0x19, 0x1F, 0x20):  # abs, neg, not
            node, kind = stack.pop()
            stack.append((self._unary(opcode, node, kind), kind))
        elif opcode in (0x1B, 0x1D, 0x24, 0x25, 0x26):  # div, mod, shl, shr, shra
            right, _ = stack.pop()
            left, kind = stack.pop()
            stack.append((self._divide_or_shift(opcode, left, right, kind), kind))
        elif opcode in (NOP, MAYBE_UNINITIALIZED):
            pass
        elif opcode == ENTRY_VALUE:
            stack.append((self._entry_value(operation[1]), (0, False)))
        else:
            self._step_typed(operation, stack)

    def _step_typed(self, operation: Operation, stack: list[_Typed]) -> None:
        opcode = operation[0]
        if opcode not in (CONST_TYPE, REGVAL_TYPE, DEREF_TYPE, CONVERT, REINTERPRET):
            raise NotAvailable(f"DWARF operation {operation[-1] if opcode == UNKNOWN else opcode:#x}")
        kind = operation[2] if opcode in (REGVAL_TYPE, DEREF_TYPE) else operation[1]
        if kind is None:
            raise NotAvailable("floating point")
        bits = kind[0] or self.bits
        if opcode == CONST_TYPE:
            stack.append((("const", operation[2]), kind))
        elif opcode == REGVAL_TYPE:
            stack.append((("mask", bits, ("register", operation[1])), kind))
        elif opcode == DEREF_TYPE:
            stack.append((("deref", operation[1], stack.pop()[0]), kind))
        else:
            node, (old_bits, signed) = stack.pop()
            if bits < (old_bits or self.bits):
                node = ("mask", bits, node)
            elif signed and bits > old_bits and opcode == CONVERT:
                node = ("mask", bits, ("sext", old_bits, node))
            stack.append((node, kind))

    def _entry_value(self, operations: Sequence[Operation]) -> Node:
        if len(operations) != 1:
            raise NotAvailable("an entry value that is no register")
        opcode = operations[0][0]
        if REG0 <= opcode < BREG0:
            number = opcode - REG0
        elif opcode == REGX:
            number = operations[0][1]
        else:
            raise NotAvailable("an entry value that is no register")
        return ("register" if self.at_entry else "entry_value", number)

    def plus(self, node: Node, offset: int, kind: tuple[int, bool] = (0, False)) -> Node:
        """node + offset, folded into what is there already."""
        bits = kind[0] or self.bits
        if offset == 0:
            return node
        if node[0] == "mask" and node[1] == bits and node[2][0] == "add" and node[2][2][0] == "const":
            return self.plus(node[2][1], _signed(node[2][2][1] + offset, bits), kind)
        if node[0] == "const":
            return ("const", (node[1] + offset) & ((1 << bits) - 1))
        return ("mask", bits, ("add", node, ("const", offset)))

    def _arithmetic(self, name: str, left: Node, right: Node, kind: tuple[int, bool]) -> Node:
        bits = kind[0] or self.bits
        if name == "add" and right[0] == "const":
            return self.plus(left, _signed(right[1], bits), kind)
        node = (name, left, right)
        return node if name in ("and", "or", "xor") else ("mask", bits, node)

    def _unary(self, opcode: int, node: Node, kind: tuple[int, bool]) -> Node:
        bits = kind[0] or self.bits
        if opcode == 0x20:
            return ("xor", node, ("const", (1 << bits) - 1))
        negated = ("mask", bits, ("sub", ("const", 0), node))
        if opcode == 0x1F:
            return negated
        sign = ("mask", bits, ("sext", bits, ("compare", "<", -bits, node, ("const", 0))))
        # |x| = (x ^ s) - s with s = -(x < 0)
        minus = ("mask", bits, ("sub", ("const", 0), sign))
        return ("mask", bits, ("sub", ("xor", node, minus), minus))

    def _divide_or_shift(self, opcode: int, left: Node, right: Node, kind: tuple[int, bool]) -> Node:
        bits = kind[0] or self.bits
        if opcode == 0x1B:  # the generic type divides signed
            return (
                ("mask", bits, ("sdiv", bits, left, right))
                if kind[1] or not kind[0]
                else ("udiv", left, right)
            )
        if opcode == 0x1D:
            return ("umod", left, right)
        if opcode == 0x24:
            return ("mask", bits, ("shl", left, right))
        if opcode == 0x25:
            return ("shr", left, right)
        return ("mask", bits, ("shr", ("sext", bits, left), right))


def _signed(number: int, bits: int) -> int:
    number &= (1 << bits) - 1
    return number - (1 << bits) if number >> (bits - 1) else number


def join(pieces: Sequence[tuple[int, Location | None]], little_endian: bool) -> Node | None:
    """The pieces as one number, None if one is missing."""
    nodes: list[tuple[int, Node]] = []
    for bits, piece in pieces:
        if piece is None:
            return None
        if piece.kind == MEMORY:
            nodes.append((bits, ("deref", bits // 8, piece.expression)))
        else:
            nodes.append((bits, ("mask", bits, piece.expression)))
    return ("concat", tuple(nodes if little_endian else reversed(nodes)))


def part(whole: Location, offset: int, size: int, address_size: int, little_endian: bool) -> Location | None:
    """The ``size`` bytes at ``offset`` within a variable: a member of a structure that is kept in
    ``whole``. None if that part is not available."""
    bits = 8 * address_size
    if whole.kind == MEMORY:
        return whole._replace(expression=_offset(whole.expression, offset, bits))
    if whole.kind == PIECES:
        start = 0
        inside: list[tuple[int, Location | None]] = []
        for width, piece in whole.pieces:
            if start <= 8 * offset and 8 * (offset + size) <= start + width:
                if piece is None:
                    return None
                if 8 * offset == start and 8 * size == width:
                    return piece
                return part(piece, offset - start // 8, size, address_size, little_endian)
            if 8 * offset <= start and start + width <= 8 * (offset + size):
                inside.append((width, piece))
            start += width
        node = join(inside, little_endian) if sum(width for width, _ in inside) == 8 * size else None
        return Location(PIECES, node, 8 * size, tuple(inside)) if node is not None else None
    if whole.kind == REGISTER and offset == 0 and little_endian:
        return whole
    width = whole.bits or bits
    shift = 8 * offset if little_endian else width - 8 * (offset + size)
    node = ("shr", whole.expression, ("const", max(shift, 0))) if shift > 0 else whole.expression
    return Location(VALUE, ("mask", 8 * size, node), 8 * size)


def _offset(node: Node, offset: int, bits: int) -> Node:
    if offset == 0:
        return node
    if node[0] == "mask" and node[1] == bits and node[2][0] == "add" and node[2][2][0] == "const":
        return _offset(node[2][1], node[2][2][1] + offset, bits)
    if node[0] == "const":
        return ("const", (node[1] + offset) & ((1 << bits) - 1))
    return ("mask", bits, ("add", node, ("const", offset)))


# ---------------------------------------------------------------- evaluation


def evaluate(
    node: Node,
    register: Callable[[int], int],
    read: Callable[[int, int], int],
    entry_value: Callable[[int], int] | None = None,
) -> int:
    """The number a tree stands for. ``register(n)`` and ``read(address, size)`` give unsigned integers;
    what they raise (a memory fault) passes through. Raises NotAvailable for an entry value without
    ``entry_value``."""

    def visit(node: Node) -> int:
        kind = node[0]
        if kind == "const":
            return node[1]
        if kind == "register":
            return register(node[1])
        if kind == "entry_value":
            if entry_value is None:
                raise NotAvailable("the caller's argument")
            return entry_value(node[1])
        if kind == "mask":
            return visit(node[2]) & ((1 << node[1]) - 1)
        if kind == "sext":
            return _signed(visit(node[2]), node[1])
        if kind == "deref":
            return read(visit(node[2]), node[1])
        if kind == "concat":
            total = shift = 0
            for bits, child in node[1]:
                total |= visit(child) << shift
                shift += bits
            return total
        if kind == "if":
            return visit(node[2] if visit(node[1]) else node[3])
        if kind == "sdiv":
            return _divide(_signed(visit(node[2]), node[1]), _signed(visit(node[3]), node[1]))
        if kind == "compare":
            return _compare(node[1], node[2], visit(node[3]), visit(node[4]))
        return _BINARY_FUNCTIONS[kind](visit(node[1]), visit(node[2]))

    return visit(node)


def _divide(left: int, right: int) -> int:
    if right == 0:
        return 0
    quotient = abs(left) // abs(right)
    return -quotient if (left < 0) != (right < 0) else quotient


def _compare(operator: str, bits: int, left: int, right: int) -> int:
    if bits < 0:
        left, right = _signed(left, -bits), _signed(right, -bits)
    return int(
        {
            "==": left == right,
            "!=": left != right,
            "<": left < right,
            "<=": left <= right,
            ">": left > right,
            ">=": left >= right,
        }[operator]
    )


_BINARY_FUNCTIONS: dict[str, Callable[[int, int], int]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "and": lambda a, b: a & b,
    "or": lambda a, b: a | b,
    "xor": lambda a, b: a ^ b,
    "shl": lambda a, b: a << min(b, 128),
    "shr": lambda a, b: a >> min(b, 128),
    "udiv": lambda a, b: a // b if b else 0,
    "umod": lambda a, b: a % b if b else 0,
}
_SYMBOLS = {"add": "+", "sub": "-", "mul": "*", "and": "&", "or": "|", "xor": "^"}


def python_source(
    node: Node,
    register: Callable[[int], str],
    read: Callable[[int, str], str],
    entry_value: Callable[[int], str] | None = None,
) -> str:
    """The tree as a Python expression, for generated code. The callables give the text that reads DWARF
    register n, and ``size`` bytes at an address given as text, both as unsigned integers. Raises
    NotAvailable as evaluate does."""

    def visit(node: Node) -> str:
        kind = node[0]
        if kind == "const":
            return str(node[1]) if abs(node[1]) < 65536 else hex(node[1])
        if kind == "register":
            return register(node[1])
        if kind == "entry_value":
            if entry_value is None:
                raise NotAvailable("the caller's argument")
            return entry_value(node[1])
        if kind == "mask":
            return f"({visit(node[2])} & {hex((1 << node[1]) - 1)})"
        if kind == "sext":
            half = hex(1 << (node[1] - 1))
            return f"((({visit(node[2])} & {hex((1 << node[1]) - 1)}) ^ {half}) - {half})"
        if kind == "deref":
            return read(node[1], visit(node[2]))
        if kind == "concat":
            shift, terms = 0, []
            for bits, child in node[1]:
                terms.append(f"({visit(child)} << {shift})" if shift else visit(child))
                shift += bits
            return f"({' | '.join(terms)})"
        if kind == "if":
            return f"({visit(node[2])} if {visit(node[1])} else {visit(node[3])})"
        if kind == "compare":
            return _compare_source(node[1], node[2], visit(node[3]), visit(node[4]))
        return _arithmetic_source(node, visit)

    return visit(node)


def _arithmetic_source(node: Node, visit: Callable[[Node], str]) -> str:
    kind = node[0]
    if kind == "sdiv":
        left, right = visit(("sext", node[1], node[2])), visit(("sext", node[1], node[3]))
        quotient = "abs(a) // abs(b) * (-1 if (a < 0) != (b < 0) else 1) if b else 0"
        return f"(lambda a, b: {quotient})({left}, {right})"
    left, right = visit(node[1]), visit(node[2])
    if kind == "add" and right.startswith("-"):
        return f"({left} - {right[1:]})"
    if kind in _SYMBOLS:
        return f"({left} {_SYMBOLS[kind]} {right})"
    if kind in ("shl", "shr"):
        count = str(min(node[2][1], 128)) if node[2][0] == "const" else f"min({right}, 128)"
        return f"({left} {'<<' if kind == 'shl' else '>>'} {count})"
    operator = {"udiv": "//", "umod": "%"}[kind]
    return f"(lambda a, b: a {operator} b if b else 0)({left}, {right})"


def _compare_source(operator: str, bits: int, left: str, right: str) -> str:
    if bits < 0:
        half, full = hex(1 << (-bits - 1)), hex((1 << -bits) - 1)
        left, right = (f"((({side} & {full}) ^ {half}) - {half})" for side in (left, right))
    return f"int({left} {operator} {right})"
