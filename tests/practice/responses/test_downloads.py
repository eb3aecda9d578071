"""Responses as files: nothing in them is run, and nothing of them is left out."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typst

from assessment.exports.csv_file import BYTE_ORDER_MARK, csv_file, harmless
from assessment.exports.dates import UTC, day_in_words
from assessment.exports.response_pdf import TEMPLATE, Pile
from assessment.exports.typeset import as_json
from assessment.practice.intake.for_clinic import ForClinic
from assessment.practice.responses.csv_row import COLUMNS, row_of
from assessment.practice.responses.downloads import Format, file_of
from assessment.practice.responses.names import named, names_of
from assessment.practice.responses.opened import Opened
from assessment.practice.responses.phrases import CHANGED, NOTE_LOST, UNREADABLE, WORDS_LOST
from assessment.practice.responses.printout import sheet_of
from assessment.practice.responses.summary import summarise
from assessment.protocols.load import load_protocol
from assessment.records.ids import ClientId, ResponseId, TherapistId
from assessment.records.model import Consent, Content, Line, Note, NoteKind, Response, State
from assessment.screening import Screening
from assessment.web.api.answer_models import ResponseAnswer
from tests.records.some import NOW, some_clinic
from tests.web.client import body_of, text_of
from tests.web.test_typeset import BREAKS_TYPST

SMALL = Path(__file__).parents[2] / "protocols" / "web_small"
CLINIC = some_clinic(name="Riverside Massage")
LASTING = {
    "who": "me", "age": 44, "signs": ["none"], "pain": 6, "where": ["left_calf"],
    "lasted": "weeks", "home": ["none"],
}  # fmt: skip
HOSTILE = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", '"=1+1', "'=1+1",
    "x;=1+1", "x\n=1+1", "x\r\n@y", "\uff1d1+1", "x\t-2",
]  # fmt: skip


@pytest.fixture(scope="module")
def small() -> Screening:
    return Screening(load_protocol(SMALL))


def opened(screening: Screening | None, small: Screening, **changed: Any) -> Opened:
    """A response as the inbox gives it, with these words in it."""
    shared, given = ForClinic(small.protocol), small.restore(changed.pop("answers", LASTING))
    judged = shared.judge(given)
    content = Content(
        answers=json.loads(json.dumps(shared.stored(given))),
        decision=json.loads(json.dumps(judged.stored)),
        name=changed.pop("name", "Zoe Fischer"),
        birth=changed.pop("birth", "1982-05-03"),
        message=changed.pop("message", "Worse after work."),
        consent=Consent("1", "I agree.", NOW),
    )
    line = Line(
        ResponseId("response-1"), ClientId("client-1"), content.name, judged.recommend.urgency,
        judged.recommend.id, judged.complete, State.NEW, NOW, None,
    )  # fmt: skip
    note = Note(
        changed.pop("note_id", "note-1"), line.id, TherapistId("t"), "Ada Lind", "ada@c.example",
        NOW, NoteKind.REVIEWED, changed.pop("note", "Called."),
    )  # fmt: skip
    response = Response(line, None, "version", replace(content, **changed))
    named_as = named({} if screening is None else names_of(screening.protocol), line.recommendation)
    return Opened(line, named_as, response, summarise(response.content, screening, NOW), (note,))


def unreadable(small: Screening) -> Opened:
    return replace(opened(small, small), response=None, summary=None)


def cells_of(data: bytes) -> list[list[str]]:
    text = data.decode("utf-8")
    assert text.startswith(BYTE_ORDER_MARK)
    return list(csv.reader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline="")))


def test_every_file_says_what_was_only_confirmed_and_when_it_was_first_told(
    small: Screening,
) -> None:
    before = NOW - 40 * 86_400
    given = opened(small, small, confirmed={"signs": before})
    since = f"(confirmed on {UTC.day(NOW)}, first told {UTC.day(before)})"
    columns, row = cells_of(file_of(Format.CSV, [given], CLINIC, NOW))
    told = json.loads(file_of(Format.JSON, [given], CLINIC, NOW))["responses"][0]
    sheet = sheet_of(given, UTC)
    denied = [
        line for block in sheet.summary if "do not have" in block.heading for line in block.lines
    ]

    assert told["confirmed"] == {"signs": UTC.machine(before)}
    assert dict(zip(columns, row, strict=True))["confirmed"] == f"signs: {UTC.machine(before)}"
    assert since in dict(zip(columns, row, strict=True))["answers"]
    assert since in str(sheet.answers)
    assert small.protocol.question["signs"].short.text not in {line[0] for line in denied}
    api = ResponseAnswer.model_validate({**told, "altered": False})
    assert api.confirmed == {"signs": UTC.machine(before)}


# CSV


@pytest.mark.parametrize("text", HOSTILE)
def test_asvs_1_2_10_no_cell_begins_a_formula_wherever_a_spreadsheet_parts_them(text: str) -> None:
    guarded = harmless(text)

    for separator in (";", "\t", "\n", "\r"):
        for cell in guarded.split(separator):
            bare = cell.strip().lstrip("\"' ")
            assert not bare.startswith(("=", "+", "-", "@", "\uff1d")) or "'" in cell, cell
    assert guarded.replace("'", "") == text.replace("'", "")
    assert not guarded.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@pytest.mark.parametrize("text", ["pain - worse", "a, b", "2-3 times", 'so "called"', "1+1=2", ""])
def test_ordinary_words_are_written_as_they_are(text: str) -> None:
    assert harmless(text) == text


@pytest.mark.parametrize("text", HOSTILE)
def test_asvs_1_2_10_every_free_text_of_a_response_is_guarded(small: Screening, text: str) -> None:
    data = file_of(
        Format.CSV, [opened(small, small, name=text, message=text, birth=text)], CLINIC, NOW
    )

    [columns, cells] = cells_of(data)
    row = dict(zip(columns, cells, strict=True))
    for name in ("client", "message", "born"):
        assert row[name] == harmless(text)


def test_a_row_has_the_same_columns_whatever_was_answered(small: Screening) -> None:
    files = [
        opened(small, small),
        opened(None, small),
        opened(small, small, answers={"who": "me", "signs": ["chest"]}),
        unreadable(small),
    ]

    table = cells_of(file_of(Format.CSV, files, CLINIC, NOW))

    assert table[0] == list(COLUMNS)
    assert len(table) == 5
    assert {len(cells) for cells in table} == {len(COLUMNS)}
    assert [cells[COLUMNS.index("readable")] for cells in table[1:]] == ["yes"] * 3 + ["no"]


def test_a_row_holds_what_a_therapist_looks_for(small: Screening) -> None:
    row = dict(zip(COLUMNS, row_of(opened(small, small), UTC), strict=True))

    assert row["recommendation"] == "Certified therapist"
    assert row["limits"] == "Because of where it hurts: Pain in the left calf."
    assert row["where"] == "Left calf"
    assert row["pain_0_to_10"] == "6"
    assert "How long: Two to six weeks" in row["answers"]
    assert row["notes"].endswith("Ada Lind (ada@c.example), Reviewed: Called.")
    assert row["rules_hash"] == small.protocol.rules_hash


def test_a_row_and_a_sheet_trust_what_was_sealed_and_tell_of_what_was_changed(
    small: Screening,
) -> None:
    one = opened(small, small, answers={**LASTING, "signs": ["numb"]})
    assert one.response is not None
    line = replace(one.line, urgency=0, recommendation="self_care")
    content = one.response.content
    summary = summarise(content, small, NOW, line=line, invited_as="Anna Berg")
    changed = replace(one, line=line, summary=summary)

    row = dict(zip(COLUMNS, row_of(changed, UTC), strict=True))
    sheet = sheet_of(changed, UTC)

    assert (row["urgency"], row["urgency_in_words"]) == ("2", "Urgent: today")
    assert row["recommendation"] == "A doctor today"
    assert sheet.urgency == 2
    assert ("Recommendation", "A doctor today") in sheet.facts
    assert ("Urgency", "Urgent: today") in sheet.facts
    for told in (CHANGED, "Invited as Anna Berg; the answers name Zoe Fischer. Ask who answered."):
        assert told in row["warnings"]
        assert (told, "") in sheet.summary[0].lines
    assert dict(zip(COLUMNS, row_of(one, UTC), strict=True))["warnings"] == ""


def test_a_row_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="2 cells for 1 columns"):
        csv_file(["a"], [["1", "2"]])


# JSON


def test_json_holds_the_machine_contract_and_what_stands_beside_it(small: Screening) -> None:
    one = opened(small, small)
    assert one.response is not None

    document = json.loads(file_of(Format.JSON, [one, unreadable(small)], CLINIC, NOW))

    first, second = document["responses"]
    assert first["decision"] == one.response.content.decision
    assert first["answers"] == one.response.content.answers
    assert first["client"]["name"] == "Zoe Fischer"
    assert first["consent"]["text"] == "I agree."
    assert first["notes"][0]["text"] == "Called."
    assert first["received_at"].startswith("2027-01-15T")
    assert second["readable"] is False
    assert "answers" not in second


def test_half_a_surrogate_pair_breaks_no_file(small: Screening) -> None:
    odd = opened(small, small, message="\ud83e and \0", name="\ud83e")

    for format in Format:
        assert file_of(format, [odd], CLINIC, NOW)


# PDF


def words_in(files: list[Opened]) -> str:
    """Return every text that the template sets, in its order, by way of HTML."""
    pile = Pile("Responses", "en", CLINIC.name, "today", tuple(sheet_of(one, UTC) for one in files))
    plain = b"#let pagebreak() = []\n"  # HTML knows no pages
    html = typst.compile(  # type: ignore[call-overload]  # the types want root as bytes, too
        plain + TEMPLATE.read_bytes(),
        root=str(TEMPLATE.parent),
        format="html",
        sys_inputs={"pile": as_json(dataclasses.asdict(pile)), "lossy": ""},
    )
    return text_of(body_of(html))


def test_it_is_tagged_and_has_title_and_language(small: Screening) -> None:
    data = file_of(Format.PDF, [opened(small, small)], CLINIC, NOW)

    assert data.startswith(b"%PDF-")
    for mark in (b"/MarkInfo", b"/StructTreeRoot", b"/Lang", b"pdfuaid"):
        assert mark in data


def test_a_name_in_any_script_can_be_printed(small: Screening) -> None:
    """PDF/UA-1 refuses what no font can show; a file without that promise is better than none."""
    for name in (
        "\u0141ukasz",
        "\u674e\u4f1f",
        "\U0001f9b5\U0001f3fd",
        "\U0010fffd",
        "\ufeffZoe",
        BREAKS_TYPST,
    ):
        one = opened(small, small, name=name, message=name)

        assert file_of(Format.PDF, [one], CLINIC, NOW).startswith(b"%PDF-"), name


def test_each_response_starts_on_a_page_of_its_own(small: Screening) -> None:
    def pages(count: int) -> int:
        data = file_of(Format.PDF, [opened(small, small)] * count, CLINIC, NOW)
        return max(int(found) for found in re.findall(rb"/Type/Pages/Count (\d+)", data))

    assert pages(1) >= 1
    assert pages(3) == 3 * pages(1)


def test_every_text_of_a_sheet_is_in_the_file(small: Screening) -> None:
    files = [
        opened(small, small, answers={**LASTING, "signs": ["fever", "not_sure"]}),
        opened(None, small),
        unreadable(small),
    ]
    shown = words_in(files)

    for one in files:
        for words in texts_of(dataclasses.asdict(sheet_of(one, UTC))):
            assert " ".join(words.split()) in shown, words
    assert WORDS_LOST in shown
    assert UNREADABLE in shown


def texts_of(value: object) -> list[str]:
    """Every text in it, but for the headings of parts that have no lines."""
    if isinstance(value, dict):
        if value.get("lines") == ():
            return []
        return [text for one in value.values() for text in texts_of(one)]
    if isinstance(value, tuple | list):
        return [text for one in value for text in texts_of(one)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize(
    "text",
    [
        "#panic()",
        "*bold* _it_ $x$",
        "= Heading",
        '#image("/etc/passwd")',
        "\\",
        "<script>x</script>",
    ],
)
def test_asvs_1_2_1_texts_are_never_read_as_markup(small: Screening, text: str) -> None:
    one = opened(small, small, name=text, message=text, birth=text, note=text)

    assert file_of(Format.PDF, [one], CLINIC, NOW).startswith(b"%PDF-")
    assert words_in([one]).count(text) >= 4


def test_a_note_that_cannot_be_read_says_so(small: Screening) -> None:
    one = opened(small, small)
    note = replace(one.notes[0], text="", author_name="", account="", readable=False)

    shown = words_in([replace(one, notes=(note,))])

    assert NOTE_LOST in shown


# dates


@pytest.mark.parametrize(
    ("born", "age"),
    [("1980-01-15", 47), ("1980-01-16", 46), ("2000-02-29", 26), ("soon", None), ("", None)],
)
def test_an_age_counts_birthdays(born: str, age: int | None) -> None:
    assert UTC.age(born, NOW) == age  # 15 January 2027


def test_a_date_that_is_none_stays_as_it_is() -> None:
    assert day_in_words("2000-02-29") == "29 February 2000"
    assert day_in_words("last spring") == "last spring"


def test_every_kind_of_file_says_when_the_age_has_to_be_asked_first(small: Screening) -> None:
    child = opened(small, small, birth="2014-05-03")
    cells = dict(zip(COLUMNS, row_of(child, UTC), strict=True))
    assert cells["verdict"] == "Ask the age first"
    assert "The answers say 44" in cells["warnings"]
    sheet = sheet_of(child, UTC)
    assert sheet.verdict == "Ask the age first"
    assert "The answers say 44" in str(sheet.summary)
    for one, told in ((child, True), (opened(small, small), False)):
        found = json.loads(file_of(Format.JSON, [one], CLINIC, NOW))
        assert found["responses"][0]["ages_contradict"] is told
