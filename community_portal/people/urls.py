from django.urls import path

from community_portal.people.own_account import views as account_views
from community_portal.people.register import file_views
from community_portal.people.register import views as register_views
from community_portal.people.staff import body_views
from community_portal.people.staff import clients as client_views
from community_portal.people.staff import estates as estate_views
from community_portal.people.staff import views as settings_views

urlpatterns = [
    path("account/", account_views.account, name="account"),
    path("account/name/", account_views.rename_account, name="rename_account"),
    path("account/messages/<int:pk>/", account_views.choose_messages, name="choose_messages"),
    path("account/consents/", account_views.my_consents, name="my_consents"),
    path("account/calendar/", account_views.calendar_link, name="calendar_link"),
    path("account/link/", account_views.link_my_file, name="link_my_file"),
    path("account/delegations/<int:pk>/revoke/", account_views.revoke_my_delegation, name="revoke_my_delegation"),
    path("communities/", account_views.choose_community, name="choose_community"),
    path("find/", register_views.find, name="find"),
    path("residents/", register_views.residents, name="residents"),
    path("residents/new/", register_views.register, name="register_resident"),
    path("residents/<int:pk>/", file_views.resident_file, name="resident_file"),
    path("residents/<int:pk>/edit/", file_views.edit, name="edit_resident"),
    path("residents/<int:pk>/contacts/", file_views.contacts, name="resident_contacts"),
    path("residents/<int:pk>/reveal/", file_views.reveal, name="reveal_id_number"),
    path("residents/<int:pk>/care/", file_views.resident_care, name="resident_care"),
    path("residents/<int:pk>/delegations/", file_views.delegations, name="resident_delegations"),
    path("residents/<int:pk>/consents/", file_views.consents, name="resident_consents"),
    path("residents/<int:pk>/merge/", file_views.merge, name="merge_resident"),
    path("residents/<int:pk>/close/", file_views.close_resident, name="close_resident"),
    path("settings/", settings_views.settings_home, name="settings_home"),
    path("settings/clients/", client_views.settings_clients, name="settings_clients"),
    path("settings/calendar/", settings_views.settings_calendar, name="settings_calendar"),
    path("settings/estates/", estate_views.settings_estates, name="settings_estates"),
    path("settings/estates/<int:pk>/", estate_views.edit_estate, name="edit_estate"),
    path("settings/estates/<int:pk>/managers/", estate_views.estate_managers, name="estate_managers"),
    path("settings/buildings/<int:pk>/", estate_views.edit_building, name="edit_building"),
    path("settings/bodies/", body_views.settings_bodies, name="settings_bodies"),
    path("settings/bodies/<int:pk>/", body_views.body, name="body"),
    path("settings/staff/", settings_views.settings_staff, name="settings_staff"),
]
