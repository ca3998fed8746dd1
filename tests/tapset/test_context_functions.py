"""Functions that look at the probed kernel, on both word sizes."""

from __future__ import annotations

import pytest

from stapy.arch import names

ARCHITECTURES = names()


@pytest.fixture(params=ARCHITECTURES)
def at_fork(request, run):
    """Runs statements at the first do_fork of the default workload, which is init's."""
    def runner(statements: str, status: int = 0) -> str:
        script = f'probe kernel.function("do_fork") {{ {statements} exit() }}'
        return run(script, "-a", request.param, "-T", "5", status=status)

    runner.architecture = request.param  # type: ignore[attr-defined]
    return runner


def test_who_runs(at_fork) -> None:
    assert at_fork('printf("%s %d %d %d %s %d %d", execname(), pid(), tid(), ppid(), pexecname(), uid(), cpu())') == \
        "init 1 1 0 swapper 0 0"


def test_task_functions_agree_with_the_current_task(at_fork) -> None:
    text = at_fork('t = task_current() printf("%d%d%d%d%d%d", task_pid(t) == pid(), task_tid(t) == tid(), '
                   "task_execname(t) == execname(), task_state(t) == 0, pid2task(1) == t, task_cpu(t) == cpu()) "
                   'printf(" %d %d %s %s", task_prio(t), task_nice(t), task_execname(task_parent(t)), pid2execname(1))')
    assert text == "111111 20 0 swapper init"


def test_where_it_is(at_fork) -> None:
    text = at_fork('printf("%s %s %s %d %s %s", ppfunc(), probefunc(), symname(addr()), user_mode(), '
                   "substr(symdata(addr()), 0, 12), modname(addr()))")
    assert text == "do_fork do_fork do_fork 0 do_fork+0x0/ kernel"
    assert at_fork("print(symfileline(addr()))").startswith("kernel/fork.c:")


def test_stack(at_fork) -> None:
    lines = at_fork("print_backtrace() println(caller()) println(callers(1) == "
                    'sprintf("0x%x 0x%x", addr(), caller_addr())) print(sprint_syms(backtrace()))').splitlines()
    names = [line.split(" : ")[1].split("+")[0] for line in lines if " : " in line]
    half = len(names) // 2
    assert names[:half] == names[half:]
    assert names[:2] == ["do_fork", "sys_fork"]
    assert lines[half].startswith("sys_fork 0x")
    assert lines[half + 1] == "1"


def test_arguments_and_registers(at_fork) -> None:
    counter = "ip" if at_fork.architecture in ("x86_64", "i386") else "pc"  # stap's ip is 16 bits, and signed
    text = at_fork('printf("%d %d %d ", int_arg(1) == $clone_flags, ulong_arg(2) == $stack_start, '
                   f'pointer_arg(3) == $regs) printf("%d ", (register("{counter}") & 0xffff) == (addr() & 0xffff)) '
                   'printf("%d", registers_valid())')
    assert text == "1 1 1 1 1"


def test_strings_and_numbers_in_kernel_memory(at_fork) -> None:
    text = at_fork('t = task_current() a = &@cast(t, "task_struct")->comm '
                   'printf("%s %s %d %d %s", kernel_string(a), kernel_string_n(a, 2), kernel_char(a), '
                   'kernel_short(a) == 0x6e69 || kernel_short(a) == 0x696e, kernel_string_quoted(a)) '
                   'printf(" %d", kernel_pointer(&@cast(t, "task_struct")->parent) == task_parent(t))')
    assert text == 'init in 105 1 "init" 1'


@pytest.mark.parametrize(("expression", "message"), [
    ("kernel_string(0)", "kernel string copy fault at 0x0 [man error::fault]"),
    ("kernel_int(8)", "kernel int copy fault at 0x8 [man error::fault]"),
    ("user_string(8)", "user string copy fault -14 at 0x8 [man error::fault]"),
    ("user_char_error(8)", "user char copy fault at 0x8 [man error::fault]"),
    ("int_arg(0)", "Invalid argument number: 0"),
    ('register("nosuch")', "Unknown register: nosuch"),
    ("stack(99)", "cannot determine kernel stack frame 99"),
    ("modname(0)", "Cannot determine kernel module name"),
])
def test_faults_can_be_caught(run, expression: str, message: str) -> None:
    script = f'probe kernel.function("do_fork") {{ try {{ println({expression}) }} catch (m) {{ println(m) }} exit() }}'
    assert run(script, "-T", "5") == message + "\n"


@pytest.mark.parametrize("expression", ["kernel_string(task_current() - 0x7fffffff000)", "user_long(-8)", "task_pid(3)",
                                        "symname(-1)", "kernel_string_n(-1, 5)", 'kernel_string2(7, "no")'])
def test_wild_pointers_do_no_harm(run, expression: str) -> None:
    attempt = f'try {{ println({expression}) }} catch {{ println("caught") }}'
    script = f'probe kernel.function("do_fork") {{ {attempt} exit() }}'
    assert len(run(script, "-T", "5").splitlines()) == 1


def test_return_probe(run) -> None:
    script = """probe kernel.function("do_sys_open").return {
        printf("%d %s %s %d %s\\n", returnval(), returnstr(1), symname(addr()), is_return(), symname(caller_addr()))
        exit() }"""
    value, text, place, is_return, caller = run(script, "-T", "5").split()
    assert (value == text, place, is_return, caller) == (True, "sys_open", "1", "do_syscall")


def test_user_strings_and_paths(run) -> None:
    script = """probe kernel.function("do_sys_open") {
            printf("%s %s\\n", user_string($filename), user_string_n($filename, 3)) }
        probe kernel.function("vfs_read") {
            printf("read %s\\n", fullpath_struct_file(task_current(), $file)) exit() }"""
    lines = run(script, "-T", "5").splitlines()
    assert lines[-1].startswith("read /")
    for line in lines[:-1]:
        whole, part = line.split()
        assert part == whole[:3]


def test_command_line(at_fork) -> None:
    assert at_fork('printf("%s|%s|%s", cmdline_str(), cmdline_arg(0), cmdline_arg(9))') == "/init|/init|"


def test_thread_indent_counts_calls(run) -> None:
    script = """global n
        probe kernel.function("sys_open").call { println(thread_indent(1), ppfunc()) }
        probe kernel.function("do_sys_open").call { println(thread_indent(1), ppfunc()) }
        probe kernel.function("do_sys_open").return { println(thread_indent(-1), ppfunc()) }
        probe kernel.function("sys_open").return { println(thread_indent(-1), ppfunc()) if (++n == 1) exit() }"""
    shapes = [line.split(":", 1)[1] for line in run(script, "-T", "5").splitlines()]
    assert shapes == ["sys_open", " do_sys_open", " do_sys_open", "sys_open"]


def test_time_goes_on(run) -> None:
    script = """global first
        probe kernel.function("do_fork") { if (!first) first = gettimeofday_ns() else {
            printf("%d %d %d\\n", gettimeofday_ns() > first, gettimeofday_s() > 1259812280, jiffies() > 0) exit() } }"""
    assert run(script, "-T", "5").startswith("1 1 ")


def test_resources(at_fork) -> None:
    text = at_fork('t = task_current() printf("%d %d %d %d", task_open_file_handles(t) > 2, '
                   'task_max_file_handles(t) >= task_open_file_handles(t), task_rlimit(t, "RLIMIT_NOFILE") == '
                   "task_rlimit_nofile(t), proc_mem_size() > proc_mem_rss())")
    assert text == "1 1 1 1"
