"""A clinic's accent colour, corrected until text in it, and on it, can be read.

Contrast is that of WCAG 2.2: 4.5 to 1 for text.
"""

from __future__ import annotations

from collections.abc import Iterable

Colour = tuple[int, int, int]

LIGHT_PAPERS = ("#faf7f2", "#e9ece6", "#ffffff")
"""What the accent stands on in the light theme: paper, the tint of a ticked answer, its text."""
DARK_PAPERS = ("#1c1814", "#322b24")
ENOUGH = 4.6  # a little above 4.5, for the rounding of mixed colours

_BLACK: Colour = (0, 0, 0)
_WHITE: Colour = (255, 255, 255)
_DARK_INK: Colour = (16, 20, 19)


def accent_css(accent: str) -> str:
    """Return the CSS that puts this accent (`#rrggbb`) in place of ours, in both themes."""
    wanted = parse_colour(accent)
    light = _moved(wanted, _BLACK, map(parse_colour, LIGHT_PAPERS))
    dark = _moved(wanted, _WHITE, [*map(parse_colour, DARK_PAPERS), _DARK_INK])
    return (
        f"@media screen{{:root{{--accent:{_hex(light)};--on-accent:{_hex(_WHITE)}}}}}"
        "@media screen and (prefers-color-scheme:dark)"
        f"{{:root{{--accent:{_hex(dark)};--on-accent:{_hex(_DARK_INK)}}}}}"
    )


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def parse_colour(text: str) -> Colour:
    """Return the colour that `#rrggbb` names."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def _moved(colour: Colour, towards: Colour, papers: Iterable[Colour]) -> Colour:
    """Mix in black or white, in steps of a hundredth, until it can be read on every paper."""
    papers = list(papers)
    for step in range(101):
        mixed = _mix(colour, towards, step / 100)
        if all(contrast(mixed, paper) >= ENOUGH for paper in papers):
            return mixed
    return towards


def _mix(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _luminance(colour: Colour) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
