"""An email address is one address, is told from a typing mistake, and can go over any server."""

from __future__ import annotations

import pytest

from assessment.practice.post.addresses import address_of, cleaned, is_address


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("user@münchen.de", "user@xn--mnchen-3ya.de"),
        ("user@straße.de", "user@xn--strae-oqa.de"),
        ("user@MÜNCHEN.de", "user@xn--mnchen-3ya.de"),
        ("user@例え.jp", "user@xn--r8jz45g.jp"),
        ("anna@example.org", "anna@example.org"),
    ],
)
def test_a_domain_with_other_letters_goes_as_punycode(typed: str, sent: str) -> None:
    assert str(address_of(typed)) == sent


@pytest.mark.parametrize("local", ["a..b", "a.b.", "a..b..", "-a.b"])
def test_addresses_of_japanese_mobile_phones_pass(local: str) -> None:
    found = str(address_of(f"{local}@docomo.ne.jp"))
    assert found in (f'"{local}"@docomo.ne.jp', f"{local}@docomo.ne.jp")
    assert found.startswith('"') is not all(local.split("."))


@pytest.mark.parametrize("typed", ["a..b@example.org", "a.@example.org", "a@b..org", "a@.org"])
def test_elsewhere_such_a_dot_is_a_typing_mistake(typed: str) -> None:
    assert not is_address(typed)


@pytest.mark.parametrize("unseen", ["\u200b", "\ufeff", "\u2060", "\u202c", "\u00ad", "\u200d"])
@pytest.mark.parametrize(
    "address", ["anna{}@example.org", "{}anna@example.org", "anna@example.org{}"]
)
def test_what_nobody_can_see_is_cleaned_off(address: str, unseen: str) -> None:
    pasted = address.format(unseen)
    assert not is_address(pasted)
    assert cleaned(f" {pasted} ") == "anna@example.org"


@pytest.mark.parametrize("hidden", ["\r\n", "\n", "\r", "\0", "\u2028", "\x85"])
def test_cleaning_never_turns_two_lines_into_one_address(hidden: str) -> None:
    assert not is_address(cleaned(f"anna@example.org{hidden}eve"))
    assert not is_address(cleaned(f"an{hidden}na@example.org"))
