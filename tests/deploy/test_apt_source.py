"""A signed apt source, on Debian 12 and 13, as docs/package.md has it: `make test-slow`."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.deploy.machine import Machine, wait_for
from tests.deploy.test_boot import APT, PACKAGE, machine, newer, package

__all__ = ("machine", "package")

pytestmark = pytest.mark.slow

GUIDE = (ROOT / "docs" / "package.md").read_text("utf-8")
ADDRESS = "http://127.0.0.1:8099/"
KEYRING = "/etc/apt/keyrings/clinic.asc"
LISTED = "InRelease"
WHO = "release@clinic.example"


def written(begins: str) -> str:
    """The lines for a file that the guide has an operator write."""
    [found] = re.findall(rf"^```text\n({begins}.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    return re.sub(r"https://packages\.example/\S*", ADDRESS, found).replace(
        "packages.example", "127.0.0.1"
    )


def a_key(home: Path) -> dict[str, str]:
    """Make one; return the environment in which it signs."""
    home.mkdir(mode=0o700)
    environ = {**os.environ, "GNUPGHOME": str(home), "GPG_KEY": WHO}
    new = ["gpg", "--batch", "--passphrase", "", "--quick-gen-key", WHO, "default", "default", "0"]
    subprocess.run(new, env=environ, check=True, capture_output=True)
    return environ


def offer(source: Path, package: Path, environ: dict[str, str]) -> None:
    shutil.copy(package, source)
    command = [sys.executable, str(ROOT / "deploy/debian/source.py"), str(source)]
    subprocess.run(command, env=environ, check=True, capture_output=True)


def of_the_release(machine: Machine) -> tuple[str, str]:
    """How the doctor finds the release, and what it says of it."""
    told = json.loads(machine.run("assessment doctor --json || true"))
    [found] = [one for one in told["findings"] if one["about"] == "release"]
    return found["state"], found["says"]


@pytest.mark.skipif(
    not (shutil.which("gpg") and shutil.which("apt-ftparchive")),
    reason="it signs an apt source; get what does it with: apt install gpg apt-utils",
)
def test_the_package_is_installed_and_updated_from_a_source_that_is_signed(
    machine: Machine, package: Path, tmp_path: Path
) -> None:
    source = machine.root / "srv/source"
    source.mkdir()
    ours, wrong = a_key(tmp_path / "ours"), a_key(tmp_path / "wrong")
    offer(source, package, ours)
    machine.run(
        f"systemd-run --quiet --unit=source python3 -m http.server 8099 --bind 127.0.0.1"
        " --directory /srv/source; mv /etc/apt/sources.list /root;"
        f"mkdir -p /etc/apt/keyrings; cp /srv/source/clinic.asc {KEYRING}"
    )
    wait_for(lambda: LISTED in machine.run(f"curl -sS {ADDRESS}", check=False), "it is not served")
    (machine.root / "etc/apt/sources.list.d/clinic.sources").write_text(written("Types: deb"))
    (machine.root / "etc/apt/preferences.d/clinic").write_text(written("Package: "))
    machine.run(
        f"apt-get -qq update; debconf-set-selections <<'END'\n"
        f"{PACKAGE} {PACKAGE}/address string clinic.example.test\n"
        f"{PACKAGE} {PACKAGE}/mail string advice@example.test\nEND\n{APT} install {PACKAGE}"
    )
    machine.run("systemctl is-active clinic")
    assert of_the_release(machine)[0] == "well"

    newer_one = newer(package, tmp_path)
    offer(source, newer_one, wrong)
    said = machine.run("apt-get -qq update || true")
    assert "not signed" in said or "NO_PUBKEY" in said or "Missing key" in said, said
    assert "99." not in machine.run(f"apt-cache policy {PACKAGE}")
    assert of_the_release(machine)[0] == "well"

    offer(source, newer_one, ours)
    machine.run("apt-get -qq update")
    state, says = of_the_release(machine)
    assert (state, "and apt has 99." in says) == ("to do", True)
    machine.run(f"{APT} upgrade; systemctl is-active clinic")
    assert "version=99." in machine.run("cat /usr/share/clinic/release")
    assert of_the_release(machine)[0] == "well"

    other = tmp_path / "other/DEBIAN"
    other.mkdir(parents=True)
    (other / "control").write_text(
        "Package: curl\nVersion: 99:1\nArchitecture: all\nMaintainer: A <a@b.example>\n"
        "Description: not ours\n"
    )
    subprocess.run(["dpkg-deb", "-b", other.parent, tmp_path / "curl.deb"], check=True)
    offer(source, tmp_path / "curl.deb", ours)
    machine.run("apt-get -qq update")
    policy = machine.run("apt-cache policy curl")
    assert "99:1" in policy
    assert "Candidate: 99:1" not in policy, "such a source gives nothing but our package"
