"""Pictures as cameras, scanners and whoever wants to exhaust the server send them."""

import io
import struct
import zlib
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags, Image


def photo(taken: str = "2026:11:23 10:15:00", **how: Any) -> bytes:
    """A small one, turned, with the moment and the place in it."""
    image, exif = Image.new("RGB", (40, 30), "red"), Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (32.0, 1.0, 2.0)
    return as_bytes(image, "JPEG", exif=exif, **how)


def as_bytes(image: Image.Image, kind: str, **how: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def upload(data: bytes, name: str = "a.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def png_of_zeros(width: int, height: int, *, is_colour: bool = False) -> bytes:
    """As few bytes as such a picture can have."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    bits, kind, line = (8, 2, 3 * width) if is_colour else (1, 0, (width + 7) // 8)
    row, squeeze = b"\0" * (1 + line), zlib.compressobj(9)
    body = b"".join([*(squeeze.compress(row) for _n in range(height)), squeeze.flush()])
    head = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
