"""Somebody who works in a clinic, in a browser."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page

PASSWORD = "maroon kettle drifts over nine hills"


class Therapist:
    """Sets up a clinic, and goes about in its pages."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    @property
    def path(self) -> str:
        """Where they are, without the host."""
        return self.page.url.removeprefix(self.url)

    @property
    def main(self) -> str:
        """What they read."""
        return self.page.locator("main").inner_text()

    def go(self, path: str) -> None:
        """Open a page."""
        self.page.goto(self.url + path)

    def press(self, target: Locator) -> None:
        """Press a button or a link, and wait for the page that it leads to."""
        with self.page.expect_navigation():
            target.click()

    def press_button(self, name: str) -> None:
        """Press the button of this name."""
        self.press(self.page.get_by_role("button", name=name, exact=True))

    def follow(self, name: str) -> None:
        """Follow the link of this name."""
        self.press(self.page.get_by_role("link", name=name, exact=True))

    def set_up(self, printed: str) -> None:
        """Make a clinic, with the code that the server printed."""
        [code] = re.findall(r"enter the code (\S+)", printed)
        self.go("/clinic/setup")
        for name, typed in {
            "code": code,
            "clinic_name": "Riverside Massage",
            "name": "Ana Ruiz",
            "email": "ana@example.org",
            "password": PASSWORD,
        }.items():
            self.page.locator(f"[name={name}]").fill(typed)
        self.page.get_by_label("Country").select_option(label="United Kingdom")
        self.press_button("Set up")

    def invite(self, name: str, email: str = "") -> str:
        """Make an invitation; return its link."""
        self.go("/clinic/invitations/new")
        self.page.locator("[name=name]").fill(name)
        self.page.locator("[name=email]").fill(email)
        self.press_button("Make the link")
        return self.page.locator("#link").input_value()
