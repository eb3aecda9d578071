"""Somebody who answers in a browser."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

Given = str | int | list[str]

WELL: dict[str, Given] = {
    "age": 37,
    "where": ["right_shoulder_back", "neck_back"],
    "how_long": "weeks_2_to_6",
    "began": "overuse",
    "course": "same",
    "pain": 4,
    "feel": ["pulled_muscle", "knot"],
    "heat": "fades",
    "treatment": "untried",
    "checked": "never",
}
"""A desk worker with a knot that has lasted; every list not named here is "None of these"."""


class Person:
    """Answers one page after another, as given, or as `WELL`."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    @property
    def path(self) -> str:
        """Where they are, without the host."""
        return self.page.url.removeprefix(self.url)

    @property
    def heading(self) -> str:
        """The one h1."""
        return self.page.locator("h1").inner_text()

    def start(self, path: str = "/", who: str = "For me") -> None:
        """Read a first page and begin, for oneself unless somebody else is named."""
        self.page.goto(f"{self.url}{path}")
        self.press(self.page.get_by_role("button", name=who))

    def walk_to(self, question: str, **given: Given) -> None:
        """Answer until this question is on the page."""
        while not self.path.startswith(f"/questions/{question}"):
            assert self.path.startswith("/questions/"), f"{question} is never asked"
            self.walk_one(**given)

    def press(self, target: Locator) -> None:
        """Press a button or a link, and wait for the page that it leads to."""
        with self.page.expect_navigation():
            target.click()

    def see_result(self) -> None:
        """Go to the result, from the check page where that comes first."""
        if self.path == "/check":
            self.press(self.page.get_by_role("link", name="See my result"))
        assert self.path == "/result"

    def answer(self, value: Given) -> None:
        """Answer the question on the page and continue."""
        page = self.page
        if page.locator("input[name=answer]:not([type=radio]):not([type=checkbox])").count():
            page.locator("input[name=answer]").first.fill(str(value))
        else:
            values = value if isinstance(value, list) else [value]
            ticked = page.locator("input[name=answer]:checked[type=checkbox]")
            while ticked.count():
                ticked.first.uncheck(force=True)
            for one in values:
                page.locator(f"input[name=answer][value='{one}']").check(force=True)
        self.press(page.get_by_role("button", name="Continue"))

    def walk(self, **given: Given) -> None:
        """Answer until no question is left."""
        for _ in range(40):
            if not self.path.startswith("/questions/"):
                return
            self.walk_one(**given)
        raise AssertionError("the questions never end")

    def walk_one(self, **given: Given) -> None:
        """Answer the question on the page, as given, or as `WELL`."""
        question = self.path.removeprefix("/questions/").split("?")[0]
        wanted = {**WELL, **given}
        self.answer(wanted[question] if question in wanted else self._usual())

    def _usual(self) -> Given:
        """ "None of these" where it is offered, else the last answer."""
        none = self.page.locator("input[name=answer][value=none]")
        if none.count():
            return "none"
        last = self.page.locator("input[name=answer]").last
        return last.get_attribute("value") or ""
