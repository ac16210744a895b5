"""What a document is, by what is in it: a name says little, and a file that lies about itself is not taken."""

import re
import unicodedata
import zipfile
import zlib
from io import BytesIO
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

from crm.errors import Invalid

OLE_HEADER = bytes.fromhex("d0cf11e0a1b11ae1")
MOST_UNPACKED, MOST_PARTS = 150 * 1024 * 1024, 2000  # of a packed document: bytes, parts
LONGEST_NAME = 100  # characters
PICTURES = frozenset({"jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff"})
_OOXML = "application/vnd.openxmlformats-officedocument."
#: ending → (what it holds, media type); what it holds is checked, the media type is what it is served as
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


def harmless_name(name):
    """A file's name as text: without its path, hidden letters and what file systems do not take; never empty or too long."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name or ""))[-1]
    shown = "".join(letter for letter in last if unicodedata.category(letter) not in _HIDDEN)
    text = " ".join(_UNSAFE.sub("_", shown).split()).strip(". ") or _("unnamed")
    path = PurePosixPath(text)
    ending = path.suffix if len(path.suffix) <= 10 else ""
    return text.removesuffix(ending)[: LONGEST_NAME - len(ending)] + ending


def ending_of(name):
    """The ending of a name, in small letters and without its dot."""
    return PurePosixPath(name).suffix[1:].lower()


def document_type(raw, name):
    """The media type of a document; Invalid with a sentence for a kind that is not taken or that its content is not."""
    ending = ending_of(name)
    if ending not in DOCUMENTS:
        raise Invalid(
            _("“%(name)s” is of a kind that is not taken. Pictures, PDF, OFD, Word, Excel, WPS, text and CSV are.") % {"name": name}
        )
    holds, media_type = DOCUMENTS[ending]
    if holds == "pdf":
        right = raw.startswith(b"%PDF-")
    elif holds == "text":
        right = _is_text(raw)
    elif isinstance(holds, tuple):
        right = _is_compound(raw, name, holds)
    else:
        right = _is_package(raw, name, holds)
    if not right:
        raise Invalid(_("“%(name)s” is not what its ending says. Open it, save it anew and choose it again.") % {"name": name})
    return media_type


def _is_text(raw):
    """Whether the bytes are text in UTF-8 or GB 18030, without control characters."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not any(letter < " " and letter not in "\t\r\n\f" for letter in text)
    return False


def _is_compound(raw, name, streams):
    """Whether it is an OLE file that holds one of ``streams``."""
    if not raw.startswith(OLE_HEADER):
        return False
    if _named("_VBA_PROJECT") in raw:
        raise _with_macros(name)
    return any(_named(stream) in raw for stream in streams)


def _named(stream):
    """How the directory of an OLE file writes the name of a stream."""
    return stream.encode("utf-16-le") + b"\0\0"


def _is_package(raw, name, part):
    """Whether it is a packed document with ``part`` in it; every part is unpacked with a counter, no stated size is believed."""
    unpacked = 0
    try:
        with zipfile.ZipFile(BytesIO(raw)) as bundle:
            entries = bundle.infolist()
            if len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
                raise _too_large_unpacked(name)
            for entry in entries:
                with bundle.open(entry) as packed:
                    while piece := packed.read(1 << 20):
                        unpacked += len(piece)
                        if unpacked > MOST_UNPACKED:
                            raise _too_large_unpacked(name)
            names = {entry.filename for entry in entries}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        return False
    if any(found.lower().endswith("vbaproject.bin") for found in names):
        raise _with_macros(name)
    return part in names


def _too_large_unpacked(name):
    return Invalid(_("“%(name)s” unpacks to more than 150 MB, which no document does.") % {"name": name})


def _with_macros(name):
    return Invalid(_("“%(name)s” holds macros. Save it without them and choose it again.") % {"name": name})
