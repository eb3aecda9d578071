"""What is sealed is read by nobody without the key, and only in its own place."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from assessment.records.ids import ClinicId, hash_of, new_id, new_token
from assessment.records.vault import Secret, Unreadable, Vault

ONE, TWO = bytes(32), bytes([7]) * 32
VALUE: dict[str, object] = {"name": "Zoë", "half": "\ud83e", "nul": "\0", "n": [1, 2.5, None, True]}
PLACE = ("clients", "a/b", "sealed")


def test_what_is_sealed_comes_back_as_it_was() -> None:
    vault = Vault([ONE])

    assert vault.open(vault.seal(VALUE, *PLACE), *PLACE) == VALUE


def test_nothing_of_the_words_can_be_seen() -> None:
    sealed = Vault([ONE]).seal({"name": "canary"}, *PLACE)

    assert b"canary" not in sealed
    assert b"name" not in sealed


def test_the_same_words_are_sealed_differently_each_time() -> None:
    vault = Vault([ONE])

    assert vault.seal(VALUE, *PLACE) != vault.seal(VALUE, *PLACE)


def test_one_changed_byte_anywhere_is_noticed() -> None:
    vault = Vault([ONE])
    sealed = vault.seal({"name": "Zoë"}, *PLACE)

    for index in range(len(sealed)):
        changed = sealed[:index] + bytes([sealed[index] ^ 1]) + sealed[index + 1 :]
        with pytest.raises(Unreadable):
            vault.open(changed, *PLACE)


@pytest.mark.parametrize("length", [0, 1, 4, 15, 16, 31])
def test_what_is_cut_short_is_unreadable(length: int) -> None:
    vault = Vault([ONE])

    with pytest.raises(Unreadable):
        vault.open(vault.seal(VALUE, *PLACE)[:length], *PLACE)


@pytest.mark.parametrize(
    "elsewhere",
    [("notes", "a/b", "sealed"), ("clients", "a/c", "sealed"), ("clients", "a/b", "other")],
)
def test_what_is_moved_to_another_place_is_unreadable(elsewhere: tuple[str, str, str]) -> None:
    vault = Vault([ONE])

    with pytest.raises(Unreadable):
        vault.open(vault.seal(VALUE, *PLACE), *elsewhere)


def test_the_parts_of_a_place_cannot_run_into_each_other() -> None:
    vault = Vault([ONE])

    with pytest.raises(Unreadable):
        vault.open(vault.seal(VALUE, "a", "b c", "d"), "a b", "c", "d")


def test_another_key_opens_nothing_and_the_error_says_where_but_not_what() -> None:
    sealed = Vault([ONE]).seal({"name": "canary"}, *PLACE)

    with pytest.raises(Unreadable) as caught:
        Vault([TWO]).open(sealed, *PLACE)
    assert "clients a/b" in str(caught.value)
    assert "canary" not in str(caught.value)


def test_every_key_opens_and_the_first_one_seals() -> None:
    old, new, both = Vault([ONE]), Vault([TWO]), Vault([TWO, ONE])

    assert both.open(old.seal(VALUE, *PLACE), *PLACE) == VALUE
    assert new.open(both.seal(VALUE, *PLACE), *PLACE) == VALUE


@pytest.mark.parametrize("keys", [[], [b"short"], [ONE, b"x" * 33]])
def test_a_vault_needs_whole_keys(keys: list[bytes]) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Vault(keys)


def test_read_only_mappings_are_sealed_and_sets_are_not() -> None:
    vault = Vault([ONE])
    sealed = vault.seal({"answers": MappingProxyType({"pain": 7})}, *PLACE)

    assert vault.open(sealed, *PLACE) == {"answers": {"pain": 7}}
    with pytest.raises(TypeError, match="set is no JSON"):
        vault.seal({"answers": {1, 2}}, *PLACE)


def test_the_hash_of_a_word_is_of_one_clinic_one_key_and_one_purpose() -> None:
    vault, here, there = Vault([ONE]), ClinicId("here"), ClinicId("there")
    found = vault.search_hash(here, "anna")

    assert found == Vault([ONE, TWO]).search_hash(here, "anna")
    others = [
        vault.search_hash(there, "anna"),
        vault.search_hash(here, "anne"),
        Vault([TWO]).search_hash(here, "anna"),
        vault.attempt_hash("anna"),
        vault.attempt_hash("hereanna"),
        hash_of("anna"),
    ]
    assert len({found, *others}) == 7
    assert vault.attempt_hash("203.0.113.7") == vault.attempt_hash("203.0.113.7")


def test_names_and_secrets_are_long_and_never_the_same() -> None:
    assert len({new_id() for _ in range(1000)}) == 1000
    assert len({new_token() for _ in range(1000)}) == 1000
    assert len(new_id()) == 22
    assert len(new_token()) == 43
    assert hash_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_the_hash_of_a_secret_needs_the_key_and_is_of_one_purpose() -> None:
    vault = Vault([ONE])
    hashes = {vault.secret_hash(kind, "secret") for kind in Secret}

    assert len(hashes) == len(Secret)
    assert hash_of("secret") not in hashes
    assert hashes.isdisjoint(Vault([TWO]).secret_hash(kind, "secret") for kind in Secret)
    assert vault.keyed_hash(Secret.LINK, hash_of("secret")) in hashes


def test_plain_columns_are_authentic_in_their_table_in_their_order_and_with_our_keys_only() -> None:
    mac = Vault([ONE]).mac("responses", ["a", "b", 1, None])

    assert Vault([ONE]).is_mac_of(mac, "responses", ["a", "b", 1, None])
    assert Vault([TWO, ONE]).is_mac_of(mac, "responses", ["a", "b", 1, None])
    for key, table, values in (
        (TWO, "responses", ["a", "b", 1, None]),
        (ONE, "sessions", ["a", "b", 1, None]),
        (ONE, "responses", ["b", "a", 1, None]),
        (ONE, "responses", ["a", "b", "1", None]),
        (ONE, "responses", ["a", "b", b"1", None]),
        (ONE, "responses", ["a,b", 1, None]),
    ):
        assert not Vault([key]).is_mac_of(mac, table, values)
    assert not Vault([ONE]).is_mac_of(None, "responses", ["a", "b", 1, None])
