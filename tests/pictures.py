"""Pictures for tests: real files, made when they are asked for."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

GPS = 0x8825


def jpeg_with_position(name="门口.jpg", colour="red", size=(1200, 900)):
    """A JPEG that tells in its metadata where it was taken, lying on its side."""
    picture, exif, file = Image.new("RGB", size, colour), Image.Exif(), io.BytesIO()
    exif[0x0112] = 6  # to be turned by 90 degrees
    exif[GPS] = {1: "N", 2: (28.0, 0.0, 41.0), 3: "E", 4: (120.0, 39.0, 21.0)}
    picture.save(file, "JPEG", exif=exif)
    return SimpleUploadedFile(name, file.getvalue(), "image/jpeg")


def png_of(size):
    """A PNG of ``size`` pixels in few bytes."""
    file = io.BytesIO()
    Image.new("1", size).save(file, "PNG")
    return SimpleUploadedFile("大图.png", file.getvalue(), "image/png")
