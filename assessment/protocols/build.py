"""A protocol in one of its languages, built from the trees of its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from assessment.engine.conditions import every_test
from assessment.engine.protocol import (
    Advice,
    Case,
    GuidePage,
    Promise,
    Protocol,
    Recommend,
    Waiver,
)
from assessment.engine.text import Text
from assessment.protocols.beyond_keys import NEEDED_ADVICE
from assessment.protocols.build_advice import AdviceBuilder
from assessment.protocols.build_cases import CaseBuilder
from assessment.protocols.build_promises import PromiseBuilder
from assessment.protocols.build_questions import QuestionBuilder
from assessment.protocols.build_rules import RuleBuilder
from assessment.protocols.build_start import read_start
from assessment.protocols.build_summary import read_summary
from assessment.protocols.check_asked import check_asked, check_first, check_optional
from assessment.protocols.check_lasting import check_lasting
from assessment.protocols.diagnostics import Code, Place, Report
from assessment.protocols.evidence import Evidence
from assessment.protocols.fields import Fields, as_text, records
from assessment.protocols.files import LOCKED_TEXTS
from assessment.protocols.hashes import rules_hash, wording_hashes
from assessment.protocols.nodes import Value
from assessment.protocols.texts import Catalogue
from assessment.protocols.withdraws import read_withdraws


class ProtocolBuilder:
    """Builds from the trees of the files, by their names; every fault goes to the report.

    `translation` has the texts that take the place of the protocol's own. `catalogue` collects
    these.
    """

    def __init__(
        self,
        trees: Mapping[str, Value | None],
        guide: tuple[GuidePage, ...],
        translation: Mapping[str, Text],
        report: Report,
    ) -> None:
        self.catalogue = Catalogue(translation)
        self._trees = trees
        self._guide = guide
        self._report = report
        self._head = Fields(trees["protocol.yaml"], Place("protocol.yaml"))
        self._conclusions = Fields(trees["rules.yaml"], Place("rules.yaml"))
        self._evidence = Evidence(report)
        if trees["evidence.yaml"] is not None:
            self._evidence.read(trees["evidence.yaml"])
        findings = self._conclusions.get("findings")
        names = frozenset(key.text for key, _ in Fields(findings, self._conclusions.place))
        asking = QuestionBuilder(self.catalogue, report, self._evidence.cite)
        self._questions = asking.build(trees["questions.yaml"], names)
        self._broken = asking.broken
        self._by_id = {question.id: question for question in self._questions}
        self._concluding = RuleBuilder(
            self._by_id, findings, self.catalogue, report, self._evidence.cite, self._broken
        )
        self._findings = self._concluding.findings()
        self._check_order()

    def build(
        self,
        language: str,
        translations: Mapping[str, Mapping[str, Text]],
        version: str | None = None,
    ) -> Protocol:
        """Return the protocol in this language; `translations` are those to all languages.

        It bears the hashes of the `version` under which it was kept, where they are those that an
        earlier program made of it.
        """
        head, catalogue, concluding = self._head, self.catalogue, self._concluding
        carer, advice = head.get("carer_when"), self._advice()
        offered = advice if self._trees["recommendations.yaml"] is not None else tuple(Recommend)
        built = Protocol(
            id=head.words("id"),
            title=catalogue.one(head, "title", "protocol"),
            version=head.words("version"),
            date=head.words("date"),
            author=head.words("author"),
            intended_purpose=catalogue.one(head, "intended_purpose", "protocol", locked=True),
            language=language,
            carer_when=None if carer is None else concluding.reader.read(carer),
            questions=self._questions,
            findings=self._findings,
            rules=concluding.rules(self._conclusions.get("rules"), offered),
            precautions=concluding.precautions(self._conclusions.get("precautions")),
            support=concluding.support(self._conclusions.get("support")),
            advice=advice,
            promises=self._promises(),
            cases=self._cases(),
            texts=self._texts(),
            sources=self._evidence.sources,
            guide=self._guide,
            translations=translations,
            rules_hash="",
            wording_hash="",
            summary=read_summary(head, self._by_id, self._report, self._broken),
            start_asks=read_start(head, self._questions, self._report, self._broken),
            minutes=head.number("minutes"),
            withdraws=read_withdraws(head, self._report),
            waiver=_waiver(head),
            audience=catalogue.maybe(head, "audience", "protocol"),
            therapist=catalogue.maybe(head, "therapist", "protocol"),
        )
        rules, wordings = rules_hash(built), wording_hashes(built, catalogue.texts, translations)
        kept = (one for one in wordings if rules + one == version)
        return replace(built, rules_hash=rules, wording_hash=next(kept, wordings[0]))

    def _advice(self) -> Mapping[Recommend, Advice]:
        tree = self._trees["recommendations.yaml"]
        building = AdviceBuilder(self._by_id, self._concluding.reader, self.catalogue, self._report)
        advice = building.build(tree, [page.id for page in self._guide])
        if tree is not None:
            self._check_recommendations(advice)
        return advice

    def _promises(self) -> tuple[Promise, ...]:
        building = PromiseBuilder(
            self._by_id, self._concluding, self.catalogue, self._report, self._evidence.cite
        )
        promises = building.build(self._trees["safety.yaml"])
        if not self._report.has_any_in("questions.yaml", "safety.yaml"):
            listed, conditions = self._trees["questions.yaml"], self._concluding.conditions
            check_asked(self._questions, conditions, promises, listed, self._report)
            check_optional(self._questions, conditions, listed, self._report)
            check_first(self._questions, listed, self._report)
            check_lasting(self._questions, conditions, listed, self._report)
        return promises

    def _cases(self) -> tuple[Case, ...]:
        unread = self._trees["rules.yaml"] is None
        rules, precautions = (
            None if unread else [one.words("id") for one in self._conclusions.records(key)]
            for key in ("rules", "precautions")
        )
        building = CaseBuilder(self._by_id, self._report, self._broken)
        return building.build(self._trees["cases.yaml"], rules, precautions)

    def _check_order(self) -> None:
        """Report findings in `enable_when` that lead to questions not asked earlier."""
        listed = records(self._trees["questions.yaml"])
        places = {fields.words("id"): fields.place_of("enable_when") for fields in listed}
        earlier: set[str] = set()
        for question in self._questions:
            if question.enable_when is not None:
                for test in every_test(question.enable_when, self._concluding.conditions):
                    if test.question not in earlier:
                        self._report.add(
                            places[question.id],
                            Code.FORWARD_REFERENCE,
                            f"a finding that leads to `{test.question}`, which is asked later",
                            "questions asked earlier",
                        )
            earlier.add(question.id)

    def _check_recommendations(self, advice: Mapping[Recommend, object]) -> None:
        for needed in NEEDED_ADVICE:
            if needed not in advice:
                self._report.add(
                    Place("recommendations.yaml"),
                    Code.MISSING_KEY,
                    f"no `{needed.id}`",
                    f"`id: {needed.id}`, which every protocol needs",
                )

    def _texts(self) -> dict[str, Text]:
        tree = self._trees["texts.yaml"]
        fields = Fields(tree, Place("texts.yaml"))
        texts = {
            key.text: self.catalogue.take(
                f"text.{key.text}",
                as_text(value),
                self.catalogue.places_of(value, value.place),
                locked=key.text in LOCKED_TEXTS,
            )
            for key, value in fields
        }
        for name in LOCKED_TEXTS:
            if tree is not None and name not in texts:
                self._report.add(
                    fields.place, Code.MISSING_LOCKED_TEXT, f"no `{name}`", f"`{name}: ...`"
                )
        return texts


def _waiver(head: Fields) -> Waiver | None:
    if head.get("waiver") is None:
        return None
    fields = Fields(head.get("waiver"), head.place)
    return Waiver(fields.words("by"), fields.words("date"), fields.words("why"))
