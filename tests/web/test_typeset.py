"""A PDF comes of every text, and typst tells nobody what stood in it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import typst

from assessment.exports import typesetter
from assessment.exports.typeset import PLACEHOLDER, as_json, only_shown, typeset
from assessment.exports.typesetters import COMMAND, Typesetters

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


def test_of_such_a_text_the_usual_letters_are_kept_and_the_others_are_marked() -> None:
    kept = "Zo\u00eb \u0141, \u0396\u03c9\u03ae, \u0417\u043e\u044f\n1\u20ac - 2 \u201ca\u201d"

    assert only_shown(f"{kept} \u0885\U0001f9b5") == f"{kept} {PLACEHOLDER * 2}"
    assert only_shown("Zoe\u0308") == "Zo\u00eb"


def test_every_letter_that_is_kept_is_in_the_fonts_that_come_with_typst() -> None:
    every = "".join(map(chr, range(32, 0x11000)))
    kept = "".join(sorted(set(only_shown(every))))

    assert len(kept) > 1400
    assert compiled_alone(kept).startswith(b"%PDF-")


def test_a_broken_template_is_told_of(template: Path) -> None:
    template.write_text("#panic()")

    with pytest.raises(RuntimeError, match=r"one_text\.typ"):
        typeset(template, "data", {"text": "Zoe"})


SHOWN_BY_BROWSERS = {
    "Chinese": "\u674e\u5c0f\u9f99",
    "Japanese": "\u3072\u3089\u304c\u306a",
    "Korean": "\ud55c\uad6d\uc5b4",
    "Arabic": "\u0645\u062d\u0645\u062f",
    "Hebrew": "\u05e9\u05dc\u05d5\u05dd",
    "Hindi": "\u0905\u092e\u093f\u0924",
    "Tamil": "\u0b95\u0bae\u0bb2\u0bcd",
    "Thai": "\u0e2a\u0e21\u0e0a\u0e32\u0e22",
    "Georgian": "\u10e5\u10d0\u10e0\u10d7",
    "Armenian": "\u0531\u0580\u0561\u0574",
    "Amharic": "\u12a0\u121b\u122d\u129b",
    "Vietnamese": "Nguy\u1ec5n",
    "signs": "\u260e \u2714 \u2605 \u2192 \u03bc",
    "pictures": "\U0001f600 \U0001f9b5 \U0001f468\u200d\u2695\ufe0f",
}


@pytest.fixture(scope="module")
def with_noto() -> Iterator[Typesetters]:
    """Typesetters with the fonts of Debian's packages fonts-noto-core, -cjk and -color-emoji."""
    folder = os.environ.get("NOTO_FONTS", "/usr/share/fonts/truetype/noto")
    if not Path(folder).is_dir():
        pytest.skip("needs the Noto fonts of docs/deploy.md")
    made = Typesetters(command=(*COMMAND, folder))
    yield made
    made.close()


@pytest.mark.parametrize("text", SHOWN_BY_BROWSERS.values(), ids=SHOWN_BY_BROWSERS)
def test_what_browsers_show_is_printed_as_it_is_and_keeps_to_the_standard(
    lossy_fails: Path, with_noto: Typesetters, text: str
) -> None:
    assert b"pdfuaid" in typeset(lossy_fails, "data", {"text": text}, with_noto)


@pytest.mark.parametrize("text", ["\U0010fffd", "\u0378", "\u674e", BREAKS_TYPST])
def test_a_letter_that_no_font_has_costs_the_file_no_promise(template: Path, text: str) -> None:
    assert b"pdfuaid" in typeset(template, "data", {"text": f"Zoe {text}"})


def test_a_letter_that_nobody_has_costs_no_other_letter(
    tmp_path: Path, with_noto: Typesetters
) -> None:
    path = tmp_path / "kept.typ"
    path.write_text(
        f'{SOURCE}\n#if not json(bytes(sys.inputs.data)).text.contains("\u674e") {{ panic() }}'
    )

    assert typeset(path, "data", {"text": "\u674e \u0378"}, with_noto).startswith(b"%PDF-")


@pytest.fixture
def lossy_fails(tmp_path: Path) -> Path:
    """A template that cannot be set once anything is replaced."""
    path = tmp_path / "whole.typ"
    path.write_text(f'{SOURCE}\n#if sys.inputs.lossy != "" {{ panic() }}')
    return path


def test_of_what_went_wrong_only_the_kind_is_told(template: Path) -> None:
    template.write_text("#panic(sys.inputs.data)")
    fonts = typesetter._Fonts([])
    job = {"template": str(template), "attempts": [[{"data": "zebrafinch"}, False, ["ua-1"]]]}
    assert typesetter._answered(job, fonts) == (b"-", b"TypstError")

    template.write_text(SOURCE)
    job["attempts"] = [[{"data": as_json({"text": "Zoe"})}, False, ["ua-1"]]]
    mark, made = typesetter._answered(job, fonts)
    assert (mark, made[:5]) == (b"+", b"%PDF-")
