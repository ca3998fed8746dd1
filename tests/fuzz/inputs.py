"""Where the fuzzer's inputs come from: bytes, spoilt scripts, the grammar, typed programs, and things that grow."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from pathlib import Path

from tests.fuzz.programs import Program
from tests.syntax.generated_programs import SPOILERS, WORDS, Generator

ROOT = Path(__file__).resolve().parent.parent.parent
CORPORA = (ROOT / "tests/oracle", ROOT / "samples", ROOT / "tests", Path("/usr/share/systemtap/examples"))
MOST_BYTES = 20_000  # of a script that is spoilt; longer ones only cost time

HERE = Path(__file__).parent
POINTS = (HERE / "points.txt").read_text(encoding="latin-1").splitlines()
VOCABULARY = [*SPOILERS, *POINTS, *(word for words in WORDS.values() for word in words),
          *(HERE / "words.txt").read_text(encoding="latin-1").splitlines()]
NUMBERS = [word for word in VOCABULARY if word[:1].isdigit() and word.isalnum()]
PUNCTUATION = b'(){}[];,."\\%$@<>=+-*&|!~?:/#\n\0\r\t'


@cache
def corpus() -> list[bytes]:
    """The scripts there are to spoil."""
    found: dict[bytes, None] = {}
    for directory in CORPORA:
        for path in sorted(directory.rglob("*.stp")):
            text = path.read_bytes()
            if len(text) <= MOST_BYTES:
                found.setdefault(text)
    return list(found)


def _bytes(rand: random.Random) -> bytes:
    """Bytes, or printable characters, or words in any order."""
    match rand.randrange(4):
        case 0:
            return rand.randbytes(rand.randrange(200))
        case 1:
            return bytes(rand.choice((rand.randrange(256), *([rand.randrange(32, 127)] * 5)))
                         for _ in range(rand.randrange(300)))
        case 2:
            return " ".join(rand.choices(VOCABULARY, k=rand.randrange(1, 40))).encode("latin-1")
    body = " ".join(rand.choices(VOCABULARY, k=rand.randrange(1, 12)))
    return f"probe {rand.choice(POINTS)} {{ {body} }}".encode("latin-1")


def spoil(rand: random.Random, script: bytes) -> bytes:
    """Change a script in a few places, as a slip of the hand, of the disk or of malice might."""
    text = bytearray(script)
    for _ in range(rand.choice((1, 1, 1, 2, 2, 3, 5, 8))):
        place = rand.randrange(len(text) + 1)
        length = min(rand.choice((1, 1, 2, 4, 8, 30, 100)), len(text) - place)
        match rand.randrange(11):
            case 0 if length:
                text[place] ^= 1 << rand.randrange(8)
            case 1:
                del text[place:place + length]
            case 2:
                text[place:place] = rand.choice(VOCABULARY).encode("latin-1")
            case 3:
                text[place:place + length] = rand.choice(VOCABULARY).encode("latin-1")
            case 4:
                text[place:place] = text[place:place + length] * rand.choice((1, 2, 10, 100))
            case 5:
                other = rand.choice(corpus())
                start = rand.randrange(len(other) + 1)
                text[place:place + length] = other[start:start + rand.choice((10, 50, 300))]
            case 6:
                _replace_number(rand, text)
            case 7:
                _exchange_words(rand, text)
            case 8:
                text[place:place] = bytes(rand.choices(PUNCTUATION, k=rand.randrange(1, 4)))
            case 9 if rand.random() < 0.2:
                del text[place:]
            case _:
                _repeat_word(rand, text)
    return bytes(text)


def _word_spans(text: bytearray) -> list[tuple[int, int]]:
    import re

    return [match.span() for match in re.finditer(rb'"[^"\n]*"|\w+|[^\w\s]', bytes(text))]


def _replace_number(rand: random.Random, text: bytearray) -> None:
    numbers = [(start, end) for start, end in _word_spans(text) if text[start:end].isdigit()]
    if numbers:
        start, end = rand.choice(numbers)
        text[start:end] = rand.choice(NUMBERS).encode()


def _exchange_words(rand: random.Random, text: bytearray) -> None:
    spans = _word_spans(text)
    if len(spans) > 1:
        (start, end), (start2, end2) = sorted(rand.sample(spans, 2))
        first, second = text[start:end], text[start2:end2]
        text[start2:end2] = first
        text[start:end] = second


def _repeat_word(rand: random.Random, text: bytearray) -> None:
    spans = _word_spans(text)
    if spans:
        start, end = rand.choice(spans)
        text[start:end] = text[start:end] * rand.choice((2, 3, 50))


def _spoilt_script(rand: random.Random) -> bytes:
    return spoil(rand, rand.choice(corpus()))


@cache
def _generator() -> Generator:
    return Generator(0)


def _from_grammar(rand: random.Random) -> bytes:
    """A random derivation, sometimes with a token or two wrong."""
    generator = _generator()
    generator.random, generator.depth = rand, rand.choice((6, 10, 14))
    tokens = generator.declaration()
    if rand.random() < 0.5:
        tokens = generator.spoil(tokens)
    return generator.text(tokens).encode("latin-1")


def _typed(rand: random.Random) -> bytes:
    """A program that should compile and run."""
    return Program(rand).text().encode("latin-1")


def _spoilt_typed(rand: random.Random) -> bytes:
    return spoil(rand, Program(rand).text().encode("latin-1"))


# ---------------------------------------------------------------- things that grow


def _grown(rand: random.Random) -> bytes:
    """One construct many times: beside itself, inside itself, or doubling with every step."""
    count = rand.choice((3, 30, 100, 300, 1000, 5000))
    make = rand.choice((_repeated, _repeated, _nested, _nested, _doubling, _wildcards, _pattern, _long_words))
    return make(rand, count).encode("latin-1")


REPEATED = ("x = 1; ", "x++; ", 's = s . "a"; ', "if (x) y = 1; ", "f(x); ", "a[x] <<< 1; ", "delete a; ", "next; ",
            "{} ", "println(1); ", 'printf("%d", 1); ', "while (x) break; ", "foreach (k in a) { } ",
            "try { } catch { } ", ";")
OPERATORS = ("1 + ", "1 - ", "x . ", "1 && ", "1 || ", "1 ? 1 : ", "1 , ", "! ", "- ", "~ ", "x = ", "++", "1 < ",
             "1 in ", '"a" ', "1 =~ ", "x [ ", "f ( ", "( ", "1 * ", "@defined(", "@count(", "$a -> ", "& ",
                "sprint(", "1 ?")
DECLARATIONS = ("probe begin { } ", "probe timer.ms(%d) { } ", "global g%d ", "function f%d() { } ",
                "probe a%d = begin { } ", "@define m%d %%( 1 %%) ", "global h%d = 1 ",
                "function f%d(a) { return f%d(a) } ", "probe p%d = p%d { } ",
                "private global x%d ", 'probe kernel.function("do_fork") { println($$parms, %d) } ', "global a%d[2] ",
                "probe begin(%d) { n++ } ", "%%( 1 == 1 %%? ", "%%( 1 == 2 %%? %%: ", "probe begin { @m%d } ")


def _repeated(rand: random.Random, count: int) -> str:
    if rand.random() < 0.4:
        text = rand.choice(DECLARATIONS)
        return "".join(text.replace("%d", str(number)).replace("%%", "%") for number in range(min(count, 1000)))
    return "global a, s; function f(x) { } probe begin { x = 1; " + rand.choice(REPEATED) * count + "}"


def _nested(rand: random.Random, count: int) -> str:
    opening, closing = rand.choice((
        ("(", ")"), ("{", "}"), ("if (1) ", "x++"), ("if (1) { ", "} else { }"), ("while (x) ", ";"),
        ("for (;;) {", "}"), ("foreach (k in a) ", ";"), ("try { ", "} catch { }"), ("[", "]"), ("f(", ")"),
        ("a[", "]"), ("sprint(", ")"),
        ("%( 1 == 1 %? ", "%)"), ("@defined(", ")"), ('sprintf("%s", ', ")"), ("1 ? (", ") : 1"), ("@m(", ")")))
    if opening[0] in "([fas@1":
        inner = f"x = {opening * count}1{closing * count}"
    else:
        inner = opening * count + closing * (count if rand.random() < 0.9 else count - 1)
    if rand.random() < 0.3:
        inner = "x = " + rand.choice(OPERATORS) * count + "1"
    return f"global a; function f(x) {{ return x }} @define m(x) %( @x %) probe begin {{ {inner} }}"


def _doubling(rand: random.Random, count: int) -> str:
    steps = min(count, 60)
    kind = rand.randrange(6)
    if kind == 0:
        body = "".join(f"@define a{n}(x) %( @a{n + 1}(@x @x) %) " for n in range(steps))
        return body + f"@define a{steps}(x) %( @x %) probe begin {{ x = @a0(1) }}"
    if kind == 1:
        body = "".join(f"@define a{n} %( @a{n + 1} + @a{n + 1} %) " for n in range(steps))
        return body + f"@define a{steps} %( 1 %) probe begin {{ x = @a0 }}"
    if kind == 2:
        return "probe " + ".".join(["{a,b}"] * steps) + " { }"
    if kind == 3:
        aliases = "".join(f"probe p{n} = p{n + 1}, p{n + 1} {{ }} " for n in range(steps))
        return aliases + f"probe p{steps} = begin {{ }} probe p0 {{ x++ }}"
    if kind == 4:
        functions = "".join(f"function f{n}(x) {{ return f{n + 1}(x) + f{n + 1}(x) }} " for n in range(steps))
        return functions + f"function f{steps}(x) {{ return x }} probe begin {{ println(f0(1)) }}"
    return "probe begin { x = " + "(1 ? " * steps + "1" + " : 2)" * steps + "; y = " + "x = x + (x = " * steps + "1" + \
        ")" * steps + " }"


def _wildcards(rand: random.Random, count: int) -> str:
    stars = "".join(rand.choices(("*", "*a", "?", "[a-z]", "**", "[!x]"), k=min(count, 200)))
    point = rand.choice(('kernel.function("%s")', 'kernel.function("%s").return', "%s", 'kernel.statement("%s@*:*")',
                         'kprobe.function("%s")', 'kernel.function("f@%s")', "%s.%s", 'kernel.trace("%s")',
                         'kernel.function("*@%s:1")'))
    return "probe " + point.replace("%s", stars) + rand.choice((" { }", " { println($$vars) }", "? { }"))


def _pattern(rand: random.Random, count: int) -> str:
    part = rand.choice(("(a*)", "(a|b)", "a?", "(.*)", "[^b]", "(", "a{9}", "(a+)+", "|", "(a|aa)", "[[:alpha:]]"))
    pattern = part * min(count, 100) + rand.choice(("", "b", "{30}", "$", "*", ")"))
    text = "a" * rand.choice((1, 30, 500))
    return f'probe begin {{ if ("{text}" =~ "{pattern}") println(matched(0), ngroups(), matched(1)) exit() }}'


def _long_words(rand: random.Random, count: int) -> str:
    size = count * 10
    word = rand.choice(("x" * size, "9" * size, '"' + "s" * size + '"', '"' + "%d" * size + '"', "/*" + "*" * size,
                        "$" + "a" * size, "@" + "a" * size, "0x" + "f" * size, '"' + "\\" * size + '"', "%{" * count,
                        "." * size, '"' + "\\x" * size + '"', "#" * size, "->" * size, "@1" * count, "$#" * count))
    return rand.choice(("probe begin { x = W }", "probe W { }", "W", "global W", 'probe begin { printf(W, 1) }',
                        "probe begin { x = 1; W }", "probe kernel.function(W) { }", "probe begin { println(W =~ W) }",
                        "%( W == W %? W %)", "@define W %( W %)", "function f:W(x:W) { }")).replace("W", word)


KINDS: dict[str, tuple[int, Callable[[random.Random], bytes]]] = {  # name: (weight, maker)
    "bytes": (30, _bytes),
    "spoilt": (30, _spoilt_script),
    "grammar": (20, _from_grammar),
    "typed": (4, _typed),
    "spoilt-typed": (10, _spoilt_typed),
    "grown": (2, _grown),
}


def draw(seed: int, number: int) -> tuple[str, bytes]:
    """The kind and content of input ``number`` of a sequence; the same for the same two numbers."""
    rand = random.Random(seed * 1_000_003 + number)
    kinds = list(KINDS)
    kind = rand.choices(kinds, [KINDS[name][0] for name in kinds])[0]
    return kind, KINDS[kind][1](rand)
