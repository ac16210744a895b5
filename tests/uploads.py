"""Documents for tests: real files of each kind, and some that are not what they say."""

import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF\n"


def document(name, content):
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, content)


def pdf(name="合同.pdf", content=PDF):
    return document(name, content)


def package(parts):
    """The bytes of a packed document with ``parts`` (name → bytes)."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in parts.items():
            bundle.writestr(name, content)
    return file.getvalue()


def docx(more=None):
    """The bytes of a Word document, with further parts."""
    return package(
        {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>", **(more or {})}
    )


def compound(stream):
    """The bytes of an old Office file, as far as one is known by: its header and the name of a
    stream.
    """
    return OLE + b"\0" * 504 + stream.encode("utf-16-le") + b"\0" * 64


def bomb():
    """A Word document of some 200 KB that unpacks to 200 MB."""
    return docx({"word/media/image1.bmp": b"\0" * (200 * 2**20)})
