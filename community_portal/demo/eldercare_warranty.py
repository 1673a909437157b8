"""Three things that broke in adapted homes: one repaired and confirmed, one that the builder looks into, one out of warranty that
eldercare has to decide about."""

import datetime as dt
from typing import Any

from community_portal import clock
from community_portal.demo.eldercare_accepted import picture
from community_portal.matters.deeds import perform
from community_portal.people.models import User
from eldercare.actions.warranty import report_fault
from eldercare.models import ProductRecord, WarrantyTicket
from eldercare.queries.warranty import LIVED_WITH

DAY = dt.timedelta(days=1)
FAULTS = {
    "care-bed": "床头升不起来，按了没反应。",
    "night-light": "夜灯不亮了，换过插座也不行。",
    "wheelchair": "轮椅右边刹车刹不住。",
}
OUT_OF_WARRANTY = "wheelchair"


def report_faults(*, until: dt.datetime) -> None:
    """The home that was accepted first of each; the wheelchair's papers say that its warranty is over."""
    carer, builder = (User.objects.get(username=name) for name in ("eldercare", "contractor"))
    rows = ProductRecord.objects.filter(
        line__plan__adaptation__state__in=LIVED_WITH, line__plan__adaptation__accepted_at__lt=until - DAY * 9
    ).select_related("line__item", "line__plan__adaptation__case__resident")
    today = clock.local(until).date()
    at = clock.at_wall(today - DAY * 6, dt.time(10))
    for n, (code, words) in enumerate(FAULTS.items()):
        product = rows.filter(line__item__code=code).order_by("line__plan__adaptation__accepted_at", "pk").first()
        if product is None:
            continue
        if code == OUT_OF_WARRANTY:
            product.warranty_until = today - DAY * 7
            product.save(update_fields=["warranty_until"])
        ticket = report_fault(product.line.plan.adaptation, product=product, words=words, by=carer, at=at)
        _go_on(ticket, n, carer=carer, builder=builder, at=at + DAY)


def _go_on(ticket: WarrantyTicket, n: int, *, carer: User, builder: User, at: dt.datetime) -> None:
    shot = picture("care-bed", f"repaired {n}", after=True)
    deeds: tuple[tuple[str, User, dict[str, Any]], ...] = (
        ("find_fault", builder, {"words": "接头松了。"}),
        ("repair", builder, {"words": "换了接头，试了三次都好。", "photos": [shot]}),
        ("close", carer, {"words": "家里说好用了。"}),
    )
    for step, by, data in deeds[: (3, 1, 0)[n]]:
        perform(ticket, step, data=data, by=by, at=at)
        at += dt.timedelta(hours=5)
