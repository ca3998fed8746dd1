"""Scripts run from Python programs: ``stapy.run`` gives what a run printed and what its globals held at the end."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stapy.options import Options
    from stapy.runtime.kernels.base import Kernel
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
) -> Result:
    """Run a script on an emulated kernel.

    ``script`` is the text of one, or a Path of its file. ``workload`` is what ``-c`` takes, or a Workload; None is the
    default one. ``kernel`` is a started kernel to run on, instead of a new built-in one for ``arch``; it goes on where
    it stands. ``args`` are the script's ``$1``, ``globals`` what ``-G`` sets, ``options`` further words of the command
    line (``["-g", "-DMAXACTION=10"]``).

    A script that does not compile, or fails, gives a Result with messages and exit status 1. Raises
    stapy.options.UsageError for options there are not, and ValueError for an architecture there is not.
    """
    from stapy.running import Failure, ScriptRun

    settings = _settings(script, arch if kernel is None else kernel.arch.name, args, globals or {}, options)
    if isinstance(workload, str):
        settings.command, workload = workload, None
    output, messages = io.BytesIO(), io.StringIO()
    made = ScriptRun(settings, output, messages, kernel=kernel, workload=workload, counting=True)
    try:
        status = made.run()
    except Failure as failure:
        print(failure, file=messages)
        status = 1
    return Result(
        output.getvalue().decode("latin-1"), messages.getvalue(), status,
        {variable.name: _value(variable.get()) for variable in made.program.globals} if made.program else {},
        _hits(made.program) if made.program else {},
        made.session.time(None) if made.session else 0,
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


__all__ = ["Aggregate", "Result", "run"]
