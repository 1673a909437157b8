"""The picture game about what may not come on a train. Nothing is asked, nothing is kept, and it works without a network."""

from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control

from community_portal.web.access import open_to_all
from community_portal.web.pages import render_page


class Thing(NamedTuple):
    """A picture, how it is called, and what is said when it is tapped."""

    picture: str
    label: object
    is_forbidden: bool
    said: object


# 铁路旅客禁止、限制携带和托运物品目录: what burns, bursts or cuts stays at home.
THINGS = (
    Thing("safety/pictures/bear.html", _("小熊"), False, _("小熊可以上火车。")),
    Thing("safety/pictures/crackers.html", _("鞭炮"), True, _("对了！鞭炮会爆炸，不能上火车。")),
    Thing("safety/pictures/apple.html", _("苹果"), False, _("苹果可以上火车。")),
    Thing("safety/pictures/petrol.html", _("汽油"), True, _("对了！汽油会着火，不能上火车。")),
    Thing("safety/pictures/book.html", _("图画书"), False, _("图画书可以上火车。")),
    Thing("safety/pictures/knife.html", _("菜刀"), True, _("对了！菜刀会伤人，不能上火车。")),
    Thing("safety/pictures/bottle.html", _("水壶"), False, _("水壶可以上火车。")),
    Thing("safety/pictures/gas.html", _("气罐"), True, _("对了！气罐会爆炸，不能上火车。")),
    Thing("safety/pictures/ball.html", _("皮球"), False, _("皮球可以上火车。")),
    Thing("safety/pictures/hat.html", _("帽子"), False, _("帽子可以上火车。")),
    Thing("safety/pictures/rocket.html", _("烟花"), True, _("对了！烟花会着火，不能上火车。")),
    Thing("safety/pictures/milk.html", _("牛奶"), False, _("牛奶可以上火车。")),
)


@open_to_all
@cache_control(max_age=3600)
def railway_game(request: HttpRequest) -> HttpResponse:
    context = {"things": THINGS, "stars": range(sum(thing.is_forbidden for thing in THINGS))}
    return render_page(request, "safety/railway.html", context)
