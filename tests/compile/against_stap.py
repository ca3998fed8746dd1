"""Compares our second pass with the real stap's, on generated scripts, mistakes and files, and records its answers.

    python -m tests.compile.against_stap generated [SEED [ROUNDS]]   right scripts: equal -p2 and warnings
    python -m tests.compile.against_stap mistakes [SEED [COUNT]]     wrong ones: equal messages
    python -m tests.compile.against_stap files PATH...               scripts: equal -p2 and messages
    python -m tests.compile.against_stap record                      write tests/compile/data/*.jsonl

Needs ``stap`` on the PATH (``apt-get install systemtap``; no kernel): the first two passes do without one. What depends
on the kernel's debug information, which that stap has not, is not compared.
"""

from __future__ import annotations

import difflib
import io
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from stapy.compiler import diagnostics, passes
from stapy.compiler.analysis import CompileOptions
from stapy.compiler.tree import Source
from tests.syntax.against_stap import available, build_tree

from . import mistaken_scripts, typed_scripts

DATA = Path(__file__).parent / "data"
# What stap's package adds, and what its passes cost.
_NOISE = ("Tip:", "Pass 1: parsed", "Pass 2: analyzed", "make: ***", "WARNING: kbuild exited")


@dataclass(frozen=True)
class Answer:
    """What a pass said: its output, its messages, its exit status."""

    out: str
    err: str
    status: int

    def text(self) -> str:
        return f"{self.out}--- messages\n{self.err}--- status {self.status}\n"


def options_of(words: Iterable[str]) -> CompileOptions:
    """Our options for some of stap's words."""
    options = CompileOptions()
    for word in words:
        match word:
            case "-g":
                options.guru = True
            case "-u":
                options.unoptimized = True
            case "-v":
                options.verbose = 1
            case "-w" | "-W":
                pass  # the reporter's
            case _:
                raise ValueError(word)
    return options


def stap(text: str, words: tuple[str, ...] = ()) -> Answer:
    """What the real one prints for ``-p2``, the file's name as "script"."""
    with tempfile.NamedTemporaryFile(suffix=".stp") as file:
        file.write(text.encode("latin-1"))
        file.flush()
        command = ["stap", "--disable-cache", "-r", build_tree(), *words, "-p2", file.name]
        done = subprocess.run(command, capture_output=True, timeout=60)
        out, err = (data.decode("latin-1").replace(file.name, "script") for data in (done.stdout, done.stderr))
    err = "".join(line for line in err.splitlines(True) if not line.startswith(_NOISE))
    return Answer(_own(out, text), _comparable(err), done.returncode)


def ours(text: str, words: tuple[str, ...] = ()) -> Answer:
    """What we print for the same."""
    messages = io.StringIO()
    options = options_of(words)
    reporter = diagnostics.Reporter(
        messages,
        verbose=options.verbose,
        suppress_warnings="-w" in words,
        warnings_are_errors="-W" in words,
        hints=False,
    )
    out, failed = "", 0
    scripts = passes.parse_all([Source("script", text)], options, reporter)
    if scripts is None:
        failed = 1
    else:
        analysis = passes.analyse(scripts, None, options, reporter)
        if analysis is None:
            failed = 2
        else:
            out = passes.dump(analysis)
    if failed:
        reporter.failed(failed)
    reporter.finish()
    return Answer(_own(out, text), _comparable(messages.getvalue()), int(failed > 0))


def _own(dump: str, script: str) -> str:
    """Of a -p2 what is the script's own: without functions and globals that it does not name (which only the tapset
    uses), the tapset's bodies, and embedded C."""
    words = set(re.findall(r"\w+", script))
    declared = set(re.findall(r"function\s+(\w+)", script))
    dump = re.sub(r"(?ms)^\{ %\{.*?%\} \}\n", "", dump)
    dump = re.sub(r"(?ms)^%\{.*?^%\}\n|^# global embedded code\n", "", dump)
    # How the tapset's own functions of one name are numbered is its own affair.
    dump = re.sub(r"__global_(\w+)__overload_\d+", lambda m: m[0] if m[1] in declared else f"{m[1]}()", dump)
    kept = []
    keep, tapset, section = True, False, ""
    for line in dump.splitlines(True):
        if line.startswith("# "):
            section, keep, tapset = line, True, False
        elif section != "# probes\n" and (found := re.match(r"(\w+)%?(\[\d+\])?:\w+", line)):
            keep = found[1] in words
            tapset = keep and section == "# functions\n" and found[1] not in declared
        elif tapset:
            continue
        if keep:
            kept.append(line)
    return re.sub(r"# (globals|functions)\n(?=# |\Z)", "", "".join(kept))


def _comparable(text: str) -> str:
    """Without the paths of tapset files, which are ours or stap's."""
    return re.sub(r"(at )/\S+\.(stpm?|py):\d+:\d+\n +source: [^\n]*\n[^\n]*\n", r"\1<tapset>\n", text)


def report(name: str, theirs: Answer, mine: Answer, script: str = "") -> int:
    if theirs == mine:
        return 0
    lines = [answer.text().splitlines() for answer in (theirs, mine)]
    print(f"### {name}")
    if script:
        print(script)
    print("\n".join(line[:400] for line in list(difflib.unified_diff(*lines, "stap", "stapy", lineterm="", n=1))[:40]))
    sys.stdout.flush()
    return 1


# ---------------------------------------------------------------- right scripts

TOGETHER = 12  # scripts that go through stap in one file: it takes a while to start


def compare_generated(seed: int, rounds: int) -> int:
    """Rounds of TOGETHER scripts each; what differs is looked at script by script."""
    differing = 0
    for number in range(rounds):
        base = (seed + number) * TOGETHER
        words = (("-v",), ())[number % 2]
        texts = {base + place: typed_scripts.script(base + place, f"_{place}") for place in range(TOGETHER)}
        whole = "".join(texts.values())
        if stap(whole, words) == ours(whole, words):
            continue
        alone = 0
        for one, text in texts.items():
            alone += report(f"script {one}", stap(text, words), ours(text, words), text)
        differing += alone or report(f"scripts {base} to {base + TOGETHER - 1} together", stap(whole), ours(whole))
    print(f"{rounds * TOGETHER} scripts, {differing} differ")
    return differing


# ---------------------------------------------------------------- mistakes


def compare_mistakes(seed: int, count: int) -> int:
    """The systematic mistakes (for seed 1), and ``count`` random ones."""
    cases = list(mistaken_scripts.systematic()) if seed == 1 else []
    cases += list(mistaken_scripts.spoilt(seed, count))
    return compare_cases(cases)


def compare_cases(cases: Iterable[tuple[str, tuple[str, ...]]]) -> int:
    differing = total = 0
    for text, words in cases:
        total += 1
        name = " ".join(("mistake", *words))
        differing += report(name, stap(text, words), ours(text, words), text)
    print(f"{total} mistakes, {differing} differ")
    return differing


def compare_files(paths: list[str]) -> int:
    differing = 0
    for path in paths:
        text = Source.read(path).text
        differing += report(path, stap(text), ours(text))
    print(f"{len(paths)} files, {differing} differ")
    return differing


# ---------------------------------------------------------------- records


def record() -> None:
    """Write down stap's answers for machines without it; what we say otherwise is left out, and printed."""
    right = [(typed_scripts.script(seed), ("-v",) if seed % 2 else ()) for seed in range(300)]
    _write(DATA / "generated.jsonl", right)
    _write(DATA / "mistakes.jsonl", [*mistaken_scripts.systematic(), *mistaken_scripts.spoilt(2, 120)])


def _write(path: Path, cases: Iterable[tuple[str, tuple[str, ...]]]) -> None:
    with path.open("w") as file:
        for text, words in cases:
            answer = stap(text, words)
            if report(" ".join(("left out:", *words)), answer, ours(text, words), text):
                continue
            case = {"script": text, "options": words, "out": answer.out, "err": answer.err, "status": answer.status}
            file.write(json.dumps(case) + "\n")


def recorded(name: str) -> Iterator[tuple[str, tuple[str, ...], Answer]]:
    """Script, options and stap's answer of every case in ``name``.jsonl."""
    for line in (DATA / f"{name}.jsonl").read_text().splitlines():
        case = json.loads(line)
        yield case["script"], tuple(case["options"]), Answer(case["out"], case["err"], case["status"])


def main(words: list[str]) -> int:
    if not available():
        print("stap is not installed: nothing to compare with", file=sys.stderr)
        return 0
    match words:
        case ["generated", *numbers]:
            return compare_generated(*_numbers(numbers, 10))
        case ["mistakes", *numbers]:
            return compare_mistakes(*_numbers(numbers, 100))
        case ["files", *paths]:
            return compare_files(paths)
        case ["record"]:
            record()
            return 0
    print(__doc__, file=sys.stderr)
    return 2


def _numbers(words: list[str], count: int) -> tuple[int, int]:
    """Seed and number, 1 and ``count`` where not given."""
    given = [int(word) for word in words]
    seed, number = given + [1, count][len(given) :]
    return seed, number


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
