"""The package on Debian 12 and 13, from the first boot to purge, with an authority of its own.

Takes ten minutes and more: `make test-slow`. `DEB_ROOTS` names a folder for bare systems, and
`DEB_PACKAGE` a package that was built before.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.deploy.machine import Machine, bare_system, skip_unless_it_can_boot, wait_for

pytestmark = pytest.mark.slow

PACKAGE = "muscle-pain-assessment"
SITE = "https://clinic.example.test"
FETCH = "curl -sS --fail --cacert /root/root.pem"
APT = "apt-get -qq -y --no-install-recommends -o Dpkg::Options::=--force-confold"

AUTHORITY = """
echo '127.0.0.1 localhost clinic.example.test other.example.test' > /etc/hosts
cd /root
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
    -subj '/CN=test authority' -addext subjectAltName=DNS:localhost \
    -keyout key.pem -out cert.pem 2>/dev/null
cp cert.pem /usr/local/share/ca-certificates/test-authority.crt
update-ca-certificates >/dev/null 2>&1
cat > pebble.json <<'END'
{"pebble": {"listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000",
 "certificate": "/root/cert.pem", "privateKey": "/root/key.pem", "httpPort": 80, "tlsPort": 443,
 "ocspResponderURL": "", "externalAccountBindingRequired": false}}
END
mkdir -p /etc/letsencrypt
echo 'server = https://localhost:14000/dir' > /etc/letsencrypt/cli.ini
systemd-run --quiet --unit=pebble --setenv=PEBBLE_VA_NOSLEEP=1 --setenv=PEBBLE_WFE_NONCEREJECT=0 \
    pebble -config /root/pebble.json
"""

A_CLINIC = """
from assessment.records import clients, clinics
from assessment.records.ids import ClientId, ClinicId
from assessment.records.model import Client, Clinic
from assessment.web.server.settings import read_settings
from assessment.web.server.storage import open_database
database = open_database(read_settings())
with database.writing() as tx:
    here = ClinicId('clinic-a')
    colours = None, None, None, None, None
    clinics.add(tx, Clinic(here, 'a', 'Clinic A', *colours, 'en', 7, None, 1, 1))
    clients.add(tx, Client(ClientId('client-a'), here, 'Zebrafinch Quill', 'z@example.org', 1))
"""


ANSWERS = f"""debconf-set-selections <<'END'
{PACKAGE} {PACKAGE}/address string clinic.example.test
{PACKAGE} {PACKAGE}/mail string advice@example.test
END
"""

ANOTHER_SITE = "/etc/nginx/conf.d/another.conf"
OWN_CERTIFICATE = """
cd /etc/ssl/clinic
rm fullchain.pem privkey.pem
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
    -subj '/CN=our own' -addext subjectAltName=DNS:clinic.example.test \
    -keyout privkey.pem -out fullchain.pem 2>/dev/null
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    skip_unless_it_can_boot()
    if os.environ.get("DEB_PACKAGE"):
        return Path(os.environ["DEB_PACKAGE"])
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, ROOT / "deploy/debian/build.py", "--level", "1", folder], check=True
    )
    [built] = folder.iterdir()
    return built


@pytest.fixture(params=["bookworm", "trixie"])
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Machine]:
    root = tmp_path / "root"
    subprocess.run(["cp", "--reflink=auto", "-a", bare_system(request.param), root], check=True)
    here = Machine(root)
    here.start()
    try:
        yield here
    finally:
        here.stop()
        shutil.rmtree(root, ignore_errors=True)


def newer(package: Path, folder: Path) -> Path:
    """The same package with a higher version, and another file for nginx."""
    root = folder / "newer"
    subprocess.run(["dpkg-deb", "-R", package, root], check=True)
    for name in ("DEBIAN/control", "usr/share/clinic/release"):
        text = (root / name).read_text("utf-8")
        for mark in ("Version: ", "version="):
            text = text.replace(mark, f"{mark}99.")
        (root / name).write_text(text, "utf-8")
    with (root / "etc/nginx/sites-available/clinic").open("a") as site:
        site.write("# of the newer version\n")
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Znone", "-b", root, folder], check=True)
    shutil.rmtree(root)
    [built] = folder.glob("*_99.*.deb")
    return built


def put_in(machine: Machine, package: Path) -> str:
    shutil.copy(package, machine.root / "root/package.deb")
    return machine.run(f"{APT} install --allow-downgrades /root/package.deb")


def browse(machine: Machine) -> str:
    """Walk from the first page to a question, as a browser that trusts the authority."""
    machine.run(
        "cd /root; test -s root.pem ||"
        "curl -s --cacert cert.pem https://localhost:15000/roots/0 > root.pem"
    )
    wait_until_healthy(machine, "clinic")
    page = machine.run(
        f"cd /root; rm -f jar; {FETCH} -c jar -o /dev/null {SITE}/; {FETCH} -L -b jar -c jar"
        f" -H 'Origin: {SITE}' -w '%{{url_effective}}' --data who=me {SITE}/"
    )
    assert page.splitlines()[-1].partition(SITE)[2].startswith("/questions/"), page[-80:]
    return page


def wait_until_healthy(machine: Machine, name: str) -> None:
    healthy = f"{FETCH} https://{name}.example.test/healthz"
    wait_for(lambda: '"ok": true' in machine.run(healthy, check=False), f"{name} is not there")


def restored(machine: Machine) -> dict[str, object]:
    machine.run("systemctl start clinic-backup; systemctl start clinic-restore-test")
    said = machine.run("cat /var/lib/clinic-backup/restore-test.json")
    told: dict[str, object] = json.loads(said)
    assert told["well"] is True
    return told


def see_what_was_set_up(machine: Machine) -> None:
    assert machine.run(f"dpkg -V {PACKAGE}") == ""
    assert machine.run("systemctl --failed --no-legend") == ""
    timers = machine.run("systemctl list-timers --all --no-legend --no-pager")
    for timer in ("clinic-backup", "clinic-restore-test", "clinic-certificate", "certbot"):
        assert f"{timer}.timer" in timers
    modes = machine.run(
        "stat -c '%U %a' /etc/clinic.env /etc/clinic/backup.key /var/lib/clinic/records.key "
        "/var/backups/clinic"
    )
    assert modes.splitlines() == ["root 600", "root 600", "clinic 600", "clinic 700"]
    assert "/var/log/nginx/clinic.log" in machine.run("logrotate -d /etc/logrotate.conf 2>&1")
    rated = machine.run("systemd-analyze security --no-pager clinic.service").splitlines()[-1]
    assert float(rated.split(": ")[1].split()[0]) < 2
    machine.run("certbot renew --dry-run --no-random-sleep-on-renew")
    see_what_the_doctor_says(machine)


def see_what_the_doctor_says(machine: Machine) -> None:
    """It sees what only root can read, and has no backup to look at yet."""
    machine.run("cp /etc/clinic.env /root/; echo WEATHER=canary >> /etc/clinic.env")
    said = machine.run("assessment doctor", check=False)
    assert "settings: WEATHER: no such setting" in said
    assert "canary" not in said
    machine.run("cat /root/clinic.env > /etc/clinic.env")
    found = {
        (one["about"], one["state"])
        for one in json.loads(machine.run("assessment doctor --json", check=False))["findings"]
    }
    for about in ("settings", "files", "database", "keys", "nginx", "release"):
        assert (about, "well") in found, found
    assert ("backup", "to do") in found


def add_a_clinic(machine: Machine) -> None:
    as_service = "/usr/lib/muscle-pain-assessment/app/deploy/as-clinic"
    machine.run(f"{as_service} python - <<'END'\n{A_CLINIC}END\n")


def see_the_backup(machine: Machine) -> None:
    add_a_clinic(machine)
    assert "Clinic A" in machine.run("assessment clinic list")
    assert restored(machine)["clinics"] == 1
    machine.run("cd /var/backups/clinic; grep -q age-encryption *.age; ! grep -q clinic-a *.age")
    keys = machine.run("/usr/lib/muscle-pain-assessment/keys --even-so")
    assert "AGE-SECRET-KEY-1" in keys
    assert "AGE-SECRET-KEY-1" not in machine.run("journalctl --no-pager; cat /var/log/apt/*.log")
    # With the wrong key the try fails and says so.
    machine.run("mv /etc/clinic/backup.key /root/; age-keygen -o /etc/clinic/backup.key 2>&1")
    assert "failed" in machine.run("systemctl start clinic-restore-test", check=False)
    assert '"well": false' in machine.run("cat /var/lib/clinic-backup/restore-test.json")
    # Whatever key is there now, the next copy is sealed for it.
    restored(machine)
    machine.run("mv /root/backup.key /etc/clinic/")
    restored(machine)


def move(machine: Machine, old: str, new: str) -> None:
    """Change the address as an operator who edits the form that debconf shows."""
    machine.run(
        f"printf '#!/bin/sh\\nsed -i s/{old}/{new}/ \"$1\"\\n' > /root/edit; chmod +x /root/edit;"
        f"dpkg-reconfigure {PACKAGE}",
        DEBIAN_FRONTEND="editor", EDITOR="/root/edit", VISUAL="/root/edit",
    )  # fmt: skip
    wait_until_healthy(machine, new)


def see_postgresql(machine: Machine) -> None:
    machine.run(
        "cd /; systemctl start postgresql; runuser -u postgres -- createuser clinic;"
        "runuser -u postgres -- createdb -O clinic --encoding=UTF8 --template=template0 clinic;"
        "cp /etc/clinic.env /root/; echo DATABASE_URL=postgresql:///clinic >> /etc/clinic.env;"
        "systemctl restart clinic"
    )
    browse(machine)
    add_a_clinic(machine)
    told = restored(machine)
    assert told["clinics"] == 1
    assert str(told["copy"]).endswith(".dump.age")
    machine.run("cat /root/clinic.env > /etc/clinic.env; systemctl restart clinic")


def see_a_crash(machine: Machine) -> None:
    """What was killed is started again."""
    machine.run("systemctl kill --signal=KILL --kill-who=main clinic")
    restarts = "systemctl show --property=NRestarts clinic"
    wait_for(lambda: machine.run(restarts).strip() == "NRestarts=1", "it stays away")
    browse(machine)


def see_no_update_without_a_backup(machine: Machine, newer_one: Path) -> None:
    """Where no copy can be made the old version goes on."""
    machine.run("cp /etc/clinic/backup.key /root/; echo half > /etc/clinic/backup.key")
    shutil.copy(newer_one, machine.root / "root/package.deb")
    said = machine.run(f"{APT} install /root/package.deb", check=False)
    assert "nothing was updated" in said
    assert "99." not in machine.run("cat /usr/share/clinic/release")
    browse(machine)
    machine.run("cat /root/backup.key > /etc/clinic/backup.key")


def see_an_update(machine: Machine, package: Path, folder: Path) -> None:
    """What somebody wrote survives, and a copy was made before."""
    machine.run(
        "echo '# mine' >> /etc/nginx/sites-available/clinic;"
        "echo CLINIC_NAME=Quillworks >> /etc/clinic.env; rm /var/backups/clinic/*"
    )
    newer_one = newer(package, folder)
    see_no_update_without_a_backup(machine, newer_one)
    put_in(machine, newer_one)
    assert "99." in machine.run("cat /usr/share/clinic/release")
    assert "# mine" in machine.run("tail -n 1 /etc/nginx/sites-available/clinic")
    assert ".db.age" in machine.run("ls /var/backups/clinic")
    browse(machine)
    assert "Quillworks" in machine.run(f"{FETCH} {SITE}/")


def see_it_go(machine: Machine, package: Path) -> None:
    """Records, keys and backups stay, whatever is removed, and are found again."""
    said = machine.run(f"{APT} remove {PACKAGE}")
    assert "/var/lib/clinic" in said
    machine.run("nginx -t; systemctl is-active nginx; test -e /etc/nginx/sites-enabled/default")
    assert machine.run("pgrep -u clinic", check=False) == ""
    put_in(machine, package)
    browse(machine)
    assert "Clinic A" in machine.run("assessment clinic list")
    said = machine.run(f"{APT} purge {PACKAGE}")
    assert "/var/lib/clinic" in said
    machine.run(
        "test -s /var/lib/clinic/clinic.db; test -s /var/lib/clinic/records.key;"
        "test -s /etc/clinic/backup.key; ls /var/backups/clinic/*.age;"
        "test ! -e /etc/clinic.env; test ! -e /usr/lib/muscle-pain-assessment; nginx -t"
    )
    left = machine.run("find /etc /usr -name '*clinic*' -not -name '_testclinic*'").split()
    assert left == ["/etc/clinic"]


def test_from_the_first_boot_to_purge(machine: Machine, package: Path, tmp_path: Path) -> None:
    machine.run(AUTHORITY)
    machine.run(ANSWERS)
    began = time.monotonic()
    put_in(machine, package)
    page = browse(machine)
    print(f"from apt to the first question: {time.monotonic() - began:.0f} s")  # noqa: T201
    assert "<h1" in page
    see_what_was_set_up(machine)
    see_the_backup(machine)
    move(machine, "clinic", "other")
    move(machine, "other", "clinic")
    see_postgresql(machine)
    machine.stop()
    machine.start()
    machine.run("systemctl is-active clinic nginx clinic-backup.timer clinic-restore-test.timer")
    browse(machine)
    see_a_crash(machine)
    see_an_update(machine, package, tmp_path)
    see_it_go(machine, package)


def test_what_keeps_the_site_off_is_said_and_a_certificate_of_somebodys_own_stays(
    machine: Machine, package: Path
) -> None:
    machine.run(AUTHORITY)
    assert "this site has no address yet, so nothing was started" in put_in(machine, package)
    assert machine.run("systemctl is-active clinic", check=False).strip() == "inactive"
    machine.run("test ! -e /etc/clinic.env; systemctl is-active nginx")

    server = "server { listen 80 default_server; return 204; }"
    machine.run(f"echo '{server}' > {ANOTHER_SITE}; rm /etc/nginx/sites-enabled/default")
    machine.run(f"systemctl reload nginx; {ANSWERS}")
    said = machine.run(f"dpkg-reconfigure {PACKAGE}")
    assert "nginx refuses the site" in said
    assert "duplicate default server" in said
    assert "204" in machine.run("curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1/")
    machine.run("nginx -t; systemctl is-active clinic")

    machine.run("systemctl stop clinic; rm -f /var/lib/clinic/clinic.db*")
    machine.run(f"{APT} install --reinstall /root/package.deb")  # as an update does it
    machine.run(f"rm {ANOTHER_SITE}; dpkg-reconfigure {PACKAGE}")
    browse(machine)
    machine.run(f"{OWN_CERTIFICATE}systemctl reload nginx; sha256sum *.pem > /root/own")
    machine.run(f"systemctl start clinic-certificate; dpkg-reconfigure {PACKAGE}")
    machine.run("cd /etc/ssl/clinic; sha256sum --check /root/own")
    shown = f"curl -sS --cacert /etc/ssl/clinic/fullchain.pem {SITE}/healthz"
    wait_for(lambda: '"ok": true' in machine.run(shown, check=False), "it is not shown")
