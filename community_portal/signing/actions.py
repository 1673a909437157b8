"""Signing, and whether what was signed is still what stands there."""

import datetime as dt
import hashlib
import io
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from PIL import Image

from community_portal.casework.models import Attachment, AttachmentKind, Case, Event, Matter
from community_portal.casework.uploads import ReadFile, keep_file
from community_portal.people.models import Organisation, Resident, User
from community_portal.people.wording import read_name
from community_portal.refusals import Refusal
from community_portal.signing.models import OWN_WILL, Means, Relation, Signing


@dataclass(frozen=True)
class Signer:
    """Who signs, and as what."""

    name: str
    relation: str
    resident: Resident | None = None
    organisation: Organisation | None = None


@dataclass(frozen=True)
class Sheet:
    """A row of a case that is signed and has no flow of its own: ``name`` stands where a matter has that of its flow."""

    case: Case
    name: str
    pk: int

    def write(self, kind: str, **line: Any) -> Event:
        return self.case.write(kind, flow=self.name, matter_id=self.pk, **line)


def _key_of(signed: Matter | Sheet) -> tuple[str, int]:
    return (signed.name if isinstance(signed, Sheet) else signed.flow.name), signed.pk


def canonical(content: Any) -> str:
    """One spelling of the same content: keys in order, amounts as they are written, no blanks."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, Decimal | dt.date | dt.datetime):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be signed")


def hash_of(content: Any) -> str:
    """SHA-256 of the canonical content, in hex."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


@transaction.atomic
def sign(
    matter: Matter | Sheet,
    *,
    document: str,
    content: Any,
    signer: Signer,
    means: str,
    by: User | None,
    at: dt.datetime,
    authority: str,
    part: str = "",
    needs_own_will: bool = False,
    signature: ReadFile | None = None,
    seen_hash: str | None = None,
) -> Signing:
    """Keeps a signature under ``content``, which is what the signer had before them.

    ``seen_hash`` is the hash that their page carried; another one means that the content changed meanwhile. Raises Refusal
    (beside ``signature``, ``relation`` or ``signer_name``) for an empty canvas, for another's will, for a name that is none.
    """
    name = read_name(signer.name)
    if needs_own_will and signer.relation not in OWN_WILL:
        raise Refusal(_("这一份要本人或监护人签，别人不能代签。"), code="not_own_will", field="relation")
    if signer.relation not in Relation.values:
        raise Refusal(_("请选是什么关系。"), code="no_relation", field="relation")
    digest = hash_of(content)
    if seen_hash is not None and seen_hash != digest:
        raise Refusal(_("内容刚刚改过，请再看一遍再签。"), code="content_changed", field="signature")
    kept = _kept(matter.case, signature, means=means, by=by, at=at)
    flow, pk = _key_of(matter)
    row = Signing.objects.create(
        case=matter.case,
        flow=flow,
        matter_id=pk,
        part=part,
        document=document,
        content=json.loads(canonical(content)),
        content_sha256=digest,
        signer_name=name,
        signer=signer.resident,
        organisation=signer.organisation,
        relation=signer.relation,
        needs_own_will=needs_own_will,
        means=means,
        attachment=kept,
        recorded_by=by,
        at=at,
    )
    detail = {"who": name, "document": document}
    matter.write("signed", by=by, at=at, authority=authority, detail=detail, is_public=True)
    return row


def _kept(case: Case, signature: ReadFile | None, *, means: str, by: User | None, at: dt.datetime) -> Attachment | None:
    if means == Means.LINK and signature is None:
        return None
    if signature is None or (means != Means.PAPER and is_blank(signature)):
        raise Refusal(_("还没有签名，请用手指写下名字。"), code="no_signature", field="signature")
    return keep_file(case, signature, kind=AttachmentKind.SIGNATURE, by=by, at=at, is_public=False)


def is_blank(signature: ReadFile) -> bool:
    """Nothing was drawn: the canvas has one colour."""
    with Image.open(io.BytesIO(signature.data)) as image:
        lowest, highest = image.convert("L").getextrema()
    return lowest == highest


def signings_of(matter: Matter | Sheet, document: str, *, part: str | None = None) -> list[Signing]:
    """All signatures under a document of the matter, the oldest first, stale ones too."""
    rows = Signing.objects.of_row(*_key_of(matter)).filter(document=document)
    return list((rows if part is None else rows.filter(part=part)).select_related("attachment", "organisation"))


def valid_signings(matter: Matter | Sheet, document: str, content: Any, *, part: str | None = None) -> list[Signing]:
    """Those under exactly this content."""
    digest = hash_of(content)
    return [row for row in signings_of(matter, document, part=part) if row.content_sha256 == digest]


def must_be_signed(
    matter: Matter | Sheet, document: str, content: Any, *, relations: tuple[str, ...], part: str | None = None
) -> None:
    """Raises Refusal unless somebody of these relations signed this content; says so when they signed another."""
    signed = signings_of(matter, document, part=part)
    if any(row.relation in relations and row.content_sha256 == hash_of(content) for row in signed):
        return
    if any(row.relation in relations for row in signed):
        raise Refusal(_("签名以后内容改过，请再签一次。"), code="stale_signature", field="signature")
    raise Refusal(_("还没有签名。"), code="not_signed", field="signature")
