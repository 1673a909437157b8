from django.urls import path

from tests.toy_service import views

urlpatterns = [
    path("borrow/", views.ask_loan, name="ask_loan"),
    path("loans/<str:number>/items/<int:pk>/", views.decide_item, name="decide_item"),
    *views.PAGES.below("loans/"),
]
