"""The portal's Celery with the tests' providers and words; started as a real worker by processes.py."""

import os

import django
from django.conf import settings

settings.EMAIL_BACKEND = "tests.outbox.recording.Mail"
django.setup()

from community_portal.celery import app  # noqa: E402
from tests.outbox import words  # noqa: E402, F401 - registers the kinds of messages

app.conf.broker_transport_options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, "global_keyprefix": os.environ["KEYS"]}
