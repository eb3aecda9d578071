"""A clinic and its client, by whatever way their phones reach the product."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from tests.stress.clinic import is_acknowledged, press_send, typed_by
from tests.stress.person import Person
from tests.stress.phone import Phone
from tests.stress.staff import Staff, Told

EMAIL, PASSWORD = "ana@example.org", "maroon kettle drifts over nine hills"


class People:
    """The owner of the clinic, and whoever she invites."""

    def __init__(self, phone: Callable[[], Phone]) -> None:
        self._phone = phone
        self._staff = Staff(phone(), Told(1))

    def set_up(self, said: str) -> None:
        """Make the clinic with the code that the server said at its start."""
        phone = self._staff.phone
        code = re.findall(r"enter the code (\S+)", said)[-1]
        form = phone.get("/clinic/setup").form("code", "clinic_name")
        typed = form.filled(
            code=code, clinic_name="Riverside Massage", country="GB", name="Ana Ruiz",
            email=EMAIL, password=PASSWORD,
        )  # fmt: skip
        assert phone.post("/clinic/setup", typed).status == 303

    def invite(self) -> str:
        """Return the secret of a new link."""
        phone = self._staff.phone
        form = phone.get("/clinic/invitations/new").form("name", "days")
        made = phone.post("/clinic/invitations/new", form.filled(name="Zoe Fischer"))
        page = phone.follow(made) if made.status == 303 else made
        return str(re.findall(r"/i/([\w-]{20,})", page.body)[0])

    def answer_and_send(self, token: str) -> None:
        """Walk from a link to a result, and send it; it is told that it was sent."""
        chance = random.Random(4)
        person = Person(self._phone(), chance)
        end = person.walk(person.open_link(token), age="40")
        assert person.phone.get(end).status == 200
        values = press_send(person.phone.get("/send"), typed_by(1, chance), person.given)
        assert is_acknowledged(person.phone.post("/send", values))

    def inbox(self) -> str:
        """Sign in on another device, and return the words of the inbox."""
        self._staff.phone = self._phone()
        assert self._staff.sign_in(EMAIL, PASSWORD).status == 303
        return self._staff.phone.get("/clinic/inbox").body
