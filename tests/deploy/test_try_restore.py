"""The weekly try of the newest backup: it opens and reads everything, or says why it cannot."""

from __future__ import annotations

import importlib.util
import json
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner, Result

from assessment.records import clients, clinics, responses
from assessment.web.server.settings import read_settings
from assessment.web.server.storage import open_database
from tests.conftest import ROOT
from tests.records.some import some_client, some_clinic, some_response

NAME = "Zebrafinch Quill"


def script(name: str) -> ModuleType:
    """One of the scripts of `deploy/`, as a module."""
    path = ROOT / "deploy" / name
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(path.parent)
        spec.loader.exec_module(module)
    return module


def deployed(name: str, instance: Path, *words: str | Path) -> Result:
    given = [str(word) for word in words]
    return CliRunner().invoke(script(name).main, given, env={"INSTANCE": str(instance)})


class House:
    """An installation with a clinic, a client and a response, and a folder of its backups."""

    def __init__(self, folder: Path) -> None:
        self.instance, self.copies = folder / "instance", folder / "copies"
        self.key, self.public = folder / "backup.key", folder / "backup.pub"
        self.status = folder / "restore-test.json"
        self.copies.mkdir()
        made = subprocess.run(
            ["age-keygen", "-o", self.key], check=True, capture_output=True, text=True, timeout=10
        )
        self.public.write_text(made.stderr.removeprefix("Public key: "))
        database = open_database(read_settings(instance=self.instance))
        clinic = some_clinic()
        client = some_client(clinic.id, name=NAME)
        with database.writing() as tx:
            clinics.add(tx, clinic)
            clients.add(tx, client)
            assert responses.add(tx, clinic.id, some_response(client.id), "a-visit")
        database.close()

    def back_up(self) -> Path:
        ended = deployed("backup.py", self.instance, "--encrypt-to", self.public, self.copies)
        assert ended.exit_code == 0, ended.output
        return Path(ended.stdout.strip())

    def tried(self) -> dict[str, object]:
        """What a try writes down; its exit status says the same."""
        ended = deployed(
            "try_restore.py", self.instance,
            "--identity", self.key, "--status", self.status, self.copies,
        )  # fmt: skip
        told: dict[str, object] = json.loads(self.status.read_text("utf-8"))
        assert (ended.exit_code == 0) == told["well"], ended.output
        assert NAME not in ended.output + self.status.read_text("utf-8")
        return told


@pytest.fixture
def house(tmp_path: Path) -> House:
    if shutil.which("age") is None:
        pytest.skip("they need age; get it with: apt install age")
    return House(tmp_path)


def test_an_encrypted_copy_is_opened_and_every_response_in_it_is_read(house: House) -> None:
    copy = house.back_up()
    assert copy.name.endswith(".db.age")
    assert list(house.copies.iterdir()) == [copy]
    assert copy.read_bytes().startswith(b"age-encryption.org/v1\n")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    told = house.tried()
    assert (told["well"], told["copy"], told["clinics"], told["responses"]) == (
        True, copy.name, 1, 1,
    )  # fmt: skip


def test_without_the_keys_the_try_fails_and_says_which_is_wrong(house: House) -> None:
    house.back_up()
    (house.instance / "records.key").write_bytes(bytes(range(32)))
    told = house.tried()
    assert told["well"] is False
    assert "not the key" in str(told["why"])

    house.key.unlink()
    subprocess.run(["age-keygen", "-o", house.key], check=True, capture_output=True, timeout=10)
    assert "cannot be decrypted" in str(house.tried()["why"])


def test_where_there_is_no_copy_that_is_no_success(house: House) -> None:
    told = house.tried()
    assert told["well"] is False
    assert "no copy" in str(told["why"])


def test_what_has_to_be_erased_again_lies_beside_the_copies(house: House) -> None:
    (house.instance / "erasures").write_text("")
    house.back_up()
    assert (house.copies / "erasures").exists()


@pytest.fixture(scope="module")
def libraries() -> ModuleType:
    return script("debian/libraries.py")


def a_library(folder: Path, name: str, needs: str = "") -> None:
    about = folder / f"{name}-1.dist-info"
    about.mkdir(parents=True)
    told = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n"
    (about / "METADATA").write_text(told + (f"Requires-Dist: {needs}\n" if needs else ""))
    (about / "RECORD").write_text(
        f"{name}.py,,\n{name}-1.dist-info/METADATA,,\n{name}-1.dist-info/RECORD,,\n"
    )
    (folder / f"{name}.py").write_text("")


def test_the_package_holds_what_the_project_needs_and_not_what_builds_it(
    libraries: ModuleType, tmp_path: Path
) -> None:
    a_library(tmp_path, "kept", 'inner; python_full_version < "3.11.3"')
    a_library(tmp_path, "inner")
    a_library(tmp_path, "builder")
    project = {
        "dependencies": ["kept>=1"],
        "optional-dependencies": {extra: [] for extra in libraries.EXTRAS},
    }
    libraries.keep(project, tmp_path, "3.11")
    assert sorted(path.name for path in tmp_path.glob("*.py")) == ["inner.py", "kept.py"]
    (tmp_path / "inner-1.dist-info" / "METADATA").unlink()
    shutil.rmtree(tmp_path / "inner-1.dist-info")
    with pytest.raises(libraries.CannotBuild, match=r"lacks inner, which Python 3\.11 needs"):
        libraries.keep(project, tmp_path, "3.11")


def test_nothing_of_the_folder_it_was_built_in_stays_with_a_library(
    libraries: ModuleType, tmp_path: Path
) -> None:
    """Else no package is equal to one that somebody builds in another folder."""
    a_library(tmp_path, "kept")
    record = tmp_path / "kept-1.dist-info" / "RECORD"
    before = record.read_text()
    record.write_text(f"../../bin/kept,sha256=of-the-line-that-names-the-folder,237\n{before}")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "kept").write_text(f"#!{sys.executable}\n")
    project = {
        "dependencies": ["kept"],
        "optional-dependencies": {extra: [] for extra in libraries.EXTRAS},
    }
    libraries.keep(project, tmp_path, "3.11")
    assert record.read_text() == before
    assert not (tmp_path / "bin").exists()


def test_two_pythons_share_a_folder_only_where_no_file_differs(
    libraries: ModuleType, tmp_path: Path
) -> None:
    one, two, parts = tmp_path / "one", tmp_path / "two", tmp_path / "parts"
    for folder, tag in ((one, "311"), (two, "313")):
        folder.mkdir()
        (folder / "same.py").write_text("same")
        (folder / f"fast.cpython-{tag}.so").write_text(tag)
        libraries.merge(folder, parts)
    names = {path.name for path in parts.iterdir()}
    assert names == {"same.py", "fast.cpython-311.so", "fast.cpython-313.so"}
    (two / "same.py").write_text("other")
    with pytest.raises(libraries.CannotBuild, match=r"same\.py differs"):
        libraries.merge(two, parts)
