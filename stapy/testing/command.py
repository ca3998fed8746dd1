"""``stapy test``: runs the script tests under some paths, with pytest's engine and report."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec

USAGE = """\
Usage: stapy test [options] [PATH...]   Run the script tests in files and folders (here without PATH).

Options:
  -a ARCH,...       only on these architectures
  --update          take what is printed for what is expected, and write it to the files
  -k EXPRESSION     only tests whose names match
  -x                stop at the first failure
  -n NUM            in NUM processes (with pytest-xdist)
  -v, -q            say more, say less
  --junitxml FILE   write a JUnit report
  and others of pytest's: `pytest --help` has them.
"""


def main(words: list[str]) -> int:
    """Run the tests; ``words`` without ``stapy test``. Returns the exit status: 0 where all are passed."""
    if "-h" in words or "--help" in words:
        print(USAGE, end="")
        return 0
    try:
        import pytest
    except ImportError:
        print("stapy: tests need pytest: pip install pytest", file=sys.stderr)
        return 1
    for path in words:
        if not path.startswith("-") and path.endswith((".stp", ".stptest", "/")) and not os.path.exists(path):
            print(f"stapy: no file or folder '{path}'", file=sys.stderr)
            return 1
    if any(word.startswith("-n") for word in words) and find_spec("xdist") is None:
        print("stapy: -n needs pytest-xdist: pip install pytest-xdist", file=sys.stderr)
        return 1
    given = [_OURS.get(word, word) for word in words]
    status = pytest.main([*_SETTINGS, *given])
    if status == pytest.ExitCode.NO_TESTS_COLLECTED:
        print("stapy: no script tests there (docs/testing.md says what makes one)", file=sys.stderr)
    return 0 if status == pytest.ExitCode.OK else 1


# Only script tests, whatever the project's own settings for pytest are; and stapy, which runs pytest here, is imported
# before pytest can rewrite its assertions, which is no fault.
_SETTINGS = ("-p", "stapy.testing.plugin", "-o", "python_files=", "-o", "addopts=",
             "-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning")
_OURS = {"-a": "--stapy-arch", "--update": "--stapy-update"}
