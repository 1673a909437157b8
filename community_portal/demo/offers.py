"""What the halls offer: services with papers and hours, categories of help with their limits."""

import datetime as dt

from appointments.models import Category
from community_portal.bookings.models import Channel, Opening, Service
from community_portal.demo.settle import Town
from community_portal.places.models import Community, Grid

HOME_DAYS = (("allowance", 1), ("senior-card", 3))
MORNING, AFTERNOON = (dt.time(8, 30), dt.time(11, 30)), (dt.time(14), dt.time(17))

CATEGORIES = (
    # code, name, English, icon, visit, handle, apply, promise (working days), papers of an application, English papers
    ("care", "照护", "Care", "heart-pulse", 1, 5, 10, 15,
     ("身份证复印件", "诊断证明", "能力评估申请表", "委托书"),
     ("Copy of ID card", "Medical certificate", "Application for assessment", "Power of attorney")),
    ("benefit", "补贴", "Benefits", "cash-coin", 2, 5, 10, 15, ("身份证复印件", "户口本复印件", "银行卡复印件", "申请表"),
     ("Copy of ID card", "Copy of household register", "Copy of bank card", "Application form")),
    ("certificate", "证明", "Certificates", "file-earmark-text", 2, 3, 5, 7, ("身份证复印件", "户口本复印件"),
     ("Copy of ID card", "Copy of household register")),
    ("repair", "维修", "Repairs", "tools", 2, 7, 15, 20, ("现场照片",), ("Photo of the place",)),
    ("neighbours", "邻里", "Neighbours", "people", 2, 7, 15, 20, (), ()),
    ("other", "其他", "Other", "chat-heart", 2, 5, 10, 15, (), ()),
)  # fmt: skip

# Which specialist reads what is asked for, besides those who carry it to its end.
READERS = {"care": ("eldercare",), "benefit": ("eldercare",)}

SERVICES = (
    # code, name, English, what, English what, papers, English papers, channels, minutes, icon
    ("allowance", "高龄津贴申领", "Old-age allowance", "80 岁起可以申领", "From the age of 80",
     ("身份证", "户口本", "本人银行卡"), ("ID card", "Household register", "Own bank card"), ("centre", "home"), 30,
     "cash-coin"),
    ("residence", "居住证明", "Proof of residence", "当场开具", "Issued on the spot", ("身份证", "房产证或租房合同"),
     ("ID card", "Title deed or lease"), ("centre",), 30, "file-earmark-text"),
    ("senior-card", "老年证办理", "Senior card", "60 岁起，乘车游园用", "From 60, for buses and parks",
     ("身份证", "一寸照片"), ("ID card", "One small photo"), ("centre", "home"), 30, "person"),
    ("care-advice", "养老照护咨询", "Care advice", "坐下来慢慢说", "Sit down and take your time", (), (),
     ("centre", "phone", "home"), 30, "heart-pulse"),
    ("talk", "和社区书记聊聊", "Talk with the community manager", "有话直说", "Say what is on your mind", (), (),
     ("centre",), 30, "chat-heart"),
)  # fmt: skip


def offer_services(town: Town) -> None:
    """Every service at the desk of every community; home visits by the grid's own officer; the manager on Wednesdays."""
    for position, row in enumerate(SERVICES):
        code, name, name_en, what, what_en, papers, papers_en, channels, minutes, icon = row
        town.services[code] = Service.objects.create(
            code=code,
            name=name,
            name_en=name_en,
            description=what,
            description_en=what_en,
            papers=list(papers),
            papers_en=list(papers_en),
            channels=list(channels),
            minutes=minutes,
            icon=icon,
            position=position,
        )
    openings: list[Opening] = []
    for code, community in town.communities.items():
        openings += _desk_openings(town, community)
        openings += _home_openings(town, community)
        openings.append(
            Opening(
                community=community,
                service=town.services["talk"],
                weekday=2,
                starts_at=dt.time(15),
                ends_at=dt.time(17),
                host=town.managers[code],
                valid_from=town.first_day,
            )
        )
    Opening.objects.bulk_create(openings)


def _desk_openings(town: Town, community: Community) -> list[Opening]:
    return [
        Opening(
            community=community,
            service=town.services[code],
            weekday=weekday,
            starts_at=starts,
            ends_at=ends,
            capacity=2,
            channel=Channel.CENTRE,
            valid_from=town.first_day,
        )
        for code in town.plans[community.code].services
        for weekday in range(6)
        for starts, ends in ((MORNING, AFTERNOON) if weekday < 5 else (MORNING,))
    ]


def _home_openings(town: Town, community: Community) -> list[Opening]:
    """Tuesday and Thursday afternoons each officer comes home, one door at a time, to their own grid."""
    services = [(code, weekday) for code, weekday in HOME_DAYS if code in town.plans[community.code].services]
    return [
        Opening(
            community=community,
            service=town.services[code],
            weekday=weekday,
            starts_at=dt.time(14),
            ends_at=dt.time(16),
            channel=Channel.HOME,
            host=town.officers[grid.pk],
            grid=grid,
            valid_from=town.first_day,
        )
        for code, weekday in services
        for grid in Grid.objects.filter(community=community)
    ]


def set_categories(town: Town) -> None:
    for position, row in enumerate(CATEGORIES):
        code, name, name_en, icon, visit, handle, apply, promise, papers, papers_en = row
        town.categories[code] = Category.objects.create(
            code=code,
            name=name,
            name_en=name_en,
            icon=icon,
            visit_days=visit,
            handle_days=handle,
            apply_days=apply,
            promise_days=promise,
            papers=list(papers),
            papers_en=list(papers_en),
            readers=list(READERS.get(code, ())),
            position=position,
        )
