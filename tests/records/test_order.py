"""Page by page, the inbox is what sorting all of it at once would give."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessment.records import clients, clinics, inbox, responses
from assessment.records.database import Database
from assessment.records.ids import ClinicId, ResponseId, new_id
from assessment.records.inbox import Filter, Key, key_of
from assessment.records.model import Line, State
from assessment.records.transactions import Transaction
from tests.records.some import some_client, some_clinic, some_response

ADVICE = ("self_care", "emergency")
IDS = st.text("aB_-09~z", min_size=1, max_size=3)
LINES = st.lists(
    st.tuples(
        IDS,
        st.integers(0, 3),
        st.integers(1_800_000_000, 1_800_000_002),
        st.sampled_from(State),
        st.sampled_from(ADVICE),
        st.integers(0, 1),
    ),
    max_size=12,
    unique_by=lambda one: one[0],
)
FILTERS = st.builds(
    Filter,
    state=st.none() | st.sampled_from(State),
    recommendation=st.none() | st.sampled_from(ADVICE),
)


def pages(tx: Transaction, clinic: ClinicId, wanted: Filter, size: int) -> Iterator[Line]:
    after: Key | None = None
    while page := inbox.listed(tx, clinic, wanted, after, size):
        assert len(page) <= size
        yield from page
        after = key_of(page[-1])


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=LINES, wanted=FILTERS, size=st.integers(1, 5), by_word=st.booleans())
def test_pages_put_together_are_the_sorted_inbox(
    database: Database,
    rows: list[tuple[str, int, int, State, str, int]],
    wanted: Filter,
    size: int,
    by_word: bool,
) -> None:
    with database.writing() as tx:
        clinic = some_clinic()
        clinics.add(tx, clinic)
        people = [some_client(clinic.id), some_client(clinic.id)]
        for person, word in zip(people, ("one", "two"), strict=True):
            clients.add(tx, person)
            clients.set_words(tx, clinic.id, person.id, [word])
        lines = []
        for id, urgency, received, state, advice, who in rows:
            made = some_response(
                people[who].id, id=ResponseId(id), urgency=urgency, received_at=received,
                state=state, recommendation=advice,
            )  # fmt: skip
            assert responses.add(tx, clinic.id, made, new_id())
            lines.append(made.line)

    if by_word:
        wanted = Filter(wanted.state, wanted.recommendation, (("two",),))
    expected = [
        line
        for line in sorted(lines, key=key_of, reverse=True)
        if wanted.state in (None, line.state)
        and wanted.recommendation in (None, line.recommendation)
        and (not by_word or line.client == people[1].id)
    ]
    with database.reading() as tx:
        assert list(pages(tx, clinic.id, wanted, size)) == expected
