"""Test cases as data: read from ``.stptest`` files, from the comment that opens a script, or from the files beside it.

A case is a script, how to run it, and what it has to print. ``cases_of`` finds those of a file.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

SUFFIX = ".stptest"
SCRIPTS = (".stp", ".py")
DEFAULT_TIMEOUT = 60.0

_DIRECTIVE = re.compile(r"([A-Z][A-Z_]*)(?::|\s|$)\s*(.*)")
_COMMENT = re.compile(r"\s*(?:#|//|/\*|\*(?!/))\s?(.*?)(?:\*/\s*)?$")
_TEST_PROBE = re.compile(r'\bprobe\s+test\s*\(\s*"((?:[^"\\]|\\.)*)"\s*\)')


class CaseError(Exception):
    """A test that cannot be understood; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """One thing that the output has to show: ``kind`` is a directive (EXPECT, EXPECT_FILE, ...)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Case:
    """One test, on as many architectures as it names."""

    path: Path  # the file it comes from
    line: int
    name: str
    script: Path | str  # a file, or the text
    words: tuple[str, ...] = ()  # further options
    arguments: tuple[str, ...] = ()
    architectures: tuple[str, ...] = ("x86_64",)
    workload: str | None = None
    expectations: tuple[Expectation, ...] = ()
    will_fail: bool = False
    return_code: int | None = None
    timeout: float = DEFAULT_TIMEOUT  # seconds
    virtual_timeout: float | None = None  # seconds of virtual time, after which the run is ended
    probe: str | None = None  # the `probe test("...")` to run
    beside: bool = False  # the whole output stands in files beside the script


def cases_of(path: Path) -> list[Case]:
    """The tests in a file: none where it holds none. Raises CaseError."""
    if path.suffix == SUFFIX:
        return list(_blocks(path))
    if path.suffix not in SCRIPTS:
        return []
    found = [case for case in [_beside(path)] if case]
    if path.suffix == ".stp":
        text = _text_of(path)
        found += _header(path, text)
        found += [Case(path, text.count("\n", 0, probe.start()) + 1, probe[1], path, probe=probe[1])
                  for probe in _TEST_PROBE.finditer(text)]
    return found


def _text_of(path: Path) -> str:
    try:
        return path.read_text("latin-1")
    except OSError as error:
        raise CaseError(f"{path}: {error.strerror}") from None


# ---------------------------------------------------------------- NAME.stp.out beside NAME.stp


def _beside(path: Path) -> Case | None:
    """``NAME.stp.out`` is what it prints on any architecture, ``NAME.stp.ARCH.out`` on one of them; ``NAME.stp.args``
    has options, as a shell reads them."""
    from stapy import arch

    own = tuple(name for name in arch.names() if reference(path, name, only_own=True))
    usual = reference(path, "")
    if not own and usual is None:
        return None
    options = path.with_name(f"{path.name}.args")
    words = tuple(shlex.split(options.read_text())) if options.exists() else ()
    return Case(path, 1, path.name, path, words, (), tuple(arch.names()) if usual else own, beside=True)


def reference(path: Path, architecture: str, only_own: bool = False) -> Path | None:
    """The file with what the script at ``path`` prints on ``architecture``; None where there is none."""
    for name in (f"{path.name}.{architecture}.out", "" if only_own else f"{path.name}.out"):
        if name and path.with_name(name).exists():
            return path.with_name(name)
    return None


def written_files(case: Case) -> list[Expectation]:
    """The expectations whose files --update can write."""
    return [expectation for expectation in case.expectations if expectation.kind in ("EXPECT_FILE", "EXPECT_JSON")]


# ---------------------------------------------------------------- directives


def _header(path: Path, text: str) -> Iterator[Case]:
    """The tests in the comment that opens a script; a comment without any EXPECT... says nothing of tests."""
    lines = []
    for number, line in enumerate(text.splitlines(), 1):
        comment = _COMMENT.match(line)
        if line.startswith("#!"):
            continue
        if comment is None:
            break
        directive = _DIRECTIVE.match(comment[1])
        if directive and directive[1] in _SETTERS and directive[1] not in ("PROG", "FILE"):
            lines.append((number, directive[1], directive[2]))
    if not any(key.startswith("EXPECT") or key in ("WILL_FAIL", "RETURN_CODE") for _, key, _ in lines):
        return
    group: list[tuple[int, str, str]] = []
    for entry in lines:
        if entry[1] == "NAME" and any(key == "NAME" for _, key, _ in group):
            yield _case(path, group, path)
            group = []
        group.append(entry)
    yield _case(path, group, path)


def _blocks(path: Path) -> Iterator[Case]:
    """The tests of a ``.stptest`` file: blocks of ``DIRECTIVE text`` with blank lines between them."""
    group: list[tuple[int, str, str]] = []
    for number, line in enumerate([*_text_of(path).splitlines(), ""], 1):
        if line.startswith("#"):
            continue
        if line[:1].isspace() and line.strip() and group:  # goes on with the text before
            begun, key, text = group[-1]
            group[-1] = begun, key, f"{text}\n{line.strip()}" if text else line.strip()
        elif line.strip():
            directive = _DIRECTIVE.fullmatch(line)
            if directive is None or directive[1] not in _SETTERS:
                raise CaseError(f"{path}:{number}: no such directive: {line.split()[0]}{_nearest(line.split()[0])}")
            group.append((number, directive[1], directive[2]))
        elif group:
            yield _case(path, group, None)
            group = []


def _nearest(word: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, _SETTERS, 1)
    return f" ({near[0]}?)" if near else ""


def _case(path: Path, lines: list[tuple[int, str, str]], script: Path | None) -> Case:
    """The case that a block of directives makes."""
    case = Case(path, lines[0][0], path.stem, script or "")
    for number, key, text in lines:
        try:
            case = _SETTERS[key](case, text)
        except ValueError as error:
            raise CaseError(f"{path}:{number}: {key}: {error}") from None
    if case.script == "":
        raise CaseError(f"{path}:{lines[0][0]}: a test needs a PROG or a FILE")
    if not case.expectations and not case.will_fail and case.return_code is None:
        raise CaseError(f"{path}:{lines[0][0]}: a test needs something to expect")
    return case


def _number(text: str) -> float:
    value = float(text)
    if not 0 < value < 1e9:
        raise ValueError(f"a number of seconds above 0, not {text}")
    return value


def _timeout(case: Case, text: str) -> Case:
    """``5``: seconds; ``5 virtual``: seconds of virtual time."""
    number, _, kind = text.partition(" ")
    if kind.strip() not in ("", "real", "virtual"):
        raise ValueError(f"seconds, or seconds and 'virtual', not '{text}'")
    if kind.strip() == "virtual":
        return replace(case, virtual_timeout=_number(number))
    return replace(case, timeout=_number(number))


def _architectures(case: Case, text: str) -> Case:
    from stapy import arch

    names: list[str] = []
    for word in re.split(r"[\s,|]+", text.strip()):
        try:
            names += arch.names() if word == "all" else [arch.get(word).name]
        except KeyError as error:
            raise ValueError(error.args[0]) from None
    return replace(case, architectures=tuple(dict.fromkeys(names)))


def _expectation(kind: str, case: Case, text: str) -> Case:
    if kind == "EXPECT_REGEX":
        try:
            re.compile(text)
        except re.error as error:
            raise ValueError(f"{error}: {text}") from None
    return replace(case, expectations=(*case.expectations, Expectation(kind, text)))


_SETTERS: dict[str, Callable[[Case, str], Case]] = {
    "NAME": lambda case, text: replace(case, name=text),
    "PROG": lambda case, text: replace(case, script=text),
    "FILE": lambda case, text: replace(case, script=case.path.parent / text),
    "RUN": lambda case, text: replace(case, words=(*case.words, *shlex.split(text))),
    "ARGS": lambda case, text: replace(case, arguments=(*case.arguments, *shlex.split(text))),
    "ARCH": _architectures,
    "WORKLOAD": lambda case, text: replace(case, workload=text),
    "WILL_FAIL": lambda case, text: replace(case, will_fail=True),
    "RETURN_CODE": lambda case, text: replace(case, return_code=int(text)),
    "TIMEOUT": _timeout,
    **{kind: partial(_expectation, kind)
       for kind in ("EXPECT", "EXPECT_REGEX", "EXPECT_NONE", "EXPECT_JSON", "EXPECT_FILE")},
}

__all__ = ["SUFFIX", "Case", "CaseError", "Expectation", "cases_of", "reference"]
