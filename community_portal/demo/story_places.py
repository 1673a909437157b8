"""Where the six stories happen. Streets, communities and estates are real names; everything else is invented."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class EstatePlan:
    """An estate with its buildings: ``buildings[grid number] = building numbers``."""

    name: str
    name_en: str
    buildings: dict[int, tuple[int, ...]]
    units: int = 2
    floors: int = 6


@dataclass(frozen=True)
class CommunityPlan:
    """``share`` scales how much life the community gets; ``grids`` are what each grid covers."""

    code: str
    name: str
    name_en: str
    address: str
    phone: str
    grids: tuple[str, ...]
    estates: tuple[EstatePlan, ...]
    share: float = 1.0
    rooms: tuple[tuple[str, str, int], ...] = (("活动室", "Activity room", 40),)


@dataclass(frozen=True)
class StreetPlan:
    code: str
    name: str
    name_en: str
    district: str
    phone: str
    communities: tuple[CommunityPlan, ...] = field(default_factory=tuple)


STREETS = (
    StreetPlan("ZX", "竹行街道", "Zhuxing Street", "南通开发区", "0513-80001000", (
        CommunityPlan(
            "LT", "龙田社区", "Longtian Community", "竹行街道龙田路 18 号", "0513-80001018",
            ("1–4 幢", "5–8 幢", "9–14 幢", "沿街商铺和公寓"),
            (
                EstatePlan("龙田花苑", "Longtian Garden", {1: (1, 2, 3, 4), 2: (5, 6, 7, 8), 3: (9, 10, 11, 12, 14)}),
                EstatePlan("龙田公寓", "Longtian Apartments", {4: (1, 2)}, units=0, floors=11),
            ),
            2.2,
            (("会客厅", "Living room", 30), ("韬奋书吧", "Taofen reading corner", 24), ("议事厅", "Meeting room", 20)),
        ),
    )),
    StreetPlan("XK", "新开街道", "Xinkai Street", "南通开发区", "0513-80002000", (
        CommunityPlan(
            "XF", "幸福社区", "Xingfu Community", "新开街道幸福路 6 号", "0513-80002006", ("东片", "西片"),
            (EstatePlan("幸福家园", "Xingfu Homes", {1: (1, 2, 3, 5), 2: (6, 7, 8, 9)}),),
        ),
    )),
    StreetPlan("XH", "小海街道", "Xiaohai Street", "南通开发区", "0513-80003000", (
        CommunityPlan(
            "YX", "源兴社区", "Yuanxing Community", "小海街道源兴路 25 号", "0513-80003025", ("南片", "北片"),
            (EstatePlan("源兴新村", "Yuanxing New Village", {1: (1, 2, 3, 4), 2: (5, 6, 7)}),),
        ),
    )),
    StreetPlan("ZH", "中兴街道", "Zhongxing Street", "南通开发区", "0513-80004000", (
        CommunityPlan(
            "FM", "富民社区", "Fumin Community", "中兴街道上海路 12 号", "0513-80004012", ("上海路片", "新村东片", "新村西片"),
            (
                EstatePlan("上海路 9 号楼", "Shanghai Road 9", {1: (9,)}, units=2),
                EstatePlan("富民新村", "Fumin New Village", {2: (1, 2, 3, 4, 5), 3: (6, 7, 8, 10)}),
                EstatePlan("新景嘉园", "Xinjing Jiayuan", {2: (1, 2, 3)}, floors=11),
                EstatePlan("中兴花园", "Zhongxing Garden", {3: (1, 2)}, floors=11),
            ),
            1.2,
        ),
    )),
    StreetPlan("TZ", "唐闸镇街道", "Tangzha Town Street", "崇川区", "0513-80005000", (
        CommunityPlan(
            "CA", "长岸社区", "Chang'an Community", "唐闸镇街道长岸路 3 号", "0513-80005003", ("万科片", "老街片"),
            (EstatePlan("万科方圆", "Vanke Park", {1: (1, 2, 3, 4, 5), 2: (6, 7, 8)}, units=2, floors=18),),
        ),
    )),
    StreetPlan("XI", "幸福街道", "Xingfu Street", "崇川区", "0513-80006000", (
        CommunityPlan(
            "HQ", "花桥社区", "Huaqiao Community", "幸福街道花桥路 9 号", "0513-80006009", ("铁路东片", "铁路西片"),
            (EstatePlan("花桥新苑", "Huaqiao New Court", {1: (1, 2, 3), 2: (4, 5, 6)}),),
        ),
    )),
)  # fmt: skip


@dataclass(frozen=True)
class StaffPlan:
    """``place`` is a street or community code, ``LT/3`` a grid, or the name of an organisation."""

    username: str
    name: str
    role: str
    place: str


# The accounts of the contract; every other officer is made from names.py.
STAFF = (
    StaffPlan("reception", "李玲", "receptionist", "LT"),
    StaffPlan("grid", "周敏", "grid_officer", "LT/3"),
    StaffPlan("manager", "顾红梅", "manager", "LT"),
    StaffPlan("eldercare", "施建新", "eldercare", "XH"),
    StaffPlan("charging", "蔡伟民", "charging", "FM"),
    StaffPlan("safety", "季小军", "safety", "XF"),
    StaffPlan("street", "严丽华", "street_officer", "ZX"),
    StaffPlan("contractor", "安居适老工程", "contractor", "安居适老工程"),
    StaffPlan("agency", "康乐居家养老", "care_agency", "康乐居家养老"),
)
ORGANISATIONS = (("安居适老工程", "contractor"), ("康乐居家养老", "care_agency"))

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
CATEGORY_READERS = {"care": ("eldercare",), "benefit": ("eldercare",)}

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
