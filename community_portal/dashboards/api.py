"""GET /api/v1/figures/: the figures of a street or community for a period."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from community_portal import clock
from community_portal.dashboards.queries import figures, period_named, place_by_code
from community_portal.refusals import Refusal


class FiguresView(APIView):
    """``{place, period, as_of, figures: {name: {value, unit, label}}}``; 404 outside one's scope, 422 for a bad period."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        parameters=[OpenApiParameter("place", str, required=True), OpenApiParameter("period", str)],
        responses={200: dict},
    )
    def get(self, request: Request) -> Response:
        found = place_by_code(request.user, request.query_params.get("place", ""))  # type: ignore[arg-type]
        if found is None:
            raise Http404
        text = request.query_params.get("period", "all")
        period = period_named(text, today=clock.today())
        if period is None:
            raise Refusal(_("时间写成 2026-11、2026 或 all。"), code="bad_period", field="period")
        code, places = found
        body: dict[str, Any] = {
            "place": code,
            "period": text,
            "as_of": clock.local(clock.now()).isoformat(),
            "figures": figures(places, period),
        }
        return Response(body)
