"""Faults in what is read: texts in their forms, labels, evidence, the guide. No rule changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Any, cast

from assessment.engine.protocol import Advice, Protocol
from assessment.engine.questions import Question
from assessment.engine.text import Text
from tests.proof.mutant import Fault, Mutant, listed, with_question, with_questions

SOFTER = (
    ("today", "this week"),
    ("now", "soon"),
    ("Don't", "Try not to"),
    ("Call", "You may call"),
    ("emergency number", "doctor's number"),
    ("No massage", "Gentle massage"),
    ("No deep", "Little deep"),
    ("doctor", "therapist"),
)
"""Words of safety with words that say less."""
FORMS = ("text", "carer", "invited", "carer_invited")
READ = ("questions", "findings", "rules", "precautions", "support", "advice", "texts")
"""What of a protocol holds texts that somebody reads."""
Whole = Any
"""Something that texts are in: a part, a list, a mapping."""


@dataclass(frozen=True)
class Spot:
    """One text of a protocol; `put` returns the protocol with another one in its place."""

    about: tuple[str, ...]
    text: Text
    put: Callable[[Text], Protocol]

    @property
    def name(self) -> str:
        """How it is called in the name of a mutant."""
        return ".".join(self.about)


def reworded(protocol: Protocol) -> Iterator[Mutant]:
    """Yield every mutant that is read otherwise."""
    for spot in _spots(protocol):
        yield from _of_text(spot)
    for question in listed(protocol):
        yield from _of_labels(protocol, question)
    for advice in protocol.advice.values():
        yield from _lines(protocol, advice)
    for about, evidence, cite in _citations(protocol):
        yield from _of_evidence(protocol, about, evidence, cite)
    yield from _of_guide(protocol)
    yield from _of_head(protocol)


def _spots(protocol: Protocol) -> Iterator[Spot]:
    for name in READ:
        value = listed(protocol) if name == "questions" else getattr(protocol, name)
        for about, text, put in _texts(value, ()):
            yield Spot(about, text, partial(_put, protocol, name, put))


def _put(protocol: Protocol, name: str, put: Callable[[Text], Whole], text: Text) -> Protocol:
    if name == "questions":
        return with_questions(protocol, put(text))
    return replace(protocol, **{name: put(text)})


def _texts(
    value: object, about: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Text, Callable[[Text], Whole]]]:
    """Yield every text inside a value, the ids of the parts that it is in, and how to set it."""
    if isinstance(value, Text):
        yield about, value, lambda text: text
        return
    for ids, inner, put in _inner(value):
        for found, text, again in _texts(inner, (*about, *ids)):
            yield found, text, partial(_set, put, again)


def _set(put: Callable[[Whole], Whole], again: Callable[[Text], Whole], text: Text) -> Whole:
    return put(again(text))


def _inner(
    value: object,
) -> Iterator[tuple[tuple[str, ...], object, Callable[[Whole], Whole]]]:
    """Yield what a value consists of, the ids that lead there, and how to put another there."""
    if isinstance(value, tuple):
        for place, each in enumerate(value):
            yield (), each, partial(_with_place, value, place)
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield (str(getattr(key, "id", key)),), each, partial(_with_key, value, key)
    elif is_dataclass(value):
        name = getattr(value, "id", None)
        for one in fields(value):
            if one.init:
                ids = () if name is None else (name,)
                yield ids, getattr(value, one.name), partial(_with_field, value, one.name)


def _with_place(value: tuple[Whole, ...], place: int, new: Whole) -> Whole:
    return (*value[:place], new, *value[place + 1 :])


def _with_key(value: Mapping[Whole, Whole], key: Whole, new: Whole) -> Whole:
    return {**value, key: new}


def _with_field(value: Whole, name: str, new: Whole) -> Whole:
    return replace(value, **{name: new})


def _of_text(spot: Spot) -> Iterator[Mutant]:
    def mutant(fault: Fault, words: str, text: Text) -> Mutant:
        return Mutant(f"text {spot.name}: {words}", fault, spot.put(text), spot.about)

    text = spot.text
    for form in FORMS:
        said = getattr(text, form)
        if said is None:
            continue
        for hard, soft in SOFTER:
            if hard in said:
                softer = replace(text, **{form: said.replace(hard, soft)})
                yield mutant(Fault.SOFTENED, f"{form} says {soft}", softer)
        shorter = said.strip().rpartition(" ")[0] or "Other"
        yield mutant(Fault.TEXT, f"{form} cut short", replace(text, **{form: shorter}))
        lines = said.strip().split("\n")
        for place in range(len(lines)) if len(lines) > 1 else ():
            left = "\n".join((*lines[:place], *lines[place + 1 :]))
            yield mutant(Fault.LINE, f"{form}, line {place + 1}", replace(text, **{form: left}))
    if text.carer is not None:
        yield mutant(Fault.CARER, "no carer's form", replace(text, carer=None))
        if text.carer != text.text:
            swapped = replace(text, text=text.carer, carer=text.text)
            yield mutant(Fault.CARER, "forms swapped", swapped)


def _of_labels(protocol: Protocol, question: Question) -> Iterator[Mutant]:
    """Swap the labels of neighbours."""
    options = question.options
    for place, (one, other) in enumerate(pairwise(options)):
        swapped = (replace(one, label=other.label), replace(other, label=one.label))
        new = replace(question, options=(*options[:place], *swapped, *options[place + 2 :]))
        yield Mutant(
            f"question {question.id}: labels of {one.id} and {other.id} swapped",
            Fault.LABELS,
            with_question(protocol, new),
            (question.id, one.id),
        )


def _lines(protocol: Protocol, advice: Advice) -> Iterator[Mutant]:
    for name in ("do_now", "sooner", "tell", "expect"):
        every: tuple[Text, ...] = getattr(advice, name)
        for place in range(len(every)):
            left = (*every[:place], *every[place + 1 :])
            new = replace(advice, **cast("dict[str, Any]", {name: left}))
            yield Mutant(
                f"recommendation {advice.recommend.id}: {name} without line {place + 1}",
                Fault.LINE,
                replace(protocol, advice={**protocol.advice, advice.recommend: new}),
                (advice.recommend.id,),
            )


Cite = Callable[[tuple[str, ...]], Protocol]


def _citations(
    protocol: Protocol,
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], Cite]]:
    """Yield the ids of each part that cites evidence, what it cites, and how to set that."""
    for name in ("rules", "precautions", "support", "promises"):
        parts: tuple[Any, ...] = getattr(protocol, name)
        for place, part in enumerate(parts):
            yield (part.id,), part.evidence, _citing(protocol, name, place)
    for question in listed(protocol):
        yield (question.id,), question.evidence, _question_citing(protocol, question)
        for place, option in enumerate(question.options):
            cite = _option_citing(protocol, question, place)
            yield (question.id, option.id), option.evidence, cite


def _citing(protocol: Protocol, name: str, place: int) -> Cite:
    parts: tuple[Any, ...] = getattr(protocol, name)

    def cite(evidence: tuple[str, ...]) -> Protocol:
        new = replace(parts[place], evidence=evidence)
        every = (*parts[:place], new, *parts[place + 1 :])
        return replace(protocol, **cast("dict[str, Any]", {name: every}))

    return cite


def _question_citing(protocol: Protocol, question: Question) -> Cite:
    return lambda evidence: with_question(protocol, replace(question, evidence=evidence))


def _option_citing(protocol: Protocol, question: Question, place: int) -> Cite:
    def cite(evidence: tuple[str, ...]) -> Protocol:
        options = question.options
        new = replace(options[place], evidence=evidence)
        every = (*options[:place], new, *options[place + 1 :])
        return with_question(protocol, replace(question, options=every))

    return cite


def _of_evidence(
    protocol: Protocol, about: tuple[str, ...], evidence: tuple[str, ...], cite: Cite
) -> Iterator[Mutant]:
    rows = list(protocol.sources)
    for place, row in enumerate(evidence):
        rest = (*evidence[:place], *evidence[place + 1 :])
        name = f"{'.'.join(about)} cites"
        if rest:  # else it may not load
            yield Mutant(f"{name} {row} no more", Fault.EVIDENCE, cite(rest), about)
        other = rows[(rows.index(row) + 1) % len(rows)]
        if other not in evidence:
            changed = (*evidence[:place], other, *evidence[place + 1 :])
            yield Mutant(f"{name} {other} for {row}", Fault.EVIDENCE, cite(changed), about)


def _of_guide(protocol: Protocol) -> Iterator[Mutant]:
    for place, page in enumerate(protocol.guide):
        parts = page.markdown.split("\n\n")
        for number in range(len(parts)):
            left = "\n\n".join((*parts[:number], *parts[number + 1 :]))
            new = replace(page, markdown=left)
            every = (*protocol.guide[:place], new, *protocol.guide[place + 1 :])
            mutated = replace(protocol, guide=every)
            name = f"guide {page.id}: without paragraph {number + 1}"
            yield Mutant(name, Fault.GUIDE, mutated, (page.id,))


def _of_head(protocol: Protocol) -> Iterator[Mutant]:
    def mutant(about: str, mutated: Protocol) -> Mutant:
        return Mutant(f"protocol {about} changed", Fault.HEAD, mutated, (about,))

    yield mutant("author", replace(protocol, author="Somebody else"))
    if protocol.minutes is not None:
        yield mutant("minutes", replace(protocol, minutes=protocol.minutes + 1))
    if protocol.start_asks is not None:
        yield mutant("start_asks", replace(protocol, start_asks=None))
    for part in protocol.summary:
        rest = {name: ids for name, ids in protocol.summary.items() if name is not part}
        yield mutant("summary", replace(protocol, summary=rest))
    if protocol.carer_when is not None:
        yield mutant("carer_when", replace(protocol, carer_when=None))
    for name in ("title", "intended_purpose", "audience", "therapist"):
        text: Text | None = getattr(protocol, name)
        if text is not None:
            new = Text(f"{text.text} and more")
            yield mutant(name, replace(protocol, **cast("dict[str, Any]", {name: new})))
