"""Files of a case: looked at by their bytes, photos drawn anew (which drops GPS), kept under names of our own."""

import base64
import datetime as dt
import hashlib
import io
import uuid
from dataclasses import dataclass
from typing import Any

import puremagic
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from community_portal.casework.models import Attachment, AttachmentKind, Case, Event
from community_portal.clock import SHANGHAI
from community_portal.people.models import User
from community_portal.refusals import Refusal

# MPO: what many phones write, a JPEG with a second picture (depth, brightness) behind it.
IMAGES = frozenset({"JPEG", "MPO", "PNG", "WEBP"})
LONGEST_SIDE = 2400
ALIKE = {"jpg": ("jpg", "jpeg"), "pdf": ("pdf",)}
SIGNATURE_MAX = 400_000


@dataclass(frozen=True)
class ReadFile:
    """A file fit to keep: its bytes as stored, and what they are."""

    data: bytes
    name: str
    content_type: str
    extension: str
    width: int | None = None
    height: int | None = None
    taken_at: dt.datetime | None = None


def read_photo(upload: UploadedFile, *, field: str = "photos") -> ReadFile:
    """A photo, re-encoded; raises Refusal beside ``field`` for anything that is none, too large, or too many pixels."""
    data = _bytes_of(upload, field)
    try:
        # Only the header is read here: a small file may unfold to hundreds of megabytes.
        image = Image.open(io.BytesIO(data))
        if image.format not in IMAGES:
            raise UnidentifiedImageError
        if image.width * image.height > settings.IMAGE_MAX_PIXELS:
            raise _too_many_pixels(field)
        taken_at = _taken_at(image)
        drawn = ImageOps.exif_transpose(image).convert("RGB")
    except Image.DecompressionBombError as error:
        raise _too_many_pixels(field) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise Refusal(
            _("“%(name)s”不是能打开的照片。请用 JPG 或 PNG。") % {"name": (upload.name or "")[:60]},
            code="not_a_photo",
            field=field,
        ) from error
    drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=85)
    return ReadFile(out.getvalue(), _name_of(upload, "jpg"), "image/jpeg", "jpg", drawn.width, drawn.height, taken_at)


def _too_many_pixels(field: str) -> Refusal:
    return Refusal(_("照片的像素太多了，请用手机拍的普通照片。"), code="too_many_pixels", field=field)


def read_paper(upload: UploadedFile, *, field: str = "file") -> ReadFile:
    """A photo, or a PDF as it is."""
    data = _bytes_of(upload, field)
    if data[:5] == b"%PDF-" and any(m.mime_type == "application/pdf" for m in _guesses(data)):
        return ReadFile(data, _name_of(upload, "pdf"), "application/pdf", "pdf")
    upload.seek(0)
    try:
        return read_photo(upload, field=field)
    except Refusal as refusal:
        if refusal.code != "not_a_photo":
            raise
        sentence = _("“%(name)s”打不开。请用照片（JPG 或 PNG）或 PDF。") % {"name": (upload.name or "")[:60]}
        raise Refusal(sentence, code="not_a_photo", field=field) from refusal


def _guesses(data: bytes) -> list[Any]:
    try:
        return list(puremagic.magic_string(data))
    except puremagic.PureError:
        return []


def read_signature(data_url: str, *, field: str = "signature") -> ReadFile | None:
    """A PNG drawn on the page; None when nothing was drawn."""
    if not data_url:
        return None
    head, _sep, body = data_url.partition(",")
    try:
        data = base64.b64decode(body, validate=True)
        if head != "data:image/png;base64" or len(data) > SIGNATURE_MAX:
            raise ValueError
        image = Image.open(io.BytesIO(data))
        if image.format != "PNG" or image.width * image.height > 2_000_000:
            raise ValueError
        flat = Image.new("RGB", image.size, "white")
        flat.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    except (Image.DecompressionBombError, ValueError, SyntaxError, OSError) as error:
        raise Refusal(_("签名没有存好，请再签一次。"), code="bad_signature", field=field) from error
    out = io.BytesIO()
    flat.save(out, "PNG", optimize=True)
    return ReadFile(out.getvalue(), "signature.png", "image/png", "png", flat.width, flat.height)


def _bytes_of(upload: UploadedFile, field: str) -> bytes:
    if (upload.size or 0) > settings.UPLOAD_MAX_BYTES:
        raise Refusal(
            _("文件太大了（%(mb)s MB），最多 20 MB。") % {"mb": round((upload.size or 0) / 1_048_576)},
            code="too_large",
            field=field,
        )
    upload.seek(0)
    return upload.read()


def _name_of(upload: UploadedFile, extension: str) -> str:
    """The name it came with, ending as what it is: a page of script that begins like a PDF is no ``.html`` when it leaves."""
    name = "".join(c for c in (upload.name or "") if c.isprintable() and c not in "/\\")
    stem, dot, ending = name.rpartition(".")
    if ending.lower() in ALIKE[extension]:
        return name[-120:]
    return f"{(stem if dot and len(ending) < 6 else name)[-110:] or 'file'}.{extension}"


def _taken_at(image: Image.Image) -> dt.datetime | None:
    text = image.getexif().get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
    try:
        return dt.datetime.strptime(str(text), "%Y:%m:%d %H:%M:%S").replace(tzinfo=SHANGHAI)
    except ValueError:
        return None


@transaction.atomic
def keep_file(
    case: Case,
    read: ReadFile,
    *,
    kind: str,
    by: User | None,
    at: dt.datetime,
    event: Event | None = None,
    is_public: bool = True,
) -> Attachment:
    """Stores a file with its case; the same file again is the one that is there."""
    digest = hashlib.sha256(read.data).hexdigest()
    known = Attachment.objects.filter(case=case, sha256=digest, kind=kind).first()
    if known:
        return known
    attachment = Attachment(
        case=case,
        event=event,
        kind=kind,
        original_name=read.name,
        content_type=read.content_type,
        size=len(read.data),
        sha256=digest,
        width=read.width,
        height=read.height,
        taken_at=read.taken_at,
        is_public=is_public,
        uploaded_by=by,
        uploaded_at=at,
    )
    attachment.file.save(f"{uuid.uuid4().hex}.{read.extension}", ContentFile(read.data), save=False)
    try:
        with transaction.atomic():
            attachment.save(force_insert=True)
    except IntegrityError:  # the same file came in twice at the same moment
        attachment.file.delete(save=False)
        return Attachment.objects.get(case=case, sha256=digest, kind=kind)
    return attachment


def keep_photos(case: Case, photos: list[ReadFile], **kwargs: Any) -> list[Attachment]:
    """Several photos of one event."""
    return [keep_file(case, photo, kind=AttachmentKind.PHOTO, **kwargs) for photo in photos]
