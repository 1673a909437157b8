"""Errors of the API, one shape: ``{"errors": [{"type", "code", "detail", "attr"}]}``; the first one also at the top level."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.parsers import JSONParser
from rest_framework.response import Response
from rest_framework.views import exception_handler

from community_portal.refusals import Refusal


class ShallowJSON(JSONParser):
    """JSON nested beyond what Python reads is as unreadable as any other nonsense."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise exceptions.ParseError from error


def as_typed_errors(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turns DRF errors and the house's refusals into typed errors; anything else stays a 500."""
    if isinstance(error, Refusal):
        body = _body([_row("refusal", error.code, str(error), error.field)])
        return Response(body | _missing_in(error), status=error.status)
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        response.data = _body(list(_validation_rows(error.detail, None)))
        response.status_code = 422
        return response
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    assert isinstance(error, exceptions.APIException)
    code = getattr(error.detail, "code", error.default_code)
    kind = "server_error" if response.status_code >= 500 else "client_error"
    response.data = _body([_row(kind, code, str(error.detail), None)])
    return response


def _missing_in(refusal: Refusal) -> dict[str, Any]:
    """What a step still waits for, each with the page where it is put right, where the refusal says so."""
    parts = getattr(refusal, "parts", [])
    return {"missing": [{"sentence": str(part.sentence), "url": part.url} for part in parts]} if parts else {}


def _row(kind: str, code: str, detail: str, attr: str | None) -> dict[str, Any]:
    return {"type": kind, "code": code, "detail": detail, "attr": attr}


def _body(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {**rows[0], "errors": rows}


def _validation_rows(detail: Any, attr: str | None):
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _validation_rows(inner, name if attr is None else f"{attr}.{name}")
    elif isinstance(detail, list):
        for inner in detail:
            yield from _validation_rows(inner, attr)
    else:
        yield _row("validation_error", detail.code, str(detail), attr)
