from community_portal.people.register.retention import register_forgetter
from tests.toy_service.models import Item


def forget_items(resident_ids: list[int]) -> None:
    Item.objects.filter(loan__case__resident__in=resident_ids).update(why="")


register_forgetter(forget_items)
