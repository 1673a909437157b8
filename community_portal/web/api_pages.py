"""Lists of the API in pieces that no caller can make too large."""

from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request

MOST_SKIPPED = 1_000_000


class LimitedPages(LimitOffsetPagination):
    """``?limit=`` up to 200 rows, ``?offset=`` as far as anybody reads; what is larger counts as the most."""

    max_limit = 200

    def get_offset(self, request: Request) -> int:
        return min(super().get_offset(request), MOST_SKIPPED)
