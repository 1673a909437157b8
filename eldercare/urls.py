from django.urls import path

from eldercare.views import acceptance, adaptations, after, applying, desk, notices, plans, settings, today, works

ONE = "eldercare/adaptations/<str:number>"

urlpatterns = [
    path("eldercare/", today.today, name="eldercare"),
    path("eldercare/<str:number>/accept/", acceptance.acceptance, name="acceptance"),
    path("eldercare/<str:number>/accept/<int:line>/", acceptance.acceptance_line, name="acceptance_line"),
    path("eldercare/<str:number>/accept/<int:line>/waive/", acceptance.waive, name="waive_line"),
    path("eldercare/<str:number>/accept/talk/", acceptance.talk, name="acceptance_talk"),
    path("eldercare/<str:number>/accept/party/", acceptance.join, name="join_acceptance"),
    path("eldercare/<str:number>/accept/party/<int:pk>/", acceptance.sign, name="sign_acceptance"),
    path("eldercare/<str:number>/follow-up/<str:which>/", after.follow_up, name="follow_up"),
    path("eldercare/lent/", after.lent, name="lent"),
    path("eldercare/lent/<int:pk>/", after.return_loan, name="return_loan"),
    path("work/<str:number>/", works.work, name="work"),
    path("work/<str:number>/lines/<int:line>/photo/", works.work_photo, name="work_photo"),
    path("work/<str:number>/lines/<int:line>/products/<int:unit>/", works.work_product, name="work_product"),
    path("care/apply/", applying.apply_who, name="apply_who"),
    path("care/apply/<str:number>/home/", applying.apply_home, name="apply_home"),
    path("care/apply/<str:number>/papers/", applying.apply_papers, name="apply_papers"),
    path("notice/<int:pk>/", notices.public_notice, name="public_notice"),
    path("eldercare/apply/", desk.adapt_for, name="adapt_for"),
    path("eldercare/apply/<str:number>/", desk.adapt_from, name="adapt_from"),
    path(f"{ONE}/home/", desk.adaptation_home, name="adaptation_home"),
    path(f"{ONE}/papers/<int:pk>/", desk.adaptation_paper, name="adaptation_paper"),
    path(f"{ONE}/consent/", desk.adaptation_consent, name="adaptation_consent"),
    path(f"{ONE}/objections/", notices.adaptation_objection, name="adaptation_objection"),
    path(f"{ONE}/objections/<int:pk>/", notices.adaptation_answer, name="adaptation_answer"),
    path(f"{ONE}/plan/", plans.adaptation_plan, name="adaptation_plan"),
    path(f"{ONE}/plan/<int:line>/", plans.adaptation_plan, name="adaptation_plan_line"),
    path(f"{ONE}/plan/<int:line>/drop/", plans.drop_plan_line, name="drop_plan_line"),
    path(f"{ONE}/sign/", plans.adaptation_sign, name="adaptation_sign"),
    path("my/eldercare/adaptations/<str:number>/plan/", plans.my_plan, name="my_plan"),
    path("settings/adaptations/", settings.settings_adaptations, name="settings_adaptations"),
    path("settings/adaptations/programmes/new/", settings.edit_programme, name="add_programme"),
    path("settings/adaptations/programmes/<int:pk>/", settings.edit_programme, name="edit_programme"),
    path("settings/adaptations/lists/<int:pk>/", settings.catalogue_list, name="catalogue_list"),
    path("settings/adaptations/lists/import/", settings.import_catalogue, name="import_catalogue"),
    *adaptations.PAGES.below("eldercare/adaptations/"),
]
