"""How pages look: the site's own way, and that of each clinic.

The site's own look is made at start. A clinic's is made when it is first needed and kept by the
clinic's revision. Pages that need the database anyway look it up again: the first page, links and
Send. A page of a walk takes what is there, so that a database that hangs delays no emergency page.
When it is away the last known look goes on, or the site's own with the clinic's emergency numbers,
which every walk brings along.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import quote

from assessment.exports.numbers import Number
from assessment.practice.clinics import Clinics
from assessment.records.database import Unavailable
from assessment.records.ids import ClinicId
from assessment.records.model import Clinic
from assessment.screening import Screening
from assessment.web.assets import Asset, stylesheet
from assessment.web.beginning import buttons_of
from assessment.web.errors import Errors
from assessment.web.pages import Site, StartPage
from assessment.web.question_view import KEPT_PAGES, QuestionPages, QuestionViews
from assessment.web.render import Renderer, Templates
from assessment.web.result_view import ResultView
from assessment.web.settings import Settings, read_numbers
from assessment.web.voice import ANYBODY

FRESH = 10.0
"""Seconds for which a look is used without asking whether the clinic has changed it."""
AWAY = 30.0
"""Seconds for which a database that was away is not asked again, where a page does without."""
MOST_LOOKS = 50
KEPT_BY_CLINIC = 100


@dataclass(frozen=True, slots=True)
class Look:
    """Everything that shows pages in one look; `clinic` is whose it is, if it is a clinic's."""

    site: Site
    style: Asset
    renderer: Renderer
    questions: QuestionPages
    results: ResultView
    errors: Errors
    start: StartPage
    clinic: Clinic | None


class Looks:
    """The site's own look, and those of `clinics`, if there are any.

    `clock` gives Unix time. It is safe to share between threads.
    """

    def __init__(
        self,
        maker: Maker,
        site: Site,
        style: Asset,
        clock: Callable[[], float],
        clinics: Clinics | None = None,
    ) -> None:
        self.own = maker.own_look(site, style)
        self._maker = maker
        self._clock = clock
        self._clinics = clinics
        self._kept: dict[str, tuple[Look, float]] = {}
        self._numbered: dict[str, Look] = {}
        self._away_until = 0.0

    def of(self, clinic: str | None, numbers: str | None = None) -> Look:
        """Return the look of a walk that belongs to this clinic, or to none.

        The database is asked for a look that this process has never seen, and for no other.
        `numbers` are the clinic's emergency numbers, for when it does not answer.
        """
        kept = None if clinic is None else self._kept.get(clinic)
        return self.now(clinic, numbers) if kept is None else kept[0]

    def now(self, clinic: str | None, numbers: str | None = None) -> Look:
        """Return the same as the clinic wants it now, for pages that need the database anyway."""
        if clinic is None or self._clinics is None:
            return self.own
        kept = self._kept.get(clinic)
        if kept is not None and kept[1] > self._clock():
            return kept[0]
        if self._away_until <= self._clock():
            try:
                found = self._clinics.get(ClinicId(clinic))
            except Unavailable:
                self._away_until = self._clock() + AWAY
            else:
                return self.own if found is None else self.of_clinic(found)
        return self._own_with(numbers) if kept is None else kept[0]

    def by_slug(self, slug: str) -> Look | None:
        """Return the look of the clinic with this public address; None when there is none.

        Raises Unavailable when the database is away and the look is not known.
        """
        if self._clinics is None:
            return None
        known = [
            look
            for look, _ in list(self._kept.values())  # other threads add to it
            if look.clinic and look.clinic.slug == slug
        ]
        if known and self._away_until > self._clock():
            return known[0]
        try:
            found = self._clinics.by_slug(slug)
        except Unavailable:
            self._away_until = self._clock() + AWAY
            if not known:
                raise
            return known[0]
        return None if found is None else self.of_clinic(found)

    def style(self, slug: str, path: str) -> Asset | None:
        """Return the stylesheet of a clinic, the one with this address where it is at hand."""
        for look, _ in list(self._kept.values()):
            if look.style.path == path:
                return look.style
        try:
            found = self.by_slug(slug)
        except Unavailable:
            return self.own.style
        return None if found is None else found.style

    def of_clinic(self, clinic: Clinic) -> Look:
        """Return the look of a clinic as it is now."""
        kept = self._kept.pop(clinic.id, None)
        old = None if kept is None else kept[0].clinic
        same = kept is not None and old is not None and old.revision == clinic.revision
        look = kept[0] if kept is not None and same else self._maker.clinic_look(clinic, self.own)
        for oldest in list(self._kept)[: max(0, len(self._kept) - MOST_LOOKS + 1)]:
            self._kept.pop(oldest, None)
        self._kept[clinic.id] = look, self._clock() + FRESH
        return look

    def _own_with(self, numbers: str | None) -> Look:
        """Return the site's own look with the emergency numbers of a clinic."""
        if not numbers:
            return self.own
        look = self._numbered.get(numbers)
        if look is None:
            look = self._maker.numbered_look(self.own, numbers)
            if len(self._numbered) < MOST_LOOKS:
                self._numbered[numbers] = look
        return look


class Maker:
    """Makes looks; what all of them share is made once. `sends`: answers can be sent to clinics."""

    def __init__(self, screening: Screening, settings: Settings, *, sends: bool = False) -> None:
        self._screening = screening
        self._settings = settings
        self._sends = sends
        self._templates = Templates()
        self._views = QuestionViews(screening.protocol)

    def own_look(self, site: Site, style: Asset) -> Look:
        """Return the site's own look, from its settings."""
        return self._look(site, style, None, self._settings.clinic_booking_url, KEPT_PAGES)

    def numbered_look(self, own: Look, numbers: str) -> Look:
        """Return the site's own look with these emergency numbers."""
        usual = own.site.emergency_numbers
        site = replace(own.site, emergency_numbers=_numbers(numbers, usual))
        return self._look(site, own.style, None, self._settings.clinic_booking_url, KEPT_BY_CLINIC)

    def _look(
        self, site: Site, style: Asset, clinic: Clinic | None, booking: str | None, kept_pages: int
    ) -> Look:
        renderer = Renderer(site, self._templates)
        return Look(
            site=site,
            style=style,
            renderer=renderer,
            questions=QuestionPages(self._views, renderer, kept_pages),
            results=ResultView(self._screening, site, booking),
            errors=Errors(renderer, self._settings.keep_minutes, invites=self._sends),
            start=self._start_page(None if clinic is None else clinic.name),
            clinic=clinic,
        )

    def clinic_look(self, clinic: Clinic, own: Look) -> Look:
        """Return the look of a clinic; what it has not chosen is as on the site's own pages."""
        home = f"/c/{quote(clinic.slug, safe='')}"
        style = own.style if clinic.accent is None else stylesheet(clinic.accent, home)
        site = replace(
            own.site,
            name=clinic.name,
            stylesheet=style.path,
            logo=None if clinic.logo_type is None else f"{home}/logo?v={clinic.revision}",
            phone=clinic.phone,
            emergency_numbers=_numbers(clinic.emergency_numbers, own.site.emergency_numbers),
            same_day_numbers=_numbers(clinic.same_day_numbers, own.site.same_day_numbers),
            home=home,
        )
        return self._look(site, style, clinic, clinic.booking_url, KEPT_BY_CLINIC)

    def _start_page(self, clinic: str | None) -> StartPage:
        screening = self._screening
        protocol = screening.protocol
        minutes = screening.minutes()
        purpose = protocol.texts.get("start_purpose", protocol.intended_purpose)
        return StartPage(
            title=protocol.title.text,
            stop=ANYBODY.lines(protocol.texts.get("start_stop")),
            minutes=f"About {minutes} minute{'' if minutes == 1 else 's'}",
            buttons=buttons_of(protocol),
            purpose=purpose.text,
            audience=None if protocol.audience is None else protocol.audience.text,
            kept=f"{self._settings.keep_minutes} minutes",
            disclaimer=ANYBODY.lines(protocol.texts["disclaimer"]),
            csrf="",
            resume=None,
            clinic=clinic,
        )


def _numbers(text: str | None, usual: tuple[Number, ...]) -> tuple[Number, ...]:
    """Return a clinic's own numbers; ours where it has none, or what it wrote is no list."""
    if not text:
        return usual
    try:
        return read_numbers(text)
    except ValueError:
        return usual
