from celery import shared_task

from community_portal.dashboards import fold


@shared_task(name="dashboards.fold_figures")
def fold_figures() -> None:
    """Folds new deltas into the roll-up."""
    fold.fold_figures()


@shared_task(name="dashboards.recount_figures")
def recount_figures() -> None:
    """Counts everything again from the rows; must find nothing."""
    fold.recount_figures()
