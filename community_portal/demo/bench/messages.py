"""How many messages one sweeper hands over in a second, provider silent."""

import time

from community_portal import clock
from community_portal.demo.bench.report import Say, fact, heading
from community_portal.outbox.models import Channel, Message
from community_portal.outbox.sweep import deliver_due

COUNT = 2000


def run(say: Say) -> None:
    heading(say, "Messages")
    now = clock.now()
    Message.objects.bulk_create(
        Message(
            kind="login_code", channel=Channel.SMS, address=f"+86139{n:08d}", context={"code": "000000"},
            dedupe_key=f"bench:{now.timestamp()}:{n}", due_at=now, is_urgent=True, created_at=now,
        )
        for n in range(COUNT)
    )  # fmt: skip
    started = time.monotonic()
    sent = deliver_due(most=COUNT)
    fact(say, f"swept by one worker ({sent:,} messages)", f"{sent / (time.monotonic() - started):,.0f}/s")
