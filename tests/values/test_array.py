"""Arrays: limits, order, slices and sorting as stap's."""

import pytest

from stapy.runtime.program import ScriptError
from stapy.runtime.values import Array, Statistics


def array(pairs: dict, **options) -> Array:
    made = Array(**options)
    for key, value in pairs.items():
        made.put(key, value)
    return made


def test_reading_inserts_nothing() -> None:
    empty, words = Array(), Array(default="")
    assert (empty["no"], words["no"], len(empty), len(words)) == (0, "", 0, 0)


@pytest.mark.parametrize(("options", "message"), [
    ({"limit": 2, "sized": True}, r"Array overflow, check size limit \(2\)"),
    ({"limit": 2}, "Array overflow, check MAXMAPENTRIES")])
def test_a_full_array_is_an_error(options: dict, message: str) -> None:
    full = array({1: 1, 2: 2}, **options)
    full.put(1, 5)
    with pytest.raises(ScriptError, match=message):
        full.put(3, 3)
    assert full == {1: 5, 2: 2}


def test_a_wrapping_array_drops_the_oldest() -> None:
    wrapped = array({n: n for n in range(6)}, limit=3, wrap=True)
    assert list(wrapped) == [3, 4, 5]


def test_an_element_inserted_again_goes_last() -> None:
    made = array({n: n for n in range(3)})
    made.pop(1)
    made.put(9, 9)
    made.put(1, 1)
    assert list(made) == [0, 2, 9, 1]


def test_slices() -> None:
    made = array({(1, "a"): 10, (1, "b"): 20, (2, "a"): 30, (2, "b"): 40})
    assert made.matching((1, None)) == [(1, "a"), (1, "b")]
    assert made.matching((None, "b")) == [(1, "b"), (2, "b")]
    assert (made.contains((2, None)), made.contains((3, None)), made.contains((None, None))) == (True, False, True)
    made.delete((1, None))
    assert list(made) == [(2, "a"), (2, "b")]


NUMBERS = {"one": 1, "three": 3, "two": 2, "zero": 0, "neg": -5}


@pytest.mark.parametrize(("arguments", "order"), [
    ((0, 1), "neg zero one two three"),
    ((0, -1), "three two one zero neg"),
    ((1, 1), "neg one three two zero"),
    ((1, -1), "zero two three one neg"),
    ((0, -1, None, 2), "three two"),
    ((0, 0, None, 3), "one three two"),
    ((0, 0, None, 0), ""),
    ((0, 0, None, -1), "")])
def test_order_of_foreach(arguments: tuple, order: str) -> None:
    assert array(NUMBERS).ordered(*arguments) == order.split()


def test_sorting_reorders_the_array_itself() -> None:
    made = array(NUMBERS)
    made.ordered(1, -1)
    made.ordered(0, -1, None, 2)
    assert made.ordered(0, 0, None, 3) == ["three", "two", "zero"]


def test_sorting_is_stable() -> None:
    made = array({"d": 1, "a": 1, "c": 2, "b": 1, "e": 2})
    assert "".join(made.ordered(0, 1)) == "dabce"
    assert "".join(made.ordered(0, -1)) == "cedab"


def test_sorting_by_a_key_of_several() -> None:
    made = array({(2, "x"): 1, (1, "z"): 2, (3, "y"): 3})
    assert made.ordered(2, 1) == [(2, "x"), (3, "y"), (1, "z")]


@pytest.mark.parametrize(("aggregate", "first"), [
    (None, "many"), ("count", "many"), ("sum", "big"), ("min", "big"), ("max", "big"), ("avg", "big")])
def test_sorting_statistics(aggregate: str | None, first: str) -> None:
    made = Array(default=None)
    for value in (1, 2, 3):
        made.statistics("many").add(value)
    made.statistics("big").add(100)
    assert made.ordered(0, -1, aggregate)[0] == first


def test_statistics_are_made_by_the_given_maker() -> None:
    made = Array(make=lambda: Statistics(histogram=("log",)))
    made.statistics("x").add(4)
    assert made["x"].buckets == 128
