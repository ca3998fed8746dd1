"""Probes that scripts ask for and the kernel refuses: what SystemTap says at compile time, and at registration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from stapy import arch as architectures
from stapy.runtime.kernels.builtin import BuiltinKernel

# What is refused before anything runs: probe point, and what the message has.
NOT_RESOLVED = {
    'kernel.function("no_such_function")': "no match",
    'kernel.function("clock_now")': "no match (blacklisted:",
    'kernel.function("do_fork").maxactive(5)': "invalid suffix for probe",
    'kernel.function("do_fork").return.maxactive(-1)': "maxactive value out of range",
    "kernel.statement(0x10).absolute": "absolute statement probe in unprivileged script; need stap -g",
}


@pytest.mark.parametrize("point", NOT_RESOLVED)
def test_what_cannot_be_resolved(stapy: Callable[..., Any], point: str) -> None:
    result = stapy("-c", "fork 1", "-e", f'probe {point} {{ println("hit") }}')
    assert result.status == 1
    assert NOT_RESOLVED[point] in result.err
    assert result.out == ""


@pytest.fixture(scope="module", params=architectures.names())
def addresses(request: pytest.FixtureRequest) -> tuple[str, dict[str, int]]:
    kernel = BuiltinKernel(request.param)
    found = {name: kernel.kprobes.kallsyms_lookup_name(name) for name in ("do_fork", "init_task", "clock_now")}
    misaligned = -22 if kernel.arch.instruction_alignment > 1 and kernel.arch.misaligned == "EINVAL" else -84
    kernel.close()
    return request.param, {**found, "misaligned": misaligned, "inside": 2 if "86" in request.param else 1}


def test_addresses(stapy: Callable[..., Any], addresses: tuple[str, dict[str, int]]) -> None:
    """kernel.statement(...).absolute takes any: the kernel says at registration what it does not."""
    arch, known = addresses
    places = {
        known["do_fork"]: None,
        known["do_fork"] + known["inside"]: known["misaligned"],
        known["init_task"]: -22,
        known["clock_now"]: -22,
    }
    script = "".join(f'probe kernel.statement({place:#x}).absolute ? {{ println("{place:x}") }} ' for place in places)
    result = stapy("-a", arch, "-g", "-c", "fork 1", "-e", script)
    assert set(result.out.split()) == {f"{known['do_fork']:x}"}
    for place, error in places.items():
        if error is not None:
            assert f"(address {place:#x}) registration error [man warning::pass5] (rc {error})" in result.err


def test_numbers_of_instances(stapy: Callable[..., Any]) -> None:
    """One instance is enough for calls one after another; a million and more the kernel has no memory for."""
    point = 'kernel.function("do_fork").return.maxactive'
    script = f'probe {point}(1) {{ println("r") }} probe {point}(100000000) {{ println("m") }}'
    result = stapy("-c", "fork 3", "-e", script)
    assert result.out.startswith("r\n" * 3)
    assert "(rc -12)" in result.err
    result = stapy("-c", "fork 1", "-e", 'probe kprobe.function("do_fork").return.maxactive(2) { println("r") }')
    assert (result.out.split()[0], result.err, result.status) == ("r", "", 0)
