"""printf: every conversion, as SystemTap 4.8 printed it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stapy.runtime.program import ScriptError
from stapy.runtime.values import printf
from stapy.runtime.values.printf import FormatPiece

_PIECE = re.compile(r"([^%]+)|%([-+ #0])?(\d+|\*)?(?:\.(\d+|\*))?([a-zA-Z%])")


def pieces(form: str) -> list[FormatPiece]:
    found = []
    for text, flags, width, precision, conversion in _PIECE.findall(form):
        found.append(FormatPiece(text=text) if text else FormatPiece(
            conversion=conversion, flags=flags,
            width=int(width) if width.isdigit() else None, width_star=width == "*",
            precision=int(precision) if precision.isdigit() else None, precision_star=precision == "*"))
    return found


def printed(form: str, *arguments: int | str) -> str:
    return printf.formatter(pieces(form))(None, *arguments)


@pytest.mark.parametrize(("form", "arguments", "text"), [
    ("[%d][%i][%u][%x][%X][%o]", (42, -42, 42, 255, 255, 8), "[42][-42][42][ff][FF][10]"),
    ("[%#x][%#X][%#o]", (255, 255, 8), "[0xff][0XFF][010]"),
    ("[%x][%u][%o]", (-1, -1, -1), "[ffffffffffffffff][18446744073709551615][1777777777777777777777]"),
    ("[%5d][%-5d][%05d][%+d][% d]", (-42,) * 5, "[  -42][-42  ][-0042][-42][-42]"),
    ("[%5d][%-5d][%05d][%+d][% d]", (42,) * 5, "[   42][42   ][00042][+42][ 42]"),
    ("[%.5d][%8.5d][%-8.5d][%.0d]", (42, 42, 42, 0), "[00042][   00042][00042   ][0]"),
    ("[%*d][%-*d]", (6, 42, 6, 42), "[    42][42    ]"),
    ("[%*s][%.*s][%*.*s]", (6, "abc", 2, "abcdef", 8, 3, "abcdef"), "[   abc][ab][     abc]"),
    ("[%s][%10s][%-10s]", ("abc",) * 3, "[abc][       abc][abc       ]"),
    ("[%.2s][%10.2s][%-10.2s][%.0s]", ("abcdef",) * 4, "[ab][        ab][ab        ][]"),
    ("[%p][%20p][%-20p][%p]", (0, 0xDEADBEEF, 0xDEADBEEF, -1),
     "[0x0][          0xdeadbeef][0xdeadbeef          ][0xffffffffffffffff]"),
    ("%1b%2b%4b%8b", (0x41, 0x4342, 0x47464544, 0x4F4E4D4C4B4A4948), "ABCDEFGHIJKLMNO"),
    ("%b", (0x5756555453525150,), "PQRSTUVW"),
    ("[%c][%3c][%-3c][%c]", (65, 66, 67, 321), "[A][  B][C  ][A]"),
    ("[%#c][%#c][%#c][%#c]", (10, 200, 39, 65), r"[\n][\310][\'][A]"),
    ("[%+05d][%#o][%#x] 100%% {brace} 'q' \"q\" \\", (7, 0, 0), "[   +7][00][0x0] 100% {brace} 'q' \"q\" \\"),
    ("plain", (), "plain"),
    ("", (), ""),
])
def test_conversions(form: str, arguments: tuple, text: str) -> None:
    assert printed(form, *arguments) == text
    literal = printf.expression(pieces(form), [repr(argument) for argument in arguments])
    assert eval(literal, dict(printf.NAMESPACE)) == text


def test_a_character_can_be_nul() -> None:
    assert printed("%c", 0) == "\0"
    assert printf.may_hold_nul(pieces("%c"))
    assert not printf.may_hold_nul(pieces("%s %d"))


@pytest.mark.parametrize("conversion", ["%M", "%4M", "%m"])
def test_memory_that_is_not_there(conversion: str) -> None:
    class Nowhere:
        kernel = None

    with pytest.raises(ScriptError, match=r"read fault \[man error::fault\] at 0x0"):
        printf.formatter(pieces(conversion))(Nowhere, 0)


@given(st.sampled_from(["%d", "%5d", "%-7d", "%+d", "% 4d", "%012d", "%x", "%#x", "%o"]),
       st.integers(-2**63, 2**63 - 1))
def test_numbers_agree_with_c(form: str, value: int) -> None:
    unsigned = form[-1] in "xo"
    operand = value & 0xFFFFFFFFFFFFFFFF if unsigned else value
    assert printed(form, value) == form % operand


@pytest.mark.parametrize(("delimiter", "newline", "text"), [("", False, "a1"), (",", True, "a,1\n")])
def test_print_family(delimiter: str, newline: bool, text: str) -> None:
    assert printf.formatter(printf.pieces_for(["string", "long"], delimiter, newline))(None, "a", 1) == text


@pytest.mark.parametrize("argument", ["a0", "f(a0)[1:3]", "'x{y}'", '"\\n"', "{1: 2}[1]"])
def test_any_argument_text_will_do(argument: str) -> None:
    text = printf.expression(pieces("<%s>"), [argument])
    value = eval(argument, {"a0": "q", "f": lambda x: "wxyz"})
    assert eval(text, {**printf.NAMESPACE, "a0": "q", "f": lambda x: "wxyz"}) == f"<{value}>"
