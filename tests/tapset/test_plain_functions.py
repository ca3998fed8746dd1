"""Functions that need no kernel, called from scripts; the values are SystemTap's."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(("expression", "printed"), [
    ('substr("hello world", 6, 100)', "world"),
    ('substr("hello", -3, 2)', ""),
    ('strpos("hello", "l")', "2"),
    ('stringat("ABC", 2)', "67"),
    ('str_replace("aXbXc", "X", "--")', "a--b--c"),
    ('isdigit("7x")', "1"),
    ('strtol("0x1f", 0)', "31"),
    ('strtol("-0x10", 16)', "-16"),
    ('strtol("99999999999999999999", 10)', "7766279631452241919"),
    ('strtol(" 7", 10)', "0"),
    (r'text_str("a\tb\"\\")', r'a\tb\"\\'),
    ('text_strn("abcdefgh", 4, 1)', '""...'),
    (r'text_str("\xc3\xa4")', r"\u00E4"),
    (r'string_quoted("a\n")', r'"a\n"'),
    ("errno_str(-13)", "EACCES"),
    ("errno_str(110)", "ETIMEDOUT"),
    ("return_str(1, -2)", "-2 (ENOENT)"),
    ("return_str(2, 255)", "0xff"),
    ("return_str(3, 8)", "010"),
    ("ctime(951782400)", "Tue Feb 29 00:00:00 2000"),
    ("ctime(-1)", "Wed Dec 31 23:59:59 1969"),
    ("tz_ctime(0)", "Thu Jan  1 00:00:00 1970 UTC"),
    ("usecs_to_string(1500)", "0m0.001500s"),
    ("bytes_to_string(1536)", "1.50K"),
    ("bytes_to_string(100)", "  100"),
    ("pages_to_string(3 * 1024)", "12.0M"),
    ("MAJOR(MKDEV(8, 17))", "8"),
    ("MINOR(usrdev2kerndev(0x811))", "17"),
    ("htons(0x1234)", str(0x3412)),
    ("ntohl(htonl(77))", "77"),
    ("signal_str(15)", "SIGTERM"),
    ("sigset_mask_str(0x4002)", "2,15"),
    ('sa_flags_str(0x10000004)', "SIGINFO|RESTART"),
    ("sa_handler_str(1)", "ignored"),
    ('rlimit_from_str("RLIMIT_NOFILE")', "7"),
    ("WEXITSTATUS(0x300)", "3"),
    ("vm_fault_contains(4, 3)", "1"),
    ('fp_to_string(fp_add(string_to_fp("1.25"), long_to_fp(2)), 2)', "3.25"),
    ('fp_to_long(string_to_fp("2.5"), 0, 0)', "2"),
    ('fp_lt(string_to_fp("-1e3"), string_to_fp("1"))', "1"),
    ("fp_to_string(fp_sqrt(long_to_fp(2)), 3)", "1.414"),
    ("target()", "0"),
    ("pn() . pp() . probe_type()", "beginbeginbegin"),
    ("execname()", "stapio"),
    ("addr() + user_mode() + cpu() + is_return()", "0"),
    ("module_name()", "stapy_script"),
])
def test_value(run, expression: str, printed: str) -> None:
    assert run(f"probe begin {{ println({expression}) exit() }}") == printed + "\n"


@pytest.mark.parametrize(("expression", "message"), [
    ('stringat("ABC", 3)', "Position out of bounds"),
    ("ctime(99999999999999)", "Time too far in the future to be converted"),
    ("randint(2000000)", "range too wide"),
    ('string_to_fp("x")', "invalid format"),
    ("assert(0)", "Assertion failed"),
    ('qsq_service_time("q", 1)', "division by 0"),
    ('register("rax")', "cannot access CPU registers in this context"),
])
def test_error(run, expression: str, message: str) -> None:
    text = run(f"probe begin {{ {expression} }} probe error {{ log(\"after\") }}", "-u", status=1)
    assert f"ERROR: {message}" in text


def test_tokenize_goes_on(run) -> None:
    assert run('probe begin { for (t = tokenize("a,b;;c", ",;"); t != ""; t = tokenize(",;")) println(t) exit() }') == \
        "a\nb\nc\n"


def test_speculation(run) -> None:
    assert run('probe begin { a = speculation() b = speculation() speculate(a, "kept") speculate(b, "gone") '
               "discard(b) commit(a) commit(b) exit() }") == "kept"


def test_stopwatches_gather_virtual_time(run) -> None:
    script = """probe timer.ms(10) { start_stopwatch("w") }
        probe timer.ms(25) { stop_stopwatch("w") println(read_stopwatch_ms("w")) exit() }"""
    assert run(script) == "15\n"


def test_indent(run) -> None:
    calls = 'println(indent(1), "a") println(indent(1), "b") println(indent(-1), "b") println(indent(-1), "a")'
    assert run(f"probe begin {{ {calls} exit() }}") == "     0 :a\n     0 : b\n     0 : b\n     0 :a\n"


def test_queue_statistics(run) -> None:
    script = """probe begin { qsq_start("q") }
        probe timer.ms(10) { qs_wait("q") qs_run("q") }
        probe timer.ms(20) { qs_done("q") }
        probe timer.ms(40) { printf("%d %d\\n", qsq_utilization("q", 100), qsq_throughput("q", 1000000)) exit() }"""
    assert run(script) == "75 25\n"


def test_randint_repeats(run) -> None:
    script = "probe begin { for (i = 0; i < 20; i++) printf(\"%d \", randint(10)) exit() }"
    first = run(script)
    assert first == run(script)
    assert set(map(int, first.split())) <= set(range(10))
    assert len(set(first.split())) > 4


def test_abort_ends_the_handler(run) -> None:
    script = """probe begin { println("a") try { abort() } catch { println("b") } println("c") }
        probe end { println("e") }"""
    assert run(script) == "a\ne\n"


def test_arguments(run, capfdbinary) -> None:
    from stapy import cli

    assert cli.main(["-e", "probe begin { println(argc, argv[1], argv[3]) exit() }", "x", "y"]) == 0
    captured = capfdbinary.readouterr()
    assert (captured.out, captured.err) == (b"2x\n", b"")


def test_colours(run) -> None:
    calls = "ansi_set_color(31) ansi_set_color(31, 42) ansi_set_color3(31, 42, 1) ansi_reset_color()"
    assert run(f"probe begin {{ {calls} exit() }}") == "\033[31m\033[42;31m\033[42;31;1m\033[0;0m"


def test_system_takes_guru_mode(run) -> None:
    script = 'probe begin { print("a ") system("echo b; true") print("c\\n") exit() }'
    assert run(script, "-g") == "a b\nc\n"
    assert "-g" in run(script, status=1)
