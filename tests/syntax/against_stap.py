"""Compares our first pass with the real stap's, on generated programs, on files, and records stap's answers.

    python -m tests.syntax.against_stap generated [SEED [ROUNDS]]   whole programs: equal trees
    python -m tests.syntax.against_stap spoilt [SEED [ROUNDS]]      programs with mistakes: equal messages
    python -m tests.syntax.against_stap files PATH...               scripts: equal trees or messages
    python -m tests.syntax.against_stap record                      write tests/syntax/data/*.jsonl

Needs ``stap`` on the PATH (``apt-get install systemtap``; no kernel): the first pass does without one.
"""

from __future__ import annotations

import difflib
import io
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from stapy.compiler import diagnostics, parser, unparse
from stapy.compiler.preprocess import Facts
from stapy.compiler.tree import Source

from .generated_programs import Generator

DATA = Path(__file__).parent / "data"
OPTIONS = ("KPROBES", "MODULES", "KALLSYMS", "UPROBES", "TRACEPOINTS", "SMP")
FACTS = Facts(
    kernel_vr="6.1.0",
    systemtap_v="4.8",
    arch="x86_64",
    runtime="kernel",
    guru=True,
    config={f"CONFIG_{name}": "y" for name in OPTIONS} | {"CONFIG_HZ": "1000"},
)
# What stap's package adds, and what its pass costs.
_NOISE = ("Tip:", "Pass 1: parsed")


def available() -> bool:
    return shutil.which("stap") is not None


@cache
def build_tree() -> str:
    """A kernel build directory with as little in it as satisfies stap's first two passes."""
    root = Path(tempfile.gettempdir(), "stapy-empty-build")
    if not (root / "include/config/kernel.release").exists():
        (root / "include/config").mkdir(parents=True, exist_ok=True)
        (root / "include/generated").mkdir(exist_ok=True)
        config = "".join(f"CONFIG_{name}=y\n" for name in OPTIONS) + "CONFIG_HZ=1000\n"
        (root / ".config").write_text(config)
        (root / "Makefile").write_text("VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 0\nEXTRAVERSION =\n")
        (root / "Module.symvers").write_text("")
        (root / "System.map").write_text("ffffffff81000000 T _stext\nffffffff82000000 T _etext\n")
        (root / "include/config/kernel.release").write_text("6.1.0\n")
    return str(root)


def stap(text: str, *, args: tuple[str, ...] = (), guru: bool = True, verbose: bool = False) -> tuple[str, str]:
    """What the real one prints for ``-p1``: output and messages, the file's name as "script"."""
    with tempfile.NamedTemporaryFile(suffix=".stp") as file:
        file.write(text.encode("latin-1"))
        file.flush()
        options = ["-g"] * guru + ["-v"] * verbose
        command = ["stap", "--disable-cache", "-r", build_tree(), *options, "-p1", file.name, *args]
        done = subprocess.run(command, capture_output=True, timeout=60)
        out, err = (data.decode("latin-1").replace(file.name, "script") for data in (done.stdout, done.stderr))
    return out, "".join(line for line in err.splitlines(True) if not line.startswith(_NOISE))


def ours(text: str, *, args: tuple[str, ...] = (), guru: bool = True, verbose: bool = False) -> tuple[str, str]:
    """What we print for the same."""
    from dataclasses import replace

    messages = io.StringIO()
    reporter = diagnostics.Reporter(messages, verbose=int(verbose))
    options = parser.ParseOptions(args=list(args), guru=guru, facts=replace(FACTS, guru=guru))
    try:
        out = unparse.dump(parser.parse(Source("script", text), options, reporter))
    except parser.ParseFailed:
        out = ""
        reporter.failed(1)
    reporter.finish()
    return out, messages.getvalue()


def accepted(text: str) -> bool:
    try:
        parser.parse(Source("script", text), parser.ParseOptions(guru=True, facts=FACTS))
    except parser.ParseFailed:
        return False
    return True


def whole_programs(seed: int, count: int) -> list[str]:
    """Declarations that are right by our lights."""
    generator = Generator(seed)
    found: list[str] = []
    while len(found) < count:
        text = generator.text(generator.declaration())
        if len(text) < 4000 and accepted(text):
            found.append(text)
    return found


def spoilt_programs(seed: int, count: int) -> list[str]:
    """Declarations on one line each with a mistake or two."""
    generator = Generator(seed)
    found: list[str] = []
    while len(found) < count:
        tokens = generator.declaration()
        if len(tokens) <= 60:
            text = " ".join(generator.spoil(tokens))
            # Where stap 4.8 does not survive, or is more lenient than sense.
            if not re.search(r"\[ \* \]|@define|(in|,|\() @|@count|^[^{]*<|\$+ \$+|\$ #|& -", text):
                found.append(text)
    return found


def report(name: str, theirs: str, mine: str) -> int:
    if theirs == mine:
        return 0
    difference = difflib.unified_diff(theirs.splitlines(), mine.splitlines(), "stap", "stapy", lineterm="", n=2)
    print(f"### {name}")
    print("\n".join(line[:300] for line in list(difference)[:30]))
    return 1


def compare_generated(seed: int, rounds: int) -> int:
    differing = 0
    for number in range(rounds):
        text = "".join(program + "\n" for program in whole_programs(seed + number, 100))
        differing += report(f"seed {seed + number}", "".join(stap(text)), "".join(ours(text)))
    return differing


def compare_spoilt(seed: int, rounds: int) -> int:
    differing = 0
    for number in range(rounds):
        text = "".join(f"{program}\nprobe never {{ }}\n" for program in spoilt_programs(seed + number, 100))
        theirs, mine = stap(text, verbose=True)[1], ours(text, verbose=True)[1]
        differing += report(f"seed {seed + number}", theirs, mine)
    return differing


def compare_files(paths: list[str]) -> int:
    differing = 0
    for path in paths:
        text = Source.read(path).text
        differing += report(path, "".join(stap(text)), "".join(ours(text)))
    return differing


def hand_made() -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """The cases of data/cases.txt: a script a line (\\n for a newline), "|" and words after it for arguments."""
    for line in (DATA / "cases.txt").read_text("latin-1").splitlines():
        if line and not line.startswith("## "):
            guru = not line.startswith("-- ")
            script, *arguments = line.removeprefix("-- ").split(" |||")
            yield script.replace("\\N", "\n"), tuple(arguments), guru


def record() -> None:
    """Write down stap's answers for machines without it."""
    scripts: list[tuple[str, tuple[str, ...], bool]] = list(hand_made())
    _write(DATA / "hand_made.jsonl", scripts)
    _write(DATA / "generated.jsonl", [(text, (), True) for text in whole_programs(1, 250)])
    _write(DATA / "spoilt.jsonl", [(text, (), True) for text in spoilt_programs(2, 250)])


def _write(path: Path, scripts: list[tuple[str, tuple[str, ...], bool]]) -> None:
    with path.open("w") as file:
        for text, args, guru in scripts:
            out, err = stap(text, args=args, guru=guru)
            if not out and not err:
                continue  # it did not survive
            case = {"script": text, "args": args, "guru": guru, "out": out, "err": err}
            file.write(json.dumps(case) + "\n")


def main(words: list[str]) -> int:
    if not available():
        print("stap is not installed: nothing to compare with", file=sys.stderr)
        return 0
    match words:
        case ["generated", *numbers]:
            return compare_generated(*_numbers(numbers))
        case ["spoilt", *numbers]:
            return compare_spoilt(*_numbers(numbers))
        case ["files", *paths]:
            return compare_files(paths)
        case ["record"]:
            record()
            return 0
    print(__doc__, file=sys.stderr)
    return 2


def _numbers(words: list[str]) -> tuple[int, int]:
    """Seed and number of rounds, 1 and 5 where not given."""
    seed, rounds = [int(word) for word in words] + [1, 5][len(words) :]
    return seed, rounds


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
