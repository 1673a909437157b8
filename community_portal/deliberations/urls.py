from django.urls import path

from community_portal.deliberations.views import meetings, objections, opinions, phone, phone_surveys, surveys, votes

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
    path("deliberations/opinions/", opinions.opinions, name="opinions"),
    path("deliberations/surveys/new/", surveys.open_survey, name="open_survey"),
    path("deliberations/surveys/<int:pk>/", surveys.survey, name="survey_answers"),
    path("survey/<str:token>/", phone_surveys.survey_by_link, name="survey_by_link"),
    path("minutes/<int:pk>/", meetings.public_minutes, name="public_minutes"),
    path("v/<str:token>/", phone.ballot, name="ballot"),
]
