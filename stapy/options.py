"""The command line: one table of options, from which parsing and ``--help`` are made."""

from __future__ import annotations

import getopt
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from stapy import __version__
from stapy.runtime import limits


class UsageError(Exception):
    """A command line that cannot be carried out; the message says what is wrong and how to put it right."""


@dataclass(slots=True)
class Options:
    """What the command line asked for."""

    script_file: str | None = None  # a path, or "-"
    script_text: str | None = None  # -e
    extra_scripts: list[str] = field(default_factory=list)  # -E
    arguments: list[str] = field(default_factory=list)  # $1, @1, ...
    last_pass: int = 5
    verbose: int = 0
    guru: bool = False
    architecture: str = "x86_64"
    command: str | None = None  # -c: the workload
    target_pid: int = 0  # -x
    timeout: float | None = None  # -T, in virtual seconds
    output: str | None = None  # -o
    file_size: int = 0  # -S, in bytes: begin another file when it would be more; 0 for no limit
    file_count: int = 0  # -S: files to keep; 0 for all
    list_pattern: str | None = None  # -l, -L
    list_variables: bool = False  # -L
    dump: str | None = None  # --dump-functions, -probe-types, -probe-aliases: which
    include: list[str] = field(default_factory=list)  # -I
    defines: dict[str, str] = field(default_factory=dict)  # -D
    globals: dict[str, str] = field(default_factory=dict)  # -G
    module_name: str | None = None  # -m
    keep: bool = False  # -k
    unoptimized: bool = False  # -u
    no_warnings: bool = False  # -w
    warnings_are_errors: bool = False  # -W
    timing: bool = False  # -t
    test: str | None = None  # --test
    procfs: list[tuple[str, str | None, int | None]] = field(default_factory=list)  # --procfs: file, text, time in ns
    compatible: str | None = None
    color: str | None = None  # auto, always, never
    skip_badvars: bool = False
    suppress_handler_errors: bool = False
    suppress_time_limits: bool = False
    no_global_var_display: bool = False
    stage: str | None = None  # -d: the last pass, of those that -p does not print, to show the product of
    dry_run: bool = False  # --dry-run
    monitor: float = 0  # --monitor: seconds between two pictures; 0 without
    interactive: bool = False  # -i
    json: bool = False  # -f json
    language_server: bool = False  # --language-server
    format: bool = False  # --fmt
    man_page: bool = False  # --man-page
    completion: str | None = None  # --completion: the shell
    example: str | None = None  # --example
    show_help: bool = False
    show_version: bool = False
    notices: list[str] = field(default_factory=list)  # options accepted that change nothing here


Setter = Callable[[Options, str], None]


@dataclass(frozen=True, slots=True)
class Option:
    """One option: its spellings, its argument's name ("" for none), what --help says, what it does."""

    short: str
    long: str
    argument: str
    help: str
    apply: Setter


def _flag(name: str) -> Setter:
    return lambda options, _: setattr(options, name, True)


def _text(name: str) -> Setter:
    return lambda options, value: setattr(options, name, value)


def _append(name: str) -> Setter:
    return lambda options, value: getattr(options, name).append(value)


def _suppress_time_limits(options: Options, _: str) -> None:
    if not options.guru:  # as stap: -g has to stand before it
        raise UsageError("--suppress-time-limits requires guru mode (-g), before it.")
    options.suppress_time_limits = True


def _last_pass(options: Options, value: str) -> None:
    if value not in ("1", "2", "3", "4", "5"):
        raise UsageError("Invalid pass number (should be 1-5).")
    options.last_pass = int(value)


def _verbose(options: Options, _: str) -> None:
    options.verbose += 1


def _timeout(options: Options, value: str) -> None:
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds < 1e9:
        raise UsageError(f"-T needs a number of virtual seconds above 0, not '{value}'.")
    options.timeout = seconds


def _pid(options: Options, value: str) -> None:
    if not (value.isascii() and value.isdigit() and 0 < int(value[:12]) < 1 << 31):
        raise UsageError(f"-x needs a process id, not '{value}'.")
    options.target_pid = int(value)


def _define(options: Options, value: str) -> None:
    name, equals, number = value.partition("=")
    if not re.fullmatch(r"(?a:[A-Za-z_]\w*(=-?\w+)?)", value):
        raise UsageError(f"-D needs NAME or NAME=VALUE, not '{value}'.")
    least = _LEAST.get(name, 0)
    if name in limits.DEFAULTS and not (_is_number(number) and least <= int(number, 0) < 1 << 63):
        raise UsageError(f"-D{name} needs a whole number{f' from {least} up' if least else ''}, not '{number}'.")
    options.defines[name] = number if equals else "1"


_LEAST = {"MAXSTRINGLEN": 2, "MAXMAPENTRIES": 1, "HIST_WIDTH": 1, "HIST_ELISION": -1}  # of those for which it is not 0


def _is_number(text: str) -> bool:
    try:
        int(text, 0)
    except ValueError:
        return False
    return text.isascii()


def _procfs(options: Options, value: str) -> None:
    found = re.fullmatch(r"([\w./+-]+)(?:@(\d+(?:\.\d*)?))?(?:=(.*))?", value, re.DOTALL)
    if found is None:
        raise UsageError(f"--procfs needs FILE, FILE@SECONDS or FILE@SECONDS=TEXT, not '{value}'.")
    path, seconds, text = found.groups()
    options.procfs.append((path, text, None if seconds is None else int(float(seconds) * 1e9)))


def _module_name(options: Options, value: str) -> None:
    if not re.fullmatch(r"[a-z0-9_]+", value):
        raise UsageError(f"-m needs a name of the characters a-z 0-9 _, not '{value}'.")
    options.module_name = value


def _compatible(options: Options, value: str) -> None:
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)*", value):
        raise UsageError(f"--compatible needs a version such as 4.8, not '{value}'.")
    options.compatible = value


def _verbose_by_pass(options: Options, value: str) -> None:
    if not re.fullmatch(r"[0-9]{1,5}", value):
        raise UsageError("Invalid --vp argument: it takes 1 to 5 digits.")
    options.verbose = max(map(int, value))


def _global(options: Options, value: str) -> None:
    name, equals, content = value.partition("=")
    if not equals or not (name.isascii() and name.isidentifier()):
        raise UsageError(f"-G needs NAME=VALUE, not '{value}'.")
    options.globals[name] = content


def _listing(variables: bool) -> Setter:
    def apply(options: Options, value: str) -> None:
        options.list_pattern = value
        options.list_variables = variables

    return apply


def _dump(what: str) -> Setter:
    return lambda options, _: setattr(options, "dump", what)


def _output_format(options: Options, value: str) -> None:
    if value not in ("text", "json"):
        raise UsageError(f"-f takes text or json, not '{value}'.")
    options.json = value == "json"


STAGES = {"ast": 1, "types": 2, "code": 3, "kprobes": 5, "asm": 5}  # what -d shows, and the pass it comes of


def _stage(options: Options, value: str) -> None:
    if value in STAGES:
        options.last_pass = STAGES[value]
        options.stage = value if options.last_pass == 5 else None
    else:  # stap's: debug information of a module, which is always there
        options.notices.append(f"-d {value} has no effect here; it shows one of {', '.join(STAGES)}")


def _runtime(options: Options, value: str) -> None:
    if value not in ("emu", "kernel"):
        raise UsageError(f"--runtime={value} is not to be had here: scripts run on the emulated kernel (emu).")


def _file_size(options: Options, value: str) -> None:
    found = re.fullmatch(r"([1-9][0-9]{0,5})(?:,([0-9]{1,5}))?", value)
    if found is None:
        raise UsageError(f"-S needs a size in megabytes, and perhaps ',' and a number of files, not '{value}'.")
    options.file_size = int(found[1]) << 20
    options.file_count = int(found[2] or 0)


def _monitor(options: Options, value: str) -> None:
    try:
        options.monitor = float(value or "1")
    except ValueError:
        options.monitor = -1.0
    if not 0.05 <= options.monitor <= 3600:
        raise UsageError(f"--monitor takes a number of seconds, 0.05 to 3600, not '{value}'.")


def _completion(options: Options, value: str) -> None:
    if value not in ("bash", "zsh", "fish"):
        raise UsageError(f"--completion takes bash, zsh or fish, not '{value}'.")
    options.completion = value


def _color(options: Options, value: str) -> None:
    if value not in ("", "auto", "always", "never"):
        raise UsageError(f"--color takes auto, always or never, not '{value}'.")
    options.color = value or "always"


def _without_effect(name: str) -> Setter:
    return lambda options, _: options.notices.append(f"{name} has no effect here")


def _refuse(name: str, why: str) -> Setter:
    def apply(options: Options, _: str) -> None:
        raise UsageError(f"{name} is not to be had here: {why}")

    return apply


OPTIONS: tuple[Option, ...] = (
    Option("h", "help", "", "show this help", _flag("show_help")),
    Option("V", "version", "", "show the version", _flag("show_version")),
    Option("", "man-page", "", "print the manual page, for man -l", _flag("man_page")),
    Option("", "completion", "SHELL", "print the completion script for bash, zsh or fish", _completion),
    Option("e", "", "SCRIPT", "run SCRIPT", _text("script_text")),
    Option("E", "", "SCRIPT", "run SCRIPT in addition to the main script", _append("extra_scripts")),
    Option("i", "interactive", "", "write and run scripts at a prompt", _flag("interactive")),
    Option("a", "", "ARCH,...", "emulate ARCH, not x86_64; of several, or all, compare the output",
           _text("architecture")),
    Option("c", "workload", "CMD", "run the workload CMD, and end when it does", _text("command")),
    Option("T", "", "SECONDS", "end after SECONDS of virtual time", _timeout),
    Option("x", "", "PID", "make target() PID", _pid),
    Option("f", "", "FORMAT", "what the output is: text, or json, an object a line", _output_format),
    Option("o", "", "FILE", "write the script's output to FILE (strftime formats allowed)", _text("output")),
    Option("S", "", "MB[,N]", "begin another FILE.n of -o at every MB megabytes, and keep N", _file_size),
    Option("l", "", "PROBE", "list the matching probe points", _listing(False)),
    Option("L", "", "PROBE", "list the matching probe points with their variables", _listing(True)),
    Option("", "dump-functions", "", "list the tapset's functions; with -v, what they do", _dump("functions")),
    Option("", "dump-probe-types", "", "list the forms of probe points", _dump("probe-types")),
    Option("", "dump-probe-aliases", "", "list the tapset's aliases", _dump("probe-aliases")),
    Option("", "monitor", "[SECONDS]", "show globals, probes and output while the run goes on", _monitor),
    Option("", "fmt", "", "print the script laid out; with -o, write it to FILE", _flag("format")),
    Option("", "language-server", "", "serve an editor (LSP on standard input)", _flag("language_server")),
    Option("", "example", "NAME", "run the sample NAME; 'list' lists them", _text("example")),
    Option("p", "", "NUM", "stop after pass NUM 1-5 (parse, analyse, translate, compile, run)", _last_pass),
    Option("d", "", "STAGE", "show ast, types, code, kprobes or asm (the probed machine code), and end", _stage),
    Option("", "dry-run", "", "arm the probes and end", _flag("dry_run")),
    Option("v", "", "", "say more of what each pass does", _verbose),
    Option("", "vp", "DIGITS", "verbosity by pass", _verbose_by_pass),
    Option("g", "", "", "guru mode: writes to target variables, embedded Python", _flag("guru")),
    Option("I", "", "DIR", "look in DIR for more tapset files", _append("include")),
    Option("D", "", "NAME=VALUE", "set a limit or a macro, as MAXACTION", _define),
    Option("G", "", "VAR=VALUE", "set the global variable VAR", _global),
    Option("m", "", "NAME", "what module_name() says", _module_name),
    Option("k", "", "", "keep the generated Python and say where", _flag("keep")),
    Option("u", "", "", "do not optimise", _flag("unoptimized")),
    Option("w", "", "", "no warnings", _flag("no_warnings")),
    Option("W", "", "", "warnings are errors", _flag("warnings_are_errors")),
    Option("t", "", "", "report hits and costs of each probe at the end", _flag("timing")),
    Option("", "test", "NAME", "run probe test(\"NAME\") at the end; the others never run", _text("test")),
    Option("", "procfs", "FILE[@SECONDS][=TEXT]", "read a procfs probe's file at the end, or then; or write TEXT to it",
           _procfs),
    Option("", "compatible", "VERSION", "keep to the language of that version", _compatible),
    Option("", "color", "[WHEN]", "colour messages: auto, always, never", _color),
    Option("", "colour", "[WHEN]", "", _color),
    Option("", "skip-badvars", "", "read 0 where a target variable is not available", _flag("skip_badvars")),
    Option("", "suppress-handler-errors", "", "count errors in handlers, and go on", _flag("suppress_handler_errors")),
    Option("", "suppress-time-limits", "", "no MAXACTION (behind -g)", _suppress_time_limits),
    Option("", "no-global-var-display", "", "do not print globals at the end", _flag("no_global_var_display")),
    Option("b", "", "", "", _without_effect("-b")),
    Option("s", "", "NUM", "", _without_effect("-s")),
    Option("q", "", "", "", _without_effect("-q")),
    Option("P", "", "", "", _without_effect("-P")),
    Option("B", "", "NAME=VALUE", "", _without_effect("-B")),
    Option("R", "", "DIR", "", _without_effect("-R")),
    Option("r", "", "RELEASE", "", _without_effect("-r")),
    Option("", "ldd", "", "", _without_effect("--ldd")),
    Option("", "all-modules", "", "", _without_effect("--all-modules")),
    Option("", "runtime", "MODE", "", _runtime),
    Option("", "tmpdir", "DIR", "", _without_effect("--tmpdir")),
    Option("", "privilege", "LEVEL", "", _without_effect("--privilege")),
    Option("", "modinfo", "NAME=VALUE", "", _without_effect("--modinfo")),
    Option("", "sysroot", "DIR", "", _without_effect("--sysroot")),
    Option("", "sysenv", "VAR=VALUE", "", _without_effect("--sysenv")),
    Option("", "target-namespaces", "PID", "", _without_effect("--target-namespaces")),
    Option("", "build-as", "USER", "", _without_effect("--build-as")),
    Option("", "download-debuginfo", "[OPTION]", "", _without_effect("--download-debuginfo")),
    Option("", "prologue-searching", "[WHEN]", "", _without_effect("--prologue-searching")),
    Option("", "debug", "[OPTION]", "", _without_effect("--debug")),
    *(Option("", name, "", "", _without_effect(f"--{name}")) for name in (
        "unprivileged", "check-version", "semantic-keep-going", "save-uprobes", "disable-cache", "poison-cache",
        "clean-cache", "benchmark-sdt")),
    *(Option("", f"rlimit-{name}", "NUM", "", _without_effect(f"--rlimit-{name}")) for name in (
        "as", "cpu", "nproc", "stack", "fsize")),
    *(Option("", name, "", "", _refuse(f"--{name}", "scripts run on the emulated kernel")) for name in (
        "dyninst", "bpf")),
    *(Option("", name, "[WHERE]", "", _refuse(f"--{name}", "nothing is compiled elsewhere")) for name in (
        "use-server", "use-server-on-error", "list-servers", "trust-servers", "sign-module")),
    *(Option("", name, "HOST", "", _refuse(f"--{name}", "scripts run here")) for name in (
        "remote", "remote-prefix")),
    Option("F", "", "", "", _refuse("-F", "nothing runs on in the background; use -o FILE")),
)

HEADER = f"stapy {__version__}: SystemTap scripts on emulated kernels"

USAGE_LINE = "Usage: stapy [options] FILE | - | -e SCRIPT [ARGUMENT...]"
USAGE = """\
Usage: stapy [options] FILE [ARGUMENT...]     Run the script in FILE.
   or: stapy [options] - [ARGUMENT...]        Run the script on standard input.
   or: stapy [options] -e SCRIPT [ARGUMENT...]  Run SCRIPT.
   or: stapy [options] FILE.py                Insert a kernel module written in Python.
   or: stapy [options] -l|-L PROBE            List probe points.
   or: stapy test [options] [PATH...]         Run the tests of scripts.
"""


def parse(argv: list[str]) -> Options:
    """The options in ``argv`` (without the program's name). Raises UsageError."""
    by_name: dict[str, Option] = {}
    short, long = "", []
    for option in OPTIONS:
        if option.short:
            short += option.short + (":" if option.argument else "")
            by_name["-" + option.short] = option
        if option.long:
            optional = option.argument.startswith("[")
            long.append(option.long + ("=" if option.argument and not optional else ""))
            by_name["--" + option.long] = option
            if optional:  # getopt has none: --color=WHEN becomes a long option of its own spelling
                long.append(f"{option.long}{_WITH_VALUE}=")
                by_name[f"--{option.long}{_WITH_VALUE}"] = option
    argv = _split_optional(argv)
    try:
        found, rest = getopt.gnu_getopt(argv, short, long)
    except getopt.GetoptError as error:
        raise UsageError(f"{error.msg}{_nearest(error.opt, long)}.") from None
    options = Options()
    for name, value in found:
        by_name[name].apply(options, value)
    _take_script(options, rest)
    _take_bytes(options)
    return options


_WITH_VALUE = "-with-value"


def standing_words() -> list[str]:
    """The options in the user's rc file, which stand before those of every command line.

    It is the file that $STAPY_RC names (none where that is empty), else stapy/rc in $XDG_CONFIG_HOME or ~/.config.
    Lines are read as a shell reads words; # begins a comment. Raises UsageError for a file that cannot be read.
    """
    path = os.environ.get("STAPY_RC")
    if path is None:
        folder = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
        path = os.path.join(folder, "stapy", "rc")
        if not os.path.exists(path):
            return []
    if not path:
        return []
    import shlex

    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            words = shlex.split(file.read(), comments=True)
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: {getattr(error, 'strerror', None) or error}.") from None
    stray = next((word for word in words[:1] if not word.startswith("-")), None)
    if stray is not None:
        raise UsageError(f"{path}: options are to stand there, not '{stray}'.")
    return words


def _nearest(name: str, long: list[str]) -> str:
    """What an unknown option may have meant."""
    from difflib import get_close_matches

    known = [option.rstrip("=") for option in long]
    close = get_close_matches(name, known, 1) if len(name) > 1 and name not in known else []
    return f" (similar: --{close[0]})" if close else ""


def as_bytes(word: str) -> str:
    """A word of the command line as scripts have text: a character a byte."""
    return word if word.isascii() else os.fsencode(word).decode("latin-1")


def _take_bytes(options: Options) -> None:
    """What becomes part of a script."""
    if options.script_text is not None:
        options.script_text = as_bytes(options.script_text)
    if options.list_pattern is not None:
        options.list_pattern = as_bytes(options.list_pattern)
    options.extra_scripts = [as_bytes(text) for text in options.extra_scripts]
    options.arguments = [as_bytes(word) for word in options.arguments]
    options.globals = {name: as_bytes(text) for name, text in options.globals.items()}


def _split_optional(argv: list[str]) -> list[str]:
    """``--color=WHEN`` and its like in the spelling that getopt is given for them."""
    optional = {f"--{option.long}=" for option in OPTIONS if option.argument.startswith("[")}
    result: list[str] = []
    for index, word in enumerate(argv):
        if word == "--":
            return result + argv[index:]
        name, equals, value = word.partition("=")
        result.append(f"{name}{_WITH_VALUE}={value}" if name + equals in optional else word)
    return result


def _take_script(options: Options, rest: list[str]) -> None:
    """The first word left over is the script's file, unless -e or a listing took its place."""
    if options.show_help or options.show_version or options.man_page or options.completion:
        return
    if (options.interactive or options.language_server) and options.script_text is None and not rest:
        return
    if options.list_pattern == "v" and rest:  # -lv PROBE
        options.list_pattern, options.list_variables = rest.pop(0), True
    if options.list_pattern is not None or options.dump is not None:
        if rest or options.script_text is not None:
            raise UsageError("-l and -L take one probe pattern and no script; --dump-... none either.")
        return
    if options.file_size and options.output is None:
        raise UsageError("-S is about the files of -o, which is missing.")
    if options.script_text is None and options.example is None:
        if not rest:
            raise UsageError("A script must be specified.\nTry -e 'probe begin { println(\"hello\") exit() }'.")
        options.script_file = rest.pop(0)
    options.arguments = rest


def help_text() -> str:
    """What --help prints: the table of options, and the named workloads."""
    from stapy import workload

    lines = [HEADER, "", USAGE, "Options:"]
    for option in OPTIONS:
        if not option.help:
            continue
        spellings = " ".join(s for s in ("-" + option.short if option.short else "",
                                         "--" + option.long if option.long else "") if s)
        if option.argument:
            spellings += ("" if option.argument.startswith("[") else " ") + option.argument.replace("[", "[=", 1)
        lines.append(f"  {spellings:<28} {option.help}")
    lines += ["", "Workloads for -c, besides command lines and FILE.py:FUNCTION:"]
    for summary in workload.names().values():
        lines.append(f"  {summary}")
    return "\n".join(lines) + "\n"
