"""The command ``stapy``: from its words to an exit status, pass by pass."""

from __future__ import annotations

import errno
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, BinaryIO

from stapy import options as command_line

if TYPE_CHECKING:
    from stapy.compiler import tree
    from stapy.compiler.diagnostics import Reporter
    from stapy.options import Options


RECURSION_LIMIT = 12_000


class Failure(Exception):  # noqa: N818 - said to the user, not an error of ours
    """The run cannot go on; the message is for the user, and the exit status 1."""


def main(argv: list[str] | None = None) -> int:
    """Run the command; ``argv`` without the program's name. Returns the exit status."""
    if hasattr(signal, "SIGPIPE"):  # `stapy ... | head` ends quietly, as stap does
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    _prepare_streams()
    return _ended(lambda: _main(argv))


def _ended(run: Callable[[], int]) -> int:
    """The exit status of ``run()``, with a message where it cannot go on."""
    try:
        status = run()
        sys.stdout.flush()
        return status
    except command_line.UsageError as error:
        print(f"stapy: {error}\nTry 'stapy --help'.", file=sys.stderr)
        return 1
    except Failure as error:
        if str(error):
            print(error, file=sys.stderr)
        return 1
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EIO, errno.EBADF, errno.EFBIG, errno.EDQUOT):
            raise
        print(f"ERROR: cannot write the output: {error.strerror}.", file=sys.stderr)
        _forget_output()
        return 1
    except KeyboardInterrupt:
        return 130


def _main(argv: list[str] | None) -> int:
    options = command_line.parse(sys.argv[1:] if argv is None else argv)
    if options.show_help:
        print(command_line.help_text(), end="")
        return 0
    if options.show_version:
        print(command_line.HEADER)
        return 0
    for notice in options.notices:
        print(f"WARNING: {notice}", file=sys.stderr)
    architectures = _architectures(options.architecture)
    if len(architectures) > 1:
        return _run_on_each(architectures, options)
    options.architecture = architectures[0]
    return _run_on_one(options)


def _run_on_one(options: Options) -> int:
    if options.script_file is not None and options.script_file.endswith(".py"):
        return run_module(options)
    return run_script(options)


def _run_on_each(architectures: list[str], options: Options) -> int:
    """The same run on several architectures, and what differs."""
    from stapy import comparison

    if options.script_file == "-":  # each of them reads it
        options.script_file, options.script_text = None, sys.stdin.buffer.read().decode("latin-1")
    output = _open_output(options)
    options.output = None

    def run(architecture: str) -> int:
        options.architecture = architecture
        return _ended(lambda: _run_on_one(options))

    return comparison.show(comparison.run_each(architectures, run), output)


def _prepare_streams() -> None:
    """Text is bytes read as latin-1 throughout: written so, it comes out as it stood in the script."""
    if sys.stdout is None:  # closed by who started us
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="latin-1", errors="backslashreplace")


def _forget_output() -> None:
    """Drop what could not be written, or the interpreter complains of it at its end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


# ---------------------------------------------------------------- scripts


def run_script(options: Options) -> int:
    """Passes 1 to 5 of a script, or as many as asked for."""
    from stapy.compiler.diagnostics import Reporter

    reporter = Reporter(
        verbose=options.verbose,
        color=options.color or "auto",
        suppress_warnings=options.no_warnings,
        warnings_are_errors=options.warnings_are_errors,
    )
    with _room_for_recursion(reporter):
        try:
            return _passes(options, reporter)
        finally:
            reporter.finish()


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


def _passes(options: Options, reporter: Reporter) -> int:
    from stapy.compiler import passes

    made = _workload(options) if options.command is not None else None  # a mistake there is told first
    if options.list_pattern is not None:
        return passes.list_probes(options.list_pattern, _describe(options), options, reporter,
                                  variables=options.list_variables)
    started = time.monotonic()
    scripts = passes.parse_all(_sources(options, reporter), options, reporter)
    if scripts is None:
        reporter.failed(1)
        return 1
    _verbose(options, f"Pass 1: parsed {len(scripts)} script{'s' if len(scripts) != 1 else ''}", started)
    if options.last_pass == 1:
        from stapy.compiler import unparse

        sys.stdout.write(unparse.dump(*scripts))
        return 0
    started = time.monotonic()
    analysis = passes.analyse(scripts, lambda: _describe(options), options, reporter)
    if analysis is None:
        reporter.failed(2)
        return 1
    _verbose(options, f"Pass 2: analysed script: {analysis.summary()}", started)
    if options.last_pass == 2:
        sys.stdout.write(passes.dump(analysis))
        return 0
    started = time.monotonic()
    program = passes.lower(analysis)
    if program is None:
        reporter.failed(3)
        return 1
    if options.keep:
        _keep(program.source)
    _verbose(options, f"Pass 3: translated to {program.source.count(chr(10))} lines of Python", started)
    if options.last_pass in (3, 4):
        if options.last_pass == 3:
            sys.stdout.write(program.source)
        return 0
    return _run(program, made, analysis, options)


def _run(program: Any, made: Any, analysis: Any, options: Options) -> int:
    """Pass 5: the session on its kernel."""
    from stapy.runtime.kernels.operations import WorkloadError
    from stapy.runtime.machine.cpu import MachineError
    from stapy.runtime.session import Session, SessionOptions

    kernel = None
    output = _open_output(options)
    if program.needs_kernel or options.command is not None:
        from stapy.runtime.kernels.builtin import BuiltinKernel

        kernel = BuiltinKernel(options.architecture, description=_describe(options))
        try:
            kernel.start(made or _workload(options))
        except (WorkloadError, MachineError) as error:
            raise Failure(f"ERROR: {error}") from None
    session = Session(program, kernel, output, SessionOptions(
        target=options.target_pid,
        timeout=None if options.timeout is None else int(options.timeout * 1e9),
        suppress_handler_errors=options.suppress_handler_errors,
        suppress_warnings=options.no_warnings,
        global_display=not options.no_global_var_display,
        guru=options.guru,
        timing=options.timing,
        command=options.command or "",
    ))
    if kernel is not None and options.command is not None:
        kernel.set_terminal(lambda data: session.emit(data.decode("latin-1")))
    started = time.monotonic()
    try:
        status = session.run()
    except (WorkloadError, MachineError) as error:
        session.flush()
        raise Failure(f"ERROR: {error}") from None
    finally:
        if kernel is not None:
            kernel.close()
    _verbose(options, "Pass 5: run completed", started)
    return max(status, _command_status(kernel, session)) if options.command is not None else status


def _command_status(kernel: Any, session: Any) -> int:
    """1, and a warning, where the command of -c ended by itself and did not succeed."""
    if not kernel.status:
        return 0
    if os.WIFSIGNALED(kernel.status):
        number = os.WTERMSIG(kernel.status)
        session.warn(f"Child process exited with signal {number} ({signal.strsignal(number) or 'unknown'})")
    else:
        session.warn(f"Child process exited with status {os.WEXITSTATUS(kernel.status)}")
    return 1


def _keep(text: str) -> None:
    """-k: the generated Python in a file of its own."""
    import tempfile

    directory = tempfile.mkdtemp(prefix="stapy")
    with open(os.path.join(directory, "stapy_script.py"), "w", encoding="latin-1") as file:
        file.write(text)
    print(f'Keeping temporary directory "{directory}"', file=sys.stderr)


def _workload(options: Options) -> Any:
    """The workload of -c, or the default one."""
    from stapy import workload

    try:
        return workload.load(options.command)
    except workload.WorkloadError as error:
        raise Failure(f"ERROR: {error}") from None


def _sources(options: Options, reporter: Reporter) -> list[tree.Source]:
    """The texts to compile: the script first, then those of -E."""
    from stapy.compiler.tree import Source

    if options.script_text is not None:
        sources = [Source("<input>", options.script_text)]
    elif options.script_file == "-":
        sources = [Source("<input>", sys.stdin.buffer.read().decode("latin-1"))]
    else:
        assert options.script_file is not None
        try:
            with open(options.script_file, "rb") as file:
                sources = [Source(command_line.as_bytes(options.script_file), file.read().decode("latin-1"))]
        except FileNotFoundError:
            reporter.message(f"Input file '{options.script_file}' is missing.")
            return []
        except OSError as error:
            reporter.message(f"Input file '{options.script_file}' cannot be read: {error.strerror}.")
            return []
    return sources + [Source("<input>", text) for text in options.extra_scripts]


def _describe(options: Options) -> Any:
    """The debug information of the kernel that the run is about."""
    from stapy.runtime.kernels.builtin import ImageMissing, describe

    try:
        return describe(options.architecture)
    except ImageMissing as error:
        raise Failure(f"ERROR: {error}") from None


def _architectures(words: str) -> list[str]:
    """The architectures' own names for any in use: one, several with commas between them, or "all". Raises Failure."""
    from stapy import arch

    names: dict[str, None] = {}  # each once, in order
    for word in words.replace("all", ",".join(arch.names())).split(","):
        try:
            names[arch.get(word).name] = None
        except KeyError:
            raise Failure(f"ERROR: no architecture '{word}' here; there are: {', '.join(arch.names())}.") from None
    return list(names)


def _open_output(options: Options) -> BinaryIO:
    if options.output is None:
        return sys.stdout.buffer
    path = time.strftime(options.output) if "%" in options.output else options.output
    try:
        return open(path, "wb")
    except OSError as error:
        raise Failure(f"ERROR: cannot write {path}: {error.strerror}.") from None


def _verbose(options: Options, text: str, started: float) -> None:
    if options.verbose:
        print(f"{text} in {1000 * (time.monotonic() - started):.0f} ms.", file=sys.stderr)


# ---------------------------------------------------------------- kernel modules


def run_module(options: Options) -> int:
    """Insert the kernel module in a .py file, run the workload, remove it."""
    from stapy import workload
    from stapy.kprobes import ModuleError, insmod

    assert options.script_file is not None
    if not os.path.exists(options.script_file):
        raise Failure(f"Input file '{options.script_file}' is missing.")
    try:
        insmod(options.script_file, arch=options.architecture, command=options.command, timeout=options.timeout)
    except (ModuleError, workload.WorkloadError) as error:
        raise Failure(f"ERROR: {error}") from None
    return 0
