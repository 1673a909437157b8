"""How an action says no: one exception with a sentence for people and a code for machines."""

from typing import Any


class Refusal(Exception):
    """A deed that cannot be done, with a clear sentence.

    ``code`` is stable for the API, ``field`` names the form field it belongs beside, ``status`` the HTTP answer
    (409 for what stands against something else, 422 for what cannot be, 403 for what this person may not do).
    """

    is_lost_race = False

    def __init__(self, sentence: Any, *, code: str, field: str | None = None, status: int = 422) -> None:
        super().__init__(sentence)
        self.sentence, self.code, self.field, self.status = sentence, code, field, status

    def __str__(self) -> str:
        return str(self.sentence)


class NotAllowed(Refusal):
    """This person may not do this."""

    def __init__(self, sentence: Any, *, code: str = "not_allowed") -> None:
        super().__init__(sentence, code=code, status=403)


class Changed(Refusal):
    """Somebody was quicker: the page shows an older state than the row has."""

    is_lost_race = True

    def __init__(self, sentence: Any, *, code: str = "changed") -> None:
        super().__init__(sentence, code=code, status=409)
