"""axe-core, asked about a page with every rule that WCAG 2.2 AA needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, StorageState

OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
}


def violations(page: Page) -> list[str]:
    """Return each violation as its rule and the element that it is in."""
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]


WIDTHS = (320, 390, 1280)
"""A small phone, a phone and a desk, in CSS pixels."""
STYLED_AS = {390: 320}
"""A width that no style tells from another one: what axe finds there, it finds on the other."""


class Inspection:
    """A window in which pages are looked at by axe, in each layout, light and dark.

    None may scroll sideways, in any width.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: dict[str, list[str]] = {}

    def look(self, name: str) -> None:
        """Look at the page that is open; `name` is how it is told of."""
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            self.found[f"{name}, {width}"] = [f"scrolls sideways: {wide}"] if wide > width else []
            for scheme in () if width in STYLED_AS else ("light", "dark"):
                self.page.emulate_media(color_scheme=scheme)
                self.found[f"{name}, {width}, {scheme}"] = violations(self.page)


@contextmanager
def inspecting(browser: Browser, cookies: StorageState | None = None) -> Iterator[Inspection]:
    """Open a window, with these cookies; at the end nothing may have been found in it."""
    context = browser.new_context(storage_state=cookies, bypass_csp=True)
    inspection = Inspection(context.new_page())
    yield inspection
    context.close()
    left = {name: faults for name, faults in inspection.found.items() if faults}
    assert left == {}, left
