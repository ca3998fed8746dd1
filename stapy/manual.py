"""The manual page, from the same table as ``--help``: ``stapy --man-page`` prints it for man(1)."""

from __future__ import annotations

from stapy import __version__
from stapy.options import OPTIONS, USAGE, Option

DESCRIPTION = """\
stapy runs SystemTap scripts against an emulated kernel. The kernel's machine code is real, and so are its debug
information and the breakpoints that are set in it; the computer is not, so that no root, no kernel module and no
compiler are needed, and a run prints the same every time.

A run boots the kernel, lets a small system live on it for ten seconds of virtual time (or the command of -c until it
ends), and calls the script's probes as they are hit. Ended by the script, by the workload, by -T or by an interrupt, it
runs the end probes and prints the globals that were written and never read, as stap does. A second interrupt stops it
at once."""

STATUS = """\
0 where all went well; 1 where the script or the command line is wrong, where a probe failed, or where the command of -c
did."""


def page() -> str:
    """The page in man's macros."""
    from stapy import workload

    lines = [f'.TH STAPY 1 "" "stapy {__version__}" "User Commands"', ".SH NAME",
             "stapy \\- run SystemTap scripts on emulated kernels", ".SH SYNOPSIS"]
    for line in USAGE.splitlines():
        usage, _, meaning = line.partition(":")[2].strip().partition("  ")
        lines += [".TP", f".B {_escaped(usage)}", _escaped(meaning.strip())]
    lines += [".SH DESCRIPTION", *_paragraphs(DESCRIPTION), ".SH OPTIONS"]
    for option in OPTIONS:
        if option.help:
            lines += [".TP", _spelling(option), _escaped(option.help[0].upper() + option.help[1:] + ".")]
    lines += [".SH WORKLOADS", "For \\-c, besides command lines and FILE.py:FUNCTION:"]
    for summary in workload.names().values():
        name, _, meaning = summary.partition("  ")
        lines += [".TP", f".B {_escaped(name)}", _escaped(meaning.strip())]
    lines += [".SH EXIT STATUS", *_paragraphs(STATUS), ".SH ENVIRONMENT"]
    for name, meaning in (("NO_COLOR", "No colours, whatever the terminal."),
                          ("SYSTEMTAP_COLORS", "The colours of messages, as stap reads them."),
                          ("XDG_CACHE_HOME", "Where what is worked out of kernels and grammars is kept."),
                          ("STAPY_RC", "A file of options that stand before those of every command line; by default "
                           "~/.config/stapy/rc. Empty: none.")):
        lines += [".TP", f".B {name}", meaning]
    return "\n".join([*lines, ".SH SEE ALSO", ".BR stap (1)", ""])


def _paragraphs(text: str) -> list[str]:
    return "\n.PP\n".join(_escaped(" ".join(part.split())) for part in text.split("\n\n")).split("\n")


def _spelling(option: Option) -> str:
    names = [f"\\-{option.short}"] if option.short else []
    names += [_escaped(f"--{option.long}")] if option.long else []
    argument = f" \\fI{_escaped(option.argument)}\\fR" if option.argument else ""
    return ", ".join(f"\\fB{name}\\fR" for name in names) + argument


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text.startswith((".", "'")) else text
