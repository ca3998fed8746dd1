"""Library files of the person's own, by -I: aliases and what is private to their files."""

from __future__ import annotations

LIBRARY = """
private global kept
private function twice:long (x:long) { return 2 * x }
probe mine.open = syscall.open { kept++ number = twice(kept) }
probe mine.unused = kernel.function("no_such_function") { }
"""


def test_an_alias_sees_what_is_private_to_its_file(run, tmp_path) -> None:
    (tmp_path / "mine.stp").write_text(LIBRARY)
    script = 'global kept = "the script\'s own" probe mine.open { println(number, " ", kept) if (number == 4) exit() }'
    assert run(script, "-I", str(tmp_path)) == "2 the script's own\n4 the script's own\n"


def test_a_script_does_not_see_it(run, tmp_path) -> None:
    (tmp_path / "mine.stp").write_text(LIBRARY)
    assert "unresolved function twice" in run("probe mine.open { println(twice(1)) }", "-I", str(tmp_path), status=1)


def test_an_alias_sets_what_the_script_asks_for(run, tmp_path) -> None:
    """The aliases of system calls leave out what nobody reads: not what another alias reads."""
    (tmp_path / "mine.stp").write_text('probe mine.open = syscall.open { shown = flags_str . "/" . filename }')
    text = run("probe mine.open { println(shown) exit() }", "-I", str(tmp_path), "-c", "cat /etc/hostname")
    assert text == 'O_RDONLY/"/etc/hostname"\n'


def test_constants_that_are_macros(run) -> None:
    script = ('probe begin { printf("%d %d %d %d", @const("O_CREAT | O_EXCL"), @const("EPERM"), %{ S_DEAD %}, '
              "%{ 3 + 4 %}) }")
    assert run(script, "-g") == "192 1 16 7"
    assert 'has no constant \'NO_SUCH_THING\'' in run('probe begin { print(@const("NO_SUCH_THING")) }', "-g", status=1)


def test_a_function_without_a_result_as_a_value(run) -> None:
    assert run('global n probe begin { n++ n == 1 && exit() printf("%d", exit() + 3) }') == "3"
