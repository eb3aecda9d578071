"""A therapist's browser that opens every page of a clinic and types into every field."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.stress.canary import words
from tests.stress.phone import Form, Phone, Reply

LEFT_OUT = ("/clinic/settings", "/clinic/account", "/clinic/sign-out", "/clinic/setup")
"""Pages about the clinic and its staff, of whom the database holds name and address."""
MOST_PAGES = 80
_ID = re.compile(r"[\w-]{20,}")


MOBILE = "+44 7700 900123"
"""A number that nobody has."""


class Told:
    """Words handed out, one for each field of each form."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.words: dict[str, str] = {}

    def word(self, name: str) -> str:
        """Return the word for a field; always the same one."""
        if name not in self.words:
            self.words |= words(self._seed + len(self.words), name)
        return self.words[name]


@dataclass
class Staff:
    """A therapist's browser that opens every page and types into every field."""

    phone: Phone
    told: Told
    seen: dict[str, Reply] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)
    filled: set[tuple[str, ...]] = field(default_factory=set)

    def sign_in(self, email: str, password: str) -> Reply:
        """Sign in, or try to."""
        page = self.phone.get("/clinic/sign-in")
        form = page.form("email", "password")
        return self.phone.send(form, form.filled(email=email, password=password))

    def look_around(self, start: str) -> None:
        """Open every page of the clinic area, and fill in every form once."""
        waiting, opened = [start], set[str]()
        while waiting and len(opened) < MOST_PAGES:
            path = waiting.pop(0)
            if path in opened or path.startswith(LEFT_OUT):
                continue
            opened.add(path)
            page = self._landed(self.phone.get(path))
            waiting += self._paths(page)
            for form in page.forms:
                waiting += self._fill(form)

    def _fill(self, form: Form) -> list[str]:
        """Fill in a form that takes words; return the addresses on the page that it leads to."""
        typed = [
            name for name, kind in form.kinds.items()
            if kind in ("text", "search", "email", "textarea", "tel")
        ]  # fmt: skip
        shape = (_ID.sub("*", form.action), form.method, *sorted(form.kinds))
        if not typed or shape in self.filled or form.action.startswith(LEFT_OUT):
            return []
        self.filled.add(shape)
        found: list[str] = []
        for variant in ("wrong", "right"):
            values = {name: [self._typed(form, name, variant)] for name in typed if name != "days"}
            if variant == "wrong" and "days" in form.kinds:
                values["days"] = ["0"]
            button = next(({name: [value]} for name, value in form.buttons if name), {})
            page = self._landed(self.phone.send(form, {**form.values, **values, **button}))
            found += self._paths(page)
        return found

    def _typed(self, form: Form, name: str, variant: str) -> str:
        """Return a word for a field: no address of mail at first, then one."""
        where = _ID.sub("*", form.action).strip("/").replace("/", " ")
        word = self.told.word(f"{where}: {name}")
        if variant == "wrong":
            return word
        if name == "phone" and "invitations" in form.action:
            return MOBILE
        return f"{word}@mail.example" if "mail" in name else word

    def _landed(self, reply: Reply) -> Reply:
        """Follow redirects to a page, and remember it."""
        for _ in range(5):
            if reply.status != 303:
                break
            reply = self.phone.follow(reply)
        self.seen[reply.path] = reply
        self.links += re.findall(r"/i/([\w-]{43})", reply.body)
        return reply

    def _paths(self, page: Reply) -> list[str]:
        found = re.findall(r'href="(/clinic[^"#]*)', page.body)
        return [path.replace("&amp;", "&") for path in found]
