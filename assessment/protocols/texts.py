"""Every text of a protocol under its id, so that a translation can take its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assessment.engine.text import Text
from assessment.protocols.diagnostics import Place
from assessment.protocols.fields import Fields, as_text
from assessment.protocols.nodes import Value


class Catalogue:
    """Collects the texts while a protocol is built, and puts translations in their place.

    `texts` holds each text in the protocol's own language by id, `places` where its forms stand,
    and `locked` the ids that every enabled language must have.
    """

    def __init__(self, translation: Mapping[str, Text]) -> None:
        self.texts: dict[str, Text] = {}
        self.places: dict[str, Mapping[str, Place]] = {}
        self.locked: set[str] = set()
        self._translation = translation

    @staticmethod
    def places_of(value: Value | None, place: Place) -> Mapping[str, Place]:
        """Return where each form of a text stands; `place` is where words alone do."""
        forms = {key.text: form.place for key, form in Fields(value, place)}
        return forms or {"text": place}

    def take(
        self, text_id: str, text: Text, places: Mapping[str, Place], *, locked: bool = False
    ) -> Text:
        """Remember a text; return it in the language wanted."""
        self.texts[text_id] = text
        self.places[text_id] = places
        if locked:
            self.locked.add(text_id)
        return self._translation.get(text_id, text)

    def one(self, fields: Fields, key: str, owner: str, *, locked: bool = False) -> Text:
        """Take the text under a key of something that must have it."""
        value = fields.get(key)
        places = self.places_of(value, fields.place_of(key))
        return self.take(f"{owner}.{key}", as_text(value), places, locked=locked)

    def maybe(self, fields: Fields, key: str, owner: str, *, locked: bool = False) -> Text | None:
        """Take the text under a key, where there is one."""
        if fields.get(key) is None:
            return None
        return self.one(fields, key, owner, locked=locked)

    def several(
        self, fields: Fields, key: str, owner: str, *, locked: bool = False
    ) -> tuple[Text, ...]:
        """Take a list of texts; their ids count from 1."""
        return tuple(
            self.take(
                f"{owner}.{key}.{number}",
                as_text(item),
                self.places_of(item, item.place),
                locked=locked,
            )
            for number, item in enumerate(fields.items(key), start=1)
        )


def written_forms(text: Text) -> Iterator[tuple[str, str]]:
    """Yield the forms of a text that are written out, by their keys."""
    for form in ("text", "carer", "invited", "carer_invited"):
        words: str | None = getattr(text, form)
        if words is not None:
            yield form, words
