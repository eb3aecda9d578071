"""Clinics as they were when last looked up: one memory of them for the pages of every version.

Each process has its own. In the background it looks up anew what it keeps, so that all processes
show the same within `FRESH`, and no page waits for that.
"""

from __future__ import annotations

from collections.abc import Callable

from assessment.practice.background import Job
from assessment.practice.cooldown import NEVER, lately
from assessment.practice.staff.clinics import Clinics
from assessment.records.ids import ClinicId
from assessment.records.model import Clinic
from assessment.records.refusals import Unavailable

FRESH = 10.0
"""Seconds for which a clinic is shown without asking whether it has changed anything."""
AWAY = 30.0
"""Seconds for which a database that was away is not asked again, where a page does without."""
MOST_CLINICS = 50


class ClinicCache:
    """Looks clinics up, and keeps what it found.

    `clock` gives Unix time. It is safe to share between threads.
    """

    def __init__(self, clinics: Clinics, clock: Callable[[], float]) -> None:
        self._clinics = clinics
        self._clock = clock
        self._kept: dict[str, tuple[Clinic, float]] = {}
        self._away_at = NEVER

    @property
    def job(self) -> Job:
        """What a server does so that nobody sees for long what another process has changed."""
        return Job("clinics look as they were", (self.catch_up,), FRESH, FRESH)

    def catch_up(self, _: Callable[[], bool] = lambda: False) -> None:
        """Look up anew all that is kept. Raises Unavailable; then it stays as it was."""
        kept = [clinic.id for clinic, _ in list(self._kept.values())]
        if not kept:
            return
        found = {one.id: one for one in self._clinics.several(kept)}
        for id in kept:
            if id in found:
                self.note(found[id])
            else:
                self._kept.pop(id, None)

    def last(self, clinic: str) -> Clinic | None:
        """Return a clinic as it was last seen, however long ago; the database is never asked."""
        kept = self._kept.get(clinic)
        return None if kept is None else kept[0]

    def last_at(self, slug: str) -> Clinic | None:
        """Return the same by the public address that the clinic had then."""
        kept = list(self._kept.values())  # other threads add to it
        return next((clinic for clinic, _ in kept if clinic.slug == slug), None)

    def now(self, clinic: str) -> Clinic | None:
        """Return a clinic as it is now, or was when the database last answered.

        None says that there is no such clinic. Raises Unavailable when nothing is known of it and
        the database is away.
        """
        last, when = self._kept.get(clinic, (None, NEVER))
        if lately(when, self._clock(), FRESH):
            return last
        if self._is_away():
            return _or_away(last)
        try:
            found = self._clinics.get(ClinicId(clinic))
        except Unavailable:
            self._away_at = self._clock()
            return _or_away(last)
        return None if found is None else self.note(found)

    def by_slug(self, slug: str) -> Clinic | None:
        """Return the clinic with this public address, as `now` does."""
        last = self.last_at(slug)
        if last is not None and self._is_away():
            return last
        try:
            found = self._clinics.by_slug(slug)
        except Unavailable:
            self._away_at = self._clock()
            return _or_away(last)
        return None if found is None else self.note(found)

    def note(self, clinic: Clinic) -> Clinic:
        """Keep a clinic that was looked up just now, and return it."""
        self._kept.pop(clinic.id, None)
        for oldest in list(self._kept)[: max(0, len(self._kept) - MOST_CLINICS + 1)]:
            self._kept.pop(oldest, None)
        self._kept[clinic.id] = clinic, self._clock()
        return clinic

    def _is_away(self) -> bool:
        return lately(self._away_at, self._clock(), AWAY)


def _or_away(last: Clinic | None) -> Clinic:
    """Return what was last known; raises Unavailable where that is nothing."""
    if last is None:
        raise Unavailable("the clinic is not known, and the database is away")
    return last
