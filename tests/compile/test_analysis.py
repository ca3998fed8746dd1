"""Pass 2: types, elision, messages, in stap's words (recorded from stap 4.8)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.compile.compiled_script import Compiled


def test_dump_lists_types() -> None:
    dump = Compiled("""global a, b = 5, st, arr, sized[10], w%
function f(x, y) { z = x + 1; return z + y }
probe alias.one = begin, timer.s(1) { foo = 1; bar = "x" }
probe alias.one { a = foo; arr[foo, bar] <<< 3; st <<< 1; sized["x"] = f(1, 2); w[1] = 3 }
probe end { if (b) print(@hist_linear(st, 0, 10, 1)); foreach ([i, j] in arr-) println(i, j) }
""").dump
    assert (
        dump
        == """# globals
a:long
arr:stats [long, string]
st:stats
sized[10]:long [string]
w%:long [long]
b:long
# functions
f:long (x:long, y:long)
  # locals
  z:long
# probes
begin /* <- alias.one = begin, timer.s(1) <- alias.one */
  # locals
  foo:long
  bar:string
timer.s(1) /* <- alias.one = begin, timer.s(1) <- alias.one */
  # locals
  foo:long
  bar:string
end /* <- end */
  # locals
  i:long
  j:string
end /* <- end */
end /* <- end */
  # locals
  __idx0:string
  __val:long
end /* <- end */
  # locals
  __idx0:long
  __val:long
"""
    )


@pytest.mark.parametrize(
    "script, first",
    [
        (
            'probe begin { println("a" + 5) }',
            "semantic error: type mismatch: expected long but found string: string 'a' at t.stp:1:23",
        ),
        (
            'probe begin { s = "a"; s += "b"; println(s) }',
            "semantic error: type mismatch (long): identifier 's' at t.stp:1:24",
        ),
        (
            "global s; probe begin { s <<< 1; s = 2 }",
            "semantic error: type mismatch (long): identifier 's' at t.stp:1:34",
        ),
        (
            "global a; probe begin { a[1] = 2; a[1, 2] = 3 }",
            "semantic error: inconsistent arity (1 vs 2): identifier 'a' at t.stp:1:35",
        ),
        (
            "probe begin { loc[1] = 2 }",
            "semantic error: unresolved arity-1 global array loc, missing global declaration?:"
            " identifier 'loc' at t.stp:1:15",
        ),
        (
            "function f(x) { return f(x) } probe begin { println(f(1)) }",
            "semantic error: unresolved type : identifier 'f' at t.stp:1:53",
        ),
        (
            "global a; probe begin { a[1] = 3; foreach (x in a) { a[2] = 5 } }",
            "semantic error: variable 'a' modified during 'foreach' iteration: identifier 'a' at t.stp:1:54",
        ),
        (
            "probe begin { println($x) }",
            "semantic error: unresolved target-symbol expression: identifier '$x' at t.stp:1:23",
        ),
        (
            'probe begin { printf("%d\\n", 1, 2) }',
            "semantic error: Wrong number of args to formatted print operator: identifier 'printf' at t.stp:1:15",
        ),
        (
            "probe timer.s(0) { println(1) }",
            "semantic error: while resolving probe point: identifier 'timer' at t.stp:1:7",
        ),
        (
            "probe begin if (pid()) { println(1) }",
            "semantic error: probe condition must not reference function: identifier 'pid' at t.stp:1:17",
        ),
        (
            "global x; probe begin { x <<< 1; println(@variance(x, 63)) }",
            "semantic error: bit shift (63) out of range <0..62>: operator '@variance' at t.stp:1:42",
        ),
        ("probe begin { break }", "semantic error: cannot 'break' outside loop: keyword at t.stp:1:15"),
    ],
)
def test_mistakes(script: str, first: str) -> None:
    assert Compiled(script).said.split("\n")[0] == first


def test_chained_error() -> None:
    said = Compiled("global x; probe begin { x = 5 } probe end { x[1] = 2 }").said
    assert "semantic error: arity 0 first inferred here: identifier 'x' at :1:25\n" in said


def test_elision_warnings() -> None:
    said = Compiled('probe begin { x = 1; println("a") } probe end { y = 2 }', verbose=1).said
    assert [line for line in said.split("\n") if line.startswith("WARNING")] == [
        "WARNING: Eliding assignment to 'x': operator '=' at t.stp:1:17",
        "WARNING: Eliding assignment to 'y': operator '=' at :1:51",
        "WARNING: Eliding side-effect-free expression : identifier 'x' at :1:15",
        "WARNING: Eliding side-effect-free expression : identifier 'y' at :1:49",
        "WARNING: Probe 'end' has been elided: keyword at :1:37",
    ]


def test_nothing_left() -> None:
    assert "semantic error: no probes found\n" in Compiled("probe begin { }").said
    assert Compiled("probe begin { }", unoptimized=True).program is not None


def test_never_assigned() -> None:
    said = Compiled("global q; probe begin { if (x) println(q) }").said
    assert "WARNING: never-assigned local variable 'x' (similar: q): identifier 'x' at t.stp:1:29" in said
    assert "WARNING: never-assigned global variable 'q' (similar: q): identifier 'q' at :1:8" in said


def test_folding_decides_conditions() -> None:
    script = Compiled('probe begin { if (2 * 3 == 6 && "a" < "b") println(1 << 4, "x" . "y"); else println($nosuch) }')
    assert "emit('16xy\\n')" in script.source.replace('"16xy', "'16xy") or script.run() == "16xy\n"


def test_defined_drops_branches() -> None:
    assert Compiled("probe begin { if (@defined($x->y)) println($x->y); else println(7) }").run() == "7\n"


@pytest.mark.parametrize(
    "point, message",
    [
        ("timer", "probe point truncated (follow:  hz(number) jiffies(number) ms(number)"),
        ("begin.foo", "invalid suffix for probe: identifier 'foo' at :1:13"),
        ("timer.us(1)", "interval value out of range (100, 86400000000)"),
        ("timer.jiffies(0)", "invalid interval for jiffies timer"),
        ("timer.hz(0)", "frequency must be greater than 0"),
        ("timer.s(1).randomize(5)", "randomization value out of range"),
        ('module("x").function("f")', "no match"),
        (
            "kprobe.statement(1).absolute",
            "absolute statement probe in unprivileged script; need stap -g: keyword at :1:1",
        ),
    ],
)
def test_probe_points_that_do_not_resolve(point: str, message: str) -> None:
    assert message in Compiled(f"probe {point} {{ println(1) }}").said


def test_optional_and_sufficient() -> None:
    dump = Compiled(
        "probe nosuch?, begin!, end { println(1) } probe a = nosuch!, end!, begin { } probe a { println(2) }"
    ).dump
    assert (
        dump
        == """# probes
begin! /* <- nosuch?,begin!,end */
end! /* <- a = nosuch!, end!, begin <- a */
"""
    )


def test_alias_suffixes_and_wildcards() -> None:
    dump = Compiled(
        "probe a.b = timer { } probe a.b.s(3) { println(1) } probe a.x.c = end { } probe a.y.c = begin { }"
        "probe a.*.c { println(pn()) }"
    ).dump
    assert "timer.s(3) /* <- a.b = timer <- a.b.s(3) */" in dump
    assert "begin /* <- a.y.c = begin <- a.*.c */" in dump
    assert "end /* <- a.x.c = end <- a.*.c */" in dump


def test_alias_loop() -> None:
    assert (
        "recursive loop in alias expansion of a at t.stp:1:11"
        in Compiled("probe a = a { } probe a { println(1) }").said
    )


def test_oneshot() -> None:
    assert "begin /* <- oneshot += begin <- oneshot */" in Compiled("probe oneshot { println(1) }").dump


def test_embedded_python(compiled: Callable[..., Compiled]) -> None:
    script = compiled(
        """global n = 3
function add:long(a:long, b:long) %{ # pure
    global g_n
    g_n += 1
    return a + b + g_n
%}
function shout:string(s:string) %{ return s.upper() %}
probe begin { println(add(2, 3), shout("abc"), n) }""",
        guru=True,
    )
    assert script.run() == "9ABC4\n"


def test_embedded_c_is_recognised(compiled: Callable[..., Compiled]) -> None:
    said = compiled("function f:long() %{ STAP_RETVALUE = 1; %} probe begin { println(f()) }", guru=True).said
    assert "semantic error: embedded code is Python here, not C: this looks like C: embedded-code at t.stp:1:19" in said


def test_embedded_python_passes_calls_on() -> None:
    script = Compiled(
        "function f:long(a:long) %{ return NEXT if a else 7 %} function f:long(a:long) { return 42 }"
        "probe begin { println(f(0), f(1)) }",
        guru=True,
    )
    assert script.run() == "742\n"


def test_a_terminal_shows_more() -> None:
    """The whole span underlined, and a remedy; plain text is as stap's."""
    import io

    from stapy.compiler import passes
    from stapy.compiler.analysis import CompileOptions
    from stapy.compiler.diagnostics import Reporter
    from stapy.compiler.tree import Source

    def said(color: str) -> list[str]:
        messages = io.StringIO()
        reporter = Reporter(messages, color=color)
        script = Source("t.stp", 'probe begin { printf("%d %s", 1) }')
        scripts = passes.parse_all([script], CompileOptions(), reporter)
        assert scripts is not None
        assert passes.analyse(scripts, None, CompileOptions(), reporter) is None
        return re.sub("\033\\[[0-9;]*[mK]", "", messages.getvalue()).splitlines()

    plain, colored = said("never"), said("always")
    assert plain[2].strip() == "^"
    assert colored[2].strip() == "^~~~~~"
    assert plain[:2] == colored[:2]
    assert colored[3].strip().startswith("hint: the format takes 2 values, and 1 given")
    assert not plain[3]
