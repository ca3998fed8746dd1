"""Kernel modules in Python: the kprobes interface by its C names, and ``insmod``.

A module is a file with ``init_module()`` and ``cleanup_module()``, as in C; see samples/kprobe_example.py. ``stapy
FILE.py`` inserts it into the built-in kernel, runs a workload, and removes it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from stapy.runtime.kprobes import (
    ENOSYS,
    Jprobe,
    Kprobe,
    KprobeError,
    Kretprobe,
    KretprobeInstance,
    disable_kprobe,
    dump_stack,
    enable_kprobe,
    instruction_pointer,
    jprobe_return,
    kallsyms_lookup_name,
    kernel,
    printk,
    register_jprobe,
    register_jprobes,
    register_kprobe,
    register_kprobes,
    register_kretprobe,
    register_kretprobes,
    regs_return_value,
    unregister_jprobe,
    unregister_jprobes,
    unregister_kprobe,
    unregister_kprobes,
    unregister_kretprobe,
    unregister_kretprobes,
    use,
)
from stapy.runtime.kprobes.event_arguments import EventError
from stapy.runtime.kprobes.events import KprobeEvents

__all__ = [
    "ENOSYS",
    "EventError",
    "Jprobe",
    "Kprobe",
    "KprobeError",
    "KprobeEvents",
    "Kretprobe",
    "KretprobeInstance",
    "ModuleError",
    "disable_kprobe",
    "dump_stack",
    "enable_kprobe",
    "insmod",
    "instruction_pointer",
    "jprobe_return",
    "kallsyms_lookup_name",
    "kernel",
    "ktime_get",
    "printk",
    "register_jprobe",
    "register_jprobes",
    "register_kprobe",
    "register_kprobes",
    "register_kretprobe",
    "register_kretprobes",
    "regs_return_value",
    "unregister_jprobe",
    "unregister_jprobes",
    "unregister_kprobe",
    "unregister_kprobes",
    "unregister_kretprobe",
    "unregister_kretprobes",
]


class ModuleError(Exception):
    """A kernel module that cannot be inserted, or failed; the message says which, where and why."""


def ktime_get() -> int:
    """Nanoseconds of virtual time since boot."""
    return kernel().clock.now()


def insmod(
    path: str | Path, *, arch: str = "x86_64", command: str | None = None, timeout: float | None = None,
    console: Callable[[bytes], Any] | None = None,
) -> None:
    """Boot the built-in kernel, insert the module in the file ``path``, run a workload, remove the module.

    ``command`` is a workload as -c takes it (None: the default one), ``timeout`` a limit in virtual seconds. What the
    kernel and the module print goes to ``console``, by default standard output. Raises ModuleError where init_module()
    is missing or does not return 0, and for an exception in the module's own code, which is the cause.
    """
    from stapy import workload
    from stapy.runtime.kernels.builtin import BuiltinKernel

    made = workload.load(command)
    names = _load(str(path))
    init = names.get("init_module")
    if not callable(init):
        raise ModuleError(f"{path} is no kernel module: it has no init_module().")
    machine = BuiltinKernel(arch)
    try:
        with use(machine), _blamed_on(str(path)):
            machine.start(made)
            machine.set_console(console or _to_standard_output)
            failed = init()
            if failed:
                raise ModuleError(f"{path}: init_module() returned {failed}.")
            try:
                machine.run(None if timeout is None else machine.clock.now() + int(timeout * 1e9))
            finally:
                names.get("cleanup_module", lambda: None)()
    finally:
        machine.close()


def _load(path: str) -> dict[str, Any]:
    """The names that the module's file defines. Raises ModuleError with the place of a mistake."""
    names: dict[str, Any] = {"__name__": "stapy_module", "__file__": path}
    try:
        with open(path, "rb") as file:
            code = compile(file.read(), path, "exec")
    except OSError as error:
        raise ModuleError(f"{path}: {error.strerror}.") from error
    except (SyntaxError, ValueError) as error:
        raise ModuleError(f"{path}:{getattr(error, 'lineno', None) or 1}: {getattr(error, 'msg', error)}") from error
    with _blamed_on(path):
        exec(code, names)
    return names


@contextmanager
def _blamed_on(path: str) -> Iterator[None]:
    """Turn an exception that comes out of the module's code into a ModuleError that says where in the file."""
    from stapy.runtime.kernels.operations import WorkloadError

    try:
        yield
    except (ModuleError, WorkloadError):
        raise
    except (Exception, SystemExit) as error:
        import traceback

        places = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
        if not places and not isinstance(error, KprobeError | RuntimeError):
            raise
        where = f"{path}:{places[-1].lineno}: in {places[-1].name}: " if places else f"{path}: "
        raise ModuleError(f"{where}{type(error).__name__}: {error}") from error


def _to_standard_output(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
