"""A protocol loaded from its folder, or the whole report of why it cannot be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from assessment.engine.conditions import every_test
from assessment.engine.protocol import GuidePage, Protocol, Recommend, Review
from assessment.engine.questions import Question
from assessment.engine.text import Text
from assessment.protocols.build_advice import AdviceBuilder
from assessment.protocols.build_cases import CaseBuilder
from assessment.protocols.build_promises import PromiseBuilder
from assessment.protocols.build_questions import QuestionBuilder
from assessment.protocols.build_rules import RuleBuilder
from assessment.protocols.build_start import read_start
from assessment.protocols.build_summary import read_summary
from assessment.protocols.conditions import ConditionReader
from assessment.protocols.diagnostics import BrokenProtocol, Code, Place, Report
from assessment.protocols.evidence import Evidence
from assessment.protocols.fields import Fields, as_text, records
from assessment.protocols.files import (
    BIGGEST,
    FILES,
    GUIDE_ID,
    LOCKED_TEXTS,
    OPTIONAL_FILES,
    REVIEW,
    TRANSLATION,
)
from assessment.protocols.hashes import rules_hash, wording_hash
from assessment.protocols.nodes import Scalar, Value, read_yaml
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


def load_kept(folder: Path) -> Protocol:
    """Return what a folder holds, whatever a newer language finds wrong with it.

    For versions that loaded without fault once, and are compared by their hashes now. Raises
    BrokenProtocol when there is nothing to build from.
    """
    report = Report()
    protocol = _Loader(folder, report).load(None)
    if protocol is None:
        raise BrokenProtocol(report.diagnostics)
    return protocol


class _Loader:
    def __init__(self, folder: Path, report: Report) -> None:
        self._folder = folder
        self._report = report
        self._evidence = Evidence(report)

    def load(self, language: str | None) -> Protocol | None:
        if not self._folder.is_dir():
            self._report.add(
                Place(str(self._folder)), Code.MISSING_FILE, "no such folder", "a protocol folder"
            )
            return None
        trees = {name: self._read(name, shape) for name, shape in FILES.items()}
        head = Fields(trees["protocol.yaml"], Place("protocol.yaml"))
        own = head.words("language")
        if trees["questions.yaml"] is None:
            return None  # everything else would be reported for naming questions
        enabled = [item.text for item in head.scalars("languages") if item.text != own]
        files = {name: self._read(f"{name}.yaml", TRANSLATION) for name in enabled}
        translations = {name: _translation(tree) for name, tree in files.items()}
        base, catalogue = self._build(trees, head, own, translations)
        for name, tree in files.items():
            if tree is not None:
                self._check_translation(Fields(tree, Place(f"{name}.yaml")), catalogue)
        if language in translations:
            base, _ = self._build(trees, head, language, translations)
        if language not in (None, own, *enabled):
            self._report.add(
                head.place_of("languages"), Code.BAD_VALUE, f"`{language}`", "an enabled language"
            )
        return self._reviewed(base)

    def _read(self, name: str, shape: Shape, *, optional: bool = False) -> Value | None:
        """Return the tree of a file; None where there is nothing to build from."""
        path = self._folder / name
        if not path.is_file():
            if name not in OPTIONAL_FILES and not optional:
                self._report.add(Place(name), Code.MISSING_FILE, "no file", f"`{name}`")
            return None
        text = self._text(path, name)
        tree = None if text is None else read_yaml(text, name, self._report)
        if tree is not None:
            shape.check(tree, self._report)
        return None if isinstance(tree, Scalar) else tree

    def _text(self, path: Path, name: str) -> str | None:
        try:
            data = path.read_bytes()
            text = data.decode("utf-8")
        except OSError as error:
            found = f"a file that cannot be read ({error.strerror})"
            self._report.add(Place(name), Code.NOT_TEXT, found, "text in UTF-8")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            self._report.add(Place(name, line), Code.NOT_TEXT, "bytes", "text in UTF-8")
        else:
            if len(data) <= BIGGEST:
                return text
            self._report.add(Place(name), Code.NOT_TEXT, "a huge file", f"under {BIGGEST} bytes")
        return None

    def _build(
        self,
        trees: Mapping[str, Value | None],
        head: Fields,
        language: str,
        translations: Mapping[str, Mapping[str, Text]],
    ) -> tuple[Protocol, Catalogue]:
        if trees["evidence.yaml"] is not None:
            self._evidence.read(trees["evidence.yaml"])
        cite = self._evidence.cite
        catalogue = Catalogue(translations.get(language, {}))
        rules_file = Fields(trees["rules.yaml"], Place("rules.yaml"))
        findings_tree = rules_file.get("findings")
        names = frozenset(key.text for key, _ in Fields(findings_tree, rules_file.place))
        asking = QuestionBuilder(catalogue, self._report, cite)
        questions = asking.build(trees["questions.yaml"], names)
        by_id = {question.id: question for question in questions}
        builder = RuleBuilder(by_id, findings_tree, catalogue, self._report, cite, asking.broken)
        findings = builder.findings()
        self._check_order(questions, builder, trees["questions.yaml"])
        guide = tuple(self._guide())
        advice = AdviceBuilder(by_id, builder.reader, catalogue, self._report).build(
            trees["recommendations.yaml"], [page.id for page in guide]
        )
        if trees["recommendations.yaml"] is not None:
            self._check_recommendations(advice)
        rules = builder.rules(
            rules_file.get("rules"),
            advice if trees["recommendations.yaml"] is not None else tuple(Recommend),
        )
        precautions = builder.precautions(rules_file.get("precautions"))
        support = builder.support(rules_file.get("support"))
        texts = self._texts(trees["texts.yaml"], catalogue)
        reader = ConditionReader(by_id, names, self._report, broken=asking.broken)
        carer = head.get("carer_when")
        start_asks = read_start(head, questions, self._report, asking.broken)
        summary = read_summary(head, by_id, self._report, asking.broken)
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
            promises=PromiseBuilder(by_id, builder, catalogue, self._report, cite).build(
                trees["safety.yaml"]
            ),
            cases=CaseBuilder(by_id, self._report, asking.broken).build(
                trees["cases.yaml"],
                None
                if trees["rules.yaml"] is None
                else [fields.words("id") for fields in rules_file.records("rules")],
            ),
            texts=texts,
            sources=self._evidence.sources,
            guide=guide,
            rules_hash=rules_hash(questions, findings, rules, advice, precautions, support),
            wording_hash=wording_hash(
                catalogue.texts,
                translations,
                guide,
                self._evidence.sources,
                summary,
                start_asks,
                head.number("minutes"),
            ),
            summary=summary,
            audience=catalogue.maybe(head, "audience", "protocol"),
            therapist=catalogue.maybe(head, "therapist", "protocol"),
            start_asks=start_asks,
            minutes=head.number("minutes"),
        )
        return protocol, catalogue

    def _check_order(
        self, questions: Iterable[Question], builder: RuleBuilder, tree: Value | None
    ) -> None:
        """Report findings in `enable_when` that lead to questions not asked earlier."""
        places = {fields.words("id"): fields.place_of("enable_when") for fields in records(tree)}
        earlier: set[str] = set()
        for question in questions:
            if question.enable_when is not None:
                for test in every_test(question.enable_when, builder.conditions):
                    if test.question not in earlier:
                        self._report.add(
                            places[question.id],
                            Code.FORWARD_REFERENCE,
                            f"a finding that leads to `{test.question}`, which is asked later",
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
                    f"`id: {needed.id}`, which every protocol needs",
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
            if tree is not None and name not in texts:
                self._report.add(
                    fields.place, Code.MISSING_LOCKED_TEXT, f"no `{name}`", f"`{name}: ...`"
                )
        return texts

    def _check_translation(self, fields: Fields, catalogue: Catalogue) -> None:
        keys = {key.text: key for key, _ in fields}
        for name, key in keys.items():
            if name not in catalogue.texts:
                self._report.unknown(
                    key.place, Code.UNKNOWN_TEXT, name, "the id of a text", catalogue.texts
                )
        for text_id in catalogue.locked:
            if text_id not in keys:
                self._report.add(
                    fields.place, Code.MISSING_LOCKED_TEXT, f"no `{text_id}`", "its translation"
                )

    def _guide(self) -> Iterable[GuidePage]:
        for path in sorted((self._folder / "guide").glob("*.md")):
            name = f"guide/{path.name}"
            text = self._text(path, name)
            if text is None:
                continue
            if not re.fullmatch(GUIDE_ID.pattern, path.stem):
                self._report.add(Place(name), Code.BAD_ID, f"`{path.stem}`", GUIDE_ID.what)
            first, _, rest = text.partition("\n")
            if not first.startswith("# "):
                self._report.add(Place(name), Code.BAD_VALUE, f"`{first[:40]}`", "`# Title` first")
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


def _translation(tree: Value | None) -> dict[str, Text]:
    return {key.text: as_text(value) for key, value in Fields(tree, Place(""))}
