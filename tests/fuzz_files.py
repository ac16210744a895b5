"""Files for the fuzz runs: good ones of each kind, and mutations of them that a seed makes again.

A mutation changes bytes, cuts, joins two files, writes other small numbers into a head, or gives a
wrong ending. None is made to end a library: what it meets, it meets by chance, and just past the
bounds.
"""

import io
import random

from PIL import Image

from tests.sheets import workbook
from tests.uploads import PDF, compound, docx, package

PICTURE, DOCUMENT, SHEET = "picture", "document", "sheet"


def _picture(**how):
    file = io.BytesIO()
    picture = Image.merge("RGB", [Image.effect_noise((160, 120), sigma) for sigma in (20, 50, 80)])
    more = {"append_images": [picture.rotate(90)]} if how.get("save_all") else {}
    picture.save(file, **how, **more)
    return file.getvalue()


def good_files():
    """kind → list of (ending, bytes)."""
    return {
        PICTURE: [
            ("jpg", _picture(format="JPEG")),
            ("jpg", _picture(format="JPEG", progressive=True)),
            ("png", _picture(format="PNG")),
            ("webp", _picture(format="WEBP")),
            ("gif", _picture(format="GIF", save_all=True)),
            ("bmp", _picture(format="BMP")),
            ("tiff", _picture(format="TIFF", compression="tiff_lzw")),
            ("tif", _picture(format="TIFF", save_all=True)),
        ],
        DOCUMENT: [
            ("pdf", PDF * 20),
            ("docx", docx({"word/media/a.xml": b"<a/>" * 500})),
            ("ofd", package({"OFD.xml": b"<ofd:OFD/>" * 50})),
            ("xlsx", package({"xl/workbook.xml": b"<workbook/>" * 50})),
            ("doc", compound("WordDocument")),
            ("xls", compound("Workbook")),
            ("txt", "停车难，企业反映。\n".encode("gb18030") * 200),
            ("csv", "企业,问题\n森马,停车\n".encode() * 200),
        ],
        SHEET: [
            ("xlsx", workbook([[1, "温州森马服饰有限公司", "91330300MA90000540"]])),
            (
                "csv",
                "企业名称,统一社会信用代码\n温州森马服饰有限公司,91330300MA90000540\n".encode()
                * 50,
            ),
        ],
    }


class Mutations:
    """The same files again for the same ``seed``: ``next(kinds)`` gives ``(name, content)``."""

    def __init__(self, seed):
        self.random, self.good = random.Random(seed), good_files()

    def next(self, kinds):
        """A mutation, or one time in ten the good file itself, of one of ``kinds``."""
        choose = self.random
        ending, content = choose.choice(self.good[choose.choice(kinds)])
        act = choose.choice(
            (self.flipped, self.flipped, self.cut, self.joined, self.renumbered, self.zeroed, None)
        )
        if act is not None and choose.random() < 0.9:
            content = bytes(act(bytearray(content)))
        if choose.random() < 0.1:
            ending = choose.choice(
                [end for files in self.good.values() for end, _content in files]
                + ["exe", "html", ""]
            )
        return f"现场{choose.randrange(10**6)}.{ending}", content

    def flipped(self, content):
        for _number in range(self.random.choice((1, 3, 20, 200))):
            content[self.random.randrange(len(content))] = self.random.randrange(256)
        return content

    def cut(self, content):
        return content[: self.random.randrange(1, len(content))]

    def joined(self, content):
        other = self.random.choice(
            [more for files in self.good.values() for _ending, more in files]
        )
        return (
            content[: self.random.randrange(len(content))]
            + other[self.random.randrange(len(other)) :]
        )

    def renumbered(self, content):
        """Small numbers in the head, where sizes and counts stand."""
        for _number in range(self.random.choice((1, 2, 6))):
            content[self.random.randrange(4, min(96, len(content)))] = self.random.randrange(64)
        return content

    def zeroed(self, content):
        start = self.random.randrange(len(content))
        content[start : start + 500] = bytes(len(content[start : start + 500]))
        return content
