"""Recommendations from their tree."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from assessment.engine.protocol import Advice, Recommend
from assessment.engine.questions import Question
from assessment.engine.words import PLACES
from assessment.protocols.conditions import ConditionReader
from assessment.protocols.diagnostics import Code, Report
from assessment.protocols.fields import Fields, recommend_at, records
from assessment.protocols.nodes import Value
from assessment.protocols.read_places import read_places
from assessment.protocols.texts import Catalogue


class AdviceBuilder:
    """Builds the words of the recommendations; `reader` reads what they require."""

    def __init__(
        self,
        questions: Mapping[str, Question],
        reader: ConditionReader,
        catalogue: Catalogue,
        report: Report,
    ) -> None:
        self._questions = questions
        self._reader = reader
        self._catalogue = catalogue
        self._report = report

    def build(self, tree: Value | None, guide: Collection[str]) -> dict[Recommend, Advice]:
        """Return the words of each recommendation; `guide` are the pages that there are."""
        built: dict[Recommend, Advice] = {}
        for fields in records(tree):
            recommend = recommend_at(fields, "id")
            if recommend is None:
                continue
            if recommend in built:
                self._report.add(
                    fields.place_of("id"),
                    Code.DUPLICATE_ID,
                    f"`{recommend.id}` again",
                    "each id once",
                )
                continue
            self._check_advice(recommend, fields, guide)
            requires = fields.get("requires")
            owner, locked = f"recommendation.{recommend.id}", recommend.is_medical
            text = self._catalogue
            built[recommend] = Advice(
                recommend=recommend,
                headline=text.one(fields, "headline", owner, locked=locked),
                do_now=text.several(fields, "do_now", owner, locked=locked),
                expect=text.several(fields, "expect", owner),
                sooner=text.several(fields, "sooner", owner, locked=True),
                tell=text.several(fields, "tell", owner),
                guide=tuple(page.text for page in fields.scalars("guide")),
                requires=None if requires is None else self._reader.read(requires),
                requires_says=text.maybe(fields, "requires_says", owner),
                short=text.maybe(fields, "short", owner),
                places=read_places(fields, self._questions, self._report),
            )
            self._check_headline(built[recommend], fields)
        return built

    def _check_advice(self, recommend: Recommend, fields: Fields, guide: Collection[str]) -> None:
        for page in fields.scalars("guide"):
            if page.text not in guide:
                self._report.unknown(
                    page.place, Code.UNKNOWN_GUIDE, page.text, "a page of guide/", guide
                )
        if recommend is not Recommend.DEEP_TISSUE and fields.get("places") is not None:
            self._report.add(
                fields.place_of_key("places"),
                Code.KEY_NOT_FOR_TYPE,
                f"`places` on `{recommend.id}`",
                f"it only on {Recommend.DEEP_TISSUE.id}",
            )
        if recommend.is_medical and fields.get("requires") is not None:
            self._report.add(
                fields.place_of_key("requires"),
                Code.KEY_NOT_FOR_TYPE,
                f"`requires` on `{recommend.id}`",
                "nothing that could hold back medical care",
            )

    def _check_headline(self, advice: Advice, fields: Fields) -> None:
        """Report a headline that names places where there are none to name."""
        forms = (
            advice.headline.to(carer=c, invited=i) for c in (False, True) for i in (False, True)
        )
        if not advice.places and any(PLACES in words for words in forms):
            self._report.add(
                fields.place_of("headline"),
                Code.BAD_VALUE,
                f"`{PLACES}` without `places`",
                "`places: [...]` beside it",
            )
