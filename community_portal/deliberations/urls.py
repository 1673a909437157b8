from django.urls import path

from community_portal.deliberations.views import meetings, objections, phone, votes

urlpatterns = [
    path("deliberations/", meetings.deliberations, name="deliberations"),
    path("deliberations/meetings/new/", meetings.call_meeting, name="call_meeting"),
    path("deliberations/meetings/<int:pk>/", meetings.meeting, name="meeting"),
    path("deliberations/meetings/<int:pk>/print/", meetings.meeting_minutes, name="meeting_minutes"),
    path("deliberations/votes/new/", votes.draw_up_vote, name="draw_up_vote"),
    path("deliberations/votes/<int:pk>/", votes.vote, name="vote"),
    path("deliberations/votes/<int:pk>/roll/", votes.vote_roll, name="vote_roll"),
    path("deliberations/votes/<int:pk>/ballots/", votes.record_ballot, name="record_ballot"),
    path("deliberations/votes/<int:pk>/print/", votes.vote_sheets, name="vote_sheets"),
    path("deliberations/objections/new/", objections.new_objection, name="new_objection"),
    path("deliberations/objections/<int:pk>/", objections.objection, name="objection"),
    path("v/<str:token>/", phone.ballot, name="ballot"),
]
