"""The folder of a protocol: which of its files count, and what they hold, read in one way."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from assessment.engine.protocol import GuidePage
from assessment.protocols.diagnostics import Code, Place, Report
from assessment.protocols.files import BIGGEST, FILES, GUIDE_ID, LANGUAGE, OPTIONAL_FILES
from assessment.protocols.nodes import Scalar, Value, read_yaml
from assessment.protocols.shape import Shape

REVIEW_FILE = "review.yaml"
_ALMOST = 0.75
"""From what likeness on a name is a slip (difflib: 0 to 1): `safty`, `rules2`; not `old`."""
BESIDE = ("population.yaml", "population_answers.yaml")
"""Files about a protocol that are read by commands of their own."""
NOT_COVERED = {REVIEW_FILE: "it is the sign-off itself"}
"""What a sign-off does not cover of all that is read, with the reason. Comments, layout and the
order of keys are not covered either: nothing reads them."""
DECIDES = ("protocol.yaml", "questions.yaml", "rules.yaml", "recommendations.yaml", "safety.yaml")
"""The files that say what is asked, decided and promised."""


def made_of(folder: Path) -> list[Path]:
    """Return the files that a protocol is made of, its review aside.

    What editors and file systems leave behind (`._rules.yaml`, `.#plan.md`) is none of it, and
    neither is a folder, whatever it is called.
    """
    named = [path for path in sorted(folder.glob("*.yaml")) if _counts(path.name)]
    return [path for path in [*named, *guide_pages(folder)] if path.is_file()]


def guide_pages(folder: Path) -> list[Path]:
    """Return what stands as a guide page in the folder, in the order of names."""
    return [path for path in sorted((folder / "guide").glob("*.md")) if path.name[0] != "."]


def plain_text(data: bytes) -> str:
    """Return a text without what an editor adds on its own: a mark at the start, other line ends.

    A clinician's review holds for the words, and they are the same. Raises UnicodeDecodeError.
    """
    return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 (hex) of the text of each file that decisions and promises stand in.

    A `safety.yaml` that is not there counts as one without promises. Raises OSError where a file
    cannot be read.
    """
    found = {}
    for name in DECIDES:
        path = folder / name
        missing = name in OPTIONAL_FILES and not path.exists()
        text = "[]" if missing else plain_text(path.read_bytes())
        found[name] = hashlib.sha256(text.encode()).hexdigest()
    return found


class Folder:
    """Reads the files of one protocol; what cannot be read is reported.

    `as_written` reads the text to the letter, as it once went into the hashes of what was kept.
    """

    def __init__(self, path: Path, report: Report, *, as_written: bool = False) -> None:
        self._path = path
        self._report = report
        self._as_written = as_written
        self._trees: dict[str, Value | None] = {}

    def is_there(self) -> bool:
        """Return whether there is such a folder; report it when there is none."""
        if not self._path.is_dir():
            place = Place(str(self._path))
            self._report.add(place, Code.MISSING_FILE, "no such folder", "a protocol folder")
        return self._path.is_dir()

    def tree(self, name: str, shape: Shape, *, optional: bool = False) -> Value | None:
        """Return the tree of a file; None where there is nothing to build from."""
        path = self._path / name
        if not path.is_file():
            if name not in OPTIONAL_FILES and not optional:
                self._report.add(Place(name), Code.MISSING_FILE, "no file", f"`{name}`")
            return None
        text = self._text(path, name)
        tree = None if text is None else read_yaml(text, name, self._report)
        self._trees[name] = tree
        if tree is not None:
            shape.check(tree, self._report)
        return None if isinstance(tree, Scalar) else tree

    def guide(self) -> Iterator[GuidePage]:
        """Yield the guide pages, in the order of their names."""
        for path in guide_pages(self._path):
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

    def covered(self) -> Iterator[tuple[str, Value | str]]:
        """Yield what a sign-off covers, by the names of the files: all that anything here reads.

        A file that is no YAML counts as it is written, and one that cannot be read as empty.
        """
        beside = [path for name in BESIDE if (path := self._path / name).is_file()]
        for path in sorted([*made_of(self._path), *beside]):
            name = path.relative_to(self._path).as_posix()
            if name not in NOT_COVERED:
                tree = self._trees.get(name)
                yield name, _content(path, name) if tree is None else tree

    def report_strays(self) -> None:
        """Report what is called almost like a file of a protocol, and is read by nobody."""
        known = {Path(name).stem: name for name in (*FILES, *BESIDE, REVIEW_FILE)}
        for path in sorted([*self._path.glob("*.yaml"), *self._path.glob("*.yml")]):
            meant = difflib.get_close_matches(path.stem, known, n=1, cutoff=_ALMOST)
            if meant and path.name not in known.values() and path.name[0] != ".":
                found = f"`{path.name}`, which nothing reads"
                expected = f"`{known[meant[0]]}`, or a name of its own"
                self._report.add(Place(path.name), Code.STRAY_FILE, found, expected)

    def _text(self, path: Path, name: str) -> str | None:
        try:
            data = path.read_bytes()
            text = data.decode("utf-8") if self._as_written else plain_text(data)
        except OSError as error:
            found = f"a file that cannot be read ({error.strerror})"
            self._report.add(Place(name), Code.NOT_TEXT, found, "text in UTF-8")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            self._report.add(Place(name, line), Code.NOT_TEXT, "bytes", "text in UTF-8")
        else:
            if len(data) <= BIGGEST:
                return text
            found, expected = f"{len(data):,} bytes", f"{BIGGEST:,} at most"
            self._report.add(Place(name), Code.TOO_LARGE, found, expected)
        return None


def _content(path: Path, name: str) -> Value | str:
    try:
        text = path.read_bytes().decode("utf-8-sig", "backslashreplace")
    except OSError:
        return ""
    tree = read_yaml(text, name, Report()) if path.suffix == ".yaml" else None
    return plain_text(text.encode()) if tree is None else tree


def _counts(name: str) -> bool:
    """Return whether a file of this name says what the protocol is."""
    return name in FILES or re.fullmatch(rf"{LANGUAGE.pattern}\.yaml", name) is not None
