"""The command ``stapy``: from its words to an exit status, pass by pass."""

from __future__ import annotations

import errno
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, cast

from stapy import options as command_line
from stapy import running
from stapy.running import Failure, ScriptRun

if TYPE_CHECKING:
    from stapy.options import Options


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
        print(f"stapy: {error}\n{command_line.USAGE_LINE}\nTry 'stapy --help'.", file=sys.stderr)
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
    words = sys.argv[1:] if argv is None else argv
    if words[:1] == ["test"]:
        _expect_interrupts()
        from stapy.testing import command

        return command.main(words[1:])
    if words[:1] == ["--complete"]:
        return _complete(words[1:])
    words = [*command_line.standing_words(), *words]
    options = command_line.parse(words)
    if options.example is not None:
        from stapy import samples_index

        if options.example == "list":
            print(samples_index.listing(), end="")
            return 0
        options = _example(options.example, words)
    if options.show_help:
        print(command_line.help_text(), end="")
        return 0
    if options.show_version:
        print(command_line.HEADER)
        return 0
    if options.man_page:
        from stapy import manual

        print(manual.page(), end="")
        return 0
    if options.completion:
        from stapy.editors import shells

        print(shells.SCRIPTS[options.completion], end="")
        return 0
    for notice in options.notices:
        print(f"WARNING: {notice}", file=sys.stderr)
    if options.interactive:
        _expect_interrupts()
        from stapy.interactive import terminal

        return terminal.main(options)
    if options.language_server:
        _expect_interrupts()
        return _serve(options)
    names = running.architectures(options.architecture)
    if len(names) > 1:
        _expect_interrupts()
        return _run_on_each(names, options)
    options.architecture = names[0]
    return _run_on_one(options)


def _expect_interrupts() -> None:
    """From now on ^C is raised: what follows looks after it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _serve(options: Options) -> int:
    """--language-server. Raises Failure where pygls is not installed."""
    try:
        from stapy.editors import server
    except ImportError:
        raise Failure("ERROR: the language server needs pygls: pip install 'stapy-trace[lsp]'") from None
    options.architecture = running.architectures(options.architecture)[0]
    return server.main(options)


def _complete(words: list[str]) -> int:
    """What a shell's completion asks: the words that fit, a line each. It never complains."""
    from stapy.editors import shells

    if words and words[0].isdigit():
        with suppress(KeyError):
            for word in shells.words(int(words[0]), words[1:]):
                print(word)
    return 0


def _example(name: str, words: list[str]) -> Options:
    """The options to run the sample with: those of its own, and those given. Raises Failure."""
    from stapy import samples_index

    sample = samples_index.find(name)
    if sample is None:
        raise Failure(f"ERROR: no sample '{name}'; --example list lists them.")
    options = command_line.parse([*sample.words, *words])
    options.script_file = str(sample.path)
    return options


def _run_on_one(options: Options) -> int:
    if options.script_file is not None and options.script_file.endswith(".py"):
        _expect_interrupts()
        return run_module(options)
    output = sys.stdout.buffer if options.format else _open_output(options)  # --fmt writes over what it has read
    return ScriptRun(options, output, sys.stderr).run()


def _run_on_each(names: list[str], options: Options) -> int:
    """The same run on several architectures, and what differs."""
    from stapy import comparison

    if options.script_file == "-":  # each of them reads it
        options.script_file, options.script_text = None, sys.stdin.buffer.read().decode("latin-1")
    output = _open_output(options)
    options.output = None

    def run(architecture: str) -> int:
        options.architecture = architecture
        return _ended(lambda: _run_on_one(options))

    return comparison.show(comparison.run_each(names, run), output)


def _prepare_streams() -> None:
    """Text is bytes read as latin-1 throughout: written so, it comes out as it stood in the script."""
    if sys.stdin is None:  # closed by who started us
        sys.stdin = open(os.devnull)  # noqa: SIM115
    if sys.stdout is None:
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


def _open_output(options: Options) -> BinaryIO:
    if options.output is None:
        return sys.stdout.buffer
    path = time.strftime(options.output) if "%" in options.output else options.output
    try:
        if options.file_size:
            from stapy.rotation import RotatingFile

            return cast(BinaryIO, RotatingFile(path, options.file_size, options.file_count))
        return open(path, "wb")
    except OSError as error:
        raise Failure(f"ERROR: cannot write {path}: {error.strerror}.") from None


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
