"""The sealed cookie."""

from __future__ import annotations

import base64
import dataclasses
import re
from pathlib import Path

import pytest

from assessment.engine.protocol import Protocol
from assessment.protocols.load import load_protocol
from assessment.records.ids import new_token
from assessment.web.clinic.settings_pages import _LONGEST_NUMBERS
from assessment.web.walk import cookie
from assessment.web.walk.cookie import LONGEST, Seal, Visit
from assessment.web.walk.cookie_size import fits, widest_visit
from tests.web.client import Client
from tests.web.conftest import KEY, Clock, MakeClient

VISIT = Visit("a" * 32, {"who": "me", "signs": ["fever"], "age": 40}, "t" * 22)


@pytest.fixture
def seal(clock: Clock) -> Seal:
    return Seal(KEY, "answers", 3600, clock)


def test_a_visit_comes_back_as_it_was(seal: Seal) -> None:
    assert seal.open(seal.close(VISIT)) == VISIT
    told = dataclasses.replace(VISIT, updated=True)
    assert seal.open(seal.close(told)) == told


def test_a_visit_that_belongs_to_a_clinic_comes_back_as_it_was(seal: Seal) -> None:
    for bound in (
        dataclasses.replace(VISIT, clinic="c" * 22),
        dataclasses.replace(VISIT, clinic="c" * 22, invitation="i" * 22),
        dataclasses.replace(VISIT, clinic="c" * 22, sent_at=1_800_000_000, updated=True),
        dataclasses.replace(VISIT, clinic="c" * 22, numbers="000 Australia"),
    ):
        assert seal.open(seal.close(bound)) == bound


def test_a_visit_without_a_clinic_keeps_the_cookie_that_it_always_had(
    seal: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[object] = []
    encode = cookie._to_json

    def watched(parts: object) -> str:
        written.append(parts)
        return encode(parts)

    monkeypatch.setattr(cookie, "_to_json", watched)
    value = seal.close(VISIT)

    assert written == [[VISIT.version, VISIT.answers, VISIT.token, 1_800_003_600, 0]]
    assert seal.open(value) == VISIT


def test_an_invited_visit_can_be_opened_for_a_day(seal: Seal, clock: Clock) -> None:
    invited = dataclasses.replace(VISIT, clinic="c" * 22, invitation="i" * 22)
    public = dataclasses.replace(VISIT, clinic="c" * 22)
    values = seal.close(invited), seal.close(public)
    assert (seal.lifetime_of(invited), seal.lifetime_of(public)) == (86_400, 3600)
    clock.now += 3601
    assert [seal.open(value) is not None for value in values] == [True, False]
    clock.now += 86_400 - 3601
    assert seal.open(values[0]) == invited
    clock.now += 1
    assert seal.open(values[0]) is None


def test_two_values_of_one_visit_differ(seal: Seal) -> None:
    assert seal.close(VISIT) != seal.close(VISIT)


def test_it_can_be_opened_until_it_expires(seal: Seal, clock: Clock) -> None:
    value = seal.close(VISIT)
    clock.now += 3600
    assert seal.open(value) == VISIT
    clock.now += 1
    assert seal.open(value) is None


def test_nothing_in_it_can_be_read(seal: Seal) -> None:
    value = seal.close(VISIT)
    raw = base64.urlsafe_b64decode(value)
    for word in (b"who", b"signs", b"fever", b"t" * 8, b"a" * 8):
        assert word not in raw
    assert re.fullmatch(r"[A-Za-z0-9_-]+=*", value)


def test_every_changed_bit_makes_it_worthless(seal: Seal) -> None:
    raw = bytearray(base64.urlsafe_b64decode(seal.close(VISIT)))
    for place in range(len(raw)):
        changed = bytes([*raw[:place], raw[place] ^ 1, *raw[place + 1 :]])
        assert seal.open(base64.urlsafe_b64encode(changed).decode()) is None


@pytest.mark.parametrize(
    "value",
    [None, "", "x", "%", "é", "A" * 40, "A" * 10_000, "e30=", "AAAA" * 5, "=" * 20, "\x00"],
)
def test_what_is_no_cookie_of_ours_counts_as_none(seal: Seal, value: str | None) -> None:
    assert seal.open(value) is None


def test_a_cut_or_lengthened_value_counts_as_none(seal: Seal) -> None:
    value = seal.close(VISIT)
    for length in range(0, len(value), 3):
        assert seal.open(value[:length]) is None
    assert seal.open(value + "AAAA") is None


def test_another_key_name_or_purpose_does_not_open_it(seal: Seal, clock: Clock) -> None:
    value = seal.close(VISIT)
    assert Seal(bytes(32), "answers", 3600, clock).open(value) is None
    assert Seal(KEY, "__Host-answers", 3600, clock).open(value) is None


def test_the_longest_answers_of_the_shipped_protocol_fit(seal: Seal, shipped: Path) -> None:
    visit = widest_visit(load_protocol(shipped))
    assert len(seal.close(visit)) < LONGEST
    assert seal.open(seal.close(visit)) == visit
    assert visit.numbers is not None
    assert len(visit.numbers) == _LONGEST_NUMBERS


def test_a_protocol_whose_answers_do_not_fit_is_known_before_it_is_served(
    seal: Seal, small: Protocol
) -> None:
    signs = small.question["signs"]
    many = [dataclasses.replace(signs.options[0], id=new_token()) for _ in range(70)]
    wide = dataclasses.replace(signs, options=tuple(many))
    others = [one for one in small.questions if one.id != "signs"]
    assert fits(seal, small)
    assert not fits(seal, dataclasses.replace(small, questions=(*others, wide)))


def test_answers_that_do_not_fit_are_refused(seal: Seal) -> None:
    noise = {f"q{place}": hash((place, "x")) for place in range(400)}
    with pytest.raises(ValueError, match="do not fit"):
        seal.close(dataclasses.replace(VISIT, answers=noise))


def test_local_cookies_work_without_https(client: Client) -> None:
    header = client.start().response.headers["Set-Cookie"]
    assert re.fullmatch(r"answers=[\w=-]+; Max-Age=3600; HttpOnly; Path=/; SameSite=Lax", header)


def test_public_cookies_are_bound_to_host_and_https(make_client: MakeClient) -> None:
    client = make_client(public_url="https://clinic.example", proxy_hops=0)
    header = client.start().response.headers["Set-Cookie"]
    assert re.fullmatch(
        r"__Host-answers=[\w=-]+; Max-Age=3600; "
        r"Secure; HttpOnly; Path=/; SameSite=Lax",
        header,
    )


def test_a_foreign_cookie_is_a_person_who_has_not_started(client: Client) -> None:
    client.walk({})
    value = next(iter(client.cookies.values()))
    for foreign in (value[:-4] + "AAAA", "AAAA" + value[4:], "junk", value[::-1]):
        client.set_cookie("answers", foreign)
        assert client.get("/result").status == 400


@pytest.mark.parametrize("more", [{"flag": 64}, {"part": "later"}])
def test_a_value_with_more_in_it_than_is_known_is_of_no_version_that_is_known(
    monkeypatch: pytest.MonkeyPatch, more: dict[str, object]
) -> None:
    """Code of a later release made it: what it means is not guessed."""
    seal = Seal(bytes(32), "answers", 3600)
    visit = dataclasses.replace(Visit.new("v", "clinic"), numbers="112", confirmed={"age": 1})
    plain = cookie._to_json

    def later(parts: list[object]) -> str:
        if "flag" in more:
            parts[4] = 64
        else:
            parts.append("later")
        return plain(parts)

    monkeypatch.setattr(cookie, "_to_json", later)
    opened = seal.open(seal.close(visit))
    assert opened is not None
    assert opened.version == ""
    assert (opened.token, opened.clinic, opened.numbers) == (visit.token, "clinic", "112")
