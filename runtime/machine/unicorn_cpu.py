"""A CPU on Unicorn, by its C interface: the stock Python binding costs five times as much a trap.

Register access goes through PyDLL, which keeps the interpreter lock; uc_emu_start goes through CDLL, which
gives it up.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import unicorn
from unicorn.unicorn_py3.unicorn import uclib

from stapy.runtime.machine.cpu import STOPPED, Breakpoint, Cpu, MachineError, Stop

if TYPE_CHECKING:
    from stapy.arch import Architecture
    from stapy.runtime.machine.memory import Memory, Region

_held = ctypes.PyDLL(uclib._name)
_reg_read, _reg_write, _emu_stop = _held.uc_reg_read, _held.uc_reg_write, _held.uc_emu_stop
_context_save, _context_restore = _held.uc_context_save, _held.uc_context_restore
_released = ctypes.CDLL(uclib._name)
_emu_start = _released.uc_emu_start
_emu_start.argtypes = [ctypes.c_void_p, ctypes.c_uint64, ctypes.c_uint64, ctypes.c_uint64, ctypes.c_size_t]
_hook_add, _hook_del = _held.uc_hook_add, _held.uc_hook_del
_NOTHING = ctypes.CDLL(None).labs  # called with a CPU's handle first, it only looks at it

_INTERRUPT_HOOK = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_void_p)
_INVALID_HOOK = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, ctypes.c_void_p)
_MEMORY_HOOK = ctypes.CFUNCTYPE(
    ctypes.c_bool,
    ctypes.c_void_p,
    ctypes.c_int,
    ctypes.c_uint64,
    ctypes.c_int,
    ctypes.c_int64,
    ctypes.c_void_p,
)
_ACCESS = {
    unicorn.UC_ERR_READ_UNMAPPED: "read",
    unicorn.UC_ERR_WRITE_UNMAPPED: "write",
    unicorn.UC_ERR_FETCH_UNMAPPED: "fetch",
    unicorn.UC_ERR_READ_PROT: "read",
    unicorn.UC_ERR_WRITE_PROT: "write",
    unicorn.UC_ERR_FETCH_PROT: "fetch",
}
_UNALIGNED = (unicorn.UC_ERR_READ_UNALIGNED, unicorn.UC_ERR_WRITE_UNALIGNED)


class _Register:
    """One register's transfers. A buffer each, because Unicorn writes only as many bytes as the
    register has."""

    __slots__ = ("_handle", "_number", "_reference", "_value")

    def __init__(self, handle: ctypes.c_void_p, number: int) -> None:
        self._handle = handle
        self._number = ctypes.c_int(number)
        self._value = ctypes.c_uint64(0)
        self._reference = ctypes.byref(self._value)

    def reader(self) -> Callable[[], int]:
        handle, number, value, reference = self._handle, self._number, self._value, self._reference

        def read() -> int:
            _reg_read(handle, number, reference)
            return value.value

        return read

    def writer(self) -> Callable[[int], None]:
        handle, number, value, reference = self._handle, self._number, self._value, self._reference

        def write(new: int) -> None:
            value.value = new
            _reg_write(handle, number, reference)

        return write


class _SystemValue(ctypes.Structure):
    """What Unicorn transfers for a register without a number of its own."""

    _fields_ = [
        ("crn", ctypes.c_uint32),
        ("crm", ctypes.c_uint32),
        ("op0", ctypes.c_uint32),
        ("op1", ctypes.c_uint32),
        ("op2", ctypes.c_uint32),
        ("value", ctypes.c_uint64),
    ]


class _SystemRegister(_Register):
    """A register named by the fields of the instruction that moves it: ``place`` is (crn, crm, op0, op1, op2)."""

    __slots__ = ()

    def __init__(self, handle: ctypes.c_void_p, number: int, place: tuple[int, int, int, int, int]) -> None:
        super().__init__(handle, number)
        self._value: Any = _SystemValue(*place, 0)
        self._reference = ctypes.byref(self._value)


class UnicornCpu(Cpu):
    """A CPU of ``arch`` that sees ``memory``; ``uc`` is an instance that someone else made and mapped memory
    into."""

    def __init__(
        self,
        arch: Architecture,
        memory: Memory,
        number: int = 0,
        breakpoints: dict[int, Breakpoint] | None = None,
        uc: Any = None,
    ) -> None:
        super().__init__(arch, memory, number, breakpoints)
        engine: Any = uc or unicorn.Uc(*arch.unicorn())
        if uc is None:
            arch.set_up_engine(engine)
        self.uc = engine
        self._handle = ctypes.c_void_p(engine._uch.value)
        self._failure: BaseException | None = None
        self._fault_address = 0
        self._faulted = False  # the memory hook was called: it is no trap besides
        self._stopping = False
        self._depth = 0
        self._disturbed = False  # a nested run has stopped Unicorn, which stops the outer one as well
        self._readers: dict[str, Callable[[], int]] = {}
        self._writers: dict[str, Callable[[int], None]] = {}
        registers = {name: _Register(self._handle, arch.unicorn_register(name)) for name in arch.registers}
        for name, place in arch.system_registers.items():
            registers[name] = _SystemRegister(self._handle, arch.unicorn_register(name), place)
        for name, register in registers.items():
            self._readers[name] = register.reader()
            self._writers[name] = register.writer()
        try:
            self.register_file = arch.register_file(engine)
        except RuntimeError as error:
            raise MachineError(str(error)) from None
        for name in arch.file_registers:
            self._readers[name], self._writers[name] = self.register_file.registers[name]
        for alias, name in arch.register_aliases.items():
            self._readers[alias] = self._readers[name]
            self._writers[alias] = self._writers[name]
        self._dwarf_readers = {number: self._readers[name] for number, name in arch.dwarf_registers.items()}
        self._dwarf_writers = {number: self._writers[name] for number, name in arch.dwarf_registers.items()}
        self.read_pc = self._readers[arch.pc]
        self.write_pc = self._writers[arch.pc]
        self._read_sp = self._readers[arch.sp]
        self._contexts: list[Any] = []
        self._watches: list[Any] = []
        self._clean: Any = engine.context_save() if arch.leaves_branch else None
        for region in memory.regions if uc is None else ():
            self.map(region)
        memory.cpus.append(self)
        self._install_hooks()

    # -- registers

    def read(self, name: str) -> int:
        return self._readers[name]()

    def write(self, name: str, value: int) -> None:
        self._writers[name](value)

    def register(self, number: int) -> int:
        return self._dwarf_readers[number]()

    def set_register(self, number: int, value: int) -> None:
        self._dwarf_writers[number](value)

    @property
    def pc(self) -> int:
        return self.read_pc()

    @pc.setter
    def pc(self, value: int) -> None:
        self.write_pc(value)

    @property
    def sp(self) -> int:
        return self._read_sp()

    @sp.setter
    def sp(self, value: int) -> None:
        self._writers[self.arch.sp](value)

    # -- traps

    def _install_hooks(self) -> None:
        self._callbacks: list[tuple[int, Any]] = [
            (unicorn.UC_HOOK_INTR, _INTERRUPT_HOOK(self._interrupt_hook())),
            (unicorn.UC_HOOK_MEM_INVALID, _MEMORY_HOOK(self._memory_fault)),
        ]
        if self.arch.delay_slot_breakpoint:
            self._callbacks.append((unicorn.UC_HOOK_INSN_INVALID, _INVALID_HOOK(self._invalid_instruction)))
        self._hooks = [self._add_hook(kind, callback, 1, 0) for kind, callback in self._callbacks]

    def detach(self) -> None:
        """Take the hooks off an instance that goes on without us."""
        for hook in self._hooks:
            _hook_del(self._handle, hook)
        self._hooks.clear()

    def _interrupt_hook(self) -> Callable[[Any, int, Any], None]:
        """The callback for every trap: the path of a probe hit, hence no attribute look-ups."""
        handle, number, breakpoint_trap = (
            self._handle,
            ctypes.c_int(self._pc_number()),
            self.arch.breakpoint_trap,
        )
        value = ctypes.c_uint64(0)
        reference = ctypes.byref(value)
        find = self.breakpoints.get

        def on_interrupt(_uc: Any, trap: int, _data: Any) -> None:
            try:
                if trap == breakpoint_trap:
                    _reg_read(handle, number, reference)
                    hit = find(value.value)
                    if hit is not None:
                        hit(self)
                        return
                self.trap(self, trap)
            except BaseException as failure:
                # Unicorn cannot pass it on: run() will.
                self._fail(failure)

        return on_interrupt

    def _invalid_instruction(self, _uc: Any, _data: Any) -> bool:
        """Whether it was a breakpoint."""
        try:
            hit = self.breakpoints.get(~self.read_pc())
            if hit is None:
                return False
            hit(self)
        except BaseException as failure:
            self._fail(failure)
        return True

    def _pc_number(self) -> int:
        return self.arch.unicorn_register(self.arch.pc)

    def take_failure(self) -> BaseException | None:
        """What a callback raised while somebody else ran the instance."""
        failure, self._failure = self._failure, None
        return failure

    def _fail(self, failure: BaseException) -> None:
        if self._failure is None:
            self._failure = failure
        self.stop()

    def _memory_fault(self, _uc: Any, _kind: int, address: int, _size: int, _value: int, _data: Any) -> bool:
        self._fault_address = address
        self._faulted = True
        return False

    # -- execution

    def run(self) -> Stop:
        outer_stopping, self._stopping = self._stopping and self._depth > 0, False
        self._depth += 1
        try:
            return self._run()
        finally:
            self._depth -= 1
            self._disturbed = self._depth > 0
            if outer_stopping:  # asked for before this nested run, which made Unicorn forget it
                self.stop()

    def _run(self) -> Stop:
        begin = self.read_pc() if self.register_file is None else self.register_file.start()
        self._faulted = False
        error = _emu_start(self._handle, begin, self.arch.stop_address, 0, 0)
        stopping = self._stopping or self._disturbed
        self._stopping = self._disturbed = False
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure
        if error and self._clean is not None:
            if error in _UNALIGNED or (error in _ACCESS and not self._faulted):  # it was a trap before
                return STOPPED
            self.forget_branch()
        if error in _ACCESS:
            access, address = _ACCESS[error], self.arch.virtual(self._fault_address)
            if self._clean is not None:
                self.write_pc(self.arch.failing_place(self, access, address))
            return Stop("fault", access, address)  # type: ignore[arg-type]
        if error == unicorn.UC_ERR_INSN_INVALID:
            return Stop("opcode")
        if error:
            raise MachineError(f"CPU {self.number} at {self.pc:#x}: {unicorn.UcError(error)}")
        if stopping:
            return STOPPED
        if self.pc == self.arch.stop_address:
            return Stop("fault", "fetch", self.pc)  # a jump to where Unicorn was told to stop
        return Stop("halt")

    def execute(self, address: int) -> None:
        """Executes one instruction, in the midst of a trap: it must not fail, nor trap."""
        _emu_start(self._handle, address, self.arch.stop_address, 0, 1)
        self._disturbed = True

    def forget_branch(self) -> None:
        """After a fault, where Unicorn may still be in the middle of a branch: makes it stand before an instruction,
        with the registers as they are."""
        values = {name: self.read(name) for name in self.arch.registers}
        _context_restore(self._handle, self._clean.context)
        for name, value in values.items():
            self.write(name, value)

    def stop(self) -> None:
        self._stopping = True
        _emu_stop(self._handle)

    def save(self) -> Any:
        if self.register_file is not None:
            return self.register_file.save(), self.user_mode, self.halted
        context = self._contexts.pop() if self._contexts else self.uc.context_save()
        _context_save(self._handle, context.context)
        return context, self.user_mode, self.halted

    def restore(self, state: Any) -> None:
        context, self.user_mode, self.halted = state
        if self.register_file is not None:
            self.register_file.restore(context)
            return
        _context_restore(self._handle, context.context)
        self._contexts.append(context)

    # -- watchpoints

    def watch(
        self, address: int, length: int, reads: bool, accessed: Callable[[int, int, int | None], None]
    ) -> Callable[[], None]:
        """Have ``accessed(address, size, value)`` called at each write to these bytes, before it is carried out, and
        with ``reads`` at each read (value None). The PC is that of the instruction, or where the architecture
        cannot have that (exact_pc) of its basic block. What is given back ends it."""

        def hook(_uc: Any, kind: int, place: int, size: int, value: int, _data: Any) -> bool:
            try:
                written = value & (1 << 8 * size) - 1 if kind == unicorn.UC_MEM_WRITE else None
                accessed(self.arch.virtual(place), size, written)
            except BaseException as failure:
                self._fail(failure)
            return True

        start = self.arch.physical(address)
        kinds = unicorn.UC_HOOK_MEM_WRITE | (unicorn.UC_HOOK_MEM_READ if reads else 0)
        callback = _MEMORY_HOOK(hook)
        # An access begins up to seven bytes before the byte that is watched: those that end too early are left out.
        hooks = [self._add_hook(kinds, callback, start - 7, start + length - 1)]
        # Unicorn knows the PC of every instruction only where each is hooked: by a C function that does nothing.
        if self.arch.exact_pc:
            hooks.append(self._add_hook(unicorn.UC_HOOK_CODE, _NOTHING, 1, 0))
        self.uc.ctl_flush_tb()

        def end() -> None:
            for number in hooks:
                _hook_del(self._handle, number)
            self.uc.ctl_flush_tb()
            self._watches.remove(callback)

        self._watches.append(callback)  # Unicorn does not keep it alive
        return end

    def _add_hook(self, kind: int, callback: Any, start: int, end: int) -> ctypes.c_size_t:
        hook = ctypes.c_size_t()
        error = _hook_add(
            self._handle, ctypes.byref(hook), kind, callback, None, ctypes.c_uint64(start), ctypes.c_uint64(end)
        )
        if error:
            raise MachineError(f"Unicorn refuses a hook: error {error}")
        return hook

    # -- memory

    def map(self, region: Region) -> None:
        self.uc.mem_map_ptr(
            self.arch.physical(region.address),
            region.size,
            unicorn.UC_PROT_ALL,
            ctypes.c_void_p(region.pointer),
        )

    def flush(self, address: int, size: int) -> None:
        # From the byte before: a block that ends at an illegal instruction used as a breakpoint (s390x, riscv64) does
        # not count that instruction in, and would stay.
        self.uc.ctl_remove_cache(address - 1, address + size)
