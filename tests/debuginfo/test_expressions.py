"""DWARF expressions: decoded, translated, and the same number whether evaluated or run as generated
Python."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stapy.runtime.debuginfo.expressions import (
    Decoder,
    Location,
    NotAvailable,
    Translator,
    evaluate,
    part,
    python_source,
)

MASK = (1 << 64) - 1


class Registers:
    def __getitem__(self, number: int) -> int:
        return (0x0123456789ABCDEF * (number + 1)) & MASK


REGISTERS = Registers()
MEMORY = bytes(range(1, 256))


def read(address: int, size: int) -> int:
    start = address % 64
    return int.from_bytes(MEMORY[start : start + size], "little")


def both(node: Any) -> int:
    value = evaluate(node, REGISTERS.__getitem__, read, lambda number: number + 1000)
    text = python_source(
        node, lambda n: f"r[{n}]", lambda size, a: f"read({a}, {size})", lambda n: f"({n} + 1000)"
    )
    assert eval(text, {"r": REGISTERS, "read": read}) == value
    return value


def value(*code: int, **options: Any) -> int:
    operations = Decoder(8, True, base_type=options.pop("base_type", None)).decode(bytes(code))
    return both(Translator(8, True, **options).value(operations))


def location(*code: int, **options: Any) -> Location:
    return Translator(8, True, **options).location(Decoder(8, True).decode(bytes(code)))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ((0x08, 0xFF), 0xFF),  # const1u
        ((0x09, 0xFF), MASK),  # const1s
        ((0x11, 0x7F), MASK),  # consts -1
        ((0x10, 0xE5, 0x8E, 0x26), 624485),  # constu
        ((0x35, 0x33, 0x1C), 2),  # lit5 lit3 minus
        ((0x33, 0x35, 0x1C), MASK - 1),
        ((0x35, 0x1F), MASK - 4),  # neg
        ((0x35, 0x20), MASK - 5),  # not
        ((0x11, 0x7B, 0x19), 5),  # abs(-5)
        ((0x35, 0x19), 5),
        ((0x11, 0x79, 0x32, 0x1B), MASK - 2),  # -7 / 2 truncates
        ((0x37, 0x30, 0x1B), 0),  # / 0
        ((0x37, 0x33, 0x1D), 1),  # mod
        ((0x11, 0x70, 0x32, 0x26), MASK - 3),  # -16 >> 2, arithmetic
        ((0x11, 0x70, 0x08, 60, 0x25), 15),  # logical
        ((0x31, 0x08, 63, 0x24), 1 << 63),
        ((0x31, 0x32, 0x12, 0x13, 0x16, 0x1C), 1),  # dup drop swap
        ((0x31, 0x32, 0x33, 0x17, 0x1C, 0x22), 2),  # rot: 3 1 2 -> 3 + (1 - 2)
        ((0x31, 0x32, 0x14, 0x1C), 1),  # over
        ((0x31, 0x32, 0x33, 0x15, 2, 0x1C), 2),  # pick
        ((0x11, 0x7F, 0x31, 0x2D), 1),  # -1 < 1
        ((0x11, 0x7F, 0x31, 0x2B), 0),
        ((0x71, 0x08), (REGISTERS[1] + 8)),  # breg1 +8
        ((0x92, 20, 0x78), (REGISTERS[20] - 8) & MASK),  # bregx
        ((0x71, 0x00, 0x23, 0x10), REGISTERS[1] + 16),  # plus_uconst
        ((0x31, 0x94, 2), 0x0302),  # deref_size 2
        ((0x31, 0x06), 0x0908070605040302),
        ((0x31, 0x28, 1, 0, 0x32, 0x33), 3),  # bra over lit2: the last one stays
        ((0x35, 0x30, 0x28, 2, 0, 0x31, 0x22, 0x96), 6),  # not taken: 5 + 1
        ((0x35, 0x31, 0x28, 2, 0, 0x31, 0x22, 0x96), 5),  # taken
        ((0x35, 0x2F, 1, 0, 0x36, 0x96), 5),  # skip
        ((0xA3, 1, 0x55), 1005),  # entry_value(reg5)
        ((0xF3, 1, 0x55), 1005),
    ],
)
def test_operations(code: tuple[int, ...], expected: int) -> None:
    assert value(*code) == expected


def test_types() -> None:
    kinds = {1: (32, True), 2: (64, True), 3: (32, False), 4: (8, True)}
    assert value(0x11, 0x7B, 0xA8, 1, 0xA8, 2, base_type=kinds.get) == MASK - 4  # sign-extended
    assert value(0x11, 0x7B, 0xA8, 3, 0xA8, 2, base_type=kinds.get) == 0xFFFFFFFB  # zero-extended
    assert value(0xA5, 2, 3, base_type=kinds.get) == REGISTERS[2] & 0xFFFFFFFF  # regval_type
    assert value(0x31, 0xA6, 1, 4, 0xA8, 2, base_type=kinds.get) == 2  # deref_type
    with pytest.raises(NotAvailable):
        value(0x31, 0xA8, 9, base_type=kinds.get)  # to a type that is no integer


def test_kinds_of_locations() -> None:
    assert location(0x55) == Location("register", ("register", 5))
    assert location(0x90, 40) == Location("register", ("register", 40))
    assert location(0x75, 8).kind == "memory"
    assert location(0x75, 8, 0x9F).kind == "value"
    assert location(0x9E, 2, 0x34, 0x12) == Location("value", ("const", 0x1234), 16)
    assert location(0xA3, 1, 0x55, 0x9F).needs_entry_value
    assert location(0xA3, 1, 0x55, 0x9F, at_entry=True).expression == ("register", 5)
    assert location(0x91, 0x10, frame_base=lambda: ("register", 6)).expression[2][1] == ("register", 6)
    assert location(0x9C, cfa=lambda: ("const", 64)).expression == ("const", 64)


@pytest.mark.parametrize(
    "code",
    [
        (), (0x91, 0x10), (0x9C,), (0xA0, 1, 0, 0, 0, 0), (0x22,), (0xE1,), (0x0A, 1), (0x2F, 0xFD, 0xFF),
        (0x31, 0x28, 0xFB, 0xFF), (0xA3, 2, 0x55, 0x31), (0x10, 0x80),
    ],
)  # fmt: skip
def test_what_cannot_be_followed_is_not_available(code: tuple[int, ...]) -> None:
    with pytest.raises(NotAvailable):
        location(*code)


def test_pieces() -> None:
    pair = Translator(4, True).location(Decoder(4, True).decode(bytes([0x50, 0x93, 4, 0x52, 0x93, 4])))
    assert pair.kind == "pieces"
    assert pair.bits == 64
    low, high = REGISTERS[0] & 0xFFFFFFFF, REGISTERS[2] & 0xFFFFFFFF
    assert both(pair.expression) == low | high << 32
    assert part(pair, 4, 4, 4, True) == Location("register", ("register", 2))
    second = part(pair, 5, 1, 4, True)
    assert second is not None
    assert both(second.expression) == high >> 8 & 0xFF
    big = Translator(4, False).location(Decoder(4, False).decode(bytes([0x50, 0x93, 4, 0x52, 0x93, 4])))
    assert both(big.expression) == high | low << 32
    holed = Translator(8, True).location(Decoder(8, True).decode(bytes([0x50, 0x93, 8, 0x93, 8])))
    assert part(holed, 8, 8, 8, True) is None
    assert part(holed, 0, 8, 8, True) == Location("register", ("register", 0))


@given(st.binary(max_size=24))
def test_any_bytes_are_survived(code: bytes) -> None:
    operations = Decoder(
        8, True, address_of=lambda n: n, base_type=lambda n: (8 * (n % 9), n % 2 == 1)
    ).decode(code)
    try:
        found = Translator(8, True, lambda: ("register", 1), lambda: ("register", 2)).location(operations)
    except NotAvailable:
        return
    both(found.expression)


@given(st.lists(st.sampled_from([*range(0x30, 0x38), 0x11, 0x12, 0x14, *range(0x19, 0x23), *range(0x24, 0x28),
                                 *range(0x29, 0x2F), 0x71, 0x72, 0x94]), min_size=1, max_size=12),
       st.integers(0, 127))  # fmt: skip
def test_generated_code_computes_the_same(opcodes: list[int], operand: int) -> None:
    code = bytearray([0x31, 0x08, 200, 0x73, 0x00])
    for opcode in opcodes:
        code.append(opcode)
        if opcode in (0x11, 0x71, 0x72):
            code.append(operand)
        elif opcode == 0x94:
            code.append(4)
    try:
        node = Translator(8, True).value(Decoder(8, True).decode(bytes(code)))
    except NotAvailable:
        return
    assert 0 <= both(node) <= MASK
