"""Defects that somebody listed who had seen neither the promises nor the cases: each is noticed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from _pytest.mark import ParameterSet

from assessment.engine.decision import Engine
from assessment.engine.protocol import Protocol
from assessment.protocols.diagnostics import BrokenProtocol, Report
from assessment.protocols.load import load_protocol
from assessment.protocols.nodes import Value, read_yaml
from tests.proof.mutant_noticed import Caught, decided, proven_wrong, told

LIST = Path(__file__).with_name("seeded_defects.yaml")
HARM = frozenset({"urgency", "pressure", "precaution", "hidden_sign"})
"""Kinds that must be refused; of the others a line of the difference must tell."""
FEWEST = 40

OPEN: dict[str, str] = {
    "check_by_doctor_optional": "no promise says that a question which clears others is asked",
    "chest_asked_late": "the same people are asked the same, only later: no claim is about order",
}
"""Defects that do harm and that nothing refuses yet, with why."""


@dataclass(frozen=True, slots=True)
class Defect:
    """One slip of an editor: in `file`, `find` becomes `replace`."""

    id: str
    what: str
    file: str
    find: str
    replace: str
    kind: str

    def put_into(self, folder: Path) -> None:
        """Make the slip in a copy of the protocol."""
        path = folder / self.file
        text = path.read_text(encoding="utf-8")
        assert text.count(self.find) == 1, f"{self.id}: `find` must stand in {self.file} once"
        path.write_text(text.replace(self.find, self.replace), encoding="utf-8")


DEFECTS = [Defect(**one) for one in yaml.safe_load(LIST.read_text(encoding="utf-8"))]


@pytest.fixture(scope="module")
def protocol(shipped: Path) -> Iterator[Protocol]:
    """Return the shipped protocol; while it is used, no file of the same text is parsed twice."""
    parsed: dict[tuple[str, str], Value | None] = {}

    def once(text: str, name: str, report: Report) -> Value | None:
        if (name, text) not in parsed:
            found = Report()
            parsed[name, text] = read_yaml(text, name, found)
            if found.diagnostics:
                del parsed[name, text]
                return read_yaml(text, name, report)
        return parsed[name, text]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("assessment.protocols.folder.read_yaml", once)
        yield load_protocol(shipped)


def noticed(protocol: Protocol, folder: Path, *, prove: bool) -> Caught:
    """Return what notices that the protocol in this folder is another one."""
    try:
        changed = load_protocol(folder)
    except BrokenProtocol:
        return Caught.CHECK
    if not prove:
        return Caught.DIFF if list(told(protocol, changed)) else Caught.NOT
    engine = Engine(changed)
    cases = decided(engine)
    if cases is None:
        return Caught.CHECK
    if any(one.wrong or one.unsafe for one in cases):
        return Caught.CASES
    return proven_wrong(engine)


def _marked(defect: Defect) -> ParameterSet:
    reason = OPEN.get(defect.id)
    marks = [] if reason is None else [pytest.mark.xfail(reason=reason, strict=True)]
    return pytest.param(defect, id=defect.id, marks=marks)


@pytest.mark.parametrize("defect", [_marked(one) for one in DEFECTS])
def test_each_is_refused_or_told(
    shipped: Path, protocol: Protocol, tmp_path: Path, defect: Defect
) -> None:
    folder = tmp_path / "muscle_pain"
    shutil.copytree(shipped, folder)
    defect.put_into(folder)

    found = noticed(protocol, folder, prove=defect.kind in HARM)

    assert found.refuses if defect.kind in HARM else found is not Caught.NOT, defect.what


def test_there_are_many_of_them_and_each_has_a_name_of_its_own() -> None:
    assert len({one.id for one in DEFECTS}) == len(DEFECTS) >= FEWEST
    assert {one.kind for one in DEFECTS} > HARM


def test_whatever_is_open_is_on_the_list() -> None:
    assert OPEN.keys() <= {one.id for one in DEFECTS}
