"""Every text of a protocol under its id, so that a translation can take its place."""

from __future__ import annotations

from collections.abc import Mapping

from assessment.engine.text import Text
from assessment.protocols.diagnostics import Place
from assessment.protocols.fields import Fields, as_text


class Catalogue:
    """Collects the texts while a protocol is built, and puts translations in their place.

    `texts` holds each text in the protocol's own language by id, `locked` the ids that every
    enabled language must have.
    """

    def __init__(self, translation: Mapping[str, Text]) -> None:
        self.texts: dict[str, Text] = {}
        self.locked: dict[str, Place] = {}
        self._translation = translation

    def take(self, text_id: str, text: Text, place: Place, *, locked: bool = False) -> Text:
        """Remember a text; return it in the language wanted."""
        self.texts[text_id] = text
        if locked:
            self.locked[text_id] = place
        return self._translation.get(text_id, text)

    def one(self, fields: Fields, key: str, owner: str, *, locked: bool = False) -> Text:
        """Take the text under a key of something that must have it."""
        return self.take(f"{owner}.{key}", as_text(fields.get(key)), fields.place, locked=locked)

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
            self.take(f"{owner}.{key}.{number}", as_text(item), item.place, locked=locked)
            for number, item in enumerate(fields.items(key), start=1)
        )
