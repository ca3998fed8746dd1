"""The samples that come with stapy: scripts by name, what each is for, and the options it is shown with."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "samples"


@dataclass(frozen=True, slots=True)
class Sample:
    """A script or module; ``about`` is the first sentence of the comment that opens it."""

    path: Path
    about: str

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def words(self) -> list[str]:
        """The options to run it with, from NAME.args beside it."""
        options = self.path.with_name(f"{self.name}.args")
        return shlex.split(options.read_text()) if options.exists() else []


def samples() -> Iterator[Sample]:
    """All of them, by name."""
    for path in sorted(FOLDER.iterdir()):
        if path.suffix in (".stp", ".py"):
            yield Sample(path, _about(path.read_text("latin-1")))


def _about(text: str) -> str:
    lines = text.lstrip("# \n").lstrip('"').partition("\n\n")[0].splitlines()
    comment = " ".join(line.strip("# ") for line in lines[:1] + [line for line in lines[1:] if line.startswith("#")])
    return comment.partition(". ")[0].rstrip('."')


def find(name: str) -> Sample | None:
    """The sample called ``name``, with or without its suffix; None where there is none."""
    return next((sample for sample in samples() if name in (sample.name, sample.path.stem, f"{sample.path}")), None)


def listing() -> str:
    """A line for each."""
    return "".join(f"{sample.name:<24} {sample.about}\n" for sample in samples())
