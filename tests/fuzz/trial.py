"""One input through the compiler and a bounded run, and the properties that hold for every input."""

from __future__ import annotations

import contextlib
import io
import random
import re
import resource
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from stapy.compiler import passes, unparse
from stapy.compiler.analysis import CompileOptions
from stapy.compiler.diagnostics import Reporter
from stapy.compiler.tree import Source

RECURSION_LIMIT = 12_000  # as the command has it
MOST_SECONDS = 1.0  # of processor time that compiling may take, and as much again a run
MANY_PROBES_SECONDS = 3.5  # where there is a probe on everything, or hundreds of them
GIVE_UP = 4.0  # where an input that takes longer is cut off, to see what it is at
MOST_MEMORY = 500 << 20  # bytes that one input may add
RUN_LENGTH = 2_000_000  # nanoseconds of virtual time
LEAST_LIMITS = {"MAXACTION": "200"}


class Hang(BaseException):
    """Raised by the timer into an input that takes too long."""


@dataclass(frozen=True)
class Finding:
    """What is wrong with an input: the property, and what shows where to look."""

    what: str
    detail: str

    @property
    def key(self) -> str:
        """The same for findings of one cause, as far as one can tell."""
        lines = [line.strip() for line in self.detail.splitlines()]
        places = [line for line in lines if line.startswith("File")]
        return self.what.partition(":")[0] + " " + (places[-1] if places else lines[0] if lines else "")


@dataclass(slots=True)
class Outcome:
    """How far an input came: 1 to 3 is the pass that refused it, 4 it compiled, 5 it ran."""

    stage: int = 0
    seconds: float = 0.0
    finding: Finding | None = None


@cache
def description(arch: str = "x86_64") -> Any:
    """The built-in kernel's debug information."""
    from stapy.runtime.kernels.builtin import describe

    return describe(arch)


@contextlib.contextmanager
def _limited() -> Iterator[None]:
    """Hang after GIVE_UP seconds of processor time."""
    def hang(number: int, frame: Any) -> None:
        raise Hang

    before = signal.signal(signal.SIGPROF, hang)
    signal.setitimer(signal.ITIMER_PROF, GIVE_UP, 0.5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _peak() -> int:
    """The most memory the process has had, in bytes, since _reset_peak."""
    with open("/proc/self/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


def _reset_peak() -> None:
    with contextlib.suppress(OSError), open("/proc/self/clear_refs", "w", encoding="ascii") as file:
        file.write("5")


def trial(data: bytes, seed: int = 0, kernel_runs: float = 0.0) -> Outcome:
    """Put one input through. ``seed`` decides on options; ``kernel_runs`` is the share of programs with probes in the
    kernel that run on one."""
    rand = random.Random(seed)
    outcome = Outcome()
    recursion = sys.getrecursionlimit()
    _reset_peak()
    before = _peak()
    started = time.process_time()
    stderr, sys.stderr = sys.stderr, io.StringIO()
    try:
        with _limited():
            sys.setrecursionlimit(RECURSION_LIMIT)
            outcome.finding = _compile_and_run(data.decode("latin-1"), rand, kernel_runs, outcome)
    except Hang:
        outcome.finding = Finding("hang", traceback.format_exc())
    except MemoryError:
        outcome.finding = Finding("memory", traceback.format_exc())
    except Exception as error:
        outcome.finding = Finding(f"{type(error).__name__}: {error}"[:200], traceback.format_exc())
    finally:
        sys.stderr = stderr
        sys.setrecursionlimit(recursion)
    outcome.seconds = time.process_time() - started
    grown = _peak() - before
    if outcome.finding is None and grown > MOST_MEMORY:
        outcome.finding = Finding("memory", f"{grown >> 20} MB more at stage {outcome.stage}")
    return outcome


def _options(rand: random.Random) -> CompileOptions:
    options = CompileOptions(arguments=[word for word in ("word", "12", 'a"b') if rand.random() < 0.5],
                             defines=dict(LEAST_LIMITS))
    options.guru = rand.random() < 0.15
    options.unoptimized = rand.random() < 0.15
    options.skip_badvars = rand.random() < 0.1
    options.verbose = rand.random() < 0.1
    if rand.random() < 0.03:
        options.compatible = rand.choice(("1.0", "2.5", "4.8", "0"))
    return options


def _compile_and_run(text: str, rand: random.Random, kernel_runs: float, outcome: Outcome) -> Finding | None:
    options = _options(rand)
    kernel = None if rand.random() < 0.2 else description()
    messages = io.StringIO()
    reporter = Reporter(messages, verbose=options.verbose, color="always" if rand.random() < 0.1 else "auto")
    started = time.process_time()
    program = None
    try:
        program = _compile(text, kernel, options, reporter, outcome)
    except RecursionError:  # the command says that it is nested too deeply
        messages.write("semantic error: the script is nested too deeply\n")
    reporter.finish()
    taken = time.process_time() - started
    many = re.search(r"probe[^{;]*\*", text) is not None or text.count("probe") > 300
    if taken > (MANY_PROBES_SECONDS if many else MOST_SECONDS):
        return Finding("slow", f"{taken:.1f} s in pass {outcome.stage + 1}")
    if program is None:
        if not messages.getvalue().strip():
            return Finding("silence", f"pass {outcome.stage + 1} refused it and did not say why")
        return None
    outcome.stage = 4
    if options.guru:  # embedded Python is none that should run here
        return None
    on_kernel = program.needs_kernel
    if on_kernel and (kernel is None or rand.random() >= kernel_runs):
        return None
    started = time.process_time()
    _run(program, on_kernel)
    outcome.stage = 5
    taken = time.process_time() - started
    if taken > MOST_SECONDS * (2 if on_kernel else 1):
        return Finding("slow", f"{taken:.1f} s to run")
    return None


def _compile(text: str, kernel: Any, options: CompileOptions, reporter: Reporter, outcome: Outcome) -> Any:
    """The Program, or None where a pass refuses the script."""
    scripts = passes.parse_all([Source("<input>", text)], options, reporter)
    if scripts is None:
        return None
    outcome.stage = 1
    unparse.dump(*scripts)
    analysis = passes.analyse(scripts, kernel, options, reporter)
    if analysis is None:
        return None
    outcome.stage = 2
    passes.dump(analysis)
    return passes.lower(analysis)


def _run(program: Any, on_kernel: bool) -> None:
    """A short run; what it prints goes nowhere."""
    from stapy.runtime.session import Session, SessionOptions

    output = io.BytesIO()
    kernel = None
    if on_kernel:
        from stapy import workload
        from stapy.runtime.kernels.builtin import BuiltinKernel

        kernel = BuiltinKernel("x86_64", description=description())
        kernel.start(workload.load("fork 1"))
    try:
        Session(program, kernel, output, SessionOptions(timeout=RUN_LENGTH)).run()
    finally:
        if kernel is not None:
            kernel.close()
