"""The rulebook among the settings."""

from django.utils.translation import gettext_lazy as _

from community_portal.web.navigation import register_pages

register_pages(tiles=(("settings_rules", _("规则"), _("限值、次数、条件，按哪一条"), "card-checklist", "vermilion"),))
