"""Files of a case: looked at by their bytes, photos drawn anew (which drops GPS), kept under names of our own."""

import base64
import datetime as dt
import hashlib
import io
import uuid
from dataclasses import dataclass
from typing import Any

import puremagic
from allauth.core import context, ratelimit
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from PIL import Image

from community_portal.casework.models import Attachment, AttachmentKind, Case, Event
from community_portal.casework.pictures import NO_PICTURE, draw_small, on_white, one_at_a_time, open_picture, taken
from community_portal.people.models import User
from community_portal.refusals import Refusal

ALIKE = {"jpg": ("jpg", "jpeg"), "pdf": ("pdf",)}
SIGNATURE_MAX, SIGNATURE_PIXELS = 400_000, 2_000_000  # so little is unfolded without waiting for anybody


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


def read_photos(uploads: list[UploadedFile], *, field: str = "photos") -> list[ReadFile]:
    """Photos, drawn anew; raises Refusal beside ``field`` for the first that is none, too large, or has too many pixels.

    All headers are read first: what cannot be taken waits for nobody and keeps nobody waiting.
    """
    for upload in uploads:
        _must_not_be_large(upload, field)
        _open(upload, field)
    with one_at_a_time(field=field):
        _count_post(field)  # in here: whoever waits for the count of the same account keeps no thread from the pages
        return [_draw(upload, field) for upload in uploads]


def read_photo(upload: UploadedFile, *, field: str = "photos") -> ReadFile:
    """One photo."""
    return read_photos([upload], field=field)[0]


def _open(upload: UploadedFile, field: str) -> Image.Image:
    try:
        return open_picture(upload, name=_shown_name(upload), field=field)
    except NO_PICTURE as error:
        raise _no_photo(upload, field) from error


def _draw(upload: UploadedFile, field: str) -> ReadFile:
    image = _open(upload, field)
    taken_at = taken(image)
    try:
        drawn = draw_small(image)
    except NO_PICTURE as error:
        raise _no_photo(upload, field) from error
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=85)
    return ReadFile(out.getvalue(), _name_of(upload, "jpg"), "image/jpeg", "jpg", drawn.width, drawn.height, taken_at)


def _no_photo(upload: UploadedFile, field: str) -> Refusal:
    sentence = _("“%(name)s”不是能打开的照片。请用 JPG 或 PNG。") % {"name": _shown_name(upload)}
    return Refusal(sentence, code="not_a_photo", field=field)


def _shown_name(upload: UploadedFile) -> str:
    return (upload.name or "")[:60]


def _count_post(field: str) -> None:
    """Whoever sends files again and again is asked to wait; nobody is counted outside a request."""
    request = context.request
    if request is None or not request.user.is_authenticated:
        return
    if not ratelimit.consume(request, action="photos", user=request.user):
        sentence = _("照片传得太勤了，这次没有收下。写的内容还在，请过几分钟再交。")
        raise Refusal(sentence, code="too_many_photos", field=field, status=429)


def read_paper(upload: UploadedFile, *, field: str = "file") -> ReadFile:
    """A photo, or a PDF as it is."""
    data = _bytes_of(upload, field)
    if data[:5] == b"%PDF-" and any(m.mime_type == "application/pdf" for m in _guesses(data)):
        _count_post(field)
        return ReadFile(data, _name_of(upload, "pdf"), "application/pdf", "pdf")
    del data
    try:
        return read_photo(upload, field=field)
    except Refusal as refusal:
        if refusal.code != "not_a_photo":
            raise
        sentence = _("“%(name)s”打不开。请用照片（JPG 或 PNG）或 PDF。") % {"name": _shown_name(upload)}
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
        image = Image.open(io.BytesIO(data), formats=("PNG",))
        if image.width * image.height > SIGNATURE_PIXELS:
            raise ValueError
        flat = on_white(image)
        flat.info = {}
    except NO_PICTURE as error:
        raise Refusal(_("签名没有存好，请再签一次。"), code="bad_signature", field=field) from error
    out = io.BytesIO()
    flat.save(out, "PNG", optimize=True)
    return ReadFile(out.getvalue(), "signature.png", "image/png", "png", flat.width, flat.height)


def _bytes_of(upload: UploadedFile, field: str) -> bytes:
    _must_not_be_large(upload, field)
    upload.seek(0)
    return upload.read()


def _must_not_be_large(upload: UploadedFile, field: str) -> None:
    if (upload.size or 0) > settings.UPLOAD_MAX_BYTES:
        raise Refusal(
            _("文件太大了（%(mb)s MB），最多 20 MB。") % {"mb": round((upload.size or 0) / 1_048_576)},
            code="too_large",
            field=field,
        )


def _name_of(upload: UploadedFile, extension: str) -> str:
    """The name it came with, ending as what it is: a page of script that begins like a PDF is no ``.html`` when it leaves."""
    name = "".join(c for c in (upload.name or "") if c.isprintable() and c not in "/\\")
    stem, dot, ending = name.rpartition(".")
    if ending.lower() in ALIKE[extension]:
        return name[-120:]
    return f"{(stem if dot and len(ending) < 6 else name)[-110:] or 'file'}.{extension}"


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
