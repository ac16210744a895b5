"""Calendar files by RFC 5545: what a feed needs of it, events of a day or of a moment."""

import datetime
from dataclasses import dataclass

#: Octets of a line, its end not counted (§3.1); a longer one goes on after a line end and a space.
LINE = 75
ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True)
class Event:
    """One entry: ``uid`` stays the same while it moves, ``start`` is a date (the whole day) or an
    aware datetime.
    """

    uid: str
    start: datetime.date | datetime.datetime
    summary: str
    url: str
    changed: datetime.datetime


def calendar_file(name, events) -> bytes:
    """The bytes of a calendar called ``name`` with ``events``."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//police-enterprise-liaison-crm//feed//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    ]
    for event in events:
        lines += _lines_of(event)
    lines.append("END:VCALENDAR")
    return b"".join(folded(line) + b"\r\n" for line in lines)


def _lines_of(event) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{escaped(event.uid)}",
        f"DTSTAMP:{moment(event.changed)}",
        *when(event.start),
        f"SUMMARY:{escaped(event.summary)}",
        f"URL:{event.url}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def when(start) -> list[str]:
    """The lines that say when an event is; one of a moment is as long as nothing."""
    if isinstance(start, datetime.datetime):
        return [f"DTSTART:{moment(start)}"]
    return [
        f"DTSTART;VALUE=DATE:{start:%Y%m%d}",
        f"DTEND;VALUE=DATE:{start + datetime.timedelta(days=1):%Y%m%d}",
    ]


def moment(at) -> str:
    """An aware datetime in UTC, as the standard writes it."""
    return f"{at.astimezone(datetime.UTC):%Y%m%dT%H%M%SZ}"


def escaped(text) -> str:
    """A text value (§3.3.11), without control characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(letter for letter in text if letter >= " " or letter in "\n\t").translate(
        ESCAPES
    )


def folded(line) -> bytes:
    """A line's bytes, cut so that no piece is longer than LINE octets and no character is cut
    through (§3.1).
    """
    pieces, piece = [], b""
    for letter in line:
        octets = letter.encode()
        if len(piece) + len(octets) > LINE:
            pieces.append(piece)
            piece = b" "
        piece += octets
    return b"\r\n".join([*pieces, piece])
