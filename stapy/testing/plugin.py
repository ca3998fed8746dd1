"""pytest's part: collects script tests, runs them on their architectures, shows differences, and lends fixtures.

A plugin by the entry point ``pytest11``; ``stapy test`` runs pytest with it.
"""

from __future__ import annotations

import json
import shlex
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from stapy.testing import cases

if TYPE_CHECKING:
    from stapy.embedding import Result
    from stapy.testing import trial

ARCHITECTURES = pytest.StashKey[frozenset[str]]()  # those to run on; not there for all
UPDATE = "stapy-update"  # the user property that brings what was printed to the process that writes it


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("stapy", "tests of SystemTap scripts")
    group.addoption("--stapy-arch", metavar="ARCH,...", default="all", help="run script tests on these only")
    group.addoption("--stapy-update", action="store_true", help="take what script tests print for what is expected")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "stapy(arch=, workload=): what the fixtures stapy_run and kernel start with")
    words = config.getoption("stapy_arch")
    if words != "all":
        from stapy import running

        try:
            config.stash[ARCHITECTURES] = frozenset(running.architectures(words))
        except running.Failure as failure:
            raise pytest.UsageError(str(failure).removeprefix("ERROR: ")) from None
    if config.getoption("stapy_update") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Updates(), "stapy-updates")


# ---------------------------------------------------------------- script tests


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.suffix not in (cases.SUFFIX, *cases.SCRIPTS):
        return None
    if file_path.suffix == ".py" and cases.reference(file_path, "") is None:
        return None
    return ScriptFile.from_parent(parent, path=file_path)


class ScriptFile(pytest.File):
    """A file with script tests."""

    def collect(self) -> Iterator[ScriptItem]:
        try:
            found = cases.cases_of(self.path)
        except cases.CaseError as error:
            raise self.CollectError(str(error)) from None
        wanted = self.config.stash.get(ARCHITECTURES, None)
        for case in found:
            for architecture in case.architectures:
                if wanted is None or architecture in wanted:
                    yield ScriptItem.from_parent(self, name=f"{case.name}[{architecture}]", case=case,
                                                 architecture=architecture)


class ScriptItem(pytest.Item):
    """A case on an architecture."""

    def __init__(self, *, case: cases.Case, architecture: str, **rest: Any) -> None:
        super().__init__(**rest)
        self.case = case
        self.architecture = architecture

    def runtest(self) -> None:
        from stapy.testing import trial

        outcome = trial.run(self.case, self.architecture)
        if self.config.getoption("stapy_update"):
            faults = trial.lasting_faults(self.case, outcome)  # a failed run's output is nothing to expect
            if not faults:
                self._note(outcome)
        else:
            faults = trial.faults(self.case, self.architecture, outcome)
        if faults:
            raise ScriptFailed(faults, outcome)

    def _note(self, outcome: trial.Trial) -> None:
        """Keep what was printed for the process that writes files."""
        if self.case.beside:
            self.user_properties.append((UPDATE, json.dumps([str(self.case.path), self.architecture, outcome.out])))
        for expectation in cases.written_files(self.case):
            file = self.case.path.parent / expectation.text
            self.user_properties.append((UPDATE, json.dumps([str(file), "", outcome.out])))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, ScriptFailed):
            return excinfo.value.report(self)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.case.line - 1, self.name


class ScriptFailed(Exception):  # noqa: N818 - a failed test, not an error
    """A test that is not passed."""

    def __init__(self, faults: list[str], outcome: trial.Trial) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults
        self.outcome = outcome

    def report(self, item: ScriptItem) -> str:
        """What is wrong, and what was printed."""
        from stapy.testing import trial

        diffs = [fault for fault in self.faults if fault.startswith("---")]
        said = [fault for fault in self.faults if fault not in diffs] or ["another output than expected"]
        parts = [*said, f"$ {shlex.join(['stapy', *trial.words_of(item.case, item.architecture)])}", *diffs]
        for name, text in (("output", self.outcome.out), ("messages", self.outcome.err)):
            if text and not (name == "output" and diffs):
                parts.append(f"{name}:\n" + "\n".join(f"  {line}" for line in text.splitlines()))
        return "\n".join(parts)


class Updates:
    """Writes what was printed, when all is run: --update."""

    def __init__(self) -> None:
        self.printed: dict[Path, dict[str, str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call":
            return
        for name, value in report.user_properties:
            if name == UPDATE:
                path, architecture, text = json.loads(str(value))
                self.printed.setdefault(Path(path), {})[architecture] = text

    def pytest_sessionfinish(self) -> None:
        for path, texts in self.printed.items():
            if "" in texts:
                path.write_text(texts[""], "latin-1")
            else:
                write_references(path, texts)


def write_references(path: Path, printed: dict[str, str]) -> None:
    """Write what the script at ``path`` prints by architecture: the usual text in NAME.out, others in NAME.ARCH.out.

    Architectures that were not run keep what they have.
    """
    from stapy import arch

    texts = {}
    for name in arch.names():
        kept = cases.reference(path, name)
        if name in printed:
            texts[name] = printed[name]
        elif kept is not None:
            texts[name] = kept.read_text("latin-1")
    usual = Counter(texts.values()).most_common(1)[0][0]
    path.with_name(f"{path.name}.out").write_text(usual, "latin-1")
    for name, text in texts.items():
        own = path.with_name(f"{path.name}.{name}.out")
        if text != usual:
            own.write_text(text, "latin-1")
        else:
            own.unlink(missing_ok=True)


# ---------------------------------------------------------------- fixtures


def _settings(request: pytest.FixtureRequest) -> dict[str, Any]:
    marker = request.node.get_closest_marker("stapy")
    return dict(marker.kwargs) if marker else {}


@pytest.fixture
def stapy_run(request: pytest.FixtureRequest) -> Callable[..., Result]:
    """``stapy_run(script, ...)``: stapy.run, with the marker's ``stapy(...)`` arguments unless the call has others."""
    import stapy

    settings = _settings(request)
    return lambda script, **more: stapy.run(script, **{**settings, **more})


@pytest.fixture
def kernel(request: pytest.FixtureRequest) -> Iterator[Any]:
    """The built-in kernel, started; ``@pytest.mark.stapy(arch="arm64", workload="fork 3")`` says which one."""
    from stapy import workload
    from stapy.runtime.kernels.builtin import BuiltinKernel

    settings = _settings(request)
    started = BuiltinKernel(settings.get("arch", "x86_64"))
    try:
        started.start(workload.load(settings.get("workload")))
        yield started
    finally:
        started.close()
