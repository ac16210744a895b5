"""Writing a picture anew from its pixels alone, at several sizes, in little memory.

A telephone's picture tells where it was taken, a crafted one may carry a script or unpack to
gigabytes. The whole picture is held once, as its decoder makes it; every further step (its colours,
its transparency, its size) is taken piece by piece or with what is small already, because each copy
of 64 megapixels is another 256 MB.
"""

import io
from pathlib import Path
from typing import Any

from PIL import Image, ImageFile

from visits.attachments.parsing import Unfit
from visits.attachments.parsing.whole import has_all_pages, has_end

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
MOST_PIXELS = 64_000_000
PIECE = 1024  # pixels: the side of a piece
ORIENTATION = 0x0112
T = Image.Transpose
#: What an orientation asks for.
UPRIGHT = {
    2: T.FLIP_LEFT_RIGHT,
    3: T.ROTATE_180,
    4: T.FLIP_TOP_BOTTOM,
    5: T.TRANSPOSE,
    6: T.ROTATE_270,
    7: T.TRANSVERSE,
    8: T.ROTATE_90,
}

# Some libraries switch it on for their whole process, and a picture that breaks off is then taken
# for a good one.
ImageFile.LOAD_TRUNCATED_IMAGES = False
Image.MAX_IMAGE_PIXELS = None  # asked below, with a number for the sentence


def write_sizes(path, sizes) -> list[int]:
    """Write the picture at ``path`` upright as a JPEG for each of ``sizes``, the largest first.

    ``sizes`` are pairs of the longest side (pixels) and the path to write to. Returns the largest
    one's [width, height]. Unfit: picture (not to be read), cut (its end is missing), or pixels
    (with their ``count`` in millions).
    """
    picture = _loaded(Path(path).read_bytes(), sizes[0][0])
    turn = UPRIGHT.get(_orientation(picture))
    whole = picture.size
    flat = _flat(picture, sizes[0][0])
    del picture
    for side, to in sizes:
        flat = flat.resize(_fitted(whole, side), Image.Resampling.LANCZOS)
        upright = flat.transpose(turn) if turn is not None else flat
        upright.save(to, "JPEG", quality=84, optimize=True, progressive=True)
        if to == sizes[0][1]:
            largest = list(upright.size)
    return largest


def _loaded(data, side) -> ImageFile:
    """The picture, decoded; a JPEG no larger than it has to be for ``side``."""
    if not has_end(data):
        raise Unfit("cut")
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
        if picture.width * picture.height > MOST_PIXELS:
            raise Unfit("pixels", count=picture.width * picture.height // 1_000_000)
        if picture.format == "TIFF" and not has_all_pages(picture, len(data)):
            raise Unfit("cut")
        picture.draft(None, (side, side))
        picture.load()
    except (Unfit, MemoryError):
        raise
    except Exception as error:  # whatever a decoder makes of bytes that may be anything
        raise Unfit("cut" if "truncated" in str(error) else "picture") from error
    return picture


def _orientation(picture) -> Any:
    try:
        return picture.getexif().get(ORIENTATION)
    except Exception:  # what it tells beside its pixels may be broken: it is not kept anyway
        return None


def _flat(picture, side) -> Image:
    """The picture as RGB upon white, reduced by a whole number as long as it stays half as large
    again as ``side``.
    """
    by = max(1, max(picture.size) * 2 // (3 * side))
    step = by * max(1, PIECE // by)
    flat = Image.new("RGB", tuple(-(-length // by) for length in picture.size))
    for top in range(0, picture.height, step):
        for left in range(0, picture.width, step):
            box = (left, top, min(left + step, picture.width), min(top + step, picture.height))
            piece = _opaque(picture.crop(box))
            flat.paste(piece.reduce(by) if by > 1 else piece, (left // by, top // by))
    return flat


def _opaque(piece) -> Any:
    """A piece as RGB, what is transparent upon white."""
    if piece.mode.startswith("I;16"):
        # By itself everything above 255 turned white.
        piece = piece.point(lambda value: value * (1 / 256)).convert("L")
    try:
        if piece.has_transparency_data:
            piece = piece.convert("RGBA")
            white = Image.new("RGBA", piece.size, "white")
            return Image.alpha_composite(white, piece).convert("RGB")
        return piece.convert("RGB")
    except ValueError as error:
        raise Unfit("picture") from error


def _fitted(size, side) -> tuple[int, int]:
    """The size that a picture of ``size`` has when its longer side is at most ``side``."""
    scale = min(1, side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
