"""Every kind of leaf that a file may hold, with an example of each, and the same changed."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from assessment.protocols.compared import Compared, other_files
from assessment.protocols.files import FILES, REVIEW, TEXT, TRANSLATION
from assessment.protocols.load import load_kept
from assessment.protocols.scalars import Flag, OneOf, Whole
from assessment.protocols.shape import Either, FlagOr, ListOf, ListOr, MapOf, Record, Shape
from tests.proof.full import DATA, Yaml, written

FORMS = ("carer", "invited", "carer_invited")
SHAPES: Mapping[str, Shape] = {**FILES, "de.yaml": TRANSLATION, "review.yaml": REVIEW}

Location = tuple[str | int, ...]


@dataclass(frozen=True)
class Leaf:
    """A place in a file where something stands: its kind, and which shape it has."""

    kind: str
    file: str
    location: Location
    shape: Shape
    form: str = ""


def kinds(shape: Shape, kind: str) -> Iterator[str]:
    """Yield every kind of leaf that a shape allows."""
    for inner, name in _inside(shape, kind):
        if inner is TEXT:
            yield from [name, *(f"{name}.{form}" for form in FORMS)]
        elif inner is shape:
            yield name
        else:
            yield from kinds(inner, name)


def leaves(file: str) -> Iterator[Leaf]:
    """Yield every leaf of the full protocol in a file, each text in all its forms."""
    yield from _leaves(SHAPES[file], file, file, DATA[file], ())


def _inside(shape: Shape, kind: str) -> Iterator[tuple[Shape, str]]:
    """Yield what a shape consists of; itself where it is a leaf."""
    match shape:
        case Record(required, optional):
            for key, inner in {**required, **optional}.items():
                yield inner, f"{kind}.{key}"
        case ListOf(item) if isinstance(item, Record) or item is TEXT:
            yield item, f"{kind}[]"
        case MapOf(_, value):
            yield value, f"{kind}.*"
        case FlagOr(other):
            yield other, kind
        case ListOr(_, mapping):
            yield mapping, kind
        case _:
            yield shape, kind


def _leaves(shape: Shape, kind: str, file: str, data: Yaml, at: Location) -> Iterator[Leaf]:
    if shape is TEXT:
        yield Leaf(kind, file, at, shape)
        yield from (Leaf(f"{kind}.{form}", file, at, shape, form) for form in FORMS)
        return
    for inner, name in _inside(shape, kind):
        if inner is shape:
            yield Leaf(kind, file, at, shape)
        for step in _steps(shape, name, data) if inner is not shape else ():
            each = data if step is None else data[step]
            yield from _leaves(inner, name, file, each, at if step is None else (*at, step))


def _steps(shape: Shape, name: str, data: Yaml) -> list[str | int | None]:
    """Return how to get from a value to each of what stands under a kind; None is itself."""
    match shape:
        case Record():
            key = name.rpartition(".")[2]
            return [key] if key in data else []
        case ListOf():
            return list(range(len(data)))
        case MapOf():
            return list(data)
    return [None]


def changed(folder: Path, leaf: Leaf) -> Compared:
    """Return the full protocol with one leaf changed, whatever is wrong with it then."""
    data = copy.deepcopy(dict(DATA))
    inner = data[leaf.file]
    for step in leaf.location[:-1]:
        inner = inner[step]
    last = leaf.location[-1]
    other = _otherwise(leaf, inner[last])
    if other is None:
        del inner[last]
    else:
        inner[last] = other
    written(folder, data)
    return Compared(load_kept(folder), others=other_files(folder))


def way(leaf: Leaf) -> str:
    """Return how to get to a leaf from the top of its file, by ids where parts have any."""
    inner, names = DATA[leaf.file], []
    for step in leaf.location:
        inner = inner[step]
        name = inner.get("id") if isinstance(inner, dict) else None
        names.append(step if isinstance(step, str) else name or str(step + 1))
    return ".".join(names)


def part_of(leaf: Leaf) -> str:
    """Return what a person calls the part that a leaf belongs to."""
    named, inner, names = [], DATA[leaf.file], list(leaf.location)
    for step in leaf.location:
        inner = inner[step]
        if isinstance(inner, dict) and "id" in inner:
            named.append(str(inner["id"]))
    match leaf.file, names:
        case (("protocol.yaml" | "de.yaml"), _):
            return "protocol"
        case "questions.yaml", [_, "options", *_]:
            return f"option {'.option.'.join(named)}"
        case "rules.yaml", ["findings", name, *_]:
            return f"finding {name}"
        case "rules.yaml", [kind, *_]:
            return f"{str(kind).removesuffix('s')} {named[0]}"
        case "cases.yaml", _:
            return "case calm"
        case "texts.yaml", [name]:
            return f"text {name}"
    kinds = {"questions": "question", "recommendations": "recommendation", "safety": "promise"}
    return f"{kinds.get(leaf.file.removesuffix('.yaml'), 'evidence')} {named[0]}"


def _otherwise(leaf: Leaf, value: Yaml) -> Yaml:
    """Return another value of the same kind; None where there is no other but nothing."""
    if leaf.form:
        return {"text": value, leaf.form: f"{value} {leaf.form}"}
    if (key := str(leaf.location[-1])) in _NAMES:
        return _NAMES[key]
    if key == "id" and not isinstance(leaf.shape, OneOf):
        return "renamed"
    match leaf.shape:
        case Flag():
            return not value
        case Whole():
            return value + 1
        case OneOf(words):
            # What nothing uses yet: a recommendation must not be there twice.
            unused = [str(word) for word in reversed(words) if word != value]
            return "regular_plan" if "regular_plan" in unused else next(iter(unused), None)
        case ListOf() | Either() if isinstance(value, list):
            return value[1:]
    if isinstance(value, dict):
        return {"not": value} if leaf.shape in _CONDITIONS else dict(list(value.items())[1:])
    return {"en": "fr", "2026-01-01": "2026-02-02"}.get(value, f"{value} otherwise")


_NAMES = {"section": "renamed", "start_asks": "flag", "rule": "red_flag"}
"""Names in place of other names, some of which something must have."""
_CONDITIONS = (FILES["protocol.yaml"].optional["carer_when"],)  # type: ignore[attr-defined]  # a record
