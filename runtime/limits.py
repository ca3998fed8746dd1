"""The limits of a run, by the names -D takes, with SystemTap's defaults."""

from __future__ import annotations

from collections.abc import Mapping

DEFAULTS: dict[str, int] = {
    "MAXSTRINGLEN": 512,  # a string's size in bytes, its end mark included
    "MAXACTION": 1000,  # statements of one handler call, where handlers mask interrupts
    "MAXACTION_INTERRUPTIBLE": 10000,  # the same where they do not, which is the rule; ten times MAXACTION
    "INTERRUPTIBLE": 1,  # whether handlers leave interrupts on
    "MAXNESTING": 0,  # depth of function calls; 0: as deep as the script's calls go, and ten more where they recurse
    "MAXMAPENTRIES": 2048,  # elements of an array whose size the script does not set
    "MAXERRORS": 0,  # run-time errors a session survives
    "MAXSKIPPED": 100,  # hits skipped for want of a lock or of stack: none here; what kprobes misses does not count
    "MAXTRYLOCK": 100,
    "TRYLOCKDELAY": 10,
    "MAXBACKTRACE": 20,  # frames of a backtrace
    "MINSTACKSPACE": 1024,
    "MAXUPROBES": 100,
    "KRETACTIVE": 0,  # kretprobe instances of a function; 0 leaves it to the kernel's own rule
    "STP_OVERLOAD_INTERVAL": 1000000000,
    "STP_OVERLOAD_THRESHOLD": 500000000,
    "HIST_WIDTH": 50,
    "HIST_ELISION": 2,
    "HIST_LOG_BUCKETS": 128,
    "MAPHASHBIAS": 0,
    "STP_PROCFS_BUFSIZE": 512,
}


def value(given: Mapping[str, int], name: str) -> int:
    """The limit ``name`` where ``given`` holds what -D set."""
    if name == "MAXACTION_INTERRUPTIBLE" and name not in given:
        return given.get("MAXACTION", DEFAULTS["MAXACTION"]) * 10
    if name == "STP_PROCFS_BUFSIZE" and name not in given:
        return value(given, "MAXSTRINGLEN")
    return given.get(name, DEFAULTS[name])


def actions(given: Mapping[str, int]) -> int:
    """How many statements one handler call may run."""
    return value(given, "MAXACTION_INTERRUPTIBLE" if value(given, "INTERRUPTIBLE") else "MAXACTION")
