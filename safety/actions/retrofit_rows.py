"""What a retrofit consists of: measures, zones held against the rules, what each side gives, hazards that are made good with it."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from community_portal import clock
from community_portal.casework.actions import authority_over
from community_portal.people.models import STAFF, User
from community_portal.people.wording import read_text
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.rules.evaluation import Result, evaluate
from safety.models import Contribution, Divided, Gives, Hazard, Retrofit, RetrofitHazard, RetrofitMeasure, RetrofitZone
from safety.workflow.retrofit import STARTERS
from safety.workflow.retrofit_states import CHANGING
from safety.workflow.states import HAZARD_OPEN

ZONES = "retrofit_zones"
HIGHEST = Decimal("99.99")


def may_work(retrofit: Retrofit, by: Any) -> bool:
    """Whoever plans it: of the staff at the place, or of the company that manages the estate."""
    if by is None or by.has_role_at(retrofit.community_id, *(STARTERS & STAFF)):
        return True
    return bool(retrofit.roles_given(by) & STARTERS)


def _authority(retrofit: Retrofit, by: User | None) -> str:
    """Whoever moves it on, while it is planned or built."""
    if retrofit.state not in CHANGING:
        raise Changed(_("情况有变：这个项目现在不能改了。"))
    if not may_work(retrofit, by):
        raise NotAllowed(_("这一步要由别的岗位来办。"))
    return authority_over(retrofit, by)


@transaction.atomic
def add_measure(retrofit: Retrofit, *, kind: str, words: str, by: User | None, at: dt.datetime) -> RetrofitMeasure:
    authority = _authority(retrofit, by)
    words = read_text(words, field="words", longest=120)
    if len(words) < 2:
        raise Refusal(_("请写做什么。"), code="no_words", field="words")
    row = _save(RetrofitMeasure(retrofit=retrofit, kind=kind, words=words), _("这一项已经有了。"), "words")
    retrofit.write("measure", by=by, at=at, authority=authority, detail={"what": words}, is_public=True)
    return row


@transaction.atomic
def finish_measure(measure: RetrofitMeasure, *, by: User | None, at: dt.datetime) -> None:
    """It is there. Raises Changed when somebody has said so already."""
    retrofit = measure.retrofit
    authority = _authority(retrofit, by)
    rows = RetrofitMeasure.objects.filter(pk=measure.pk, done_on__isnull=True)
    if not rows.update(done_on=clock.local(at).date()):
        raise Changed(_("情况有变：这一项刚刚已经记过了。"))
    retrofit.write("measure_done", by=by, at=at, authority=authority, detail={"what": measure.words}, is_public=True)


@transaction.atomic
def add_zone(
    retrofit: Retrofit,
    *,
    number: int | None,
    bikes: int | None,
    divided_by: str,
    metres: Decimal | None,
    has_sprinkler: bool,
    by: User | None,
    at: dt.datetime,
) -> RetrofitZone:
    """One zone, if the rules of that day allow it. Raises Refusal beside the field with the clause that forbids it."""
    authority = _authority(retrofit, by)
    if not number or not 0 < number <= MOST_ZONES:
        raise Refusal(_("请写第几区。"), code="no_number", field="number")
    if not bikes or not 0 < bikes <= MOST_ZONES:
        raise Refusal(_("请写停几辆。"), code="no_bikes", field="bikes")
    if divided_by not in Divided.values or metres is None or not 0 < metres <= HIGHEST:
        raise Refusal(_("请写隔板多高，或空开多宽。"), code="not_divided", field="metres")
    facts = {"bikes": bikes, "divided_by": divided_by, f"{divided_by}_m": metres, "sprinkler": has_sprinkler}
    results = evaluate(ZONES, street=retrofit.community.street, on=clock.local(at).date(), facts=facts)
    _must_pass(results)
    row = _save(
        RetrofitZone(
            retrofit=retrofit, number=number, bikes=bikes, divided_by=divided_by, metres=metres, has_sprinkler=has_sprinkler,
            **_limits(results, bikes, metres),
        ),
        _("这个区已经排过了。"),
        "number",
    )  # fmt: skip
    retrofit.write("zone", by=by, at=at, authority=authority, detail={"n": number}, is_public=True)
    return row


MOST_ZONES = 999
_FIELDS = {"bikes": "bikes", "screen_m": "metres", "gap_m": "metres", "sprinkler": "has_sprinkler"}


def _must_pass(results: list[Result]) -> None:
    """The first rule that is not met speaks, with its clause."""
    for one in results:
        if not one.passes:
            rule = one.rule
            sentence = _("%(rule)s（%(clause)s）。") % {
                "rule": rule.plain_words,
                "clause": rule.clause or rule.rule_set.source,
            }
            raise Refusal(sentence, code="rule", field=_FIELDS.get(rule.parameter))


def _limits(results: list[Result], bikes: int, metres: Decimal) -> dict[str, Any]:
    """What the rules allowed; where nobody has published any, what was typed."""
    told = {one.rule.parameter: Decimal(str(one.rule.limit)) for one in results if one.rule.limit is not None}
    least = told.get("screen_m") or told.get("gap_m") or metres
    version = f"{results[0].rule.rule_set.title} {results[0].rule.rule_set.version}" if results else ""
    return {"most_bikes": int(told.get("bikes", bikes)), "least_m": least, "rules": version[:60]}


@transaction.atomic
def contribute(
    retrofit: Retrofit,
    *,
    role: str,
    name: str,
    gives: str,
    words: str,
    amount: Decimal | None,
    by: User | None,
    at: dt.datetime,
) -> Contribution:
    """What one side gives. Money is an amount, people and things are words."""
    authority = _authority(retrofit, by)
    name, words = read_text(name, field="name", longest=60), read_text(words, field="words", longest=120)
    if not name:
        raise Refusal(_("请写是哪一方。"), code="no_name", field="name")
    if len(words) < 2:
        raise Refusal(_("请写做了什么。"), code="no_words", field="words")
    if gives == Gives.MONEY and (amount is None or amount <= 0):
        raise Refusal(_("出钱的，请写多少钱。"), code="no_amount", field="amount")
    if gives != Gives.MONEY and amount is not None:
        raise Refusal(_("不出钱的，不用写钱数。"), code="amount_of_what", field="amount")
    row = _save(
        Contribution(retrofit=retrofit, role=role, name=name, gives=gives, words=words, amount=amount),
        _("这一条已经有了。"),
        "words",
    )
    detail = {"who": name, "what": words}
    retrofit.write("contributed", by=by, at=at, authority=authority, detail=detail, is_public=True)
    return row


@transaction.atomic
def join_hazard(retrofit: Retrofit, *, hazard: Hazard | None, by: User | None, at: dt.datetime) -> RetrofitHazard:
    """An open hazard of the same estate is made good with it. Raises Refusal beside ``hazard``."""
    authority = _authority(retrofit, by)
    if hazard is None or hazard.community_id != retrofit.community_id or hazard.state not in HAZARD_OPEN:
        raise Refusal(_("请选本社区还没销号的隐患。"), code="no_hazard", field="hazard")
    row = _save(RetrofitHazard(retrofit=retrofit, hazard=hazard), _("这条隐患已经放进一个项目了。"), "hazard")
    detail = {"number": hazard.case.number}
    retrofit.write("hazard", by=by, at=at, authority=authority, detail=detail)
    return row


@transaction.atomic
def drop_row(
    row: RetrofitMeasure | RetrofitZone | Contribution | RetrofitHazard, *, by: User | None, at: dt.datetime
) -> None:
    """It was a slip, or it is planned otherwise."""
    retrofit, what = row.retrofit, str(row)
    authority = _authority(retrofit, by)
    row.delete()
    retrofit.write("dropped", by=by, at=at, authority=authority, detail={"what": what})


def _save(row: Any, twice: str, field: str) -> Any:
    made: Model = row
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise Refusal(twice, code="twice", field=field, status=409) from error
    return made
