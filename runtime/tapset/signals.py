"""Signals: names, masks and actions."""

from __future__ import annotations

from typing import Literal

from stapy.runtime.context import Context
from stapy.runtime.program import ScriptError
from stapy.runtime.tapset.declare import tapset_function
from stapy.runtime.tapset.memory import pointer, read_kernel
from stapy.runtime.values.strings import to_signed

# Numbers that all but a few architectures share.
NAMES = dict(enumerate(
    ("HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM",
     "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO",
     "PWR", "SYS"), 1))
FIRST_REAL_TIME, LAST = 32, 64
_FLAGS = (("NOCLDSTOP", 0x1), ("NOCLDWAIT", 0x2), ("SIGINFO", 0x4), ("ONSTACK", 0x08000000), ("RESTART", 0x10000000),
          ("NODEFER", 0x40000000), ("RESETHAND", 0x80000000), ("RESTORER", 0x04000000))


@tapset_function("signal_str", "_signal_name", pure=True)
def signal_str(num: int) -> str:
    """The name of a signal: ``SIGTERM``, ``SIGRTMIN+2``; empty for what is none."""
    if num in NAMES:
        return "SIG" + NAMES[num]
    if num == FIRST_REAL_TIME:
        return "SIGRTMIN"
    return f"SIGRTMIN+{num - FIRST_REAL_TIME}" if FIRST_REAL_TIME < num <= LAST else ""


@tapset_function(pure=True)
def sigset_mask_str(mask: int) -> str:
    """The numbers of the signals in a mask: ``2,15``."""
    return ",".join(str(number) for number in range(1, LAST) if mask >> (number - 1) & 1)


@tapset_function(pure=True)
def sa_flags_str(sa_flags: int) -> str:
    """The names of a signal action's flags: ``SIGINFO|RESTART``."""
    return "|".join(name for name, bit in _FLAGS if sa_flags & bit)


@tapset_function(pure=True)
def sa_handler_str(handler: int) -> str:
    """A signal action's handler: ``default``, ``ignored``, ``error``, or its address."""
    return {0: "default", 1: "ignored", -1: "error"}.get(handler) or f"{handler & 0xFFFFFFFFFFFFFFFF:#x}"


def _set(c: Context, address: int) -> int:
    """The 64-bit mask of the sigset_t at a kernel address."""
    from stapy.runtime.machine.memory import MemoryFault

    order: Literal["little", "big"] = "little"
    try:
        data = read_kernel(c, address, 8)
        word = c.kernel.description.pointer_size
        if not c.kernel.description.little_endian:
            order = "big"
        words = [int.from_bytes(data[at:at + word], order) for at in range(0, 8, word)]
    except MemoryFault as fault:
        raise ScriptError(f"read fault [man error::fault] at {fault.address:#x}") from None
    return sum(value << 8 * word * number for number, value in enumerate(words))


@tapset_function(pure=True, needs_kernel=True)
def get_sigset(c: Context, sigset: int) -> int:
    """The mask in the sigset_t at a kernel address, bit 0 for signal 1."""
    return to_signed(_set(c, sigset))


@tapset_function(pure=True, needs_kernel=True)
def get_sigaction_mask(c: Context, act: int) -> int:
    """The signals blocked while a k_sigaction's handler runs, bit 0 for signal 1."""
    return to_signed(_set(c, pointer(c, act) + c.kernel.layout.offset("k_sigaction", "sa.sa_mask")))


@tapset_function(pure=True, needs_kernel=True)
def get_sa_flags(c: Context, act: int) -> int:
    """The flags of a k_sigaction."""
    return to_signed(c.kernel.member_reader("k_sigaction", "sa.sa_flags", False)(pointer(c, act)))


@tapset_function(pure=True, needs_kernel=True)
def get_sa_handler(c: Context, act: int) -> int:
    """The handler of a k_sigaction: 0 the default, 1 ignored, else its address."""
    return to_signed(c.kernel.member_reader("k_sigaction", "sa.sa_handler", False)(pointer(c, act)))


@tapset_function(pure=True, needs_kernel=True)
def is_sig_blocked(c: Context, task: int, sig: int) -> int:
    """1 if ``task`` blocks the signal ``sig``, else 0."""
    mask = _set(c, pointer(c, task) + c.kernel.layout.offset("task_struct", "blocked"))
    return mask >> (sig - 1) & 1 if 1 <= sig <= LAST else 0


@tapset_function("raise", needs_kernel=True, guru=True)
def raise_signal(c: Context, signo: int) -> None:
    """Send the current task a signal. Not built yet: an error that says so. Needs -g."""
    raise ScriptError("raise() is not available: handlers cannot send signals into the emulated kernel yet")


@tapset_function("WIFEXITED", pure=True)
def wait_status_exited(f: int) -> int:
    """1 if a wait status tells of a process that exited by itself, else 0."""
    return int(f & 0x7F == 0)


@tapset_function("WEXITSTATUS", pure=True)
def wait_status_code(f: int) -> int:
    """The exit status in a wait status."""
    return f >> 8 & 0xFF


@tapset_function("WTERMSIG", pure=True)
def wait_status_signal(f: int) -> int:
    """The signal in a wait status that ended the process; 0 for none."""
    return f & 0x7F
