"""What the pages of the inbox show, and how their addresses and forms are read."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from assessment.engine.protocol import Recommend
from assessment.practice.post.notices import Unwatched
from assessment.practice.responses.again import UNREADABLE_AGAIN, Second
from assessment.practice.responses.names import NO_SIGN, Names, named_in_list
from assessment.practice.responses.phrases import ALTERED, STATES
from assessment.practice.responses.summary import urgency_in_words
from assessment.practice.responses.wanted import NO_SIGN_AFTER, Wanted
from assessment.records.ids import ResponseId
from assessment.records.inbox import Key
from assessment.records.model import Line, State
from assessment.web.clinic.inbox_notes import InboxNotes
from assessment.web.clinic.pages import StaffPage

EVERY = "any"
UNWATCHED = {
    Unwatched.NO_SERVER: "Nobody is emailed when an urgent response arrives, because this site "
    "can't send emails. Please look in here often.",
    Unwatched.NOBODY_ASKED: "Nobody is emailed when an urgent response arrives. You can "
    "ask for it in your account.",
}
NO_NAME = "Name cannot be read"
NO_RECHECKS: Mapping[ResponseId, Second] = {}

STATE_CHOICES = ((State.NEW.value, STATES[State.NEW]), *(
    (state.value, STATES[state]) for state in State if state is not State.NEW
), (EVERY, "All"))  # fmt: skip
RECOMMENDATIONS = frozenset({*(recommend.id for recommend in Recommend), NO_SIGN_AFTER})

_KEY = re.compile(r"([0-9])\.([0-9]{1,12})\.([A-Za-z0-9_-]{1,64})")


@dataclass(frozen=True, slots=True)
class Row:
    """One response in a list, received `at` (Unix seconds).

    `ask_age`: the age that was answered contradicts the date of birth. `told` is what the client
    was told, where the rules of today are stricter.
    """

    id: ResponseId
    client: str
    unread: bool
    urgency: int
    urgency_in_words: str
    recommendation: str
    complete: bool
    at: int
    state: str
    is_new: bool
    ask_age: bool
    told: str


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for: `state` and `recommendation` as the form has them, `name` as typed.

    `find` is the name as it stands in an address: sealed.
    """

    state: str
    recommendation: str
    name: str
    find: str

    @property
    def query(self) -> str:
        """The query of an address that looks for the same."""
        found = f"&find={self.find}" if self.find else ""
        return f"state={self.state}&recommendation={self.recommendation}{found}"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxPage(StaffPage):
    """`inbox.html`. `more` is where the next lines start, `after` where these do.

    `unwatched` says that nobody is mailed about urgent responses, where it is so. `unread_all` is
    how many responses nobody has read, whatever is looked for.
    """

    rows: tuple[Row, ...]
    search: Search
    more: str | None
    after: str
    unwatched: str | None
    notes: InboxNotes
    unread_all: int
    recommendations: tuple[tuple[str, str], ...]
    states: tuple[tuple[str, str], ...] = STATE_CHOICES


def recommendations(names: Names) -> tuple[tuple[str, str], ...]:
    """Return the recommendations to choose from, with their names."""
    return ((EVERY, "All"), *names.items(), (NO_SIGN_AFTER, f"After the visit: {NO_SIGN.lower()}"))


def row_of(
    line: Line,
    names: Names,
    ask_age: Collection[ResponseId] = (),
    again: Mapping[ResponseId, Second] = NO_RECHECKS,
) -> Row:
    """Return a line as a list shows it.

    `ask_age` are responses whose age is in doubt, `again` those with which the rules of today
    are stricter.
    """
    second = again[line.id].lead if line.id in again else None
    urgency = line.urgency if second is None else max(line.urgency, second.urgency)
    leads_to = line.recommendation if second is None else second.recommendation
    told = named_in_list(names, line, line.recommendation, line.urgency)
    recommended = named_in_list(names, line, leads_to, urgency)
    if second is not None and not second.readable:
        recommended = UNREADABLE_AGAIN
    return Row(
        id=line.id,
        client=line.client_name if line.readable else NO_NAME,
        unread=line.read_at is None,
        urgency=urgency,
        urgency_in_words=urgency_in_words(urgency),
        recommendation=ALTERED if line.altered else recommended,
        complete=line.complete,
        at=line.received_at,
        state=STATES[line.state],
        is_new=line.state is State.NEW,
        ask_age=line.id in ask_age,
        told="" if second is None else told,
    )


def wanted_of(search: Search) -> Wanted:
    """Return what these choices ask for; unknown ones ask for everything."""
    states = {state.value: state for state in State}
    recommendation = search.recommendation if search.recommendation in RECOMMENDATIONS else None
    return Wanted(states.get(search.state), recommendation, search.name)


def search_of(values: Mapping[str, str], name: str) -> Search:
    """Return what a form or an address looks for; `name` is what its `find` unseals to.

    What waits for a review is shown at first; a search for a name looks through everything.
    """
    states = [value for value, _ in STATE_CHOICES]
    state = values.get("state", EVERY if name else State.NEW.value)
    recommendation = values.get("recommendation", EVERY)
    return Search(
        state=state if state in states else EVERY,
        recommendation=recommendation if recommendation in RECOMMENDATIONS else EVERY,
        name=name,
        find=values.get("find", "") if name else "",
    )


def key_as_text(key: Key | None) -> str | None:
    """Return a place in the inbox as an address holds it."""
    return None if key is None else ".".join(map(str, key))


def key_from_text(text: str) -> Key | None:
    """Return the place in an address; None where it holds none."""
    found = _KEY.fullmatch(text)
    return None if found is None else (int(found[1]), int(found[2]), found[3])
