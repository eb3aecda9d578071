"""An update while people walk and Send, and the way back: from the last release, to the next."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from assessment.records import oldest_code
from tests.conftest import ROOT
from tests.stress import updating
from tests.stress.leaks import SMALL
from tests.stress.postgres import Missing, Stoppable, running
from tests.stress.updating import Programs

BEFORE_TAGS = "d543975a48d1ebb9e4974dcef04b9f38cb906669"
"""Stands for the last release until there is a tag."""
EACH = 5
SEED = 47
LATER = """
from alembic import op
import sqlalchemy as sa
revision, down_revision, branch_labels, depends_on, needs_code = "9998", "{head}", None, None, None
def upgrade():
    op.add_column("responses", sa.Column("later", sa.Integer, nullable=False, server_default="7"))
    op.add_column("invitations", sa.Column("later", sa.Text, nullable=True))
    op.create_table("later", sa.Column("id", sa.Text, primary_key=True))
"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def postgres() -> Iterator[Stoppable]:
    with ExitStack() as stack:
        try:
            one = stack.enter_context(running())
        except Missing as error:
            pytest.skip(str(error))
        yield one


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str | None:
    """The database of both programs; None stands for a file in their instance folder."""
    if request.param == "sqlite":
        return None
    server: Stoppable = request.getfixturevalue("postgres")
    return server.create("".join(one for one in request.node.name if one.isalnum())[:60].lower())


def git(*arguments: str) -> bytes | None:
    """Return what git says of this project; None where it says nothing."""
    done = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True)
    return done.stdout if done.returncode == 0 else None


@pytest.fixture
def last_release(tmp_path: Path) -> Path:
    """The tree of the last release."""
    tag = (git("describe", "--tags", "--match", "v*", "--abbrev=0") or b"").decode().strip()
    packed = git("archive", os.environ.get("LAST_RELEASE") or tag or BEFORE_TAGS)
    if packed is None:
        pytest.skip("they need the history of this project; get it with: git fetch --unshallow")
    folder = tmp_path / "last"
    folder.mkdir()
    subprocess.run(["tar", "-x", "-C", str(folder)], input=packed, check=True)
    return folder


@pytest.fixture
def next_release(tmp_path: Path) -> Path:
    """This program with one more step, which adds to tables that are in use."""
    folder = tmp_path / "next"
    for name in ("assessment", "rules", "static", "templates"):
        shutil.copytree(ROOT / name, folder / name)
    step = LATER.format(head=oldest_code.NEWEST)
    versions = folder / "assessment" / "records" / "migrations" / "versions"
    (versions / "v9998_later.py").write_text(step, "utf-8")
    return folder


def other_words(folder: Path) -> Path:
    """The protocol of the next release, which asks for something else to be done."""
    shutil.copytree(SMALL, folder)
    path = folder / "recommendations.yaml"
    text = path.read_text("utf-8")
    assert "Come to your visit." in text
    path.write_text(text.replace("Come to your visit.", "Come an hour before."), "utf-8")
    return folder


def test_an_update_from_the_last_release_loses_nothing_and_older_servers_go_on(
    tmp_path: Path, url: str | None, last_release: Path
) -> None:
    knows_newer = (last_release / "assessment" / "records" / "oldest_code.py").exists()
    programs = Programs(last_release, ROOT, SMALL, SMALL, knows_newer)
    holds(updating.run(tmp_path / "run", url, programs, EACH, SEED))


def test_the_next_release_asks_in_other_words_and_is_taken_back_and_nothing_is_lost(
    tmp_path: Path, url: str | None, next_release: Path
) -> None:
    newer = other_words(tmp_path / "words")
    programs = Programs(ROOT, next_release, SMALL, newer, knows_newer=True)
    figures = updating.run(tmp_path / "run", url, programs, EACH, SEED)
    holds(figures)
    assert figures.waited > 0, "walks of the newer questions wait on the older program"


def holds(figures: updating.Figures) -> None:
    assert figures.broken == ()
    assert figures.sent.pop("while the newer one starts") >= EACH
    assert figures.sent == {
        "on the older alone": EACH,
        "on both by turns": 2 * EACH,
        "after the newer one was taken back": 2 * EACH,
        "on the older alone again": EACH,
    }
