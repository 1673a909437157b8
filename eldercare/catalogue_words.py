"""Units and categories of the lists in the reader's language. A list may bring words of its own: those are shown as written."""

from django.utils.translation import pgettext_lazy

UNITS = {
    "项": pgettext_lazy("unit", "项"),
    "个": pgettext_lazy("unit", "个"),
    "副": pgettext_lazy("unit", "副"),
    "根": pgettext_lazy("unit", "根"),
    "台": pgettext_lazy("unit", "台"),
    "盏": pgettext_lazy("unit", "盏"),
    "套": pgettext_lazy("unit", "套"),
    "把": pgettext_lazy("unit", "把"),
    "扇": pgettext_lazy("unit", "扇"),
    "件": pgettext_lazy("unit", "件"),
    "张": pgettext_lazy("unit", "张"),
    "处": pgettext_lazy("unit", "处"),
    "辆": pgettext_lazy("unit", "辆"),
    "米": pgettext_lazy("unit", "米"),
}
CATEGORIES = {
    "地面改造": pgettext_lazy("catalogue", "地面改造"),
    "门改造": pgettext_lazy("catalogue", "门改造"),
    "卧室改造": pgettext_lazy("catalogue", "卧室改造"),
    "如厕洗浴设备改造": pgettext_lazy("catalogue", "如厕洗浴设备改造"),
    "厨房设备改造": pgettext_lazy("catalogue", "厨房设备改造"),
    "物理环境改造": pgettext_lazy("catalogue", "物理环境改造"),
    "居家改造": pgettext_lazy("catalogue", "居家改造"),
    "老年用品配置": pgettext_lazy("catalogue", "老年用品配置"),
}
