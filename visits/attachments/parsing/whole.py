"""Whether a picture's file has its end.

A decoder that has seen enough does not look for it; a telephone that lost its connection leaves it
out, or nothing but zeros where it was.

Of a JPEG only the main picture is asked for: telephones hide a second one behind it, which other
programs rightly leave out.
"""

import re
import struct
from typing import Any

#: A mark within the packed data of a JPEG: neither a stuffed byte nor a restart.
_MARK = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_SCAN, _END = 0xDA, 0xD9
_ALONE = {0x01, *range(0xD0, 0xD9)}  # marks without a length
_STRIPS, _STRIP_SIZES, _TILES, _TILE_SIZES = 273, 279, 324, 325  # tags of TIFF
MOST_PAGES = 500


def has_end(data) -> bool:
    """Whether the bytes of a picture have their end.

    Those of a kind that marks none are taken to have it.
    """
    walk = next((walk for head, walk in WALKS.items() if data.startswith(head)), None)
    try:
        return walk is None or walk(data)
    except (IndexError, struct.error):
        return False


def _jpeg(data) -> bool:
    place = 2
    while (place := data.find(b"\xff", place)) >= 0:
        mark = data[place + 1]
        if mark == _END:
            return True
        if mark == 0xFF:
            place += 1
        elif mark in _ALONE or mark == 0:
            place += 2
        else:
            place += 2 + struct.unpack_from(">H", data, place + 2)[0]
            if mark == _SCAN:
                found = _MARK.search(data, place)
                if found is None:
                    return False
                place = found.start()
    return False


def _png(data) -> bool:
    place, name = 8, b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", data, place)
        place += 12 + length
    return place <= len(data)


def _webp(data) -> bool:
    # It has no mark at its end, but packed data never has so many zeros there.
    return struct.unpack_from("<I", data, 4)[0] + 8 <= len(data) and any(data[-256:])


def _gif(data) -> bool:
    place = 13 + _colours(data[10])
    while (block := data[place]) != 0x3B:
        if block == 0x2C:
            place = _blocks(data, place + 11 + _colours(data[place + 9]))
        elif block == 0x21:
            place = _blocks(data, place + 2)
        elif block == 0:
            place += 1
        else:
            return False
    return True


def _colours(flags) -> Any:
    """Bytes of the table of colours that ``flags`` announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _blocks(data, place) -> Any:
    """Where the blocks that begin at ``place`` end."""
    while length := data[place]:
        place += 1 + length
    return place + 1


#: How a file begins → what looks for its end.
WALKS = {b"\xff\xd8": _jpeg, b"\x89PNG": _png, b"GIF8": _gif, b"RIFF": _webp}


def has_all_pages(picture, size) -> bool:
    """Whether all that the pages of a TIFF, opened by Pillow, say they consist of lies within a
    file of ``size`` bytes.
    """
    for number in range(MOST_PAGES):
        try:
            picture.seek(number)
        except EOFError:
            break
        for places, sizes in ((_STRIPS, _STRIP_SIZES), (_TILES, _TILE_SIZES)):
            parts = zip(picture.tag_v2.get(places, ()), picture.tag_v2.get(sizes, ()), strict=False)
            if any(place + length > size for place, length in parts):
                return False
    picture.seek(0)
    return True
