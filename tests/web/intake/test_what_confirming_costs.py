"""What decision 0041 rests on: in the shipped protocol, confirming costs more than answering again.

It fails where the pages get so short, or the lists so long, that confirming would pay. Then it is
time to decide anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element

from assessment.engine.protocol import Protocol
from assessment.exports.seen import question_page, texts_of
from assessment.measure.length import Length
from assessment.protocols.load import load_protocol
from assessment.records.database import Database
from tests.web.client import Given, Page
from tests.web.conftest import Clock
from tests.web.intake.riverside import send
from tests.web.intake.test_returning import Mailing, ask_code, start, try_code

SHIPPED = load_protocol(Path(__file__).parents[3] / "rules" / "muscle_pain")
PAIN: dict[str, Given] = {
    "who": "me", "age": "40", "where": "right_arm", "how_long": "over_3_months",
    "began": "overuse", "now": "none", "signs": "none", "infection": "none", "ill": "none",
    "course": "same", "pain": "4", "feel": "tight_ache", "rhythm": "none", "heat": "fades",
    "treatment": "untried", "checked": "same",
}  # fmt: skip
TOLD: dict[str, Given] = {
    "cancer": "none", "blood": "aspirin", "heart": "veins", "bones": "inflamed",
    "illness": "fibromyalgia", "medicine": "immune",
}  # fmt: skip
"""The lists of illnesses and medicines, as if all of each lasted; nothing ticked ends the walk."""


def lasting(names: Collection[str]) -> Protocol:
    """The shipped protocol, as if the loader let these lists be confirmed."""
    questions = tuple(replace(one, lasts=one.id in names) for one in SHIPPED.questions)
    return replace(SHIPPED, questions=questions)


def words(element: Element, *, without: str = "") -> int:
    """Count words as those of questions are counted, without buttons and links."""
    return sum(len(text.split()) for text in _texts(element, {"a", "button", without}))


def _texts(element: Element, left_out: set[str]) -> Iterator[str]:
    if element.tag not in left_out:
        yield element.text or ""
        for child in element:
            yield from _texts(child, left_out)
            yield child.tail or ""


def screen(page: Page) -> Length:
    """The page itself, without the lists that it shows."""
    foot = len(SHIPPED.texts["disclaimer_short"].text.split())
    return Length(1, words(page.one("main"), without="fieldset") + foot)


def asked_again(name: str) -> Length:
    """The page of a list, as it is asked."""
    texts = texts_of(question_page(SHIPPED, SHIPPED.question[name], carer=False))
    return Length(1, sum(len(text.split()) for text in texts))


def test_to_confirm_takes_longer_than_to_answer_again(database: Database, clock: Clock) -> None:
    """Whichever lists last, and without the time in which somebody looks for the code."""
    clinic = Mailing(database, clock, lasting(TOLD))
    link, phone = clinic.invite(), clinic.phone()
    phone.walk({**PAIN, "health": list(TOLD), **TOLD}, start(link, phone))
    assert send(phone).goes_to == "/sent"

    clock.now += 7 * 86400
    phone = clinic.phone()
    start(clinic.invite_again(link), phone)
    offered = phone.get("/back")
    ask_code(phone)
    typed = phone.get("/back")
    try_code(phone, clinic.post.code)
    shown = phone.get("/back/told")

    lists = dict(zip(TOLD, shown.all("fieldset"), strict=True))
    spent = screen(offered) + screen(typed) + screen(shown)
    saved = [
        asked_again(name).minutes - Length(0, words(one)).minutes for name, one in lists.items()
    ]
    assert spent.minutes > sum(one for one in saved if one > 0)
