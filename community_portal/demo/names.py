"""Invented people: names drawn from common surnames and given names, never from a real list."""

import random

SURNAMES = "王李张刘陈杨黄赵周吴徐孙朱马胡郭何高林罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤单解仇"
ELDER_FEMALE = (
    "桂兰",
    "秀英",
    "玉珍",
    "桂芳",
    "凤英",
    "淑珍",
    "兰英",
    "素琴",
    "秀兰",
    "美华",
    "惠芳",
    "金凤",
    "月娥",
    "翠英",
)
ELDER_MALE = (
    "建国",
    "国华",
    "德明",
    "志强",
    "永康",
    "福生",
    "金龙",
    "根宝",
    "文彬",
    "学勤",
    "宝林",
    "长根",
    "正华",
    "锦春",
)
FEMALE = ("敏", "丽", "静", "晓燕", "婷婷", "雪梅", "海燕", "佳怡", "雨欣", "思琪", "倩", "慧", "小红", "亚萍")
MALE = ("伟", "强", "磊", "军", "浩然", "俊杰", "宇航", "子轩", "明", "小东", "海峰", "志远", "晨", "一鸣")


def invent_name(luck: random.Random, *, is_female: bool, is_elder: bool) -> str:
    """A full name that fits sex and age."""
    if is_elder:
        given = luck.choice(ELDER_FEMALE if is_female else ELDER_MALE)
    else:
        given = luck.choice(FEMALE if is_female else MALE)
    return luck.choice(SURNAMES) + given
