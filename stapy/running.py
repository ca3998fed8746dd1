"""A script's run from its text to its exit status, pass by pass: what the command and the library share."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from stapy import options as command_line

if TYPE_CHECKING:
    from stapy.compiler import tree
    from stapy.compiler.diagnostics import Reporter
    from stapy.options import Options
    from stapy.progress import Progress
    from stapy.runtime.kernels.base import Kernel
    from stapy.runtime.program import Program
    from stapy.runtime.session import Session, SessionOptions
    from stapy.workload import Workload

RECURSION_LIMIT = 12_000


class Failure(Exception):  # noqa: N818 - said to the user, not an error of ours
    """The run cannot go on; the message is for the user, and the exit status 1."""


class ScriptRun:
    """The run that ``options`` ask for. The script's output goes to ``output``, messages to ``messages``.

    ``kernel`` is one to run on; without it a built-in kernel is started for the run, and closed after it. ``workload``
    is one to use in place of what ``options.command`` names. ``counting`` has the probes' hits counted, and
    ``printed`` is called with each piece of output. After ``run()``, ``program`` and ``session`` are what it made, or
    None where it did not come that far.
    """

    def __init__(self, options: Options, output: BinaryIO, messages: TextIO, *, kernel: Kernel | None = None,
                 workload: Workload | None = None, counting: bool = False,
                 printed: Callable[[str], None] | None = None) -> None:
        from stapy.compiler.diagnostics import Reporter

        self.options = options
        self.output = output
        self.messages = messages
        self.kernel = kernel
        self.workload = workload
        self.counting = counting
        self.printed = printed
        self.program: Program | None = None
        self.session: Session | None = None
        self.reporter = Reporter(
            messages,
            verbose=options.verbose,
            color=options.color or "auto",
            suppress_warnings=options.no_warnings,
            warnings_are_errors=options.warnings_are_errors,
        )

    def run(self) -> int:
        """Passes 1 to 5, or as many as asked for. Returns the exit status; raises Failure."""
        with _room_for_recursion(self.reporter):
            try:
                return self._passes()
            finally:
                self.reporter.finish()

    def _passes(self) -> int:
        from stapy.compiler import passes

        options, reporter = self.options, self.reporter
        if options.command is not None and self.workload is None:
            self.workload = load_workload(options)  # a mistake there is told first
        if options.list_pattern is not None:
            return passes.list_probes(options.list_pattern, self._description(), options, reporter,
                                      variables=options.list_variables)
        if options.dump is not None:
            return self._print(passes.list_inventory(options.dump, options, reporter))
        sources = self._sources()
        if options.format:
            return self._format(sources)
        started = time.monotonic()
        scripts = passes.parse_all(sources, options, reporter)
        if scripts is None:
            reporter.failed(1)
            return 1
        self._verbose(f"Pass 1: parsed {len(scripts)} script{'s' if len(scripts) != 1 else ''}", started)
        if options.last_pass == 1:
            from stapy.compiler import unparse

            return self._print(unparse.dump(*scripts))
        started = time.monotonic()
        analysis = passes.analyse(scripts, self._description, options, reporter)
        if analysis is None:
            reporter.failed(2)
            return 1
        self._verbose(f"Pass 2: analysed script: {analysis.summary()}", started)
        if options.last_pass == 2:
            return self._print(passes.dump(analysis))
        started = time.monotonic()
        self.program = program = passes.lower(analysis)
        if program is None:
            reporter.failed(3)
            return 1
        if options.keep:
            self._keep(program.source)
        self._verbose(f"Pass 3: translated to {program.source.count(chr(10))} lines of Python", started)
        if options.last_pass == 3:
            return self._print(program.source)
        return 0 if options.last_pass == 4 else self._run(program)

    def _format(self, sources: list[tree.Source]) -> int:
        """--fmt: the script laid out, or, with -o, written to the file."""
        from stapy.editors import formatting

        if not sources:
            return 1
        text = formatting.format(sources[0].text)
        if self.options.output is None:
            return self._print(text)
        try:
            with open(self.options.output, "wb") as file:
                file.write(text.encode("latin-1"))
        except OSError as error:
            raise Failure(f"ERROR: cannot write {self.options.output}: {error.strerror}.") from None
        return 0

    def compile(self) -> Program | None:
        """Passes 1 to 3 alone; None, and said why, where the script is wrong. Raises Failure."""
        from stapy.compiler import passes

        with _room_for_recursion(self.reporter):
            try:
                self.program = passes.compile_script(
                    self._sources(), self._description, self.options, self.reporter)
            except passes.CompileFailedError as failed:
                self.reporter.failed(failed.number)
            finally:
                self.reporter.finish()
        return self.program

    def _print(self, text: str) -> int:
        """What a pass was asked to show. Returns the exit status."""
        self.output.write(text.encode("latin-1", "backslashreplace"))
        self.output.flush()
        return 0

    def _run(self, program: Program) -> int:
        """Pass 5: the session on its kernel."""
        from stapy.runtime.kernels.operations import WorkloadError
        from stapy.runtime.machine.cpu import MachineError

        kind = self._kind_of_session()
        kernel = self.kernel
        try:
            if kernel is None and (program.needs_kernel or self.workload is not None):
                kernel = self._start_kernel()
            settings = session_options(self.options, self.counting)
            self.session = session = kind(program, kernel, self.output, settings, self.messages)
            if self.printed is not None:
                _tell(session, self.printed)
            if self.options.dry_run or self.options.stage is not None:
                return self._show_armed(session)
            if kernel is not None and self.workload is not None:
                kernel.set_terminal(lambda data: session.emit(data.decode("latin-1")))
            started = time.monotonic()
            progress = self._progress(session)
            try:
                status = session.run()
            finally:
                progress.clear()
                session.flush()
        except (WorkloadError, MachineError) as error:
            raise Failure(f"ERROR: {error}") from None
        finally:
            if kernel is not None and self.kernel is None:
                kernel.close()
        self._verbose("Pass 5: run completed", started)
        return max(status, self._command_status(kernel, session)) if self.options.command is not None else status

    def _progress(self, session: Session) -> Progress:
        """What tells how far the run is: where a terminal is there that the output does not go to."""
        from stapy.progress import PERIOD, Progress

        progress = Progress(self.messages, lambda: session.time(None))
        if self.messages.isatty() and not self.output.isatty():
            session.observers.append((PERIOD, progress.look))
        return progress

    def _kind_of_session(self) -> type[Session]:
        """The Session for -f json, for --monitor, or the usual one. Raises Failure."""
        from stapy.runtime.session import Session

        if self.options.json:
            from stapy.runtime.json_session import JsonSession

            return JsonSession
        if self.options.monitor:
            if not (sys.stdin.isatty() and sys.stdout.isatty()):
                raise Failure("ERROR: --monitor needs a terminal.")
            from stapy.interactive.monitor import MonitorSession

            MonitorSession.interval = self.options.monitor
            return MonitorSession
        return Session

    def _show_armed(self, session: Session) -> int:
        """--dry-run, -d kprobes and -d asm: arm the probes, show them, take them away. Returns the exit status."""
        from stapy import probe_sites

        session.arm()
        try:
            if session.kernel is not None and self.options.stage is not None:
                text = {"kprobes": probe_sites.kprobes_text, "asm": probe_sites.assembly_text}[self.options.stage]
                return self._print(text(session.kernel))
            armed = session.armed
            print(f"{armed} probe{'s' if armed != 1 else ''} armed, and taken away.", file=self.messages)
        finally:
            session.disarm()
        return 0

    def _start_kernel(self) -> Any:
        """The built-in kernel, up to where the workload begins."""
        from stapy.runtime.kernels.builtin import BuiltinKernel

        kernel = BuiltinKernel(self.options.architecture, description=self._description())
        kernel.start(self.workload or load_workload(self.options))
        return kernel

    def _command_status(self, kernel: Any, session: Session) -> int:
        """1, and a warning, where the command of -c ended by itself and did not succeed."""
        if not kernel.status:
            return 0
        if os.WIFSIGNALED(kernel.status):
            number = os.WTERMSIG(kernel.status)
            session.warn(f"Child process exited with signal {number} ({signal.strsignal(number) or 'unknown'})")
        else:
            session.warn(f"Child process exited with status {os.WEXITSTATUS(kernel.status)}")
        return 1

    def _keep(self, text: str) -> None:
        """-k: the generated Python in a file of its own."""
        import tempfile

        directory = tempfile.mkdtemp(prefix="stapy")
        with open(os.path.join(directory, "stapy_script.py"), "w", encoding="latin-1") as file:
            file.write(text)
        print(f'Keeping temporary directory "{directory}"', file=self.messages)

    def _sources(self) -> list[tree.Source]:
        """The texts to compile: the script first, then those of -E."""
        from stapy.compiler.parser import MAX_SOURCE
        from stapy.compiler.tree import Source

        most = MAX_SOURCE + 1  # what is longer is refused, and may have no end
        options = self.options
        if options.script_text is not None:
            sources = [Source("<input>", options.script_text)]
        elif options.script_file == "-":
            sources = [Source("<input>", sys.stdin.buffer.read(most).decode("latin-1"))]
        else:
            assert options.script_file is not None
            try:
                with open(options.script_file, "rb") as file:
                    sources = [Source(command_line.as_bytes(options.script_file), file.read(most).decode("latin-1"))]
            except FileNotFoundError:
                self.reporter.message(f"Input file '{options.script_file}' is missing.")
                return []
            except OSError as error:
                self.reporter.message(f"Input file '{options.script_file}' cannot be read: {error.strerror}.")
                return []
        return sources + [Source("<input>", text) for text in options.extra_scripts]

    def _description(self) -> Any:
        """The debug information of the kernel that the run is about. Raises Failure."""
        if self.kernel is not None:
            return self.kernel.description
        from stapy.runtime.kernels.builtin import ImageMissing, describe

        try:
            return describe(self.options.architecture)
        except ImageMissing as error:
            raise Failure(f"ERROR: {error}") from None

    def _verbose(self, text: str, started: float) -> None:
        if self.options.verbose:
            print(f"{text} in {1000 * (time.monotonic() - started):.0f} ms.", file=self.messages)


def _tell(session: Session, printed: Callable[[str], None]) -> None:
    """Have ``printed`` called with each piece of output."""
    emit = session.emit

    def told(text: str) -> None:
        printed(text)
        emit(text)

    session.emit = told  # type: ignore[method-assign]


def session_options(options: Options, counting: bool = False) -> SessionOptions:
    """What the command line decides about the session."""
    from stapy.runtime.session import SessionOptions

    return SessionOptions(
        target=options.target_pid,
        timeout=None if options.timeout is None else int(options.timeout * 1e9),
        suppress_handler_errors=options.suppress_handler_errors,
        suppress_warnings=options.no_warnings,
        global_display=not options.no_global_var_display,
        guru=options.guru,
        timing=options.timing,
        counting=counting,
        procfs=list(options.procfs),
        typing=None if counting else 0,  # a program that runs scripts keeps its standard input to itself
        command=options.command or "",
    )


@contextmanager
def _room_for_recursion(reporter: Reporter) -> Iterator[None]:
    """The compiler recurses over trees as deep as the parser allows; what is too deep all the same is said so."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, RECURSION_LIMIT))
    try:
        yield
    except RecursionError:
        reporter.message("semantic error: the script is nested too deeply")
        reporter.failed(2)
        raise Failure("") from None
    finally:
        sys.setrecursionlimit(before)


def load_workload(options: Options) -> Workload:
    """The workload of -c, or the default one. Raises Failure."""
    from stapy import workload

    try:
        return workload.load(options.command)
    except workload.WorkloadError as error:
        raise Failure(f"ERROR: {error}") from None


def architectures(words: str) -> list[str]:
    """The architectures' own names for any in use: one, several with commas between them, or "all". Raises Failure."""
    from stapy import arch

    names: dict[str, None] = {}  # each once, in order
    for word in words.replace("all", ",".join(arch.names())).split(","):
        try:
            names[arch.get(word).name] = None
        except KeyError:
            raise Failure(f"ERROR: no architecture '{word}' here; there are: {', '.join(arch.names())}.") from None
    return list(names)
