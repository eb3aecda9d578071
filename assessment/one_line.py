"""A command line that says what is wrong in one line, and ends with 2."""

from __future__ import annotations

import codecs
import errno
import io
import sys
from pathlib import Path
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
            _refuse_copy(Path(sys.argv[0]), Path(sys.prefix))
            _write_what_the_terminal_lacks_as_escapes()
            code = super().main(*args, **{**extra, "standalone_mode": False})
            sys.stdout.flush()
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            click.echo(f"assessment: cannot write: {error.strerror}", err=True)
            sys.stdout = io.StringIO()  # what is left in it cannot be written either
            sys.exit(1)
        except click.Abort:
            click.echo("assessment: stopped", err=True)
            sys.exit(1)
        except click.ClickException as error:
            click.echo(f"assessment: {error.format_message()}", err=True)
            sys.exit(error.exit_code)
        sys.exit(code if isinstance(code, int) else 0)


def _refuse_copy(command: Path, environment: Path) -> None:
    """Raise BadInput where the command stands in a copied environment.

    It would run the program of the folder that it was copied from, and use the rules there.
    """
    home = command.resolve().parent.parent
    if (home / "pyvenv.cfg").is_file() and home != environment.resolve():
        raise BadInput(
            f"{home} was copied from {environment}, and would use the files there; "
            f"run `make setup` in {home.parent}"
        )


def _write_what_the_terminal_lacks_as_escapes() -> None:
    """Have a terminal without some letter show it as `\\u201c`, which JSON reads, too."""
    codecs.register_error("escape", _escaped)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="escape")


def _escaped(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass").hex()
    pairs = [units[place : place + 4] for place in range(0, len(units), 4)]
    return "".join(f"\\u{pair}" for pair in pairs), error.end
