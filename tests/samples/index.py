"""Writes docs/samples.md, the samples by subject: ``python -m tests.samples.index``."""

from __future__ import annotations

from stapy import samples_index
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "samples.md"
SUBJECTS = {
    "Processes": "forks execsnoop process_tree exits zombies fd_leaks ps",
    "Scheduling": "top cpu_times stopwatches switches switch_pairs runqueue wakers wakeup_latency offcpu sleepers "
                  "priorities",
    "System calls": "syscalls call_times slow_calls failures strace rates",
    "Files": "opens open_latency etc_files read_latency read_sizes deviation file_io namespace",
    "Memory": "faults fault_ranges copy_on_write mappings allocations kmalloc_callers slab_leaks",
    "Pipes, sockets, events": "pipe_throughput connections poll_waits",
    "Locks and messages": "futex_wait file_locks messages",
    "Signals": "signals killsnoop",
    "Interrupts and timers": "interrupts timers",
    "Looking into the kernel": "callgraph thread_calls line_profile watchpoint speculation wild_pointers maxactive",
    "Output for other programs": "procfs_file metrics",
    "The founding document's examples": "kprobe_example jprobe_example kretprobe_example",
}
SHOWN = ("connections", "process_tree", "speculation", "offcpu", "runqueue")
LINES_SHOWN = 16

OPENING = """# Samples

Scripts of [samples/](../samples), each with the question that it answers. `stapy --example list` lists them,
`stapy --example NAME` runs one with the options in NAME.stp.args beside it, and NAME.stp.out is what it prints.
`python -m tests.samples.index` writes this page from the scripts' first comments.
"""


def page() -> str:
    """The page's text. A sample without a subject, or a subject's that is not there, is a KeyError."""
    scripts = {sample.path.stem: sample for sample in samples_index.samples() if sample.path.suffix == ".stp"}
    text = OPENING
    for subject, names in SUBJECTS.items():
        text += f"\n## {subject}\n\n| script | |\n|---|---|\n"
        for name in names.split():
            sample = scripts.pop(name)
            text += f"| [{name}](../samples/{sample.name}) | {sample.about} |\n"
    if scripts:
        raise KeyError(f"samples without a subject: {', '.join(scripts)}")
    return text + "\n## What some of them print\n" + "".join(map(_shown, SHOWN))


def _shown(name: str) -> str:
    lines = (ROOT / "samples" / f"{name}.stp.out").read_text().splitlines(keepends=True)
    if len(lines) > LINES_SHOWN:
        lines[LINES_SHOWN:] = ["...\n"]
    return f"\n```console\n$ stapy --example {name}\n{''.join(lines)}```\n"


if __name__ == "__main__":
    PAGE.write_text(page())
