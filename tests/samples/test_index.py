"""docs/samples.md names every sample, under a subject, with the question that it asks now."""

from __future__ import annotations

from tests.samples.index import PAGE, page


def test_the_page_is_current() -> None:
    assert PAGE.read_text() == page(), "python -m tests.samples.index writes it"
