"""The built-in kernel: boots its image on the machine with a workload's file system, and runs the workload's
processes."""

from __future__ import annotations

import _thread
import stat
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from stapy import arch as architectures
from stapy.runtime.kernels import cpio, executable
from stapy.runtime.kernels.base import ConsoleSink, Kernel, Task
from stapy.runtime.kernels.layout import Layout, Reader
from stapy.runtime.kernels.mmu import PageFault, PageTables
from stapy.runtime.kernels.operations import File, Workload, WorkloadError
from stapy.runtime.kernels.user import UserEngine

EPOCH = 1259812281  # 2009-12-03 03:51:21 UTC, the release of Linux 2.6.32
IMAGES = Path(__file__).resolve().parent.parent / "kernel" / "images"
JIFFY_NS = 1_000_000  # HZ is 1000


class ImageMissing(FileNotFoundError):  # noqa: N818 - says what it is
    """There is no built image of the kernel for an architecture."""


def image_path(arch: str) -> Path:
    """The built kernel for an architecture. Raises KeyError for an unknown one, ImageMissing."""
    path = IMAGES / f"{architectures.get(arch).name}.elf"
    if not path.exists():
        raise ImageMissing(f"the built-in kernel has not been built for {arch} ({path} is missing)")
    return path


def describe(arch: str) -> Any:
    """The KernelDescription of the built-in kernel: what the compiler needs, without a machine."""
    from stapy.runtime.debuginfo import KernelDescription

    return KernelDescription.from_elf(image_path(arch))


class BuiltinKernel(Kernel):
    """The built-in kernel on a machine of its own. See runtime.kernels.base for the interface.

    ``description`` and ``machine`` can be given where they exist already.
    """

    def __init__(self, arch: str = "x86_64", *, description: Any = None, machine: Any = None) -> None:
        from stapy.runtime.machine.machine import Machine

        path = image_path(arch)
        self.arch = architectures.get(arch)
        self.description = describe(arch) if description is None else description
        self.machine = Machine(self.arch) if machine is None else machine
        self.machine.load(path)
        self.memory = self.machine.memory
        self.cpus = self.machine.cpus
        self.clock = self.machine.clock
        self.epoch = EPOCH
        self.layout = Layout(self.description)
        self.page_tables = PageTables(
            self.memory, self.arch.bits, self.description.little_endian, self.arch.page_offset
        )
        self.user: UserEngine | None = None
        self._kprobes: Any = None
        self._members: dict[tuple[str, str, bool], Reader] = {}
        self._calls: dict[int, int] | None = None
        self._stack_mask = ~(self.arch.thread_size - 1)
        ram = self.memory.ram
        self._ram_start, self._ram_end = ram.address, ram.address + ram.size
        self._task_of = self._thread_info_reader()
        self._stopped = False

    @property
    def kprobes(self) -> Any:
        if self._kprobes is None:
            from stapy.runtime.kprobes import Kprobes

            self._kprobes = Kprobes(self.machine, self.description)
        return self._kprobes

    # ------------------------------------------------------------ tasks

    def _thread_info_reader(self) -> Callable[[int], int]:
        offset, size = self.layout.member("thread_info", "task")
        return Reader(self.memory, offset, size)

    def current_task(self, cpu: Any) -> int:
        sp = cpu.sp
        if cpu.user_mode or not self._ram_start < sp <= self._ram_end:  # an entry's first instructions
            return self.user_task(cpu)
        return self._task_of(sp & self._stack_mask)

    def user_task(self, cpu: Any) -> int:
        """The task whose user mode ``cpu`` is in: the owner of the kernel stack that a trap would use."""
        return self._task_of((self.machine.trap_stack(cpu) - 1) & self._stack_mask)

    def tasks(self) -> Iterator[Task]:
        head = self.description.symbols["init_task"]
        offset = self.layout.offset("task_struct", "tasks")
        word = self.memory.word
        place = word(head + offset)
        while place != head + offset:
            yield Task(self, place - offset)
            place = word(place)

    def threads(self, task: int) -> Iterator[Task]:
        offset = self.layout.offset("task_struct", "thread_group")
        word = self.memory.word
        yield Task(self, task)
        place = word(task + offset)
        while place != task + offset:
            yield Task(self, place - offset)
            place = word(place)

    def cputime_to_ns(self, cputime: int) -> int:
        return cputime * JIFFY_NS

    def member_reader(self, structure: str, member: str, signed: bool) -> Callable[[int], int]:
        key = (structure, member, signed)
        found = self._members.get(key)
        if found is None:
            offset, size = self.layout.member(structure, member)
            found = self._members[key] = Reader(self.memory, offset, size, signed)
        return found

    # ------------------------------------------------------------ user memory

    def _page_table(self, task: int) -> int:
        mm = self.member_reader("task_struct", "mm", False)(task)
        return self.member_reader("mm_struct", "pgd", False)(mm) if mm else 0

    def user_read(self, task: int, address: int, size: int) -> bytes:
        from stapy.runtime.machine.memory import MemoryFault

        try:
            return self.page_tables.read(self._page_table(task), address, size)
        except PageFault as fault:
            raise MemoryFault(fault.address, size) from None

    def user_string(self, task: int, address: int, limit: int = 4096) -> bytes:
        """The bytes before the first NUL at a user address, at most ``limit``. Raises MemoryFault."""
        from stapy.runtime.machine.memory import MemoryFault

        try:
            return self.page_tables.cstring(self._page_table(task), address, limit)
        except PageFault as fault:
            raise MemoryFault(fault.address) from None

    def user_write(self, task: int, address: int, data: bytes) -> None:
        from stapy.runtime.machine.memory import MemoryFault

        try:
            self.page_tables.write(self._page_table(task), address, data)
        except PageFault as fault:
            raise MemoryFault(fault.address, len(data), write=True) from None

    # ------------------------------------------------------------ system calls

    def system_call_number(self, names: tuple[str, ...]) -> int | None:
        """The number under which the kernel's table has the first of these functions; None where it has
        none."""
        if self._calls is None:
            self._calls = self._read_call_table()
        symbols = self.machine.symbols
        missing = symbols.get("sys_ni_syscall")
        for name in names:
            symbol = symbols.get(name)
            if symbol is None or (missing is not None and symbol.address == missing.address):
                continue
            if symbol.address in self._calls:
                return self._calls[symbol.address]
        return None

    def _read_call_table(self) -> dict[int, int]:
        table = self.machine.symbols["sys_call_table"]
        count = table.size // self.arch.word
        order = "<" if self.description.little_endian else ">"
        form = f"{order}{count}{'Q' if self.arch.word == 8 else 'I'}"
        numbers: dict[int, int] = {}
        for number, address in enumerate(struct.unpack(form, self.memory.read(table.address, table.size))):
            numbers.setdefault(self.arch.function_address(self.machine, address), number)
        return numbers

    # ------------------------------------------------------------ running

    def set_console(self, sink: ConsoleSink | None) -> None:
        self.machine.console = sink

    def set_terminal(self, sink: ConsoleSink | None) -> None:
        self.machine.terminal = sink

    def start(self, workload: Workload) -> None:
        """See Kernel.start. Raises WorkloadError, and the machine's errors where the kernel does not come
        up."""
        target = executable.target_of(
            image_path(self.arch.name).open("rb").read(64),
            self.arch.user_text,
            self.arch.system_call_instruction,
        )
        entries, programs = file_system(workload, target)
        self.user = UserEngine(self, workload, target)
        self.user.entries = programs
        self.machine.on_user_mode = self.user.resume
        self.machine.boot(initrd=cpio.archive(entries), command_line=" ".join(workload.arguments))
        self._go(None)
        if not self.user.ready:
            raise WorkloadError("the kernel stopped before the workload began")

    def run(self, until_ns: int | None = None) -> str:
        if self.user is None:
            raise WorkloadError("run() before start()")
        self._stopped = False
        return self._go(until_ns)

    def _go(self, until_ns: int | None) -> str:
        from stapy.runtime.machine.machine import MachineStuck

        assert self.user is not None
        timer = None
        if until_ns is not None:
            if self.clock.now() >= until_ns:
                return "time"
            timer = self.clock.at(until_ns, lambda cpu: self.machine.stop())
        try:
            if self.user.finished is None:
                self.machine.run()
        except MachineStuck as stuck:
            if not any(cpu.halted for cpu in self.cpus):
                raise
            raise WorkloadError(f"nothing is left to happen: {self._sleepers()}") from stuck
        finally:
            if timer is not None:
                timer.cancel()
        if self.user.finished is not None or self.machine.powered_off:
            return "finished"
        return "stopped" if self._stopped or timer is None else "time"

    def _sleepers(self) -> str:
        """Who waits for ever, for the message that says so."""
        waiting = [f"{task.comm}[{task.pid}]" for task in self.tasks() if not task.is_kernel_thread]
        return f"{', '.join(waiting)} {'wait' if len(waiting) > 1 else 'waits'} for ever"

    def stop(self) -> None:
        self._stopped = True
        self.machine.stop()
        if self.user is not None and self.user.in_workload:
            self._watch(self.user, self.user.turns)

    def _watch(self, user: UserEngine, turns: int) -> None:
        """^C while a workload's own Python runs: if that does not end soon, it is interrupted where it is."""

        def insist() -> None:
            if user.in_workload and user.turns == turns:
                _thread.interrupt_main()

        timer = threading.Timer(1.0, insist)
        timer.daemon = True
        timer.start()

    @property
    def target(self) -> int:
        return self.user.target_pid if self.user is not None else 0

    @property
    def status(self) -> int | None:
        return self.user.finished if self.user is not None else None

    def close(self) -> None:
        if self.user is not None:
            self.user.close()


# ---------------------------------------------------------------- the initramfs


def file_system(workload: Workload, target: executable.Target) -> tuple[list[cpio.Entry], dict[int, Any]]:
    """The files of the initramfs, folders first, and the programs by entry address."""
    text = executable.text_segment(target)
    files = dict(workload.files)
    programs = {}
    for index, (path, program) in enumerate(sorted(workload.programs.items())):
        programs[executable.entry_address(target, index)] = program
        data = executable.executable(target, text, index, path)
        files[path] = File(data, 0o755)
        if path == workload.init:
            files["/init"] = File(data, 0o755)
    _add_parents(files)
    return [_entry(path, files[path]) for path in sorted(files)], programs


def _add_parents(files: dict[str, File]) -> None:
    for path in list(files):
        parent = path.rpartition("/")[0]
        while parent and parent not in files:
            files[parent] = File(mode=stat.S_IFDIR | 0o755)
            parent = parent.rpartition("/")[0]


def _entry(path: str, file: File) -> cpio.Entry:
    mode = file.mode if stat.S_IFMT(file.mode) else stat.S_IFREG | file.mode
    return cpio.Entry(path[1:], file.data, mode, file.uid, file.gid, EPOCH, file.device)
