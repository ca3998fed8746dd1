"""A program that somebody else runs on a Unicorn instance, as a kernel that scripts can probe.

The instance, its memory and its clock belong to the program that made it; this adds breakpoints, a region for
instruction slots, and hooks for traps. There are no tasks in it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

from stapy import arch as architectures
from stapy.runtime.kernels.base import ConsoleSink, Kernel, Task
from stapy.runtime.kernels.layout import Layout, Reader
from stapy.runtime.machine.cpu import MachineError
from stapy.runtime.machine.memory import CodeArea, MemoryFault, Region
from stapy.runtime.program import ScriptError

SLOTS = 1 << 20  # bytes for instruction slots and trampolines
_FORMATS = {"u8": "B", "u16": "H", "u32": "I", "u64": "Q", "s8": "b", "s16": "h", "s32": "i", "s64": "q"}


class AttachError(Exception):
    """A Unicorn instance that cannot be attached to, or an ELF file that does not describe what it runs."""


class AttachedMemory:
    """The memory of a Unicorn instance, with the interface of runtime.machine.memory.Memory."""

    def __init__(self, arch: Any, uc: Any) -> None:
        self._arch = arch
        self._uc = uc
        self.cpus: list[Any] = []
        self.regions: list[Any] = []
        self.mask = arch.mask
        self.endian = arch.endian
        self.word_size = arch.word
        order = "<" if arch.endian == "little" else ">"
        for name, code in _FORMATS.items():
            setattr(self, name, self._reader(struct.Struct(order + code)))
        self.word = getattr(self, f"u{arch.bits}")

    def _reader(self, form: struct.Struct) -> Callable[[int], int]:
        unpack, size, read = form.unpack, form.size, self.read
        return lambda address: unpack(read(address, size))[0]

    def read(self, address: int, size: int) -> bytes:
        """``size`` bytes. Raises MemoryFault."""
        from unicorn import UcError

        try:
            return bytes(self._uc.mem_read(self._arch.physical(address & self.mask), size))
        except (UcError, OverflowError):
            raise MemoryFault(address & self.mask, size) from None

    def write(self, address: int, data: bytes) -> None:
        """Stores ``data``. Raises MemoryFault."""
        from unicorn import UcError

        try:
            self._uc.mem_write(self._arch.physical(address & self.mask), bytes(data))
        except (UcError, OverflowError):
            raise MemoryFault(address & self.mask, len(data), write=True) from None

    def write_word(self, address: int, value: int) -> None:
        self.write(address, (value & self.mask).to_bytes(self.word_size, self.endian))

    def write_u32(self, address: int, value: int) -> None:
        self.write(address, (value & 0xFFFFFFFF).to_bytes(4, self.endian))

    def write_u64(self, address: int, value: int) -> None:
        self.write(address, (value & 0xFFFFFFFFFFFFFFFF).to_bytes(8, self.endian))

    def write_code(self, address: int, data: bytes) -> None:
        self.write(address, data)
        for cpu in self.cpus:
            cpu.flush(address, len(data))

    def mapped(self, address: int, size: int = 1) -> bool:
        try:
            self.read(address, size)
        except MemoryFault:
            return False
        return True

    def cstring(self, address: int, limit: int = 4096) -> bytes:
        """The bytes before the first NUL, at most ``limit``. Raises MemoryFault."""
        found = b""
        while len(found) < limit:
            here = address + len(found)
            page_left = 4096 - here % 4096
            piece, end, _ = self.read(here, min(page_left, limit - len(found))).partition(b"\0")
            found += piece
            if end:
                break
        return found

    def add_region(self, address: int, size: int) -> Region:
        """More memory for the instance, executable."""
        region = Region(address, size)
        for cpu in self.cpus:
            cpu.map(region)
        return region


class AttachedMachine:
    """What kprobes ask of a machine, of an instance that somebody else runs."""

    nr_cpus = 1
    running = False  # no function of the program is called by probes
    image = None

    def __init__(self, arch: Any, uc: Any, description: Any) -> None:
        from stapy.runtime.machine.unicorn_cpu import UnicornCpu

        self.arch = arch
        memory: Any = AttachedMemory(arch, uc)  # as good as a Memory
        self.memory = memory
        self.breakpoints: dict[int, Callable[[Any], None]] = {}
        self.traps: dict[int, Callable[[Any], None]] = {}
        self.fault_hooks: list[Callable[[Any, int, int, int], bool]] = []
        self.symbols: dict[str, Any] = {}
        self._description = description
        self.cpu = UnicornCpu(arch, memory, breakpoints=self.breakpoints, uc=uc)
        self.cpu.trap = self._trap
        self.cpus = [self.cpu]
        self.code_area = CodeArea(memory, self._room(uc), SLOTS)

    def _room(self, uc: Any) -> int:
        """An address for the slots: the gap nearest to the program's code, so that fixed-up branches reach."""
        start = min((low for low, *_ in self._description.segments), default=0)
        taken = sorted((begin, end + 1) for begin, end, _ in uc.mem_regions())
        limit = min(self.arch.mask, (1 << 52) - 1)
        candidates = []
        before = 0x10000  # the lowest pages stay free: null pointers
        for begin, end in [*taken, (limit, limit)]:
            if begin - before >= SLOTS + 0x2000:
                candidates += [before + 0x1000, begin - SLOTS - 0x1000]
            before = max(before, (end + 0xFFF) & ~0xFFF)
        if not candidates:
            raise AttachError("there is no room for instruction slots in the instance's memory")
        at = self.arch.physical(start)
        return min((address & ~0xFFF for address in candidates), key=lambda address: abs(address - at))

    def _trap(self, cpu: Any, number: int) -> None:
        handler = self.traps.get(number)
        if handler is not None:
            handler(cpu)
        else:
            self.exception(cpu, number)

    def exception(self, cpu: Any, vector: int, error_code: int = 0, address: int = 0) -> None:
        """A trap that no probe asked for is the program's own affair: its hooks see it as well. Where it has none,
        Unicorn would have stopped with an error but for our hook, so this raises AttachError."""
        from unicorn.unicorn_py3.unicorn import HOOK_INTR_CFUNC

        if not any(isinstance(hook, HOOK_INTR_CFUNC) for hook in cpu.uc._callbacks.values()):
            raise AttachError(f"trap {vector} at {self.place(cpu.pc)}, and the program has no UC_HOOK_INTR")

    def kernel_sp(self, cpu: Any) -> int:
        return cpu.sp

    def place(self, address: int) -> str:
        found = self._description.symbol_at(address)
        return f"{address:#x} ({found[0]}+{found[1]:#x})" if found else f"{address:#x}"

    def print_kernel(self, text: str) -> None:
        """There is no console."""

    def call(self, function: int, *arguments: int, cpu: Any = None) -> int:
        raise MachineError("functions of an attached program cannot be called by probes")


class ProgramLayout(Layout):
    """Of a program, which is asked for a kernel's structures when a script calls functions that are about tasks."""

    def structure(self, name: str) -> Any:
        try:
            return super().structure(name)
        except KeyError:
            raise ScriptError(f"an attached program has no struct {name}") from None


class AttachedClock:
    """Time as the attaching program tells it, in nanoseconds; it stands still where that tells none."""

    def __init__(self, now: Callable[[], int] | None) -> None:
        self._now = now

    def now(self, cpu: Any = None) -> int:
        return self._now() if self._now is not None else 0

    def every(self, *_: Any) -> NoReturn:
        raise AttachError("timer probes cannot run on an attached program: its time is its own")

    at = every


class AttachedKernel(Kernel):
    """A Unicorn instance ``uc`` that runs the program in the ELF file ``elf``."""

    def __init__(self, uc: Any, elf: str | Path, *, arch: str | None = None,
                 clock: Callable[[], int] | None = None) -> None:
        from elftools.common.exceptions import ELFError

        from stapy.runtime.debuginfo import KernelDescription
        from stapy.runtime.kprobes import Kprobes

        try:
            self.description = KernelDescription.from_elf(elf)
        except ELFError as error:
            raise AttachError(f"{elf} is no ELF file: {error}") from None
        self.description.program = str(elf)
        self.arch = _architecture(uc, arch or self.description.arch)
        self.uc = uc
        machine: Any = AttachedMachine(self.arch, uc, self.description)  # as good as a Machine
        self.machine = machine
        self.memory = self.machine.memory
        self.cpus = self.machine.cpus
        self.clock: Any = AttachedClock(clock)
        self.epoch = 0
        self.layout = ProgramLayout(self.description)
        self.kprobes = Kprobes(machine, self.description, current=lambda cpu: 0)
        self._stopped = False

    # ------------------------------------------------------------ tasks: none

    def current_task(self, cpu: Any) -> int:
        return 0

    def tasks(self) -> Iterator[Task]:
        return iter(())

    def threads(self, task: int) -> Iterator[Task]:
        return iter(())

    def cputime_to_ns(self, cputime: int) -> int:
        return cputime

    def member_reader(self, structure: str, member: str, signed: bool) -> Callable[[int], int]:
        offset, size = self.layout.member(structure, member)
        return Reader(self.memory, offset, size, signed)

    def user_read(self, task: int, address: int, size: int) -> bytes:
        return self.memory.read(address, size)

    def user_string(self, task: int, address: int, limit: int = 4096) -> bytes:
        return self.memory.cstring(address, limit)

    def user_write(self, task: int, address: int, data: bytes) -> None:
        self.memory.write(address, data)

    # ------------------------------------------------------------ running: not ours

    def set_console(self, sink: ConsoleSink | None) -> None:
        """There is none."""

    def set_terminal(self, sink: ConsoleSink | None) -> None:
        """There is none."""

    def start(self, workload: Any) -> None:
        raise AttachError("an attached program is started by whoever made it")

    def run(self, until_ns: int | None = None) -> str:
        raise AttachError("an attached program is run by whoever made it")

    def stop(self) -> None:
        """Make the program's emu_start return: the script's exit()."""
        self._stopped = True
        self.uc.emu_stop()

    @property
    def target(self) -> int:
        return 0

    @property
    def status(self) -> int | None:
        return None

    def close(self) -> None:
        """Take the hooks away."""
        self.machine.cpu.detach()


def _architecture(uc: Any, name: str) -> Any:
    """The architecture called ``name``, if that is what ``uc`` emulates. Raises AttachError."""
    try:
        arch = architectures.get(name)
    except KeyError as error:
        raise AttachError(f"no {error.args[0]}") from None
    kind, mode = arch.unicorn()
    if (uc._arch, uc._mode) != (kind, mode):
        raise AttachError(f"the instance does not emulate {arch.name}: it was made with Uc({uc._arch}, {uc._mode}), "
                          f"{arch.name} is Uc({kind}, {mode})")
    return arch
