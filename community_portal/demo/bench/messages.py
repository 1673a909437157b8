"""How fast the outbox hands messages over when the provider costs nothing: what the sweep itself can carry."""

from dataclasses import dataclass

from django.db.models import Max

from community_portal import clock
from community_portal.demo.bench.report import Say, fact, heading
from community_portal.outbox.actions import Recipient, queue_message
from community_portal.outbox.models import Channel, Message, MessageState
from community_portal.outbox.notices import LOGIN_CODE
from community_portal.outbox.sweep import deliver_due

MARK = "bench-messages"


@dataclass(frozen=True)
class Swept:
    """``per_second`` of one worker process; ``lag`` is the longest wait in seconds of the whole backlog."""

    count: int
    seconds: float
    lag: float

    @property
    def per_second(self) -> float:
        return self.count / self.seconds


def measure_messages(*, count: int = 2000) -> Swept:
    """Queues ``count`` urgent text messages to ``count`` numbers, sweeps them with settings.SMS_BACKEND, removes them."""
    begun = clock.now()
    for n in range(count):
        to = Recipient(Channel.SMS, f"+86170{n:08d}")
        queue_message(LOGIN_CODE, to=to, at=begun, dedupe=f"{MARK}:{n}", subject=MARK, context={"code": "000000"})
    rows = Message.objects.filter(subject=MARK)
    try:
        started = clock.now()
        deliver_due(most=count + 1000)
        seconds = (clock.now() - started).total_seconds()
        last = rows.filter(state=MessageState.SENT).aggregate(last=Max("sent_at"))["last"] or begun
        sent = rows.filter(state=MessageState.SENT).count()
        return Swept(count=sent, seconds=seconds, lag=(last - started).total_seconds())
    finally:
        rows.delete()


def run(say: Say, *, count: int = 2000) -> None:
    """Prints the rate of one worker."""
    heading(say, "Messages")
    found = measure_messages(count=count)
    fact(say, f"swept by one worker ({found.count:,} messages)", f"{found.per_second:,.0f}/s")
    fact(say, "longest wait of the whole backlog", f"{found.lag:.1f} s", "≤ 10 s")
