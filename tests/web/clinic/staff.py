"""Somebody of a clinic, whose browser inspects every page that it touches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask

from assessment.practice.practice import Practice
from assessment.practice.staff.accounts import SignedIn
from tests.web.client import DISCLAIMER, EVERY_PAGE, LOCAL, Client, Given, Page, text_of

PASSWORD = "maroon kettle drifts over nine hills"
SCRIPT = "script-src 'self'"


@dataclass(frozen=True)
class StaffPage(Page):
    """A page of the clinic area: like any page of ours, with a policy of its own."""

    def check(self) -> None:
        """Fail unless this page keeps what every page of the clinic area promises."""
        for name, value in EVERY_PAGE.items():
            assert self.response.headers.get_all(name) == [value], name
        policy = self.response.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert SCRIPT in policy
        assert self.response.headers.get_all("Cache-Control") == ["no-store"]
        assert "Content-Encoding" not in self.response.headers
        self.one("h1")
        assert self.title.strip()
        assert self.one("html").get("lang") == "en"
        assert DISCLAIMER in text_of(self.one("body"))
        scripts = [one.get("src", "").rsplit("-", 1)[0] for one in self.all("script")]
        assert scripts in (
            ["/clinic"], ["/clinic", "/clinic-notices"], ["/clinic", "/passkey"],
        )  # fmt: skip
        assert not self.all("style")
        self._check_elements()
        labelled = {one.get("for") for one in self.all("label")}
        for tag in ("textarea", "select"):
            for element in self.all(tag):
                assert element.get("id") in labelled or element.get("aria-label"), (
                    f"no label: {tag}"
                )
        for form in self.all("form", method="post"):
            names = [one.get("name") for one in form.iter("input")]
            assert "csrf_token" in names, f"no token: {form.get('action')}"

    @property
    def errors(self) -> list[str]:
        """What the summary of problems says."""
        found = [one for one in self.all("div") if one.get("class") == "errors"]
        return [text_of(one) for box in found for one in box.iter("li")]

    def value(self, name: str) -> str:
        """What a field of the page holds; in several forms it holds the same."""
        [element, *others] = [
            one
            for tag in ("input", "textarea", "select")
            for one in self.all(tag, name=name)
            if one.get("type") not in ("submit", "button")
        ]
        assert {one.get("value") for one in others} <= {element.get("value")}
        if element.tag == "textarea":
            return (element.text or "").removeprefix("\n")
        if element.tag == "select":
            chosen = [one for one in element.iter("option") if "selected" in one.attrib]
            return (chosen[0].get("value") or "") if chosen else ""
        return element.get("value") or ""

    @property
    def hidden(self) -> dict[str, str]:
        """Every hidden field, but for those of the bar and the footer."""
        return {
            one.get("name") or "": one.get("value") or ""
            for one in self.one("main").iter("input")
            if one.get("type") == "hidden"
        }


class Staff(Client):
    """A browser of one therapist."""

    def __init__(self, app: Flask, practice: Practice, email: str, base: str = LOCAL) -> None:
        super().__init__(app, base)
        self.practice = practice
        self.email = email

    def get(self, path: str, **headers: str) -> StaffPage:
        """Open a page."""
        return _as_staff(super().get(path, **headers))

    def post(self, path: str, data: Mapping[str, Given] | None = None, **headers: str) -> StaffPage:
        """Send a form of a page; the token of the session is added where none is given."""
        sent = dict(data or {})
        if "csrf_token" not in sent and (token := self.token) is not None:
            sent["csrf_token"] = token
        return _as_staff(super().post(path, sent, **headers))

    def sign_in(self, password: str = PASSWORD, **more: str) -> StaffPage:
        """Fill in the form for signing in, in a browser that was closed."""
        self.forget()
        token = self.get("/clinic/sign-in").value("csrf_token")
        form = {"csrf_token": token, "email": self.email, "password": password, **more}
        return self.post("/clinic/sign-in", form)

    @property
    def session_cookie(self) -> str | None:
        """The secret of the session."""
        found = [
            value for name, value in self.cookies.items() if name in ("clinic", "__Host-clinic")
        ]
        return found[0] if found else None

    @property
    def who(self) -> SignedIn:
        """Who is signed in."""
        cookie = self.session_cookie
        who = None if cookie is None else self.practice.accounts.session(cookie)
        assert who is not None, "nobody is signed in"
        return who

    @property
    def token(self) -> str | None:
        """The token of the session, if somebody is signed in."""
        cookie = self.session_cookie
        who = None if cookie is None else self.practice.accounts.session(cookie)
        return None if who is None else who.form_token

    def _look(self, response: object) -> Page:
        page = StaffPage(response)  # type: ignore[arg-type]  # what the test client gives
        assert page.status != 500, page.html
        if page.response.mimetype == "text/html" and page.status != 303:
            page.check()
        return page


def _as_staff(page: Page) -> StaffPage:
    assert isinstance(page, StaffPage)
    return page
