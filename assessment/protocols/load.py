"""A protocol loaded from its folder, or the whole report of why it cannot be."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from assessment.engine.protocol import Protocol, Review
from assessment.engine.text import Text
from assessment.protocols import safety_texts
from assessment.protocols.build import ProtocolBuilder
from assessment.protocols.diagnostics import BrokenProtocol, Code, Diagnostic, Place, Report
from assessment.protocols.earlier import faults_then
from assessment.protocols.fields import Fields, as_text
from assessment.protocols.files import (
    FILES,
    REVIEW,
    TRANSLATION,
)
from assessment.protocols.folder import REVIEW_FILE, Folder
from assessment.protocols.hashes import content_hash
from assessment.protocols.nodes import Value
from assessment.protocols.safety_texts import SafetyTextsChecker
from assessment.protocols.texts import Catalogue

_NAMED_IN = {
    Code.UNKNOWN_FINDING: {"rules.yaml"},
    Code.UNKNOWN_TEXT: FILES.keys()
    - {"safety.yaml", "cases.yaml", "evidence.yaml", "safety_texts.yaml"},
}
"""Where the names stand that a fault of this kind does not find."""
_WITH_SAFETY_TEXTS = ("protocol.yaml", "recommendations.yaml", "rules.yaml", "texts.yaml")
RULES_FOLDER = Path(__file__).resolve().parents[2] / "rules"


def find_protocol(name: str) -> Path:
    """Return the folder that a name means: a path, or a folder of `rules/`."""
    path = Path(name).expanduser() if name.startswith("~/") else Path(name)
    return path if path.is_dir() or "/" in name else RULES_FOLDER / name


def load_but_cases(
    folder: Path, but: Collection[Code] = ()
) -> tuple[Protocol, BrokenProtocol | None]:
    """Return the protocol in this folder, and a report of what is wrong with its cases, if any.

    Cases with a fault are left out: what is said of all answers needs none. Faults of the kinds
    `but`, for which nothing is left out, are in the report as well. Raises BrokenProtocol with
    every fault found when there is any other one.
    """
    report = Report()
    protocol = _Loader(Folder(folder, report), report).load(None)
    elsewhere = any(
        one.place.file != "cases.yaml" and one.code not in but for one in report.diagnostics
    )
    if elsewhere or protocol is None:
        raise BrokenProtocol(report.diagnostics)
    return protocol, BrokenProtocol(report.diagnostics) if report.diagnostics else None


def load_protocol(folder: Path, language: str | None = None) -> Protocol:
    """Return the protocol in this folder, in its own language or an enabled other one.

    Raises BrokenProtocol with every fault found when it cannot be used.
    """
    report = Report()
    protocol = _Loader(Folder(folder, report), report).load(language)
    if report.diagnostics or protocol is None:
        raise BrokenProtocol(report.diagnostics)
    return protocol


def load_kept(folder: Path, version: str | None = None) -> Protocol:
    """Return what a folder holds, whatever a newer language finds wrong with it.

    For versions that loaded without fault once, and are compared by their hashes now: those of
    this `version`, where an earlier program gave them to the same words. Raises BrokenProtocol
    when there is nothing to build from.
    """
    return _kept(folder, version)[0]


def load_earlier(folder: Path) -> tuple[Protocol, BrokenProtocol | None]:
    """Return the protocol in a folder of an earlier day, and what is wrong with its cases, if any.

    What the language allowed then is no fault of it, as long as all that is written is read.
    Raises BrokenProtocol with every fault by which a part would be left out unsaid.
    """
    protocol, diagnostics = _kept(folder, None)
    faults = faults_then(diagnostics)
    if any(one.place.file != "cases.yaml" for one in faults):
        raise BrokenProtocol(faults)
    return protocol, BrokenProtocol(faults) if faults else None


def _kept(folder: Path, version: str | None) -> tuple[Protocol, list[Diagnostic]]:
    report = Report()
    protocol = _Loader(Folder(folder, report, as_written=True), report, version).load(None)
    if protocol is None:
        raise BrokenProtocol(report.diagnostics)
    return protocol, report.diagnostics


class _Loader:
    def __init__(self, folder: Folder, report: Report, version: str | None = None) -> None:
        self._folder = folder
        self._report = report
        self._version = version

    def load(self, language: str | None) -> Protocol | None:
        if not self._folder.is_there():
            return None
        self._folder.report_strays()
        trees = {name: self._folder.tree(name, shape) for name, shape in FILES.items()}
        head = Fields(trees["protocol.yaml"], Place("protocol.yaml"))
        own = head.words("language")
        if trees["questions.yaml"] is None:
            return None  # everything else would be reported for naming questions
        enabled = [item.text for item in head.scalars("languages") if item.text != own]
        files = {name: self._folder.tree(f"{name}.yaml", TRANSLATION) for name in enabled}
        translations = {name: _translation(tree) for name, tree in files.items()}
        guide = tuple(self._folder.guide())
        building = ProtocolBuilder(trees, guide, translations.get(own, {}), self._report)
        base = building.build(own, translations, self._version)
        for name, tree in files.items():
            if tree is not None:
                self._check_translation(Fields(tree, Place(f"{name}.yaml")), building.catalogue)
        if language in translations:
            other = ProtocolBuilder(trees, guide, translations[language], self._report)
            base = other.build(language, translations)
        if language not in (None, own, *enabled):
            self._report.add(
                head.place_of("languages"), Code.BAD_VALUE, f"`{language}`", "an enabled language"
            )
        base = self._with_safety_texts(base, trees, building.catalogue, files)
        self._forget_what_follows({name for name, tree in trees.items() if tree is None})
        return self._reviewed(base)

    def _forget_what_follows(self, unread: Collection[str]) -> None:
        """Say nothing about names that only a file which could not be read would explain."""
        for code, files in _NAMED_IN.items():
            if not files.isdisjoint(unread):
                self._report.forget(code)

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

    def _with_safety_texts(
        self,
        protocol: Protocol,
        trees: Mapping[str, Value | None],
        catalogue: Catalogue,
        translations: Mapping[str, Value | None],
    ) -> Protocol:
        """Attach what is demanded of the safety texts, where something is."""
        tree = trees[safety_texts.FILE]
        read = [trees[name] for name in _WITH_SAFETY_TEXTS] + list(translations.values())
        if tree is None or None in read:
            return protocol  # texts that could not be read would be reported as if they were gone
        head = Fields(trees["protocol.yaml"], Place("protocol.yaml"))
        checker = SafetyTextsChecker(tree, catalogue, translations, head, self._report)
        return replace(protocol, safety_texts=checker.check())

    def _reviewed(self, protocol: Protocol) -> Protocol:
        """Attach the review, where there is one of exactly this content."""
        tree = self._folder.tree(REVIEW_FILE, REVIEW, optional=True)
        fields = Fields(tree, Place(REVIEW_FILE))
        hashed = fields.words("content_hash")
        if not hashed or hashed != content_hash(self._folder.covered()):
            return protocol
        review = Review(fields.words("reviewer"), fields.words("role"), fields.words("date"))
        return replace(protocol, review=review)


def _translation(tree: Value | None) -> dict[str, Text]:
    return {key.text: as_text(value) for key, value in Fields(tree, Place(""))}
