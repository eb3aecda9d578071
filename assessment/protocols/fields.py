"""Values taken from a checked tree: what is wrong was reported, so these never raise."""

from __future__ import annotations

from collections.abc import Container, Iterator

from assessment.engine.protocol import Recommend
from assessment.engine.text import NO_TEXT, Text
from assessment.protocols.diagnostics import Code, Place, Report
from assessment.protocols.nodes import Entries, Items, Scalar, Value

BY_ID = {recommend.id: recommend for recommend in Recommend}


class Fields:
    """One mapping of the file; a key that is missing or wrong reads as empty."""

    def __init__(self, value: Value | None, place: Place) -> None:
        self._entries = value if isinstance(value, Entries) else Entries(place, ())
        self.place = self._entries.place

    def __iter__(self) -> Iterator[tuple[Scalar, Value]]:
        return iter(self._entries.entries)

    def get(self, key: str) -> Value | None:
        """Return what stands under the key."""
        return self._entries.get(key)

    def place_of(self, key: str) -> Place:
        """Return where the key's value stands, or the mapping where it is missing."""
        value = self.get(key)
        return self.place if value is None else value.place

    def place_of_key(self, key: str) -> Place:
        """Return where the key itself stands, or the mapping where it is missing."""
        return next((name.place for name, _ in self if name.text == key), self.place)

    def words(self, key: str) -> str:
        """Return words, or a number as it was written."""
        value = self.get(key)
        return value.text if isinstance(value, Scalar) and value.value is not None else ""

    def number(self, key: str) -> int | None:
        """Return a whole number."""
        value = self.get(key)
        if isinstance(value, Scalar) and not isinstance(value.value, bool):
            return value.value if isinstance(value.value, int) else None
        return None

    def flag(self, key: str) -> bool:
        """Return whether the key is `true`."""
        return self.words(key) == "true"

    def items(self, key: str) -> tuple[Value, ...]:
        """Return the items of a list."""
        value = self.get(key)
        return value.items if isinstance(value, Items) else ()

    def scalars(self, key: str) -> tuple[Scalar, ...]:
        """Return the words of a list."""
        return tuple(item for item in self.items(key) if isinstance(item, Scalar))

    def one_or_more(self, key: str) -> tuple[Scalar, ...]:
        """Return the words of a list, or the only ones."""
        value = self.get(key)
        return (value,) if isinstance(value, Scalar) else self.scalars(key)

    def records(self, key: str) -> Iterator[Fields]:
        """Return the mappings of a list."""
        return records(self.get(key))


def records(value: Value | None) -> Iterator[Fields]:
    """Return the mappings in a list."""
    for item in value.items if isinstance(value, Items) else ():
        if isinstance(item, Entries):
            yield Fields(item, item.place)


def as_text(value: Value | None) -> Text:
    """Return a text: words, or a mapping of text and its other forms."""
    if isinstance(value, Scalar):
        return Text(value.text.strip())
    if isinstance(value, Entries):
        fields = Fields(value, value.place)
        carer, invited, both = (
            fields.words(form).strip() or None for form in ("carer", "invited", "carer_invited")
        )
        return Text(fields.words("text").strip(), carer, invited, both)
    return NO_TEXT


def recommend_at(fields: Fields, key: str) -> Recommend | None:
    """Return the recommendation that stands under a key."""
    return BY_ID.get(fields.words(key))


def is_new(fields: Fields, built: Container[str], report: Report) -> bool:
    """Return whether the id was not there yet; report it when it was."""
    name = fields.words("id")
    if name in built:
        report.add(fields.place_of("id"), Code.DUPLICATE_ID, f"`{name}` again", "each id once")
    return bool(name) and name not in built
