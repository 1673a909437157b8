"""Fumin charges: three rounds of building, 529 ports in thirty places; a place by the west wall that lay over a gas pipe, and the one
between two stairwells that took its stead; wires out of windows, before and after; and the west of Fumin new village, where
finding a place is the difficulty. Told by the real deeds, day by day."""

import datetime as dt
from decimal import Decimal
from typing import NamedTuple

from charging.actions import deciding, estates, measuring, rounds, sites, utilities, works
from charging.models import Body, Measurement, Round, Site, Utility
from charging.workflow.clearance import asked_facts, is_a_truth
from charging.workflow.sites import State
from community_portal import clock
from community_portal.casework.uploads import ReadFile
from community_portal.demo.charging_ground import GROUNDS, lie_down, lying
from community_portal.demo.charging_people import Crew, crew_of, hold_a_meeting, open_the_vote, vote_and_count
from community_portal.demo.charging_wires import report_wires_after, report_wires_before, report_wires_now
from community_portal.demo.residents import Neighbours
from community_portal.demo.settle import Town
from community_portal.places.models import Building, Estate
from community_portal.rules.actions import load_rulebook

DAY = dt.timedelta(days=1)


class Spot(NamedTuple):
    """Where: the estate, beside which building, in which words; what kind, how many ports."""

    estate: str
    building: int
    name: str
    kind: str
    ports: int


FIRST = (
    Spot("富民新村", 1, "1 幢北侧", "shed", 16), Spot("富民新村", 2, "2 幢东头", "open", 16), Spot("富民新村", 6, "6 幢东侧", "shed", 16),
    Spot("富民新村", 7, "7 幢南侧", "open", 16), Spot("富民新村", 8, "8 幢北侧", "shed", 16), Spot("鑫景佳园", 1, "1 幢西侧", "shed", 20),
    Spot("鑫景佳园", 2, "2 幢南侧", "open", 20), Spot("中兴花苑", 1, "1 幢北侧", "shed", 16), Spot("中兴花苑", 2, "北门", "open", 16),
    Spot("富安新居", 1, "1 幢东侧", "shed", 14), Spot("富安新居", 2, "2 幢南侧", "open", 14),
)  # fmt: skip
SECOND = (
    Spot("富民新村", 4, "4 幢东侧", "shed", 18), Spot("富民新村", 5, "5 幢南侧", "open", 18), Spot("富民新村", 10, "10 幢北侧", "shed", 18),
    Spot("富民新村", 6, "东门旁", "open", 16), Spot("鑫景佳园", 1, "1 幢南侧", "shed", 20), Spot("鑫景佳园", 2, "2 幢东侧", "open", 20),
    Spot("鑫景佳园", 3, "3 幢北侧", "shed", 20), Spot("鑫景佳园", 3, "南门", "open", 20), Spot("中兴花苑", 1, "1 幢东侧", "shed", 20),
    Spot("中兴花苑", 1, "西门", "open", 18), Spot("中兴花苑", 2, "2 幢南侧", "shed", 18), Spot("中兴花苑", 2, "2 幢北侧", "open", 18),
    Spot("富安新居", 1, "1 幢北侧", "shed", 20), Spot("富安新居", 2, "2 幢西侧", "open", 20), Spot("富安新居", 3, "3 幢南侧", "shed", 15),
)  # fmt: skip
THIRD = (
    Spot("鑫景佳园", 2, "东门", "shed", 24), Spot("中兴花苑", 1, "南门", "open", 20), Spot("富安新居", 3, "3 幢东侧", "shed", 16),
)  # fmt: skip
WEST_WALL = Spot("上海路9号", 9, "西墙边", "open", 10)
BETWEEN = "一、二单元之间"
GOOD = {"dangerous_m": "410", "exit_m": "8.90", "wall_m": "3.40", "aisle_m": "1.65"}
NO_PLAIN = "这里下面有燃气管道，不能装；换到两个单元中间。"


def build_charging(town: Town, neighbours: Neighbours, *, until: dt.datetime) -> None:
    """Everything about wires and places; ports follow for each place that is in service."""
    load_rulebook(at=until)
    crew, today = crew_of(town), clock.local(until).date()
    lie_down(town)
    count_bikes(town, crew, today=today)
    build_round(town, crew, 1, FIRST, since=today - 900 * DAY, budget=Decimal(520_000))
    build_round(town, crew, 2, SECOND, since=today - 480 * DAY, budget=Decimal(790_000))
    third = start_round(town, crew, 3, target=70, opens_on=today - 166 * DAY, budget=Decimal(240_000))
    report_wires_before(town, neighbours, crew, today=today)
    shanghai_road(town, crew, third, since=today - 165 * DAY)
    for n, spot in enumerate(THIRD):
        bring_into_service(town, crew, spot, third, since=today - (150 - 3 * n) * DAY)
    rounds.close_round(third, by=crew.charger, at=_morning(today - 95 * DAY))
    report_wires_after(town, neighbours, crew, today=today)
    report_wires_now(town, neighbours, crew, today=today)
    fumin_west(town, crew, today=today)


def count_bikes(town: Town, crew: Crew, *, today: dt.date) -> None:
    """Last year and this autumn: the newest count is the one that counts."""
    for days, share in ((410, Decimal("0.9")), (45, Decimal(1))):
        for name, ground in GROUNDS.items():
            day, bikes = today - days * DAY, ground.ebikes * share
            estates.count_estate(
                estate=Estate.objects.get(community=town.communities["FM"], name=name), ebikes=int(bikes), how="parked",
                counted_on=day, counted_by="网格员和楼组长", plates=int(bikes * Decimal("0.8")), homes_without_garage=ground.homes,
                by=crew.charger, at=_morning(day),
            )  # fmt: skip


def start_round(town: Town, crew: Crew, number: int, *, target: int, opens_on: dt.date, budget: Decimal) -> Round:
    at = _morning(opens_on)
    made = rounds.plan_round(
        community=town.communities["FM"], number=number, target_ports=target, opens_on=opens_on, budget=budget,
        source="街道实事项目、运营商", decision="富民社区议事会决定", by=crew.charger, at=at,
    )  # fmt: skip
    rounds.start_round(made, by=crew.charger, at=at)
    return made


def build_round(
    town: Town, crew: Crew, number: int, spots: tuple[Spot, ...], *, since: dt.date, budget: Decimal
) -> None:
    """One after the other, a few days apart."""
    target = sum(spot.ports for spot in spots)
    made = start_round(town, crew, number, target=target, opens_on=since, budget=budget)
    for n, spot in enumerate(spots):
        bring_into_service(town, crew, spot, made, since=since + (2 + 4 * n) * DAY)
    rounds.close_round(made, by=crew.charger, at=_morning(since + 120 * DAY))


def propose(town: Town, crew: Crew, spot: Spot, round: Round | None, at: dt.datetime) -> Site:
    estate = Estate.objects.select_related("community__street").get(community=town.communities["FM"], name=spot.estate)
    building = Building.objects.select_related("grid").get(estate=estate, number=spot.building)
    there = lying(building, spot.name, spot.ports)
    return sites.propose_site(
        estate=estate, building=building, name=spot.name, kind=spot.kind, planned_ports=spot.ports,
        area=(spot.ports * Decimal("2.40")).quantize(Decimal("0.01")), round=round, placed=there.placed,
        outline=there.outline, is_another=True, words="附近一直有人拉飞线。", by=crew.charger, at=at,
    )  # fmt: skip


def bring_into_service(town: Town, crew: Crew, spot: Spot, round: Round, *, since: dt.date) -> Site:
    site = propose(town, crew, spot, round, _morning(since))
    ask_everybody(site, crew, since=since)
    carry_on(site, crew, since=since + 9 * DAY)
    return site


def ask_everybody(site: Site, crew: Crew, *, since: dt.date, gas: str = "ok") -> None:
    """Measured, and the five utilities asked; gas may say no."""
    at = _morning(since + DAY)
    measure(site, crew, at)
    sites.survey(site, area=site.area, planned_ports=site.planned_ports, by=crew.charger, at=at)
    sites.move_on(site, "ask_utilities", by=crew.charger, at=at + DAY)
    for utility in Utility.values:
        said = gas if utility == Utility.GAS else "ok"
        ask_one(site, crew, utility, said, at=at + 2 * DAY)
        if said == "blocked":
            return
    sites.move_on(site, "ready", by=crew.charger, at=at + 7 * DAY)


def measure(site: Site, crew: Crew, at: dt.datetime) -> None:
    """Everything that its rules ask for, in one go and with one line in the journal."""
    rows, asked = [], asked_facts(site)
    for rule in asked:
        is_truth = is_a_truth(rule)
        rows.append(
            Measurement(
                site=site, parameter=rule.parameter, holds=rule.limit is not False if is_truth else None,
                metres=None if is_truth else Decimal(GOOD[rule.parameter]), how="seen" if is_truth else "laser",
                measured_by="蔡伟民", at=at, recorded_by=crew.charger,
            )
        )  # fmt: skip
    what = "、".join(rule.title for rule in asked)
    site.write("measured", by=crew.charger, at=at, authority="role:charging", detail={"what": what})
    Measurement.objects.bulk_create(rows)


SAID = {
    "gas": "互不影响", "power": "从 2 号箱变单独拉一路", "water": "这一段没有管", "telecom": "避开人井就行",
    "heat": "这一段没有热力管",
}  # fmt: skip


def ask_one(site: Site, crew: Crew, utility: str, said: str, *, at: dt.datetime) -> None:
    utilities.ask_utility(site, utility=utility, who="管线科", code="富民充电", by=crew.charger, at=at)
    words = "压在中压燃气管上" if said == "blocked" else SAID[utility]
    utilities.record_answer(
        site, utility=utility, answer=said, name="管线科 孙工", document=letter(f"{site.case.number} {utility}"), words=words,
        distance=Decimal("21.90") if utility == "gas" and said == "ok" else None, by=crew.charger, at=at + 3 * DAY,
    )  # fmt: skip


def letter(what: str) -> ReadFile:
    """A page with the words of a letter."""
    body = f"%PDF-1.4\n% {what}\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF".encode()
    return ReadFile(body, f"{what} 答复.pdf", "application/pdf", "pdf")


def carry_on(site: Site, crew: Crew, *, since: dt.date) -> None:
    """From what people say to ports that work."""
    at = _morning(since)
    hold_a_meeting(site, crew, at=at)
    deciding.publish(site, by=crew.charger, at=at + DAY)
    deciding.approve(site, by=crew.street, at=at + 9 * DAY)
    price = Decimal(2_800) * (site.approved_ports or 0)
    works.order(site, contractor=crew.firm, price=price, by=crew.charger, at=at + 10 * DAY)
    works.report_done(site, by=crew.builder, at=at + 24 * DAY)
    accept(site, crew, at=at + 26 * DAY)


def accept(site: Site, crew: Crew, *, at: dt.datetime) -> None:
    for part in site.acceptances.get().parts.all():
        part.acceptance.site = site
        works.look_at_part(part, passes=True, by=crew.charger, at=at)
    works.sign_acceptance(site, body=Body.STREET, name="熊海燕", by=crew.street, at=at)
    works.sign_acceptance(site, body=Body.COMMUNITY, name="蔡伟民", by=crew.charger, at=at)
    works.sign_acceptance(site, body=Body.THIRD, name="陆工", organisation=crew.third, by=crew.charger, at=at)
    works.accept(site, by=crew.street, at=at)


def shanghai_road(town: Town, crew: Crew, round: Round, *, since: dt.date) -> Site:
    """The west wall lies over a gas pipe; between the two stairwells it goes."""
    west = propose(town, crew, WEST_WALL, round, _morning(since))
    ask_everybody(west, crew, since=since, gas="blocked")
    measuring.measure(
        west, parameter="over_gas_pipe", value=True, how="drawing", measured_by="管线科 孙工", note="照燃气公司的管线图",
        by=crew.charger, at=_morning(since + 7 * DAY),
    )  # fmt: skip
    sites.reject(west, code="gas_pipe", plain=NO_PLAIN, by=crew.charger, at=_morning(since + 7 * DAY))
    assert west.building is not None
    there = lying(west.building, "北侧", 10)
    between = sites.re_site(west, name=BETWEEN, placed=there.placed, by=crew.charger, at=_morning(since + 10 * DAY))
    between.outline = there.outline
    Site.objects.filter(pk=between.pk).update(outline=between.outline)
    ask_everybody(between, crew, since=since + 10 * DAY)
    vote_and_count(between, crew, at=_morning(since + 19 * DAY))
    carry_on(between, crew, since=since + 28 * DAY)
    return between


def fumin_west(town: Town, crew: Crew, *, today: dt.date) -> Site:
    """Next: the west of the new village. People are being asked, and too few have voted so far."""
    fourth = start_round(town, crew, 4, target=60, opens_on=today - 30 * DAY, budget=Decimal(200_000))
    site = propose(town, crew, Spot("富民新村", 3, "西片 3 幢西侧", "shed", 20), fourth, _morning(today - 21 * DAY))
    ask_everybody(site, crew, since=today - 21 * DAY)
    hold_a_meeting(site, crew, at=_morning(today - 9 * DAY))
    open_the_vote(site, crew, at=_morning(today - 8 * DAY))
    assert site.state == State.CONSULTING
    return site


def _morning(day: dt.date) -> dt.datetime:
    return clock.at_wall(day, dt.time(9, 30))
