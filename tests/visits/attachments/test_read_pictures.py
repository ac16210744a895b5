"""Pictures of every kind come out right, and one whose end is missing is never taken for a good
one.
"""

import io

import pytest
from PIL import Image, ImageFile

from crm import sandbox
from visits.attachments.parsing import Unfit, pictures
from visits.attachments.parsing.pictures import write_sizes

#: kind → how Pillow writes it
KINDS = {
    "jpeg": {"format": "JPEG"},
    "progressive": {"format": "JPEG", "progressive": True},
    "large progressive": {"format": "JPEG", "progressive": True},
    "restarts": {"format": "JPEG", "restart_marker_rows": 1},
    "png": {"format": "PNG"},
    "webp": {"format": "WEBP"},
    "webp lossless": {"format": "WEBP", "lossless": True},
    "gif": {"format": "GIF"},
    "bmp": {"format": "BMP"},
    "tiff": {"format": "TIFF"},
    "tiff lzw": {"format": "TIFF", "compression": "tiff_lzw"},
    "animated gif": {"format": "GIF", "save_all": True},
    "animated png": {"format": "PNG", "save_all": True},
    "animated webp": {"format": "WEBP", "save_all": True},
    "pages": {"format": "TIFF", "save_all": True},
}


def noise(size=(152, 100)):
    return Image.merge("RGB", [Image.effect_noise(size, sigma) for sigma in (20, 60, 90)])


def encoded(picture, **how):
    file = io.BytesIO()
    picture.save(file, **how)
    return file.getvalue()


def example(kind):
    picture = noise((4100, 300)) if kind.startswith("large") else noise()
    more = {"append_images": [noise(), noise()]} if KINDS[kind].get("save_all") else {}
    return encoded(picture, **KINDS[kind], **more)


def answers(tmp_path, contents):
    """What a process of its own says of each of these files, in their order."""
    paths = []
    for number, content in enumerate(contents):
        (path := tmp_path / str(number)).write_bytes(content)
        paths.append(str(path))
    answer = sandbox.run("tests.sandbox_pictures:answers", paths=paths, to=str(tmp_path / "out"))
    assert answer["lenient"] is False
    return answer["found"]


#: Bytes of a TIFF's last list of pages may be missing without harm; where pixels stand as they are,
#: zeros are black ones.
UNNOTICED = {("pages", "last byte"), ("bmp", "zeros"), ("tiff", "zeros")}


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_that_is_cut_anywhere_is_refused(tmp_path, kind):
    """In its head, in the middle, in its last page, and with nothing but its last bytes missing, or
    zeros where they were.
    """
    whole = example(kind)
    cut = {
        "head": whole[:40],
        "third": whole[: len(whole) // 3],
        "half": whole[: len(whole) // 2],
        "tenth": whole[: len(whole) * 9 // 10],
        "end": whole[:-300],
        "last bytes": whole[:-8],
        "last byte": whole[:-1],
        "zeros": whole[: len(whole) * 2 // 3] + bytes(len(whole) - len(whole) * 2 // 3),
    }
    good, *found = answers(tmp_path, [whole, *cut.values()])
    taken = {where for where, answer in zip(cut, found, strict=True) if isinstance(answer, list)}
    assert isinstance(good, list) and taken == {where for of, where in UNNOTICED if of == kind}


@pytest.mark.control
def test_the_switch_of_another_library_would_let_a_cut_picture_pass(tmp_path, monkeypatch):
    # As WeasyPrint leaves it in the process it is loaded in.
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    monkeypatch.setattr(pictures, "has_end", lambda data: True)
    (path := tmp_path / "cut").write_bytes(example("jpeg")[:5000])
    assert write_sizes(str(path), [[2000, str(tmp_path / "out")]]) == [152, 100]


def test_what_comes_behind_the_end_of_a_picture_does_not_matter(tmp_path):
    """Telephones hide a second picture or a film there."""
    assert (
        answers(tmp_path, [example("jpeg") + example("jpeg")[:3000], example("png") + b"more"])
        == [[152, 100]] * 2
    )


# --- colours ---
RED, GREEN, BLUE, WHITE, GREY = (
    (200, 30, 30),
    (20, 160, 40),
    (20, 40, 180),
    (255, 255, 255),
    (128, 128, 128),
)


def quarters(*colours, size=(400, 400)):
    """A picture of four colours: above left and right, below left and right."""
    picture = Image.new("RGB", size)
    for number, colour in enumerate(colours):
        picture.paste(
            colour, (size[0] // 2 * (number % 2), size[1] // 2 * (number // 2), size[0], size[1])
        )
    return picture


def colours_of(tmp_path, content, **sizes):
    """The four colours of a picture when it was written anew."""
    (path := tmp_path / "in").write_bytes(content)
    to = str(tmp_path / "out")
    write_sizes(str(path), [[sizes.get("side", 2000), to]])
    picture = Image.open(to)
    assert (picture.format, picture.mode, picture.info.get("exif")) == ("JPEG", "RGB", None)
    width, height = picture.size
    return [picture.getpixel((width * x // 4, height * y // 4)) for y in (1, 3) for x in (1, 3)]


def near(found, wanted):
    return all(
        abs(a - b) < 12
        for one, other in zip(found, wanted, strict=True)
        for a, b in zip(one, other, strict=True)
    )


def with_hole(mode):
    """The four colours, the last one fully transparent."""
    picture = quarters(RED, GREEN, BLUE, GREY).convert("RGBA")
    picture.paste((1, 2, 3, 0), (200, 200, 400, 400))
    return picture if mode == "RGBA" else picture.quantize(8, Image.Quantize.FASTOCTREE)


def sixteen_bits():
    """Four greys of 16 bits: as bytes they would all be white."""
    above, below = (
        b"".join(value.to_bytes(2, "little") * 200 for value in row)
        for row in ((0x0000, 0x4000), (0x8000, 0xFFFF))
    )
    return Image.frombytes("I;16", (400, 400), above * 200 + below * 200)


FOUR = [RED, GREEN, BLUE, GREY]
COLOURS = {
    "jpeg": lambda: (encoded(quarters(*FOUR), format="JPEG", quality=95), FOUR),
    # Written as Adobe's programs do: with every value turned round.
    "cmyk jpeg": lambda: (
        encoded(quarters(*FOUR).convert("CMYK"), format="JPEG", quality=95),
        FOUR,
    ),
    "cmyk tiff": lambda: (encoded(quarters(*FOUR).convert("CMYK"), format="TIFF"), FOUR),
    "palette": lambda: (encoded(quarters(*FOUR).quantize(8), format="PNG"), FOUR),
    "gif": lambda: (encoded(quarters(*FOUR).quantize(8), format="GIF"), FOUR),
    "transparent": lambda: (encoded(with_hole("RGBA"), format="PNG"), [RED, GREEN, BLUE, WHITE]),
    "transparent webp": lambda: (
        encoded(with_hole("RGBA"), format="WEBP", quality=95),
        [RED, GREEN, BLUE, WHITE],
    ),
    "transparent palette": lambda: (
        encoded(with_hole("P"), format="PNG"),
        [RED, GREEN, BLUE, WHITE],
    ),
    "one transparent colour": lambda: (
        encoded(quarters(*FOUR), format="PNG", transparency=GREY),
        [RED, GREEN, BLUE, WHITE],
    ),
    "grey": lambda: (
        encoded(quarters(GREY, WHITE, GREY, WHITE).convert("L"), format="PNG"),
        [GREY, WHITE, GREY, WHITE],
    ),
    "16 bits": lambda: (
        encoded(sixteen_bits(), format="PNG"),
        [(0,) * 3, (64,) * 3, (128,) * 3, (255,) * 3],
    ),
    "black and white": lambda: (
        encoded(quarters((0,) * 3, WHITE, WHITE, (0,) * 3).convert("1"), format="PNG"),
        [(0,) * 3, WHITE, WHITE, (0,) * 3],
    ),
}


@pytest.mark.parametrize("kind", COLOURS)
def test_colours_come_out_right(tmp_path, kind):
    content, wanted = COLOURS[kind]()
    assert near(found := colours_of(tmp_path, content), wanted), found


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L"])
def test_a_picture_that_is_reduced_piece_by_piece_stays_itself(tmp_path, mode):
    """Its sides are no whole number of pieces, and it is reduced to a fifteenth before it is
    written.
    """
    picture = quarters(RED, GREEN, BLUE, GREY, size=(2317, 1411)).convert(mode)
    wanted = (
        [RED, GREEN, BLUE, GREY] if mode != "L" else [(value,) * 3 for value in (81, 104, 50, 128)]
    )
    assert near(found := colours_of(tmp_path, encoded(picture, format="PNG"), side=100), wanted), (
        found
    )


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_stands_upright(tmp_path, orientation):
    """Whatever side the telephone lay on: the picture is stored so that turning it as it says gives
    the four colours.
    """
    back = {5: 5, 6: 8, 7: 7, 8: 6}.get(orientation, orientation)
    lying, exif = quarters(*FOUR, size=(600, 400)), Image.Exif()
    if back in pictures.UPRIGHT:
        lying = lying.transpose(pictures.UPRIGHT[back])
    exif[pictures.ORIENTATION] = orientation
    assert near(
        found := colours_of(tmp_path, encoded(lying, format="JPEG", quality=95, exif=exif)), FOUR
    ), found
    assert Image.open(tmp_path / "out").size == (600, 400)


def test_broken_words_beside_the_pixels_do_no_harm(tmp_path):
    content = encoded(
        quarters(*FOUR),
        format="JPEG",
        quality=95,
        exif=b"Exif\0\0II*\0\xff\xff\xff\x7f" + b"\xff" * 40,
    )
    assert near(colours_of(tmp_path, content), FOUR)


def test_a_line_of_one_pixel_is_a_picture(tmp_path):
    for size in ((30_000, 1), (1, 30_000)):
        (path := tmp_path / "line").write_bytes(
            encoded(Image.new("RGB", size, "red"), format="PNG")
        )
        assert max(write_sizes(str(path), [[2000, str(tmp_path / "out")]])) == 2000


def test_too_many_pixels_are_told_before_they_are_unpacked(tmp_path, monkeypatch):
    (path := tmp_path / "many").write_bytes(encoded(Image.new("1", (10_000, 6_500)), format="PNG"))
    with pytest.raises(Unfit) as raised:
        write_sizes(str(path), [[2000, str(tmp_path / "out")]])
    assert raised.value.unfit == {"why": "pixels", "count": 65}


def test_a_picture_is_held_once(tmp_path):
    """Its 16 megapixels take 62 MB, once: a second copy of them would not fit.

    (64 fit into 384; they take long to make.)
    """
    path = tmp_path / "large"
    Image.new("LA", (6000, 2600), (200, 128)).save(path, "PNG", compress_level=1)
    sizes = [[side, str(tmp_path / str(side))] for side in (2000, 900, 320)]
    size = sandbox.run(
        "visits.attachments.parsing.pictures:write_sizes", memory=150, path=str(path), sizes=sizes
    )
    assert size == [2000, 867] and [max(Image.open(to).size) for _side, to in sizes] == [
        2000,
        900,
        320,
    ]
