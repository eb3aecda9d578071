"""WSGI entry: `gunicorn app:application`. `python app.py` serves it."""

from __future__ import annotations

import sys


def __getattr__(name: str) -> object:
    """Make the application when a server asks for it, not when this file is read."""
    if name not in ("app", "application"):
        raise AttributeError(name)
    from assessment.web.serve import wsgi_app

    return wsgi_app()


if __name__ == "__main__":
    from assessment.web.serve import main

    sys.exit(main())
