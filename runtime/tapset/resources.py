"""Resources of tasks: limits, memory in use, the load."""

from __future__ import annotations

from stapy.runtime.context import Context
from stapy.runtime.program import ScriptError
from stapy.runtime.tapset.declare import tapset_function
from stapy.runtime.tapset.memory import pointer
from stapy.runtime.tapset.sizes import PAGE_SIZE, pages_to_string
from stapy.runtime.tapset.tasks import current, pid2task
from stapy.runtime.values.strings import to_signed

LIMITS = ("CPU", "FSIZE", "DATA", "STACK", "CORE", "RSS", "NPROC", "NOFILE", "MEMLOCK", "AS", "LOCKS", "SIGPENDING",
          "MSGQUEUE", "NICE", "RTPRIO", "RTTIME")


def _limit(c: Context, task: int, number: int) -> int:
    """The soft limit ``number`` of a task; -1 for none."""
    if c.kernel is None:
        raise ScriptError("read fault [man error::fault] at 0x0")
    kernel, layout = c.kernel, c.kernel.layout
    signal = kernel.member_reader("task_struct", "signal", False)(pointer(c, task))
    place = signal + layout.offset("signal_struct", "rlim") + number * layout.size("rlimit")
    value = kernel.member_reader("rlimit", "rlim_cur", False)(place)
    return -1 if value == (1 << kernel.arch.bits) - 1 else to_signed(value)


@tapset_function(pure=True)
def rlimit_from_str(lim_str: str) -> int:
    """The number of a limit by its name, ``RLIMIT_NOFILE``; -1 for what is none."""
    short = lim_str.removeprefix("RLIMIT_")
    return LIMITS.index(short) if lim_str.startswith("RLIMIT_") and short in LIMITS else -1


@tapset_function(pure=True, needs_kernel=True)
def task_rlimit(c: Context, task: int, lim_str: str) -> int:
    """The soft limit of ``task`` by name, ``RLIMIT_NOFILE``; -1 for no limit, or an unknown name."""
    number = rlimit_from_str(lim_str)
    return _limit(c, task, number) if number >= 0 else -1


def _declare_limit(number: int, name: str) -> None:
    @tapset_function(f"task_rlimit_{name.lower()}", pure=True, needs_kernel=True)
    def limit(c: Context, task: int) -> int:
        return _limit(c, task, number)

    limit.__doc__ = f"The soft limit RLIMIT_{name} of ``task``; -1 for none."


for _number, _name in enumerate(LIMITS):
    _declare_limit(_number, _name)


# ---------------------------------------------------------------- memory in use, in pages


def _of_mm(c: Context, task: int, what: str) -> int:
    """A figure of a task's mm_struct in pages; 0 of a kernel thread, or where there is no such task."""
    if c.kernel is None or not task:
        return 0
    kernel = c.kernel
    mm = kernel.member_reader("task_struct", "mm", False)(task)
    if not mm:
        return 0

    def read(member: str) -> int:
        return kernel.member_reader("mm_struct", member, False)(mm)

    if what == "size":
        return read("total_vm")
    if what == "rss":
        return read("_file_rss") + read("_anon_rss")
    if what == "shr":
        return read("_file_rss")
    if what == "txt":
        return -(-read("end_code") // PAGE_SIZE) - read("start_code") // PAGE_SIZE
    return read("total_vm") - read("shared_vm")


def _declare_memory(what: str, meaning: str) -> None:
    @tapset_function(f"proc_mem_{what}", pure=True, needs_kernel=True)
    def of_current(c: Context) -> int:
        return _of_mm(c, current(c), what)

    @tapset_function(f"proc_mem_{what}", f"proc_mem_{what}_pid", pure=True, needs_kernel=True)
    def of_process(c: Context, number: int) -> int:
        return _of_mm(c, pointer(c, pid2task(c, number)), what)

    of_current.__doc__ = f"{meaning} of the current process in pages; 0 of a kernel thread."
    of_process.__doc__ = f"{meaning} of the process with this id in pages; 0 where there is none."


for _what, _meaning in (("size", "The virtual memory"), ("rss", "The resident memory"),
                        ("shr", "The resident memory that files are mapped to"), ("txt", "The program text"),
                        ("data", "The memory that is not shared")):
    _declare_memory(_what, _meaning)


def _figures(c: Context, task: int) -> str:
    figures = ("size", "rss", "shr", "txt", "data")
    return ", ".join(f"{what}: {pages_to_string(_of_mm(c, task, what))}" for what in figures)


@tapset_function(pure=True, needs_kernel=True)
def proc_mem_string(c: Context) -> str:
    """The memory of the current process as text: ``size: 1.20M, rss:  300K, ...``."""
    return _figures(c, current(c))


@tapset_function("proc_mem_string", "proc_mem_string_pid", pure=True, needs_kernel=True)
def proc_mem_string_of(c: Context, pid: int) -> str:
    """The memory of the process with this id as text."""
    return _figures(c, pointer(c, pid2task(c, pid)))


@tapset_function(pure=True)
def vm_fault_contains(value: int, test: int) -> int:
    """Whether handle_mm_fault()'s result tells of ``test``: 0 out of memory, 1 bus error, 2 minor, 3 major fault."""
    out_of_memory, bus_error, major = value & 1, value & 2, value & 4
    tests = {0: out_of_memory, 1: bus_error, 2: not (out_of_memory or bus_error or major), 3: major}
    return int(bool(tests.get(test, 0)))


# ---------------------------------------------------------------- the load

_FIXED_POINT = 2048


def _load(c: Context, number: int) -> int:
    """The load average ``number`` in units of 1/2048, rounded as /proc/loadavg is; 0 where the kernel keeps none."""
    place = c.kernel.description.symbols.get("avenrun") if c.kernel is not None else None
    if not place:
        return 0
    return c.kernel.memory.word(place + number * c.kernel.layout.word) + _FIXED_POINT // 200


@tapset_function(pure=True, needs_kernel=True)
def get_loadavg_index(c: Context, indx: int) -> int:
    """The whole part of the load average of 1 (``indx`` 0), 5 (1) or 15 (2) minutes."""
    if not 0 <= indx <= 2:
        raise ScriptError(f"Invalid loadavg index {indx} specified.")
    return _load(c, indx) // _FIXED_POINT


@tapset_function(pure=True, needs_kernel=True)
def sprint_loadavg(c: Context) -> str:
    """The load averages of 1, 5 and 15 minutes and a newline: ``0.10 0.05 0.01``."""
    loads = (_load(c, number) for number in range(3))
    return " ".join(f"{load // _FIXED_POINT}.{load % _FIXED_POINT * 100 // _FIXED_POINT:02}" for load in loads) + "\n"
