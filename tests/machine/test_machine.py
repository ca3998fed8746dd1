"""The machine: traps, interrupts, user mode, time, and how a run ends."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest
from machine_sources import SOURCES, connect, interrupt_entry
from tiny_kernel import Tiny, machine_call, sequence

from stapy.runtime.machine.clock import NEVER
from stapy.runtime.machine.cpu import MachineError
from stapy.runtime.machine.machine import KernelPanic, MachineStuck


def interrupts(tiny: Tiny) -> None:
    """The tables that traps need, with an entry for the timer that counts in [ticks], and one for page
    faults."""
    word = tiny.arch.word
    tiny.data("idt_table", 256 * word)
    tiny.data("init_tss", 4 * 2 * word)
    for name in ("irq", "badvaddr", "cr2", "far", "fsr", "dar", "sfar", "sfsr", "trans_exc"):
        tiny.data(f"cpu_{name}", 4 * word)
    tiny.data("vectors", 0x800)
    tiny.data("cpu_clock", 4 * 24)
    tiny.data("ticks", 8)
    tiny.data("seen", 8)
    machine = tiny.machine
    machine.nr_cpus = 4
    machine.clock.place(machine.symbol("cpu_clock"))
    machine.memory.write_word(machine.symbol("init_tss"), tiny.stack - 0x10000)
    connect(tiny, "timer", tiny.function("timer_interrupt", SOURCES[tiny.arch.name].timer))


def test_console_and_power_off(tiny: Tiny) -> None:
    text = tiny.data("text", 16)
    tiny.machine.memory.write(text, b"hello\n")
    tiny.function("_start", sequence(machine_call(tiny, 1, text, 6), machine_call(tiny, 4, 7)))
    tiny.run("_start")
    assert tiny.output == b"hello\n"
    assert tiny.machine.powered_off
    assert tiny.machine.exit_code == 7


def test_an_exception_without_an_entry_says_where(tiny: Tiny) -> None:
    sources = SOURCES[tiny.arch.name]
    tiny.function("start", sources.null_read)
    vector, at = tiny.arch.fault_vector("page"), sources.null_read_at
    with pytest.raises(MachineError, match=rf"exception {vector} at 0x\w+ \(start\+{at:#x}\)"):
        tiny.run("start")


def test_page_fault_reaches_the_kernel_with_address_and_error_code(tiny: Tiny) -> None:
    interrupts(tiny)
    machine, sources = tiny.machine, SOURCES[tiny.arch.name]
    connect(tiny, "page", tiny.function("page_fault", sources.page_fault))
    tiny.function("start", sequence(sources.write_fault, machine_call(tiny, 4)))
    tiny.arch.set_interrupts(machine.cpu, True)
    tiny.run("start")
    assert machine.powered_off
    assert machine.memory.u32(machine.symbol("seen")) == sources.write_fault_code
    place = sources.fault_address
    if place in tiny.arch.registers:
        assert machine.cpu.read(place) == 0x10
    else:
        assert machine.memory.word(machine.symbol(place)) == 0x10
    assert machine.cpu.sp == tiny.stack
    assert tiny.arch.interrupts_enabled(machine.cpu)


def test_jump_to_zero_is_a_fetch_fault(tiny: Tiny) -> None:
    tiny.function("start", SOURCES[tiny.arch.name].jump_to_zero)
    with pytest.raises(MachineError, match=f"exception {tiny.arch.fault_vector('page')} at 0x0,"):
        tiny.run("start")


def test_other_exceptions_arrive_with_their_vectors(tiny: Tiny) -> None:
    tiny.function("bad", SOURCES[tiny.arch.name].undefined)
    with pytest.raises(MachineError, match=f"exception {tiny.arch.fault_vector('opcode')} at"):
        tiny.run("bad")


@pytest.mark.parametrize("tiny", ["i386", "x86_64"], indirect=True)
def test_a_division_by_zero(tiny: Tiny) -> None:
    tiny.function("divide", "xor edx, edx; xor ecx, ecx; mov eax, 1; div ecx")
    with pytest.raises(MachineError, match="exception 0 at"):
        tiny.run("divide")


def test_interrupts_come_at_events_and_when_halted(tiny: Tiny) -> None:
    interrupts(tiny)
    machine, memory = tiny.machine, tiny.machine.memory
    fired = []
    machine.clock.at(500, lambda cpu: fired.append(machine.clock.now()))
    machine.clock.set_event(0, 2000)
    tiny.function("start", sequence(SOURCES[tiny.arch.name].enable, *(machine_call(tiny, n) for n in (2, 3, 4))))
    tiny.run("start")
    assert fired == [500]
    assert memory.u32(machine.symbol("ticks")) == 1
    assert machine.clock.now() == 2000
    assert machine.clock.event(0) == NEVER


def test_events_wait_while_interrupts_are_off(tiny: Tiny) -> None:
    interrupts(tiny)
    machine, memory = tiny.machine, tiny.machine.memory
    machine.clock.set_event(0, 10)
    machine.clock.set_now(0, 20)
    tiny.function("start", sequence(SOURCES[tiny.arch.name].disable, machine_call(tiny, 3), machine_call(tiny, 4)))
    tiny.run("start")
    assert memory.u32(machine.symbol("ticks")) == 0
    assert machine.clock.expired(0)


def test_timers_repeat_and_can_be_cancelled(tiny: Tiny) -> None:
    interrupts(tiny)
    machine, times = tiny.machine, []

    def tick(cpu: object) -> None:
        times.append(machine.clock.now())
        if len(times) == 3:
            timer.cancel()
            machine.stop()

    timer = machine.clock.every(100, tick)
    tiny.function("start", sequence(SOURCES[tiny.arch.name].enable, machine_call(tiny, 2), machine_call(tiny, 4)))
    tiny.run("start")
    assert times == [100, 200, 300]
    with pytest.raises(MachineStuck, match="nothing is left to happen"):
        machine.run()


def test_a_device_interrupt_arrives(tiny: Tiny) -> None:
    interrupts(tiny)
    machine = tiny.machine
    connect(tiny, "serial", machine.symbol("timer_interrupt"))
    machine.raise_interrupt(4)
    tiny.function("start", sequence(SOURCES[tiny.arch.name].enable, machine_call(tiny, 3), machine_call(tiny, 4)))
    tiny.run("start")
    assert machine.memory.u32(machine.symbol("ticks")) == 1


def user_kernel(tiny: Tiny) -> None:
    """Enters user mode at 0x1000 with stack 0x2000; a system call adds its arguments and returns."""
    interrupts(tiny)
    sources = SOURCES[tiny.arch.name]
    tiny.function("start", sources.enter_user)
    entry = tiny.function("system_call", sources.system_call.replace("{stack}", hex(tiny.stack)))
    connect(tiny, "system_call", entry)


def test_user_mode_protocol(tiny: Tiny) -> None:
    user_kernel(tiny)
    machine, seen = tiny.machine, []

    def on_user_mode(cpu) -> None:  # type: ignore[no-untyped-def]
        seen.append((cpu.pc, cpu.sp, cpu.read(tiny.arch.return_registers[0]) & 0xFF))
        assert cpu.user_mode
        if len(seen) == 1:
            machine.enter_system_call(cpu, 39, (3, 4), ip=0x1010)
        elif len(seen) == 2:
            assert machine.user_time(cpu, 1000) == 0
            assert machine.clock.now() == 1000
        elif len(seen) == 3:
            machine.stop()
        else:
            machine.clock.set_event(0, 1500)
            assert machine.user_time(cpu, 1000) == 500
            assert not cpu.user_mode
            machine.stop()

    machine.on_user_mode = on_user_mode
    tiny.run("start")
    assert [state[:2] for state in seen] == [(0x1000, 0x2000), (0x1010, 0x2000), (0x1010, 0x2000)]
    assert seen[1][2] == 7
    assert machine.memory.u32(machine.symbol("ticks")) == 0
    machine.run()  # goes on with the same process, into the interrupt
    assert machine.cpu.pc == interrupt_entry(tiny)


def test_exceptions_of_callbacks_end_the_run(tiny: Tiny) -> None:
    user_kernel(tiny)

    def on_user_mode(cpu: object) -> None:
        raise ZeroDivisionError("in user space")

    tiny.machine.on_user_mode = on_user_mode
    with pytest.raises(ZeroDivisionError, match="in user space"):
        tiny.run("start")
    assert tiny.machine.cpu.user_mode
    tiny.machine.on_user_mode = lambda cpu: tiny.machine.stop()
    tiny.machine.run()  # the machine is in order


def test_stuck_and_panic(tiny: Tiny) -> None:
    interrupts(tiny)
    text = tiny.data("text", 64)
    tiny.machine.memory.write(text, b"Kernel panic - not syncing: No init\n")
    tiny.function("quiet", sequence(SOURCES[tiny.arch.name].disable, machine_call(tiny, 2)))
    tiny.function("idle", sequence(SOURCES[tiny.arch.name].enable, machine_call(tiny, 2)))
    announce = machine_call(tiny, 1, text, 36)
    tiny.function("panic", sequence(SOURCES[tiny.arch.name].disable, announce, machine_call(tiny, 2)))
    with pytest.raises(MachineStuck, match="halted with interrupts off"):
        tiny.run("quiet")
    tiny.machine.cpu.halted = False
    with pytest.raises(MachineStuck, match="nothing is left to happen"):
        tiny.run("idle")
    tiny.machine.cpu.halted = False
    with pytest.raises(KernelPanic, match="Kernel panic - not syncing: No init"):
        tiny.run("panic")


def test_calling_a_function_leaves_no_trace(tiny: Tiny) -> None:
    sources = SOURCES[tiny.arch.name]
    tiny.function("add", sources.add)
    tiny.function("again", sources.again)
    cpu = tiny.machine.cpu
    cpu.write(sources.saved, 5)
    before = cpu.pc, cpu.sp
    assert tiny.call("add", 40, 2) == 42
    assert (cpu.pc, cpu.sp, cpu.read(sources.saved)) == (*before, 5)
    sleeper = tiny.function("sleeper", sequence(machine_call(tiny, 2), sources.back))
    with pytest.raises(MachineError, match="halted with interrupts off"):
        tiny.machine.call(sleeper)
    assert (cpu.pc, cpu.sp, cpu.halted) == (*before, False)


def test_control_c_stops_code_that_never_traps(tiny: Tiny) -> None:
    tiny.function("forever", SOURCES[tiny.arch.name].forever)
    timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    started = time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt):
            tiny.run("forever")
    finally:
        timer.cancel()  # where it does not run forever, so that this test alone fails
    assert time.monotonic() - started < 5
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
