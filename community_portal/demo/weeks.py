"""Some weeks of life, told through the actions of every app in the order of time: each subject plans its own deeds."""

import datetime as dt

from community_portal import clock
from community_portal.casework.escalation import escalate_overdue
from community_portal.demo.desk_today import plan_desk
from community_portal.demo.eldercare_adaptations import plan_adaptations
from community_portal.demo.help_requests import plan_requests
from community_portal.demo.life import Life
from community_portal.demo.living_room import plan_activities, plan_story
from community_portal.demo.safety_campaigns import plan_campaigns, plan_duties
from community_portal.demo.safety_drills import plan_drills
from community_portal.demo.safety_hazards import plan_hazards
from community_portal.demo.visits import plan_visits
from community_portal.outbox.sweep import deliver_waiting


def plan_life(life: Life) -> None:
    """Fills the line: visits, requests, activities, and what the portal itself does every evening."""
    for code in life.town.communities:
        plan_visits(life, code)
        plan_requests(life, code)
        plan_desk(life, code)
    plan_activities(life)
    plan_story(life)
    plan_adaptations(life)
    plan_duties(life)
    plan_campaigns(life)
    plan_drills(life)
    plan_hazards(life)
    for day in life.working_days():
        for hour in (12, 18):
            life.at(clock.at_wall(day, dt.time(hour)), lambda at: escalate_overdue(at=at))
    for day in life.days():
        # Often enough that a reminder two hours ahead goes out before its visit; on days off there are none after noon. No
        # worker dies in the stories.
        for hour in range(8, 19, 2) if life.calendar.is_working(day) else (8, 10, 18):
            life.at(clock.at_wall(day, dt.time(hour)), lambda at: deliver_waiting(at=at))
