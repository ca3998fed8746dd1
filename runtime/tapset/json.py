"""JSON metrics: what a script declares about the figures it serves; the output itself is macros'."""

from __future__ import annotations

from stapy.runtime.context import Context
from stapy.runtime.program import ScriptError
from stapy.runtime.tapset.declare import tapset_function


class Metrics:
    """The metrics a script declared, in order; arrays hold metrics of their own."""

    def __init__(self) -> None:
        self.prefix = ""
        self.metrics: dict[str, dict[str, str]] = {}
        self.arrays: dict[str, dict[str, dict[str, str]]] = {}


def metrics_of(c: Context) -> Metrics:
    """The session's metrics."""
    return c.session.store.setdefault("json", Metrics())


def _declare(c: Context, name: str, **metadata: str) -> None:
    metrics = metrics_of(c).metrics
    if name in metrics:
        raise ScriptError(f"Metric '{name}' already exists", placeless=True)
    metrics[name] = {"name": name, "pointer": f"/{name}", **metadata}


def _declare_in_array(c: Context, array: str, name: str, **metadata: str) -> None:
    arrays = metrics_of(c).arrays
    if array not in arrays:
        raise ScriptError(f"Array '{array}' doesn't exist", placeless=True)
    if name in arrays[array]:
        raise ScriptError(f"Array metric '{name}' already exists", placeless=True)
    arrays[array][name] = {"name": name, "pointer": f"/{name}", **metadata}


@tapset_function()
def json_set_prefix(c: Context, prefix: str) -> int:
    """Set the prefix of the metrics' names."""
    metrics_of(c).prefix = prefix
    return 0


@tapset_function()
def json_add_numeric_metric(c: Context, name: str, description: str, units: str) -> int:
    """Declare a metric that is a number. A name used before is an error."""
    _declare(c, name, type="integer", description=description, units=units)
    return 0


@tapset_function()
def json_add_string_metric(c: Context, name: str, description: str) -> int:
    """Declare a metric that is a string. A name used before is an error."""
    _declare(c, name, type="string", description=description)
    return 0


@tapset_function()
def json_add_array(c: Context, name: str, description: str) -> int:
    """Declare an array of metrics. A name used before is an error."""
    _declare(c, name, type="array", description=description)
    metrics_of(c).arrays[name] = {}
    return 0


@tapset_function()
def json_add_array_numeric_metric(
    c: Context, array_name: str, metric_name: str, metric_description: str, metric_units: str
) -> int:
    """Declare a metric of an array that is a number."""
    _declare_in_array(c, array_name, metric_name, type="integer", description=metric_description, units=metric_units)
    return 0


@tapset_function()
def json_add_array_string_metric(c: Context, array_name: str, metric_name: str, metric_description: str) -> int:
    """Declare a metric of an array that is a string."""
    _declare_in_array(c, array_name, metric_name, type="string", description=metric_description)
    return 0
