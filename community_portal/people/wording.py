"""What people type into names and long texts, made fit for storing without changing what they meant."""

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

from community_portal.refusals import Refusal
from community_portal.web.inputs import is_letter, visible

MIDDLE_DOTS = str.maketrans(dict.fromkeys("•・．‧∙⋅･.", "·"))
LONGEST_TEXT = 2000
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# Text copied from a PDF holds signs that look like 山 and are none, and marks that choose a drawing of a sign.
_ALIKE = re.compile("[\u2e80-\u2fdf\uf900-\ufaff\U0002f800-\U0002fa1f]+")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def read_name(text: str, *, field: str = "name") -> str:
    """2 to 50 characters, any script, in one form for signs that look the same; in a Chinese name dot variants become ·. Raises
    Refusal beside ``field``."""
    name = " ".join(text.split())
    if any(unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs") for c in name):
        raise Refusal(_("姓名里有看不见的字符，请重新输入。"), code="bad_name", field=field)
    name = _ALIKE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), _SELECTORS.sub("", name))
    if _HAN.search(name):  # the dot of José M. Pérez stays
        name = re.sub(r"\s*·\s*", "·", name.translate(MIDDLE_DOTS)).strip("·")
    if len(name) < 2:
        raise Refusal(_("请写全名，至少两个字。"), code="bad_name", field=field)
    if len(name) > 50:
        raise Refusal(_("姓名最多 50 个字。"), code="bad_name", field=field)
    if not any(map(is_letter, name)):
        raise Refusal(_("姓名不能只有数字或符号。"), code="bad_name", field=field)
    return name


def read_text(text: str, *, field: str, longest: int = LONGEST_TEXT) -> str:
    """A long text without what nobody can see (line breaks stay); raises Refusal when it is too long."""
    clean = visible(text.replace("\r\n", "\n").replace("\t", " ")).strip()
    if len(clean) > longest:
        raise Refusal(
            _("最多 %(most)s 字，现在 %(now)s 字。请写短一点，内容还在。") % {"most": longest, "now": len(clean)},
            code="too_long",
            field=field,
        )
    return clean
