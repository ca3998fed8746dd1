"""Runs small programs on the built-in kernel, on each architecture it is built for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from stapy import workload
from stapy.runtime.kernels.builtin import BuiltinKernel

ARCHITECTURES = ("x86_64", "i386")


class Boot:
    """A kernel that ran one program: what it printed, the kernel's log, the program's exit code, the time (ns)."""

    def __init__(self, arch: str, program: Callable[..., Any], prepare: Callable[[BuiltinKernel], None] | None) -> None:
        made = workload.load("id")
        made.programs["/usr/bin/id"] = workload.Program("/usr/bin/id", program)
        self.kernel = kernel = BuiltinKernel(arch)
        output: list[bytes] = []
        log: list[bytes] = []
        kernel.set_terminal(output.append)
        kernel.set_console(log.append)
        try:
            kernel.start(made)
            if prepare:
                prepare(kernel)
            kernel.run(20_000_000_000)
            self.status = kernel.status
        finally:
            kernel.close()
        self.output = b"".join(output).decode().replace("\r\n", "\n")
        self.log = b"".join(log).decode()
        self.now = kernel.machine.clock.now


@pytest.fixture(params=ARCHITECTURES)
def arch_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def boot(arch_name: str) -> Callable[..., Boot]:
    """boot(program, prepare) on the architecture under test; prepare(kernel) is called before the program runs."""

    def boot(program: Callable[..., Any], prepare: Callable[[BuiltinKernel], None] | None = None) -> Boot:
        return Boot(arch_name, program, prepare)

    return boot
