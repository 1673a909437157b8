"""GET /api/v1/figures/: every figure of a street or community for a period."""

from collections.abc import Iterator
from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from community_portal import clock
from community_portal.dashboards.periods import opened_on, period_named
from community_portal.dashboards.queries import place_by_code
from community_portal.dashboards.reading import Reading, reading_of
from community_portal.measure import FIGURES, Figure, Persons
from community_portal.refusals import Refusal

_ONE = inline_serializer(
    "Figure",
    {
        "value": serializers.FloatField(
            allow_null=True, help_text="0 where nothing happened, null where a rate has no base"
        ),
        "unit": serializers.CharField(),
        "label": serializers.CharField(),
        "counted": serializers.ChoiceField(
            ["rows"], required=False, help_text="persons of a period that is no month, no year and not all time"
        ),
    },
)
_ANSWER = inline_serializer(
    "Figures",
    {
        "place": serializers.CharField(),
        "period": serializers.CharField(),
        "as_of": serializers.DateTimeField(),
        "figures": serializers.DictField(child=_ONE),
    },
)


_ABOUT = """Every figure of every service. 404 outside one's scope, 422 for a bad period.

`period` is a month (`2026-11`), a year (`2026`), `all`, `since` (since the house opened, in a street since its first did)
or days (`2026-11-01..2026-11-24`). A street counts a person once, whatever the communities.

These names of before answer until the next release: """


def described() -> str:
    """With the names that figures had before; every room has declared its own when addresses are read."""
    renamed = [f"`{old}` is `{figure.name}`" for figure in FIGURES.values() for old in figure.formerly]
    return f"{_ABOUT}{', '.join(renamed)}."


class FiguresView(APIView):
    """The figures of a place; what the API says about itself is composed of what is declared."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        description=described(),
        parameters=[OpenApiParameter("place", str, required=True), OpenApiParameter("period", str)],
        responses={200: _ANSWER},
    )
    def get(self, request: Request) -> Response:
        code = request.query_params.get("place", "")
        communities = place_by_code(request.user, code)  # type: ignore[arg-type]
        if not communities:
            raise Http404
        text = request.query_params.get("period", "all")
        period = period_named(text, today=clock.today(), opened=opened_on(communities))
        if period is None:
            raise Refusal(_("时间写成 2026-11、2026、since 或 all。"), code="bad_period", field="period")
        reading = reading_of([community.pk for community in communities], period)
        body: dict[str, Any] = {
            "place": code,
            "period": text,
            "as_of": clock.local(reading.source.at).isoformat(),
            "figures": dict(_figures(reading)),
        }
        return Response(body)


def _figures(reading: Reading) -> Iterator[tuple[str, dict[str, Any]]]:
    for figure in FIGURES.values():
        said = {"value": figure.value(reading), "unit": str(figure.unit), "label": str(figure.label)} | _how(
            figure, reading
        )
        for name in (figure.name, *figure.formerly):
            yield name, said


def _how(figure: Figure, reading: Reading) -> dict[str, str]:
    return {"counted": "rows"} if isinstance(figure, Persons) and reading.counted_rows(figure) else {}
