"""Statistics: figures, variance by shift, histograms; the numbers are what SystemTap 4.8 printed."""

import pytest

from stapy.runtime.program import ScriptError
from stapy.runtime.values import EMPTY, Statistics
from stapy.runtime.values.statistics import log_bucket, log_value


def filled(*values: int, **options) -> Statistics:
    statistics = Statistics(**options)
    for value in values:
        statistics.add(value)
    return statistics


def test_figures() -> None:
    statistics = filled(10, 20, 30, -5)
    assert (statistics.count, statistics.sum) == (4, 55)
    assert (statistics.average(), statistics.minimum(), statistics.maximum()) == (13, -5, 30)


def test_average_truncates_towards_zero() -> None:
    assert filled(1, 2).average() == 1
    assert filled(-1, -2).average() == -1


def test_sum_wraps() -> None:
    assert filled(0x7FFFFFFFFFFFFFFF, 1).sum == -0x8000000000000000


@pytest.mark.parametrize(("shift", "variance"), [(0, 48), (10, 9)])
def test_variance_depends_on_the_shift(shift: int, variance: int) -> None:
    assert filled(*range(1, 11), shift=shift, variance=True).variance() == variance


def test_variance_of_one_value_is_zero() -> None:
    assert filled(7, variance=True).variance() == 0


@pytest.mark.parametrize("figure", ["minimum", "maximum", "average", "variance", "histogram_text"])
def test_figures_of_nothing_are_errors(figure: str) -> None:
    with pytest.raises(ScriptError, match="empty aggregate"):
        getattr(EMPTY, figure)()


def test_clear_forgets() -> None:
    statistics = filled(1, 2, histogram=("log",))
    statistics.clear()
    assert statistics.count == 0
    statistics.add(5)
    assert (statistics.minimum(), statistics.bucket(log_bucket(5)), statistics.bucket(log_bucket(1))) == (5, 1, 0)


@pytest.mark.parametrize(("value", "bucket"), [
    (0, 64), (1, 65), (5, 67), (25, 69), (-1, 63), (-2, 62), (0x7FFFFFFFFFFFFFFF, 127), (-0x8000000000000000, 0)])
def test_logarithmic_buckets(value: int, bucket: int) -> None:
    assert log_bucket(value) == bucket
    assert abs(log_value(bucket)) <= abs(value)


def test_linear_histogram_with_outliers() -> None:
    statistics = filled(-7, -1, 0, 3, 3, 9, 10, 11, 500, histogram=("linear", 0, 10, 2))
    assert statistics.histogram_text().splitlines()[1:] == [
        "   <0 |@@                                                 2",
        "    0 |@                                                  1",
        "    2 |@@                                                 2",
        "    4 |                                                   0",
        "    6 |                                                   0",
        "    8 |@                                                  1",
        "   10 |@@                                                 2",
        "  >10 |@                                                  1",
        "",
    ]


def test_histogram_leaves_out_empty_rows() -> None:
    statistics = filled(1, 900, histogram=("linear", 0, 1000, 10))
    labels = [line.split("|")[0].strip() for line in statistics.histogram_text().splitlines()]
    assert labels == ["value", "0", "10", "20", "~", "880", "890", "900", "910", "920", ""]


def test_bars_are_scaled_to_fifty() -> None:
    text = filled(*[3] * 500, *[7] * 9, histogram=("linear", 0, 10, 1)).histogram_text()
    assert "    3 |" + "@" * 50 + " 500\n" in text
    assert "    7 |" + " " * 53 + "9\n" in text


def test_logarithmic_histogram_of_negative_values() -> None:
    labels = [line.split("|")[0].strip() for line in filled(-5, histogram=("log",)).histogram_text().splitlines()]
    assert labels == ["value", "-16", "-8", "-4", "-2", "-1", ""]


def test_buckets() -> None:
    statistics = filled(1, 5, 5, 25, histogram=("linear", 0, 30, 10))
    assert [statistics.bucket(index) for index in range(statistics.buckets)] == [0, 3, 0, 1, 0, 0]


@pytest.mark.parametrize("index", [-1, 6, 1 << 40])
def test_bucket_outside(index: int) -> None:
    statistics = filled(1, 5, 5, 25, histogram=("linear", 0, 30, 10))
    with pytest.raises(ScriptError, match="histogram index out of range"):
        statistics.bucket(index)
