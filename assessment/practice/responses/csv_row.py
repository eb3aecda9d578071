"""A response as one row of a table."""

from __future__ import annotations

from collections.abc import Iterable

from assessment.exports.dates import Calendar
from assessment.practice.responses.client_answers import Group, Said
from assessment.practice.responses.measured import LOST
from assessment.practice.responses.opened import Opened
from assessment.practice.responses.phrases import OWN_LOST, author_of, warnings
from assessment.practice.responses.summary import Summary, urgency_in_words
from assessment.practice.responses.verdict import verdict
from assessment.records.measures import Measured
from assessment.records.model import Line, Note

COLUMNS = (
    "id", "received", "state", "readable", "urgency", "urgency_in_words", "recommendation",
    "complete", "verdict", "client", "born", "age", "reasons", "limits", "to_ask", "where",
    "pain_0_to_10", "has", "message", "answers", "notes", "consent_version", "consent_given",
    "protocol", "protocol_version", "review", "rules_hash", "wording_hash",
    "warnings", "again_urgency", "again_urgency_in_words", "again_recommendation",
    "again_verdict", "again_reasons", "again_made", "again_protocol_version", "again_rules_hash",
    "again_wording_hash", "consent_signed_by", "consent_withdrawn", "confirmed", "own_questions",
    "measured_pain", "measured_activities", "measured_after", "telephone",
)  # fmt: skip
"""The columns, whatever protocol was answered; a new one is added at the end.

Those of `again` are a second advice, by the rules of another version than the one that was
answered; the others are as on the day. `confirmed` names answers that were only confirmed, with
when they were first told. `own_questions` are the clinic's own, with what was answered.
`measured_pain` and `measured_activities` are short measures, `measured_after` the id of the
response before the visit that this one came after. `telephone` is what the client gave.
"""

BETWEEN = " | "


def row_of(opened: Opened, calendar: Calendar) -> tuple[str, ...]:
    """Return the cells of one response; what cannot be read is empty."""
    summary = opened.summary
    cells = _of_line(opened.line, opened.recommended, calendar, readable=summary is not None)
    cells["notes"] = _joined(_note(note, calendar) for note in opened.notes)
    if opened.withdrawn_at is not None:
        cells["consent_withdrawn"] = calendar.machine(opened.withdrawn_at)
    if opened.response is not None:
        cells["confirmed"] = _joined(
            f"{name}: {calendar.machine(when)}"
            for name, when in opened.response.content.confirmed.items()
        )
    own = [OWN_LOST] if opened.own is None else [_with(o.question, o.answers) for o in opened.own]
    cells["own_questions"] = _joined(own)
    cells |= _measured(opened.measured)
    if summary is not None:
        cells.update(_of_summary(summary, calendar))
        cells.update(_of_again(summary))
    return tuple(cells.get(column, "") for column in COLUMNS)


def _measured(measured: Measured | None) -> dict[str, str]:
    if measured is None:
        return {"measured_activities": LOST}
    scores = (
        (one.words, "" if one.score is None else str(one.score)) for one in measured.activities
    )
    return {
        "measured_pain": "" if measured.pain is None else str(measured.pain),
        "measured_activities": _joined(_with(words, [score]) for words, score in scores),
        "measured_after": measured.follows,
    }


def _of_line(line: Line, recommended: str, calendar: Calendar, *, readable: bool) -> dict[str, str]:
    return {
        "id": line.id,
        "received": calendar.machine(line.received_at),
        "state": line.state.value,
        "readable": _yes(readable),
        "urgency": str(line.urgency),
        "urgency_in_words": urgency_in_words(line.urgency),
        "recommendation": recommended,
        "complete": _yes(line.complete),
        "client": line.client_name,
    }


def _of_summary(summary: Summary, calendar: Calendar) -> dict[str, str]:
    told, decided, person = summary.told, summary.decided, summary.person
    areas, again = told.areas, summary.again
    reasons = summary.reasons if again is None else summary.told_reasons
    everything = [said for group in told.sections for said in group.said]
    levels = [str(said.level) for said in everything if said.level is not None]
    return {
        "urgency": str(decided.urgency),
        "urgency_in_words": urgency_in_words(decided.urgency),
        "recommendation": summary.recommended if again is None else again.told,
        "complete": _yes(decided.complete),
        "verdict": verdict(decided, summary.ages).words,
        "client": person.name,
        "born": person.born,
        "telephone": person.phone,
        "age": "" if person.age is None else str(person.age),
        "reasons": _joined(reason.words for reason in reasons),
        "limits": _joined(
            f"{limited.heading}: {caution.says}"
            for limited in summary.limited
            for caution in limited.cautions
        ),
        "to_ask": _joined(_with(one.question, one.about) for one in summary.to_ask),
        "where": "" if areas is None else _joined([*areas.front, *areas.back, *areas.other]),
        "pain_0_to_10": _joined(levels[:1]),
        "has": _joined(told.have),
        "message": summary.message,
        "answers": _joined(map(_group, told.sections)),
        "consent_version": summary.consent.version,
        "consent_signed_by": summary.consent.signed_by,
        "consent_given": calendar.machine(summary.consent.given_at),
        "protocol": decided.protocol,
        "protocol_version": decided.version,
        "review": decided.review,
        "rules_hash": decided.rules_hash,
        "wording_hash": decided.wording_hash,
        "warnings": _joined(warnings(summary)),
    }


def _of_again(summary: Summary) -> dict[str, str]:
    again = summary.again
    if again is None:
        return {}
    lead, decided = again.lead, again.decided
    return {
        "again_urgency": str(summary.level),
        "again_urgency_in_words": summary.urgency,
        "again_recommendation": lead.recommended,
        "again_verdict": summary.verdict.words,
        "again_reasons": _joined(reason.words for reason in summary.reasons),
        "again_made": lead.when,
        "again_protocol_version": decided.version,
        "again_rules_hash": decided.rules_hash,
        "again_wording_hash": decided.wording_hash,
    }


def _group(group: Group) -> str:
    return _joined(map(_said, group.said))


def _said(said: Said) -> str:
    return _with(said.question, said.answers)


def _note(note: Note, calendar: Calendar) -> str:
    kind = note.kind.value.capitalize()
    made = f"{calendar.machine(note.created_at)} {author_of(note)}"
    return _with(f"{made}, {kind}", [note.text])


def _with(name: str, values: Iterable[str]) -> str:
    words = ", ".join(value for value in values if value)
    return f"{name}: {words}" if words else name


def _joined(values: Iterable[str]) -> str:
    return BETWEEN.join(values)


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"
