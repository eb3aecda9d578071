"""A protocol loaded from its folder, or the whole report of why it cannot be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from assessment.engine.conditions import every_test
from assessment.engine.protocol import GuidePage, Protocol, Recommend, Review, Source
from assessment.engine.questions import Question
from assessment.engine.text import Text
from assessment.protocols.build_cases import CaseBuilder
from assessment.protocols.build_questions import QuestionBuilder
from assessment.protocols.build_rules import RuleBuilder
from assessment.protocols.conditions import ConditionReader
from assessment.protocols.diagnostics import BrokenProtocol, Code, Place, Report
from assessment.protocols.fields import Fields, as_text, records
from assessment.protocols.files import (
    BIGGEST,
    FILES,
    LOCKED_TEXTS,
    OPTIONAL_FILES,
    REVIEW,
    TRANSLATION,
)
from assessment.protocols.hashes import rules_hash, wording_hash
from assessment.protocols.nodes import Value, read_yaml
from assessment.protocols.shape import Shape
from assessment.protocols.texts import Catalogue

RULES_FOLDER = Path(__file__).resolve().parents[2] / "rules"
REVIEW_FILE = "review.yaml"


def find_protocol(name: str) -> Path:
    """Return the folder that a name means: a path, or a folder of `rules/`."""
    path = Path(name)
    return path if path.is_dir() or "/" in name else RULES_FOLDER / name


def load_protocol(folder: Path, language: str | None = None) -> Protocol:
    """Return the protocol in this folder, in its own language or an enabled other one.

    Raises BrokenProtocol with every fault found when it cannot be used.
    """
    report = Report()
    protocol = _Loader(folder, report).load(language)
    if report.diagnostics or protocol is None:
        raise BrokenProtocol(report.diagnostics)
    return protocol


class _Loader:
    def __init__(self, folder: Path, report: Report) -> None:
        self._folder = folder
        self._report = report
        self._sources: dict[str, Source] = {}

    def load(self, language: str | None) -> Protocol | None:
        if not self._folder.is_dir():
            self._report.add(
                Place(str(self._folder)), Code.MISSING_FILE, "no such folder", "a protocol folder"
            )
            return None
        trees = {name: self._read(name, shape) for name, shape in FILES.items()}
        head = Fields(trees["protocol.yaml"], Place("protocol.yaml"))
        own = head.words("language")
        enabled = [item for item in head.scalars("languages") if item.text != own]
        base, catalogue = self._build(trees, head, own, {})
        for item in enabled:
            translation = self._translation(item.text, catalogue)
            if item.text == language:
                base, _ = self._build(trees, head, item.text, translation)
        if language not in (None, own, *[item.text for item in enabled]):
            self._report.add(
                head.place_of("languages"), Code.BAD_VALUE, f"`{language}`", "an enabled language"
            )
        return None if self._report.diagnostics else self._reviewed(base)

    def _read(self, name: str, shape: Shape, *, optional: bool = False) -> Value | None:
        path = self._folder / name
        if not path.is_file():
            if name not in OPTIONAL_FILES and not optional:
                self._report.add(Place(name), Code.MISSING_FILE, "no file", f"`{name}`")
            return None
        data = path.read_bytes()
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            self._report.add(Place(name, line), Code.NOT_TEXT, "bytes", "text in UTF-8")
            return None
        if len(data) > BIGGEST:
            self._report.add(Place(name), Code.NOT_TEXT, "a huge file", f"under {BIGGEST} bytes")
            return None
        tree = read_yaml(text, name, self._report)
        if tree is not None:
            shape.check(tree, self._report)
        return tree

    def _build(
        self,
        trees: Mapping[str, Value | None],
        head: Fields,
        language: str,
        translation: Mapping[str, Text],
    ) -> tuple[Protocol, Catalogue]:
        self._sources = self._source_list(trees["evidence.yaml"])
        catalogue = Catalogue(translation)
        rules_file = Fields(trees["rules.yaml"], Place("rules.yaml"))
        findings_tree = rules_file.get("findings")
        names = frozenset(key.text for key, _ in Fields(findings_tree, rules_file.place))
        questions = QuestionBuilder(catalogue, self._report, self._cite).build(
            trees["questions.yaml"], names
        )
        by_id = {question.id: question for question in questions}
        builder = RuleBuilder(by_id, findings_tree, catalogue, self._report, self._cite)
        findings = builder.findings()
        self._check_order(questions, builder)
        guide = tuple(self._guide())
        advice = builder.advice(trees["recommendations.yaml"], [page.id for page in guide])
        self._check_recommendations(advice)
        rules = builder.rules(rules_file.get("rules"), advice)
        precautions = builder.precautions(rules_file.get("precautions"))
        support = builder.support(rules_file.get("support"))
        texts = self._texts(trees["texts.yaml"], catalogue)
        reader = ConditionReader(by_id, names, self._report)
        carer = head.get("carer_when")
        protocol = Protocol(
            id=head.words("id"),
            title=catalogue.one(head, "title", "protocol"),
            version=head.words("version"),
            date=head.words("date"),
            author=head.words("author"),
            intended_purpose=catalogue.one(head, "intended_purpose", "protocol", locked=True),
            language=language,
            carer_when=None if carer is None else reader.read(carer),
            questions=questions,
            findings=findings,
            rules=rules,
            precautions=precautions,
            support=support,
            advice=advice,
            promises=builder.promises(trees["safety.yaml"]),
            cases=CaseBuilder(by_id, self._report).build(
                trees["cases.yaml"], [rule.id for rule in rules]
            ),
            texts=texts,
            sources=self._sources,
            guide=guide,
            rules_hash=rules_hash(questions, findings, rules, advice, precautions, support),
            wording_hash=wording_hash(catalogue.texts, guide, self._sources),
        )
        return protocol, catalogue

    def _source_list(self, tree: Value | None) -> dict[str, Source]:
        return {
            fields.words("id"): Source(
                fields.words("id"), fields.words("claim"), fields.words("source")
            )
            for fields in records(tree)
        }

    def _cite(self, fields: Fields) -> tuple[str, ...]:
        for item in fields.scalars("evidence"):
            if item.text not in self._sources:
                self._report.unknown(
                    item.place,
                    Code.UNKNOWN_EVIDENCE,
                    item.text,
                    "a row of evidence.yaml",
                    self._sources,
                )
        return tuple(item.text for item in fields.scalars("evidence"))

    def _check_order(self, questions: Iterable[Question], builder: RuleBuilder) -> None:
        earlier: set[str] = set()
        for question in questions:
            if question.enable_when is not None:
                for test in every_test(question.enable_when, builder.conditions):
                    if test.question not in earlier:
                        self._report.add(
                            Place("questions.yaml"),
                            Code.FORWARD_REFERENCE,
                            f"`{question.id}`, whose `enable_when` leads to `{test.question}`",
                            "questions asked earlier",
                        )
            earlier.add(question.id)

    def _check_recommendations(self, advice: Mapping[Recommend, object]) -> None:
        for needed in (Recommend.EMERGENCY, Recommend.MEDICAL_CLEARANCE_FIRST):
            if needed not in advice:
                self._report.add(
                    Place("recommendations.yaml"),
                    Code.MISSING_KEY,
                    f"no `{needed.id}`",
                    "it: every protocol needs it",
                )

    def _texts(self, tree: Value | None, catalogue: Catalogue) -> dict[str, Text]:
        fields = Fields(tree, Place("texts.yaml"))
        texts = {
            key.text: catalogue.take(
                f"text.{key.text}", as_text(value), key.place, locked=key.text in LOCKED_TEXTS
            )
            for key, value in fields
        }
        for name in LOCKED_TEXTS:
            if name not in texts:
                self._report.add(
                    fields.place, Code.MISSING_LOCKED_TEXT, f"no `{name}`", f"`{name}: ...`"
                )
        return texts

    def _translation(self, language: str, catalogue: Catalogue) -> dict[str, Text]:
        name = f"{language}.yaml"
        tree = Fields(self._read(name, TRANSLATION), Place(name))
        translation = {}
        for key, value in tree:
            if key.text not in catalogue.texts:
                self._report.unknown(
                    key.place, Code.UNKNOWN_TEXT, key.text, "the id of a text", catalogue.texts
                )
            translation[key.text] = as_text(value)
        for text_id in catalogue.locked:
            if text_id not in translation:
                self._report.add(
                    tree.place, Code.MISSING_LOCKED_TEXT, f"no `{text_id}`", "its translation"
                )
        return translation

    def _guide(self) -> Iterable[GuidePage]:
        for path in sorted((self._folder / "guide").glob("*.md")):
            first, _, rest = path.read_text(encoding="utf-8").partition("\n")
            if not first.startswith("# "):
                place = Place(f"guide/{path.name}")
                self._report.add(place, Code.BAD_VALUE, f"`{first[:40]}`", "`# Title` first")
            yield GuidePage(path.stem, first.removeprefix("# ").strip(), rest.strip())

    def _reviewed(self, protocol: Protocol) -> Protocol:
        """Attach the review, where there is one of exactly this content."""
        tree = self._read(REVIEW_FILE, REVIEW, optional=True)
        fields = Fields(tree, Place(REVIEW_FILE))
        hashes = (fields.words("rules_hash"), fields.words("wording_hash"))
        if hashes != (protocol.rules_hash, protocol.wording_hash):
            return protocol
        review = Review(fields.words("reviewer"), fields.words("role"), fields.words("date"))
        return replace(protocol, review=review)
