"""Writes a mail as bytes.

The head is written here and never by `email.policy`: several versions of Python first decode an
encoded word in a name that is handed to them, and then write the line breaks that were hidden in
it. Here nothing is decoded. What could be read as more than letters is encoded as it stands.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import quote

from assessment.practice.post.addresses import Address

_BREAK = "\r\n"
_BODY = SMTP.clone(cte_type="7bit")  # any server can pass it on
_UNFIT = ("Cc", "Cs", "Zl", "Zp")


def named(name: str, address: Address) -> str:
    """Return the value of `From` for a name beside an address; raises ValueError."""
    if not name:
        return f"<{address}>"
    if _is_plain(name):
        return f'"{quote(name)}" <{address}>'
    return f"{words(name, 'From')}{_BREAK} <{address}>"


def words(text: str, header: str) -> str:
    """Return text as the value of a header; raises ValueError when it has no place in a head."""
    if any(unicodedata.category(letter) in _UNFIT for letter in text):
        raise ValueError("not fit for the head of a mail")
    charset = "us-ascii" if _is_plain(text) else "utf-8"
    return Header(text, charset, header_name=header).encode(linesep=_BREAK)


def written(head: Mapping[str, str], text: str) -> bytes:
    """Return a mail with this head, whose values are as `named` and `words` return them."""
    body = EmailMessage(policy=_BODY)
    body.set_content(text)
    lines = "".join(f"{name}: {value}{_BREAK}" for name, value in head.items())
    return lines.encode() + body.as_bytes()


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and "=?" not in text
