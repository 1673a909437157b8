"""What a drill puts into its file: what was planned, what the day came to, what was seen and put right; and its brief."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from community_portal import clock
from community_portal.dossier.sections import Brief, Dossier, Facts, Names, Number, Section, Table, register_dossier
from community_portal.web.spoken import long_day, spoken_seconds
from safety.campaign_brief import CAMPAIGN_DOSSIER
from safety.hazard_brief import HAZARD_DOSSIER
from safety.models import Drill
from safety.queries.outcome import Newest, newest_counts, sums_of
from safety.queries.residents import median_seconds
from safety.retrofit_dossier import RETROFIT_DOSSIER


def _day(moment: Any) -> str:
    return str(long_day(clock.local(moment).date())) if moment else ""


def _clock(moment: Any) -> str:
    return f"{clock.local(moment):%H:%M:%S}" if moment else ""


def sections(drill: Drill, names: Names) -> list[Section]:
    """By law: when, where, what, who took part (R61 43); ours adds times, counts and what became of it."""
    return [
        Facts(_("演练"), _facts(drill, names)),
        Table(_("五个组"), [_("组"), _("姓名"), _("做什么")], _groups(drill, names)),
        Table(
            _("目标"),
            [_("目标"), _("评级"), _("依据")],
            [[str(one), one.get_rating_display(), one.why] for one in drill.objectives.all()],
        ),
        Table(_("时刻"), [_("时刻"), _("几点"), _("说明")], _moments(drill)),
        Table(_("撤空和点人"), [_("哪里"), _("结果")], _outcome(drill)),
        Table(_("练习和提问"), [_("什么"), _("结果")], _practice(drill)),
        Table(_("看到什么，改了什么"), [_("看到的"), _("为什么"), _("整改")], _findings(drill)),
    ]


def _facts(drill: Drill, names: Names) -> list[tuple[Any, str]]:
    facts = [
        (_("名称"), drill.title),
        (_("时间"), _day(drill.alarm_at or drill.starts_at)),
        (_("地点"), drill.place),
        (_("总指挥"), names.of(drill.commander)),
        (_("副总指挥"), names.of(drill.deputy)),
        (_("评估人"), names.of(drill.evaluator)),
        (_("假设的险情"), drill.scenario),
        (_("疏散路线"), drill.route),
        (_("什么情况马上停"), drill.stop_rule),
        (_("到了"), _("%(n)s 人") % {"n": drill.participants} if drill.alarm_at else ""),
        (_("为什么中止"), drill.abort_why),
        (_("总结"), drill.summary),
    ]
    return [(label, str(value)) for label, value in facts if value]


def _groups(drill: Drill, names: Names) -> list[list[str]]:
    return [[str(one.get_group_display()), names.of(one.name), one.task] for one in drill.members.all()]


def _moments(drill: Drill) -> list[list[str]]:
    """Those of the whole drill, in order of time; those of people stay out of every file."""
    marks = drill.marks.filter(is_live=True, house=None, helper=None).order_by("happened_at")
    return [[str(mark), _clock(mark.happened_at), mark.words] for mark in marks]


def _outcome(drill: Drill) -> list[list[str]]:
    houses = [[str(one), spoken_seconds(one.evacuated_in) or "—"] for one in drill.houses.select_related("premises")]
    return houses + [[str(one.point), _counted(one)] for one in newest_counts(drill)]


def _counted(one: Newest) -> str:
    words = _("应到 %(all)s，到了 %(here)s，差 %(n)s") % {"all": one.expected, "here": one.present, "n": one.missing}
    if not one.excused:
        return words
    return words + _("（在别处 %(n)s）") % {"n": one.excused}


def _practice(drill: Drill) -> list[list[str]]:
    stations = [[str(one), _("%(n)s 人次") % {"n": one.practised}] for one in drill.stations.all()]
    asked = [
        [str(one), f"{one.before}% → {one.after}%"]
        for one in drill.questions.all()
        if one.before is not None and one.after is not None
    ]
    return stations + asked


def _findings(drill: Drill) -> list[list[str]]:
    found = []
    for one in drill.observations.prefetch_related("actions__case"):
        done = "；".join(f"{action.case.title}（{action.spec.label}）" for action in one.actions.all())
        found.append([f"{one.get_kind_display()}：{one.words}", one.why, done or one.no_action_why])
    return found


def brief(drill: Drill, names: Names) -> Brief:
    """As a newspaper prints it; every number opens the drill."""
    page = reverse("drill", args=[drill.case.number])
    sums, seconds = sums_of(newest_counts(drill)), median_seconds(drill)
    skills = "、".join(str(one) for one in drill.stations.all())
    numbers = [
        Number(drill.participants, _("人"), _("参加"), page),
        Number(sum(one.practised for one in drill.stations.all()), _("人次"), _("动手练"), page),
        Number(sums.missing, _("人"), _("没点到"), page),
        Number(drill.actions.count(), _("件"), _("整改"), page),
    ]
    if seconds is not None:
        numbers.insert(1, Number(seconds, _("秒"), _("撤空"), page))
    return Brief(
        title=drill.title,
        what=_("%(place)s办了一场消防演练，练了%(skills)s。")
        % {"place": drill.community, "skills": skills or _("疏散")},
        when=_day(drill.alarm_at or drill.starts_at),
        where=str(drill.community),
        who=[names.of(drill.commander)] if drill.commander else [],
        numbers=numbers,
    )


register_dossier("drill", Dossier(sections, brief))
register_dossier("campaign_session", CAMPAIGN_DOSSIER)
register_dossier("retrofit", RETROFIT_DOSSIER)
register_dossier("hazard", HAZARD_DOSSIER)
