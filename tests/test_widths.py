"""Pages are laid out alike where the tests look at one width for two."""

from __future__ import annotations

import re

from tests.conftest import ROOT
from tests.journeys.axe import STYLED_AS

REM = 16
"""CSS pixels, as long as nobody has chosen another size of text."""


def borders() -> list[float]:
    """The widths at which a style begins or ends, in CSS pixels."""
    styles = [path.read_text("utf-8") for path in (ROOT / "static").glob("*.css")]
    asked = [each for text in styles for each in re.findall(r"@media[^{]*width[^{]*", text)]
    found = [re.findall(r"width: ([\d.]+)(rem|px)", each) for each in asked]
    assert all(found), "a width that is asked for in another way"
    return [
        float(number) * (REM if unit == "rem" else 1) for each in found for number, unit in each
    ]


def test_no_style_begins_or_ends_between_two_widths_of_which_axe_sees_one() -> None:
    assert borders()
    for one, other in STYLED_AS.items():
        assert not [width for width in borders() if other <= width <= one]
