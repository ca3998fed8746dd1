"""A run whose output is JSON, one object a line: what was printed, globals, histograms, errors (``-f json``).

=================  ====================================================================================
type               data
=================  ====================================================================================
attached_probes    ``{"probes": N}``, once, before the machine runs
printf             a text that the script printed
hist               ``[{"min": , "max": , "count": }, ...]``: a histogram that was printed; no min, no max
                   where an interval has no such end
map                ``{name: value}`` or ``{name: {key: value}}``: a global at the end; several keys of an
                   element have commas between them
stats              the same of statistics, with ``{"count": , "sum": , "min": , "max": , "average": }``
time               ``{"probe": , "hits": , "min": , "average": , "max": }`` in nanoseconds, for -t
error, warning     what goes to standard error otherwise, without a final line break
=================  ====================================================================================
"""

from __future__ import annotations

import json
from typing import Any

from stapy.runtime.program import Global
from stapy.runtime.session import Session
from stapy.runtime.values import Array, Statistics
from stapy.runtime.values.statistics import HistogramText


class JsonSession(Session):
    """A Session that writes JSON; messages of the run are among it."""

    def emit(self, text: str) -> None:
        if isinstance(text, HistogramText):
            self._object("hist", text.intervals)
        else:
            self._object("printf", text)

    def _object(self, kind: str, data: Any) -> None:
        super().emit(json.dumps({"type": kind, "data": data}) + "\n")

    def _report(self, kind: str, color: str, message: str) -> None:
        self._object(kind.lower(), message)
        self.flush()

    def arm(self) -> None:
        super().arm()
        self._object("attached_probes", {"probes": self.armed})

    def _display(self, variable: Global) -> None:
        value = variable.get()
        if isinstance(value, Array):
            values = {_key(key): value[key] for key in value.ordered(0, -1)}
            kind = "stats" if any(isinstance(each, Statistics) for each in values.values()) else "map"
            self._object(kind, {variable.name: {key: _value(each) for key, each in values.items()}})
        else:
            kind = "stats" if isinstance(value, Statistics) else "map"
            self._object(kind, {variable.name: _value(value)})

    def _report_times(self) -> None:
        for probe in self.program.probes:
            times = self._times.get(id(probe))
            if times is not None and times.count:
                self._object("time", {"probe": probe.point, "hits": times.count, "min": times.minimum(),
                                      "average": times.average(), "max": times.maximum()})


def _key(key: Any) -> str:
    return ",".join(map(str, key)) if isinstance(key, tuple) else str(key)


def _value(value: Any) -> Any:
    if not isinstance(value, Statistics):
        return value
    if not value.count:
        return {"count": 0}
    return {"count": value.count, "sum": value.sum, "min": value.least, "max": value.greatest,
            "average": value.average()}
