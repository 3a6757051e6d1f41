"""Mail no human wrote: holiday answers, reports, lists, our own mail coming back; pure.

Invariant: what is named here is never answered by a machine (RFC 3834 §2); a mail marked `no` is a human's.
"""

from __future__ import annotations

import re

from channels.email.reading import Letter

LIST_HEADERS = ("list-id", "list-unsubscribe", "list-post", "list-help", "feedback-id")
BULK = {"bulk", "list", "junk", "auto_reply", "auto-reply"}
MACHINES = re.compile(
    r"(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?|noreply\+.*|nicht-?antworten|auto-?reply)@",
    re.IGNORECASE,
)
SUPPRESSED = {"all", "autoreply", "oof"}
OUR_MESSAGE_ID = r"<[0-9a-f]{32}@%s>"


def reason(letter: Letter, *, our_address: str, our_host: str) -> str:
    """A code that says by what it is known to be automatic; "" for a human's mail."""
    known = {
        "our_own_mail": _ours(letter, our_address, our_host),
        "auto_submitted": _auto_submitted(letter),
        "report": letter.kind == "multipart/report",
        "list": any(letter.headers(name) for name in LIST_HEADERS),
        "bulk": letter.header("precedence").lower() in BULK,
        "no_return_path": letter.header("return-path").replace(" ", "") == "<>",
        "machine": bool(MACHINES.match(letter.sender)),
        "auto_reply": _auto_reply(letter),
    }
    return next((code for code, true in known.items() if true), "")


def _ours(letter: Letter, our_address: str, our_host: str) -> bool:
    made_by_us = re.fullmatch(OUR_MESSAGE_ID % re.escape(our_host), letter.message_id, re.IGNORECASE)
    return bool(made_by_us) or letter.sender.casefold() == our_address.casefold()


def _auto_submitted(letter: Letter) -> bool:
    """Every value but `no` (RFC 3834 §5), whatever comment or parameter follows it."""
    said = re.split(r"[;(\s]", letter.header("auto-submitted").strip().lower())[0]
    return said not in ("", "no")


def _auto_reply(letter: Letter) -> bool:
    """What Exchange and older programs write instead."""
    wanted = re.split(r"[,\s]+", letter.header("x-auto-response-suppress").lower())
    named = ("x-autoreply", "x-autorespond", "x-autoresponder")
    return bool(SUPPRESSED & set(wanted)) or any(letter.headers(name) for name in named)
