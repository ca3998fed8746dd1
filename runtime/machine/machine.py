"""The emulated computer: loads a kernel, runs its CPUs, answers their traps, and is user space's way in.

User mode is not executed. When the kernel returns to a user process, ``on_user_mode(cpu)`` is called: the
registers are the process's (``cpu.pc`` and ``cpu.sp`` the user's, the return register holding a system call's
result), and ``cpu.user_mode`` is true. The callback makes one of these happen, and returns:

- ``enter_system_call(cpu, number, arguments)``, or with None for a number: the registers already hold both,
  as when the kernel restarts a call,
- ``enter_exception(cpu, vector, error_code, address)``, a page fault for instance,
- ``left = user_time(cpu, ns)``: the process computes. When an interrupt cut in, the CPU is in the kernel now,
  and ``left`` nanoseconds remain to be spent when the process runs again,
- ``stop()``: run() returns; the next run() begins with the callback for the same process.

If the CPU is still in user mode afterwards, the callback is called again. Interrupts that are due come before
it. All this may happen inside a trap of the emulator or outside: the callback need not care.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable
from pathlib import Path

from stapy import arch as architectures
from stapy.arch import Architecture
from stapy.runtime.machine.clock import NEVER, Clock
from stapy.runtime.machine.cpu import Cpu, MachineError, Stop
from stapy.runtime.machine.image import Image, Symbol
from stapy.runtime.machine.interrupts import deferred
from stapy.runtime.machine.memory import CodeArea, Memory, MemoryFault

MC_CONSOLE, MC_HALT, MC_EVENTS, MC_POWEROFF, MC_RELAX, MC_TTY = 1, 2, 3, 4, 5, 6
TIMER_IRQ = 0
RAM_SIZE = 64 << 20
EPOCH = 1259812281  # the day Linux 2.6.32 was released

FaultHook = Callable[[Cpu, int, int, int], bool]


class KernelPanic(MachineError):  # noqa: N818 - the kernel's name for it
    """The kernel has given up; the message is its own."""


class MachineStuck(MachineError):  # noqa: N818
    """A CPU waits for an interrupt that cannot come."""


class Machine:
    """A computer of one architecture.

    ``console`` gets what the kernel prints, as bytes, ``terminal`` what processes write to theirs.
    ``fault_hooks`` are asked first about an exception in kernel mode: hook(cpu, vector, error_code, address)
    is true where it has dealt with it. ``breakpoints`` is every CPU's: the PC a breakpoint shows (``~address``
    for one that is an invalid instruction) -> function(cpu). ``traps`` has what happens at other traps, by
    Unicorn's numbers; a trap that is not there is the kernel's.
    """

    def __init__(
        self,
        arch: Architecture | str,
        *,
        memory_size: int = RAM_SIZE,
        cpus: int = 1,
        console: Callable[[bytes], object] | None = None,
    ) -> None:
        self.arch = architectures.get(arch) if isinstance(arch, str) else arch
        self.memory = Memory(self.arch.page_offset, memory_size, bits=self.arch.bits, endian=self.arch.endian)
        self.code_area = CodeArea(self.memory, self.arch.module_area)
        self.console = console
        self.console_tail = b""
        self.terminal: Callable[[bytes], object] | None = None
        self.symbols: dict[str, Symbol] = {}
        self.image: Image | None = None
        self.on_user_mode: Callable[[Cpu], None] | None = None
        self.fault_hooks: list[FaultHook] = []
        self.breakpoints: dict[int, Callable[[Cpu], None]] = {}
        self.powered_off = False
        self.exit_code = 0
        self.nr_cpus = 1  # that the kernel was built for
        self._pending: list[list[int]] = [[] for _ in range(cpus)]
        self._stopping = False
        self._interrupted = False
        self._started = False
        self._clock_words = self.code_area.allocate(24 * cpus)
        self.clock = Clock(self.memory, self._clock_words, cpus)
        self.cpus = [self._make_cpu(number) for number in range(cpus)]
        self.cpu = self.cpus[0]  # the one that runs, or ran last
        self._call_depth = 0
        self._call_returned = False
        self._call_back = self._make_call_back()
        self.traps: dict[int, Callable[[Cpu], None]] = {
            self.arch.machine_call_trap: self._machine_call,
            self.arch.return_trap: self._return_from_trap,
        }
        self._calls = {
            MC_CONSOLE: self._mc_console,
            MC_HALT: self._mc_halt,
            MC_EVENTS: self._mc_events,
            MC_POWEROFF: self._mc_poweroff,
            MC_RELAX: self._mc_relax,
            MC_TTY: self._mc_tty,
        }

    def _make_cpu(self, number: int) -> Cpu:
        from stapy.runtime.machine.unicorn_cpu import UnicornCpu

        cpu = UnicornCpu(self.arch, self.memory, number, self.breakpoints)
        cpu.trap = self._trap
        return cpu

    # ------------------------------------------------------------ symbols

    def symbol(self, name: str) -> int:
        """The address of a symbol of the kernel. Raises MachineError."""
        found = self.symbols.get(name)
        if found is None:
            raise MachineError(f"the kernel image has no symbol '{name}'")
        return found.address

    def per_cpu(self, name: str, cpu: Cpu) -> int | None:
        """The address of a CPU's element of an array with an element a CPU; None where there is no such
        symbol."""
        found = self.symbols.get(name)
        return None if found is None else found.address + cpu.number * (found.size // self.nr_cpus)

    def trap_entry(self, vector: int) -> int:
        """Where the kernel handles exception or interrupt ``vector``. Raises MachineError where it does
        not."""
        table = self.symbols.get("idt_table")
        entry = self.memory.word(table.address + vector * self.arch.word) if table else 0
        if not entry:
            raise MachineError(
                f"exception {vector} at {self.place(self.cpu.pc)}, and the kernel has no entry for it"
            )
        return entry

    def trap_stack(self, cpu: Cpu) -> int:
        """The kernel stack of the task a CPU runs in user mode: init_tss[cpu].sp0."""
        place = self.per_cpu("init_tss", cpu)
        if place is None:
            raise MachineError("the kernel image has no symbol 'init_tss'")
        return self.memory.word(place)

    def kernel_sp(self, cpu: Cpu) -> int:
        """The kernel's stack pointer: the CPU's, or where it will be when the CPU leaves user mode for good
        (the first instructions of a system call may still have the user's)."""
        sp, ram = cpu.sp, self.memory.ram
        if cpu.user_mode or not ram.address < sp <= ram.address + ram.size:
            return self.trap_stack(cpu)
        return sp

    def place(self, address: int) -> str:
        """``address`` for people: 0xffffffff81000010 (start_kernel+0x10)."""
        functions = sorted((s.address, s.name) for s in self.symbols.values() if s.type == 2)
        at = bisect.bisect_right(functions, (address, "\x7f")) - 1
        if at < 0 or address - functions[at][0] > 0x10000:
            return f"{address:#x}"
        return f"{address:#x} ({functions[at][1]}+{address - functions[at][0]:#x})"

    # ------------------------------------------------------------ boot

    def load(self, image: Image | str | Path) -> None:
        """Puts a kernel image into memory. Raises ImageError, OSError, MachineError."""
        if not isinstance(image, Image):
            image = Image.open(image)
        if image.arch != self.arch.name:
            raise MachineError(f"{image.name} is for {image.arch}, this machine is {self.arch.name}")
        for segment in image.segments:
            try:
                self.memory.write(segment.address, segment.data + bytes(segment.size - len(segment.data)))
            except MemoryFault as fault:
                raise MachineError(f"{image.name} does not fit into memory at {fault.address:#x}") from None
        self.image = image
        self.symbols = image.symbols
        if "cpu_clock" in self.symbols:
            self.nr_cpus = max(1, self.symbols["cpu_clock"].size // 24)
            self.clock.place(self.symbol("cpu_clock"))

    def boot(self, *, initrd: bytes = b"", command_line: str = "", epoch: int = EPOCH) -> None:
        """Makes the machine ready to run the loaded kernel from its start, with an initramfs at the top of
        RAM."""
        ram = self.memory.ram
        start = (ram.address + ram.size - len(initrd)) & ~(self.arch.page_size - 1)
        if initrd:
            self.memory.write(start, initrd)
        if "boot_params" in self.symbols:
            self._write_boot_params(start if initrd else 0, len(initrd), command_line, epoch)
        cpu = self.cpus[0]
        stack = self.symbols.get("init_thread_union")
        cpu.sp = stack.address + self.arch.thread_size if stack else start - self.arch.page_size
        for each in self.cpus:
            self.arch.start_cpu(self, each)
        cpu.pc = self.symbol("_start")

    def _write_boot_params(self, initrd: int, initrd_size: int, command_line: str, epoch: int) -> None:
        """struct boot_params { unsigned long mem_size, initrd_start, initrd_size; u64 epoch; int nr_cpus;
        char cmdline[256]; }"""
        line = command_line.encode("latin-1", "replace")
        if len(line) > 255:
            raise MachineError(f"the kernel's command line is {len(line)} bytes long, 255 fit")
        at, word = self.symbol("boot_params"), self.arch.word
        for value in (self.memory.ram.size, initrd, initrd_size):
            self.memory.write_word(at, value)
            at += word
        align = self.arch.u64_alignment
        at = (at + align - 1) & -align
        self.memory.write_u64(at, epoch)
        self.memory.write_u32(at + 8, len(self.cpus))
        self.memory.write(at + 12, line + b"\0")

    # ------------------------------------------------------------ running

    @property
    def running(self) -> bool:
        """Whether the kernel has been started and has not ended: its functions can be called."""
        return self._started and not self.powered_off

    def run(self) -> None:
        """Runs until stop() or power-off.

        Raises KernelPanic, MachineStuck, MachineError, KeyboardInterrupt for ^C, and what a callback raised.
        The machine can be run again afterwards, except after a panic.
        """
        self._stopping = False
        self._started = True
        with deferred(self.interrupt, self._wake):
            while not (self._stopping or self.powered_off):
                self._step(self.cpus[0])
                if self._interrupted:
                    self._interrupted = False
                    raise KeyboardInterrupt

    def stop(self) -> None:
        """Makes run() return as soon as the machine is between two instructions."""
        self._stopping = True
        self.cpu.stop()

    def interrupt(self) -> None:
        """What ^C does: run() stops and raises KeyboardInterrupt. Safe in a signal handler."""
        self._interrupted = True
        self.stop()

    def _wake(self) -> None:
        self.cpu.stop()

    def _step(self, cpu: Cpu) -> None:
        if cpu.user_mode:
            self._run_user(cpu)
        elif cpu.halted:
            self._idle(cpu)
        else:
            self._stopped(cpu, cpu.run())

    def _stopped(self, cpu: Cpu, stop: Stop) -> None:
        """Deals with what made a CPU leave the emulator."""
        if stop.reason == "fault":
            error = self.arch.page_fault_error(stop.access, False)
            self.exception(cpu, self.arch.fault_vector("page"), error, stop.address)
        elif stop.reason == "opcode":
            self.exception(cpu, self.arch.fault_vector("opcode"), 0, cpu.pc)
        elif stop.reason == "halt":
            cpu.halted = True

    def call(self, function: int, *arguments: int, cpu: Cpu | None = None) -> int:
        """Calls a function of the kernel now, from within a handler or between two runs; interrupts are off
        meanwhile.

        Returns its result, a word. All registers are as before afterwards. A function that sleeps cannot be
        called so.
        """
        cpu, outer = cpu or self.cpu, self.cpu
        state, depth = cpu.save(), self._call_depth
        hit = cpu.kprobe.save() if cpu.kprobe is not None else None
        try:
            self.cpu = cpu
            cpu.sp = self.kernel_sp(cpu)
            cpu.user_mode = cpu.halted = False
            self.arch.set_up_call(
                self, cpu, self.arch.function_address(self, function), arguments, self._call_back
            )
            self._call_depth = depth + 1
            while not self._call_returned:
                self._stopped(cpu, cpu.run())
                if cpu.halted or cpu.user_mode:
                    raise MachineError(f"{self.place(function)} was called by a handler, and sleeps")
                if self._interrupted or self.powered_off:
                    raise (
                        KeyboardInterrupt
                        if self._interrupted
                        else MachineError("power-off in a called function")
                    )
            return cpu.read(self.arch.return_registers[0])
        finally:
            self.cpu = outer
            self._call_returned = False
            self._call_depth = depth
            cpu.restore(state)
            if hit is not None:
                cpu.kprobe.restore(hit)

    def _make_call_back(self) -> int:
        """The address that functions called by call() return to: a breakpoint."""
        address = self.code_area.allocate(16)
        self.memory.write_code(address, self.arch.breakpoint)

        def returned(cpu: Cpu) -> None:
            if not self._call_depth:
                raise MachineError("the kernel ran into the machine's own code")
            self._call_returned = True
            cpu.stop()

        self.breakpoints[address + self.arch.breakpoint_pc] = returned
        return address

    # ------------------------------------------------------------ traps

    def _trap(self, cpu: Cpu, number: int) -> None:
        number = self.arch.trap_number(self, cpu, number)
        handler = self.traps.get(number)
        if handler is not None:
            handler(cpu)
        else:
            self.exception(cpu, number, *self.arch.trap_details(self, cpu, number))

    def exception(self, cpu: Cpu, vector: int, error_code: int = 0, address: int = 0) -> None:
        """An exception that kernel code caused: for the fault hooks, else for the kernel."""
        for hook in self.fault_hooks:
            if hook(cpu, vector, error_code, address):
                return
        self.enter_exception(cpu, vector, error_code, address)

    def _machine_call(self, cpu: Cpu) -> None:
        number, a, b = self.arch.machine_call(cpu)
        call = self._calls.get(number)
        if call is None:
            raise MachineError(f"unknown machine call {number} at {self.place(cpu.pc)}")
        self.arch.set_machine_call_result(cpu, 0)
        call(cpu, a, b)

    def _return_from_trap(self, cpu: Cpu) -> None:
        cpu.user_mode = self.arch.return_from_trap(self, cpu)
        if cpu.user_mode:
            self._run_user(cpu)
        elif self.clock.expired(cpu.number) and self.arch.interrupts_enabled(cpu):
            self._events(cpu)

    # ------------------------------------------------------------ machine calls

    def _mc_console(self, cpu: Cpu, address: int, size: int) -> None:
        self._print(self.memory.read(address, size))

    def print_kernel(self, text: str) -> None:
        """Puts a message on the console, as the kernel's own printk does."""
        self._print(text.encode("latin-1", "replace"))

    def _print(self, data: bytes) -> None:
        self.console_tail = (self.console_tail + data)[-4096:]
        if self.console is not None:
            self.console(data)

    def _mc_tty(self, cpu: Cpu, address: int, size: int) -> None:
        if self.terminal is not None:
            self.terminal(self.memory.read(address, size))

    def _mc_halt(self, cpu: Cpu, _a: int, _b: int) -> None:
        cpu.halted = True
        self._idle(cpu)

    def _mc_events(self, cpu: Cpu, _a: int, _b: int) -> None:
        if self.arch.interrupts_enabled(cpu):
            self._events(cpu)

    def _mc_poweroff(self, cpu: Cpu, code: int, _b: int) -> None:
        self.powered_off = True
        self.exit_code = code
        self.stop()
        self._check_panic()

    def _mc_relax(self, cpu: Cpu, _a: int, _b: int) -> None:
        if len(self.cpus) == 1:
            raise MachineStuck(f"a lone CPU waits for another one at {self.place(cpu.pc)}")
        cpu.stop()

    def _check_panic(self) -> None:
        at = self.console_tail.rfind(b"Kernel panic")
        if at >= 0:
            raise KernelPanic(self.console_tail[at:].split(b"\n")[0].decode("latin-1"))

    # ------------------------------------------------------------ time and interrupts

    def raise_interrupt(self, irq: int, cpu: int = 0) -> None:
        """A device asks for an interrupt: it arrives when the CPU next looks, with interrupts enabled."""
        if irq not in self._pending[cpu]:
            self._pending[cpu].append(irq)
        self.clock.expire(cpu)

    def _events(self, cpu: Cpu) -> bool:
        """Fires the timers that are due and delivers an interrupt that is; true where one was delivered."""
        clock, number, pending = self.clock, cpu.number, self._pending[cpu.number]
        now = clock.now(number)
        clock.fire(cpu, min(now, clock.event(number)))
        irq = None
        if clock.event(number) <= now:
            clock.set_event(number, NEVER)
            irq = TIMER_IRQ
        elif pending:
            irq = pending.pop(0)
        clock.update_deadline(number)
        if pending:
            clock.expire(number)
        if irq is None:
            return False
        self.enter_interrupt(cpu, irq)
        return True

    def _idle(self, cpu: Cpu) -> None:
        """A halted CPU: time jumps from event to event until an interrupt wakes it."""
        number = cpu.number
        if not self.arch.interrupts_enabled(cpu):
            self._check_panic()
            raise MachineStuck(f"CPU {number} halted with interrupts off at {self.place(cpu.pc)}")
        if self._call_depth:
            cpu.stop()
            return
        while cpu.halted and not self._stopping:
            when = self.clock.next_event(number)
            if not self._pending[number]:
                if when == NEVER:
                    raise MachineStuck(
                        f"CPU {number} waits at {self.place(cpu.pc)}, and nothing is left to happen"
                    )
                self.clock.set_now(number, max(when, self.clock.now(number)))
            if self._events(cpu):
                cpu.halted = False

    # ------------------------------------------------------------ user mode

    def _run_user(self, cpu: Cpu) -> None:
        if self.on_user_mode is None:
            raise MachineError(f"the kernel enters user mode at {cpu.pc:#x}, and there is no user space")
        if self._call_depth:
            cpu.stop()
            return
        while cpu.user_mode and not (self._stopping or self.powered_off):
            if self.clock.expired(cpu.number):
                self._events(cpu)
            else:
                self.on_user_mode(cpu)

    def user_time(self, cpu: Cpu, ns: int, ip: int | None = None, sp: int | None = None) -> int:
        """Spends ``ns`` in user mode, with interrupts coming as they are due; returns what is left when one
        did."""
        self._set_user(cpu, ip, sp)
        clock, number = self.clock, cpu.number
        while cpu.user_mode and ns > 0 and not self._stopping:
            now = clock.now(number)
            step = min(ns, max(0, clock.deadline(number) - now))
            clock.set_now(number, now + step)
            ns -= step
            if clock.expired(number):
                self._events(cpu)
        return ns

    def enter_system_call(
        self,
        cpu: Cpu,
        number: int | None,
        arguments: tuple[int, ...] = (),
        ip: int | None = None,
        sp: int | None = None,
    ) -> None:
        """The process makes system call ``number``; ``ip`` and ``sp`` are its own where it has moved them."""
        self._set_user(cpu, ip, sp)
        self.arch.enter_system_call(self, cpu, number, arguments)

    def enter_exception(
        self,
        cpu: Cpu,
        vector: int,
        error_code: int = 0,
        address: int = 0,
        ip: int | None = None,
        sp: int | None = None,
    ) -> None:
        """Exception ``vector`` in what the CPU runs, user or kernel; ``address`` is a page fault's."""
        self._set_user(cpu, ip, sp)
        if vector == self.arch.fault_vector("page"):
            self.arch.set_fault_address(self, cpu, address)
        try:
            self.arch.enter_trap(self, cpu, vector, error_code)
        except MemoryFault as fault:
            at = self.place(cpu.pc)
            raise MachineError(
                f"exception {vector} at {at} with the stack pointer at {fault.address:#x}"
            ) from None

    def enter_interrupt(self, cpu: Cpu, irq: int, ip: int | None = None, sp: int | None = None) -> None:
        """Interrupt request ``irq`` arrives now."""
        self._set_user(cpu, ip, sp)
        self.arch.enter_trap(self, cpu, self.arch.interrupt_vector(irq))

    def _set_user(self, cpu: Cpu, ip: int | None, sp: int | None) -> None:
        if ip is not None:
            cpu.pc = ip
        if sp is not None:
            cpu.sp = sp
