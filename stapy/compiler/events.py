"""Probe families made of others: tracepoints, watchpoints, processes.

A builder here may give a Derived: script text with other probe points and a prologue, which is resolved in its place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from stapy.compiler.analysis import similar_text
from stapy.compiler.diagnostics import SemanticError
from stapy.compiler.similar import similar
from stapy.compiler.targets import Place, place_in
from stapy.runtime import program

if TYPE_CHECKING:
    from stapy.compiler.families import Found, Request


@dataclass(slots=True)
class Derived:
    """What a probe point stands for: ``text`` is an alias definition to be used in its place. ``point`` is what pp()
    shows; ``words`` are target variables that the place has not, as script text."""

    text: str
    point: str
    words: dict[str, str] = field(default_factory=dict)


# ---------------------------------------------------------------- tracepoints


def trace(request: Request) -> list[Found]:
    """kernel.trace("name"), kernel.trace("system:name"): the function that the kernel calls there, its parameters the
    tracepoint's arguments."""
    from stapy.compiler.families import Found
    from stapy.runtime.debuginfo.tracepoints import tracepoints

    kernel = request.kernel
    wanted = request.arguments["trace"]
    system, colon, name = wanted.rpartition(":")
    found = []
    known = tracepoints(kernel)
    for tracepoint in known:
        if not fnmatchcase(tracepoint.name, name) or (colon and not fnmatchcase(tracepoint.system, system)):
            continue
        function = kernel.function(tracepoint.function)
        if function is None:
            continue
        place = place_in(kernel, function, function.low_pc)
        place.name = tracepoint.name
        event = program.Breakpoint(function.entry, function.name, function.entry - function.low_pc)
        point = f'kernel.trace("{tracepoint.system}:{tracepoint.name}")'
        found.append(Found(event, point, place))
    if not found and request.explains:
        names = [tracepoint.name for tracepoint in known]
        raise SemanticError(f"no match{similar_text('similar tracepoints', similar(name, names))}")
    return found


# ---------------------------------------------------------------- watchpoints

LONGEST_WATCH = 8  # bytes, as debug registers have it


def data(request: Request) -> list[Found]:
    """kernel.data("symbol").write, kernel.data(address).length(n).rw"""
    from stapy.compiler.families import Found

    kernel = request.kernel
    argument = request.arguments["data"]
    length = request.arguments.get("length") or 1
    if isinstance(argument, str):
        symbol = kernel.symbols.symbol(argument)
        if symbol is None:
            names = [known.name for known in kernel.symbols.symbols()]
            hint = similar_text("similar symbols", similar(argument, names)) if request.explains else ""
            raise SemanticError(f"no match: the kernel has no symbol '{argument}'{hint}")
        address = symbol.address
        if not request.has("length"):
            length = max((size for size in (1, 2, 4, 8) if size <= symbol.size), default=1)
        shown = f'"{argument}"'
    else:
        address = argument & ((1 << 8 * kernel.pointer_size) - 1)
        shown = f"{address:#x}"
    if length not in (1, 2, 4, LONGEST_WATCH):
        raise SemanticError("a watchpoint is 1, 2, 4 or 8 bytes long", request.token)
    kind = "write" if request.has("write") else "rw"
    extent = f".length({length})" if request.has("length") else ""
    event = program.Watchpoint(address, length, reads=kind == "rw")
    return [Found(event, f"kernel.data({shown}){extent}.{kind}")]


# ---------------------------------------------------------------- files of the script

LARGEST_FILE = 1 << 24  # bytes


def procfs(request: Request) -> list[Found]:
    """procfs("name").read and .write, with .umask(mode) and .maxsize(bytes)"""
    from stapy.compiler.families import Found, spelled

    path = request.arguments["procfs"] or "command"
    parts = path.split("/")
    if not all(parts) or ".." in parts or "." in parts:
        raise SemanticError(f"'{path}' is not a name for a procfs file", request.token)
    size = request.arguments.get("maxsize") or 0
    if not 0 <= size <= LARGEST_FILE or (request.has("maxsize") and not size):
        raise SemanticError(f"maxsize must be between 1 and {LARGEST_FILE}", request.token)
    if request.has("umask") and not 0 <= request.arguments["umask"] <= 0o777:
        raise SemanticError("procfs umask must be between 0 and 0777", request.token)
    write = request.has("write")
    place = Place(None, 0, words={"$value": "_procfs_value()"}, writable=not write)
    return [Found(program.Procfs(path, write, size), spelled(request.point).rstrip("?!"), place)]


# ---------------------------------------------------------------- processes

PROCESS_POINTS = {
    # A program begins with its exec, or with the fork that copied it; a thread with the clone.
    "begin": ('kernel.trace("sched_process_exec"), kernel.function("schedule_tail").call', "_process_begins()"),
    "end": ('kernel.trace("sched_process_exit")', "_is_process()"),
    "thread.begin": ('kernel.function("schedule_tail").call', "_is_thread()"),
    "thread.end": ('kernel.trace("sched_process_exit")', "_is_thread()"),
    "syscall": ('kernel.trace("sys_enter")', "1"),
    "syscall.return": ('kernel.trace("sys_exit")', "1"),
}


def process(request: Request) -> Derived:
    """process.begin, .end, .thread.begin, .thread.end, .syscall and .syscall.return; of all processes, of
    process(PID), of process("program"), or without either and with -x or -c of the target."""
    from stapy.compiler.families import spelled

    names = [component.name for component in request.point.components]
    points, test = PROCESS_POINTS[".".join(names[1:])]
    which: Any = request.arguments["process"]
    if which is None:
        member = "_in_target()"
    elif isinstance(which, int):
        member = f"(pid() == {which})"
    else:
        member = f'_runs_program("{_quoted(which)}")'
    words = {}
    if "syscall" in names:
        words = {"$syscall": "$id"}
        if names[-1] == "return":
            words = {"$syscall": "_system_call_number($regs)", "$return": "$ret"}
        words.update({f"$arg{number}": f"_system_call_argument($regs,{number})" for number in range(1, 7)})
    text = f"probe derived = {points} {{ if (!({test} && {member})) next }}"
    return Derived(text, spelled(request.point).rstrip("?!"), words)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


# ---------------------------------------------------------------- what there cannot be


_NO_NETWORK = "the kernel has no such network protocols"
_NO_BLOCKS = "the kernel has no block layer: its files are in memory"

REFUSED = {
    "ioblock": _NO_BLOCKS,
    "ioblock_trace": _NO_BLOCKS,
    "ioscheduler": _NO_BLOCKS,
    "ioscheduler_trace": _NO_BLOCKS,
    "scsi": _NO_BLOCKS,
    "tcp": _NO_NETWORK,
    "tcpmib": _NO_NETWORK,
    "udp": _NO_NETWORK,
    "ip": _NO_NETWORK,
    "ipmib": _NO_NETWORK,
    "linuxmib": _NO_NETWORK,
    "netdev": "the kernel has no network devices",
    "netfilter": "the kernel has no network devices",
    "nfs": "the kernel has no NFS",
    "nfsd": "the kernel has no NFS",
    "sunrpc": "the kernel has no NFS",
    "java": "user programs are Python here, and there is no Java among them",
    "hotspot": "user programs are Python here, and there is no Java among them",
    "python2": "user programs are not seen from within",
    "python3": "user programs are not seen from within",
    "perf": "perf probes are not to be had on an emulated machine",
    "tty": "the kernel's terminal is a console only",
    "lsm": "the kernel has no security modules",
    "debuginfod": "there is no debug information to fetch",
}
