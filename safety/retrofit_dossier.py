"""What a retrofit puts into its file and its brief: who was asked, who met, what was decided and built, who gave what, and whether it works."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from community_portal import clock
from community_portal.deliberations.standing import meetings_of
from community_portal.dossier.sections import Brief, Dossier, Facts, Names, Number, Section, Table
from community_portal.web.spoken import long_day
from safety.models import Retrofit
from safety.queries.retrofits import asked_of, joint, sides_of, total_of


def _day(day: Any) -> str:
    return str(long_day(day)) if day else ""


def _meeting(retrofit: Retrofit) -> Any:
    rows = meetings_of(retrofit).prefetch_related("decisions__owner", "decisions__organisation")
    return joint(list(rows.select_related("led_by")), retrofit)


def sections(retrofit: Retrofit, names: Names) -> list[Section]:
    meeting = _meeting(retrofit)
    zones = list(retrofit.zones.all())
    return [
        Facts(_("改造"), _facts(retrofit)),
        Facts(_("问了住户"), _asked(retrofit)),
        Table(_("联席会"), [_("哪一方"), _("来了几人")], _parties(meeting)),
        Facts(_("会议纪要"), _minutes(meeting)),
        Table(_("会上定的事"), [_("定了什么"), _("谁来办"), _("哪天前"), _("办得怎样")], _decisions(meeting, names)),
        Table(
            _("措施"), [_("做什么"), _("哪天做好")], [[str(one), _day(one.done_on)] for one in retrofit.measures.all()]
        ),
        Table(_("分区"), [_("第几区"), _("停几辆"), _("怎么隔开"), _("喷淋")], [_zone(one) for one in zones]),
        Table(_("各方出的力"), [_("哪一方"), _("做了什么"), _("出什么")], _gifts(retrofit)),
        Table(_("后来还好用吗"), [_("哪一次"), _("结果"), _("说明")], _checks(retrofit)),
    ]


def _facts(retrofit: Retrofit) -> list[tuple[Any, Any]]:
    facts = [
        (_("哪里"), f"{retrofit.estate}{retrofit.place}"),
        (_("为什么"), retrofit.case.words),
        (_("开工"), _day(retrofit.started_on)),
        (_("验收"), _day(retrofit.accepted_on)),
        (_("工期"), _("%(n)s 天") % {"n": retrofit.days} if retrofit.days is not None else ""),
        (_("施工单位"), str(retrofit.contractor or "")),
    ]
    return [(label, value) for label, value in facts if value]


def _asked(retrofit: Retrofit) -> list[tuple[Any, Any]]:
    asked = asked_of(retrofit)
    if asked is None:
        return []
    return [
        (_("一共"), _("%(n)s 户") % {"n": asked.base}),
        (_("答复"), _("%(n)s 户") % {"n": asked.answered}),
        (_("反映"), _("%(n)s 户") % {"n": asked.reported}),
        (_("按全体住户算"), f"{asked.of_all} %"),
        (_("按答复的算"), f"{asked.of_answered} %"),
    ]


def _parties(meeting: Any) -> list[list[str]]:
    came = [party for party in meeting.parties.all() if party.came] if meeting else []
    return [[str(party), _("%(n)s 人") % {"n": party.came}] for party in came]


def _minutes(meeting: Any) -> list[tuple[Any, Any]]:
    if meeting is None:
        return []
    newest = next(iter(meeting.minutes.all()), None)
    told = [
        (_("什么时候"), _day(clock.local(meeting.starts_at).date())),
        (_("在哪里"), meeting.place),
        (_("谁牵头"), str(meeting.led_by or meeting.community)),
        (_("纪要"), newest.words if newest else ""),
    ]
    return [(label, value) for label, value in told if value]


def _decisions(meeting: Any, names: Names) -> list[list[str]]:
    rows = meeting.decisions.all() if meeting else []
    return [
        [one.words, str(one.organisation or names.of(one.owner)), _day(one.due_on), one.done_words or _("在办")]
        for one in rows
    ]


def _zone(zone: Any) -> list[str]:
    divided = _("%(how)s %(n)s 米") % {"how": zone.get_divided_by_display(), "n": zone.metres.normalize()}
    return [str(zone), _("%(n)s 辆") % {"n": zone.bikes}, divided, _("有") if zone.has_sprinkler else _("没有")]


def _gifts(retrofit: Retrofit) -> list[list[str]]:
    return [
        [one.name, one.words, f"{one.amount:,.0f} {_('元')}" if one.amount else str(one.get_gives_display())]
        for one in retrofit.contributions.all()
    ]


def _checks(retrofit: Retrofit) -> list[list[str]]:
    result = {True: _("通过"), False: _("没通过"), None: _("还没到")}
    return [
        [
            _("%(n)s 天：%(day)s") % {"n": one.after_days, "day": _day(one.done_on or one.due_on)},
            result[one.passed],
            _("试了 %(all)s 个，%(n)s 个正常") % {"all": one.tested, "n": one.working} if one.done_on else "",
        ]
        for one in retrofit.checks.all()
    ]


def brief(retrofit: Retrofit, names: Names) -> Brief:
    page = reverse("retrofit", args=[retrofit.case.number])
    asked, gifts, meeting = asked_of(retrofit), list(retrofit.contributions.all()), _meeting(retrofit)
    numbers = [
        Number(retrofit.zones.count(), _("个"), _("停车分区"), page),
        Number(sides_of(gifts), _("方"), _("一起出力"), page),
    ]
    if retrofit.days is not None:
        numbers.insert(0, Number(retrofit.days, _("天"), _("开工到验收"), page))
    if asked:
        numbers.append(Number(asked.of_all, "%", _("住户反映"), page))
    if total := total_of(gifts):
        numbers.append(Number(f"{total:,.0f}", _("元"), _("一共花了"), page))
    return Brief(
        title=retrofit.title,
        what=_("%(place)s改造好了：各方一起商量、一起出力。") % {"place": f"{retrofit.estate}{retrofit.place}"}
        if retrofit.accepted_on
        else retrofit.case.words,
        when=_day(retrofit.accepted_on or clock.local(retrofit.opened_at).date()),
        where=f"{retrofit.community} · {retrofit.estate}",
        who=[str(party) for party in meeting.parties.all() if party.came] if meeting else [],
        numbers=numbers,
    )


RETROFIT_DOSSIER = Dossier(sections, brief)
