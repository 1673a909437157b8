"""The same file as a Word document, by docxtpl: fonts of the template for Chinese too, or Word takes a Japanese one."""

import functools
import io
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docxtpl import DocxTemplate, InlineImage
from PIL import Image, ImageFilter

from community_portal.casework.models import Attachment
from community_portal.dossier.models import DossierTemplate
from community_portal.dossier.sections import Brief, Pairs, Section
from community_portal.dossier.templates import environment
from community_portal.spreadsheets import readable

LATIN, CHINESE, CHINESE_HEAD = "Times New Roman", "宋体", "黑体"
WIDTH = Mm(72)
STYLES = {"Normal": CHINESE, "Title": CHINESE_HEAD, "Heading 1": CHINESE_HEAD, "Heading 2": CHINESE_HEAD}


@functools.cache
def template_of(kind: str) -> bytes:
    """The template with its tags, as bytes; made once in a process."""
    document = Document()
    for name, font in STYLES.items():
        _set_fonts(document.styles[name], font)
    document.styles["Normal"].font.size = Pt(12)
    (_dossier_tags if kind == "dossier" else _brief_tags)(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _set_fonts(style: Any, chinese: str) -> None:
    """Latin and Chinese, each by name: a theme font would win over both."""
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for kind, font in (("ascii", LATIN), ("hAnsi", LATIN), ("eastAsia", chinese), ("cs", LATIN)):
        fonts.set(qn(f"w:{kind}"), font)


def _dossier_tags(document: Any) -> None:
    document.add_heading("{{ title }}", 0)
    document.add_paragraph("{{ sub }}")
    document.add_paragraph("{%p for section in sections %}")
    document.add_heading("{{ section.title }}", 1)
    _rows(document, "line", "section.lines", ("{{ line[0] }}", "{{ line[1] }}"))
    _rows(document, "pair", "section.pairs", ("{{ pair.before }}", "{{ pair.after }}"))
    document.add_paragraph("{%p endfor %}")


def _rows(document: Any, name: str, rows: str, cells: tuple[str, str]) -> None:
    """A table of two columns with a row for each; none where there are none."""
    document.add_paragraph(f"{{%p if {rows} %}}")
    table = document.add_table(3, 2, style="Table Grid")
    table.cell(0, 0).text = f"{{%tr for {name} in {rows} %}}"
    for place, text in enumerate(cells):
        table.cell(1, place).text = text
    table.cell(2, 0).text = "{%tr endfor %}"
    document.add_paragraph("{%p endif %}")


def _brief_tags(document: Any) -> None:
    document.add_heading("{{ street }}", 0).alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_heading("{{ title }}", 1).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text in ("{{ what }}", "{{ when }}　{{ where }}", "{{ who }}", "{%p for one in numbers %}", "{{ one }}"):
        document.add_paragraph(text)
    document.add_paragraph("{%p endfor %}")
    document.add_paragraph("{{ quote }}", style="Quote")
    for text in ("{%p for photo in photos %}", "{{ photo }}", "{%p endfor %}"):
        document.add_paragraph(text)


def own_template(street_id: int) -> bytes | None:
    """The street's; None where it has none and ours is filled in."""
    found = DossierTemplate.objects.filter(street=street_id).values_list("document", flat=True).first()
    return bytes(found) if found else None


def dossier_as_word(title: str, sub: str, sections: list[Section], *, own: bytes | None = None) -> bytes:
    template = DocxTemplate(io.BytesIO(own or template_of("dossier")))
    shown = [_section(template, section) for section in sections]
    return _drawn(template, {"title": title, "sub": sub, "sections": shown})


def _section(template: DocxTemplate, section: Section) -> dict[str, Any]:
    found: dict[str, Any] = {"title": readable(section.title), "lines": [], "pairs": []}
    if isinstance(section, Pairs):
        found["pairs"] = [
            {"before": _picture(template, pair.before), "after": _picture(template, pair.after)}
            for pair in section.pairs
        ]
        found["lines"] = [[readable(pair.caption), ""] for pair in section.pairs]
    else:
        found["lines"] = [[readable(cell) for cell in line] for line in section.lines]
    return found


def brief_as_word(street: str, brief: Brief, *, is_covered: bool) -> bytes:
    template = DocxTemplate(io.BytesIO(template_of("brief")))
    words = {name: readable(getattr(brief, name)) for name in ("title", "what", "when", "where")}
    context = words | {
        "street": street,
        "who": readable("、".join(str(one) for one in brief.who)),
        "numbers": [readable(f"{one.label} {one.value} {one.unit}") for one in brief.numbers],
        "quote": readable(f"“{brief.quote}” —— {brief.quoted}") if brief.quote else "",
        "photos": [_picture(template, photo, is_covered=is_covered) for photo in brief.photos],
    }
    return _drawn(template, context)


def _picture(template: DocxTemplate, attachment: Attachment | None, *, is_covered: bool = False) -> Any:
    """Empty for none, and for what is no picture any more."""
    if attachment is None or not attachment.file or not attachment.content_type.startswith("image/"):
        return ""
    try:
        with attachment.file.open() as file:
            data = file.read()
        return InlineImage(template, io.BytesIO(covered(data) if is_covered else _as_jpeg(data)), width=WIDTH)
    except OSError:
        return ""


def _as_jpeg(data: bytes) -> bytes:
    """Small enough for a letter; raises OSError for what is no picture."""
    return _saved(_small(data))


def covered(data: bytes) -> bytes:
    """So blurred that nobody is known by it: until somebody says that there are no faces in it."""
    return _saved(_small(data).resize((24, 18)).resize((640, 480)).filter(ImageFilter.GaussianBlur(12)))


def _small(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as image:
        small = image.convert("RGB")
    small.thumbnail((1200, 1200))
    return small


def _saved(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def _drawn(template: DocxTemplate, context: dict[str, Any]) -> bytes:
    template.render(context, environment(), autoescape=True)
    out = io.BytesIO()
    template.save(out)
    return out.getvalue()
