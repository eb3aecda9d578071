"""Every list and page of a clinic that is measured, by the name that the report gives it.

The pages of the audit log are those of every filter alone, and of all of them together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import product
from urllib.parse import urlencode

from bench.clinics import SEARCHED, Clinic
from tests.records.some import NOW

Ask = Callable[[Clinic], object]
FAR = 50_000
"""Responses after which a program goes on."""
INBOX, CLIENTS, INVITATIONS = "/clinic/inbox", "/clinic/clients", "/clinic/invitations"
SETTINGS, COLLEAGUES = "/clinic/settings", "/clinic/colleagues"


def pages() -> dict[str, Ask]:
    """Return what opens each of them."""
    return {
        **_day(),
        **dict(_inbox()),
        **dict(_searches()),
        **_clients(),
        **dict(_log()),
        **_api(),
        **_owners(),
        **dict(_own()),
    }


def _day() -> dict[str, Ask]:
    return {
        "today": _owner("/clinic"),
        "today, half-way": _owner(f"/clinic?after={NOW + 7200}.invitation-8"),
        "the count that refreshes": _owner("/clinic/count"),
        "what goes soon": _owner("/clinic/going"),
    }


def _inbox() -> Iterator[tuple[str, Ask]]:
    yield "inbox", _owner(INBOX)
    yield "inbox, half-way", _owner(f"{INBOX}?state=any&after=0.{NOW + 15_000_000}.response-8")
    for state, advice in product(("any", "new", "contacted"), ("", "emergency", "self_care")):
        query = {"state": state, "recommendation": advice}
        yield f"inbox, {state} {advice}".rstrip(), _owner(f"{INBOX}?{urlencode(query)}")


def _searches() -> Iterator[tuple[str, Ask]]:
    yield "sending a search", lambda at: at.owner.post(INBOX, {"name": "Anna"})
    for name in (SEARCHED, "Anna", "Anna n10", "Nobody"):
        yield f"inbox, search {name}", _found(INBOX, name, "&state=any")
        yield f"clients, search {name}", _found(CLIENTS, name)
    rare = "&state=contacted&recommendation=emergency"
    yield "inbox, search Anna, contacted emergency", _found(INBOX, "Anna", rare)


def _clients() -> dict[str, Ask]:
    return {
        "clients": _owner(CLIENTS),
        "clients, half-way": _owner(f"{CLIENTS}?after={NOW}.client-8"),
        "one client": lambda at: at.owner.get(f"{CLIENTS}/{at.client}"),
        "one response": lambda at: at.owner.get(f"/clinic/responses/{at.response}"),
        "invitations": _owner(INVITATIONS),
        "invitations, half-way": _owner(f"{INVITATIONS}?before={NOW + 3000}.invitation-8"),
        "a new invitation": _owner(f"{INVITATIONS}/new"),
    }


def _log() -> Iterator[tuple[str, Ask]]:
    yield "audit log, half-way", _owner(f"/clinic/audit?before={NOW + 500_000}.500000")
    days = [("", ""), (_on(0), ""), ("", _on(6)), (_on(0), _on(6)), (_on(-9), _on(-8))]
    whose, kinds = ("", "therapist-3", "operator"), ("", "read")
    for who, what, (since, until) in product(whose, kinds, days):
        parts = {"who": who, "what": what, "from": since, "to": until}
        given = {name: value for name, value in parts.items() if value}
        words = [f"{name} {value}" for name, value in given.items()]
        yield (
            " ".join(["audit log,", *words]).rstrip(","),
            _owner(f"/clinic/audit?{urlencode(given)}"),
        )


def _api() -> dict[str, Ask]:
    return {
        "responses over the API": partial(_called, 0),
        "responses over the API, half-way": partial(_called, FAR),
    }


def _owners() -> dict[str, Ask]:
    return {
        "deliveries of webhooks": _owner(f"{SETTINGS}/webhooks"),
        "keys": _owner(f"{SETTINGS}/keys"),
        "settings": _owner(SETTINGS),
        "colleagues": _owner(COLLEAGUES),
        "one colleague": lambda at: at.owner.get(f"{COLLEAGUES}/{at.inviter_id}"),
        "handing over": lambda at: at.owner.get(f"{COLLEAGUES}/{at.inviter_id}/hand-over"),
        "one's own account": _owner("/clinic/account"),
    }


def _own() -> Iterator[tuple[str, Ask]]:
    """Give the lists of those who see only what came back to their own invitations."""
    for address in ("/clinic", INBOX, CLIENTS, INVITATIONS, "/clinic/count", "/clinic/going"):
        yield f"{address}, who invited all", partial(_by_inviter, address)
        yield f"{address}, who invited nobody", partial(_by_newcomer, address)


def _on(days: int) -> str:
    return str((datetime.fromtimestamp(NOW, UTC) + timedelta(days=days)).date())


def _owner(address: str) -> Ask:
    return lambda at: at.owner.get(address)


def _by_inviter(address: str, at: Clinic) -> object:
    return at.inviter.get(address)


def _by_newcomer(address: str, at: Clinic) -> object:
    return at.newcomer.get(address)


def _called(after: int, at: Clinic) -> object:
    """List responses over the API, from a place on; a small clinic has no such place."""
    place = after if at.size.responses > after else 0
    address = f"/api/v1/responses?after={place}"
    return at.owner.get(address, Authorization=f"Bearer {at.api_key}")


def _found(home: str, name: str, more: str = "") -> Ask:
    """Open what a search leads to; the search itself is another request."""
    places: dict[str, str] = {}

    def open_it(at: Clinic) -> object:
        if at.id not in places:
            places[at.id] = at.owner.post(home, {"name": name})[0]
        return at.owner.get(places[at.id] + more)

    return open_it
