"""What was written otherwise: every part of a protocol that came, went or changed, leaf by leaf.

Nothing is listed by name here but what a part is called. Whatever the parsed protocol holds is
compared, so a key that the language gains is told of without a line in this file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum

from assessment.engine.conditions import All, Any, Condition, Count, FindingRef, Not, Test, Unsure
from assessment.engine.protocol import Protocol
from assessment.engine.questions import Question
from assessment.engine.text import Text
from assessment.engine.words import in_words

_CONDITION = (All, Any, Count, FindingRef, Not, Test, Unsure)
_KINDS = {
    "questions": "question",
    "options": "option",
    "findings": "finding",
    "rules": "rule",
    "precautions": "precaution",
    "advice": "recommendation",
    "promises": "promise",
    "cases": "case",
    "texts": "text",
    "sources": "evidence",
    "guide": "guide page",
}
"""What one of these is called; one of anything else is called as the whole."""
_FOLLOWS = frozenset({"rules_hash", "wording_hash", "safety_texts"})
"""What follows from everything else, or is told leaf by leaf with the file that it is from."""

Leaves = Mapping[str, str]
"""What a file says, by where it stands in it."""
Key = tuple[str, str]
"""What kind of part, and its id."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One leaf of a part, before and after, whole, as a person reads it; None where there is none.

    `is_text`: it is words that somebody reads. Of a text that has several forms, all come when one
    of them changed, so that nobody overlooks one that was forgotten.
    """

    field: str
    before: str | None
    after: str | None
    is_text: bool = False

    @property
    def differs(self) -> bool:
        """Whether it is not there for the sake of another form of the same text."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Changed:
    """A part that was `added`, `removed` or `changed`; `kind` is question, option, rule, ..."""

    kind: str
    id: str
    how: str
    details: tuple[Detail, ...] = ()

    @property
    def name(self) -> str:
        """Its kind and id, as one phrase."""
        return f"{self.kind} {self.id}" if self.id else self.kind


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A value, and how it reads: one line, or words in the forms that a text has."""

    value: object
    forms: Mapping[str, str]
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class _Part:
    leaves: Mapping[str, _Leaf]
    orders: Mapping[str, tuple[str, ...]]
    """The ids of the parts that it consists of, as they stand, list by list."""


def changed_parts(old: Protocol, new: Protocol) -> tuple[Changed, ...]:
    """Return the parts that differ in anything, in the order of the protocols."""
    before, after = dict(_parts(old)), dict(_parts(new))
    nothing = _Part({}, {})
    found = []
    for key in [*after, *(key for key in before if key not in after)]:
        one, other = before.get(key, nothing), after.get(key, nothing)
        details = (*_details(one.leaves, other.leaves), *_orders(one.orders, other.orders))
        how = "added" if key not in before else "changed" if key in after else "removed"
        if details or how != "changed":
            found.append(Changed(*key, how, details))
    if not found and (old.rules_hash, old.wording_hash) != (new.rules_hash, new.wording_hash):
        found.append(Changed("protocol", "", "changed in a way that has no name here"))
    return tuple(found)


def changed_files(old: Mapping[str, Leaves], new: Mapping[str, Leaves]) -> tuple[Changed, ...]:
    """Return what differs in the leaves of files that the parsed protocols do not carry."""
    found = []
    for file in sorted({*old, *new}):
        one, other = _of_files(old.get(file, {}), new.get(file, {}))
        names = [*other, *(name for name in one if name not in other)]
        details = tuple(
            Detail(name, one.get(name), other.get(name), " " in f"{one.get(name)}{other.get(name)}")
            for name in names
            if one.get(name) != other.get(name)
        )
        how = "added" if file not in old else "changed" if file in new else "removed"
        if details or how != "changed":
            found.append(Changed(file, "", how, details))
    return tuple(found)


def _of_files(old: Leaves, new: Leaves) -> tuple[Leaves, Leaves]:
    """Return the leaves of a file, before and after; an item that came or went is one of them."""
    ids = ({name for name in side if name.endswith(".id")} for side in (old, new))
    whole = tuple(name.removesuffix("id") for name in set.symmetric_difference(*ids))
    return _joined(old, whole), _joined(new, whole)


def _joined(leaves: Leaves, whole: tuple[str, ...]) -> Leaves:
    joined: dict[str, str] = {}
    said: dict[str, str] = {}
    for name, words in leaves.items():
        item = next((one for one in whole if name.startswith(one)), None)
        if item is None:
            joined[name] = words
        elif name != f"{item}id":
            item, key = item.removesuffix("."), name.removeprefix(item).partition(".")[0]
            before = joined.get(item, "")
            start = f"; {key} " if before else f"{key} "
            joined[item] = f"{before}{', ' if said.get(item) == key else start}{words}"
            said[item] = key
    return joined


def _details(before: Mapping[str, _Leaf], after: Mapping[str, _Leaf]) -> Iterator[Detail]:
    nothing = _Leaf(None, {})
    for name in [*after, *(name for name in before if name not in after)]:
        one, other = before.get(name, nothing), after.get(name, nothing)
        if one.value == other.value:
            continue
        is_text = one.is_text or other.is_text
        for form in [*other.forms, *(form for form in one.forms if form not in other.forms)]:
            field = ".".join(filter(None, (name, form)))
            left, right = one.forms.get(form), other.forms.get(form)
            if left == right and not is_text:  # what differs has the same words
                left, right = f"{left} ({one.value})", f"{right} ({other.value})"
            yield Detail(field, left, right, is_text)


def _orders(
    before: Mapping[str, tuple[str, ...]], after: Mapping[str, tuple[str, ...]]
) -> Iterator[Detail]:
    for name in before.keys() & after.keys():
        left = [each for each in before[name] if each in after[name]]
        right = [each for each in after[name] if each in before[name]]
        if left != right:
            yield Detail(f"order of {name}", ", ".join(left), ", ".join(right))


def _parts(protocol: Protocol) -> Iterator[tuple[Key, _Part]]:
    """Yield every part of a protocol that has an id, and the protocol itself."""
    yield from _of(protocol, ("protocol", ""), protocol)


def _of(whole: object, key: Key, protocol: Protocol) -> Iterator[tuple[Key, _Part]]:
    leaves: dict[str, _Leaf] = {}
    orders: dict[str, tuple[str, ...]] = {}
    inner: list[tuple[Key, object]] = []
    for name, value in _values(whole):
        named = _named(value)
        if named is None:
            leaves |= _leaves(name, value, protocol)
            continue
        kind = _KINDS.get(name, name)
        prefix = f"{key[1]}.{kind}." if key[1] else ""
        orders[name] = tuple(named)
        inner += [((kind, prefix + each), part) for each, part in named.items()]
    yield key, _Part(leaves, orders)
    for inner_key, part in inner:
        yield from _of(part, inner_key, protocol)


def _values(whole: object) -> Iterator[tuple[str, object]]:
    """Yield what a part consists of, without its name and what follows from the rest."""
    if isinstance(whole, Text):
        yield "", whole
        return
    for field in fields(whole):  # type: ignore[arg-type]  # every part is a dataclass
        is_name = field.name == "id" and not isinstance(whole, Protocol)
        if field.compare and not is_name and field.name not in _FOLLOWS:
            yield field.name, getattr(whole, field.name)
    if isinstance(whole, Question):
        yield "offers_none", whole.offers_none
        yield "offers_not_sure", whole.offers_not_sure


def _named(value: object) -> dict[str, object] | None:
    """Return the parts of a list or mapping by their ids; None where it holds no such parts."""
    if isinstance(value, Mapping):
        parts = {str(getattr(name, "id", name)): part for name, part in value.items()}
    elif isinstance(value, tuple):
        named = (each for each in value if is_dataclass(each))
        parts = {str(getattr(each, "id", "")): each for each in named}
    else:
        return None
    if "" in parts or len(parts) != len(value):
        return None
    # The lines of a list are made of its options.
    own = {
        name: part
        for name, part in parts.items()
        if not (isinstance(part, Question) and part.line is not None)
    }
    return own if all(map(is_dataclass, own.values())) else None


def _leaves(name: str, value: object, protocol: Protocol) -> Iterator[tuple[str, _Leaf]]:
    """Yield the leaves under a name; what is empty has none."""
    listed = value if isinstance(value, tuple) else ()
    if value is None or value == () or value == {}:
        return
    if isinstance(value, Text):
        yield name, _Leaf(value, _forms(value), is_text=True)
    elif listed and all(isinstance(each, Text) for each in listed):
        yield name, _Leaf(value, _forms(*listed), is_text=True)
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _leaves(f"{name}.{_shown(key, protocol)}", each, protocol)
    elif is_dataclass(value) and not isinstance(value, _CONDITION):
        for inner, each in _values(value):
            yield from _leaves(f"{name}.{inner}", each, protocol)
    else:
        is_text = isinstance(value, str) and " " in value and not isinstance(value, Enum)
        yield name, _Leaf(value, {"": _shown(value, protocol)}, is_text)


def _forms(*texts: Text) -> dict[str, str]:
    """Return the words of texts form by form, a text a line, where one of them has that form."""
    forms = {"": "\n".join(text.text for text in texts)}
    for field in fields(Text):
        if field.name != "text" and any(getattr(text, field.name) for text in texts):
            words = (getattr(text, field.name) or text.text for text in texts)
            forms[field.name] = "\n".join(words)
    return forms


def _shown(value: object, protocol: Protocol) -> str:
    if isinstance(value, _CONDITION):
        condition: Condition = value
        return in_words(condition, protocol)
    if isinstance(value, Enum):
        return str(getattr(value, "id", value.value))
    if isinstance(value, tuple | list):
        return ", ".join(_shown(each, protocol) for each in value)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
