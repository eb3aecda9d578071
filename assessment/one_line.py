"""A command line that says what is wrong in one line, and ends with 2."""

from __future__ import annotations

import sys
from typing import IO, Any

import click


class BadInput(click.ClickException):
    """Something on the command line that cannot be used: one line, exit 2."""

    exit_code = 2

    def show(self, file: IO[str] | None = None) -> None:
        """Print the one line."""
        click.echo(f"assessment: {self.message}", file=file, err=True)


class OneLineGroup(click.Group):
    """A group of commands whose usage errors are one line too."""

    def main(self, *args: Any, **extra: Any) -> Any:  # noqa: ANN401  click's own signature
        """Run the command and end the process with its exit code."""
        try:
            code = super().main(*args, **{**extra, "standalone_mode": False})
        except click.Abort:
            click.echo("assessment: stopped", err=True)
            sys.exit(1)
        except click.ClickException as error:
            click.echo(f"assessment: {error.format_message()}", err=True)
            sys.exit(error.exit_code)
        sys.exit(code if isinstance(code, int) else 0)
