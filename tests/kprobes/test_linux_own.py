"""What Linux's own tests of kprobes check, on every architecture: each kind of probe alone and in arrays, registered
anew, stack traces from its handlers, and the parts of the kernel that are delicate to probe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest
from everywhere import Run
from probed_kernel import Probed

from stapy import arch as architectures
from stapy.runtime import kprobes
from stapy.runtime.debuginfo.unwind import Unwinder
from stapy.runtime.kprobes import Jprobe, Kprobe, Kretprobe, jprobe_return, printk, regs_return_value

# What is probed: function, arguments, result.
TARGETS = (("add", (40, 2), 42), ("peek", (), 7))


def _kprobe(name: str, seen: list) -> Kprobe:
    return Kprobe(
        name,
        pre_handler=lambda p, regs: seen.append(("pre", name)),
        post_handler=lambda p, regs, flags: seen.append(("post", name)),
    )


def _jprobe(name: str, seen: list) -> Jprobe:
    def entry(*arguments: int) -> None:
        seen.append(("entry", name))
        jprobe_return()

    return Jprobe(name, entry=entry)


def _kretprobe(name: str, seen: list) -> Kretprobe:
    def called(instance: Any, regs: Any) -> int:
        instance.data[0] = len(seen)
        seen.append(("call", name))
        return 0

    def returned(instance: Any, regs: Any) -> None:
        assert seen[instance.data[0]] == ("call", name)
        seen.append((regs_return_value(regs), name))

    return Kretprobe(name, entry_handler=called, handler=returned, data_size=8)


# Kind: what makes a probe, and what one call of a function with it adds; None stands for the result.
KINDS: dict[str, tuple[Callable[[str, list], Any], list]] = {
    "kprobe": (_kprobe, ["pre", "post"]),
    "jprobe": (_jprobe, ["entry"]),
    "kretprobe": (_kretprobe, ["call", None]),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("several", [False, True], ids=["one", "several"])
def test_a_kind_of_probe(tiny: Probed, kind: str, several: bool) -> None:
    make, events = KINDS[kind]
    value, seen = tiny.data("value", 8), []
    tiny.machine.memory.write_word(value, 7)
    targets = TARGETS if several else TARGETS[:1]
    probes = [make(name, seen) for name, _, _ in targets]
    register, unregister = (getattr(kprobes, f"{verb}_{kind}{'s' * several}") for verb in ("register", "unregister"))
    for _ in range(2):  # the second time with structures that have been registered before
        register(probes if several else probes[0])
        for name, arguments, result in targets:
            seen.clear()
            assert tiny.call(name, *(arguments or (value,))) == result
            assert seen == [(result if event is None else event, name) for event in events]
        unregister(probes if several else probes[0])
        seen.clear()
        assert tiny.call("add", 40, 2) == 42
        assert seen == []
        for probe in probes:
            kp = probe if kind == "kprobe" else probe.kp
            kp.addr, kp.flags = None, 0


# ---------------------------------------------------------------- on the built-in kernel


@pytest.fixture(params=architectures.names())
def arch(request: pytest.FixtureRequest) -> str:
    return request.param


# Where a trace is taken: kind of handler, function; the functions it shows from there on.
TRACES = {
    ("pre", "copy_process"): ["copy_process", "do_fork", "sys_fork", "do_syscall"],
    ("post", "do_fork"): ["do_fork", "sys_fork", "do_syscall"],
    ("jprobe", "alloc_pid"): ["alloc_pid", "copy_process", "do_fork", "sys_fork", "do_syscall"],
    ("call", "copy_process"): ["copy_process", "do_fork", "sys_fork", "do_syscall"],
    ("return", "copy_process"): ["do_fork", "sys_fork", "do_syscall"],
    ("return", "do_fork"): ["sys_fork", "do_syscall"],
    ("return", "sys_fork"): ["do_syscall"],
}


def test_stack_traces_have_true_return_addresses(arch: str) -> None:
    """From every kind of handler, with return probes on all the functions that are in the trace."""
    run = Run(arch, "fork 1")
    kernel, traces = run.kernel, {}

    def trace(*key: str) -> None:
        addresses = kernel.kprobes.backtrace(kernel.machine.cpu)
        names = [(kernel.description.symbol_at(address) or ("?",))[0] for address in addresses]
        traces.setdefault(key, names[: len(TRACES.get(key, ()))])

    def returns(name: str) -> Kretprobe:
        return Kretprobe(
            name, entry_handler=lambda i, regs: trace("call", name), handler=lambda i, regs: trace("return", name)
        )

    def mirror(*arguments: int) -> None:
        trace("jprobe", "alloc_pid")
        jprobe_return()

    with kprobes.use(kernel):
        kprobes.register_kretprobes([returns(name) for name in ("copy_process", "do_fork", "sys_fork", "do_syscall")])
        kprobes.register_kprobe(Kprobe("copy_process", pre_handler=lambda p, regs: trace("pre", "copy_process")))
        kprobes.register_kprobe(Kprobe("do_fork", post_handler=lambda p, regs, f: trace("post", "do_fork")))
        kprobes.register_jprobe(Jprobe("alloc_pid", entry=mirror))
        run.finish()
    assert {key: traces.get(key) for key in TRACES if TRACES[key]} == {k: v for k, v in TRACES.items() if v}


@pytest.mark.parametrize("arch", ["arm64", "i386", "ppc64", "ppc64le", "x86_64"])
def test_stack_traces_without_frame_rules(arch: str) -> None:
    """By frame pointers or the back chain, they are the same."""
    run = Run(arch, "fork 1")
    description, memory, traces = run.kernel.description, run.kernel.memory, []
    bare = SimpleNamespace(
        arch=description.arch, pointer_size=description.pointer_size, symbols=description.symbols,
        symbol_at=description.symbol_at, in_text=description.in_text, frames=SimpleNamespace(at=lambda address: None),
    )  # fmt: skip

    def trace(p: Kprobe, regs: Any) -> None:
        start = SimpleNamespace(pc=p.addr, register=regs.cpu.register)
        traces.append([Unwinder(of).backtrace(start, memory, 4) for of in (description, bare)])

    run.kernel.kprobes.register_kprobe(Kprobe("copy_process", pre_handler=trace))
    run.finish()
    ruled, unruled = traces[0]
    assert len(ruled) == 4
    assert unruled == ruled


# Parts of the kernel, each with a workload that goes through it, and functions there.
PATHS = {
    "interrupts": ("sleep", ["do_IRQ", "irq_enter", "irq_exit", "handle_IRQ_event", "tick_program_event"]),
    "page faults": ("memory", ["do_page_fault", "handle_mm_fault", "handle_pte_fault", "__do_fault"]),
    "system calls": ("fork 1", ["do_syscall", "sys_fork", "sys_wait4", "sys_exit_group"]),
    "scheduler": ("pipes", ["schedule", "context_switch", "finish_task_switch", "try_to_wake_up", "__wake_up"]),
    "locks": ("pipes", ["_spin_lock_irqsave", "_spin_unlock_irqrestore", "kmem_cache_alloc"]),
}


@cache
def unprobed(arch: str, command: str) -> tuple[Any, ...]:
    return Run(arch, command).finish()


@pytest.mark.parametrize("path", PATHS)
def test_delicate_paths(arch: str, path: str) -> None:
    """Probed by entry and return, with handlers that call the kernel's printk: nothing else changes."""
    command, names = PATHS[path]
    run = Run(arch, command)
    there = [name for name in names if run.kernel.kprobes.kallsyms_lookup_name(name)]
    assert len(there) >= len(names) - 1
    entered, left = Counter[str](), Counter[str]()

    def probe(name: str) -> list[Any]:
        def enter(p: Kprobe, regs: Any) -> None:
            entered[name] += 1
            if entered[name] == 1:
                printk("<4>first in %s\n", name)

        return [
            Kprobe(name, pre_handler=enter, post_handler=lambda p, regs, flags: None),
            Kretprobe(name, handler=lambda instance, regs: left.update([name]), maxactive=64),
        ]

    with kprobes.use(run.kernel):
        made = [probe(name) for name in there]
        kprobes.register_kprobes([pair[0] for pair in made])
        kprobes.register_kretprobes([pair[1] for pair in made])
        expected, found = unprobed(arch, command), run.finish()
    console = found[1].decode()
    for name in there:
        assert entered[name] > 0, name
        assert 0 <= entered[name] - left[name] <= 12, name
        assert f"first in {name}\n" in console
    assert (found[0], found[2], found[4]) == (expected[0], expected[2], expected[4])
    lines = [line for line in console.splitlines() if "first in" not in line]
    assert Counter(line.partition("] ")[2] for line in lines) == Counter(
        line.partition("] ")[2] for line in expected[1].decode().splitlines()
    )
