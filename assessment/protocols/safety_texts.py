"""What the safety texts must say, in every form and language, and who read their wording last.

No solver reads words. So `safety_texts.yaml` names for each safety text what must stand in it, and
what must not. Their wording changes only together with a new line under `reviewed`, and so does
that of all advice, reasons, signs and precautions by which care could be softened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assessment.engine.protocol import Recommend, SafetyTexts
from assessment.engine.text import Text
from assessment.protocols.diagnostics import Code, Place, Report
from assessment.protocols.fields import Fields, as_text, records
from assessment.protocols.hashes import words_hash
from assessment.protocols.nodes import Items, Scalar, Value
from assessment.protocols.texts import Catalogue, written_forms

FILE = "safety_texts.yaml"
NOT_REVIEWED = "not yet reviewed by a clinician"
_OWNERS = ("recommendation.", "support.", "text.")
"""What has texts that are safety texts where they are locked."""
_ADVICE = tuple(f"recommendation.{one.id}." for one in Recommend if one.is_medical)
"""What has texts of medical advice."""
_REVIEWED = (*_ADVICE, "precaution.")
"""What has texts that change only with a line of review, as all locked ones do."""
_READERS = {"": (False, False), "a carer": (True, False), "a clinic's client": (False, True),
            "a carer of a clinic's client": (True, True)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Demand:
    """What some texts must say in one language: each of `says`, in one of its wordings."""

    id: str
    place: Place
    texts: tuple[Scalar, ...]
    says: tuple[tuple[str, ...], ...]
    never: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Language:
    """The texts of one language by their ids, and where their forms stand."""

    texts: Mapping[str, Text]
    places: Mapping[str, Mapping[str, Place]]

    def lines(self, name: str) -> tuple[str, ...]:
        """Return the ids that a name means: a text, or each line of a list of texts."""
        if name in self.texts:
            return (name,)
        numbered = re.compile(rf"{re.escape(name)}\.\d+")
        return tuple(one for one in self.texts if numbered.fullmatch(one))


class SafetyTextsChecker:
    """Holds the texts of a protocol against the tree of `safety_texts.yaml`.

    `translations` are the trees of the enabled languages, `head` is that of `protocol.yaml`.
    """

    def __init__(
        self,
        tree: Value | None,
        catalogue: Catalogue,
        translations: Mapping[str, Value | None],
        head: Fields,
        report: Report,
    ) -> None:
        self._fields = Fields(tree, Place(FILE))
        self._own = _Language(catalogue.texts, catalogue.places)
        self._locked = [one for one in catalogue.locked if one.startswith(_OWNERS)]
        self._reviewed = {
            one for one in catalogue.texts if one in catalogue.locked or one.startswith(_REVIEWED)
        }
        self._others = {name: _translated(one) for name, one in translations.items()}
        self._head = head
        self._report = report

    def check(self) -> SafetyTexts:
        """Report what is not said, what nothing is demanded of, and unreviewed wording."""
        demanded: set[str] = set()
        for fields in self._fields.records("must_say"):
            demanded.update(self._check_entry(fields))
        for name in self._locked:
            if name not in demanded:
                self._report.add(
                    min(self._own.places[name].values()),
                    Code.SAFETY_TEXT,
                    f"the safety text `{name}`, of which nothing is demanded",
                    f"an entry of `must_say` in {FILE} that names it",
                )
        self._check_advice()
        self._check_reviewed(sorted({*demanded, *self._reviewed}))
        *_, last = [Fields(None, self._fields.place), *self._fields.records("reviewed")]
        entries = [fields.words("id") for fields in self._fields.records("must_say")]
        return SafetyTexts(tuple(entries), last.words("by"), last.words("date"))

    def _check_entry(self, fields: Fields) -> Iterator[str]:
        """Check one entry in every language; yield the ids of its texts."""
        named = fields.scalars("texts")
        for name in named:
            lines = self._own.lines(name.text)
            if not lines:
                known = [*self._own.texts, *_lists(self._own.texts)]
                what = "a safety text, or a list of them"
                self._report.unknown(name.place, Code.UNKNOWN_TEXT, name.text, what, known)
            yield from lines
        self._check_demand(_demand(fields, fields, named), self._own)
        inside = Fields(fields.get("in"), fields.place)
        for language, texts in self._others.items():
            there = inside.get(language)
            if there is None:
                expected = f"`in: {{{language}: {{says: [...]}}}}`, the same in that language"
                found = f"no `{language}` in `{fields.words('id')}`"
                self._report.add(fields.place, Code.MISSING_KEY, found, expected)
            else:
                self._check_demand(_demand(fields, Fields(there, fields.place), named), texts)

    def _check_demand(self, demand: _Demand, language: _Language) -> None:
        for name in demand.texts:
            if lines := language.lines(name.text):
                self._check_said(demand, name.text, lines, language)
                self._check_never(demand, lines, language)

    def _check_said(
        self, demand: _Demand, name: str, lines: tuple[str, ...], language: _Language
    ) -> None:
        """Report the first reader for whom no line says all that is demanded."""
        for reader, (carer, invited) in _READERS.items():
            read = [language.texts[line].to(carer=carer, invited=invited) for line in lines]
            lacking = [[one for one in demand.says if not _says(text, one)] for text in read]
            if all(lacking):
                best = min(range(len(read)), key=lambda one: len(lacking[one]))
                line = lines[best]
                form = _form_of(language.texts[line], read[best])
                listed = f" as the nearest line of `{name}`" if len(lines) > 1 else ""
                to = f" to {reader}" if reader else ""
                self._report.add(
                    language.places[line].get(form, min(language.places[line].values())),
                    Code.SAFETY_TEXT,
                    f"“{read[best]}”{listed}{to}",
                    f"{_in_words(lacking[best])} in it (`{demand.id}`, {demand.place})",
                )
                return

    def _check_advice(self) -> None:
        """Report what must not stand in any text of medical advice."""
        if self._fields.get("never") is None:
            return
        banned = Fields(self._fields.get("never"), self._fields.place_of("never"))
        for name, language in {self._head.words("language"): self._own, **self._others}.items():
            if banned.get(name) is None:
                self._report.add(
                    banned.place,
                    Code.MISSING_KEY,
                    f"no `{name}` in `never`",
                    f"`{name}: [...]`, what no medical advice may say in that language",
                )
            never = tuple(one.text for one in banned.scalars(name))
            lines = tuple(one for one in language.texts if one.startswith(_ADVICE))
            demand = _Demand("never", banned.place_of(name), (), (), never)
            self._check_never(demand, lines, language)

    def _check_never(self, demand: _Demand, lines: tuple[str, ...], language: _Language) -> None:
        for line in lines:
            for form, words in written_forms(language.texts[line]):
                for banned in demand.never:
                    if _says(words, (banned,)):
                        self._report.add(
                            language.places[line].get(form, Place(FILE)),
                            Code.SAFETY_TEXT,
                            f"“{words}”",
                            f"no `{banned}` in it (`{demand.id}`, {demand.place})",
                        )

    def _check_reviewed(self, names: list[str]) -> None:
        """Report wording, or demands on it, that the last line under `reviewed` does not know."""
        languages = {"": self._own, **self._others}
        now = words_hash(
            {
                key: {name: one.texts[name] for name in names if name in one.texts}
                for key, one in languages.items()
            },
            [self._fields.get("must_say"), self._fields.get("never")],
        )
        listed = self._fields.get("reviewed")
        *_, last = [Fields(None, self._fields.place), *records(listed)]
        if last.words("wording") != now:
            date = self._head.words("date")
            line = f'- {{date: {date}, by: {NOT_REVIEWED}, wording: "{now}"}}'
            self._report.add(
                last.place_of("wording"),
                Code.UNREVIEWED_WORDING,
                "safety texts, or demands on them, that changed since the last line of `reviewed`",
                f"them as they were, or a new last line: {line}",
            )


def _demand(entry: Fields, words: Fields, named: tuple[Scalar, ...]) -> _Demand:
    says = tuple(
        tuple(part.text for part in item.items if isinstance(part, Scalar))
        if isinstance(item, Items)
        else ((item.text,) if isinstance(item, Scalar) else ())
        for item in words.items("says")
    )
    never = tuple(one.text for one in words.scalars("never"))
    return _Demand(entry.words("id"), entry.place, named, says, never)


def _translated(tree: Value | None) -> _Language:
    entries = list(Fields(tree, Place("")))
    return _Language(
        {key.text: as_text(value) for key, value in entries},
        {key.text: Catalogue.places_of(value, key.place) for key, value in entries},
    )


def _lists(texts: Mapping[str, Text]) -> set[str]:
    return {name.rpartition(".")[0] for name in texts if name.rpartition(".")[2].isdigit()}


def _form_of(text: Text, words: str) -> str:
    return next((form for form, one in written_forms(text) if one == words), "text")


def _says(text: str, wordings: tuple[str, ...]) -> bool:
    """Return whether one of these wordings stands in a text, as whole words."""
    plain = _plain(text)
    return any(re.search(rf"(?<!\w){re.escape(_plain(one))}(?!\w)", plain) for one in wordings)


def _plain(words: str) -> str:
    return " ".join(words.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").casefold().split())


def _in_words(lacking: list[tuple[str, ...]]) -> str:
    return " and ".join(" or ".join(f"`{one}`" for one in each) for each in lacking)
