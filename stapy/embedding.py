"""Scripts run from Python programs: ``stapy.run`` runs one on an emulated kernel and gives what it printed and what its
globals held at the end, ``stapy.attach`` arms one on a Unicorn instance of the program's own."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stapy.options import Options
    from stapy.running import ScriptRun
    from stapy.runtime.kernels.attached import AttachedKernel
    from stapy.runtime.kernels.base import Kernel
    from stapy.runtime.session import Session
    from stapy.workload import Workload


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A statistic at the end of a run. ``minimum``, ``maximum`` and ``average`` are None where nothing was added."""

    count: int
    sum: int
    minimum: int | None
    maximum: int | None
    average: int | None


Scalar = int | str | Aggregate
Value = Scalar | dict[int | str | tuple[int | str, ...], Scalar]


@dataclass(frozen=True, slots=True)
class Result:
    """What a run left behind.

    ``stdout``        what the script (and, with a workload, its terminal) printed; a character is a byte (latin-1)
    ``stderr``        errors and warnings, as the command prints them
    ``exit_status``   0, or 1 after an error
    ``globals``       its globals at the end: int, str, Aggregate, or a dict of them by key (a tuple for several keys)
    ``hits``          how often each probe's handler ran, by the probe point as pp() gives it
    ``virtual_time``  nanoseconds of the machine's time, from its start to the end of the run
    """

    stdout: str
    stderr: str
    exit_status: int
    globals: dict[str, Value] = field(default_factory=dict)
    hits: dict[str, int] = field(default_factory=dict)
    virtual_time: int = 0


def run(
    script: str | os.PathLike[str], *, arch: str = "x86_64", kernel: Kernel | None = None,
    workload: str | Workload | None = None, args: Sequence[str | int] = (),
    globals: Mapping[str, str | int] | None = None, options: Sequence[str] = (),
    printed: Callable[[str], None] | None = None,
) -> Result:
    """Run a script on an emulated kernel.

    ``script`` is the text of one, or a Path of its file. ``workload`` is what ``-c`` takes, or a Workload; None is the
    default one. ``kernel`` is a started kernel to run on, instead of a new built-in one for ``arch``; it goes on where
    it stands. ``args`` are the script's ``$1``, ``globals`` what ``-G`` sets, ``options`` further words of the command
    line (``["-g", "-DMAXACTION=10"]``). ``printed`` is called with each piece of output as it comes.

    A script that does not compile, or fails, gives a Result with messages and exit status 1. Raises
    stapy.options.UsageError for options there are not, and ValueError for an architecture there is not.
    """
    from stapy.running import Failure, ScriptRun

    settings = _settings(script, arch if kernel is None else kernel.arch.name, args, globals or {}, options)
    if isinstance(workload, str):
        settings.command, workload = workload, None
    output, messages = io.BytesIO(), io.StringIO()
    made = ScriptRun(settings, output, messages, kernel=kernel, workload=workload, counting=True, printed=printed)
    try:
        status = made.run()
    except Failure as failure:
        print(failure, file=messages)
        status = 1
    return _result(made, made.session, status)


class Attachment:
    """A script at work on a Unicorn instance that somebody else runs: what ``attach`` gives.

    ``close()`` takes the probes away, runs the end probes and gives the Result; leaving a ``with`` block does so too,
    and ``result`` has it then. Where a callback failed while the instance ran, close() raises what it raised.
    """

    def __init__(self, made: ScriptRun, kernel: AttachedKernel, session: Session) -> None:
        self.result: Result | None = None
        self._made = made
        self._kernel = kernel
        self._session = session

    def __enter__(self) -> Attachment:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> Result:
        """The end of the script's run; once is enough."""
        if self.result is None:
            try:
                status = self._session.close()
            finally:
                self._kernel.close()
            self.result = _result(self._made, self._session, status)
            failure = self._kernel.machine.cpu.take_failure()
            if failure is not None:
                raise failure
        return self.result


def attach(
    uc: Any, script: str | os.PathLike[str], *, elf: str | os.PathLike[str], arch: str | None = None,
    args: Sequence[str | int] = (), globals: Mapping[str, str | int] | None = None, options: Sequence[str] = (),
    clock: Callable[[], int] | None = None,
) -> Attachment:
    """Arm a script on a Unicorn instance that the caller has made, loaded and runs: a firmware, a fuzzer's target.

    ``elf`` is the file of the program in it, with symbols and, for parameters and lines, DWARF; its addresses are those
    in the instance. Probe points are ``process("name").function("f")``, ``process.function``, ``kernel.function`` (the
    same) and ``.statement`` by line or address. The begin probes run now, the end probes in ``close()``. The script's
    ``exit()`` stops the instance. ``clock`` gives the time in nanoseconds, for the functions that tell it.

    Raises AttachError where ``uc`` is no CPU of ours or not the one of the ELF file, and where the script is wrong.
    """
    from stapy.running import Failure, ScriptRun, session_options
    from stapy.runtime.kernels.attached import AttachedKernel, AttachError
    from stapy.runtime.session import Session

    kernel = AttachedKernel(uc, os.fspath(elf), arch=arch, clock=clock)
    settings = _settings(script, kernel.arch.name, args, globals or {}, options)
    output, messages = io.BytesIO(), io.StringIO()
    made = ScriptRun(settings, output, messages, kernel=kernel)
    try:
        program = made.compile()
        if program is None:
            raise AttachError(messages.getvalue().rstrip("\n"))
        made.session = session = Session(program, kernel, output, session_options(settings, counting=True), messages)
        session.open()
    except Failure as failure:
        kernel.close()
        raise AttachError(str(failure)) from None
    except BaseException:
        kernel.close()
        raise
    return Attachment(made, kernel, session)


def _result(made: ScriptRun, session: Session | None, status: int) -> Result:
    output, messages = made.output, made.messages
    assert isinstance(output, io.BytesIO) and isinstance(messages, io.StringIO)
    program = made.program
    return Result(
        output.getvalue().decode("latin-1"), messages.getvalue(), status,
        {variable.name: _value(variable.get()) for variable in program.globals} if program else {},
        _hits(program) if program else {},
        session.time(None) if session else 0,
    )


def _settings(script: str | os.PathLike[str], arch: str, args: Sequence[str | int], globals: Mapping[str, str | int],
              words: Sequence[str]) -> Options:
    """The options of the equal command line. Raises UsageError, ValueError."""
    from stapy import arch as architectures
    from stapy import options as command_line

    sets = [word for name, value in globals.items() for word in ("-G", f"{name}={value}")]
    source = ["-e", script, "--"] if isinstance(script, str) else ["--", os.fspath(script)]
    settings = command_line.parse([*words, *sets, *source, *map(str, args)])
    try:
        settings.architecture = architectures.get(arch).name
    except KeyError as error:
        raise ValueError(error.args[0]) from None
    return settings


def _value(value: Any) -> Any:
    """A script's value as Python's own."""
    from stapy.runtime.values import Statistics

    if isinstance(value, dict):
        return {key: _value(element) for key, element in value.items()}
    if isinstance(value, Statistics):
        if not value.count:
            return Aggregate(0, 0, None, None, None)
        return Aggregate(value.count, value.sum, value.least, value.greatest, value.average())
    return value


def _hits(program: Any) -> dict[str, int]:
    counts: dict[str, int] = {}
    for probe in program.probes:
        counts[probe.point] = counts.get(probe.point, 0) + probe.hits
    return counts


__all__ = ["Aggregate", "Attachment", "Result", "attach", "run"]
