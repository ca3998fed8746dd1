"""The built-in kernel's images, where they are built: parameters, and stacks of the kernel while it runs."""

from __future__ import annotations

from typing import Any

import pytest

from stapy import arch
from stapy.runtime.debuginfo import KernelDescription, index
from stapy.runtime.debuginfo.types import Struct
from stapy.runtime.kernels.builtin import BuiltinKernel, image_path


def built() -> list[str]:
    found = []
    for name in arch.names():
        try:
            image = image_path(name)
        except Exception:  # whatever says that it is missing
            continue
        found += [name] if image.exists() else []
    return found


@pytest.fixture(params=built())
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def kernel(name: str) -> KernelDescription:
    return KernelDescription.from_elf(image_path(name))


def test_the_founding_function(kernel: KernelDescription) -> None:
    do_fork = kernel.function("do_fork")
    assert do_fork is not None
    assert do_fork.file == "kernel/fork.c"
    assert [parameter.name for parameter in do_fork.parameters] == [
        "clone_flags", "stack_start", "regs", "stack_size", "parent_tidptr", "child_tidptr"
    ]  # fmt: skip
    assert do_fork.parameters[2].type.describe() == "struct pt_regs*"
    assert all(parameter.location(do_fork.entry) for parameter in do_fork.parameters)


def test_every_parameter_is_there_at_entry(kernel: KernelDescription) -> None:
    """Every one that fits in registers; gcc takes structures to pieces and may lose some."""
    parameters = [
        (function, parameter)
        for function in kernel.functions()
        if not function.is_inlined_only
        for parameter in function.parameters
        if not isinstance(parameter.type.strip(), Struct)
    ]
    missing = [pair for pair in parameters if pair[1].location(pair[0].entry) is None]
    assert len(parameters) > 1000
    assert missing == []


def test_the_kernel_by_name(kernel: KernelDescription) -> None:
    assert kernel.release.startswith("2.6.32")
    assert kernel.types.lookup("struct task_struct") is not None
    assert kernel.symbols["do_fork"] == getattr(kernel.function("do_fork"), "low_pc", 0)


def test_shipped_index_belongs_to_the_image(name: str) -> None:
    image = image_path(name)
    if not index.beside(image).exists():
        pytest.skip("no index is shipped")
    assert index.Index.load(index.beside(image), index.fingerprint(image.read_bytes())) is not None


def test_backtrace_through_an_interrupt(name: str) -> None:
    """From a timer interrupt that woke the idle task, down to where the machine started."""
    import unicorn

    from stapy import workload
    from stapy.runtime.debuginfo.unwind import Unwinder

    kernel = BuiltinKernel(name)
    unwinder = Unwinder(kernel.description)
    kernel.set_terminal(lambda data: None)
    kernel.set_console(lambda data: None)
    kernel.start(workload.load("sleep"))
    cpu: Any = kernel.cpus[0]
    engine = getattr(cpu, "uc", None)
    if not isinstance(engine, unicorn.Uc):
        pytest.skip("the machine is not Unicorn's")
    found: list[list[str]] = []

    def look(*_: Any) -> None:
        addresses = unwinder.backtrace(cpu, kernel.memory)
        calls = [addresses[0], *(address - 1 for address in addresses[1:])]
        found.append([(kernel.description.symbol_at(address) or ("?",))[0] for address in calls])

    place = kernel.description.symbols["timer_interrupt"]
    engine.hook_add(unicorn.UC_HOOK_CODE, look, begin=place, end=place)
    try:
        kernel.run(2_000_000_000)
    finally:
        kernel.close()
    woken = [names for names in found if "cpu_idle" in names]
    assert woken
    for names in woken:
        assert names[0] == "timer_interrupt"
        assert "do_IRQ" in names
        assert names[-2:] == ["start_kernel", "_start"]
