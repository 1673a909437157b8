"""Where a street finds its template."""

from django.utils.translation import gettext_lazy as _

from community_portal.web.navigation import register_pages

register_pages(
    tiles=(("settings_dossier", _("档案模板"), _("一户一档的 Word 长什么样"), "file-earmark-word", "green"),)
)
