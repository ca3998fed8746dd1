"""Statistics: what ``<<<`` gathers and @count, @sum, @min, @max, @avg, @variance and the histograms show."""

from __future__ import annotations

from stapy.runtime.program import ScriptError
from stapy.runtime.values.strings import to_signed

HISTOGRAM_WIDTH = 50  # characters of the longest bar
ELISION = 2  # an empty row is left out when this many rows on both sides are empty too
LOG_BUCKETS = 128
LOG_ZERO = 64  # the logarithmic bucket that counts zeros; negative values lie below it
MOST_BUCKETS = 128

Histogram = tuple[str] | tuple[str, int, int, int]


class HistogramText(str):
    """A histogram as it is drawn; ``intervals`` has its numbers: a dict each with min, max (where there are such) and
    count, those shown, in order."""

    intervals: list[dict[str, int]]

    def __new__(cls, text: str, intervals: list[dict[str, int]]) -> HistogramText:
        made = super().__new__(cls, text)
        made.intervals = intervals
        return made


class Statistics:
    """Running figures over the values added; no sample is kept.

    ``histogram`` is ("log",), ("linear", low, high, step) or None. ``variance`` is set where the script asks for
    @variance (it costs time), and ``shift`` is the bit shift that keeps its fractions. ``width`` is the length of a
    histogram's longest bar; ``elision`` how many rows on both sides of an empty one must be empty too for it to be left
    out, negative for never.
    """

    __slots__ = ("_add", "_counts", "_deviations", "_elision", "_histogram", "_mean", "_shift", "_variance", "_width",
                 "count", "greatest", "least", "sum")

    def __init__(self, shift: int = 0, variance: bool = False, histogram: Histogram | None = None,
                 width: int = HISTOGRAM_WIDTH, elision: int = ELISION) -> None:
        self._shift = shift
        self._variance = variance
        self._histogram = histogram
        self._width = width
        self._elision = elision
        self.clear()

    def clear(self) -> None:
        """Forget everything: ``delete``."""
        self.count = 0
        self.sum = self.least = self.greatest = 0
        self._mean = self._deviations = 0
        self._counts = [0] * self.buckets

    def add(self, value: int) -> None:
        """``statistics <<< value``"""
        if self.count:
            self.count += 1
            total = self.sum + value
            if -0x8000000000000000 <= total <= 0x7FFFFFFFFFFFFFFF:
                self.sum = total
            else:
                self.sum = to_signed(total)
            if value > self.greatest:
                self.greatest = value
            elif value < self.least:
                self.least = value
            if self._variance:
                self._deviate(value)
        else:
            self.count = 1
            self.sum = self.least = self.greatest = value
            self._mean = to_signed(value << self._shift)
            self._deviations = 0
        if self._histogram is not None:
            self._counts[self._bucket_of(value)] += 1

    def _deviate(self, value: int) -> None:
        """Welford's running variance in shifted integers. stap keeps the step in 32 bits, and so does this."""
        shifted = value << self._shift
        step = ((shifted - self._mean + 0x80000000) & 0xFFFFFFFF) - 0x80000000
        self._mean = to_signed(self._mean + _divide(step, self.count))
        self._deviations = to_signed(self._deviations + step * (shifted - self._mean))

    # ------------------------------------------------------------ figures

    def _require(self) -> None:
        if not self.count:
            raise ScriptError("empty aggregate")

    def minimum(self) -> int:
        self._require()
        return self.least

    def maximum(self) -> int:
        self._require()
        return self.greatest

    def average(self) -> int:
        """Sum over count, truncated towards zero."""
        self._require()
        return _divide(self.sum, self.count)

    def variance(self) -> int:
        """The sample variance as stap's integers give it: the smaller the shift, the coarser.

        stap adds to each CPU's own variance how far that CPU's running mean is from the true one; the running mean
        drops fractions, so with a small shift the two differ even on one CPU.
        """
        self._require()
        count = self.count
        mean = _divide(to_signed(self.sum << self._shift), count)
        own = _divide(self._deviations, count - 1) if count > 1 else 0
        away = self._mean - mean
        spread = to_signed(count * away * away + (count - 1) * own)
        return (_divide(spread, count - 1) if count > 1 else 0) >> (2 * self._shift)

    # ------------------------------------------------------------ histograms

    @property
    def buckets(self) -> int:
        """How many buckets the histogram has, with those for what lies outside."""
        if self._histogram is None:
            return 0
        if len(self._histogram) == 1:
            return LOG_BUCKETS
        _, low, high, step = self._histogram
        return _divide(high - low, step) + 3

    def bucket(self, index: int) -> int:
        """The count in bucket ``index``: ``@hist_log(x)[index]``. Raises ScriptError outside the histogram."""
        if not 0 <= index < len(self._counts):
            raise ScriptError("histogram index out of range")
        self._require()
        return self._counts[index]

    def counted(self, index: int) -> int:
        """The count in bucket ``index``, 0 too where nothing was added."""
        return self._counts[index]

    def _bucket_of(self, value: int) -> int:
        if len(self._histogram) == 1:  # type: ignore[arg-type]
            return log_bucket(value)
        _, low, _, step = self._histogram  # type: ignore[misc]
        value -= low
        return 0 if value < 0 else min(value // step + 1, len(self._counts) - 1)

    def histogram_text(self) -> str:
        """The histogram as print() draws it, with an empty line behind."""
        self._require()
        first, last = self._rows()
        largest = max(self._counts)
        bars, elision = self._width, self._elision
        scale = -(-largest // bars) if largest > bars else 1
        count_width = len(str(largest))
        width = self._label_width(first, last)
        lines = [f"{'value':>{width}} |{'-' * bars} count"]
        left_out = False
        for row in range(first, last + 1):
            near = self._counts[max(first, row - elision):min(last, row + elision) + 1]
            if elision >= 0 and not any(near):
                left_out = True
                continue
            if left_out:
                lines.append(f"{'':>{width}} ~")
                left_out = False
            count = self._counts[row]
            bar = count // scale
            lines.append(f"{self._label(row):>{width}} |{'@' * bar}{count:>{bars - bar + 1 + count_width}}")
        shown = [self._interval(row) for row in range(first, last + 1) if self._counts[row]]
        return HistogramText("\n".join(lines) + "\n\n", shown)

    def _interval(self, row: int) -> dict[str, int]:
        """What falls into a bucket, and how much did."""
        ends: dict[str, int] = {}
        if len(self._histogram) == 1:  # type: ignore[arg-type]
            size = abs(row - LOG_ZERO)
            least, most = (1 << size) >> 1, (1 << size) - 1
            ends = {"min": least, "max": most} if row >= LOG_ZERO else {"min": -most, "max": -least}
        else:
            _, low, _, step = self._histogram  # type: ignore[misc]
            if row > 0:
                ends["min"] = low + (row - 1) * step
            if row < len(self._counts) - 1:
                ends["max"] = low + row * step - 1
        return {**ends, "count": self._counts[row]}

    def _rows(self) -> tuple[int, int]:
        """First and last bucket to show: the used ones and two more on either side, where there are such."""
        counts = self._counts
        used = [row for row, count in enumerate(counts) if count > 0]
        first, last = used[0], used[-1]
        end = len(counts) - 1
        logarithmic = len(self._histogram) == 1  # type: ignore[arg-type]
        for _ in range(2):
            if first > 0 and not (logarithmic and first == LOG_ZERO):  # no negative rows without negative values
                first -= 1
            if last < end:
                last += 1
        if not logarithmic:
            if first == 0 and not counts[0]:
                first = 1
            if last == end and not counts[end]:
                last -= 1
        return first, last

    def _label(self, row: int) -> str:
        if len(self._histogram) == 1:  # type: ignore[arg-type]
            return str(log_value(row))
        _, low, _, step = self._histogram  # type: ignore[misc]
        if row == 0:
            return f"<{low}"
        if row == len(self._counts) - 1:
            return f">{low + (row - 2) * step}"
        return str(low + (row - 1) * step)

    def _label_width(self, first: int, last: int) -> int:
        if len(self._histogram) == 1:  # type: ignore[arg-type]
            lengths = len(str(log_value(first))), len(str(log_value(last)))
        else:
            _, low, _, step = self._histogram  # type: ignore[misc]
            lengths = (len(str(low)) + (first == 0),
                       len(str(low + step * last)) + (last == len(self._counts) - 1))
        return max(5, *lengths)


def _divide(dividend: int, divisor: int) -> int:
    """Integer division that truncates towards zero; by zero it gives zero, as stap's does inside statistics."""
    if divisor == 0:
        return 0
    quotient = abs(dividend) // abs(divisor)
    return quotient if (dividend < 0) == (divisor < 0) else -quotient


def log_bucket(value: int) -> int:
    """The logarithmic bucket of ``value``: 64 for 0, 64 + its bit length above, mirrored below."""
    return LOG_ZERO + value.bit_length() if value >= 0 else LOG_ZERO - (-value).bit_length()


def log_value(bucket: int) -> int:
    """The smallest magnitude that falls in ``bucket``."""
    if bucket == LOG_ZERO:
        return 0
    if bucket < LOG_ZERO:
        return -(1 << (63 - bucket))
    return 1 << (bucket - LOG_ZERO - 1)


EMPTY = Statistics()
