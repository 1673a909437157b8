"""What is looked at at each kind of equipment, published in versions: a look keeps the list that it was done by."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal.people.models import Role, User
from community_portal.people.wording import read_text
from community_portal.places.models import Street
from community_portal.refusals import Changed, NotAllowed, Refusal
from safety.models import InspectionItem, InspectionTemplate
from safety.workflow.equipment import EquipmentKind

GENERAL = Path(__file__).parent.parent / "inspection_lists" / "general.json"
MOST_ITEMS, LONGEST = 12, 60


@transaction.atomic
def publish_list(
    kind: str,
    lines: list[dict[str, Any]],
    *,
    street: Street | None,
    source: str,
    valid_from: dt.date,
    by: User | None,
    at: dt.datetime,
    seen: int | None = None,
) -> InspectionTemplate:
    """A new version; ``seen`` is the one that stood on the page. A line with a code is the question of that code in other words."""
    _must_publish(by, street)
    if kind not in EquipmentKind.values:
        raise Refusal(_("没有这一种。"), code="no_kind", field="kind")
    lines = _read(lines)
    rows = InspectionTemplate.objects.filter(kind=kind, street=street).select_for_update().order_by("-version")
    before = rows.first()
    version = before.version if before else 0
    if seen is not None and seen != version:
        raise Changed(_("情况有变：这份检查单刚刚出了新的版本，请再看一眼。"))
    made = InspectionTemplate.objects.create(
        kind=kind, street=street, version=version + 1, valid_from=valid_from, source=source[:120], published_by=by,
        published_at=at,
    )  # fmt: skip
    InspectionItem.objects.bulk_create(
        InspectionItem(template=made, number=n, **line) for n, line in enumerate(lines, start=1)
    )
    return made


def _must_publish(by: User | None, street: Street | None) -> None:
    if by is None or by.is_superuser:
        return
    if street is None or street.pk not in {m.street_id for m in by.memberships_now if m.role == Role.STREET_OFFICER}:
        raise NotAllowed(_("检查单由街道发布。"))


def _read(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Raises Refusal beside ``lines``."""
    read = [line | {"words": read_text(line["words"], field="lines")[:LONGEST]} for line in lines]
    read = [line for line in read if line["words"]]
    if not 1 <= len(read) <= MOST_ITEMS:
        raise Refusal(_("一份检查单 1 到 %(n)s 条。") % {"n": MOST_ITEMS}, code="items", field="lines")
    codes = [line["code"] for line in read]
    if len(set(codes)) < len(codes) or len({line["words"] for line in read}) < len(read):
        raise Refusal(_("有两条是一样的。"), code="twice", field="lines")
    return read


def lines_of_text(text: str, before: InspectionTemplate | None) -> list[dict[str, Any]]:
    """What somebody typed, a line each. Words that stood there before keep their code, so that a failure is known again."""
    known = {item.words: item for item in before.items.all()} if before else {}
    taken = {item.code for item in known.values()}
    lines = []
    for words in dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()):
        if words in known:
            item = known[words]
            lines.append({"code": item.code, "words": words, "words_en": item.words_en, "clause": item.clause})
            continue
        code = next(name for n in range(1, 1000) if (name := f"line{n}") not in taken)
        taken.add(code)
        lines.append({"code": code, "words": words})
    return lines


def load_general(*, at: dt.datetime) -> int:
    """The general list of each kind that has none yet; running it again publishes nothing. Answers how many."""
    document = json.loads(GENERAL.read_text())
    known = set(InspectionTemplate.objects.filter(street=None).values_list("kind", flat=True))
    missing = {kind: lines for kind, lines in document["lists"].items() if kind not in known}
    for kind, lines in missing.items():
        publish_list(
            kind, lines, street=None, source=document["source"], by=None, at=at,
            valid_from=dt.date.fromisoformat(document["valid_from"]),
        )  # fmt: skip
    return len(missing)
