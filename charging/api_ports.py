"""Sockets over HTTP: states from vendors, sites for everybody's maps, faults for who repairs them."""

from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from charging.actions.statuses import MOST, Heard, take_statuses
from charging.geojson import sites_as_geojson
from charging.models import Channel, Fault
from community_portal import clock
from community_portal.matters.api import viewset_of
from community_portal.people.api_keys import ClientPace, Clients, may
from community_portal.people.models import Organisation, Role
from community_portal.people.once import idempotent
from community_portal.places.models import Community
from community_portal.refusals import NotAllowed, Refusal

FaultViewSet = viewset_of(Fault, "reason", "repaired", "repaired_at", "confirmed_at", "confirmed_by")


class HeardSerializer(serializers.Serializer):
    """For the schema; two thousand rows are read by hand below."""

    event_id = serializers.CharField(max_length=60, help_text="the vendor's own; sent again it counts once")
    at = serializers.DateTimeField(
        help_text="by the vendor's clock, with offset; at most 5 min ahead, at most 31 days back"
    )
    state = serializers.CharField(help_text="a word of OCPP 1.6, of OCPI 2.2, or ours; any other is unknown, and kept")
    port = serializers.CharField(required=False, help_text="our code, as on the label")
    point = serializers.CharField(required=False, help_text="or the vendor's name of the box, with `number`")
    number = serializers.IntegerField(required=False)
    code = serializers.CharField(required=False, max_length=40, help_text="the vendor's code of what is wrong")


class PortStatusSerializer(serializers.Serializer):
    events = HeardSerializer(many=True, help_text=f"at most {MOST}")


class TakenSerializer(serializers.Serializer):
    new = serializers.IntegerField()
    known = serializers.IntegerField()


class PortStatusView(APIView):
    """States of a vendor's own sockets, up to 2,000 a call: all of them, or none and the first that cannot be."""

    authentication_classes = [Clients]
    permission_classes = [may("port_status")]
    throttle_classes = [ClientPace]

    @extend_schema(request=PortStatusSerializer, responses={200: TakenSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        operator = operator_of(request)
        taken = take_statuses(read_events(request.data), operator=operator, channel=Channel.API, at=clock.now())
        return Response({"new": taken.new, "known": taken.known})


def operator_of(request: Request) -> Organisation:
    """The firm whose program calls."""
    firm: Organisation = request.auth.organisation  # type: ignore[union-attr]
    if firm.kind != Role.OPERATOR:
        raise NotAllowed(_("插座的状态由它的运营商来报。"))
    return firm


def read_events(data: Any) -> list[Heard]:
    """Raises Refusal for the first that is none, with its place."""
    events = data.get("events") if isinstance(data, dict) else None
    if not isinstance(events, list):
        raise Refusal(_("要有一个 events 列表。"), code="no_events", field="events")
    if len(events) > MOST:
        raise Refusal(_("一次最多 %(n)s 条。") % {"n": MOST}, code="too_many", field="events")
    return [_read(number, event) for number, event in enumerate(events)]


def _read(number: int, event: Any) -> Heard:
    try:
        at = parse_datetime(event["at"])
        if at is None or at.tzinfo is None:
            raise ValueError("no moment")
        texts = {name: _text(event, name) for name in ("event_id", "state", "port", "point", "code")}
        return Heard(
            texts["event_id"],
            at,
            texts["state"],
            port=texts["port"].upper(),
            point=texts["point"],
            number=_number(event),
            vendor_code=texts["code"],
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        sentence = _("第 %(n)s 条读不懂：要有 event_id、at（带时区）、state 和插座。") % {"n": number + 1}
        raise Refusal(sentence, code="unreadable", field=f"events.{number}") from error


def _text(event: dict[str, Any], name: str) -> str:
    value = event.get(name, "")
    if not isinstance(value, str) or "\0" in value or not value.isprintable():
        raise ValueError(name)
    return value


def _number(event: dict[str, Any]) -> int:
    number = event.get("number", 0)
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 1000:
        raise ValueError("number")
    return number


class ChargeSitesView(APIView):
    """Sites that serve, as GeoJSON: free sockets, and as of when. Open to all; what is not known is not free."""

    permission_classes = [AllowAny]

    @extend_schema(
        parameters=[OpenApiParameter("community", str, description="code of a community; all without")],
        responses={200: OpenApiTypes.OBJECT},
    )
    def get(self, request: Request) -> Response:
        code = request.query_params.get("community", "")[:4]
        places = list(Community.objects.filter(code=code).values_list("pk", flat=True)) if code else None
        at = clock.now()
        return Response(sites_as_geojson(communities=places, at=at) | {"as_of": clock.local(at).isoformat()})
