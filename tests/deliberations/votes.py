"""Votes for tests: ``make_vote(cast, 3)`` is open and has three units of 100 m²."""

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from PIL import Image

from community_portal.casework.uploads import ReadFile
from community_portal.deliberations.actions.ballots import record_ballot
from community_portal.deliberations.actions.rolls import Unit, put_roll
from community_portal.deliberations.actions.votes import draw_up_vote, open_vote
from community_portal.deliberations.models import RollEntry, Vote
from community_portal.deliberations.topics import topic_alone
from tests.cast import MONDAY, Cast

CLOSES = MONDAY + dt.timedelta(days=14)
LATER = MONDAY + dt.timedelta(days=1)


def unit(number: int, **over: Any) -> Unit:
    given = {"unit": f"{number}01", "area": "100.00", "voter": f"业主{number}", "phone": f"+86138000{number:05d}"}
    return Unit(**given | over)


def draft(cast: Cast, units: int | Sequence[Unit] = 3, **over: Any) -> Vote:
    given = {
        "kind": "owners", "question": "同意装充电棚吗？", "opens_at": MONDAY, "closes_at": CLOSES, "by": cast.manager, "at": MONDAY,
        "is_special": True,
    }  # fmt: skip
    topic = over.pop("topic", None) or topic_alone(cast.home, title="充电棚", by=cast.manager, at=MONDAY)
    vote = draw_up_vote(topic, **given | over)
    roll = [unit(n + 1) for n in range(units)] if isinstance(units, int) else units
    put_roll(vote, roll, by=cast.manager, at=over.get("at", MONDAY))
    return vote


def make_vote(cast: Cast, units: int | Sequence[Unit] = 3, **over: Any) -> Vote:
    vote = draft(cast, units, **over)
    open_vote(vote, by=cast.manager, at=over.get("at", MONDAY))
    return vote


def picture() -> ReadFile:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "JPEG")
    return ReadFile(out.getvalue(), "票.jpg", "image/jpeg", "jpg", 40, 30)


def cast_on_paper(cast: Cast, vote: Vote, number: int, choice: str, **over: Any) -> list[Any]:
    entry = over.pop("entry", None) or RollEntry.objects.get(vote=vote, unit=f"{number}01")
    given = {
        "choice": choice,
        "channel": "paper",
        "cast_at": LATER,
        "by": cast.officer,
        "at": LATER,
        "proof": picture(),
    }
    return record_ballot(entry, **given | over)


def sheet(*rows: Sequence[Any]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(list(row))  # type: ignore[union-attr]
    book.save(out)
    return out.getvalue()
