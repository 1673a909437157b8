from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class DossierConfig(AppConfig):
    name = "community_portal.dossier"
    label = "dossier"

    def ready(self) -> None:
        autodiscover_modules("dossiers")  # each service says there what its matters put into a file
