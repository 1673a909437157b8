from django.urls import path

from eldercare.views import acceptance, adaptations, after, today, works

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
    *adaptations.PAGES.below("eldercare/adaptations/"),
]
