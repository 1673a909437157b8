"""A street's own Word template: read before it is kept, so that a file that cannot be filled is refused when it is brought and
not when somebody needs their dossier. It names what is filled in and repeats rows; it computes nothing."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from docx import Document
from docxtpl import DocxTemplate
from jinja2 import TemplateError, TemplateSyntaxError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from community_portal.refusals import Refusal

MOST_BYTES, MOST_UNPACKED = 5 * 1024 * 1024, 50 * 1024 * 1024
# What a template may name: by itself, and of a section and its rows.
NAMES = ("title", "sub", "sections")
PARTS = ("title", "lines", "pairs", "before", "after")
OF_A_LOOP = ("index", "first", "last")
SAMPLE = {"title": "题", "lines": [["项", "值"]], "pairs": [{"before": "", "after": ""}]}
ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Getitem, nodes.Const, nodes.For,
    nodes.If, nodes.Not, nodes.And, nodes.Or, nodes.Compare, nodes.Operand,
)  # fmt: skip


def environment() -> ImmutableSandboxedEnvironment:
    """A template of others reaches nothing but what it is given."""
    return ImmutableSandboxedEnvironment(autoescape=True)


def read_template(data: bytes) -> bytes:
    """Raises Refusal beside ``file`` for what is no Word document, says something that cannot be read, or asks for what there is not."""
    _must_be_a_document(data)
    try:
        parsed = [environment().parse(source) for source in _sources(data)]
    except TemplateSyntaxError as error:
        raise _refused(
            _("模板里的占位符写错了：%(why)s。请对照默认模板改。") % {"why": error.message}, "bad_tag"
        ) from error
    _must_be_known(parsed)
    _must_be_filled(data)
    return data


def _refused(sentence: Any, code: str) -> Refusal:
    return Refusal(sentence, code=code, field="file")


def _must_be_a_document(data: bytes) -> None:
    if len(data) > MOST_BYTES:
        raise _refused(_("模板太大了，最多 5 MB。"), "too_large")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            unpacked = sum(one.file_size for one in packed.infolist())
        if unpacked > MOST_UNPACKED:
            raise _refused(_("模板太大了，最多 5 MB。"), "too_large")
        Document(io.BytesIO(data))
    except (zipfile.BadZipFile, KeyError, ValueError, SyntaxError) as error:
        raise _refused(_("这个文件打不开。请用 Word 存成 .docx 再传。"), "no_document") from error


def _sources(data: bytes) -> Iterator[str]:
    """The text with its tags: of the page, of its heads and its feet."""
    template = DocxTemplate(io.BytesIO(data))
    template.init_docx()
    yield template.patch_xml(template.get_xml())
    for kind in (template.HEADER_URI, template.FOOTER_URI):
        for _key, part in template.get_headers_footers(kind):
            yield template.patch_xml(template.get_part_xml(part))


def _must_be_known(parsed: list[nodes.Template]) -> None:
    if any(not isinstance(node, ALLOWED) for tree in parsed for node in _nodes(tree)):
        raise _refused(_("模板里只能写占位符、循环和条件，不能写别的。"), "no_program")
    unknown = sorted({name for tree in parsed for name in _unknown(tree)})
    if unknown:
        comma, parts = str(_("、")), (f"section.{part}" for part in PARTS[:3])
        shown = {"names": comma.join(unknown), "known": comma.join((*NAMES, *parts))}
        raise _refused(_("模板里有不认识的占位符：%(names)s。能用的有：%(known)s。") % shown, "unknown_name")


def _nodes(tree: nodes.Node) -> Iterator[nodes.Node]:
    yield tree
    yield from tree.find_all(nodes.Node)


def _unknown(tree: nodes.Template) -> Iterator[str]:
    yield from meta.find_undeclared_variables(tree) - {*NAMES, "loop"}
    for one in tree.find_all(nodes.Getattr):
        of = one.node.name if isinstance(one.node, nodes.Name) else "…"
        if one.attr not in (OF_A_LOOP if of == "loop" else PARTS):
            yield f"{of}.{one.attr}"


def _must_be_filled(data: bytes) -> None:
    """With a section of everything: rows that begin and do not end show here, and what Word could not open again."""
    template = DocxTemplate(io.BytesIO(data))
    try:
        template.render({"title": "题", "sub": "副题", "sections": [SAMPLE]}, environment(), autoescape=True)
        out = io.BytesIO()
        template.save(out)
        Document(io.BytesIO(out.getvalue()))
    except (TemplateError, ValueError, KeyError, TypeError, AttributeError, SyntaxError) as error:
        raise _refused(_("模板填不进去：循环或条件没有成对。请对照默认模板改。"), "cannot_be_filled") from error
