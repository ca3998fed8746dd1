"""Regular expressions: matches and groups as SystemTap 4.8's automata give them."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stapy.runtime.values import regex


@pytest.mark.parametrize(("pattern", "text", "groups"), [
    ("([a-z]+)=([a-z]+)", "key=value; x", ["key=value", "key", "value"]),
    ("a*", "aaa", ["aaa"]),
    ("a*b", "xaab", ["aab"]),
    ("(a|ab)(bab|b)?", "aabab", ["a", "a", ""]),
    ("x*", "b", [""]),
    ("(a|)b", "ab", ["ab", "a"]),
    ("(^a|b)", "ca", None),
    ("(^a|b)", "cb", ["b", "b"]),
    ("a$", "ba", ["a"]),
    ("a$", "ab", None),
    (r"\.", "a.b", ["."]),
    (r"a\+", "aa+", ["a+"]),
    (r"[a\]b]+", "x]ab", ["]ab"]),
    ("[]a]", "]", ["]"]),
    ("[^]a]", "]ab", ["b"]),
    ("[[:alpha:]-]+", "a-b1", ["a-b"]),
    ("[^[:digit:]]", "1a", ["a"]),
    ("a{2}", "aaa", ["aa"]),
    ("a{1,}b", "aab", ["aab"]),
    ("a{0}b", "ab", ["b"]),
    ("a{3,2}", "aaa", None),
    ("a**", "b", [""]),
    ("(a)|b", "b", ["b", ""]),
    ("a.c", "a\tc", ["a\tc"]),
    # What groups hold follows stap's automaton, neither POSIX nor Perl.
    ("(a|ab)(c|bcd)(d*)", "abcd", ["abcd", "a", "bcd", ""]),
    ("(foo|foobar)(bar)?", "foobar", ["foobar", "foo", "bar"]),
    ("(a*)(ab)*(b*)", "aab", ["aab", "a", "ab", ""]),
    ("(ab|a)(bc|c)?", "abc", ["abc", "a", "bc"]),
    ("(a|b)*(ab)?", "abab", ["abab", "b", ""]),
    # The match that is complete first wins, even over one that began earlier; then the longest from its start.
    ("ab[ab]|b", "abaccbb", ["b"]),
    ("a|.abb", "cbaabbb", ["aabb"]),
    ("a|[ab]+", "abcadbb", ["ab"]),
    (".+(.c|[ab]*|a*ab)", "ccbbbbac", ["ccbbbbac", ""]),
])
def test_matches_as_stap(pattern: str, text: str, groups: list[str] | None) -> None:
    compiled = regex.compile(pattern)
    assert compiled.search(text) == groups
    assert compiled.test(text) == (groups is not None)


@pytest.mark.parametrize(("pattern", "message"), [
    ("(", "(at position 0): expected ), found end of regex"),
    ("(x", "(at position 1): expected ), found end of regex"),
    ("*a", "(at position 0): unexpected '*'"),
    ("{", "(at position 0): unexpected '{'"),
    ("[", "(at position 0): unclosed character class"),
    ("[a-", "(at position 2): unclosed character class"),
    ("a{2", "(at position 3): unexpected end of regex"),
    ("a{,3}", "(at position 3): expected number"),
    ("[[:foo:]]", ": unknown character class 'foo'"),
    ("^*", "(at position 1): postfix closure '*' applied to anchoring operator"),
    ("[b-a]", "(at position 4): Inverted character range b-a"),
    ("x{100000}", "(at position 9): 100000 is too large"),
])
def test_mistakes(pattern: str, message: str) -> None:
    with pytest.raises(regex.RegexError) as caught:
        regex.compile(pattern)
    assert message in str(caught.value)


SIMPLE = st.recursive(
    st.sampled_from(["a", "b", "c", ".", "[ab]", "[^a]"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map("({0[0]}|{0[1]})".format),
        st.tuples(inner, st.sampled_from(["*", "+", "?"])).map("({0[0]}){0[1]}".format)),
    max_leaves=6)


@settings(max_examples=150, deadline=None)
@given(SIMPLE, st.text("abc", max_size=8))
def test_finds_a_match_where_there_is_one(pattern: str, text: str) -> None:
    compiled = regex.compile(pattern)
    found = compiled.search(text)
    there = re.search(pattern, text) is not None
    assert (found is not None, compiled.test(text)) == (there, there)
    if found is not None:
        assert re.fullmatch(pattern, found[0])
        assert found[0] in text


def test_no_pattern_takes_long() -> None:
    started = time.perf_counter()
    compiled = regex.compile("(a*)*(a|aa)*b")
    assert not compiled.test("a" * 500)
    assert compiled.search("a" * 100 + "b") is not None
    assert time.perf_counter() - started < 2
