"""Runs SystemTap's example scripts, where they are installed, and tabulates what became of each.

    python -m tests.examples [-o docs/compatibility.md] [-j JOBS] [NAME...]

Each is run as its .meta file says, on stapy's own workloads. Without names all are, and the table is written.
"""

from __future__ import annotations

import argparse
import re
import shlex
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

EXAMPLES = Path("/usr/share/systemtap/examples")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "compatibility.md"
TIME_LIMIT = 120  # seconds of the host for one script

# The scripts that ask for nothing but the language, and those that ask for a kernel such as the built-in one.
LANGUAGE = """general/ansi_colors general/ansi_colors2 general/helloworld io/switchfile stapgames/lifegame
    stapgames/pingpong stapgames/tapset/cursor stapgames/tapset/game"""
KERNEL = """general/alias_suffixes general/badname general/callgraph general/eventcount general/func_time_stats
    general/measureinterval general/para-callgraph general/para-callgraph-verbose general/regex general/sizeof
    general/stopwatches general/varwatch general/watchdog general/whythefail interrupt/interrupts-by-dev interrupt/scf
    io/disktop io/eatmydata io/inodewatch io/inodewatch2 io/iodevstats io/iostats io/iotime io/iotop io/slowvfs
    io/traceio io/traceio2 io/traceio3 locks/bkl locks/bkl_stats lwtools/accept2close-nd lwtools/execsnoop-nd
    lwtools/fslatency-nd lwtools/fsslower-nd lwtools/killsnoop-nd lwtools/opensnoop-nd lwtools/rwtime-nd
    lwtools/syscallbypid-nd memory/hw_watch_addr memory/hw_watch_sym memory/mmanonpage memory/overcommit memory/pfaults
    memory/vm.tracepoints process/chng_cpu process/cycle_thief process/errsnoop process/forktracker process/futexes
    process/futexes2 process/migrate process/noptrace process/pfiles process/plimit process/proc_snoop
    process/procmod_watcher process/proctop process/psig process/pstrace_exec process/pstree process/rlimit_nofile
    process/sched-latency process/schedtimes process/semop-watch process/sig_by_pid process/sig_by_proc process/sigkill
    process/sigmon process/sleepingBeauties process/sleeptime process/spawn_seeker process/strace
    process/syscalls_by_pid process/syscalls_by_proc process/thread-business process/wait4time
    profiling/container_check profiling/errno profiling/fileline-profile profiling/fntimes profiling/functioncallcount
    profiling/ioctl_handler profiling/latencytap profiling/linetimes profiling/periodic profiling/pf2 profiling/pf3
    profiling/pf4 profiling/sched_switch profiling/syscallerrorsbypid profiling/syscalllatency profiling/syscallsbypid
    profiling/syscallsrw profiling/thread-times profiling/timeout profiling/topsys security-band-aids/cve-2008-0600
    security-band-aids/cve-2011-4127 security-band-aids/cve-2012-0056 security-band-aids/cve-2018-14634
    security-band-aids/security-bandaid-template"""

# What the .meta files say, and what it is on this kernel: a process, a program, a disk, a symbol of its own.
REPLACED = {
    " bash": " sh",
    "0x`grep \"vm_dirty_ratio\" /proc/kallsyms | awk '{print $1}'`": "$SYMBOL",
    "vm_dirty_ratio": "jiffies_64",
    "0x08 0x01 100": "0x00 0x01 $INODE",
    "0x0801": "0x0001",
    "do_sys_open": "sys_open",
    "sloth=10": "sloth=0",
    "FILE '</usr/include/stdio.h>'": "task_struct 'kernel<include/linux/sched.h>'",
}

PROCESS = "2"  # for $$: the first shell of the workload

# Workloads for the scripts that ask for something the default one does not do; the commands of the .meta files are
# of a whole system.
ARGUMENTS = {"general/regex": [r"\.(gz|zip)"]}  # further arguments
WORKLOADS = Path(__file__).with_name("workloads.py")
COMMANDS: dict[str, str] = {
    "general/callgraph": "cat /proc/meminfo /proc/uptime",
    "general/para-callgraph": "cat /proc/meminfo /proc/uptime",
    "general/para-callgraph-verbose": "cat /proc/meminfo /proc/uptime",
    "general/regex": f"{WORKLOADS}:archives",
    "profiling/latencytap": f"{WORKLOADS}:long 31",
    "memory/vm.tracepoints": f"{WORKLOADS}:long 12",
    "process/futexes": f"{WORKLOADS}:locks",
    "process/futexes2": f"{WORKLOADS}:locks",
    "process/semop-watch": f"{WORKLOADS}:locks",
    "process/rlimit_nofile": f"{WORKLOADS}:descriptors",
}


@dataclass(slots=True)
class Outcome:
    """What became of one script."""

    name: str
    arguments: list[str]
    result: str  # "runs", "silent", "refused", "dies", "slow"
    note: str = ""
    output: list[str] = field(default_factory=list)


def scripts() -> list[Path]:
    return sorted(path for path in EXAMPLES.rglob("*.stp"))


def name_of(script: Path) -> str:
    return script.relative_to(EXAMPLES).with_suffix("").as_posix()


def command_of(script: Path) -> list[str]:
    """stapy's arguments for a script: those of stap in its .meta file, with our workloads."""
    meta = script.with_suffix(".meta")
    line = ""
    if meta.exists():
        text = meta.read_text(errors="replace")
        for key in ("test_installcheck", "test_check"):
            found = re.search(rf"^{key}:(.*)$", text, re.MULTILINE)
            if found and script.name in found[1] and re.search(r"\bstap\b", found[1]):
                line = found[1].strip()
                break
        only_parsed = re.search(r"\s-[gw]*p1\b", line)
        if only_parsed:
            return ["-p1", *_arguments(line, script)]
    return _arguments(line, script)


def _arguments(line: str, script: Path) -> list[str]:
    line = re.sub(r"\$\$(?!\w)", PROCESS, line)
    for old, new in REPLACED.items():
        line = line.replace(old, new)
    if "$SYMBOL" in line:
        line = line.replace("$SYMBOL", hex(_address("jiffies_64")))
    if "$INODE" in line:
        line = line.replace("$INODE", _inode("/bin/sh"))
    try:
        words = shlex.split(line)
    except ValueError:
        words = line.split()
    ends = [place for place, word in enumerate(words) if word in ("||", "&&", ";", "|")]
    words = words[: min(ends, default=len(words))]
    words = words[words.index("stap") + 1 :] if "stap" in words else [script.name]
    made: list[str] = []
    rest = iter(words)
    for word in rest:
        if word in ("-T", "-d", "-s"):
            next(rest, None)  # the whole workload, however long; the other two change nothing
        elif re.fullmatch(r"-T\d+|--ldd|--all-modules", word):
            continue
        elif re.fullmatch(r"-[gw]*p[1-4]", word):
            made += [f"-{letter}" for letter in "gw" if letter in word]
        elif word == "-c":
            next(rest, "")
        else:
            made.append(word)
    text = script.read_text(errors="replace")
    if not re.search(r"^\s*probe\s[^=]*\{", text, re.MULTILINE):
        made = ["-p1", "-g", *made]  # a library that other scripts include
    for path in re.findall(r'^\s*probe\s+procfs\("(\w+)"\)(?:\.\w+\(\w+\))*\.read', text, re.MULTILINE):
        made = ["--procfs", path, *made]
    if re.search(r"^\s*probe\s+prometheus\b", text, re.MULTILINE):
        made = ["--procfs", "__prometheus", *made]
    if "/usr/bin/pstack" in text and not Path("/usr/bin/pstack").exists():
        # system() takes -g here. The host's pstack has no business with the processes of the emulated kernel, so this
        # is run only where there is none.
        made = ["-g", *made]
    made += ARGUMENTS.get(name_of(script), [])
    command = COMMANDS.get(name_of(script))
    return ["-c", command, *made] if command else made


def _address(symbol: str) -> int:
    from stapy.runtime.kernels.builtin import describe

    return describe("x86_64").symbols[symbol]


@cache
def _inode(path: str) -> str:
    """The number of a file of the default workload's, which differs from kernel to kernel."""
    script = f'probe vfs.read {{ if (pathname == "{path}") {{ println(ino) exit() }} }}'
    command = [sys.executable, "-m", "stapy", "-e", script]
    return subprocess.run(command, env=_environment(), capture_output=True, text=True).stdout.strip()


def run(script: Path) -> Outcome:
    """Run one script to its end, or to the time limit."""
    arguments = command_of(script)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "stapy", *arguments],
            cwd=script.parent,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIME_LIMIT,
        )
    except subprocess.TimeoutExpired:
        return Outcome(name_of(script), arguments, "slow", f"still running after {TIME_LIMIT} s")
    output = done.stdout.decode("latin-1").splitlines()
    messages = done.stderr.decode("latin-1")
    errors = [line for line in messages.splitlines() if re.match(r"(semantic|parse) error:|ERROR:|stapy:|error:", line)]
    if "Traceback (most recent call last)" in messages:
        return Outcome(name_of(script), arguments, "dies", messages.strip().splitlines()[-1])
    if done.returncode and errors:
        return Outcome(name_of(script), arguments, "refused", _cause(messages, errors), output)
    if done.returncode and not errors:
        return Outcome(name_of(script), arguments, "dies", f"exit status {done.returncode}: {messages[-200:]}", output)
    shown = [line for line in output if line.strip()]
    return Outcome(name_of(script), arguments, "runs" if shown else "silent", "", output)


def _environment() -> dict[str, str]:
    import os

    return {**os.environ, "PYTHONPATH": str(PAGE.parents[1])}


def _cause(messages: str, errors: list[str]) -> str:
    """The innermost error: stap says where it was met first, and what it was further down."""
    found = [re.sub(r": (?:identifier|operator|keyword|string|number|unknown) .* at .*", "", line) for line in errors]
    found = [re.sub(r"^(semantic|parse) error: |^ERROR: | \(similar [^)]*\)", "", line) for line in found]
    inner = [line for line in found if not line.startswith(("while ", "resolution failed"))]
    point = ""
    if "while resolving probe point" in messages:
        place = re.search(r"while resolving probe point.*\n\s*source: (.*)\n", messages)
        point = place[1].strip() if place else ""
    hint = re.search(r"^\s*hint: (.*)$", messages, re.MULTILINE)
    cause = (inner or found)[0] + (f": {hint[1]}" if hint else "")
    return f"{cause} (`{point[:90]}`)" if point else cause


# ---------------------------------------------------------------- the page


def _row(outcome: Outcome) -> str:
    words = {"runs": "runs", "silent": "prints nothing", "refused": "refused", "dies": "**dies**", "slow": "too slow"}
    sample = next((line.strip() for line in outcome.output if line.strip()), "")[:60] if not outcome.note else ""
    note = outcome.note or (f"`{_plain(sample)}`" if sample else NOTES.get(outcome.name, ""))
    return f"| {outcome.name} | {words[outcome.result]} | {_plain(note) if outcome.note else note} |"


def _plain(text: str) -> str:
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
    return "".join(char for char in text if " " <= char < "\x7f").replace("|", "\\|")


NOTES: dict[str, str] = {
    "io/disktop": "counts reads and writes that reach a disk: there is none",
    "io/inodewatch2": "nobody changes the attributes of that file",
    "general/badname": "nobody makes a file of that name",
    "general/watchdog": "with -g, which system() takes here; the host has no pstack to call",
    "io/switchfile": "prints into files",
    "process/chng_cpu": "there is one CPU to be on",
    "stapgames/tapset/cursor": "a library of other scripts: its parse",
    "process/migrate": "there is one CPU to be on",
    "process/sleepingBeauties": "nothing waits for a completion for ten milliseconds",
    "security-band-aids/cve-2011-4127": "only its parse is asked for",
}


def page(outcomes: Iterable[Outcome]) -> str:
    by_name = {outcome.name: outcome for outcome in outcomes}
    groups = [
        ("The language only", LANGUAGE.split()),
        ("A kernel such as this one", KERNEL.split()),
    ]
    listed = {name for _, names in groups for name in names}
    groups.append(("User programs, real devices, networks and file systems", sorted(set(by_name) - listed)))
    lines = [
        "# SystemTap's own examples",
        "",
        "What becomes of the example scripts that come with SystemTap, run as their .meta files say but on stapy's",
        "workloads and to the workload's end. `python -m tests.examples` makes this page.",
        "",
    ]
    for title, names in groups:
        present = [by_name[name] for name in names if name in by_name]
        count = {kind: sum(outcome.result == kind for outcome in present) for kind in ("runs", "silent", "refused")}
        lines += [
            f"## {title}",
            "",
            f"{len(present)} scripts: {count['runs']} run and print, {count['silent']} run and print nothing, "
            f"{count['refused']} are refused.",
            "",
            "| script | | what it prints first, or why it is refused |",
            "|---|---|---|",
            *(_row(outcome) for outcome in present),
            "",
        ]
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.examples", description="Run SystemTap's example scripts.")
    parser.add_argument("names", nargs="*", help="only scripts with one of these in their names")
    parser.add_argument("-o", "--output", type=Path, default=None, help="where to write the table")
    parser.add_argument("-j", "--jobs", type=int, default=1, help="how many at a time")
    parser.add_argument("-k", "--kind", choices=("main", "rest", "all"), default="all", help="which of the groups")
    options = parser.parse_args(argv)
    if not EXAMPLES.is_dir():
        print(f"SystemTap's examples are not installed ({EXAMPLES} is missing): nothing to do")
        return 0
    listed = set(LANGUAGE.split()) | set(KERNEL.split())
    wanted = [
        script
        for script in scripts()
        if (not options.names or any(name in name_of(script) for name in options.names))
        and (options.kind == "all" or (name_of(script) in listed) == (options.kind == "main"))
    ]
    with ThreadPoolExecutor(options.jobs) as pool:
        outcomes = []
        for outcome in pool.map(run, wanted):
            outcomes.append(outcome)
            print(f"{outcome.result:8} {outcome.name}: {outcome.note or len(outcome.output)}", flush=True)
    if not options.names and options.kind == "all":
        (options.output or PAGE).write_text(page(outcomes))
    elif options.output:
        options.output.write_text(page(outcomes))
    return 1 if any(outcome.result == "dies" for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
