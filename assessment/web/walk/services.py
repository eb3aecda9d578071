"""What the pages of one protocol share, put together once at start."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assessment.engine.protocol import Protocol
from assessment.exports.machine import review_in_words
from assessment.practice.intake.intake import Intake
from assessment.practice.responses.old_protocols import keeping
from assessment.proof.kept import Proof
from assessment.proof.versions import Older
from assessment.protocols.given import GivenCase
from assessment.screening import Screening
from assessment.web.html.assets import Assets, read_assets
from assessment.web.html.clinic_cache import ClinicCache
from assessment.web.html.errors import Errors
from assessment.web.html.pages import Site
from assessment.web.server.counts import Counts, counts_of
from assessment.web.server.settings import Settings
from assessment.web.server.throttle import Throttle
from assessment.web.walk.cookie import Seal
from assessment.web.walk.forms import question_forms
from assessment.web.walk.theme import ThemeMaker, Themes
from assessment.web.walk.versions import Version, Versions
from assessment.web.walk.waiting_room import WaitingRoom

if TYPE_CHECKING:
    from assessment.practice.practice import Practice


@dataclass(frozen=True, slots=True)
class Offered:
    """What a server can show besides its protocol.

    That is the proof of it, cases to walk, and the versions that it served before. `after` is what
    the link after a visit asks: what is served now, then what was before.
    """

    proof: Proof | None = None
    cases: tuple[GivenCase, ...] = ()
    older: tuple[Older, ...] = ()
    after: tuple[Older, ...] = ()


NOTHING = Offered()


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that a page is made with; nothing in it belongs to one person."""

    settings: Settings
    versions: Versions
    assets: Assets
    seal: Seal
    waiting_room: WaitingRoom
    clock: Callable[[], float]
    counts: Counts
    starts: Throttle
    offered: Offered
    practice: Practice | None

    @property
    def screening(self) -> Screening:
        """What is served."""
        return self.versions.served.screening

    @property
    def themes(self) -> Themes:
        """How its pages look."""
        return self.versions.served.themes

    @property
    def site(self) -> Site:
        """What every page of the site's own theme shares."""
        return self.themes.own.site

    @property
    def errors(self) -> Errors:
        """The error pages of the site's own theme."""
        return self.themes.own.errors


def make_services(
    settings: Settings,
    protocol: Protocol,
    key: bytes,
    clock: Callable[[], float] = time.time,
    offered: Offered = NOTHING,
    practice: Practice | None = None,
    screening: Screening | None = None,
    known: ClinicCache | None = None,
) -> Services:
    """Return the services; `key` seals the cookies, `clock` gives Unix time.

    Without a `practice` there are no clinics. `screening` is that of the protocol, and `known`
    remembers clinics, if they are made.
    """
    assets = read_assets(settings)
    counts = counts_of(settings, key)
    if practice is not None and known is None:
        known = ClinicCache(practice.clinics, clock)

    # With the `__Host-` prefix browsers take the cookie from this host over https only.
    name = "answers" if settings.local else "__Host-answers"
    return Services(
        settings=settings,
        versions=_versions(
            settings, screening or Screening(protocol), assets, offered, practice, known
        ),
        assets=assets,
        seal=Seal(key, name, settings.keep_minutes * 60, clock),
        waiting_room=WaitingRoom(key, settings, clock),
        clock=clock,
        counts=counts,
        starts=Throttle("starts", settings.starts_per_hour, counts),
        offered=offered,
        practice=practice,
    )


def _versions(
    settings: Settings,
    served: Screening,
    assets: Assets,
    offered: Offered,
    practice: Practice | None,
    known: ClinicCache | None,
) -> Versions:

    def version(screening: Screening, intake: Intake | None) -> Version:
        of = screening.protocol
        # Makes ready what finds the way and what a result says, before the first person waits.
        screening.position({})
        screening.would_change({}, screening.decide({}))
        theme_maker = ThemeMaker(screening, settings, sends=practice is not None)
        themes = Themes(theme_maker, _site(settings, of, assets), assets.stylesheet, known)
        return Version(screening, themes, question_forms(of), intake)

    def version_before(one: Older) -> Version:
        screening = Screening(one.protocol)
        if practice is None:
            return version(screening, None)
        keep = keeping(one.protocol, one.files)
        return version(screening, practice.intake.under(one.protocol, keep))

    after = None if practice is None else next(iter(offered.after), None)
    older = (*offered.older, *offered.after[1:])
    return Versions(
        version(served, None if practice is None else practice.intake),
        tuple(version_before(one) for one in older if one.goes_on),
        tuple(one.protocol for one in older if not one.goes_on),
        None if after is None else version_before(after),
    )


def _site(settings: Settings, protocol: Protocol, assets: Assets) -> Site:
    return Site(
        name=settings.clinic_name or protocol.title.text,
        language=protocol.language,
        stylesheet=assets.stylesheet.path,
        logo=None if assets.logo is None else assets.logo.path,
        phone=settings.clinic_phone,
        emergency_numbers=settings.emergency_numbers,
        same_day_numbers=settings.same_day_numbers,
        disclaimer_short=protocol.texts["disclaimer_short"].text,
        review=review_in_words(protocol),
        author=protocol.author,
        version=protocol.version,
        report_to=settings.report_to,
    )
