"""A response as a sheet of paper says it."""

from __future__ import annotations

from collections.abc import Iterable

from assessment.exports.dates import Calendar
from assessment.exports.phones import phone_in_words
from assessment.exports.response_pdf import Block, Sheet
from assessment.practice.responses import measured
from assessment.practice.responses.cautions import Caution, ToAsk
from assessment.practice.responses.client_answers import Group, Said
from assessment.practice.responses.opened import Opened
from assessment.practice.responses.phrases import (
    KINDS,
    NOTE_LOST,
    NOWHERE,
    OWN_HEADING,
    OWN_LOST,
    STATES,
    UNREADABLE,
    WORDS_LOST,
    author_of,
    protocol_lines,
    source_in_words,
    warnings,
)
from assessment.practice.responses.summary import Summary, urgency_in_words
from assessment.records.model import Line, Note

HEADING_OF_NOTE = "For the notes"
BY_TODAY = "Why, by the rules of today: the client has not read this"


def sheet_of(opened: Opened, calendar: Calendar) -> Sheet:
    """Return the sheet of one response."""
    line, summary = opened.line, opened.summary
    notes = Block("Notes", tuple(_note(note, calendar) for note in opened.notes))
    if summary is None:
        return Sheet(
            heading="Response", urgency=line.urgency, verdict=opened.recommended, fault=UNREADABLE,
            then=". ".join((urgency_in_words(line.urgency), *ways_to_reach(opened))),
            facts=_facts(line, opened.recommended, urgency_in_words(line.urgency), calendar),
            summary=(), answers=(), notes=notes, protocol=(),
        )  # fmt: skip
    return Sheet(
        heading=summary.person.name or "Response",
        urgency=summary.tone,
        verdict=summary.verdict.words,
        then=" ".join((summary.verdict.then, *ways_to_reach(opened))),
        fault=WORDS_LOST if summary.words_lost else "",
        facts=(
            *_withdrawn(opened, calendar),
            *_person_facts(summary),
            *_facts(line, summary.recommended, summary.urgency, calendar),
        ),
        summary=tuple(block for block in _summary(summary, calendar) if block.lines),
        answers=(*map(_group, summary.told.sections), *_own(opened), *_measured(opened)),
        notes=notes,
        protocol=protocol_lines(summary),
    )


def ways_to_reach(opened: Opened) -> tuple[str, ...]:
    """Return telephone and mail of whoever has to hear something soon, or that none is known."""
    if not opened.is_pressing:
        return ()
    if opened.is_out_of_reach:
        return (f"{NOWHERE}.",)
    phone, email = opened.reach.phone, opened.reach.email
    call = (f"Call {phone_in_words(phone)}.",) if phone else ()
    return (*call, f"Email {email}.") if email else call


def _facts(
    line: Line, recommendation: str, urgency: str, calendar: Calendar
) -> tuple[tuple[str, str], ...]:
    return (
        ("Recommendation", recommendation),
        ("Urgency", urgency),
        ("Received", calendar.time(line.received_at)),
        ("State", STATES[line.state]),
    )


def _withdrawn(opened: Opened, calendar: Calendar) -> tuple[tuple[str, str], ...]:
    if opened.withdrawn_at is None:
        return ()
    return (("Consent", f"Taken back by the client, {calendar.time(opened.withdrawn_at)}"),)


def _person_facts(summary: Summary) -> tuple[tuple[str, str], ...]:
    person = summary.person
    age = "" if person.age is None else f" ({person.age} years)"
    born = (("Born", person.born + age),) if person.born else ()
    call = (("Telephone", person.phone),) if person.phone else ()
    return (
        *born,
        *call,
        *((said.question, "; ".join(said.answers)) for said in summary.told.about),
    )


def _summary(summary: Summary, calendar: Calendar) -> Iterable[Block]:
    told, consent = summary.told, summary.consent
    yield Block("To know about these answers", _plain((*warnings(summary), *_missing(summary))))
    why = "Why, in the words that the client read" if summary.again is None else BY_TODAY
    reasons = Block(why, _plain(r.words for r in summary.reasons))
    if summary.level:
        yield reasons
    for limited in summary.limited:
        yield Block(limited.heading, tuple(map(_caution, limited.cautions)))
    yield Block("Ask about these: the client was not sure", tuple(map(_ask, summary.to_ask)))
    if told.areas is not None:
        areas = told.areas
        sides = (("Front", areas.front), ("Back", areas.back), ("Elsewhere", areas.other))
        where = (_with(side, places) for side, places in sides if places)
        yield Block("Where it hurts", _plain(where))
    if told.how_much is not None:
        yield _group(told.how_much)
    yield Block("In their own words", _plain([summary.message] if summary.message else []))
    yield Block("They said they have", _plain(told.have))
    if not summary.level:
        yield reasons
    if told.parts != told.sections:
        yield from (_group(one) for one in told.parts if one != told.how_much)
    yield Block(HEADING_OF_NOTE, _plain(summary.for_notes.splitlines()))
    signed = f" and signed by {consent.signed_by}" if consent.signed_by else ""
    signed += ", parent or guardian" if consent.guardian else ""
    given = f"Version {consent.version}, given {calendar.time(consent.given_at)}{signed}"
    given += f". SHA-256 of the text: {consent.text_hash}" if consent.text_hash else ""
    yield Block("Consent", ((consent.text, given),))
    denied = tuple((one.question, "; ".join(one.signs)) for one in told.have_not)
    yield Block("They said they do not have", denied)
    yield Block("Other rules that counted", tuple((r.words, r.leads_to) for r in summary.others))


def _own(opened: Opened) -> Iterable[Block]:
    """Give the answers to the clinic's own questions a block of their own, where there are any."""
    if opened.own is None:
        yield Block(OWN_HEADING, _plain([OWN_LOST]))
    elif opened.own:
        yield Block(OWN_HEADING, _plain(_with(one.question, one.answers) for one in opened.own))


def _measured(opened: Opened) -> Iterable[Block]:
    """Give pain and activities a block of their own, where there are any."""
    if opened.measured is None:
        yield Block(measured.HEADING, _plain([measured.LOST]))
    elif lines := measured.in_lines(opened.measured):
        yield Block(measured.HEADING, _plain(_with(what, [number]) for what, number in lines))


def _missing(summary: Summary) -> tuple[str, ...]:
    return (f"Not asked: {', '.join(summary.not_asked)}",) if summary.not_asked else ()


def _caution(caution: Caution) -> tuple[str, str]:
    more = [f"Also: {', '.join(caution.also)}"] if caution.also else []
    more += [caution.because] if caution.because else []
    more += map(source_in_words, caution.sources)
    return caution.says, ". ".join(line.rstrip(".") for line in more) + "."


def _ask(one: ToAsk) -> tuple[str, str]:
    return _with(one.question, one.about), " ".join(one.may_mean)


def _with(name: str, words: Iterable[str]) -> str:
    more = "; ".join(words)
    return f"{name}: {more}" if more else name


def _group(group: Group) -> Block:
    return Block(group.heading, tuple(map(_said, group.said)))


def _said(said: Said) -> tuple[str, str]:
    return _with(said.question, said.answers), ""


def _note(note: Note, calendar: Calendar) -> tuple[str, str]:
    made = f"{author_of(note)}, {calendar.time(note.created_at)}"
    kind = KINDS[note.kind]
    if not note.readable:
        return f"{kind}: {NOTE_LOST}", calendar.time(note.created_at)
    return (f"{kind}: {note.text}" if note.text else kind), made


def _plain(lines: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((line, "") for line in lines)
