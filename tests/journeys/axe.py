"""axe-core, asked about a page with every rule that WCAG 2.2 AA needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
}


def violations(page: Page) -> list[str]:
    """Return each violation as its rule and the element that it is in."""
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]


class Inspection:
    """One window in which every page is looked at by axe, and must not scroll sideways."""

    def __init__(self, page: Page, width: int) -> None:
        self.page = page
        self.found: dict[str, list[str]] = {}
        self._width = width

    def look(self, name: str) -> None:
        """Look at the page that is open; `name` is how it is told of."""
        self.found[name] = violations(self.page)
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= self._width, f"{name} scrolls sideways: {wide}"


@contextmanager
def inspecting(browser: Browser, width: int, *, dark: bool) -> Iterator[Inspection]:
    """Open a window; at the end nothing may have been found in it."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        bypass_csp=True,
    )
    inspection = Inspection(context.new_page(), width)
    yield inspection
    context.close()
    assert {name: faults for name, faults in inspection.found.items() if faults} == {}
