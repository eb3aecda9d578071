"""Telephone numbers are read as people write them, and a tap dials what was meant."""

from __future__ import annotations

import pytest

from assessment.exports.phones import can_be_called, dialled, phone_in_words, read_phone


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("+44 (0)20 7946 0000", None, "+442079460000"),
        ("020 7946 0000", "GB", "+442079460000"),
        ("+39 (06) 6981 2345", None, "+390669812345"),
        ("(415) 555-0132", "US", "+14155550132"),
        ("(415) 555\u20110132 ext 5", "US", "+14155550132;ext=5"),
        ("+1 415-555-0132 x 5", None, "+14155550132;ext=5"),
        ("\uff10\uff12\uff10 7946 0000", "GB", "+442079460000"),
        ("\u0660٢\u0660 ٧٩٤٦ \u0660\u0660\u0660\u0660", "GB", "+442079460000"),
        ("tel:+44-20-7946-0000", None, "+442079460000"),
        ("Anna: 020 7946 0000", "GB", "+442079460000"),
        ("020 7946 0000;ext=5", "GB", "+442079460000;ext=5"),
        ("020 7946 0000 extension 5#", "GB", "+442079460000;ext=5"),
        ("020 7946 0000 доб. 5", "GB", "+442079460000;ext=5"),
        ("020 7946 0000, 5", "GB", "+442079460000;ext=5"),
        ("(415) 555-0132", None, "(415) 555-0132"),
    ],
)
def test_a_number_is_kept_so_that_it_can_be_called_from_anywhere(
    typed: str, country: str | None, kept: str
) -> None:
    assert read_phone(typed, country) == kept
    assert read_phone(phone_in_words(kept), country) == kept, "what is shown can be typed again"


@pytest.mark.parametrize(
    ("typed", "country"),
    [
        ("call me", "GB"), ("", "GB"), ("555-0132", "US"), ("0", None), ("12", None),
        ("+44 20 7946 0000 / 0001", "GB"), ("1" * 16, None), ("+999 123 456", None),
        ("0049 neighbour", "GB"), ("0049 neighbour", None), ("ring 0049 neighbour", "GB"),
        ("+1 800 FLOWERS", None), ("020 7946 000o", "GB"), ("020 7946 000o ext 5", "GB"),
        ("020 ab 7946 0000 x5", "GB"), ("020 7946 0000 Anna", "GB"),
    ],
)  # fmt: skip
def test_what_nobody_could_call_is_refused(typed: str, country: str | None) -> None:
    with pytest.raises(ValueError, match="no telephone number"):
        read_phone(typed, country)


@pytest.mark.parametrize(
    ("number", "href"),
    [
        ("+44 (0)20 7946 0000", "+442079460000"),
        ("+44 20 7946 0000 ext. 5", "+442079460000,5"),
        ("+41 44 251 51 51", "+41442515151"),
        ("116 123", "116123"),
        ("0800\u20111111", "08001111"),
        ("112", "112"),
    ],
)
def test_a_tap_dials_what_was_meant(number: str, href: str) -> None:
    assert dialled(number) == href


def test_a_short_number_for_help_is_one_that_some_country_has() -> None:
    for number in ("112", "000", "15", "17", "116 123", "0800 1111", "+41 44 251 51 51", "741741"):
        assert can_be_called(number), number
    for number in ("0", "1", "00", "+0", "+112", "1" * 16):
        assert not can_be_called(number), number
