"""Where the six stories happen. The streets, the communities of the stories and their estates are real names; the neighbours
of Longtian and everything else is invented."""

from community_portal.demo.plans import LIVELY, QUIET, CommunityPlan, EstatePlan, StreetPlan

LIVING_ROOM = "LT"  # the community of story 1


def _neighbour(code: str, name: str, name_en: str, place: tuple[str, str], estate: EstatePlan) -> CommunityPlan:
    """A small community beside Longtian, with an address and a telephone, one estate and little going on."""
    address, phone = place
    return CommunityPlan(
        code,
        name,
        name_en,
        address,
        phone,
        (estate.name,),
        (estate,),
        QUIET,
        residents=14,
        services=("allowance", "care-advice"),
    )


STREETS = (
    StreetPlan("ZX", "竹行街道", "Zhuxing Street", "南通开发区", "0513-80001000", (
        CommunityPlan(
            "LT", "龙田社区", "Longtian Community", "竹行街道龙田路 18 号", "0513-80001018",
            ("1–4 幢", "5–8 幢", "9–14 幢", "沿街商铺和公寓"),
            (
                EstatePlan("龙田花苑", "Longtian Garden", {1: (1, 2, 3, 4), 2: (5, 6, 7, 8), 3: (9, 10, 11, 12, 14)}),
                EstatePlan("龙田公寓", "Longtian Apartments", {4: (1, 2)}, units=0, floors=11),
            ),
            LIVELY, residents=345,
            rooms=(("会客厅", "Living room", 30), ("韬奋书吧", "Taofen reading corner", 24), ("议事厅", "Meeting room", 20)),
        ),
        _neighbour("QY", "沁园社区", "Qinyuan Community", ("竹行街道沁园路 5 号", "0513-80001025"),
                   EstatePlan("沁园新村", "Qinyuan New Village", {1: (1, 2, 3, 4)})),
        _neighbour("TS", "通盛社区", "Tongsheng Community", ("竹行街道通盛大道 66 号", "0513-80001036"),
                   EstatePlan("通盛花园", "Tongsheng Garden", {1: (1, 2, 3)}, floors=11)),
        _neighbour("WJ", "望江社区", "Wangjiang Community", ("竹行街道望江路 21 号", "0513-80001041"),
                   EstatePlan("望江苑", "Wangjiang Court", {1: (1, 2, 3, 5)})),
        _neighbour("XQ", "星桥社区", "Xingqiao Community", ("竹行街道星桥路 9 号", "0513-80001059"),
                   EstatePlan("星桥家园", "Xingqiao Homes", {1: (1, 2)}, floors=18)),
        _neighbour("ZL", "竹林社区", "Zhulin Community", ("竹行街道竹林路 3 号", "0513-80001063"),
                   EstatePlan("竹林雅苑", "Zhulin Court", {1: (1, 2, 3)})),
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
            residents=166, elders=0.74,
        ),
    )),
    StreetPlan("ZH", "中兴街道", "Zhongxing Street", "南通开发区", "0513-80004000", (
        CommunityPlan(
            "FM", "富民社区", "Fumin Community", "中兴街道上海路 12 号", "0513-80004012", ("上海路片", "新村东片", "新村西片"),
            (
                EstatePlan("上海路9号", "Shanghai Road 9", {1: (9,)}, homes_from=3, is_full=True),  # below is a bank
                EstatePlan("富民新村", "Fumin New Village", {2: (1, 2, 3, 4, 5), 3: (6, 7, 8, 10)}),
                EstatePlan("鑫景佳园", "Xinjing Jiayuan", {2: (1, 2, 3)}, floors=11),
                EstatePlan("中兴花苑", "Zhongxing Huayuan", {3: (1, 2)}, floors=11),
                EstatePlan("富安新居", "Fu'an Xinju", {3: (1, 2, 3)}),
            ),
            residents=226,
        ),
    )),
    StreetPlan("TZ", "唐闸镇街道", "Tangzha Town Street", "崇川区", "0513-80005000", (
        CommunityPlan(
            "CA", "长岸社区", "Chang'an Community", "唐闸镇街道长岸路 3 号", "0513-80005003", ("万科片", "老街片"),
            (EstatePlan("万科公园里", "Vanke Park", {1: (1, 2, 3, 4, 5), 2: (6, 7, 8)}, units=2, floors=18),),
        ),
    )),
    StreetPlan("XI", "幸福街道", "Xingfu Street", "崇川区", "0513-80006000", (
        CommunityPlan(
            "HQ", "花桥社区", "Huaqiao Community", "幸福街道花桥路 9 号", "0513-80006009", ("铁路东片", "铁路西片"),
            (EstatePlan("花桥新苑", "Huaqiao New Court", {1: (1, 2, 3), 2: (4, 5, 6)}),),
        ),
    )),
)  # fmt: skip
