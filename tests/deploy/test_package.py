"""What the Debian package holds, and what its scripts do, without booting anything."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT

DEBIAN = ROOT / "deploy" / "debian"
SCRIPTS = ("config", "postinst", "postrm", "preinst", "prerm", "certificate", "keys",
    "public-key", "assessment")  # fmt: skip
TELLTALE = re.compile(
    rb"pythonhosted|//pypi|BEGIN [A-Z ]*PRIVATE KEY|AGE-SECRET-KEY-1|"
    + re.escape(os.fsencode(ROOT))
)


def built(folder: Path, **environment: str) -> Path:
    """A package of all but the libraries, which take minutes."""
    if shutil.which("dpkg-deb") is None:
        pytest.skip("they need dpkg-deb; get it with: apt install dpkg")
    subprocess.run(
        [sys.executable, DEBIAN / "build.py", "--without-libraries", "--level", "1",
         "--version", "1.2.3", folder],
        check=True, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, timeout=60,
    )  # fmt: skip
    [package] = folder.iterdir()
    return package


@dataclass(frozen=True)
class Package:
    file: Path
    root: Path

    def text(self, name: str) -> str:
        return (self.root / name).read_text("utf-8")

    def files(self) -> Iterator[Path]:
        return (path for path in self.root.rglob("*") if path.is_file() and not path.is_symlink())

    @property
    def fields(self) -> dict[str, str]:
        lines = self.text("DEBIAN/control").splitlines()
        return dict(line.split(": ", 1) for line in lines if re.match("[A-Z]", line))


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    folder = tmp_path_factory.mktemp("package")
    file, root = built(folder / "dist", SOURCE_DATE_EPOCH="1800000000"), folder / "root"
    subprocess.run(["dpkg-deb", "-R", file, root], check=True, timeout=30)
    return Package(file, root)


def test_two_builds_are_equal_byte_for_byte(package: Package, tmp_path: Path) -> None:
    old = os.umask(0o077)
    try:
        again = built(tmp_path, SOURCE_DATE_EPOCH="1800000000", TZ="Asia/Tokyo")
    finally:
        os.umask(old)
    assert again.name == package.file.name
    assert again.read_bytes() == package.file.read_bytes()


def test_it_asks_for_the_pythons_of_debian_12_and_13_and_for_what_its_units_run(
    package: Package,
) -> None:
    depends = package.fields["Depends"].split(", ")
    assert {"python3 (>= 3.11)", "python3 (<< 3.14)", "python3.11 | python3.13"} < set(depends)
    assert {"adduser", "age", "certbot", "logrotate", "nginx", "openssl", "systemd"} < set(depends)
    assert package.fields["Version"] == "1.2.3"
    for python in ("3.11", "3.13"):
        libraries = package.root / f"usr/lib/muscle-pain-assessment/lib/python{python}"
        assert (libraries / "site-packages" / "app.pth").is_file()


def test_every_file_is_the_roots_and_nobody_else_may_write_it(package: Package) -> None:
    listed = subprocess.run(
        ["dpkg-deb", "-c", package.file], check=True, capture_output=True, text=True, timeout=30
    ).stdout.splitlines()
    assert {line.split()[1] for line in listed} == {"root/root"}
    for path in package.root.rglob("*"):
        if not path.is_symlink():
            assert stat.S_IMODE(path.stat().st_mode) in (0o755, 0o644), path


def test_it_holds_no_key_no_registry_and_no_path_of_who_built_it(package: Package) -> None:
    assert [path for path in package.files() if TELLTALE.search(path.read_bytes())] == []
    names = {path.name for path in package.files()}
    assert names.isdisjoint({"records.key", "secret.key", "clinic.db", "pip.conf"})
    assert not any(path.name == "__pycache__" for path in package.root.rglob("*"))


def test_it_holds_the_whole_program_and_no_test(package: Package) -> None:
    app = package.root / "usr/lib/muscle-pain-assessment/app"
    for name in ("assessment", "rules", "templates", "static"):
        mine = subprocess.run(
            ["git", "ls-files", "--", name], cwd=ROOT, check=True, capture_output=True, text=True,
            timeout=30,
        ).stdout.split()  # fmt: skip
        assert mine
        assert [one for one in mine if not (app / one).is_file()] == []
    assert not (app / "tests").exists()


def test_dpkg_can_tell_which_file_was_changed(package: Package) -> None:
    summed = {line.split("  ")[1] for line in package.text("DEBIAN/md5sums").splitlines()}
    conffiles = {"etc/nginx/sites-available/clinic"}
    assert set(package.text("DEBIAN/conffiles").split()) == {f"/{one}" for one in conffiles}
    shipped = {str(path.relative_to(package.root)) for path in package.files()}
    assert summed | conffiles == {one for one in shipped if not one.startswith("DEBIAN/")}


def test_the_units_are_those_of_the_guide_and_start_what_is_inside(package: Package) -> None:
    units = package.root / "usr/lib/systemd/system"
    by_hand = (ROOT / "deploy/clinic.service").read_text("utf-8").splitlines()
    packed = (units / "clinic.service").read_text("utf-8").splitlines()
    differs = [line for line in by_hand if line not in packed]
    assert {line.split("=")[0] for line in differs} == {
        "WorkingDirectory", "ExecStart", "InaccessiblePaths",
    }  # fmt: skip
    assert "InaccessiblePaths=-/var/backups/clinic" in packed
    assert "--encrypt-to /etc/clinic/backup.pub" in (units / "clinic-backup.service").read_text()
    for unit in units.glob("*.service"):
        text = unit.read_text("utf-8")
        [program] = re.findall(r"^ExecStart=(\S+)", text, re.MULTILINE)
        assert os.path.lexists(package.root / program.removeprefix("/"))
        assert "NoNewPrivileges=yes" in text
        for word in re.findall(r" (deploy/\S+\.py) ", text):
            assert (package.root / "usr/lib/muscle-pain-assessment/app" / word).is_file()


def test_a_copy_is_sealed_for_the_key_that_was_put_back_and_a_broken_one_changes_nothing(
    package: Package, tmp_path: Path
) -> None:
    if shutil.which("age-keygen") is None:
        pytest.skip("it needs age; get it with: apt install age")
    unit = package.text("usr/lib/systemd/system/clinic-backup.service")
    [program] = re.findall(r"^ExecStartPre=\+/(\S+)$", unit, re.MULTILINE)
    key, public = tmp_path / "backup.key", tmp_path / "backup.pub"

    def derive() -> int:
        return subprocess.run(
            [package.root / program, tmp_path], capture_output=True, timeout=10
        ).returncode

    for _ in range(2):
        key.unlink(missing_ok=True)
        subprocess.run(["age-keygen", "-o", key], check=True, capture_output=True, timeout=10)
        assert derive() == 0
        assert public.read_text().strip() in key.read_text()
        assert stat.S_IMODE(public.stat().st_mode) == 0o644
    was = public.read_text()
    key.write_text("half a key")
    assert derive() != 0
    assert public.read_text() == was
    assert {one.name for one in tmp_path.iterdir()} == {"backup.key", "backup.pub"}


def test_nothing_that_runs_looks_where_the_program_lies_when_set_up_by_hand(
    package: Package,
) -> None:
    places = (
        "DEBIAN",
        "etc",
        "usr/bin",
        "usr/lib/systemd",
        "usr/lib/*/app/deploy",
        "usr/share/clinic",
    )
    for place in places:
        for folder in package.root.glob(place):
            for path in folder.rglob("*"):
                assert path.is_dir() or b"/srv/clinic" not in path.read_bytes(), path


def test_commands_run_with_paths_that_systemd_takes(package: Package) -> None:
    script = package.text("usr/lib/muscle-pain-assessment/app/deploy/as-clinic")
    hidden = re.findall(r'"InaccessiblePaths=(.*?)"', script)
    assert len(hidden) == script.count("InaccessiblePaths")
    assert [one for paths in hidden for one in paths.split() if not one.startswith("-/")] == []


def test_the_site_takes_its_name_from_a_file_so_that_an_update_keeps_what_was_changed(
    package: Package,
) -> None:
    site = package.text("etc/nginx/sites-available/clinic")
    assert site.count("include /etc/clinic/server_name;") == 2
    assert "server_name clinic.example" not in site
    assert "https://clinic.example" not in site
    for path in re.findall(r"(?:root|alias) /(\S+);", site):
        assert path == "var/www/acme" or (package.root / path).exists(), path


def test_it_asks_for_an_address_and_a_mail_address_and_for_nothing_else(package: Package) -> None:
    types = re.findall(
        r"^Template: \S+/(\S+)\nType: (\S+)$", package.text("DEBIAN/templates"), re.M
    )
    assert [name for name, kind in types if kind != "error"] == ["address", "mail"]


def test_rules_for_prometheus_lie_where_its_lines_look_for_them(package: Package) -> None:
    lines = package.text("usr/share/clinic/monitoring/prometheus.yml")
    [rules] = re.findall(r"^ +- /(\S+\.yml)$", lines, re.MULTILINE)
    assert (package.root / rules).is_file()
    assert (package.root / rules).with_name("dashboard.json").is_file()


def test_the_release_says_its_version_and_its_day(package: Package) -> None:
    assert package.text("usr/share/clinic/release") == "version=1.2.3\ndate=2027-01-15\n"


@pytest.mark.parametrize("name", SCRIPTS)
def test_its_scripts_can_be_read_by_the_shell(name: str) -> None:
    subprocess.run(["sh", "-n", DEBIAN / name], check=True, timeout=10)


def test_a_new_address_leaves_what_somebody_wrote_into_the_settings(tmp_path: Path) -> None:
    settings = tmp_path / "clinic.env"
    settings.write_text('# mine\nPUBLIC_URL=https://old.example\nSMTP_PASSWORD="a$b\\c"\n#Z=1\n')
    [function] = re.findall(
        r"^set_line\(\) \{.*?^\}$", (DEBIAN / "postinst").read_text(), re.M | re.S
    )
    calls = "set_line PUBLIC_URL https://new.example; set_line REPORT_TO a@b.example"
    for _ in range(2):
        subprocess.run(
            ["sh", "-euc", f"settings={settings}\n{function}\n{calls}"], check=True, timeout=10
        )
    assert settings.read_text() == (
        '# mine\nPUBLIC_URL=https://new.example\nSMTP_PASSWORD="a$b\\c"\n#Z=1\n'
        "REPORT_TO=a@b.example\n"
    )
    assert stat.S_IMODE(settings.stat().st_mode) == 0o600


def test_what_clinics_stored_is_removed_by_no_script(package: Package) -> None:
    for name in ("postinst", "preinst", "prerm", "postrm"):
        for line in package.text(f"DEBIAN/{name}").splitlines():
            if re.search(r"\brm\b", line) and '"rm -r' not in line:
                assert not re.search(r"/var/lib/clinic\b(?!-)|/var/backups|backup\.key", line), line
