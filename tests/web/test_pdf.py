"""The result as a file to keep."""

from __future__ import annotations

import dataclasses
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from assessment.engine.protocol import Protocol
from assessment.exports.pdf import TEMPLATE, Copy, result_pdf
from assessment.screening import Screening
from assessment.web.parts import make_parts
from assessment.web.result_view import ResultView
from assessment.web.settings import read_settings
from tests.web.client import Client
from tests.web.conftest import KEY, SMALL, MakeClient

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
    settings = read_settings()
    parts = make_parts(settings, protocol, KEY)
    view = ResultView(parts.screening, settings, parts.site)
    return view.copy(view.outcome(Screening(protocol).restore({**MASSAGE, **changed})))


def words_in(data: bytes, folder: Path) -> str:
    """Return the text of a PDF."""
    path = folder / "result.pdf"
    path.write_bytes(data)
    shown = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True
    )
    return " ".join(shown.stdout.split())


def drawn(copy: Copy) -> str:
    """Return every text that the template sets, as typst itself reports it."""
    import typst

    found = typst.query(
        str(TEMPLATE),
        "selector.or(par, heading, list.item)",
        root=str(TEMPLATE.parent),
        ignore_system_fonts=True,
        sys_inputs={"copy": json.dumps(dataclasses.asdict(copy))},
    )
    return str(found)


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
    assert copy.tell == ("Pain in the left calf.", "Say where it hurts.")
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
    assert copy.tell == copy.expect == ()


def test_private_answers_are_not_in_the_copy(small: Protocol) -> None:
    copy = copy_of(small, home=["hurt"])
    everything = json.dumps(dataclasses.asdict(copy))
    assert "hurt" not in everything
    assert "0800" not in everything
    assert copy.reasons == ("Your answers, taken together, led to this suggestion.",)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="no pdftotext")
def test_every_text_of_the_copy_is_in_the_file(small: Protocol, tmp_path: Path) -> None:
    copy = copy_of(small)
    shown = words_in(result_pdf(copy), tmp_path)
    for value in dataclasses.asdict(copy).values():
        for line in value if isinstance(value, tuple) else [value]:
            text = " ".join(line) if isinstance(line, tuple) else line
            if isinstance(text, str) and text not in (copy.title, copy.language, ""):
                for word in text.split():
                    assert word in shown, word


@pytest.mark.parametrize(
    "text", ["#panic()", "*bold* _it_ $x$ `raw`", "= Heading", '#image("/etc/passwd")', "\\", "<a>"]
)
def test_texts_are_never_read_as_markup(small: Protocol, text: str) -> None:
    copy = dataclasses.replace(
        copy_of(small), headline=text, clinic=text, do_now=(text,), reasons=(text,), author=text
    )
    assert result_pdf(copy).startswith(b"%PDF-")


def test_a_booking_link_is_not_in_the_file(make_client: MakeClient) -> None:
    client = make_client(clinic_booking_url="https://book.example/")
    client.walk({"lasted": "weeks"})
    assert b"book.example" not in client.get("/result.pdf").response.data
    assert SMALL.is_dir()
