"""What files are taken, and what can be said of one by its name and its first bytes.

Visits.attachments.parsing looks into it later.
"""

import re
import unicodedata
from pathlib import PurePosixPath
from typing import Any

from django.utils.translation import gettext as _

from crm.errors import Invalid
from visits.models.checked import why_not

LARGEST_FILE = 20 * 1024 * 1024  # bytes
LONGEST_NAME = 100  # characters
PICTURES = frozenset({"jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff"})
_PICTURE_HEADS = re.compile(
    rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|RIFF....WEBP|GIF8[79]a|BM|II[*+]\0|MM\0[*+]", re.DOTALL
)
_OOXML = "application/vnd.openxmlformats-officedocument."
#: ending → (what it holds, media type); what it holds is checked, the media type is what it is
#: served as
DOCUMENTS = {
    "pdf": ("pdf", "application/pdf"),
    "docx": ("word/document.xml", f"{_OOXML}wordprocessingml.document"),
    "xlsx": ("xl/workbook.xml", f"{_OOXML}spreadsheetml.sheet"),
    "ofd": ("OFD.xml", "application/ofd"),
    "doc": (("WordDocument",), "application/msword"),
    "wps": (("WordDocument",), "application/msword"),
    "xls": (("Workbook", "Book"), "application/vnd.ms-excel"),
    "et": (("Workbook", "Book"), "application/vnd.ms-excel"),
    "txt": ("text", "text/plain"),
    "csv": ("text", "text/csv"),
}
#: What a form's file input offers to choose.
ACCEPT = ",".join(("image/*", *(f".{ending}" for ending in DOCUMENTS)))
#: Letters that are not shown, or turn the direction of what follows ("exe.fdp" for "pdf.exe").
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_UNSAFE = re.compile(r'[<>:"|?*/\\]')
#: Control characters. Neither UTF-8 nor GB 18030 writes a letter with one of these bytes.
_NO_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f]")


def harmless_name(name) -> str:
    """A file's name as text: without its path, hidden letters and what file systems do not take.

    Never empty or too long.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name or ""))[-1]
    shown = "".join(letter for letter in last if unicodedata.category(letter) not in _HIDDEN)
    text = " ".join(_UNSAFE.sub("_", shown).split()).strip(". ") or _("unnamed")
    path = PurePosixPath(text)
    ending = path.suffix if len(path.suffix) <= 10 else ""
    return text.removesuffix(ending)[: LONGEST_NAME - len(ending)] + ending


def ending_of(name) -> str:
    """The ending of a name, in small letters and without its dot."""
    return PurePosixPath(name).suffix[1:].lower()


def require_size(upload, name) -> None:
    """Invalid for an upload that is too large or empty; nothing of it is read."""
    if upload.size > LARGEST_FILE:
        raise Invalid(why_not(name, "large"))
    if not upload.size:
        raise Invalid(why_not(name, "empty"))


def require_picture(head, name) -> None:
    """Invalid when an upload that begins with ``head`` (bytes) is no picture at sight."""
    if not _PICTURE_HEADS.match(head):
        raise Invalid(why_not(name, "picture"))


def require_kind(head, name) -> Any:
    """The media type that a file is to have by its ending.

    Invalid for a kind that is not taken, or that it is not at sight.
    """
    ending = ending_of(name)
    if ending in PICTURES:
        require_picture(head, name)
        return "image/jpeg"  # as which it is written anew
    if ending not in DOCUMENTS:
        raise Invalid(why_not(name, "kind"))
    holds, media_type = DOCUMENTS[ending]
    if holds == "text":
        right = not _NO_TEXT.search(head)
    elif holds == "pdf":
        right = head.startswith(b"%PDF-")
    elif isinstance(holds, tuple):
        right = head.startswith(bytes.fromhex("d0cf11e0a1b11ae1"))  # an OLE file
    else:
        right = head.startswith(b"PK")
    if not right:
        raise Invalid(why_not(name, "other"))
    return media_type
