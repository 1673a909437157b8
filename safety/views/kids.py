"""The picture game about what may not come on a train. Nothing is asked, nothing is kept, and it works without a network."""

from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control

from community_portal.web.access import open_to_all
from community_portal.web.pages import render_page


class Thing(NamedTuple):
    """A picture, how it is called, and what is said when it is tapped."""

    name: str
    label: object
    is_forbidden: bool
    said: object


# 铁路旅客禁止、限制携带和托运物品目录: what burns, bursts or cuts stays at home.
THINGS = (
    Thing("bear", _("小熊"), False, _("小熊可以上火车。")),
    Thing("crackers", _("鞭炮"), True, _("对了！鞭炮会爆炸，不能上火车。")),
    Thing("apple", _("苹果"), False, _("苹果可以上火车。")),
    Thing("petrol", _("汽油"), True, _("对了！汽油会着火，不能上火车。")),
    Thing("book", _("图画书"), False, _("图画书可以上火车。")),
    Thing("knife", _("菜刀"), True, _("对了！菜刀会伤人，不能上火车。")),
    Thing("bottle", _("水壶"), False, _("水壶可以上火车。")),
    Thing("gas", _("气罐"), True, _("对了！气罐会爆炸，不能上火车。")),
    Thing("ball", _("皮球"), False, _("皮球可以上火车。")),
    Thing("hat", _("帽子"), False, _("帽子可以上火车。")),
    Thing("rocket", _("烟花"), True, _("对了！烟花会着火，不能上火车。")),
    Thing("milk", _("牛奶"), False, _("牛奶可以上火车。")),
)


@open_to_all
@cache_control(max_age=3600)
def railway_game(request: HttpRequest) -> HttpResponse:
    context = {"things": THINGS, "stars": range(sum(thing.is_forbidden for thing in THINGS))}
    return render_page(request, "safety/railway.html", context)
