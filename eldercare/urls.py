from django.urls import path

from eldercare.views import adaptations, assessments, register, surveys

urlpatterns = [
    path("eldercare/elders/", register.elders, name="elders"),
    path("eldercare/elders/<int:pk>/", register.elder, name="elder"),
    path("eldercare/elders/<int:pk>/change/", register.change_elder, name="change_elder"),
    path("eldercare/elders/<int:pk>/tier/", register.set_elder_tier, name="set_elder_tier"),
    path("eldercare/elders/<int:pk>/family/", register.elder_family, name="elder_family"),
    path("eldercare/elders/<int:pk>/visit/", register.record_welfare_visit, name="record_welfare_visit"),
    path("eldercare/elders/<int:pk>/assess/", assessments.assess_elder, name="assess_elder"),
    path("residents/<int:pk>/eldercare/", register.resident_elder, name="resident_elder"),
    path("eldercare/assess/<int:pk>/", assessments.assess, name="assess"),
    path("eldercare/assess/<int:pk>/items/<str:item>/", assessments.answer_item, name="answer_item"),
    path("eldercare/assess/<int:pk>/end/", assessments.assess_end, name="assess_end"),
    path("eldercare/assess/<int:pk>/facts/", assessments.assess_facts, name="assess_facts"),
    path("eldercare/assess/<int:pk>/sign/", assessments.close_assessment, name="close_assessment"),
    # Before the steps of an adaptation, which would take these words for theirs.
    path("eldercare/adaptations/<str:number>/assess/", assessments.assess_for, name="assess_for"),
    path("eldercare/adaptations/<str:number>/survey/", surveys.survey, name="survey"),
    path("eldercare/adaptations/<str:number>/survey/findings/", surveys.add_finding, name="add_finding"),
    path(
        "eldercare/adaptations/<str:number>/survey/findings/<int:pk>/drop/", surveys.drop_finding, name="drop_finding"
    ),
    *adaptations.PAGES.below("eldercare/adaptations/"),
]
