"""A clinic's colour can always be read."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from assessment.web.html.accent import DARK_PAPERS, LIGHT_PAPERS, accent_css, contrast, parse_colour

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(colours)
def test_every_colour_becomes_one_that_can_be_read_in_both_themes(colour: str) -> None:
    css = accent_css(colour)
    light, on_light, dark, on_dark = map(parse_colour, re.findall(r"#[0-9a-f]{6}", css))
    for paper in LIGHT_PAPERS:
        assert contrast(light, parse_colour(paper)) >= 4.5
    for paper in DARK_PAPERS:
        assert contrast(dark, parse_colour(paper)) >= 4.5
    assert contrast(light, on_light) >= 4.5
    assert contrast(dark, on_dark) >= 4.5


def test_a_colour_that_can_be_read_stays_as_it_is() -> None:
    assert "--accent:#0b6e63" in accent_css("#0b6e63")


def test_contrast_is_that_of_wcag() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == 21
    assert round(contrast(parse_colour("#777777"), (255, 255, 255)), 2) == 4.48
