"""The result as a file to keep."""

from __future__ import annotations

import dataclasses
import json

import pytest
import typst

from assessment.engine.protocol import Protocol
from assessment.exports.pdf import TEMPLATE, Copy, result_pdf
from assessment.screening import Screening
from assessment.web.server.settings import read_settings
from assessment.web.walk.services import make_services
from tests.web.client import Client, body_of, text_of
from tests.web.conftest import KEY, MakeClient
from tests.web.test_typeset import BREAKS_TYPST

MASSAGE = {
    "who": "me",
    "age": 40,
    "signs": ["none"],
    "pain": 4,
    "where": ["left_calf"],
    "lasted": "weeks",
    "home": ["none"],
}


def copy_of(protocol: Protocol, **changed: object) -> Copy:
    """Return the copy of a result, as the page would make it."""
    view = make_services(read_settings(), protocol, KEY).themes.own.results
    answers = Screening(protocol).restore({**MASSAGE, **changed})
    copy = view.copy(view.outcome(answers, invited=False))
    assert copy is not None
    return copy


def words_in(copy: Copy) -> str:
    """Return every text that the template sets, in its order, by way of HTML."""
    # HTML knows no columns.
    one_column = b"#let grid(columns: (), gutter: 0pt, ..cells) = cells.pos().join()\n"
    html = typst.compile(  # type: ignore[call-overload]  # the types want root as bytes, too
        one_column + TEMPLATE.read_bytes(),
        root=str(TEMPLATE.parent),
        format="html",
        sys_inputs={"copy": json.dumps(dataclasses.asdict(copy))},
    )
    return text_of(body_of(html))


def test_the_file_is_offered_under_one_name(client: Client) -> None:
    client.walk({"lasted": "weeks"})
    response = client.get("/result.pdf").response
    assert response.data.startswith(b"%PDF-")
    assert response.mimetype == "application/pdf"
    assert response.headers["Content-Disposition"] == 'attachment; filename="self-assessment.pdf"'
    assert response.headers["Cache-Control"] == "no-store"


def test_an_emergency_can_be_kept_too(client: Client) -> None:
    client.walk({"signs": "chest"})
    assert client.get("/result.pdf").response.data.startswith(b"%PDF-")


def test_it_is_tagged_and_has_title_and_language(small: Protocol) -> None:
    data = result_pdf(copy_of(small))
    for mark in (b"/MarkInfo", b"/StructTreeRoot", b"/Lang", b"pdfuaid"):
        assert mark in data


def test_the_copy_holds_everything_that_a_result_must(small: Protocol) -> None:
    copy = copy_of(small)
    assert copy.headline == "See a certified therapist"
    assert copy.do_now == ("Book one visit.",)
    assert copy.reasons == ("It has lasted for weeks.",)
    assert copy.sooner == ("See a doctor if it gets worse.",)
    told = "Tell your therapist before you book: your left calf is sore."
    assert copy.tell == (told, "Say where it hurts.")
    assert "chest pain" in copy.said_not
    assert copy.disclaimer[0] == "This is not a diagnosis."
    assert copy.emergency_numbers[0] == ("112", "Europe")
    assert copy.author == "A. Author"
    assert copy.review == "Not yet reviewed by a clinician."
    assert copy.version == "web_small 0.1"
    assert (copy.rules_hash, copy.wording_hash) == (small.rules_hash, small.wording_hash)


def test_an_emergency_copy_holds_no_massage(small: Protocol) -> None:
    copy = copy_of(small, signs=["chest"])
    assert copy.emergency
    assert copy.say == ("Say where you are.", "Say that you have chest pain.")
    assert copy.tell == copy.expect == copy.said_not == ()


def test_private_answers_are_not_in_the_copy(small: Protocol) -> None:
    copy = copy_of(small, home=["hurt"])
    everything = json.dumps(dataclasses.asdict(copy))
    assert "hurt" not in everything
    assert "0800" not in everything
    assert copy.reasons == (), "a private reason is told to nobody, and no untrue one in its place"


@pytest.mark.parametrize("signs", [["none"], ["numb"], ["chest"]])
def test_every_text_of_the_copy_is_in_the_file(small: Protocol, signs: list[str]) -> None:
    copy = copy_of(small, signs=signs)
    shown = words_in(copy)
    headings_of_nothing = [] if copy.said else ["said_heading"]
    headings_of_nothing += [] if copy.said_not else ["said_not_heading"]
    for name, value in dataclasses.asdict(copy).items():
        if name in ("title", "language") or name in headings_of_nothing:
            continue
        if name == "not_asked":
            value = [words for heading, lines in value for words in (heading, *lines)]
        for line in value if isinstance(value, tuple | list) else [value]:
            words = " (".join(line) if isinstance(line, tuple) else line
            assert isinstance(words, bool) or words in shown, words


def test_an_emergency_puts_the_number_first(small: Protocol) -> None:
    shown = words_in(copy_of(small, signs=["chest"]))
    assert shown.index("Call 112 (Europe)") < shown.index("Call an ambulance now")
    assert "massage" not in shown.lower()


@pytest.mark.parametrize(
    "text", ["#panic()", "*bold* _it_ $x$ `raw`", "= Heading", '#image("/etc/passwd")', "\\", "<a>"]
)
def test_texts_are_never_read_as_markup(small: Protocol, text: str) -> None:
    copy = dataclasses.replace(
        copy_of(small), headline=text, clinic=text, do_now=(text,), reasons=(text,), author=text
    )
    assert result_pdf(copy).startswith(b"%PDF-")
    assert words_in(copy).count(text) >= 4


def test_a_clinic_may_have_any_name(small: Protocol) -> None:
    for name in ("\ufeffRiverside", BREAKS_TYPST):
        assert result_pdf(dataclasses.replace(copy_of(small), clinic=name)).startswith(b"%PDF-")


def test_a_booking_link_is_not_in_the_file(make_client: MakeClient) -> None:
    client = make_client(clinic_booking_url="https://book.example/")
    client.walk({"lasted": "weeks"})
    assert b"book.example" not in client.get("/result.pdf").response.data


@pytest.mark.parametrize("signs", [["none"], ["chest"]])
def test_the_file_says_whom_to_tell_of_advice_that_was_wrong(
    small: Protocol, signs: list[str]
) -> None:
    words = words_in(copy_of(small, signs=signs))
    assert "this advice turns out to be wrong, please tell whoever runs this site." in words
