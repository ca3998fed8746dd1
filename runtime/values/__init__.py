"""The values a script works with beyond numbers and strings: arrays, statistics, formats, regular expressions."""

from stapy.runtime.values.array import Array
from stapy.runtime.values.statistics import EMPTY, Statistics

__all__ = ["EMPTY", "Array", "Statistics"]
