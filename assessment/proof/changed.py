"""What was written otherwise: parts of a protocol that came, went or changed, and their words."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from enum import Enum

from assessment.engine.conditions import All, Any, Condition, Count, FindingRef, Not, Test
from assessment.engine.protocol import Protocol, Recommend
from assessment.engine.questions import Question
from assessment.engine.text import Text
from assessment.engine.words import in_words

_CONDITION = (All, Any, Count, FindingRef, Not, Test)
_SEPARATE = frozenset({"id", "options", "values"})
"""Fields that are no change of their own: names, and parts that are listed by themselves."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One field of a part, before and after, as a person reads it."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A part that was `added`, `removed` or `changed`; `kind` is question, option, rule, ..."""

    kind: str
    id: str
    how: str
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True, slots=True)
class NewWords:
    """A text that differs; None where there is none."""

    id: str
    before: str | None
    after: str | None


def changed_parts(old: Protocol, new: Protocol) -> tuple[Changed, ...]:
    """Return the parts that differ in anything but words, in the order of the protocols."""
    before, after = dict(_parts(old)), dict(_parts(new))
    both = before.keys() & after.keys()
    found = []
    for key in [*after, *(key for key in before if key not in after)]:
        kind, name = key
        if key not in both:
            found.append(Changed(kind, name, "removed" if key in before else "added"))
        elif details := tuple(_details(before[key], after[key], old, new)):
            found.append(Changed(kind, name, "changed", details))
    if old.carer_when != new.carer_when:
        detail = Detail("when", _shown(old.carer_when, old), _shown(new.carer_when, new))
        found.append(Changed("protocol", "carer_when", "changed", (detail,)))
    kept = [
        [one.id for one in each.questions if ("question", one.id) in both] for each in (old, new)
    ]
    if kept[0] != kept[1]:
        detail = Detail("order", ", ".join(kept[0]), ", ".join(kept[1]))
        found.append(Changed("protocol", "questions", "changed", (detail,)))
    return tuple(found)


def changed_words(old: Protocol, new: Protocol) -> tuple[NewWords, ...]:
    """Return the texts that differ, in the protocol's own language, of parts that both have."""
    both = {key for key, _ in _parts(old)} & {key for key, _ in _parts(new)}
    before, after = _every_text(old, both), _every_text(new, both)
    return tuple(
        NewWords(name, before.get(name), after.get(name))
        for name in [*after, *(name for name in before if name not in after)]
        if before.get(name) != after.get(name)
    )


def _parts(protocol: Protocol) -> Iterator[tuple[tuple[str, str], object]]:
    """Yield every part of a protocol that has an id."""
    for question in protocol.questions:
        yield ("question", question.id), question
        for option in question.options:
            yield ("option", f"{question.id}.option.{option.id}"), option
    for recommend, advice in protocol.advice.items():
        yield ("recommendation", recommend.id), advice
    named: Iterable[tuple[str, Iterable[object]]] = (
        ("finding", protocol.findings),
        ("rule", protocol.rules),
        ("precaution", protocol.precautions),
        ("support", protocol.support),
        ("promise", protocol.promises),
        ("case", protocol.cases),
    )
    for kind, parts in named:
        for part in parts:
            yield (kind, getattr(part, "id", "")), part


def _details(one: object, other: object, old: Protocol, new: Protocol) -> Iterator[Detail]:
    for name in _names(one):
        before, after = getattr(one, name), getattr(other, name)
        if before != after and not (_is_words(before) and _is_words(after)):
            yield Detail(name, _shown(before, old), _shown(after, new))


def _names(part: object) -> list[str]:
    names = [field.name for field in fields(part) if field.name not in _SEPARATE]  # type: ignore[arg-type]  # every part is a dataclass
    return [*names, "offers_none", "offers_not_sure"] if isinstance(part, Question) else names


def _is_words(value: object) -> bool:
    """Whether it is text, none, or a list of texts: what `changed_words` tells."""
    if isinstance(value, tuple):
        return all(isinstance(each, Text) for each in value)
    return value is None or isinstance(value, Text)


def _shown(value: object, protocol: Protocol) -> str:
    if isinstance(value, _CONDITION):
        condition: Condition = value
        return in_words(condition, protocol)
    if isinstance(value, Recommend):
        return value.id
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, tuple):
        return ", ".join(_shown(each, protocol) for each in value) or "none"
    if isinstance(value, Mapping):
        return json.dumps(dict(value), ensure_ascii=False)
    plain = {None: "none", True: "yes", False: "no"}
    return plain[value] if value is None or isinstance(value, bool) else str(value)


def _every_text(protocol: Protocol, wanted: Collection[tuple[str, str]]) -> dict[str, str]:
    """Return every text of these parts by the id under which a translation finds it."""
    found: dict[str, str] = {}
    for (kind, name), part in _parts(protocol):
        if (kind, name) not in wanted:
            continue
        prefix = f"question.{name}" if kind == "option" else f"{kind}.{name}"
        for field in fields(part):  # type: ignore[arg-type]  # every part is a dataclass
            value = getattr(part, field.name)
            listed = value if isinstance(value, tuple) else ()
            found |= _words(f"{prefix}.{field.name}", value)
            for place, each in enumerate(listed, start=1):
                found |= _words(f"{prefix}.{field.name}.{place}", each)
    for name, text in protocol.texts.items():
        found |= _words(f"text.{name}", text)
    for name in ("title", "intended_purpose", "audience", "therapist"):
        found |= _words(f"protocol.{name}", getattr(protocol, name))
    found |= {f"guide.{page.id}": f"{page.title}\n{page.markdown}" for page in protocol.guide}
    for row in protocol.sources.values():
        found[f"evidence.{row.id}"] = f"{row.claim} ({row.source})"
    return found


def _words(name: str, value: object) -> dict[str, str]:
    if not isinstance(value, Text):
        return {}
    others = {
        f"{name}.{form}": words
        for form in ("carer", "invited", "carer_invited")
        if (words := getattr(value, form)) is not None
    }
    return {name: value.text, **others}
