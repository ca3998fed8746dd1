"""Floating point in scripts: 64-bit IEEE numbers carried in a long as their bits."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from fractions import Fraction

from stapy.runtime.program import ScriptError
from stapy.runtime.tapset.declare import tapset_function
from stapy.runtime.values.strings import to_signed

_INVALID = to_signed(0xFFF8000000000000)  # what an operation without a result gives


def _number(bits: int) -> float:
    return struct.unpack("<d", (bits & 0xFFFFFFFFFFFFFFFF).to_bytes(8, "little"))[0]


def _bits(number: float) -> int:
    return struct.unpack("<q", struct.pack("<d", number))[0]


@tapset_function(pure=True)
def fp_to_string(infp: int, precision: int) -> str:
    """A number in decimal with ``precision`` digits behind the point (at least one), rounded half up."""
    value = _number(infp)
    if math.isnan(value) or math.isinf(value):
        return str(value)
    digits = max(1, precision)
    scaled = abs(Fraction(value)) * 10 ** digits
    rounded = math.floor(scaled + Fraction(1, 2))
    whole, fraction = divmod(rounded, 10 ** digits)
    return f"{'-' if math.copysign(1, value) < 0 else ''}{whole}.{fraction:0{digits}}"


@tapset_function(pure=True)
def string_to_fp(input_: str) -> int:
    """The number that ``input`` spells, as ``-1.5e3``. What is no number is an error."""
    stripped = input_.lstrip("+-")
    try:
        if not stripped or not (stripped[0].isdecimal() or stripped[0] == ".") or "_" in input_:
            raise ValueError
        return _bits(float(input_))
    except ValueError:
        raise ScriptError("invalid format") from None


@tapset_function(pure=True)
def long_to_fp(input_: int) -> int:
    """An integer as a floating point number."""
    return _bits(float(input_))


@tapset_function(pure=True)
def fp_to_long(infp: int, roundingMode: int, exact: int) -> int:  # noqa: N803 (its name in scripts)
    """A number as an integer; ``roundingMode``: 0 to nearest even, 1 to zero, 2 down, 3 up, 4 nearest, away from 0."""
    value = _number(infp)
    if math.isnan(value) or math.isinf(value):
        return to_signed(0x8000000000000000)
    ways: dict[int, Callable[[float], int]] = {0: round, 1: math.trunc, 2: math.floor, 3: math.ceil}
    rounded = ways.get(roundingMode, _half_away)(value)
    return max(-0x8000000000000000, min(rounded, 0x7FFFFFFFFFFFFFFF))


def _half_away(value: float) -> int:
    return int(math.copysign(math.floor(abs(Fraction(value)) + Fraction(1, 2)), value))


@tapset_function(pure=True)
def fp_add(add1: int, add2: int) -> int:
    """The sum."""
    return _bits(_number(add1) + _number(add2))


@tapset_function(pure=True)
def fp_sub(sub1: int, sub2: int) -> int:
    """The difference."""
    return _bits(_number(sub1) - _number(sub2))


@tapset_function(pure=True)
def fp_mul(mul1: int, mul2: int) -> int:
    """The product."""
    return _bits(_number(mul1) * _number(mul2))


@tapset_function(pure=True)
def fp_div(div1: int, div2: int) -> int:
    """The quotient; by zero an infinity, zero by zero no number."""
    dividend, divisor = _number(div1), _number(div2)
    if divisor == 0:
        if dividend == 0 or math.isnan(dividend):
            return _INVALID
        return _bits(math.copysign(math.inf, math.copysign(1, dividend) * math.copysign(1, divisor)))
    return _bits(dividend / divisor)


@tapset_function(pure=True)
def fp_rem(div1: int, div2: int) -> int:
    """The IEEE remainder: the dividend less the nearest multiple of the divisor."""
    try:
        return _bits(math.remainder(_number(div1), _number(div2)))
    except ValueError:
        return _INVALID


@tapset_function(pure=True)
def fp_sqrt(infp: int) -> int:
    """The square root; of a negative number no number."""
    try:
        return _bits(math.sqrt(_number(infp)))
    except ValueError:
        return _INVALID


@tapset_function(pure=True)
def fp_eq(infp1: int, infp2: int) -> int:
    """1 if the numbers are equal, else 0."""
    return int(_number(infp1) == _number(infp2))


@tapset_function(pure=True)
def fp_le(infp1: int, infp2: int) -> int:
    """1 if the first number is not above the second, else 0."""
    return int(_number(infp1) <= _number(infp2))


@tapset_function(pure=True)
def fp_lt(infp1: int, infp2: int) -> int:
    """1 if the first number is below the second, else 0."""
    return int(_number(infp1) < _number(infp2))


@tapset_function(pure=True)
def fp32_to_fp64(input_: int) -> int:
    """A 32-bit floating point number's bits as those of a 64-bit one."""
    return _bits(struct.unpack("<f", (input_ & 0xFFFFFFFF).to_bytes(4, "little"))[0])
