"""The ability of an elder by GB/T 42195-2022: 26 items in four dimensions, 90 points, five levels, and the rules by which a level
becomes worse. Scoring alone: no rows, no pages. Names, points and bands are the standard's, the words of the options our own.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

STANDARD = "GB/T 42195-2022"
RISK_WINDOW = dt.timedelta(days=30)  # C.4: care risks of the last 30 days, the thirtieth included
RISKS_THAT_COUNT = 2


class Dimension(TextChoices):
    SELF_CARE = "self_care", _("自理能力")
    MOBILITY = "mobility", _("基础运动能力")
    MIND = "mind", _("精神状态")
    SENSES = "senses", _("感知觉与社会参与")


class Level(TextChoices):
    """From the best to the worst."""

    INTACT = "intact", _("能力完好")
    MILD = "mild", _("轻度失能")
    MODERATE = "moderate", _("中度失能")
    SEVERE = "severe", _("重度失能")
    COMPLETE = "complete", _("完全失能")


LEVELS = tuple(Level)
# The fewest points of each level: 90, 66-89, 46-65, 30-45, 0-29.
BANDS = ((90, Level.INTACT), (66, Level.MILD), (46, Level.MODERATE), (30, Level.SEVERE), (0, Level.COMPLETE))


class Cause(TextChoices):
    """Why a level is worse than the points say. Causes never add up: one is chosen, with a reason."""

    COMA = "coma", _("昏迷")
    DIAGNOSIS = "diagnosis", _("确诊的认知或精神疾病")
    RISKS = "risks", _("近 30 天两次以上照护风险")


class Risk(TextChoices):
    """Care risks of C.4; no other event counts."""

    FALL = "fall", _("跌倒")
    LOST = "lost", _("走失")
    CHOKING = "choking", _("噎食")
    SELF_HARM = "self_harm", _("自杀、自伤")


@dataclass(frozen=True)
class Item:
    """One question. ``options`` are the words of each score, the best first: its maximum is one less than how many they are."""

    code: str
    name: Any
    dimension: Dimension
    options: tuple[Any, ...]

    @property
    def most(self) -> int:
        return len(self.options) - 1

    @property
    def choices(self) -> list[tuple[int, Any]]:
        """``(score, words)``, the best first."""
        return [(self.most - n, words) for n, words in enumerate(self.options)]


_DOES = (
    _("自己来，不用人帮"),
    _("自己来，要有人提醒或看着"),
    _("自己做一多半，要人搭把手"),
    _("自己只能配合一点，主要靠人帮"),
    _("全靠别人"),
)
_HOLDS = (
    _("自己能管住"),
    _("偶尔管不住，一周一次以内"),
    _("有时管不住，或要人提醒、帮忙"),
    _("常常管不住，一天一次左右"),
    _("完全管不住，或插着管"),
)
ITEMS = (
    Item("eating", _("进食"), Dimension.SELF_CARE, _DOES),
    Item("grooming", _("修饰"), Dimension.SELF_CARE, _DOES),
    Item("bathing", _("洗澡"), Dimension.SELF_CARE, _DOES),
    Item("dressing_upper", _("穿、脱上衣"), Dimension.SELF_CARE, _DOES),
    Item("dressing_lower", _("穿、脱裤子和鞋袜"), Dimension.SELF_CARE, _DOES),
    Item("bladder", _("小便控制"), Dimension.SELF_CARE, _HOLDS),
    Item("bowel", _("大便控制"), Dimension.SELF_CARE, _HOLDS),
    Item("toileting", _("如厕"), Dimension.SELF_CARE, _DOES),
    Item("turning_in_bed", _("床上体位转移"), Dimension.MOBILITY, _DOES),
    Item("bed_to_chair", _("床椅转移"), Dimension.MOBILITY, _DOES),
    Item("walking", _("平地行走"), Dimension.MOBILITY, (
        _("自己走 50 米，可以用拐杖"), _("自己走，要有人看着或提醒"), _("要人稍微扶着走"), _("多半靠人扶，或自己推轮椅"), _("走不了"),
    )),
    Item("stairs", _("上下楼梯"), Dimension.MOBILITY, (
        _("自己上下一层楼"), _("要有人看着，或扶着扶手"), _("要人搀着"), _("上下不了"),
    )),
    Item("time", _("时间定向"), Dimension.MIND, (
        _("知道年、月、日和星期"), _("日子差几天"), _("月份不清楚，知道年份和季节"), _("只分得清上午下午、白天黑夜"), _("没有时间概念"),
    )),
    Item("place", _("空间定向"), Dimension.MIND, (
        _("到不熟的地方也认得路"), _("附近认得路，远了不行"), _("只认得常走的路"), _("只认得家里"), _("家里也会走错"),
    )),
    Item("person", _("人物定向"), Dimension.MIND, (
        _("熟人都认得，知道怎么称呼"), _("大多认得"), _("认得一起住的人"), _("只认得最亲的人"), _("谁都认不得"),
    )),
    Item("memory", _("记忆"), Dimension.MIND, (
        _("和同龄人一样"), _("偶尔忘记刚才的事"), _("近来的事常忘"), _("从前的事也记不清"), _("刚说完就忘，几乎记不住"),
    )),
    Item("comprehension", _("理解能力"), Dimension.MIND, (
        _("听得懂，反应也快"), _("慢一点说听得懂"), _("要重复，或换简单的话"), _("只懂简单的词和手势"), _("听不懂"),
    )),
    Item("expression", _("表达能力"), Dimension.MIND, (
        _("说得清楚"), _("多想一会儿说得清"), _("要人帮着猜"), _("只能说简单的词，或用手势"), _("表达不了"),
    )),
    Item("aggression", _("攻击行为"), Dimension.MIND, (_("近一个月没有打骂人、毁东西"), _("近一个月有过"))),
    Item("depression", _("抑郁症状"), Dimension.MIND, (
        _("近两周没有一直情绪低落"), _("近两周情绪低落、不爱动，或说过不想活"),
    )),
    Item("consciousness", _("意识水平"), Dimension.MIND, (
        _("清醒"), _("嗜睡，叫得醒，能答几句"), _("叫不醒，或昏迷"),
    )),
    Item("vision", _("视力"), Dimension.SENSES, (
        _("看得清书报的字，戴眼镜也算"), _("看得清大字，或看得见身边的东西"), _("只有光感，或看不见"),
    )),
    Item("hearing", _("听力"), Dimension.SENSES, (
        _("正常说话听得见，戴助听器也算"), _("要大声、慢慢说"), _("几乎听不见"),
    )),
    Item("daily_tasks", _("执行日常事务"), Dimension.SENSES, _DOES),
    Item("transport", _("使用交通工具外出"), Dimension.SENSES, (
        _("自己乘车、开车或骑车外出"), _("要人陪着外出"), _("只能坐别人的车，要人扶上下"), _("出不了门"),
    )),
    Item("social", _("社会交往能力"), Dimension.SENSES, (
        _("常和人来往，合得来"), _("能和人来往，不太主动"), _("别人找来才说几句"), _("很少理人"), _("不和人来往"),
    )),
)  # fmt: skip
BY_CODE = {item.code: item for item in ITEMS}
MOST_POINTS = sum(item.most for item in ITEMS)


@dataclass(frozen=True)
class Score:
    """Points of a full set of answers: in all, and by dimension."""

    total: int
    of_dimensions: dict[str, int]
    level: Level


@dataclass(frozen=True)
class Facts:
    """What may make a level worse. ``has_diagnosis``: dementia (F00-F03) or another disorder of F04-F99, found by a psychiatrist;
    a code without that changes nothing."""

    is_in_coma: bool = False
    has_diagnosis: bool = False
    risk_days: tuple[dt.date, ...] = ()
    on: dt.date | None = None


def missing_answers(answers: Mapping[str, int]) -> list[Item]:
    """Items without an answer, in order."""
    return [item for item in ITEMS if item.code not in answers]


def wrong_answers(answers: Mapping[str, int]) -> list[str]:
    """Codes that are none, and items whose answer lies outside what the item allows."""
    return [
        code
        for code, score in answers.items()
        if code not in BY_CODE
        or isinstance(score, bool)
        or not isinstance(score, int)
        or not 0 <= score <= BY_CODE[code].most
    ]


def level_of(total: int) -> Level:
    """The level of so many points."""
    return next(level for least, level in BANDS if total >= least)


def score_of(answers: Mapping[str, int]) -> Score:
    """Points and level. Raises ValueError unless all 26 items are answered within their bounds."""
    if missing_answers(answers) or wrong_answers(answers):
        raise ValueError("an assessment has 26 answers, each within its item's bounds")
    of_dimensions = {
        dimension.value: sum(answers[item.code] for item in ITEMS if item.dimension == dimension)
        for dimension in Dimension
    }
    total = sum(of_dimensions.values())
    return Score(total, of_dimensions, level_of(total))


def counted_risks(days: Iterable[dt.date], *, on: dt.date) -> int:
    """How many of these events lie within the last 30 days; what lies ahead is none."""
    return sum(on - RISK_WINDOW <= day <= on for day in days)


def causes_for(answers: Mapping[str, int], facts: Facts) -> list[Cause]:
    """What may make this level worse, each of which is enough alone. Coma needs consciousness at its lowest; that alone is none."""
    found = []
    if facts.is_in_coma and answers.get("consciousness") == 0:
        found.append(Cause.COMA)
    if facts.has_diagnosis:
        found.append(Cause.DIAGNOSIS)
    if facts.on and counted_risks(facts.risk_days, on=facts.on) >= RISKS_THAT_COUNT:
        found.append(Cause.RISKS)
    return found


def worse_by(level: Level, cause: Cause | None) -> Level:
    """The final level: complete in a coma, one worse by any other cause, never beyond complete; as it is without a cause."""
    if cause is None:
        return level
    if cause == Cause.COMA:
        return Level.COMPLETE
    return LEVELS[min(LEVELS.index(level) + 1, len(LEVELS) - 1)]


def severity(level: str) -> int:
    """0 for intact to 4 for complete: a worse level is a larger number."""
    return LEVELS.index(Level(level))


def is_disorder_code(icd: str) -> bool:
    """Whether an ICD-10 code lies in F00-F99, however it is typed (f00.1, F20)."""
    code = icd.strip().upper()
    return len(code) >= 3 and code[0] == "F" and code[1:3].isdecimal()
