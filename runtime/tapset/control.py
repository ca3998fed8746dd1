"""Functions that steer the session: exit, errors, messages, what the script knows of itself."""

from __future__ import annotations

from stapy.runtime.context import Context
from stapy.runtime.program import NextProbe, Probe, ScriptError
from stapy.runtime.tapset.declare import tapset_function

STAPIO_PID = 30000  # of the process that begin and end probes run in: it is none of the machine's


def _probe(c: Context) -> Probe:
    """The probe whose handler runs."""
    assert c.probe is not None
    return c.probe


@tapset_function("exit")
def exit_session(c: Context) -> None:
    """End the session: this handler goes on to its end, no other runs but end probes."""
    c.session.exit()


@tapset_function()
def abort(c: Context) -> None:
    """End the session and this handler at once; end probes run."""
    c.session.exit()
    raise NextProbe


@tapset_function()
def error(msg: str) -> None:
    """Raise a run-time error with ``msg``: it ends the handler, or is caught by ``try``."""
    raise ScriptError(msg, placeless=True)


@tapset_function()
def warn(c: Context, msg: str) -> None:
    """Print ``WARNING: msg`` on standard error."""
    c.session.warn(msg)


@tapset_function()
def log(c: Context, msg: str) -> None:
    """Print ``msg`` and a newline."""
    c.session.emit(msg + "\n")


@tapset_function("assert")
def assert_true(expression: int, msg: str = "Assertion failed") -> None:
    """Raise the error ``msg`` unless ``expression`` holds."""
    if not expression:
        raise ScriptError(msg, placeless=True)


@tapset_function(pure=True)
def target(c: Context) -> int:
    """The process id given by -x, or that of the command of -c; 0 without either."""
    return c.session.target


@tapset_function(pure=True)
def module_name(c: Context) -> str:
    """The name of the compiled script, set with -m."""
    return c.session.program.module_name


@tapset_function(pure=True)
def module_size() -> str:
    """The size of the kernel module that a script is; there is none here, so all sizes are 0."""
    return "0data/0text/0ctx/0net/0alloc kb"


@tapset_function(pure=True)
def stp_pid() -> int:
    """The process id of stapio, which begin and end probes run in."""
    return STAPIO_PID


@tapset_function(pure=True)
def remote_id() -> int:
    """The index of this session among those on remote hosts: -1, it is a local one."""
    return -1


@tapset_function(pure=True)
def remote_uri() -> str:
    """The address of the remote host: empty, it is a local session."""
    return ""


@tapset_function(pure=True)
def pn(c: Context) -> str:
    """The probe point as the script spells it, an alias included."""
    return _probe(c).name


@tapset_function(pure=True)
def pp(c: Context) -> str:
    """The resolved probe point."""
    return _probe(c).point


def _within(text: str, opening: str, ends: str) -> str:
    start = text.find(opening)
    if start < 0:
        return ""
    start += len(opening)
    end = start
    while end < len(text) and text[end] not in ends:
        end += 1
    return text[start:end]


@tapset_function(pure=True)
def pnlabel(c: Context) -> str:
    """The label of a ``.label("...")`` probe point; empty elsewhere."""
    return _within(_probe(c).name, 'label("', '"')


@tapset_function(pure=True)
def ppfunc(c: Context) -> str:
    """The function named in the probe point; empty where it names none."""
    point = _probe(c).point
    for opening in ('function("', 'statement("', 'inline("'):
        found = _within(point, opening, '@"')
        if found:
            return found
    return ""


@tapset_function(pure=True)
def probe_type(c: Context) -> str:
    """What kind of event the handler runs at: "begin", "end", "hrtimer", "kprobe", "kretprobe", ..."""
    kind = type(_probe(c).event).__name__
    return _PROBE_TYPES.get(kind, kind.lower())


_PROBE_TYPES = {"Begin": "begin", "End": "end", "Error": "error", "Never": "never", "Timer": "hrtimer",
                "Breakpoint": "kprobe", "FunctionReturn": "kretprobe", "JprobeEntry": "jprobe"}


@tapset_function(pure=True)
def is_return(c: Context) -> int:
    """1 in a ``.return`` probe, else 0."""
    return 1 if type(_probe(c).event).__name__ == "FunctionReturn" else 0


@tapset_function(pure=True)
def randint(c: Context, n: int) -> int:
    """A number from 0 to ``n`` - 1, of a sequence that every run repeats. Above 1048576 an error."""
    if n < 0 or n > 1024 * 1024:
        raise ScriptError("range too wide")
    return c.session.random.below(n)


@tapset_function(guru=True)
def system(c: Context, cmd: str) -> None:
    """Run a shell command on the host, at once; its output goes where the script's goes. Needs -g, for nothing else
    lets a script reach the host."""
    import subprocess

    if not c.session.options.guru:
        raise ScriptError("system() runs commands on the host, which takes -g")
    c.session.flush()
    done = subprocess.run(["/bin/sh", "-c", cmd.encode("latin-1")], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, check=False)
    c.session.emit(done.stdout.decode("latin-1"))


@tapset_function()
def switch_file(c: Context) -> None:
    """Go on with the next output file of -S; without -S nothing happens."""
    switch = getattr(c.session.output, "switch_file", None)
    if switch is not None:
        c.session.flush()
        switch()
