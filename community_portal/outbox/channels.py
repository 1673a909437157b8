"""The ways out. A sender says whether it is idempotent: given our id twice, does the provider send once?

If it is, a message whose fate is unknown is simply given again; if not, it becomes ``unsure`` and a person decides.
"""

import json
import logging
from typing import Any, Protocol

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from tencentcloud.common import credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.sms.v20210111 import models as tencent
from tencentcloud.sms.v20210111.sms_client import SmsClient

from community_portal.outbox.models import Channel, Message

logger = logging.getLogger(__name__)


class Refused(Exception):
    """The provider answered and will never take this message; trying again is useless."""


class Sender(Protocol):
    """``send`` hands one message over and answers the provider's reference; any exception means "not known"."""

    is_idempotent: bool

    def send(self, message: Message, words: str) -> str: ...


class ConsoleSms:
    """Writes to the log, numbers masked; the demo reads the words on its outbox page."""

    is_idempotent = True

    def send(self, message: Message, words: str) -> str:
        logger.debug("SMS %s to ***%s (%s characters)", message.pk, message.address[-4:], len(words))
        return f"console-{message.pk}"


class TencentSms:
    """Tencent Cloud SMS through its own SDK, one template with one place for the words.

    ``SessionContext`` carries our id into their receipts, but they do not drop repetitions: not idempotent.
    """

    is_idempotent = False

    def send(self, message: Message, words: str) -> str:
        keys = settings.TENCENT_SMS
        profile = ClientProfile(httpProfile=HttpProfile(reqTimeout=10))
        client = SmsClient(credential.Credential(keys["secret_id"], keys["secret_key"]), "ap-guangzhou", profile)
        request = tencent.SendSmsRequest()
        request.from_json_string(
            json.dumps(
                {
                    "PhoneNumberSet": [message.address],
                    "SmsSdkAppId": keys["app_id"],
                    "SignName": keys["sign"],
                    "TemplateId": keys["template_id"],
                    "TemplateParamSet": [words],
                    "SessionContext": str(message.pk),
                }
            )
        )
        status = client.SendSms(request).SendStatusSet[0]
        if status.Code != "Ok":
            raise Refused(status.Code)
        return str(status.SerialNo)


class Email:
    """Through Django's mail; our id is the Message-ID, so mail servers and readers can tell a repetition."""

    is_idempotent = True

    def send(self, message: Message, words: str) -> str:
        reference = f"<message-{message.pk}@portal>"
        EmailMessage(
            subject=str(_("会客厅提醒")), body=words, to=[message.address], headers={"Message-ID": reference}
        ).send()
        return reference


class Screen:
    """Being in the table is being delivered."""

    is_idempotent = True

    def send(self, message: Message, words: str) -> str:
        return "screen"


def sender_for(channel: str) -> Sender:
    """The sender of a channel; SMS as settings.SMS_BACKEND says."""
    ways: dict[str, Any] = {
        Channel.SMS: import_string(settings.SMS_BACKEND),
        Channel.EMAIL: Email,
        Channel.SCREEN: Screen,
    }
    return ways[channel]()
