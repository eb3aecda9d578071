"""What the pages of one protocol share, put together once at start."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assessment.engine.protocol import Protocol
from assessment.exports.machine import review_in_words
from assessment.practice.intake import Intake
from assessment.practice.library import keeping
from assessment.proof.kept import Proof
from assessment.proof.versions import Older
from assessment.protocols.given import GivenCase
from assessment.screening import Screening
from assessment.web.assets import Assets, read_assets
from assessment.web.cookie import Seal
from assessment.web.errors import Errors
from assessment.web.forms import question_forms
from assessment.web.known import KnownClinics
from assessment.web.look import Looks, Maker
from assessment.web.pages import Site
from assessment.web.settings import Settings
from assessment.web.throttle import Throttle
from assessment.web.versions import Version, Versions

if TYPE_CHECKING:
    from assessment.practice.practice import Practice


@dataclass(frozen=True, slots=True)
class Offered:
    """What a server can show besides its protocol.

    That is the proof of it, cases to walk, and the versions that it served before.
    """

    proof: Proof | None = None
    cases: tuple[GivenCase, ...] = ()
    older: tuple[Older, ...] = ()


NOTHING = Offered()


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that a page is made with; nothing in it belongs to one person."""

    settings: Settings
    versions: Versions
    assets: Assets
    seal: Seal
    clock: Callable[[], float]
    starts: Throttle
    offered: Offered
    practice: Practice | None

    @property
    def screening(self) -> Screening:
        """What is served."""
        return self.versions.served.screening

    @property
    def looks(self) -> Looks:
        """How its pages look."""
        return self.versions.served.looks

    @property
    def site(self) -> Site:
        """What every page of the site's own look shares."""
        return self.looks.own.site

    @property
    def errors(self) -> Errors:
        """The error pages of the site's own look."""
        return self.looks.own.errors


def make_parts(
    settings: Settings,
    protocol: Protocol,
    key: bytes,
    clock: Callable[[], float] = time.time,
    offered: Offered = NOTHING,
    practice: Practice | None = None,
) -> Parts:
    """Return the parts; `key` seals the cookies, `clock` gives Unix time.

    Without a `practice` there are no clinics.
    """
    assets = read_assets(settings)

    # With the `__Host-` prefix browsers take the cookie from this host over https only.
    name = "answers" if settings.local else "__Host-answers"
    return Parts(
        settings=settings,
        versions=_versions(settings, protocol, assets, clock, offered.older, practice),
        assets=assets,
        seal=Seal(key, name, settings.keep_minutes * 60, clock),
        clock=clock,
        starts=Throttle(settings.starts_per_hour),
        offered=offered,
        practice=practice,
    )


def _versions(
    settings: Settings,
    protocol: Protocol,
    assets: Assets,
    clock: Callable[[], float],
    older: tuple[Older, ...],
    practice: Practice | None,
) -> Versions:
    known = None if practice is None else KnownClinics(practice.clinics, clock)

    def version(of: Protocol, intake: Intake | None) -> Version:
        screening = Screening(of)
        maker = Maker(screening, settings, sends=practice is not None)
        looks = Looks(maker, _site(settings, of, assets), assets.stylesheet, known)
        return Version(screening, looks, question_forms(of), intake)

    def version_before(one: Older) -> Version:
        if practice is None:
            return version(one.protocol, None)
        keep = keeping(one.protocol, one.files)
        return version(one.protocol, practice.intake.under(one.protocol, keep))

    return Versions(
        version(protocol, None if practice is None else practice.intake),
        tuple(version_before(one) for one in older if one.goes_on),
        tuple(one.protocol for one in older if not one.goes_on),
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
    )
