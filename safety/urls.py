from django.urls import path

from safety.views import day, drills, evaluating, helping, planning, residents

ONE = "safety/drills/<str:number>"

urlpatterns = [
    path("safety/", residents.safety, name="safety"),
    path("safety/my-drill/<int:pk>/", residents.drill_certificate, name="drill_certificate"),
    path("safety/drills/new/", planning.plan_new_drill, name="plan_new_drill"),
    path(f"{ONE}/join/", residents.drill_join, name="drill_join"),
    path(f"{ONE}/plan/", planning.drill_plan, name="drill_plan"),
    path(f"{ONE}/plan/<str:part>/", planning.drill_plan_part, name="drill_plan_part"),
    path(f"{ONE}/plan/<str:part>/<int:pk>/remove/", planning.drill_plan_remove, name="drill_plan_remove"),
    path(f"{ONE}/checks/<int:pk>/", drills.drill_check, name="drill_check"),
    path(f"{ONE}/people/", drills.drill_people, name="drill_people"),
    path(f"{ONE}/poster/", drills.drill_poster, name="drill_poster"),
    path(f"{ONE}/notice/", drills.drill_notice, name="drill_notice"),
    path(f"{ONE}/helpers/", helping.drill_helpers, name="drill_helpers"),
    path(f"{ONE}/helpers/<int:pk>/", helping.drill_helper, name="drill_helper"),
    path(f"{ONE}/day/", day.drill_day, name="drill_day"),
    path(f"{ONE}/day/press/", day.drill_press, name="drill_press"),
    path(f"{ONE}/day/correct/", day.drill_correct, name="drill_correct"),
    path(f"{ONE}/day/count/<int:pk>/", day.drill_count, name="drill_count"),
    path(f"{ONE}/wall/", day.drill_wall, name="drill_wall"),
    path(f"{ONE}/evaluation/", evaluating.drill_evaluation, name="drill_evaluation"),
    path(f"{ONE}/evaluation/objectives/<int:pk>/", evaluating.drill_rate, name="drill_rate"),
    path(f"{ONE}/evaluation/stations/<int:pk>/", evaluating.drill_practice, name="drill_practice"),
    path(f"{ONE}/evaluation/questions/<int:pk>/", evaluating.drill_answers, name="drill_answers"),
    path(f"{ONE}/evaluation/observe/", evaluating.drill_observe, name="drill_observe"),
    path(f"{ONE}/evaluation/<int:pk>/action/", evaluating.drill_action, name="drill_action"),
    *drills.DRILLS.below("safety/drills/"),
    *drills.ACTIONS.below("safety/actions/"),
]
