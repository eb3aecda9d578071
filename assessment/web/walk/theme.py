"""How pages look: the site's own way, and that of each clinic.

The site's own theme is made at start. A clinic's is made when it is first needed and kept by the
clinic's revision. Pages that need the database anyway look the clinic up again: the first page,
links and Send; every version of the protocol then shows what they found. A page of a walk takes
what is there, so that a database that hangs delays no emergency page. When it is away the clinic
goes on as it was last known, or the site's own theme with the clinic's emergency numbers, which
every walk brings along.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote

from assessment.exports.dates import calendar_of
from assessment.exports.numbers import SAME_DAY_NUMBERS, Number
from assessment.exports.phones import phone_in_words
from assessment.records.model import Clinic
from assessment.records.refusals import Unavailable
from assessment.screening import Screening
from assessment.web.html.assets import Asset, stylesheet, waiting_script
from assessment.web.html.clinic_cache import ClinicCache
from assessment.web.html.errors import Errors
from assessment.web.html.pages import OwnWords, Site
from assessment.web.html.render import Renderer, Templates
from assessment.web.html.voice import ANYBODY
from assessment.web.server.setting_values import kept_numbers
from assessment.web.server.settings import Settings
from assessment.web.walk.pages import StartPage
from assessment.web.walk.question_view import KEPT_PAGES, QuestionPages, QuestionViews
from assessment.web.walk.result_view import ResultView
from assessment.web.walk.start_buttons import buttons_of

MOST_THEMES = 50
KEPT_BY_CLINIC = 100


@dataclass(frozen=True, slots=True)
class Theme:
    """Everything that shows pages in one theme; `clinic` is whose it is, if it is a clinic's."""

    site: Site
    style: Asset
    renderer: Renderer
    questions: QuestionPages
    results: ResultView
    errors: Errors
    start: StartPage
    clinic: Clinic | None


class Themes:
    """The site's own theme, and those of the `known` clinics, if there are any.

    It is safe to share between threads.
    """

    def __init__(
        self, theme_maker: ThemeMaker, site: Site, style: Asset, known: ClinicCache | None = None
    ) -> None:
        self.own = theme_maker.own_theme(site, style)
        self._theme_maker = theme_maker
        self._known = known
        self._made: dict[tuple[str, bool], tuple[int, Theme]] = {}
        self._numbered: dict[tuple[str, bool], Theme] = {}

    def of(self, clinic: str | None, numbers: str | None = None, *, waiting: bool = False) -> Theme:
        """Return the theme of a walk that belongs to this clinic, or to none.

        The database is asked for a clinic that this process has never seen, and for no other.
        `numbers` are the clinic's emergency numbers, for when it does not answer. `waiting`: it is
        shown on the tablet of their waiting room.
        """
        if clinic is None or self._known is None:
            return self.own
        last = self._known.last(clinic)
        if last is None:
            return self.now(clinic, numbers, waiting=waiting)
        return self._of(last, waiting=waiting)

    def at_hand(
        self, clinic: str | None, numbers: str | None = None, *, waiting: bool = False
    ) -> Theme:
        """Return the same without the database, whatever is not known: for when something fails."""
        last = None if clinic is None or self._known is None else self._known.last(clinic)
        return (
            self._own_with(numbers, waiting=waiting)
            if last is None
            else self._of(last, waiting=waiting)
        )

    def now(
        self, clinic: str | None, numbers: str | None = None, *, waiting: bool = False
    ) -> Theme:
        """Return the same as the clinic wants it now, for pages that need the database anyway."""
        if clinic is None or self._known is None:
            return self.own
        try:
            found = self._known.now(clinic)
        except Unavailable:
            return self._own_with(numbers, waiting=waiting)
        return self.own if found is None else self._of(found, waiting=waiting)

    def by_slug(self, slug: str) -> Theme | None:
        """Return the theme of the clinic with this public address; None when there is none.

        Raises Unavailable when the database is away and the clinic is not known.
        """
        found = None if self._known is None else self._known.by_slug(slug)
        return None if found is None else self._of(found)

    def style(self, slug: str, path: str) -> Asset | None:
        """Return the stylesheet of a clinic, the one with this address where it is at hand."""
        last = None if self._known is None else self._known.last_at(slug)
        style = None if last is None else self._of(last).style
        if style is not None and style.path == path:
            return style
        try:
            found = self.by_slug(slug)
        except Unavailable:
            return self.own.style
        return None if found is None else found.style

    def of_clinic(self, clinic: Clinic) -> Theme:
        """Return the theme of a clinic that was looked up just now."""
        return self._of(clinic if self._known is None else self._known.note(clinic))

    def _of(self, clinic: Clinic, *, waiting: bool = False) -> Theme:
        """Return the theme of a clinic at this revision."""
        key = clinic.id, waiting
        made = self._made.get(key)
        if made is not None and made[0] == clinic.revision:
            return made[1]
        theme = self._theme_maker.clinic_theme(clinic, self.own, waiting=waiting)
        self._made.pop(key, None)
        for oldest in list(self._made)[: max(0, len(self._made) - MOST_THEMES + 1)]:
            self._made.pop(oldest, None)
        self._made[key] = clinic.revision, theme
        return theme

    def _own_with(self, numbers: str | None, *, waiting: bool) -> Theme:
        """Return the site's own theme with the emergency numbers of a clinic."""
        if not (numbers or waiting):
            return self.own
        key = numbers or "", waiting
        theme = self._numbered.get(key)
        if theme is None:
            theme = self._theme_maker.numbered_theme(self.own, key[0], waiting=waiting)
            if len(self._numbered) < MOST_THEMES:
                self._numbered[key] = theme
        return theme


class ThemeMaker:
    """Makes themes; what all share is made once. `sends`: answers can be sent to clinics."""

    def __init__(self, screening: Screening, settings: Settings, *, sends: bool = False) -> None:
        self._screening = screening
        self._settings = settings
        self._sends = sends
        self._templates = Templates()
        self._views = QuestionViews(screening.protocol)

    def own_theme(self, site: Site, style: Asset) -> Theme:
        """Return the site's own theme, from its settings."""
        return self._theme(site, style, None, self._settings.clinic_booking_url, KEPT_PAGES)

    def numbered_theme(self, own: Theme, numbers: str, *, waiting: bool) -> Theme:
        """Return the site's own theme with these emergency numbers; `waiting` as of a clinic."""
        usual = own.site.emergency_numbers
        site = replace(
            own.site,
            emergency_numbers=_numbers(numbers, usual),
            waiting_js=_waiting_js(waiting=waiting),
        )
        booking = None if waiting else self._settings.clinic_booking_url
        return self._theme(site, own.style, None, booking, KEPT_BY_CLINIC)

    def _theme(
        self, site: Site, style: Asset, clinic: Clinic | None, booking: str | None, kept_pages: int
    ) -> Theme:
        renderer = Renderer(site, self._templates)
        return Theme(
            site=site,
            style=style,
            renderer=renderer,
            questions=QuestionPages(self._views, renderer, kept_pages),
            results=ResultView(self._screening, site, booking),
            errors=Errors(renderer, self._settings.keep_minutes, invites=self._sends),
            start=self._start_page(None if clinic is None else clinic.name),
            clinic=clinic,
        )

    def clinic_theme(self, clinic: Clinic, own: Theme, *, waiting: bool = False) -> Theme:
        """Return the theme of a clinic; what it has not chosen is as on the site's own pages.

        `waiting`: for the tablet of its waiting room, whose pages forget by themselves.
        """
        home = f"/c/{quote(clinic.slug, safe='')}"
        style = own.style if clinic.accent is None else stylesheet(clinic.accent, home)
        site = replace(
            own.site,
            name=clinic.name,
            stylesheet=style.path,
            logo=None if clinic.logo_type is None else f"{home}/logo?v={clinic.revision}",
            phone=clinic.phone and phone_in_words(clinic.phone, clinic.country),
            emergency_numbers=_numbers(clinic.emergency_numbers, own.site.emergency_numbers),
            same_day_numbers=_same_day(clinic, own.site.same_day_numbers),
            home="/" if waiting else home,
            waiting_js=_waiting_js(waiting=waiting),
            of_clinic=True,
            calendar=calendar_of(clinic.time_zone),
            words=OwnWords(
                *(_lines(one) for one in (clinic.welcome, self._before(clinic), clinic.after_visit))
            ),
        )
        booking = None if waiting else clinic.booking_url
        return self._theme(site, style, clinic, booking, KEPT_BY_CLINIC)

    def _before(self, clinic: Clinic) -> str | None:
        """Return what a clinic says before a visit, where that is still to come."""
        return None if self._screening.is_after_visit else clinic.before_visit

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


def _waiting_js(*, waiting: bool) -> str:
    """Return the script that forgets, for the pages of a waiting room."""
    return waiting_script().path if waiting else ""


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple(filter(None, (text or "").splitlines()))


def _same_day(clinic: Clinic, site: tuple[Number, ...]) -> tuple[Number, ...]:
    """Return a clinic's same-day numbers; the site's where it has none.

    Those that nobody chose are British, and tell nobody anything in another country.
    """
    is_abroad = clinic.country not in (None, "GB")
    usual = () if is_abroad and site == SAME_DAY_NUMBERS else site
    return _numbers(clinic.same_day_numbers, usual)


def _numbers(text: str | None, usual: tuple[Number, ...]) -> tuple[Number, ...]:
    """Return a clinic's own numbers; ours where it has none, or what it wrote is no list."""
    return kept_numbers(text or "") or usual
