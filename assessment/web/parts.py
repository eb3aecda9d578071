"""What the pages of one protocol share, put together once at start."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from assessment.engine.protocol import Protocol
from assessment.exports.machine import review_in_words
from assessment.proof.kept import Proof
from assessment.protocols.given import GivenCase
from assessment.screening import Screening
from assessment.web.assets import Assets, read_assets
from assessment.web.cookie import Seal
from assessment.web.errors import Errors
from assessment.web.pages import Site
from assessment.web.render import Renderer
from assessment.web.settings import Settings


@dataclass(frozen=True, slots=True)
class Offered:
    """What a server can show besides its protocol: the proof of it, and cases to walk."""

    proof: Proof | None = None
    cases: tuple[GivenCase, ...] = ()


NOTHING = Offered()


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that a page is made with; nothing in it changes or belongs to one person."""

    settings: Settings
    screening: Screening
    site: Site
    assets: Assets
    renderer: Renderer
    errors: Errors
    seal: Seal
    offered: Offered


def make_parts(
    settings: Settings,
    protocol: Protocol,
    key: bytes,
    clock: Callable[[], float] = time.time,
    offered: Offered = NOTHING,
) -> Parts:
    """Return the parts; `key` seals the cookies, `clock` gives Unix time."""
    assets = read_assets(settings)
    site = _site(settings, protocol, assets)
    renderer = Renderer(site)
    # With the `__Host-` prefix browsers take the cookie from this host over https only.
    name = "answers" if settings.local else "__Host-answers"
    return Parts(
        settings=settings,
        screening=Screening(protocol),
        site=site,
        assets=assets,
        renderer=renderer,
        errors=Errors(renderer, settings.keep_minutes),
        seal=Seal(key, name, settings.keep_minutes * 60, clock),
        offered=offered,
    )


def _site(settings: Settings, protocol: Protocol, assets: Assets) -> Site:
    return Site(
        name=settings.clinic_name,
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
