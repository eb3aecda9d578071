"""Serves the product with gunicorn, from this program: `python app.py`, `assessment serve`."""

from __future__ import annotations

import logging
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from assessment.engine.promised import no_emergency_promised
from assessment.engine.protocol import Protocol
from assessment.practice.background import Background, Job
from assessment.practice.jobs import jobs
from assessment.practice.practice import Practice, open_practice
from assessment.practice.responses.old_protocols import OldProtocols
from assessment.practice.staff.passwords import Passwords
from assessment.proof.kept import NotProven
from assessment.proof.versions import Older, StoredVersions
from assessment.protocols.diagnostics import BrokenProtocol
from assessment.protocols.given import GivenCase, read_cases
from assessment.protocols.load import RULES_FOLDER, find_protocol, load_protocol
from assessment.protocols.versions import read_files
from assessment.records.refusals import Unavailable
from assessment.screening import AFTER_VISIT, Screening
from assessment.web.factory import make_app
from assessment.web.gunicorn_server import Server
from assessment.web.html.clinic_cache import ClinicCache
from assessment.web.listening import CannotStart, listen
from assessment.web.monitoring.switched_on import NotInstalled, Watcher
from assessment.web.monitoring.switched_on import watchers as switched_on
from assessment.web.server.hosts import Hosts
from assessment.web.server.lines import tell
from assessment.web.server.log_lines import LogFormat, lines_in, said
from assessment.web.server.logs import QuietFlask, log
from assessment.web.server.mail_server import mailer_of
from assessment.web.server.secret import BadSecret, read_or_create_key
from assessment.web.server.settings import BadSettings, Settings, misspelt, read_settings
from assessment.web.server.storage import BadDatabase, open_database, register_of
from assessment.web.walk.cookie import Seal
from assessment.web.walk.cookie_size import TOO_LONG, fits
from assessment.web.walk.services import Offered

UNPROMISED = (
    "no safety tag and no promise asks for emergency care, so it is not served to a public "
    "address. Write promises (docs/proof.md), or name who takes responsibility under `waiver` in "
    "protocol.yaml"
)
UNDEMANDED = (
    "its safety texts are not checked, because nothing says what they must contain, so it is not "
    "served to a public address. Write safety_texts.yaml (docs/diagnostics.md#safety-text), or "
    "name who takes responsibility under `waiver` in protocol.yaml"
)
UNWATCHED = (
    "METRICS_PORT, OTEL_EXPORTER_OTLP_ENDPOINT: only `assessment serve` gives metrics and traces"
)
AFTER_FOLDER = f"versions-{AFTER_VISIT}"
"""Where what a link after a visit asks is kept in the instance folder."""


def main(case: Path | None = None) -> int:
    """Serve with the settings of the environment; return the exit status.

    `case` is a file of answers, or of cases, that can be walked in local mode.
    """
    tell(misspelt(os.environ))
    try:
        return serve(read_settings(), case)
    except BadSettings as error:
        tell([str(error)])
        return 2


def serve(settings: Settings, case: Path | None = None) -> int:
    """Serve until stopped; return the exit status: 1 when it cannot start, 2 for bad settings."""
    _log_to_standard_error(settings.log_format)
    try:
        loaded = load(settings, case)
        listener = listen(settings.host, settings.port)
        watchers = _watchers(settings, loaded)
        code = _setup_code(loaded.practice)
    except CannotStart as error:
        tell([str(error)])
        return error.status
    tell(said(line, settings.log_format) for line in settings.advice)
    try:
        own = jobs(loaded.practice, register_of(settings), time.time)
        beside: tuple[Watcher | Background, ...] = (*watchers, Background(*loaded.beside, *own))
        Server(loaded.app, settings, listener, code, beside).run()
    except SystemExit as stopped:
        return stopped.code if isinstance(stopped.code, int) else 1
    finally:
        for one in watchers:
            one.stop()
    return 0


def wsgi_app() -> QuietFlask:
    """Return the application for another WSGI server, with the settings of the environment.

    Ends the program with the report when it cannot be made.
    """
    _log_to_standard_error()
    tell(misspelt(os.environ))
    try:
        settings = read_settings()
        _log_to_standard_error(settings.log_format)
        if settings.metrics_port or settings.otel_exporter_otlp_endpoint:
            tell([UNWATCHED])
        return load_app(settings)
    except (BadSettings, CannotStart) as error:
        sys.exit(str(error))


@dataclass(frozen=True, slots=True)
class Loaded:
    """The application, its protocol and practice, and what is to be done beside these."""

    app: QuietFlask
    protocol: Protocol
    practice: Practice
    beside: tuple[Job, ...]


def load_app(settings: Settings, case: Path | None = None) -> QuietFlask:
    """Return the application; raises CannotStart as `load` does."""
    return load(settings, case).app


def load(settings: Settings, case: Path | None = None) -> Loaded:
    """Return what is served.

    Raises CannotStart when the protocol, a secret or the database is unusable. A protocol of which
    not everything is proven is unusable, too.
    """
    try:
        folder = find_protocol(settings.protocol)
        protocol = load_protocol(folder)
        _hold_to_public(settings, settings.protocol, protocol)
        screening = Screening(protocol)
        library = OldProtocols(screening, folder)
        cases = _cases(settings, protocol, case)
        key = read_or_create_key(settings.instance)
        if not fits(Seal(key, "answers", 0), protocol):
            raise CannotStart(f"{settings.protocol}: {TOO_LONG}")
        stored = StoredVersions(settings.instance, key, int(time.time()))
        proof = stored.serve(protocol, library.files)
        after = _after_visit(settings, key)
        offered = Offered(proof, cases, stored.older(protocol), after)
        practice = _practice(settings, protocol, library)
        hosts = Hosts(settings.instance, practice.database, key)
        hosts.enter()
        known = ClinicCache(practice.clinics, time.time)
        app = make_app(
            settings, protocol, key, time.time,
            offered=offered, practice=practice, screening=screening, known=known,
        )  # fmt: skip
    except (BrokenProtocol, NotProven) as report:
        raise CannotStart(str(report)) from None
    except (BadSecret, BadDatabase) as error:
        raise CannotStart(str(error), 2) from None
    except Unavailable as error:
        raise CannotStart(f"DATABASE_URL: the database cannot be opened: {error}") from None
    return Loaded(app, protocol, practice, (hosts.job, known.job))


def _after_visit(settings: Settings, key: bytes) -> tuple[Older, ...]:
    """Return what the link after a visit asks, as it is now and then as it was before.

    It is held to the same as everything that is served. Raises as `load` does.
    """
    folder = RULES_FOLDER / AFTER_VISIT  # the shipped one, whatever lies where this starts
    protocol, files = load_protocol(folder), read_files(folder)
    _hold_to_public(settings, AFTER_VISIT, protocol)
    stored = StoredVersions(settings.instance, key, int(time.time()), AFTER_FOLDER)
    stored.serve(protocol, files)
    return (Older(protocol, files, goes_on=True), *stored.older(protocol))


def _hold_to_public(settings: Settings, name: str, protocol: Protocol) -> None:
    """Raise CannotStart where a public address would serve what nobody answers for."""
    if not settings.local and (lacking := _unanswered_for(protocol)):
        raise CannotStart(f"{name}: {lacking}")


def _unanswered_for(protocol: Protocol) -> str:
    """Return what keeps a protocol from a public address unless a person answers for it."""
    if protocol.waiver is not None:
        return ""
    if no_emergency_promised(protocol):
        return UNPROMISED
    return UNDEMANDED if protocol.safety_texts is None else ""


def _practice(settings: Settings, protocol: Protocol, library: OldProtocols) -> Practice:
    return open_practice(
        open_database(settings, may_be_away=True),
        time.time,
        protocol,
        library,
        inbox_url=f"{settings.site_address()}/clinic/inbox",
        mailer=mailer_of(settings),
        webhooks_url=f"{settings.site_address()}/clinic/settings/webhooks",
        passwords=Passwords(breached=settings.breached_passwords or ()),
        links_url=f"{settings.site_address()}/i/",
    )


def _watchers(settings: Settings, loaded: Loaded) -> tuple[Watcher, ...]:
    """Return what watches the application, and is around it. Raises CannotStart."""
    try:
        found = switched_on(
            settings, loaded.protocol, loaded.practice,
            lambda host, port: listen(host, port, "METRICS_"),
        )  # fmt: skip
    except NotInstalled as error:
        raise CannotStart(str(error), 2) from None
    for one in found:
        loaded.app.wsgi_app = one.around(loaded.app.wsgi_app)  # type: ignore[assignment, method-assign]  # as Flask documents it
    return found


def _setup_code(practice: Practice) -> str | None:
    """Return a new code that makes the first clinic, where there is none yet."""
    try:
        enrolment = practice.enrolment
        return enrolment.new_setup_code() if enrolment.setup_needed() else None
    except Unavailable:
        return None  # the log says so already; nobody is kept from the questions


def _log_to_standard_error(how: LogFormat = "text") -> None:
    """Have what happens logged, with its time."""
    if not log.handlers:
        log.addHandler(logging.StreamHandler())
        log.setLevel(logging.INFO)
    for handler in log.handlers:
        handler.setFormatter(lines_in(how))


def _cases(settings: Settings, protocol: Protocol, file: Path | None) -> tuple[GivenCase, ...]:
    if file is None:
        return ()
    if not settings.local:
        raise CannotStart("--case: only in local mode, that is without PUBLIC_URL", 2)
    try:
        return read_cases(file, protocol)
    except ValueError as error:
        raise CannotStart(f"--case: {error}", 2) from None
