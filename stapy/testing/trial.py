"""A trial: one case run on one architecture, and what it printed held against what it should have."""

from __future__ import annotations

import difflib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stapy.testing.cases import Case, reference


@dataclass(frozen=True, slots=True)
class Trial:
    """What a run left; ``status`` is None where it had to be stopped."""

    out: str
    err: str
    status: int | None


def words_of(case: Case, architecture: str) -> list[str]:
    """The command line that runs ``case``, behind ``stapy``."""
    words = ["-a", architecture, *case.words]
    if case.workload is not None:
        words += ["-c", case.workload]
    if case.virtual_timeout is not None:
        words += ["-T", f"{case.virtual_timeout:g}"]
    if case.probe is not None:
        words += ["--test", case.probe]
    script = ["-e", case.script] if isinstance(case.script, str) else []
    file = [] if isinstance(case.script, str) else [os.path.relpath(case.script, case.path.parent)]
    return [*words, *script, "--", *file, *case.arguments]


def run(case: Case, architecture: str) -> Trial:
    """Run it as the command would, in the folder of its file."""
    command = [sys.executable, "-m", "stapy", *words_of(case, architecture)]
    package = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH", "")]))
    environment = dict(os.environ, PYTHONPATH=path, STAPY_RC="")
    try:
        done = subprocess.run(command, cwd=case.path.parent, env=environment, timeout=case.timeout,
                              stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except subprocess.TimeoutExpired as stopped:
        return Trial((stopped.stdout or b"").decode("latin-1"), (stopped.stderr or b"").decode("latin-1"), None)
    return Trial(done.stdout.decode("latin-1"), done.stderr.decode("latin-1"), done.returncode)


def faults(case: Case, architecture: str, trial: Trial) -> list[str]:
    """What is wrong with ``trial``, a paragraph each; nothing where the test is passed."""
    found = list(status_faults(case, trial))
    if case.beside:
        found += _compared(reference(case.path, architecture), trial.out)
        if trial.err:
            found.append("nothing was to be said on standard error")
    found += _text_faults(case, trial)
    for expectation in case.expectations:
        if expectation.kind == "EXPECT_FILE":
            found += _compared(case.path.parent / expectation.text, trial.out)
        elif expectation.kind == "EXPECT_JSON":
            found += _compared_json(case.path.parent / expectation.text, trial.out)
    return found


def lasting_faults(case: Case, trial: Trial) -> list[str]:
    """What --update cannot put right: how the run ended, and what directives expect in so many words."""
    found = [*status_faults(case, trial), *_text_faults(case, trial)]
    if any(expectation.kind == "EXPECT_JSON" for expectation in case.expectations):
        try:
            _values(trial.out)
        except ValueError as error:
            found.append(f"what was printed is not JSON: {error}")
    return found


def status_faults(case: Case, trial: Trial) -> Iterator[str]:
    """What is wrong with how it ended."""
    if trial.status is None:
        yield f"not finished after {case.timeout:g} seconds"
    elif case.return_code is not None:
        if trial.status != case.return_code:
            yield f"exit status {case.return_code} expected, not {trial.status}"
    elif case.will_fail:
        if trial.status == 0:
            yield "it was to fail, and the exit status is 0"
    elif trial.status != 0:
        yield f"exit status {trial.status}"


def _text_faults(case: Case, trial: Trial) -> Iterator[str]:
    """EXPECT, EXPECT_REGEX and EXPECT_NONE: output first, then messages. EXPECTs have to come in their order."""
    text = trial.out + trial.err
    position = 0
    for expectation in case.expectations:
        wanted = expectation.text
        if expectation.kind == "EXPECT":
            found = text.find(wanted, position)
            if found < 0:
                where = " behind what was expected before it" if wanted in text else ""
                yield f"not printed{where}: {wanted}"
            else:
                position = found + len(wanted)
        elif expectation.kind == "EXPECT_REGEX" and not re.search(wanted, text, re.MULTILINE):
            yield f"nothing printed matches: {wanted}"
        elif expectation.kind == "EXPECT_NONE" and (wanted in text if wanted else text):
            yield f"not to be printed: {wanted or 'anything'}"


def _compared(file: Path | None, printed: str) -> list[str]:
    if file is None or not file.exists():
        return [f"{file.name if file else 'the file with its output'} is missing (--update writes it)"]
    wanted = file.read_text("latin-1")
    if wanted == printed:
        return []
    lines = difflib.unified_diff(wanted.splitlines(), printed.splitlines(), file.name, "printed", lineterm="")
    return ["\n".join(lines) or f"{file.name} differs in how the last line ends"]


def _compared_json(file: Path, printed: str) -> list[str]:
    """Output and file as JSON values, a line each or one over several lines."""
    try:
        wanted = _values(file.read_text("utf-8"))
    except OSError as error:
        return [f"{file.name}: {error.strerror}"]
    except ValueError as error:
        return [f"{file.name} is not JSON: {error}"]
    try:
        found = _values(printed)
    except ValueError as error:
        return [f"what was printed is not JSON: {error}"]
    if wanted == found:
        return []
    return ["\n".join(difflib.unified_diff(_lines(wanted), _lines(found), file.name, "printed", lineterm=""))]


def _lines(values: list[object]) -> list[str]:
    return [line for value in values for line in json.dumps(value, indent=1, sort_keys=True).splitlines()]


def _values(text: str) -> list[object]:
    try:
        return [json.loads(text)]
    except ValueError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
