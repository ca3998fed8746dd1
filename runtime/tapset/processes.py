"""What process.begin and its kin ask: which process this is, what it runs, and its system call's arguments."""

from __future__ import annotations

from typing import Any

from stapy.runtime.context import Context
from stapy.runtime.tapset.declare import tapset_function
from stapy.runtime.tapset.files import current_exe_file, fullpath_struct_file
from stapy.runtime.tapset.memory import pointer
from stapy.runtime.tapset.system_calls import syscall_name, syscall_num
from stapy.runtime.tapset.tasks import current, pid, tid
from stapy.runtime.values.strings import to_signed

_FOLDERS = ("/bin/", "/usr/bin/", "/sbin/", "/usr/sbin/")  # where a program named without one is looked for

# The registers of the arguments, as pt_regs has them.
_ARGUMENTS = {
    "x86_64": ("di", "si", "dx", "r10", "r8", "r9"),
    "i386": ("bx", "cx", "dx", "si", "di", "bp"),
    "arm": ("r0", "r1", "r2", "r3", "r4", "r5"),
    "arm64": ("x0", "x1", "x2", "x3", "x4", "x5"),
    "ppc": ("r3", "r4", "r5", "r6", "r7", "r8"),
    "riscv": ("a0", "a1", "a2", "a3", "a4", "a5"),
    "s390": ("r2", "r3", "r4", "r5", "r6", "r7"),
    "sparc": ("o0", "o1", "o2", "o3", "o4", "o5"),
    "mips": ("a0", "a1", "a2", "a3", "a4", "a5"),
}


@tapset_function(pure=True, needs_kernel=True)
def _is_process(c: Context) -> int:
    """Whether the current task is the first thread of a user process."""
    return int(tid(c) == pid(c) and bool(c.kernel.task(current(c)).read("mm")))


@tapset_function(pure=True, needs_kernel=True)
def _is_thread(c: Context) -> int:
    """Whether the current task is a further thread of a user process."""
    return int(tid(c) != pid(c))


@tapset_function(pure=True, needs_kernel=True)
def _process_begins(c: Context) -> int:
    """At an exec, or when a task runs for the first time: whether a process begins with it."""
    return _is_process(c)


@tapset_function(pure=True, needs_kernel=True)
def _in_target(c: Context) -> int:
    """Whether the current process is the target, of -x or -c; without a target any is."""
    target = c.session.target
    return int(not target or pid(c) == target)


@tapset_function(pure=True, needs_kernel=True)
def _runs_program(c: Context, path: str) -> int:
    """Whether the current process runs the program ``path``, be it named without its folder."""
    file = current_exe_file(c)
    if not file:
        return 0
    running = fullpath_struct_file(c, to_signed(current(c)), file)
    wanted = (path,) if path.startswith("/") else tuple(folder + path for folder in _FOLDERS)
    return int(running in wanted)


def _name_for(c: Context, names: dict[str, Any]) -> Any:
    """What ``names`` has for the kernel's architecture: by its own name, or by how that begins."""
    arch = c.kernel.arch.name
    return names.get(arch) or next((names[key] for key in names if arch.startswith(key)), None)


def _registers(c: Context, regs: int) -> Any:
    from stapy.runtime.kprobes import MemoryRegs

    return MemoryRegs(c.kernel.arch, c.kernel.memory, pointer(c, regs))


@tapset_function(pure=True, needs_kernel=True)
def _system_call_argument(c: Context, regs: int, number: int) -> int:
    """An argument, counted from 1, of the system call whose struct pt_regs is at ``regs``."""
    names = _name_for(c, _ARGUMENTS) or ()
    return to_signed(_registers(c, regs).get(names[number - 1])) if 1 <= number <= len(names) else 0


_NUMBERS = {"x86_64": "orig_ax", "i386": "orig_ax", "arm64": "syscallno", "arm": "r7", "ppc": "r0", "riscv": "a7",
            "s390": "r1", "sparc": "g1", "mips": "zero"}


@tapset_function(pure=True, needs_kernel=True)
def _system_call_number(c: Context, regs: int) -> int:
    """The number of the system call whose struct pt_regs is at ``regs``; of one that has ended too."""
    registers = _registers(c, regs)
    number = registers.get(_name_for(c, _NUMBERS)) & 0xFFFFFFFF
    number -= number >> 31 << 32
    # A new program begins with registers of its own, all of them 0, and so has no number any more.
    fresh = number == -1 or (number == 0 and syscall_name(c, 0) != "read")
    if fresh and not any(registers.get(name) for name in _name_for(c, _ARGUMENTS) or ()):
        return syscall_num(c, "execve")
    return number
