"""Defects that somebody listed who had seen neither the promises nor the cases: each is noticed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from assessment.engine.decision import Engine
from assessment.engine.protocol import Protocol
from assessment.proof.cases import judged
from assessment.protocols.diagnostics import BrokenProtocol
from assessment.protocols.load import load_protocol
from tests.proof.cheap_proof import breaks_a_bound, passes_by
from tests.proof.mutant_noticed import Caught, proven_wrong, told
from tests.proof.parsed_once import parsed_once

LIST = Path(__file__).with_name("seeded_defects.yaml")
HARM = frozenset({"urgency", "pressure", "precaution", "hidden_sign"})
"""Kinds that must be refused; of the others a line of the difference must tell."""
FEWEST = 40


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
    """Return the shipped protocol; while it is used, what a defect left as it was is kept."""
    with parsed_once():
        yield load_protocol(shipped)


def noticed(protocol: Protocol, folder: Path, *, prove: bool) -> Caught:
    """Return what notices that the protocol in this folder is another one."""
    try:
        changed = load_protocol(folder)
    except BrokenProtocol:
        return Caught.CHECK
    if not prove:
        return Caught.DIFF if list(told(protocol, changed)) else Caught.NOT
    engine, kept = Engine(changed), set(protocol.questions)
    differ = {one.id for one in changed.questions if one not in kept}
    if breaks_a_bound(engine) or (differ and passes_by(changed, differ)):
        return Caught.PROOF
    if any(one.wrong or one.unsafe for one in judged(engine)):
        return Caught.CASES
    return proven_wrong(engine)


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.id)
def test_each_is_refused_or_told(
    shipped: Path, protocol: Protocol, tmp_path: Path, defect: Defect
) -> None:
    folder = tmp_path / "muscle_pain"
    shutil.copytree(shipped, folder)
    defect.put_into(folder)

    found = noticed(protocol, folder, prove=defect.kind in HARM)

    assert found.refuses if defect.kind in HARM else found is not Caught.NOT, defect.what


def test_what_has_no_defect_is_refused_by_none_of_this(protocol: Protocol) -> None:
    engine = Engine(protocol)
    signs = {sign.question for promise in protocol.promises for sign in promise.asked}

    assert not breaks_a_bound(engine)
    assert not passes_by(protocol, signs)
    assert not any(one.wrong or one.unsafe for one in judged(engine))


def test_there_are_many_of_them_and_each_has_a_name_of_its_own() -> None:
    assert len({one.id for one in DEFECTS}) == len(DEFECTS) >= FEWEST
    assert {one.kind for one in DEFECTS} > HARM
