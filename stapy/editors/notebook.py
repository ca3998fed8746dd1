"""The IPython magic: ``%load_ext stapy.editors.notebook``, then a cell that begins with ``%%stapy``.

The words after ``%%stapy`` are options of the command; the cell is the script. What it prints is shown as text, globals
at the end as tables, and histograms and arrays of numbers as plots where matplotlib is installed. With ``--into NAME``
the stapy.Result is left in that variable.
"""

from __future__ import annotations

import html
import shlex
from collections.abc import Iterator
from typing import Any

from IPython.core.magic import Magics, cell_magic, magics_class
from IPython.display import HTML, display

from stapy.embedding import Aggregate, Result, run
from stapy.options import UsageError
from stapy.runtime.values.statistics import HistogramText

MOST_ROWS = 100  # of a table


@magics_class
class StapyMagics(Magics):
    """%%stapy"""

    @cell_magic
    def stapy(self, line: str, cell: str) -> None:
        """Run the cell as a script; ``line`` has options, as ``-a arm64 -c 'fork 3'``."""
        words = shlex.split(line)
        into = None
        if "--into" in words:
            at = words.index("--into")
            into = words[at + 1] if at + 1 < len(words) else None
            del words[at : at + 2]
        try:
            result, pieces = captured(cell, words)
        except (UsageError, ValueError) as error:
            print(f"stapy: {error}")
            return
        for piece in pieces:
            show(piece)
        if result.stderr:
            display(HTML(f"<pre style='color: #b00'>{html.escape(result.stderr)}</pre>"))
        for name, value in result.globals.items():
            if isinstance(value, dict):
                display(HTML(table(name, value)))
                plot_elements(name, value)
        if into is not None and self.shell is not None:
            self.shell.user_ns[into] = result


def captured(script: str, words: list[str]) -> tuple[Result, list[str]]:
    """The run's result, and what it printed: histograms by themselves, the text between them joined."""
    pieces: list[str] = []

    def printed(text: str) -> None:
        if isinstance(text, HistogramText) or not pieces or isinstance(pieces[-1], HistogramText):
            pieces.append(text)
        else:
            pieces[-1] += text

    result = run(script, options=["--no-global-var-display", *words], printed=printed)
    return result, pieces


def show(piece: str) -> None:
    """A histogram as a plot, anything else as text."""
    if isinstance(piece, HistogramText) and plot_histogram(piece):
        return
    print(piece, end="")


def table(name: str, value: dict[Any, Any]) -> str:
    """A global array as an HTML table, the largest elements first."""
    rows = sorted(value.items(), key=lambda element: _weight(element[1]), reverse=True)
    columns = list(_cells(rows[0][1])) if rows else []
    head = "".join(f"<th>{html.escape(column)}</th>" for column in columns)
    body = "".join(
        f"<tr><td>{html.escape(_key(key))}</td>"
        + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in _cells(element).values()) + "</tr>"
        for key, element in rows[:MOST_ROWS]
    )
    more = f"<p>and {len(rows) - MOST_ROWS} more</p>" if len(rows) > MOST_ROWS else ""
    return f"<table><thead><tr><th>{html.escape(name)}</th>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _cells(value: Any) -> dict[str, Any]:
    if isinstance(value, Aggregate):
        return {"count": value.count, "sum": value.sum, "min": value.minimum, "avg": value.average,
                "max": value.maximum}
    return {"value": value}


def _key(key: Any) -> str:
    return ", ".join(map(str, key)) if isinstance(key, tuple) else str(key)


def _weight(value: Any) -> int:
    if isinstance(value, Aggregate):
        return value.count
    return value if isinstance(value, int) else 0


# ---------------------------------------------------------------- plots


def _axes() -> Any:
    """A figure's axes; None where matplotlib is not installed."""
    try:
        from matplotlib import pyplot
    except ImportError:
        return None
    return pyplot.subplots(figsize=(7, 3))[1]


def plot_histogram(histogram: HistogramText) -> bool:
    """Bars by interval. False where there is nothing to plot with."""
    axes = _axes()
    if axes is None:
        return False
    labels = list(_labels(histogram))
    axes.bar(range(len(labels)), [interval["count"] for interval in histogram.intervals], width=0.9)
    axes.set_xticks(range(len(labels)), labels, rotation=45, ha="right")
    axes.set_ylabel("count")
    _finish(axes)
    return True


def _labels(histogram: HistogramText) -> Iterator[str]:
    for interval in histogram.intervals:
        low, high = interval.get("min"), interval.get("max")
        if low is None or high is None:
            yield f"≤ {high}" if low is None else f"≥ {low}"
        else:
            yield str(low) if low == high else f"{low} – {high}"


def plot_elements(name: str, value: dict[Any, Any]) -> None:
    """Bars by element, of an array of numbers or statistics."""
    rows = sorted(((key, _weight(element)) for key, element in value.items()), key=lambda row: row[1], reverse=True)
    axes = _axes() if len(rows) > 1 and rows[0][1] > 0 else None
    if axes is None:
        return
    rows = rows[:20]
    axes.barh([_key(key) for key, _ in rows], [weight for _, weight in rows])
    axes.invert_yaxis()
    axes.set_title(name)
    _finish(axes)


def _finish(axes: Any) -> None:
    from matplotlib import pyplot

    axes.figure.tight_layout()
    display(axes.figure)
    pyplot.close(axes.figure)


def load_ipython_extension(shell: Any) -> None:
    """What ``%load_ext stapy.editors.notebook`` calls."""
    shell.register_magics(StapyMagics)
