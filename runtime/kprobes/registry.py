"""Kprobes on one machine: arming, the way of a hit, single-stepping out of line, faults, and the rules of
registration.

The way of a hit: breakpoint -> pre-handlers -> the instruction's copy -> post-handlers -> on. The copy runs
by itself where nobody waits for its end ("boosted": it is followed by a jump back), else it is
single-stepped. A hit while a handler runs on the same CPU is missed and counted, and its instruction executed
all the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from stapy.arch.architecture import InstructionError
from stapy.runtime.kprobes.errors import KprobeError
from stapy.runtime.kprobes.jumpers import JumperProbes
from stapy.runtime.kprobes.probes import (
    KPROBE_FLAG_DISABLED,
    Jprobe,
    Kprobe,
    Kretprobe,
    check_handler,
)
from stapy.runtime.kprobes.ptregs import live
from stapy.runtime.kprobes.returns import ReturnProbes
from stapy.runtime.kprobes.site import ControlBlock, Site, Status
from stapy.runtime.kprobes.symbols import MachineSymbols
from stapy.runtime.machine.cpu import MachineError
from stapy.runtime.machine.memory import MemoryFault

if TYPE_CHECKING:
    from stapy.runtime.machine.cpu import Cpu
    from stapy.runtime.machine.machine import Machine

# The code that Linux's kprobes keep out of, by the symbols around it.
_BLACKLISTED = (("__kprobes_text_start", "__kprobes_text_end"), ("__entry_text_start", "__entry_text_end"))
# The functions that hold the lock of the kernel's log.
_LOGGING = ("vprintk", "printk", "release_console_sem", "register_console", "do_syslog")
_LEVEL = re.compile(r"^<[0-7cd]>", re.MULTILINE)
_MESSAGE_SIZE = 512  # what goes to the kernel's printk at a time


class Kprobes:
    """The probes of one kernel.

    ``description`` has ``symbols`` (name -> address), symbol_at() and in_text(), and perhaps function_at()
    with parameters: runtime.debuginfo's KernelDescription. ``current(cpu)`` is the address of the task that
    runs. Not safe to use from several threads.
    """

    def __init__(
        self, machine: Machine, description: Any = None, *, current: Callable[[Cpu], int] | None = None
    ) -> None:
        self.machine = machine
        self.arch = machine.arch
        self.memory = machine.memory
        self.description: Any = description if description is not None else MachineSymbols(machine)
        self.current = current or self._current_task
        self._sites: dict[int, Site] = {}
        self._slots: dict[int, Site] = {}
        self._garbage: list[int] = []  # slots that a CPU may still be in
        self._boundaries: dict[int, frozenset[int]] = {}
        self._blacklist: list[tuple[int, int, str]] | None = None
        self._enabled = True
        self._message = machine.code_area.allocate(_MESSAGE_SIZE + 16)
        self._returns = ReturnProbes(self)
        self._jumpers = JumperProbes(self)
        for cpu in machine.cpus:
            cpu.kprobe = ControlBlock(live(self.arch)(cpu))
        machine.fault_hooks.append(self._fault)
        machine.traps[self.arch.breakpoint_trap] = self._stray_breakpoint
        if self.arch.step_trap is not None:
            machine.traps[self.arch.step_trap] = self._stepped

    def _current_task(self, cpu: Cpu) -> int:
        """The task by the thread_info at the bottom of the kernel stack, whose first member it is."""
        return self.memory.word((self.machine.kernel_sp(cpu) - 1) & -self.arch.thread_size)

    # ------------------------------------------------------------ registration

    def register_kprobe(self, p: Kprobe) -> int:
        """Arms a probe; returns 0. Raises KprobeError with Linux's error: EINVAL, ENOENT, EILSEQ, EEXIST,
        EOPNOTSUPP."""
        if not isinstance(p, Kprobe):
            raise KprobeError("EINVAL", f"{p!r} is no Kprobe")
        if p.site is not None:
            raise KprobeError("EINVAL", f"{p!r} is registered already")
        for name in ("pre_handler", "post_handler", "fault_handler", "break_handler"):
            check_handler(p, name)
        return self.add(p, self.resolve(p))

    def add(self, p: Kprobe, address: int, *, internal: bool = False) -> int:
        """Registers ``p`` at ``address``; an internal probe may stand on the blacklist."""
        site = self._sites.get(address)
        fresh = site is None
        if site is None:
            if not internal:
                self._check_address(address)
            site = self._prepare(address)
        if not site.add(p):
            raise KprobeError("EEXIST", f"there is a jprobe at {address:#x} already")
        p.flags &= KPROBE_FLAG_DISABLED
        p.nmissed = p.hits = 0
        p.addr, p.site = address, site
        if fresh:
            self._sites[address] = self._slots[site.slot.address] = self._slots[site.slot.boosted_address] = site
        self._update(site)
        return 0

    def unregister_kprobe(self, p: Kprobe) -> None:
        """Disarms a probe. Raises KprobeError (EINVAL) for one that is not registered."""
        site = p.site
        if site is None or self._sites.get(site.address) is not site:
            p.addr = None
            raise KprobeError("EINVAL", f"{p!r} is not registered")
        site.probes.remove(p)
        p.site = None
        if site.probes:
            self._update(site)
            return
        self._disarm(site)
        del self._sites[site.address]
        self._garbage.append(site.slot.address)

    def register_kprobes(self, probes: Iterable[Kprobe]) -> int:
        """Registers all or none. Raises KprobeError."""
        return _all(probes, self.register_kprobe, self.unregister_kprobe)

    def unregister_kprobes(self, probes: Iterable[Kprobe]) -> None:
        """Unregisters those that are registered; the others lose their address."""
        _each(probes, self.unregister_kprobe)

    def register_kretprobe(self, rp: Kretprobe) -> int:
        """Arms a return probe; returns 0. Raises KprobeError, as register_kprobe, and E2BIG, ENOMEM."""
        return self._returns.register(rp)

    def unregister_kretprobe(self, rp: Kretprobe) -> None:
        """Disarms a return probe; calls under way return without a handler. Raises KprobeError (EINVAL)."""
        self._returns.unregister(rp)

    def register_kretprobes(self, probes: Iterable[Kretprobe]) -> int:
        return _all(probes, self.register_kretprobe, self.unregister_kretprobe)

    def unregister_kretprobes(self, probes: Iterable[Kretprobe]) -> None:
        _each(probes, self.unregister_kretprobe)

    def register_jprobe(self, jp: Jprobe) -> int:
        """Arms a jprobe; returns 0. Raises KprobeError, as register_kprobe."""
        return self._jumpers.register(jp)

    def unregister_jprobe(self, jp: Jprobe) -> None:
        """Disarms a jprobe. Raises KprobeError (EINVAL)."""
        self._jumpers.unregister(jp)

    def register_jprobes(self, probes: Iterable[Jprobe]) -> int:
        return _all(probes, self.register_jprobe, self.unregister_jprobe)

    def unregister_jprobes(self, probes: Iterable[Jprobe]) -> None:
        _each(probes, self.unregister_jprobe)

    def jprobe_return(self) -> None:
        """Ends the entry handler of a jprobe: does not return."""
        self._jumpers.jprobe_return()

    def disable_kprobe(self, p: Kprobe | Kretprobe | Jprobe) -> int:
        """Keeps a probe registered but quiet. Raises KprobeError (EINVAL) for one that is not registered."""
        return self._set_disabled(p, True)

    def enable_kprobe(self, p: Kprobe | Kretprobe | Jprobe) -> int:
        """Undoes disable_kprobe. Raises KprobeError (EINVAL)."""
        return self._set_disabled(p, False)

    def _set_disabled(self, p: Kprobe | Kretprobe | Jprobe, disabled: bool) -> int:
        kp = p if isinstance(p, Kprobe) else p.kp
        if kp.site is None or kp.gone:
            raise KprobeError("EINVAL", f"{p!r} is not registered")
        kp.flags = kp.flags | KPROBE_FLAG_DISABLED if disabled else kp.flags & ~KPROBE_FLAG_DISABLED
        self._update(kp.site)
        return 0

    @property
    def enabled(self) -> bool:
        """Whether probes are armed at all: the file kprobes/enabled of debugfs."""
        return self._enabled

    @enabled.setter
    def enabled(self, on: bool) -> None:
        if on != self._enabled:
            self._enabled = on
            for site in self._sites.values():
                self._update(site)
            self.machine.print_kernel(f"Kprobes globally {'enabled' if on else 'disabled'}\n")

    # ------------------------------------------------------------ what may be probed

    def kallsyms_lookup_name(self, name: str) -> int:
        """The address of a symbol, 0 if there is none."""
        return self.description.symbols.get(name) or 0

    def resolve(self, p: Kprobe) -> int:
        """The address that a probe's addr or symbol_name, and offset, stand for. Raises KprobeError."""
        if (p.symbol_name is None) == (not p.addr):
            both = p.symbol_name is not None
            raise KprobeError("EINVAL", f"{p!r} has {'both' if both else 'neither'} symbol_name and addr")
        if not all(isinstance(number, int) for number in (p.addr or 0, p.offset)):
            raise KprobeError("EINVAL", f"the addr and offset of {p!r} are to be integers")
        if p.symbol_name is None:
            assert p.addr is not None
            return p.addr + p.offset & self.arch.mask
        found = self.kallsyms_lookup_name(p.symbol_name)
        if not found:
            raise KprobeError("ENOENT", f"the kernel has no symbol '{p.symbol_name}'")
        return found + p.offset

    def _check_address(self, address: int) -> None:
        if not self.description.in_text(address) or self._is_freed(address):
            raise KprobeError("EINVAL", f"{address:#x} is not in the kernel's code")
        for start, end, name in self.blacklist():
            if start <= address < end:
                raise KprobeError("EINVAL", f"{name} may not be probed")
        place = self.description.symbol_at(address)
        if place is None:
            raise KprobeError("EINVAL", f"no function is known at {address:#x}")
        name, offset, size = place
        if address % self.arch.instruction_alignment:
            raise KprobeError(self.arch.misaligned, f"{name}+{offset:#x} is not aligned as instructions are")
        if offset and address not in self._instructions(address - offset, size):
            raise KprobeError("EILSEQ", f"{name}+{offset:#x} is inside an instruction")
        try:
            self.arch.check_place(self.code(address - offset, size), address - offset, address)
        except InstructionError as error:
            raise KprobeError(error.errno, str(error)) from None

    def _instructions(self, start: int, size: int) -> frozenset[int]:
        found = self._boundaries.get(start)
        if found is None:
            found = self._boundaries[start] = self.arch.boundaries(self.code(start, size), start)
        return found

    def code(self, address: int, size: int) -> bytes:
        """Instructions as they are without breakpoints. Raises MemoryFault."""
        data = bytearray(self.memory.read(address, size))
        width = len(self.arch.breakpoint)
        near = range(address - width + 1, address + size)
        sites = self._sites
        places = (
            (a for a in near if a in sites) if len(near) < len(sites) else (a for a in sites if a in near)
        )
        for place in places:
            for i, byte in enumerate(sites[place].opcode):
                if 0 <= place + i - address < size:
                    data[place + i - address] = byte
        return bytes(data)

    def blacklist(self) -> list[tuple[int, int, str]]:
        """[start, end) and name of what may not be probed."""
        if self._blacklist is None:
            self._blacklist = []
            for start, end in _BLACKLISTED:
                self._blacklist += self._functions_in(*map(self.kallsyms_lookup_name, (start, end)))
        return self._blacklist

    def _functions_in(self, start: int, end: int) -> list[tuple[int, int, str]]:
        found = []
        while start < end:
            place = self.description.symbol_at(start)
            if place is None:  # padding between functions
                start += 1
                continue
            name, offset, size = place
            stop = min(end, start - offset + max(size, offset + 1))
            if offset == 0 and name != "__kprobes_text_start":
                found.append((start, stop, name))
            start = stop
        return found

    def _is_freed(self, address: int) -> bool:
        """Whether code was for booting only, and is gone."""
        start, end, state = map(self.kallsyms_lookup_name, ("_sinittext", "_einittext", "system_state"))
        return start <= address < end and bool(state and self.memory.u32(state))

    # ------------------------------------------------------------ arming

    def _prepare(self, address: int) -> Site:
        """The breakpoint's copy of the instruction, not armed yet."""
        self._collect()
        try:
            at = self.machine.code_area.allocate(self.arch.max_slot_size)
        except MemoryError as error:
            raise KprobeError("ENOMEM", str(error)) from None
        try:
            slot = self.arch.prepare(self.code(address, 16), address, at)
        except InstructionError as error:
            self.machine.code_area.free(at, self.arch.max_slot_size)
            raise KprobeError(error.errno, str(error)) from None
        if self.arch.step_trap is not None:
            code = slot.boosted or slot.data
        else:  # both forms: the one to step, with a breakpoint behind it, and the boosted one
            code = slot.data + self.arch.breakpoint
            if slot.boosted is not None:
                code = code.ljust(slot.boosted_offset, b"\0") + slot.boosted
            self.machine.breakpoints[at + len(slot.data) + self.arch.breakpoint_pc] = self._stepped
        self.memory.write_code(at, code)
        return Site(address, self.memory.read(address, len(self.arch.breakpoint)), slot, self._is_delayed(address))

    def _is_delayed(self, address: int) -> bool:
        """Whether an instruction is in a delay slot."""
        if not self.arch.delay_slot_breakpoint:
            return False
        width = len(self.arch.breakpoint)
        try:
            return self.arch.in_delay_slot(self.code(address - width, width))
        except MemoryFault:  # the first of all
            return False

    def _breakpoint(self, site: Site) -> tuple[bytes, int]:
        """The instruction, and its key in Machine.breakpoints."""
        if site.delayed:
            return self.arch.delay_slot_breakpoint, ~site.address
        return self.arch.breakpoint, site.address + self.arch.breakpoint_pc

    def _update(self, site: Site) -> None:
        """Arms or disarms a breakpoint as its probes want it."""
        if not self._enabled or site.disabled:
            self._disarm(site)
            return
        breakpoint, key = self._breakpoint(site)
        self.machine.breakpoints[key] = self._trap_handler(site)
        if not site.armed:
            site.armed = True
            self.memory.write_code(site.address, breakpoint)

    def _disarm(self, site: Site) -> None:
        if site.armed:
            site.armed = False
            self.memory.write_code(site.address, site.opcode)
            del self.machine.breakpoints[self._breakpoint(site)[1]]

    def _collect(self) -> None:
        """Frees the slots of probes that are gone, once no CPU is in them or on the way there."""
        if self._garbage and not self.busy():
            for at in self._garbage:
                slot = self._slots.pop(at).slot
                self._slots.pop(slot.boosted_address, None)
                self.machine.breakpoints.pop(at + len(slot.data) + self.arch.breakpoint_pc, None)
                self.machine.code_area.free(at, self.arch.max_slot_size)
            self._garbage.clear()

    def busy(self) -> bool:
        """Whether a CPU is at a probe, or in code that belongs to one."""
        area = self.machine.code_area
        return any(cpu.kprobe.running is not None or cpu.pc in area for cpu in self.machine.cpus)

    # ------------------------------------------------------------ a hit

    def _trap_handler(self, site: Site) -> Callable[[Cpu], None]:
        """What the breakpoint of a site does, with the PC where Linux's handlers see it."""
        handler, shown, executes = self._handler(site), self.arch.handler_pc, site.slot.executes
        if executes is not None:
            return _conditional(handler, executes, site.address + site.slot.size)
        if shown is None or site.delayed:
            return handler
        place = site.address + shown

        def trapped(cpu: Cpu) -> None:
            cpu.write_pc(place)
            handler(cpu)

        return trapped

    def _handler(self, site: Site) -> Callable[[Cpu], None]:
        """What the breakpoint of a site does: one probe on a boosted instruction has a short way."""
        if len(site.probes) > 1 or not site.boosted or site.probes[0].break_handler:
            return lambda cpu: self._hit(cpu, site)
        probe, active, reenter, address = site.probes[0], Status.HIT_ACTIVE, self._reenter, site.address
        slot, emulate = site.slot.boosted_address, site.slot.emulate

        def hit(cpu: Cpu) -> None:
            block = cpu.kprobe
            if block.running is not None:
                reenter(cpu, block, site)
                return
            block.running = site
            block.status = active
            probe.hits += 1
            try:
                handler = probe.pre_handler
                if handler is not None and handler(probe, block.regs):
                    block.running = None
                    return
            except BaseException:
                block.running = None
                cpu.write_pc(slot if emulate is None else emulate(cpu, address))
                raise
            block.running = None
            cpu.write_pc(slot if emulate is None else emulate(cpu, address))

        return hit

    def _hit(self, cpu: Cpu, site: Site) -> None:
        block = cpu.kprobe
        if block.running is not None:
            self._reenter(cpu, block, site)
            return
        block.running, block.status, block.instance = site, Status.HIT_ACTIVE, None
        try:
            changed = site.pre(block, block.regs)
        except BaseException as failure:
            if not self._handler_failed(block, site, failure):
                self.step(cpu, block, site)
                raise
            changed = 0
        if not changed:
            self.step(cpu, block, site)
        elif block.instance is None or not block.instance.break_handler:
            block.running = None  # it went elsewhere for good

    def step(self, cpu: Cpu, block: ControlBlock, site: Site, reentered: bool = False) -> None:
        """Executes the probed instruction, out of line as a rule: Linux's setup_singlestep."""
        if site.boosted:
            if not reentered:
                block.running = None
            emulate = site.slot.emulate
            cpu.write_pc(site.slot.boosted_address if emulate is None else emulate(cpu, site.address))
            return
        if reentered:
            block.push(site)
        else:
            block.status, block.instance = Status.HIT_SS, None
        block.saved = self.arch.single_step(cpu, site.slot)

    def _reenter(self, cpu: Cpu, block: ControlBlock, site: Site) -> None:
        """A hit while a handler runs: no handlers, but the instruction is executed."""
        if block.status is Status.REENTER:
            raise MachineError(f"Unrecoverable kprobe detected at {self.machine.place(site.address)}")
        site.missed()
        self.step(cpu, block, site, reentered=True)

    def _stepped(self, cpu: Cpu) -> None:
        """The trap after a single-stepped instruction."""
        block = cpu.kprobe
        site = block.running
        if site is None or block.status not in (Status.HIT_SS, Status.REENTER):
            assert self.arch.step_trap is not None
            self.machine.exception(cpu, self.arch.step_trap)
            return
        if self.arch.resume_before_post:
            if self.arch.resume_execution(self.machine, cpu, site.slot, block.saved):
                self._finish(cpu, block, site)
        else:
            self._finish(cpu, block, site)
            self.arch.resume_execution(self.machine, cpu, site.slot, block.saved)

    def _finish(self, cpu: Cpu, block: ControlBlock, site: Site) -> None:
        if block.status is Status.REENTER:
            block.pop()
            return
        block.status = Status.HIT_SSDONE
        try:
            site.post(block, block.regs)
        except BaseException as failure:
            if not self._handler_failed(block, site, failure):
                raise
        finally:
            block.running = block.instance = None

    def _stray_breakpoint(self, cpu: Cpu) -> None:
        """A breakpoint that is not in the table: removed meanwhile, for a break_handler, or the
        kernel's own."""
        address = cpu.pc - self.arch.breakpoint_pc
        block = cpu.kprobe
        if not self.arch.is_breakpoint(self.memory.read(address, len(self.arch.breakpoint))):
            cpu.write_pc(address)
            return
        site, probe = block.running, block.instance
        if site is not None and probe is not None and probe.break_handler:
            if probe.break_handler(probe, block.regs):
                self.step(cpu, block, site)
            return
        self.machine.exception(cpu, self.arch.breakpoint_trap)

    # ------------------------------------------------------------ faults

    def _handler_failed(self, block: ControlBlock, site: Site, failure: BaseException) -> bool:
        """A handler touched memory that is not there: its fault_handler may forgive it."""
        if not isinstance(failure, MemoryFault):
            return False
        site.missed()
        return bool(site.fault(block, block.regs, self.arch.fault_vector("page")))

    def _fault(self, cpu: Cpu, vector: int, _error_code: int, _address: int) -> bool:
        """An exception in kernel mode: true where a fault_handler dealt with it."""
        block = cpu.kprobe
        site = block.running
        if site is not None and block.status in (Status.HIT_SS, Status.REENTER):
            return self._step_faulted(cpu, block, site, vector)
        if cpu.pc in self.machine.code_area:
            copied = self._copied_at(cpu.pc)
            if copied is not None:
                cpu.write_pc(copied.address)
        if site is None:
            return False
        site.missed()  # a function that a handler called
        return bool(site.fault(block, block.regs, vector))

    def _copied_at(self, address: int) -> Site | None:
        """The probed instruction whose copy ``address`` is in: a copy may be of several instructions."""
        size = self.arch.max_slot_size
        return next((site for site in self._slots.values() if 0 <= address - site.slot.address < size), None)

    def _step_faulted(self, cpu: Cpu, block: ControlBlock, site: Site, vector: int) -> bool:
        """The copy of an instruction faulted: everybody is to see the fault at the original."""
        reentered = block.status is Status.REENTER
        self.arch.cancel_step(cpu, site.slot, block.saved)
        if not reentered and site.fault(block, block.regs, vector):
            if cpu.pc == site.address:  # the cause is repaired: try the instruction again
                block.saved = self.arch.single_step(cpu, site.slot)
            else:
                block.running = None
            return True
        if reentered:
            block.pop()
        else:
            block.running = None
        return False

    # ------------------------------------------------------------ what there is

    def probes(self) -> list[Kprobe]:
        """All registered probes, by address, the kprobes of return probes and jprobes included."""
        return [
            p
            for address in sorted(self._sites)
            for p in self._sites[address].probes
            if not self._returns.is_internal(p)
        ]

    def lines(self) -> list[str]:
        """The file kprobes/list of debugfs: address, k, r or j, symbol+offset, and in brackets what else there is to
        say: GONE, DISABLED, and (our own) BOOSTED where no step is needed after the handlers."""
        return [self._line(p) for p in self.probes()]

    def _line(self, p: Kprobe) -> str:
        assert p.addr is not None
        place = self.description.symbol_at(p.addr)
        name = f"{place[0]}+{place[1]:#x}" if place else "?"
        boosted = p.site is not None and p.site.boosted
        words = (("GONE", p.gone), ("DISABLED", p.disabled), ("BOOSTED", boosted))
        marks = "".join(f"[{word}]" for word, applies in words if applies)
        return f"{p.addr:0{self.arch.bits // 4}x}  {p.kind}  {name}  {marks}".rstrip()

    def blacklist_lines(self) -> list[str]:
        """The file kprobes/blacklist of debugfs."""
        width = self.arch.bits // 4
        return [f"0x{start:0{width}x}-0x{end:0{width}x}\t{name}" for start, end, name in self.blacklist()]

    # ------------------------------------------------------------ what handlers ask of the kernel

    def printk(self, text: str) -> None:
        """Logs a message by the kernel's own printk; where that is not possible, straight to the
        console.

        It is not while the kernel is not up, and while the CPU is in the middle of a message of its own: as
        in Linux the log is locked then.
        """
        address = self.kallsyms_lookup_name("printk")
        if not address or not self.machine.running or self._is_logging():
            self.machine.print_kernel(_LEVEL.sub("", text))
            return
        for line in text.splitlines(keepends=True):
            for start in range(0, len(line), _MESSAGE_SIZE):
                data = line[start : start + _MESSAGE_SIZE].encode("latin-1", "replace")
                self.memory.write(self._message, b"%s\0\0" + data + b"\0")
                self.machine.call(address, self._message, self._message + 4)

    def _is_logging(self) -> bool:
        """Whether a function that holds the log's lock is among those that called what runs now."""
        cpu, word = self.machine.cpu, self.arch.word
        ranges = [symbol_range for name in _LOGGING if (symbol_range := self._range(name)) is not None]
        sp = self.machine.kernel_sp(cpu) + self.arch.stack_bias
        stack = self.memory.read(sp, -sp & (self.arch.thread_size - 1))
        values = [int.from_bytes(stack[i : i + word], self.arch.endian) for i in range(0, len(stack), word)]
        values += [cpu.pc, *map(cpu.read, self.arch.link_registers)]
        return any(start <= value < end for value in values for start, end in ranges)

    def _range(self, name: str) -> tuple[int, int] | None:
        start = self.kallsyms_lookup_name(name)
        place = self.description.symbol_at(start) if start else None
        return (start, start + place[2]) if place else None

    def backtrace(self, cpu: Cpu, limit: int = 64) -> list[int]:
        """Where the CPU is, and the return addresses above that. Needs debug information.

        In a pre-handler the CPU is at the probed instruction, in a post-handler behind it, and in the handler of a
        return probe where the call returns to.
        """
        from stapy.runtime.debuginfo.unwind import Unwinder

        block = cpu.kprobe
        task = self.current(cpu)

        def recover(address: int, cfa: int) -> int | None:
            if address != self._returns.trampoline:
                return None
            return self._returns.find(task, self.arch.frame_of_cfa(cfa))

        if block.returning is not None:
            start = _Standing(cpu, block.returning, after_call=True)
        elif block.running is None or block.status is Status.HIT_SSDONE:
            start = _Standing(cpu, cpu.pc)
        else:
            start = _Standing(cpu, block.running.address)
        return Unwinder(self.description).backtrace(start, self.memory, limit, recover)

    # ------------------------------------------------------------ for unwinders

    def is_return_trampoline(self, address: int) -> bool:
        """Whether a return address is that of return probes: kretprobe_find_ret_addr() knows the true one."""
        return address == self._returns.trampoline

    def kretprobe_find_ret_addr(self, task: int, frame: int) -> int | None:
        """Where a call with a return probe really returns to.

        ``frame`` is arch.frame_of_cfa(the call's canonical frame address). None where there is no such call.
        """
        return self._returns.find(task, frame)

    def original_address(self, address: int) -> int:
        """The address of the probed instruction for that of its copy; any other address as it is."""
        site = self._slots.get(address)
        return address if site is None else site.address


def _conditional(handler: Callable[[Cpu], None], executes: Callable[[Cpu], bool], behind: int) -> Callable[[Cpu], None]:
    """``handler`` where the instruction will be executed; else on with the one ``behind`` it."""

    def trapped(cpu: Cpu) -> None:
        if executes(cpu):
            handler(cpu)
        else:
            cpu.write_pc(behind)

    return trapped


class _Standing:
    """The registers of a CPU for an unwinder, with the PC where the code that is probed has it."""

    def __init__(self, cpu: Cpu, pc: int, after_call: bool = False) -> None:
        self.register = cpu.register
        self.pc = pc
        self.after_call = after_call


def _all(probes: Iterable[Any], register: Callable[[Any], int], unregister: Callable[[Any], None]) -> int:
    done: list[Any] = []
    for probe in probes:
        try:
            register(probe)
        except KprobeError:
            for other in done:
                unregister(other)
            raise
        done.append(probe)
    if not done:
        raise KprobeError("EINVAL", "no probes")
    return 0


def _each(probes: Iterable[Any], unregister: Callable[[Any], None]) -> None:
    for probe in probes:
        try:
            unregister(probe)
        except KprobeError:
            continue  # as Linux: the others are taken down all the same
