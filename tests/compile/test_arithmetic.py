"""Generated arithmetic against 64-bit two's complement done by hand."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.compile.compiled_script import Compiled

EDGES = [0, 1, -1, 2, 7, 63, 64, 65, 255, 2**31, -(2**31), 2**32, 2**62, 2**63 - 1, -(2**63), -(2**63) + 1]
numbers = st.sampled_from(EDGES) | st.integers(-(2**63), 2**63 - 1) | st.integers(-20, 20)
BINARY = ["+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", "<", "<=", ">", ">=", "==", "!=", "&&", "||"]
expressions = st.recursive(
    st.sampled_from(["a", "b", "g"])
    | st.integers(0, 70).map(str)
    | st.sampled_from(["0x7fffffffffffffff", "5000000000"]),
    lambda inner: (
        st.tuples(st.just("("), inner, st.sampled_from(BINARY), inner, st.just(")"))
        | st.tuples(st.sampled_from(["(-", "(~", "(!"]), inner, st.just(")"))
        | st.tuples(st.just("("), inner, st.just("?"), inner, st.just(":"), inner, st.just(")"))
    ),
    max_leaves=8,
)


class UndefinedError(Exception):
    """Division by 0, and shifts by counts that are none."""


def wrap(number: int) -> int:
    return ((number + 2**63) & (2**64 - 1)) - 2**63


def text_of(tree: Any) -> str:
    return tree if isinstance(tree, str) else " ".join(text_of(part) for part in tree)


def value(tree: Any, names: dict[str, int]) -> int:
    """The expression's value by the language's rules."""
    if isinstance(tree, str):
        return names[tree] if tree in names else wrap(int(tree, 0))
    if len(tree) == 3:
        operand = value(tree[1], names)
        return {"(-": wrap(-operand), "(~": ~operand, "(!": int(not operand)}[tree[0]]
    if len(tree) == 7:
        return value(tree[3] if value(tree[1], names) else tree[5], names)
    operator = tree[2]
    left = value(tree[1], names)
    if operator == "&&":
        return int(bool(left) and bool(value(tree[3], names)))
    if operator == "||":
        return int(bool(left) or bool(value(tree[3], names)))
    return apply(operator, left, value(tree[3], names))


def apply(operator: str, left: int, right: int) -> int:
    if operator in "/%":
        if right == 0:
            raise UndefinedError
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return wrap(quotient if operator == "/" else left - quotient * right)
    if operator in ("<<", ">>"):
        if not 0 <= right < 64:
            raise UndefinedError  # what stap gives depends on whether it was folded
        return wrap(left << right) if operator == "<<" else left >> right
    results: dict[str, Any] = {
        "+": left + right,
        "-": left - right,
        "*": left * right,
        "&": left & right,
        "|": left | right,
        "^": left ^ right,
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
        "==": left == right,
        "!=": left != right,
    }
    return wrap(int(results[operator]))


@settings(max_examples=120, deadline=None)
@given(expressions, numbers, numbers, numbers)
def test_expressions_are_64_bit(tree: Any, a: int, b: int, g: int) -> None:
    script = Compiled(
        "global g; function e(a, b) { x = a; x += " + text_of(tree) + "; return x }"
        'probe begin { g += strtol("0", 10); println(e(strtol("0", 10), g)) }',
        unoptimized=True,
    )
    assert script.program is not None, script.said
    namespace = script.program.probes[0].handler.__globals__
    namespace["g_g"] = g
    try:
        expected = wrap(a + value(tree, {"a": a, "b": b, "g": g}))
    except UndefinedError:
        return
    assert namespace["f_e"](None, a, b) == expected


def test_counters_are_not_checked() -> None:
    source = Compiled("global n; probe timer.s(1) { n++; if (n > 5) exit() }").source
    assert "g_n += 1" in source
    assert "wrap" not in source


def test_sums_are_checked_once() -> None:
    source = Compiled("global n; probe timer.s(1) { n = n * 31 + 7 }").source
    assert source.count("wrap(") == 1


def test_ranges_know_small_results() -> None:
    source = Compiled(
        "global n; probe timer.s(1) { x = (n & 255) * 1000 + n % 10; println(x) n += 12345678901 }"
    ).source
    assert source.count("wrap(") == 1  # of n itself
