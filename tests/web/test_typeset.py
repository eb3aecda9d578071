"""A PDF comes of every text, and typst tells nobody what stood in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import typst

from assessment.exports.typeset import PLACEHOLDER, as_json, only_shown, typeset

BREAKS_TYPST = " ".join(map(chr, range(0x5FC, 0x5FC + 1000)))[:2000]
"""On this the layout of typst panics, with whatever fonts."""
SOURCE = (
    '#set document(title: "x")\n#set text(lang: "en", font: "Libertinus Serif")\n'
    "#json(bytes(sys.inputs.data)).text"
)


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A template that shows one text."""
    path = tmp_path / "one_text.typ"
    path.write_text(SOURCE)
    return path


def compiled_alone(text: str) -> bytes:
    """Set one text with the fonts that come with typst, in a file that keeps to the standard."""
    return typst.compile(
        SOURCE.encode(), ignore_system_fonts=True, pdf_standards=["ua-1"],
        sys_inputs={"data": as_json({"text": text})},
    )  # fmt: skip


@pytest.mark.parametrize("sign", ["\ufeff", "\ufffe", "\0", "\uffff"])
def test_a_sign_that_the_standard_forbids_spoils_no_file(template: Path, sign: str) -> None:
    for text in (sign, f"{sign}Zoe{sign} F."):
        assert typeset(template, "data", {"text": text}).startswith(b"%PDF-")


def test_such_a_sign_costs_the_file_none_of_its_promises(template: Path) -> None:
    assert b"pdfuaid" in typeset(template, "data", {"text": "\ufeffZo\ufffee"})


def test_a_text_on_which_typst_breaks_down_is_printed_all_the_same(
    template: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BaseException, match="byte index"):
        compiled_alone(BREAKS_TYPST)
    assert "panicked" in capfd.readouterr().err

    made = typeset(template, "data", {"text": BREAKS_TYPST})

    assert made.startswith(b"%PDF-")
    assert capfd.readouterr().err == "", "what broke down can quote the client"


def test_the_error_output_is_there_again_after_such_a_file(
    template: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    typeset(template, "data", {"text": BREAKS_TYPST})

    os.write(2, b"here")

    assert capfd.readouterr().err == "here"


def test_of_such_a_text_the_usual_letters_are_kept_and_the_others_are_marked() -> None:
    kept = "Zo\u00eb \u0141, \u0396\u03c9\u03ae, \u0417\u043e\u044f\n1\u20ac - 2 \u201ca\u201d"

    assert only_shown(f"{kept} \u0885\U0001f9b5") == f"{kept} {PLACEHOLDER * 2}"
    assert only_shown("Zoe\u0308") == "Zo\u00eb"


def test_every_letter_that_is_kept_is_in_the_fonts_that_come_with_typst() -> None:
    every = "".join(map(chr, range(32, 0x11000)))
    kept = "".join(sorted(set(only_shown(every))))

    assert len(kept) > 1400
    assert compiled_alone(kept).startswith(b"%PDF-")


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_who_stops_the_server_is_not_kept_by_a_file(
    template: Path, monkeypatch: pytest.MonkeyPatch, stop: type[BaseException]
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise stop

    monkeypatch.setattr(typst, "compile", stopped)

    with pytest.raises(stop):
        typeset(template, "data", {"text": "Zoe"})


def test_a_broken_template_is_told_of(template: Path) -> None:
    template.write_text("#panic()")

    with pytest.raises(RuntimeError, match=r"one_text\.typ"):
        typeset(template, "data", {"text": "Zoe"})
