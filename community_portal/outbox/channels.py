"""The ways out. A sender says whether it is idempotent: given our id twice, does the provider send once?

If it is, a message whose fate is unknown is simply given again; if not, it becomes ``unsure`` and a person decides.
"""

import json
import logging
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from requests import ConnectTimeout
from tencentcloud.common import credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.sms.v20210111 import models as tencent
from tencentcloud.sms.v20210111.sms_client import SmsClient
from urllib3.exceptions import NewConnectionError

from community_portal.outbox.models import Channel, Message

logger = logging.getLogger(__name__)


class Refused(Exception):
    """The provider answered and will never take this message; trying again is useless."""


class NotTaken(Exception):
    """The provider was not reached, or said "not now": nothing was sent, so trying again cannot double anything."""


class Sender(Protocol):
    """``send`` hands one message over within about ten seconds and answers the provider's reference.

    Raises Refused or NotTaken when it knows that nothing was sent; any other exception means "nobody knows".
    """

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
        http = HttpProfile(
            reqTimeout=5, endpoint=keys.get("endpoint") or None, protocol=keys.get("protocol") or "https"
        )
        client = SmsClient(
            credential.Credential(keys["secret_id"], keys["secret_key"]),
            "ap-guangzhou",
            ClientProfile(httpProfile=http),
        )
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
        try:
            status = client.SendSms(request).SendStatusSet[0]
        except TencentCloudSDKException as error:
            if _surely_not_sent(error):
                raise NotTaken(error.get_code()) from error
            raise
        if status.Code in TRANSIENT:
            raise NotTaken(status.Code)
        if status.Code != "Ok":
            raise Refused(status.Code)
        return str(status.SerialNo)


# The provider's own words for "not now": https://cloud.tencent.com/document/product/382/59177
TRANSIENT = {
    "LimitExceeded.DeliveryFrequencyLimit",
    "LimitExceeded.PhoneNumberThirtySecondLimit",
    "FailedOperation.InsufficientBalanceInSmsPackage",
}


def _surely_not_sent(error: TencentCloudSDKException) -> bool:
    """The service answered with an error, or the connection was never made; a lost answer is neither."""
    if error.get_code() not in ("ClientNetworkError", "ServerNetworkError", "InternalError"):
        return True
    cause = error.__context__
    if isinstance(cause, ConnectTimeout):
        return True
    reason = getattr(cause.args[0], "reason", None) if cause is not None and cause.args else None
    return isinstance(reason, NewConnectionError)


class Email:
    """Through Django's mail. Our id is the Message-ID: mailboxes show a repetition once, and staff lose nothing by one."""

    is_idempotent = True

    def send(self, message: Message, words: str) -> str:
        reference = f"<message-{message.pk}@{urlsplit(settings.PORTAL_URL).hostname}>"
        with translation.override(message.language):
            subject = str(_("会客厅提醒"))
        EmailMessage(subject=subject, body=words, to=[message.address], headers={"Message-ID": reference}).send()
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
