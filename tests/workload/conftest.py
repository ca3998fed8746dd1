"""Runs workloads on the built-in kernel, on each architecture it is built for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from stapy import arch, workload
from stapy.runtime.kernels.builtin import BuiltinKernel, image_path


class Run:
    """What a run of a workload left behind."""

    def __init__(self, kernel: BuiltinKernel, output: bytes, log: bytes) -> None:
        self.kernel = kernel
        self.output = output
        self.log = log
        self.status = kernel.status
        self.now = kernel.clock.now()


def built() -> list[str]:
    found = []
    for name in arch.names():
        try:
            image_path(name)
        except FileNotFoundError:
            continue
        found.append(name)
    return found


@pytest.fixture
def architectures() -> list[str]:
    """All that the kernel is built for."""
    return built()


@pytest.fixture(params=built() or ["x86_64"])
def arch_name(request: pytest.FixtureRequest) -> str:
    return request.param


def run_workload(arch_name: str, made: workload.Workload, until: int | None = None) -> Run:
    kernel = BuiltinKernel(arch_name)
    output, log = [], []
    kernel.set_terminal(output.append)
    kernel.set_console(log.append)
    try:
        kernel.start(made)
        kernel.run(until)
        return Run(kernel, b"".join(output), b"".join(log))
    finally:
        kernel.close()


@pytest.fixture
def run(arch_name: str) -> Callable[..., Run]:
    """run(command_or_function, *arguments) on the architecture under test."""

    def run(what: Any, *arguments: str, until: int | None = None) -> Run:
        if not callable(what):
            return run_workload(arch_name, workload.load(what), until)
        path = f"/usr/bin/{what.__name__}"
        made = workload.load("id")
        made.programs[path] = workload.Program(path, what)
        made.programs["/usr/bin/id"] = workload.Program(path, what)
        return run_workload(arch_name, made, until)

    return run
