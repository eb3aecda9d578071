"""The addresses of what stores and counts, as an operator writes them."""

from __future__ import annotations

from pathlib import Path

_OF_REDIS = frozenset({
    "host", "port", "db", "username", "password", "path", "connection_class",
    "ssl_ca_certs", "ssl_certfile", "ssl_keyfile",
})  # fmt: skip


def read_database_url(text: str) -> str:
    """Return the address of a database; raises ValueError, with words, when it is none."""
    text = text.strip()
    if not text.startswith(("sqlite:///", "postgresql://", "postgres://")):
        raise ValueError("must start with sqlite:/// or postgresql://")
    file = text.removeprefix("sqlite:///")
    return f"sqlite:///{Path(file).expanduser()}" if file.startswith("~") else text


def read_redis_url(text: str) -> str:
    """Return the address of a Redis or Valkey; raises ValueError, without its password."""
    text = text.strip()
    if not text.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must start with redis://, rediss:// or unix://, for Valkey too")
    try:
        from redis.connection import parse_url  # an extra, which need not be there
    except ModuleNotFoundError:
        raise ValueError("needs the package redis; see pyproject.toml") from None
    try:
        options = set(parse_url(text))  # type: ignore[no-untyped-call]  # not typed there
    except ValueError:
        raise ValueError("must be an address such as redis://cache.example:6379/0") from None
    for name in sorted(options - _OF_REDIS):
        raise ValueError(f"Redis has no option `{name}`; leave it out")
    return text
