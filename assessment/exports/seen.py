"""What a person sees before they press anything: the start page, a question, the result.

Left out is what opens on a press (why we ask, the emergency numbers of the foot) and what only
leads elsewhere (buttons, the bar of progress, links). `assessment next` prints these pages, and
`assessment length` counts their words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assessment.engine.answers import Answers
from assessment.engine.decision import Engine
from assessment.engine.protocol import Protocol, Recommend
from assessment.engine.questions import NONE, NOT_SURE, Kind, Question
from assessment.engine.text import Text
from assessment.exports.numbers import EMERGENCY_NUMBERS

Page = Mapping[str, object]
"""A page as JSON."""

NOTHING_STORED = "Nothing is stored."


def start_page(protocol: Protocol, minutes: int) -> Page:
    """Return the start page: when to call now, what this is not, how long it takes, what is kept.

    Its options are those of the question that its buttons answer.
    """
    *most, last = (number.number for number in EMERGENCY_NUMBERS)
    numbers = f"{', '.join(most)} or {last}" if most else last
    signs = _lines(protocol.texts.get("start_stop"))
    question = protocol.start_question
    return {
        "page": "start",
        "id": None if question is None else question.id,
        "title": protocol.title.text,
        "texts": [
            f"Call {numbers} now for:" if signs else f"In an emergency, call {numbers} now.",
            *signs,
            _disclaimer(protocol),
            f"About {minutes} minute{'' if minutes == 1 else 's'}.",
            NOTHING_STORED,
        ],
        "options": []
        if question is None
        else [{"id": one.id, "label": one.label.text} for one in question.options],
    }


def question_page(protocol: Protocol, question: Question, *, carer: bool) -> Page:
    """Return the page of a question, in the voice for the person or for somebody who cares."""

    def words(text: Text | None) -> str | None:
        return None if text is None else text.to(carer=carer)

    return {
        "page": "question",
        "id": question.id,
        "ask": words(question.ask),
        "hint": words(question.hint),
        "type": question.kind.value,
        "options": [
            {"id": one.id, "label": words(one.label), "hint": words(one.hint)}
            for one in question.options
        ],
        "none": words(question.none_label),
        "not_sure": words(question.not_sure_label),
        "bounds": _bounds(question, carer=carer),
        "disclaimer": _disclaimer(protocol),
    }


def result_page(engine: Engine, answers: Answers) -> Page:
    """Return the result as it stands open: what to do, and when to seek help sooner.

    Support for something private comes with it, or in its place where it stands alone.
    """
    protocol, carer = engine.protocol, engine.is_carer(answers)
    decision = engine.decide(answers)
    advice = protocol.advice[decision.recommend]
    urgent = decision.recommend is Recommend.EMERGENCY
    return {
        "page": "result",
        "call": [str(number) for number in EMERGENCY_NUMBERS] if urgent else [],
        "headline": advice.headline.to(carer=carer),
        "do_now": [text.to(carer=carer) for text in advice.do_now],
        "sooner": [text.to(carer=carer) for text in advice.sooner],
        "support": [
            {
                "headline": one.headline.to(carer=carer),
                "lines": [line.to(carer=carer) for line in one.lines],
            }
            for one in engine.support(answers)
        ],
        "disclaimer": _disclaimer(protocol),
    }


def texts_of(page: Page) -> Iterator[str]:
    """Yield every text of a start or question page but buttons and the places of the body map."""
    for name in ("title", "ask", "hint", "none", "not_sure", "disclaimer"):
        if isinstance(words := page.get(name), str):
            yield words
    yield from map(str, _listed(page.get("texts")))
    if page["page"] == "question" and page["type"] != Kind.AREAS.value:
        for option in _listed(page.get("options")):
            yield from (str(option[name]) for name in ("label", "hint") if option[name])
    bounds = page.get("bounds")
    if isinstance(bounds, dict):
        yield from (bounds[name] for name in ("unit", "low", "high") if bounds[name])


def in_words(page: Page) -> str:
    """Return a page as lines for a reader, with the id by which each answer is given."""
    lines = [str(page[name]) for name in ("title", "headline", "ask", "hint") if page.get(name)]
    lines[:0] = [f"Call {number}" for number in _listed(page.get("call"))]
    lines += [str(text) for name in ("texts", "do_now") for text in _listed(page.get(name))]
    lines += [f"Get help sooner: {text}" for text in _listed(page.get("sooner"))]
    for support in _listed(page.get("support")):
        lines += [support["headline"], *support["lines"]]
    for option in _listed(page.get("options")):
        hint = f" ({option['hint']})" if option.get("hint") else ""
        lines.append(f"  {option['id']}: {option['label']}{hint}")
    lines += [f"  {name}: {page[name]}" for name in (NONE, NOT_SURE) if page.get(name)]
    bounds = page.get("bounds")
    if isinstance(bounds, dict):
        ends = [f"{bounds[name]}" for name in ("low", "high", "unit") if bounds[name]]
        lines.append(f"  {bounds['minimum']} to {bounds['maximum']}: {', '.join(ends)}")
    if page.get("id"):
        lines.append(f'Answer with {{"{page["id"]}": ...}}')
    return "\n".join(lines)


def _bounds(question: Question, *, carer: bool) -> dict[str, object] | None:
    if question.minimum is None:
        return None
    ends = {"low": question.low_label, "high": question.high_label, "unit": question.unit}
    return {
        "minimum": question.minimum,
        "maximum": question.maximum,
        **{name: None if text is None else text.to(carer=carer) for name, text in ends.items()},
    }


def _disclaimer(protocol: Protocol) -> str:
    return protocol.texts["disclaimer_short"].text


def _lines(text: Text | None) -> list[str]:
    return [] if text is None else [line for line in text.text.splitlines() if line.strip()]


def _listed(value: object) -> list[dict[str, str]]:
    return value if isinstance(value, list) else []
