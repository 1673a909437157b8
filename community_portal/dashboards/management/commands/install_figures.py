"""Puts the counting triggers of the declared measures in place and recounts; after a deploy that changed a measure."""

import logging
from typing import Any

from django.core.management.base import BaseCommand

from community_portal.dashboards.fold import fold_figures, recount_figures
from community_portal.dashboards.triggers import install


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        install()
        self.stdout.write(f"{recount_figures(says=logging.INFO)} figures differed, {fold_figures()} deltas folded")
