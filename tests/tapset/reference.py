"""Writes docs/tapset.md from the tapset itself: ``python -m tests.tapset.reference``."""

from __future__ import annotations

import importlib
import io
from contextlib import redirect_stdout
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "tapset.md"

FAMILIES = {
    "syscall_any": "every system call, by the tracepoints around the table of them",
    "scheduler": "what runs, what sleeps, what wakes up",
    "kprocess": "processes: made, started, turned into other programs, ended",
    "signal": "signals: sent, checked, delivered, handled",
    "vfs": "the file layer; `file` is a struct file",
    "generic": "the page cache's file operations",
    "vm": "memory: faults, mappings, what the kernel allocates",
    "irq_handler": "interrupts",
    "softirq": "what interrupts leave for later",
    "workqueue": "work for kernel threads",
}

HEAD = """# The tapset

What scripts call, and the probe points made of others. `python -m tests.tapset.reference` writes this page from the
tapset's own declarations.

## System calls

`syscall.NAME` is the call, `syscall.NAME.return` its end; `nd_syscall.NAME` is the same without debug information. A
probe has `name`, and `argstr`, the arguments as `strace` shows them; its return `retval` and `retstr`, which names the
error. Each argument is a variable of SystemTap's name; one that is an address in the process ends in `_uaddr`, and what
has names (flags, signals) is there as text too, under the same name with `_str`. A call that another one makes, as
`mkdir` makes `mkdirat`, is not counted. A global of the script that has the name of such a variable stays the script's.

```console
$ stapy -c 'cat /etc/hostname' -e 'probe syscall.open { println(name, "(", argstr, ")") }'
open("/etc/hostname", O_RDONLY)
...
```

The built-in kernel has these, with these arguments:

"""


def page() -> str:
    """The whole page."""
    return HEAD + _calls() + _aliases() + _functions()


def _calls() -> str:
    from stapy.runtime.kernels.builtin import describe
    from stapy.runtime.tapset.system_call_table import CALLS

    symbols = describe("x86_64").symbols
    words = []
    for call in CALLS.values():
        if any(symbols.get(function) for function in call.functions):
            words.append(f"`{call.name}({', '.join(variable for _, variable, _ in call.arguments)})`")
    return ", ".join(words) + ".\n\n"


def _aliases() -> str:
    lines = ["## Aliases", "", "| probe point | variables |", "|---|---|"]
    for family, what in FAMILIES.items():
        lines.append(f"| **{family}** | *{what}* |")
        for line in [*_listed(family), *_listed(f"{family}.**")]:
            point, *variables = line.split()
            lines.append(f"| `{point}` | {' '.join(variable.partition(':')[0] for variable in variables)} |")
    lines += [
        "| `oneshot` | *runs once, and ends the session* |",
        "| `prometheus` | `$value`: *what reading `__prometheus` gives; `@prometheus_dump_array1(array, "
        '"name", "label")` and its kin add to it* |',
        "| `input.char`, `input.line` | char; line: *what is typed* |",
    ]
    return "\n".join(lines) + "\n\n"


def _listed(pattern: str) -> list[str]:
    from stapy import cli

    class Output(io.StringIO):
        buffer = io.BytesIO()

    output = Output()
    with redirect_stdout(output):
        cli.main(["-L", pattern])
    return output.getvalue().splitlines()


def _functions() -> str:
    from stapy.runtime.tapset import declare
    from stapy.runtime.tapset.index import MODULES

    lines = ["## Functions", ""]
    for module in MODULES:
        home = importlib.import_module(f"stapy.runtime.tapset.{module}")
        rows = []
        for name in MODULES[module].split():
            if name.startswith("_"):
                continue
            for function in declare.find(name):
                if function.call.__module__ == home.__name__:
                    parameters = ", ".join(f"{parameter}:{kind}" for parameter, kind in function.parameters)
                    result = "" if function.result == "unknown" else f":{function.result}"
                    doc = " ".join(function.doc.split("\n\n")[0].split()).replace("|", "\\|")
                    rows.append(f"| `{name}{result} ({parameters})` | {doc} |")
        if rows:
            title = (home.__doc__ or "").split("\n\n")[0].replace("\n", " ").rstrip(".")
            lines += [f"### {title}", "", "| function | |", "|---|---|", *rows, ""]
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page())
