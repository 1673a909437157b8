"""Somebody at a browser, without one."""

from typing import Any

from django.test import Client


def client_of(user: Any) -> Client:
    """Of that user; of nobody for None."""
    client = Client(HTTP_HOST="localhost")
    if user is not None:
        client.force_login(user)
    return client
