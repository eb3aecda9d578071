"""The name of a browser, for the list of sessions. Nothing else of what it sends is kept."""

from __future__ import annotations

_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Macintosh", "Mac"), ("CrOS", "Chromebook"), ("Linux", "Linux"),
)  # fmt: skip


def browser_in_words(user_agent: str) -> str:
    """Return words such as "Firefox on Windows", whatever the browser says of itself."""
    browser = _named(user_agent, _BROWSERS) or "A browser"
    system = _named(user_agent, _SYSTEMS)
    return f"{browser} on {system}" if system else browser


def _named(text: str, names: tuple[tuple[str, str], ...]) -> str | None:
    return next((name for part, name in names if part in text), None)
