"""What the pages of invitations and of sending show: one frozen context for each template."""

from __future__ import annotations

from dataclasses import dataclass

from assessment.records.own_questions import OwnQuestion
from assessment.web.html.pages import ErrorPage, Link
from assessment.web.html.unsent import Typed
from assessment.web.walk.pages import StartPage
from assessment.web.walk.result_pages import CrisisPage, EmergencyPage, Line, ResultPage


@dataclass(frozen=True, slots=True)
class InvitedPage:
    """`invited.html`: what a link opens, then the buttons. Nothing in it tells of the client.

    `after`: it comes after a visit, not before it.

    `start` is the clinic's own first page, with which it shares most. `kept` is a phrase.
    `can_go_on`: answers given with this link are still on the device. `other` leads to answers
    that are there from something else.
    """

    title: str
    start: StartPage
    kept: str
    csrf: str
    can_go_on: bool
    other: Link | None
    after: bool


@dataclass(frozen=True, slots=True)
class UsedLinkPage:
    """`link_used.html`: a link that was used; `path` takes the agreement back."""

    says: ErrorPage
    path: str
    csrf: str = ""

    @property
    def title(self) -> str:
        """What happened."""
        return self.says.title


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a field, and the id of the input to go to."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class OwnField:
    """A question of the clinic's own with what was `given`; `name` is that of its input, and the
    id. `fault` says what is wrong.
    """

    name: str
    question: OwnQuestion
    given: tuple[str, ...]
    fault: str | None = None

    @property
    def typed(self) -> str:
        """What was typed, where nothing is chosen."""
        return self.given[0] if self.given else ""


@dataclass(frozen=True, slots=True)
class ActivityField:
    """Something that is hard to do, and how well it goes; the names are those of the two inputs."""

    name: str
    score_name: str
    words: str
    score: int | None
    fault: str | None


@dataclass(frozen=True, slots=True)
class MeasureFields:
    """The short measures as far as they were answered.

    `again`: they were asked before a visit, too. `later`: they may be asked once more after it.
    """

    pain: int | None
    activities: tuple[ActivityField, ...]
    again: bool
    later: bool


@dataclass(frozen=True, slots=True)
class SendPage:
    """`send.html`: who gets what, then the form.

    `therapist` is who invited the person. `consent` is what they agree to, `mark` what the ticked
    box sends. `has_private`: some questions are private; `private` is what the clinic will read
    where a private answer matters. `crisis` are lines of help. `emergency`: their result is one.
    `sure` is what the box sends that says that the age and the date of birth
    are both right, where they contradict each other. `minor`: a guardian has to
    sign. `asks_phone`: they may give their telephone number. `own` are the clinic's own questions,
    `measures` are there where those are asked. `lost` is what was filled in and is not asked any
    more. `faults` are
    by field; `wrong` are the inputs of the date to mark.
    """

    title: str
    clinic: str
    therapist: str | None
    carer: bool
    has_private: bool
    private: tuple[str, ...]
    emergency: bool
    crisis: tuple[Line, ...]
    consent: tuple[str, ...]
    mark: str
    typed: Typed
    sure: str | None
    minor: bool
    asks_phone: bool
    faults: dict[str, Fault]
    own: tuple[OwnField, ...]
    lost: tuple[str, ...]
    measures: MeasureFields | None
    wrong: tuple[str, ...]
    csrf: str
    notice: str | None


@dataclass(frozen=True, slots=True)
class SentPage:
    """`sent.html`: what was sent to whom and when, and the result again.

    `result` is None where it cannot be known here: the rules have changed so much since, or the
    version that was answered is unknown here and the page is to be asked for `again`.
    """

    title: str
    clinic: str
    when: str
    result: ResultPage | None
    csrf: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class SentOtherwisePage:
    """`sent_otherwise.html`: other answers were sent before, and what these lead to.

    `when` is when the clinic got the others. One of `emergency` and `result` is there; `crisis`
    takes the place of an emergency that is private. `typed` is what was typed this time, and is on
    no other page. `can_keep`: there is a copy to save.
    """

    title: str
    clinic: str
    when: str
    emergency: EmergencyPage | None
    result: ResultPage | None
    typed: Typed
    csrf: str
    crisis: CrisisPage | None
    can_keep: bool


@dataclass(frozen=True, slots=True)
class SentCrisisPage:
    """`sent_crisis.html`: people to talk to now, then what was sent."""

    title: str
    clinic: str
    when: str
    crisis: CrisisPage
    csrf: str


@dataclass(frozen=True, slots=True)
class SentEmergencyPage:
    """`sent_emergency.html`: the number first, then what was sent."""

    title: str
    clinic: str
    when: str
    result: EmergencyPage
    csrf: str
