"""What scripts print: statements, arrays, functions, errors and their places."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Printed = Callable[..., str]


def test_increments_in_expressions(printed: Printed) -> None:
    assert printed("probe begin { x = 5; y = x++ + ++x; println(y, x); println(x--, --x) }") == "127\n75\n"


def test_increments_of_elements(printed: Printed) -> None:
    assert (
        printed('global a; probe begin { x = a["k"]++; y = ++a["k"]; a["k"] -= 5; println(x, y, a["k"]) }') == "02-3\n"
    )


def test_key_is_evaluated_once(printed: Printed) -> None:
    assert (
        printed(
            "global a, n; function k() { return ++n }"
            "probe begin { a[k()] += 5; x = a[k()]++; println(n, a[1], a[2], x) }"
        )
        == "2510\n"
    )


def test_assignments_are_expressions(printed: Printed) -> None:
    assert printed("global g; probe begin { x = g = y = 3; println(x + (y *= 4), g, y) }") == "15312\n"


def test_string_assignment_cuts(printed: Printed) -> None:
    assert (
        printed(
            'probe begin { s = "ab"; for (i = 0; i < 3; i++) s .= s; println(s) println(strlen(s)) }',
            defines={"MAXSTRINGLEN": "8"},
        )
        == "abababa\n7\n"
    )


def test_continue_runs_the_step(printed: Printed) -> None:
    assert (
        printed("probe begin { for (i = 0; i < 5; i++) { if (i == 2) continue; if (i == 4) break; print(i) } }")
        == "013"
    )


def test_nested_loops_and_while(printed: Printed) -> None:
    assert (
        printed('probe begin { while (x < 3) { x++; for (;;) { y++; if (y % 3 == 0) break } print(x, y, " ") } }')
        == "13 26 39 "
    )


def test_foreach_in_all_shapes(printed: Printed) -> None:
    assert (
        printed(
            'global a; probe begin { a[1,"x"] = 5; a[2,"y"] = 9; a[3,"x"] = 7;'
            'foreach ([k, s] in a) print(k, s, " "); foreach (v = [k, s] in a) print(v, " ");'
            'foreach ([k-, s] in a) print(k); foreach ([k, s] in a- limit 2) print(" ", k);'
            'foreach (v = [k, s] in a[*, "x"]) print(" ", v) }'
        )
        == "1x 2y 3x 5 9 7 321 2 3 7 5"
    )


def test_membership_and_deletion_with_wildcards(printed: Printed) -> None:
    assert (
        printed(
            "global a; probe begin { a[1,2] = 1; a[3,2] = 1; a[3,4] = 1; print([*,2] in a, [5,*] in a);"
            "delete a[3,*]; foreach ([i,j] in a) print(i,j); delete a; print([*,*] in a) }"
        )
        == "10120"
    )


def test_overloads_by_next(printed: Printed) -> None:
    assert (
        printed(
            'function f(x) { if (x < 0) next; return "plus" } function f(x) { if (x > -5) next; return "far" }'
            'function f(x) { return "minus" } probe begin { println(f(1), f(-1), f(-9)) }'
        )
        == "plusminusfar\n"
    )


def test_overloads_run_out(compiled: Callable[..., object], capfd: pytest.CaptureFixture[str]) -> None:
    compiled("function f:long(x:long) { next } probe begin { println(f(1)) }").run()  # type: ignore[attr-defined]
    assert "ERROR: all functions exhausted near identifier 'f' at t.stp:1:56" in capfd.readouterr().err


def test_recursion(printed: Printed) -> None:
    assert (
        printed("function fib:long(n:long) { return n < 2 ? n : fib(n-1) + fib(n-2) } probe begin { println(fib(10)) }")
        == "55\n"
    )


def test_nesting_is_bounded_and_caught(printed: Printed) -> None:
    assert (
        printed(
            "global g; function r:long(n:long) { g++; return r(n + 1) }"
            "probe begin { try { r(0) } catch (e) { println(e) } try { r(0) } catch (e) { println(e) } }"
        )
        == "MAXNESTING exceeded\nMAXNESTING exceeded\ng=26\n"
    )


def test_try_gives_the_message(printed: Printed) -> None:
    assert (
        printed(
            'probe begin { try { x = 1; println(3 / (x - 1)) } catch (m) { println("caught ", m) }'
            'try { error("mine") } catch (m) { println(m) } }'
        )
        == "caught division by 0\nmine\n"
    )


def test_actions_cannot_be_caught(compiled: Callable[..., object], capfd: pytest.CaptureFixture[str]) -> None:
    compiled("probe begin { try { while (1) i++ } catch { println(1) } }").run()  # type: ignore[attr-defined]
    assert "ERROR: MAXACTION exceeded near identifier 'i' at t.stp:1:31" in capfd.readouterr().err


def test_next_ends_an_aliased_probe(printed: Printed) -> None:
    assert printed("probe a += begin { println(2) } probe a { println(1); next }") == "1\n"


def test_statistics_in_arrays_and_loops(printed: Printed) -> None:
    assert (
        printed(
            "global s; probe begin { for (i = 0; i < 10; i++) s[i % 2] <<< i; foreach (k+ in s)"
            'printf("%d:%d/%d ", k, @sum(s[k]), @max(s[k])); print(@count(s[9]));'
            "delete s[0]; println(0 in s) }"
        )
        == "0:20/8 1:25/9 00\n"
    )


def test_histogram_buckets(printed: Printed) -> None:
    assert (
        printed(
            "global s; probe begin { s <<< 1; s <<< 9; s <<< 9; foreach (b in @hist_linear(s, 0, 10, 5))"
            'print(b, "=", @hist_linear(s, 0, 10, 5)[b], " ") }'
        )
        == "0=0 1=1 2=2 3=0 4=0 "
    )


@pytest.mark.parametrize(
    "script, place",
    [
        ("probe begin { z = 0; println(5 + 1 % z) }", "operator '%' at t.stp:1:36"),
        ("probe begin { z = 0; println(3 / z + 2 / (z + 1)) }", "operator '/' at t.stp:1:32"),
        ("probe begin { z = 0; println(3 / (z + 1) + 2 / z) }", "operator '/' at t.stp:1:46"),
        ("function f(x) { return 7 / x } probe begin { println(f(1), f(0)) }", "operator '/' at t.stp:1:26"),
        ('probe begin { println(stringat("a", 0), stringat("b", 5)) }', "identifier 'stringat' at t.stp:1:41"),
        ("global a[1]; probe begin { a[1] = 1; a[2] = 2 }", "identifier 'a' at t.stp:1:38"),
        ("global s; probe begin { println(@count(s), @avg(s)); s <<< 1; delete s }", "operator '@avg' at t.stp:1:44"),
    ],
)
def test_errors_name_their_token(
    compiled: Callable[..., object], capfd: pytest.CaptureFixture[str], script: str, place: str
) -> None:
    compiled(script).run()  # type: ignore[attr-defined]
    assert f" near {place}\n" in capfd.readouterr().err


def test_locals_start_empty(printed: Printed) -> None:
    assert (
        printed('probe begin { if (x) y = "a"; println(x, "[", y, "]"); x = 1; y = "b"; println(x, y) }') == "0[]\n1b\n"
    )


def test_python_names_do_not_clash(printed: Printed) -> None:
    assert (
        printed(
            "global class, c; function def(lambda) { return lambda + 1 }"
            "probe begin { class = 1; c = 2; emit = 3; g_c = 4; None = 5; range = 6; len = 7;"
            "println(def(class), c, emit, g_c, None, range, len) }"
        )
        == "2234567\n"
    )


def test_overridden_globals(printed: Printed) -> None:
    assert printed('global a = 1, b = "x"; probe begin { println(a, b) }', globals={"a": "0x10", "b": "y"}) == "16y\n"


def test_conditions_guard_handlers(printed: Printed) -> None:
    assert (
        printed(
            'global on; probe timer.ms(10) if (on) { print("x"); if (++n > 2) exit() } global n '
            "probe timer.ms(35) { on = 1 }"
        )
        == "xxx"
    )


def test_globals_are_there_for_library_users(compiled: Callable[..., object]) -> None:
    program = compiled("global n = 5, a; probe end { n++; a[1] = n }").program  # type: ignore[attr-defined]
    by_name = {variable.name: variable for variable in program.globals}
    by_name["n"].set(7)
    assert by_name["n"].get() == 7
    assert by_name["a"].written_never_read
    assert not by_name["n"].written_never_read
