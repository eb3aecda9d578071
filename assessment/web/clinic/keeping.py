"""How long a clinic keeps things, what goes soon, and what the inbox tells of both."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from werkzeug.wrappers import Response
from wtforms import Field, Form, ValidationError

from assessment.practice.keeping.notices import Going
from assessment.practice.keeping.periods import ANSWERED, ERASED, UNANSWERED
from assessment.practice.keeping.periods import in_words as period
from assessment.practice.keeping.purging import in_words
from assessment.practice.staff.accounts import SignedIn
from assessment.web.clinic.area import StaffArea
from assessment.web.clinic.denials import denied
from assessment.web.clinic.fields import Choice, StaffForm
from assessment.web.clinic.flash import FIELD
from assessment.web.clinic.inbox_pages import Row, row_of
from assessment.web.clinic.pages import StaffPage
from assessment.web.html.render import go_to
from assessment.web.server.logs import Event, tell

HOME = "/clinic/settings/keeping"
SETTINGS = "/clinic/settings"
WELCOME = "/clinic/welcome?done=welcome"


def chosen(form: Form, field: Field) -> None:
    """Refuse what is not one of the periods."""
    if field.data not in dict(field.options):
        raise ValidationError("Choose one")


def _period(label: str, days: tuple[int, ...], hint: str) -> Choice:
    options = tuple((str(one), period(one)) for one in days)
    return Choice(label, options, [chosen], hint)


class KeepingForm(StaffForm):
    """The periods, in days; none is chosen at first."""

    answered = _period(
        "Erase answers after", ANSWERED,
        "From the day they arrive. The law may say how long.",
    )  # fmt: skip
    unanswered = _period(
        "Erase unanswered links after", UNANSWERED, "From the day the link stops working."
    )
    erased = _period(
        "Keep a record of erasures for", ERASED,
        "It holds no names. After a restore, it erases the same things again. Choose longer than "
        "you keep backups.",
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepingPage(StaffPage):
    """`keeping.html`. `is_new`: nobody has chosen yet; `in_setup`: it is a step of setting up."""

    form: KeepingForm
    is_new: bool
    in_setup: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GoingPage(StaffPage):
    """`going.html`: what goes soon; None for nothing. `rows` are the first of the responses."""

    going: Going | None
    how_many: str
    rows: tuple[Row, ...]


class KeepingPages:
    """The views; each takes who is signed in."""

    def __init__(self, area: StaffArea) -> None:
        self._area = area
        self._keeping = area.practice.keeping
        self._names = area.practice.inbox.names

    def show(self, who: SignedIn) -> Response:
        """Show what was chosen."""
        notice = self._area.just_done({"welcome": "Your clinic is set up."})
        clinic = who.clinic
        stored = {
            "answered": clinic.keep_answered,
            "unanswered": clinic.keep_unanswered,
            "erased": clinic.keep_erased,
        }
        data = {name: "" if value is None else str(value) for name, value in stored.items()}
        return self._page(who, KeepingForm(data=data), notice)

    def choose(self, who: SignedIn) -> Response:
        """Take what the owner chooses."""
        form = KeepingForm(request.form)
        if not form.validate():
            return self._page(who, form, status=422)
        days = (int(field.data) for field in (form.answered, form.unanswered, form.erased))
        with denied():
            self._keeping.choose(who, *days)
        tell(Event.SETTINGS_CHANGED)
        return go_to(WELCOME if _in_setup() else f"{SETTINGS}?done=saved")

    def going(self, who: SignedIn) -> Response:
        """Show what goes soon, to be kept elsewhere."""
        found = self._keeping.going(who, listed=True)
        page = GoingPage(
            title="What will be erased soon",
            section="inbox",
            going=found,
            how_many="" if found is None else in_words(found.goes),
            rows=() if found is None else tuple(row_of(one, self._names) for one in found.lines),
        )
        return self._area.page("going.html", page, who)

    def _page(
        self, who: SignedIn, form: KeepingForm, notice: str | None = None, status: int = 200
    ) -> Response:
        page = KeepingPage(
            title="How long to keep things",
            section="settings",
            narrow=True,
            notice=notice,
            problems=form.problems,
            form=form,
            is_new=not who.clinic.has_periods,
            in_setup=_in_setup(),
        )
        return self._area.page("keeping.html", page, who, status)


def _in_setup() -> bool:
    return request.args.get(FIELD) == "welcome"
