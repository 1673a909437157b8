"""Pictures drawn anew and small, so that what is kept is ours: no GPS, no comment, nothing hidden behind the picture.

Unfolding is the dearest thing that a stranger can ask of the server. So a process unfolds one picture at a time, never one
that it cannot hold, and whoever comes when others wait already is asked to come again: the other threads stay for pages.
"""

import contextlib
import datetime as dt
import struct
import threading
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from PIL import ExifTags, Image, ImageOps

from community_portal import clock
from community_portal.clock import SHANGHAI
from community_portal.refusals import Refusal

# A JPEG may be an MPO: what many phones write, with a second picture (depth, brightness) behind it.
FORMATS = ("JPEG", "PNG", "WEBP")
LONGEST_SIDE = 2400
# What the readers of Pillow raise about bytes that are no picture, or a broken one.
NO_PICTURE = (
    OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, ArithmeticError, struct.error, AttributeError,
)  # fmt: skip
FIRST_PHOTO = dt.datetime(1990, 1, 1)
# Pillow's own bound knows no difference between what is reduced and what is not; ours is asked right after the header.
Image.MAX_IMAGE_PIXELS = None
TOP_BYTE = [value >> 8 for value in range(65_536)]

# One is at work and one waits: of the four threads of a process two go on answering pages.
_places = threading.BoundedSemaphore(2)
_at_work = threading.Lock()


@contextlib.contextmanager
def one_at_a_time(*, field: str) -> Iterator[None]:
    """Holds the only place of this process where pictures are unfolded; Refusal beside ``field`` when it does not come free."""
    if not _places.acquire(blocking=False):
        raise _busy(field)
    try:
        if not _at_work.acquire(timeout=settings.PICTURES_WAIT.total_seconds()):
            raise _busy(field)
        try:
            yield
        finally:
            _at_work.release()
    finally:
        _places.release()


def _busy(field: str) -> Refusal:
    sentence = _("现在传照片的人多，照片还没有收下。写的内容还在，请过几秒再交一次。")
    return Refusal(sentence, code="pictures_busy", field=field, status=503)


def open_picture(file: Any, *, name: str, field: str) -> Image.Image:
    """Its header, read and looked at; nothing is unfolded yet.

    Raises Refusal for too many pixels, one of NO_PICTURE for anything that is none.
    """
    file.seek(0)
    image = Image.open(file, formats=FORMATS)
    _must_fit(image, name, field)
    return image


def draw_small(image: Image.Image) -> Image.Image:
    """The picture, its longest side 2400 pixels at most, upright and on white; raises one of NO_PICTURE when it is broken."""
    image = _in_shades(image)
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), reducing_gap=1.0)  # a JPEG is reduced while it is unfolded
    drawn = on_white(ImageOps.exif_transpose(image))
    drawn.info = {}
    return drawn


def _must_fit(image: Image.Image, name: str, field: str) -> None:
    pixels, most = image.width * image.height, _most_pixels(image)
    if pixels > most:
        values = {
            "name": name,
            "now": round(pixels / 10_000),
            "most": round(most / 10_000),
            "millions": round(pixels / 1_000_000, 1),  # as English counts
            "most_millions": round(most / 1_000_000),
        }
        sentence = _(
            "“%(name)s”的像素太多了（%(now)s 万，最多 %(most)s 万）。请用手机相机拍的照片（JPG），或把图改小再传。"
        )
        raise Refusal(sentence % values, code="too_many_pixels", field=field)


def _most_pixels(image: Image.Image) -> int:
    """A JPEG written from top to bottom is reduced line by line; anything else has to be in memory as a whole."""
    is_reduced = image.format in ("JPEG", "MPO") and "progressive" not in image.info
    return settings.IMAGE_MAX_PIXELS_REDUCED if is_reduced else settings.IMAGE_MAX_PIXELS


def _in_shades(image: Image.Image) -> Image.Image:
    """In a mode that can be made smaller without tearing thin lines: no palette, no sixteen bits, no black and white alone."""
    if image.mode.startswith("I"):
        return image.convert("I").point(TOP_BYTE, "L")
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image.convert("RGB") if image.mode in ("1", "P") else image


def on_white(image: Image.Image) -> Image.Image:
    """As it looks on paper: what is transparent is white, not black."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    ink = image.convert("RGBA")
    paper = Image.new("RGB", ink.size, "white")
    paper.paste(ink, mask=ink.getchannel("A"))
    return paper


def taken(image: Image.Image) -> dt.datetime | None:
    """When the camera says that it was; None for what it cannot know, and for a clock that was never set."""
    try:
        text = image.getexif().get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
        moment = dt.datetime.strptime(str(text), "%Y:%m:%d %H:%M:%S")
    except NO_PICTURE:
        return None
    tomorrow = clock.local(clock.now()).replace(tzinfo=None) + dt.timedelta(days=1)
    return moment.replace(tzinfo=SHANGHAI) if FIRST_PHOTO <= moment <= tomorrow else None
