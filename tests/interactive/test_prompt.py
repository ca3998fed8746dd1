"""``stapy -i``: what is typed, and what comes of it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from stapy.interactive.session import InteractiveSession, declarations, is_complete
from stapy.interactive.terminal import words_for
from stapy.options import Options
from tests.conftest import ROOT, Result, run_stapy


def typed(text: str) -> Result:
    return run_stapy("-i", stdin=text)


def test_a_probe_runs_at_once_with_the_globals_typed_before() -> None:
    result = typed('global n = 5\nset cmd fork 2\nprobe kernel.function("do_fork") {\n  println(n++)\n}\n')
    assert result == Result("5\n6\n", "", 0)


def test_again_on_another_architecture() -> None:
    script = 'probe begin { println(&@cast(0, "struct list_head")->prev) exit() }'
    assert typed(f"{script}\n! i386\n!\n").out == "8\n4\n8\n"


def test_several_architectures_are_compared() -> None:
    result = typed('set arch i386,x86_64\nprobe begin { println(&@cast(0, "struct list_head")->prev) exit() }\n')
    assert result.out == "i386 | x86_64\n-----+-------\n4    | 8\n"


def test_errors_leave_the_session_alive() -> None:
    result = typed("probe begin { nosuch() }\nnonsense\nprobe begin { println(1) exit() }\n")
    assert "unresolved function nosuch" in result.err
    assert result.out == "No command 'nonsense'; 'help' lists them. A probe runs at once.\n1\n"
    assert result.status == 0


def test_text_is_bytes_whatever_the_locale() -> None:
    assert typed('probe begin { println("h\u00e9") exit() }\nadd # \u00e9\nlist\n'.encode().decode("latin-1")).out == (
        "h\u00e9\n1: # \u00e9\n".encode().decode("latin-1"))


def test_the_script_grows_is_shown_and_runs(tmp_path: Path) -> None:
    path = tmp_path / "saved.stp"
    result = typed("add probe begin { println(1) }\nprobe begin { exit() }\nadd\nlist\nrun\n"
                   f"save {path}\ndelete 1\nlist\nload {path}\nlist\n")
    lines = "1: probe begin { println(1) }\n2: probe begin { exit() }\n"
    assert result.out == f"{lines}1\n1: probe begin {{ exit() }}\n{lines}"
    assert path.read_text() == "probe begin { println(1) }\nprobe begin { exit() }\n"


def test_editing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", f"{sys.executable} -c \"import sys; open(sys.argv[1], 'a').write('# more')\"")
    assert typed("add probe begin {}\nedit\nlist\n").out == "1: probe begin {}\n2: # more\n"


@pytest.mark.parametrize(("text", "answer"), [
    ("run", "The script is empty: 'add' or 'load' something, or type a probe."),
    ("!", "Nothing has been run yet."),
    ("add", "Nothing to add."),
    ("lisst", "No command 'lisst' (list?); 'help' lists them. A probe runs at once."),
    ("delete 4", "The script is empty."),
    ("delete x", "delete takes a line's number, two with - between them, or all."),
    ("load", "load takes a file's name."),
    ("load /no/such", "/no/such: No such file or directory."),
    ("save /no/such", "/no/such: No such file or directory."),
    ("set verbose x", "verbose takes a number, not 'x'."),
    ("set guru_mode maybe", "guru_mode takes 0 or 1, not 'maybe'."),
    ("set arch vax", "arch takes no architecture 'vax' here; there are: "),
    ("set nothing 1", "No option 'nothing'; there are: arch, cmd, "),
    ("sample zzz", "No sample has 'zzz'."),
    ("help zzz", "No command, option or function 'zzz'."),
    ("help execname", "execname:string ()\n\nThe name of the current task."),
    ("show last_pass", "last_pass: 5"),
    ("add x\nquit", "The script has not been saved; 'quit' again leaves all the same."),
])
def test_answers(text: str, answer: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    session = InteractiveSession(Options())
    for line in text.split("\n"):
        session.handle(line)
    assert capsys.readouterr().out.startswith(answer)


@pytest.mark.parametrize(("text", "complete"), [
    ("list", True),
    ("probe begin {", False),
    ("probe begin", False),
    ("probe begin { println(\"{\") }", True),
    ("probe begin { /* } ", False),
    ("global a,", False),
    ("global a", True),
    ("function f() %{ return { %}", True),
    ("function f() %{ return {", False),
    ("probe vfs.{read,write}", False),
    ("probe vfs.{read,write} { }", True),
])
def test_when_an_input_is_complete(text: str, complete: bool) -> None:
    assert is_complete(text) is complete


def test_declarations() -> None:
    text = 'global a, b private global c function f() { probe = 1 } probe begin { println("probe x {}") } probe end {}'
    assert [part.split()[0] for part in declarations(text)] == ["global", "private", "function", "probe", "probe"]


@pytest.mark.parametrize(("text", "word"), [
    ("li", "list"),
    ("set ta", "target_pid"),
    ("sample fo", "forks.stp"),
    ("probe ker", "kernel"),
    ('probe kernel.function("do_f', "do_fork"),
    ('probe kernel.function("do_fork").re', "return"),
    ("probe syscall.op", "open"),
    ("probe syscall.open.", "return"),
    ('probe kernel.function("do_fork") { println($clone', "$clone_flags"),
    ('probe kernel.function("vfs_read") { println($file->f_path.den', "dentry"),
    ("probe begin { exec", "execname"),
    ("probe begin { x = @ca", "@cast"),
    ("add probe ti", "timer"),
])
def test_completion(text: str, word: str) -> None:
    assert word in [found for found, _, _ in words_for(InteractiveSession(Options()), text)]


def test_nothing_is_offered_inside_strings() -> None:
    assert words_for(InteractiveSession(Options()), 'probe begin { println("exec') == []


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[pexpect.spawn]:
    environment = dict(os.environ, PYTHONPATH=str(ROOT), TERM="xterm", XDG_STATE_HOME=str(tmp_path), NO_COLOR="1",
                       PROMPT_TOOLKIT_NO_CPR="1")
    child = pexpect.spawn(sys.executable, ["-m", "stapy", "-i", "-c", "sleep 1000000"], env=environment,
                          encoding="utf-8", timeout=30, dimensions=(24, 80))
    child.expect("stapy>")
    yield child
    child.close(force=True)


def test_at_a_terminal(terminal: pexpect.spawn) -> None:
    terminal.send("probe begin {\r")  # not yet complete: the line goes on
    terminal.send('printf("%s\\n", "six" . "ty") exit() }\r')
    terminal.expect("sixty")
    terminal.expect("stapy>")
    terminal.send('probe begin { println("h\u00e9") exit() }\r')
    terminal.expect("h\u00e9\r\n")
    terminal.expect("stapy>")
    terminal.send('probe timer.s(1) { n++ } probe end { println("end", "ed") } global n\r')
    time.sleep(1)
    terminal.send("\x03")
    terminal.expect("ended")
    terminal.expect(r"n=\d+")
    terminal.expect("stapy>")
    terminal.send("nonsen\x03")  # ^C drops it
    terminal.expect("stapy>")
    terminal.send("exe\x15hel\t")  # ^U as well; a tab completes
    terminal.expect("p")
    terminal.send("\r")
    terminal.expect("A probe typed at the prompt runs at once")
    terminal.expect("stapy>")
    terminal.send("\x04")
    terminal.expect(pexpect.EOF)
    terminal.wait()
    assert terminal.exitstatus == 0
