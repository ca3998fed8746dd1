"""Kprobes on the built-in kernel: any instruction of any function, and nothing it does changes."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import everywhere
import pytest
from everywhere import Run, arm, instructions

from stapy import arch as architectures
from stapy.runtime import kprobes
from stapy.runtime.kprobes import (
    Jprobe,
    Kprobe,
    KprobeError,
    Kretprobe,
    dump_stack,
    jprobe_return,
    printk,
    register_jprobe,
    register_kprobe,
    regs_return_value,
)

# Where system calls enter, and the kernel's own handler of breakpoints, which no probe may be on.
ENTRIES = {"system_call", "el0_svc", "vector_swi", "handle_exception", "handle_sys"}
BREAKPOINT_HANDLERS = {
    "arm": "do_debug_exception",
    "arm64": "do_debug_exception",
    "mips64": "do_bp",
    "ppc64": "program_check_exception",
    "ppc64le": "program_check_exception",
    "s390x": "illegal_op",
    "riscv64": "do_trap_break",
    "sparc64": "bad_breakpoint",
}


@pytest.fixture(params=architectures.names())
def arch(request: pytest.FixtureRequest) -> str:
    return request.param


def test_probes_anywhere_change_nothing(arch: str) -> None:
    """A tenth of all instructions, chosen by lot, half of them single-stepped."""
    expected = Run(arch, "files").finish()
    run = Run(arch, "files")
    places = instructions(run.kernel)
    chosen = random.Random(7).sample(places, len(places) // 10)
    half = len(chosen) // 2
    boosted, refused = arm(run.kernel, chosen[:half], post=False)
    stepped, also_refused = arm(run.kernel, chosen[half:], post=True)
    assert run.finish() == expected
    assert sum(p.hits for p in boosted) > 1000
    assert sum(p.hits for p in stepped) > 1000
    assert not any(p.nmissed for p in boosted + stepped)
    # Machine calls, BUG()s, and the functions on the blacklist; elsewhere whatever moves system registers.
    # On mips64 every delay slot, too.
    limit = {"x86_64": 0.01, "i386": 0.01, "mips64": 0.25}.get(arch, 0.03)
    assert sum((refused + also_refused).values()) < limit * len(chosen)


@pytest.mark.slow
def test_probes_everywhere_change_nothing(arch: str) -> None:
    """More of the same, under several workloads; `python -m tests.kprobes.everywhere` is for all there are."""
    found = everywhere.check(arch, ["fork 2", "files", "pipes", "signals"], share=0.15)
    assert found.different == []
    assert found.missed == 0
    assert len(found.hit) > 1500


def test_calls_that_never_return(arch: str) -> None:
    """do_exit() ends its task: its instances come back when the task is gone."""
    run = Run(arch, "fork 20")
    never = [Kretprobe(name, maxactive=3) for name in ("do_exit", "sys_exit_group")]
    run.kernel.kprobes.register_kretprobes(never)
    assert run.finish()[0] == "finished"
    assert all(rp.kp.hits >= 20 for rp in never)
    assert [rp.nmissed for rp in never] == [0, 0]


def test_return_probes_across_task_switches(arch: str) -> None:
    expected = Run(arch, "pipes").finish()
    run = Run(arch, "pipes")
    entered, left = Counter[str](), Counter[str]()

    def probe(name: str) -> Kretprobe:
        def entry(instance: Any, regs: Any) -> int:
            entered[name] += 1
            instance.data = instance.task
            return 0

        def handler(instance: Any, regs: Any) -> None:
            left[name] += 1
            assert instance.data == instance.task == run.kernel.current_task(regs.cpu)

        return Kretprobe(name, entry_handler=entry, handler=handler, maxactive=50)

    probes = [probe(name) for name in ("schedule", "pipe_read", "sys_read", "sys_write", "kmem_cache_alloc")]
    run.kernel.kprobes.register_kretprobes(probes)
    assert run.finish() == expected
    for name, count in entered.items():
        assert 0 <= count - left[name] <= 10, name  # asleep at the end
    assert all(rp.nmissed == 0 for rp in probes)


def test_jprobe_and_return_value_of_do_fork(arch: str) -> None:
    run = Run(arch, "fork 2")
    seen: list[Any] = []

    def jdo_fork(clone_flags, stack_start, regs, stack_size, parent_tidptr, child_tidptr):  # type: ignore[no-untyped-def]
        registers = kprobes.MemoryRegs(run.kernel.arch, run.kernel.memory, regs)
        seen.append((clone_flags, stack_size, run.kernel.arch.saved_user_mode(registers.get)))
        jprobe_return()

    with kprobes.use(run.kernel):
        register_jprobe(Jprobe("do_fork", entry=jdo_fork))
        kprobes.register_kretprobe(
            Kretprobe("do_fork", handler=lambda instance, regs: seen.append(regs_return_value(regs)))
        )
        run.finish()
    first, pid, *_ = seen
    assert first == (0x11, 0, True)
    assert seen == [first, pid, first, pid + 1]


def test_dump_stack_shows_true_callers(arch: str) -> None:
    run = Run(arch, "fork 1")
    with kprobes.use(run.kernel):
        register_kprobe(Kprobe("copy_process", pre_handler=lambda p, regs: dump_stack()))
        run.kernel.kprobes.register_kretprobes([Kretprobe("do_fork"), Kretprobe("copy_process")])
        run.finish()
    lines = run.console.decode().splitlines()
    at = next(i for i, line in enumerate(lines) if line.endswith("Call Trace:"))
    assert "comm: fork Not tainted 2.6.32-stapy" in lines[at - 1]
    names = [line.rpartition("] ")[2].partition("+")[0] for line in lines[at + 1 : at + 6]]
    assert names[:3] == ["copy_process", "do_fork", "sys_fork"]
    assert ENTRIES & set(names)


def test_printk_from_a_probe_on_printk(arch: str) -> None:
    """The log is locked there: the message goes straight to the console."""
    run = Run(arch, "fork 1")
    with kprobes.use(run.kernel):
        inner = Kprobe("vsnprintf", pre_handler=lambda p, regs: printk("<4>inside %s\n", "vsnprintf") and 0)
        register_kprobe(inner)
        register_kprobe(Kprobe("do_fork", pre_handler=lambda p, regs: printk("forking\n") and 0))
        run.kernel.machine.call(run.kernel.kprobes.kallsyms_lookup_name("dump_stack"))
        run.finish()
    text = run.console.decode()
    assert "inside vsnprintf\n" in text
    assert "forking\n" in text
    assert inner.hits > 1
    assert inner.nmissed > 0  # do_fork's handler called printk, too


def test_probes_on_what_interrupts_call(arch: str) -> None:
    run = Run(arch, "sleep")
    seen = Counter[str]()
    probes = [
        Kprobe(name, pre_handler=lambda p, regs: seen.update([p.symbol_name]))
        for name in ("do_IRQ", "__do_softirq", "schedule")
    ]
    run.kernel.kprobes.register_kprobes(probes)
    run.kernel.run(run.kernel.clock.now() + 2_000_000_000)
    assert all(seen[name] > 0 for name in ("do_IRQ", "schedule"))


def test_the_blacklist_and_code_that_is_gone(arch: str) -> None:
    run = Run(arch, "fork 1")
    probes = run.kernel.kprobes
    lines = probes.blacklist_lines()
    handler = BREAKPOINT_HANDLERS.get(arch, "do_int3")
    assert any(line.endswith(f"\t{handler}") for line in lines)
    for name in (handler, "start_kernel", "init_task"):
        with pytest.raises(KprobeError, match="-EINVAL"):
            probes.register_kprobe(Kprobe(name))
    with pytest.raises(KprobeError, match="-EINVAL: __switch_to"):
        probes.register_kretprobe(Kretprobe("__switch_to"))
