"""Only a protocol that is proven is served, and the about page says what that means."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assessment.engine.protocol import Protocol
from assessment.proof.kept import Proof
from assessment.proof.report import Kind
from assessment.proof.versions import FOLDER
from assessment.web.factory import make_app
from assessment.web.listening import CannotStart
from assessment.web.serve import load_app
from assessment.web.server.settings import read_settings
from assessment.web.site import PROVEN
from assessment.web.walk.services import Offered
from tests import tiny
from tests.web.client import Client
from tests.web.conftest import KEY, SMALL, WAIVER
from tests.web.test_serve import run

NOW = "2026-11-23 10:00 UTC"


@pytest.fixture
def unproven(tmp_path: Path) -> Path:
    """A protocol that loads, and sends chest pain home."""
    folder = tmp_path / "unproven"
    shutil.copytree(SMALL, folder)
    rules = (folder / "rules.yaml").read_text("utf-8")
    start = rules.index("  - {id: chest_pain")
    end = rules.index("  - {id: numb")
    (folder / "rules.yaml").write_text(rules[:start] + rules[end:], "utf-8")
    return folder


def test_a_protocol_that_is_not_proven_is_not_served(tmp_path: Path, unproven: Path) -> None:
    ended = run(tmp_path, PROTOCOL=str(unproven))
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.startswith("web_small 0.1 is not proven, so it is not served.\n")
    assert "below-floor signs.chest" in ended.stderr
    assert "    Signs that matter now: Pain in the chest" in ended.stderr
    assert "docs/proof.md explains each code." in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "instance" / FOLDER).exists()


def test_about_says_what_is_proven_when_and_how_to_repeat_it(small: Protocol) -> None:
    proof = Proof("key", NOW, tuple((kind, 17) for kind in Kind))
    settings = read_settings()
    client = Client(make_app(settings, small, KEY, offered=Offered(proof)))
    text = client.get("/about").text
    assert f"checked version 0.1 on {NOW}" in text
    assert "assessment prove muscle_pain" in text
    for kind in Kind:
        assert PROVEN[kind].format(count=17) in text
    assert "that the evidence is right" in text


def test_about_claims_nothing_that_was_not_checked(small: Protocol, client: Client) -> None:
    proof = Proof("key", NOW, ((Kind.TOTAL, 1), (Kind.PROMISES, 0)))
    shown = Client(make_app(read_settings(), small, KEY, offered=Offered(proof))).get("/about").text
    assert PROVEN[Kind.TOTAL] in shown
    assert "safety promise is kept" not in shown
    assert "What is proven" not in client.get("/about").text


def test_about_tells_nobody_where_the_folder_is(tmp_path: Path) -> None:
    settings = read_settings(instance=tmp_path, protocol=str(SMALL))
    page = Client(load_app(settings)).get("/about")
    assert "assessment prove FOLDER" in page.text
    assert str(SMALL) not in page.html


def test_every_kind_of_proof_has_words_for_everybody() -> None:
    assert set(PROVEN) == set(Kind)


PUBLIC: dict[str, object] = {"public_url": "https://clinic.example", "proxy_hops": 0}


@pytest.fixture
def unpromised(tmp_path: Path) -> Path:
    """A protocol without tags and promises: each claim about it holds, and says nothing."""
    folder = tmp_path / "unpromised"
    folder.mkdir()
    questions = tiny.QUESTIONS.replace(", safety: emergency", "")
    questions = questions.replace(", safety: clearance", "")
    tiny.write(folder, questions=questions)
    return folder


def test_what_promises_nothing_is_not_served_to_a_public_address(
    tmp_path: Path, unpromised: Path
) -> None:
    settings = read_settings(protocol=str(unpromised), instance=tmp_path, **PUBLIC)
    with pytest.raises(
        CannotStart, match=r"no promise asks for emergency care, .* name who takes responsibility"
    ):
        load_app(settings)


@pytest.mark.parametrize(
    ("old", "tag"), [("amber", "clearance"), ("red", "urgent"), ("red", "emergency")]
)
def test_one_tag_is_enough_for_a_public_address_only_where_it_is_of_an_emergency(
    tmp_path: Path, unpromised: Path, old: str, tag: str
) -> None:
    questions = unpromised / "questions.yaml"
    text = questions.read_text(encoding="utf-8").replace(
        f"id: {old},", f"id: {old}, safety: {tag},"
    )
    questions.write_text(text, encoding="utf-8")
    says = "nothing says what" if tag == "emergency" else "no promise asks for emergency care"
    with pytest.raises(CannotStart, match=says):
        load_app(read_settings(protocol=str(unpromised), instance=tmp_path, **PUBLIC))


def test_without_demands_on_its_words_it_is_not_served_to_a_public_address(tmp_path: Path) -> None:
    folder = tiny.write(tmp_path)
    settings = read_settings(protocol=str(folder), instance=tmp_path, **PUBLIC)
    with pytest.raises(CannotStart, match=r"nothing says what they must contain"):
        load_app(settings)
    with pytest.raises(CannotStart, match="is not proven"):
        load_app(read_settings(protocol=str(folder), instance=tmp_path))
    with (folder / "protocol.yaml").open("a", encoding="utf-8") as file:
        file.write(WAIVER)
    with pytest.raises(CannotStart, match="is not proven"):
        load_app(settings)


def test_what_promises_nothing_is_served_to_its_author_or_with_a_waiver(
    tmp_path: Path, unpromised: Path
) -> None:
    """It stops later at what is not proven of so small a protocol, and not at its promises."""
    with pytest.raises(CannotStart, match="is not proven"):
        load_app(read_settings(protocol=str(unpromised), instance=tmp_path))
    with (unpromised / "protocol.yaml").open("a", encoding="utf-8") as file:
        file.write(WAIVER)
    with pytest.raises(CannotStart, match="is not proven"):
        load_app(read_settings(protocol=str(unpromised), instance=tmp_path, **PUBLIC))
