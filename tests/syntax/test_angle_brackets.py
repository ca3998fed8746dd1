"""Bodies of probes between angle brackets, with ``<`` and ``>`` still operators inside."""

from __future__ import annotations

import pytest

from tests.syntax.against_stap import ours

# Each pair is the same program twice.
PAIRS = [
    ('probe begin < printf("%d\\n", pid()) >', 'probe begin { printf("%d\\n", pid()) }'),
    ("probe begin <>", "probe begin {}"),
    ("probe begin < > probe end < >", "probe begin {} probe end {}"),
    ("probe begin < x = a > b >", "probe begin { x = a > b }"),
    (
        "probe begin < x = a > b > probe end < y = c >> 2 > global z",
        "probe begin { x = a > b } probe end { y = c >> 2 } global z",
    ),
    ("probe begin < s <<< x > function f() { return 1 }", "probe begin { s <<< x } function f() { return 1 }"),
    ("probe begin < if (a > b) { c } else { d } > private p", "probe begin { if (a > b) {c} else {d} } private p"),
    ("probe begin < x; > %{ top %}", "probe begin { x; } %{ top %}"),
    ("probe begin < x > %{ top %}", "probe begin { x } %{ top %}"),
    ("probe begin < x > %{ e %} >", "probe begin { x > %{ e %} }"),
    ("probe begin < x > %{ e %} %{ f %} probe end <>", "probe begin { x } %{ e %} %{ f %} probe end {}"),
    ("probe a = b < x > , < y > probe c < >", "probe a = b { x } , { y } probe c {}"),
    ("probe a = b { x } , < y >", "probe a = b { x } , { y }"),
    ("probe a += b < x >", "probe a += b { x }"),
    ("probe a if (x > 3) < y > 4 >", "probe a if (x>3) { y > 4 }"),
    ("probe begin < x >= 3 > // c\n", "probe begin { x >= 3 }"),
    ("probe begin < x > /* c */ probe /* d */ end < y > # e", "probe begin { x } probe end { y }"),
    ("%( 1 == 1 %? probe begin < x %( 2 == 2 %? > %) %) probe end <y>", "probe begin { x } probe end { y }"),
    ("@define g %( > %) probe begin < x @g probe end <y @g", "probe begin { x } probe end { y }"),
    (
        "probe begin < foreach (k in a) if (a[k] > 3) print(k) >",
        "probe begin { foreach (k in a) if (a[k] > 3) print(k) }",
    ),
    ("probe begin < x = (a > b) > ", "probe begin { x = (a > b) }"),
    ("probe begin < x->y > probe e <>", "probe begin { x->y } probe e {}"),
    ("probe begin < x[1] > 2 > probe e <>", "probe begin { x[1] > 2 } probe e {}"),
    ("probe begin < x++ > probe e <>", "probe begin { x++ } probe e {}"),
    ("probe begin < x = a ? b > c : d > e > probe e <>", "probe begin { x = a ? b > c : d > e } probe e {}"),
    ("probe begin < next > probe e < break; >", "probe begin { next } probe e { break; }"),
    ("probe begin < if (x) y > ", "probe begin { if (x) y }"),
    ("probe begin < { x } > ", "probe begin { { x } }"),
    ("probe begin < try { x > 1 } catch { } > probe e {}", "probe begin { try { x > 1 } catch {} } probe e {}"),
    ("probe begin < x > 1 ? y : z > global g", "probe begin { x > 1 ? y : z } global g"),
    (
        'probe kernel.function("do_fork") < printf("%d\\n", pid()) > probe end < exit() >',
        'probe kernel.function("do_fork") { printf("%d\\n", pid()) } probe end { exit() }',
    ),
    ("probe begin < delete a > probe e {}", "probe begin { delete a } probe e {}"),
    ('probe begin < x = "a" "b" > probe e {}', 'probe begin { x = "a" "b" } probe e {}'),
    ('probe begin < x =~ "a" > probe e {}', 'probe begin { x =~ "a" } probe e {}'),
]


@pytest.mark.parametrize(("angled", "braced"), PAIRS)
def test_means_the_same(angled: str, braced: str) -> None:
    out, err = ours(angled)
    assert err == ""
    assert out == ours(braced)[0]


@pytest.mark.parametrize(
    ("script", "message", "place"),
    [
        ("probe begin < x", "expected statement", "script EOF"),
        ("probe begin < x > y", "expected statement", "script EOF"),
        ("probe begin < ( x > probe", "expected literal string or number", "keyword at script:1:21"),
        ("probe begin < x >> probe end {}", "expected literal string or number", "keyword at script:1:20"),
        ("probe begin { x > probe end {}", "expected literal string or number", "keyword at script:1:19"),
        ("probe begin < { x > } >", "expected literal string or number", "operator '}' at script:1:21"),
        ("probe begin < x = > probe end {}", "expected literal string or number", "operator '>' at script:1:19"),
        ("probe begin < if (x) > probe e {}", "expected literal string or number", "operator '>' at script:1:22"),
        ("function f() < x >", "expected '{'", "operator '<' at script:1:14"),
        ("probe begin < x > }", "expected literal string or number", "operator '}' at script:1:19"),
    ],
)
def test_mistakes(script: str, message: str, place: str) -> None:
    lines = ours(script)[1].splitlines()
    assert lines[0] == f"parse error: {message}"
    assert lines[1].endswith(place)


def test_a_mistake_leaves_the_next_probe_alone() -> None:
    assert ours("probe begin < * > probe end < y >")[1].count("parse error:") == 1
