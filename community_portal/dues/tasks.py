from celery import shared_task

from community_portal import clock
from community_portal.dues import actions, notices


@shared_task(name="dues.generate")
def generate() -> None:
    """Every duty has the turn that should be open today; then whoever has something soon is told."""
    at = clock.now()
    actions.generate_dues(on=clock.local(at).date(), at=at)
    notices.remind_of_dues(at=at)
