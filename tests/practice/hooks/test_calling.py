"""Webhooks lead to public addresses over https, and nowhere else, whatever a name says later."""

from __future__ import annotations

import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.practice.hooks.destinations import NotAllowed, destination, is_public
from assessment.practice.hooks.http_client import CallFailed, HttpClient, Trouble
from assessment.practice.hooks.signing import new_secret, signed
from tests.practice.hooks.stand_in import HOST, PUBLIC, StandIn

URL = f"https://{HOST}/in?key=a"
SPECIAL = (
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192",
    "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.88.99.1",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:93.184.215.14", "::127.0.0.1", "fe80::1",
    "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "64:ff9b::7f00:1", "2002:7f00:1::1",
    "2001::1", "2001:db8::1", "3fff::1", "localhost", "",
)  # fmt: skip


@pytest.mark.parametrize("address", SPECIAL)
def test_no_special_address_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:4700::1111", "2a00:1450:4001::8a"])
def test_the_addresses_of_the_internet_are(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4, network="10.0.0.0/8") | st.ip_addresses(v=6, network="fc00::/7"))
def test_none_of_a_private_network_is_public(address: object) -> None:
    assert not is_public(str(address))


@pytest.mark.parametrize(
    "url",
    [
        "", "hooks.example", "http://hooks.example/", "ftp://hooks.example/", "https://",
        "https:///in", "https://hooks.example:8443/", "https://hooks.example:22/",
        "https://ana@hooks.example/", "https://ana:pw@hooks.example/", "https://hooks.example/#a",
        "https://hooks.example/a b", "https://hooks.example/ä", "https://hooks.example:x/",
        "https://[::1/", "https://hooks.example/" + "a" * 500, "javascript:alert(1)",
    ],
)  # fmt: skip
def test_only_a_plain_https_address_is_taken(url: str) -> None:
    with pytest.raises(NotAllowed):
        destination(url)


@pytest.mark.parametrize("address", SPECIAL[:-2])
def test_a_name_that_leads_into_a_private_network_is_refused_when_it_is_saved(
    address: str, certificate: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    for found in ((address,), (PUBLIC, address)):
        world = StandIn(addresses=found)
        with pytest.raises(NotAllowed, match="private network"):
            world.caller(certificate[1]).check(URL)


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/", "https://[::1]/", "https://localhost/", "https://2130706433/",
            "https://0x7f.1/", "https://169.254.169.254/latest/meta-data"],
)  # fmt: skip
def test_no_way_to_write_this_machine_gets_past_the_real_look_up(url: str) -> None:
    with pytest.raises(NotAllowed):
        HttpClient().check(url)


def test_a_name_that_leads_elsewhere_after_it_was_saved_is_not_connected_to(
    program: StandIn, certificate: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    caller = program.caller(certificate[1])
    caller.check(URL)
    program.addresses = ("127.0.0.1",)
    with pytest.raises(CallFailed) as failed:
        caller.post(URL, {}, b"{}")
    assert failed.value.kind is Trouble.NOT_ALLOWED
    assert program.connected_to == []


def test_the_connection_goes_to_the_address_that_was_looked_at(
    program: StandIn, certificate: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    """A name that changes with every look gains nothing: there is one look for each call."""
    caller, looks = program.caller(certificate[1]), []

    def changing(host: str) -> tuple[str, ...]:
        looks.append(host)
        return (PUBLIC,) if len(looks) == 1 else ("10.0.0.1",)

    caller._resolve = changing
    assert caller.post(URL, {"webhook-id": "a"}, b"{}") == 200
    assert (program.connected_to, looks) == ([PUBLIC], [HOST])
    assert program.taken[0].path == "/in?key=a"
    assert program.taken[0].headers["host"] == HOST


def test_no_redirect_is_followed(
    program: StandIn, certificate: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    program.status, program.location = 307, "https://hooks.example/elsewhere"
    assert program.caller(certificate[1]).post(URL, {}, b"{}") == 307
    assert len(program.taken) == 1


def test_a_certificate_of_somebody_else_ends_the_call_before_anything_is_said(
    program: StandIn, certificate: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    for caller, url in (
        (program.caller(ssl.create_default_context()), URL),
        (program.caller(certificate[1]), "https://other.example/in"),
    ):
        with pytest.raises(CallFailed) as failed:
            caller.post(url, {}, b"{}")
        assert failed.value.kind is Trouble.NOT_SECURE
    assert program.taken == []


def test_a_program_that_never_answers_is_broken_off(
    program: StandIn, certificate: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    program.stall = True
    with pytest.raises(CallFailed) as failed:
        program.caller(certificate[1], in_all=0.3).post(URL, {}, b"{}")
    assert failed.value.kind is Trouble.SLOW


def test_of_an_answer_without_end_only_the_beginning_is_read(
    program: StandIn, certificate: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    program.endless = True
    assert program.caller(certificate[1]).post(URL, {}, b"{}") == 200


def test_the_signature_is_that_of_standard_webhooks() -> None:
    """The values are those of their reference libraries' own tests."""
    headers = signed(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    assert len(new_secret()) == len("whsec_") + 44
