"""Runs small programs on the built-in kernel, on each architecture it is built for."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from stapy import arch, workload
from stapy.runtime.kernels.builtin import BuiltinKernel, ImageMissing, image_path

LIMIT_NS = 20_000_000_000


class Boot:
    """A kernel that ran one program: what it printed, the kernel's log, the program's exit code, the time (ns)."""

    def __init__(self, kernel: BuiltinKernel, output: bytes, log: bytes) -> None:
        self.kernel = kernel
        self.clock = kernel.clock
        self.status = kernel.status
        self.output = output.decode().replace("\r\n", "\n")
        self.log = log.decode()
        self.now = kernel.clock.now()


def built() -> list[str]:
    """The architectures that have an image."""
    found = []
    for name in arch.names():
        try:
            image_path(name)
        except ImageMissing:
            continue
        found.append(name)
    return found


def run_process(
    arch_name: str, program: Callable[..., Any], prepare: Callable[[BuiltinKernel], None] | None = None
) -> Boot:
    """Runs ``program(sys)`` as the workload; ``prepare(kernel)`` is called before it begins."""
    made = workload.load("id")
    made.programs["/usr/bin/id"] = workload.Program("/usr/bin/id", program)
    kernel = BuiltinKernel(arch_name)
    output: list[bytes] = []
    log: list[bytes] = []
    kernel.set_terminal(output.append)
    kernel.set_console(log.append)
    try:
        kernel.start(made)
        if prepare is not None:
            prepare(kernel)
        kernel.run(LIMIT_NS)
        return Boot(kernel, b"".join(output), b"".join(log))
    finally:
        kernel.close()


@pytest.fixture(params=built())
def arch_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def boot(arch_name: str) -> Callable[..., Boot]:
    """boot(program, prepare) on the architecture under test."""

    def boot(program: Callable[..., Any], prepare: Callable[[BuiltinKernel], None] | None = None) -> Boot:
        return run_process(arch_name, program, prepare)

    return boot


@pytest.fixture
def run(boot: Callable[..., Boot]) -> Callable[..., Boot]:
    """run(program): as boot, and the program has to end well."""

    def run(program: Callable[..., Any]) -> Boot:
        ran = boot(program)
        assert ran.status == 0, ran.log + ran.output
        return ran

    return run


@pytest.fixture
def fails() -> Callable[[str], Any]:
    """``with fails("ENOENT")``: what is inside has to raise OSError with that number."""

    @contextmanager
    def fails(name: str) -> Iterator[None]:
        with pytest.raises(OSError) as caught:
            yield
        assert caught.value.errno == getattr(errno, name)

    return fails
