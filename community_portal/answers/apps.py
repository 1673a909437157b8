from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AnswersConfig(AppConfig):
    name = "community_portal.answers"
    label = "answers"

    def ready(self) -> None:
        autodiscover_modules("questions")  # each service says what may be answered by a link
