"""Bad input to the command: one clear message, exit status 1, no traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, Result, run_stapy

HELLO = "probe begin { println(1) exit() }"


def refused(result: Result, message: str) -> None:
    """The run said ``message`` and failed, and nothing of how stapy is made came to light."""
    assert message in result.err
    assert "Traceback" not in result.err
    assert result.status == 1


# ---------------------------------------------------------------- options


@pytest.mark.parametrize(("words", "message"), [
    (["-DMAXACTION=abc"], "stapy: -DMAXACTION needs a whole number, not 'abc'."),
    (["-DMAXERRORS=-1"], "stapy: -DMAXERRORS needs a whole number, not '-1'."),
    (["-DMAXSTRINGLEN=0"], "stapy: -DMAXSTRINGLEN needs a whole number from 2 up, not '0'."),
    (["-D=3"], "stapy: -D needs NAME or NAME=VALUE, not '=3'."),
    (["-G", "x"], "stapy: -G needs NAME=VALUE, not 'x'."),
    (["-G", "x=3"], "semantic error: global variable 'x' (-G) not found in the script"),
    (["-T", "0"], "stapy: -T needs a number of virtual seconds above 0, not '0'."),
    (["-T", "nan"], "stapy: -T needs a number of virtual seconds above 0, not 'nan'."),
    (["-x", "-4"], "stapy: -x needs a process id, not '-4'."),
    (["-x", "99999999999999999999"], "stapy: -x needs a process id, not '99999999999999999999'."),
    (["-a", "vax"], "ERROR: no architecture 'vax' here; there are: "),
    (["-p", "9"], "stapy: Invalid pass number (should be 1-5)."),
    (["--vp", "abc"], "Invalid --vp argument: it takes 1 to 5 digits."),
    (["-m", "a b"], "stapy: -m needs a name"),
    (["--compatible=abc"], "stapy: --compatible needs a version"),
    (["--nosuch"], "stapy: option --nosuch not recognized."),
    (["--verison"], "stapy: option --verison not recognized (similar: --version).\nUsage: stapy [options] FILE"),
    (["-Z"], "stapy: option -Z not recognized.\nUsage: stapy [options] FILE"),
    (["-T", "-1"], "stapy: -T needs a number of virtual seconds above 0, not '-1'."),
    (["-o", "/nonexistent/file"], "ERROR: cannot write /nonexistent/file: No such file or directory."),
    (["-o", "/"], "ERROR: cannot write /: Is a directory."),
    (["-c", "nosuchcommand"], "ERROR: no workload or program 'nosuchcommand'"),
    (["-c", " "], "ERROR: an empty command (-c)"),
    (["-c", 'cat "'], "ERROR: sh: unterminated quoted string"),
    (["-c", "cat | | wc"], 'ERROR: sh: syntax error: "|" unexpected'),
    (["-c", "fork many"], "ERROR: fork: "),
    (["-c", "fork 1 2 3"], "ERROR: workload fork: fork() takes"),
    (["-c", "missing.py:show"], "ERROR: missing.py: No such file or directory"),
])
def test_a_bad_option_is_refused(words: list[str], message: str) -> None:
    refused(run_stapy(*words, "-e", "probe begin { println(1) }"), message)


@pytest.mark.parametrize(("declaration", "given", "message"), [
    ("global x; probe begin { println(x + 1) }", "x=abc", "-G x=abc: 'x' is a number: identifier 'x' at <input>:1:8"),
    ("global x; probe begin { println(x + 1) }", "x=99999999999999999999", "does not fit in 64 bits"),
    ("global x[9]; probe begin { x[1] = 1; println(x[1]) }", "x=1", "'x' holds more than one value"),
])
def test_a_global_gets_what_it_can_hold(declaration: str, given: str, message: str) -> None:
    refused(run_stapy("-G", given, "-e", declaration), message)


def test_a_string_may_look_like_a_number() -> None:
    assert run_stapy("-G", "x=41", "-e", 'global x; probe begin { println(x . "a") exit() }').out == "41a\n"


# ---------------------------------------------------------------- scripts


@pytest.mark.parametrize(("name", "content", "message"), [
    ("empty.stp", b"", "Input file 'empty.stp' is empty."),
    ("nul.stp", b"probe begin { \0 exit() }", r"saw: junk '\x00' at nul.stp:1:15"),
    ("binary.stp", bytes(range(255, -1, -1)) * 20, r"saw: junk '\xff' at binary.stp:1:1"),
    ("comment.stp", b"probe begin { /*", "saw: comment.stp EOF"),
    ("condition.stp", b"probe begin { %( 1 == 1 %?", "incomplete conditional at end of file"),
    ("string.stp", b'probe begin { println("' + b"x" * 1_000_000, "Could not find matching closing quote"),
    ("negations.stp", b"probe begin { println(" + b"!" * 5000 + b"1) }", "parse error: nested too deeply"),
    ("ifs.stp", b"probe begin { " + b"if (pid()) " * 1000 + b"println(1) }", "statements too deeply nested"),
    ("macros.stp", b"@define a %( @b %) @define b %( @a %) probe begin { println(@a) }", "nested too deeply"),
    ("bom.stp", b"\xef\xbb\xbfprobe begin { exit() }", "hint: the file begins with a byte order mark"),
    ("utf16.stp", "probe begin { exit() }".encode("utf-16"), "hint: the file is UTF-16: save it as UTF-8"),
    ("tokens.stp", b"probe begin { " + b"x=1;" * 100_000 + b"}", "has more tokens than a script may (250000)"),
    ("megabytes.stp", b"probe begin { x = \"" + b"x" * 10_000_000, "has more bytes than a script may (2097152)"),
    ("pattern.stp", b"probe kernel.function(\"" + b"a*" * 2000 + b"\") {}", "more than 2000 characters to match"),
    ("regex.stp", b"probe begin { println(\"\" =~ \"" + b"a" * 30_000 + b"\") }", "the expression is too large"),
    ("number.stp", b"probe begin { println(0xffffffffffffffffffff) }", "number invalid or out of range"),
])
def test_a_bad_script_is_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    refused(run_stapy(name, cwd=tmp_path), message)


def test_a_directory_and_a_missing_file_are_no_scripts(tmp_path: Path) -> None:
    (tmp_path / "directory.stp").mkdir()
    refused(run_stapy("directory.stp", cwd=tmp_path), "Input file 'directory.stp' cannot be read: Is a directory.")
    refused(run_stapy("missing.stp", cwd=tmp_path), "Input file 'missing.stp' is missing.")


def test_a_script_without_end_is_not_read_to_it() -> None:
    refused(run_stapy("/dev/zero"), "parse error: '/dev/zero' has more bytes than a script may (2097152)")


def test_closed_streams_are_no_surprise() -> None:
    done = subprocess.run(["sh", "-c", f"exec {sys.executable} -m stapy - <&-"], cwd=ROOT, capture_output=True,
                          check=False)
    assert (done.stderr, done.returncode) == (
        b"Input file '<input>' is empty.\nPass 1: parse failed.  [man error::pass1]\n", 1)
    for closed in (">&-", "2>&-", ">&- 2>&- <&-"):
        done = subprocess.run(["sh", "-c", f"exec {sys.executable} -m stapy -e '{HELLO}' {closed}"], cwd=ROOT,
                              capture_output=True, check=False)
        assert (done.stderr, done.returncode) == (b"", 0)


def test_a_reader_that_stops_ends_it_quietly() -> None:
    script = 'probe timer.ms(1) { println("a line, and a long one at that, a thousand times a second") }'
    with subprocess.Popen([sys.executable, "-m", "stapy", "-e", script, "-T", "1000"], cwd=ROOT, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as run:
        assert run.stdout is not None and run.stderr is not None
        run.stdout.read(10)
        run.stdout.close()
        assert run.stderr.read() == b""


def test_a_long_script_and_a_deep_one_run(tmp_path: Path) -> None:
    parentheses = "probe begin { println(" + "(" * 1000 + "1" + ")" * 1000 + ") }\n"
    blocks = "probe begin(1) { " + "{" * 1000 + "println(2)" + "}" * 1000 + " }\n"
    comment = "/*" + "x" * 2_000_000 + "*/\n"
    many = "".join(f"probe begin({number}) {{ n++ }}\n" for number in range(2, 2000))
    (tmp_path / "long.stp").write_text(
        "global n\n" + parentheses + comment + blocks + many + "probe begin(2000) { println(n) exit() }\n")
    assert run_stapy("long.stp", cwd=tmp_path) == Result("1\n2\n1998\n", "", 0)


def test_bytes_beyond_ascii_stay_what_they_are() -> None:
    text = "é→".encode().decode("latin-1")
    assert run_stapy("-e", 'probe begin { println("é→", @1) exit() }', "é→").out == text + text + "\n"
    said = run_stapy("-e", 'probe begin { println("é→", ) }').err
    assert f'source: probe begin {{ println("{text}", ) }}' in said


def test_an_endless_loop_in_a_handler_ends() -> None:
    script = 'global n; probe kernel.function("sys_read") { while (1) n++ }'
    refused(run_stapy("-e", script), "ERROR: MAXACTION exceeded near")


def test_a_run_may_be_as_short_as_one_likes() -> None:
    assert run_stapy("-T", "0.000001", "-e", 'probe kernel.function("do_fork") { println("fork") }').status == 0


@pytest.mark.parametrize(("code", "message"), [
    ("%{ import nosuchmodule %} probe begin { println(1) }", "ModuleNotFoundError: No module named 'nosuchmodule'"),
    ("function f:long() %{ return 1/0 %} probe begin { println(f()) }",
     "ERROR: ZeroDivisionError: division by zero near identifier 'f' at <input>:1:10"),
    ("function f:long() %{ retur 1 %} probe begin { println(f()) }", "embedded code is not valid Python"),
    ("function f:long() %{ STAP_RETVALUE = 3; %} probe begin { println(f()) }", "this looks like C"),
])
def test_mistakes_in_embedded_python(code: str, message: str) -> None:
    refused(run_stapy("-g", "-e", code), message)


# ---------------------------------------------------------------- the output


def test_a_full_disk_is_reported() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full")
    for words in (["-e", HELLO], ["-p1", "-e", HELLO], ["--help"]):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([sys.executable, "-m", "stapy", *words], stdout=full, stderr=subprocess.PIPE,
                                  cwd=ROOT, check=False)
        assert (done.stderr, done.returncode) == (b"ERROR: cannot write the output: No space left on device.\n", 1)


def test_the_generated_python_is_kept(tmp_path: Path) -> None:
    said = run_stapy("-k", "-e", HELLO).err
    directory = Path(said.split('"')[1])
    kept = directory / "stapy_script.py"
    assert "def probe_" in kept.read_text()
    kept.unlink()
    directory.rmdir()
