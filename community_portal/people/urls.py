from allauth.account import views as allauth_views
from django.urls import include, path

from community_portal.people import account_views, register_views

urlpatterns = [
    # allauth reverses its own names; each stands beside ours. What is not listed here does not exist.
    path("sign-in/", allauth_views.request_login_code, name="account_request_login_code"),
    path("sign-in/", allauth_views.request_login_code, name="sign_in"),
    path("sign-in/code/", allauth_views.confirm_login_code, name="account_confirm_login_code"),
    path("staff/sign-in/", allauth_views.login, name="account_login"),
    path("staff/sign-in/", allauth_views.login, name="staff_sign_in"),
    path("sign-out/", allauth_views.logout, name="account_logout"),
    path("sign-out/", allauth_views.logout, name="sign_out"),
    path("sign-in/closed/", allauth_views.signup, name="account_signup"),
    path("sign-in/disabled/", allauth_views.account_inactive, name="account_inactive"),
    path("account/password/", allauth_views.password_change, name="account_change_password"),
    path("account/confirm/", allauth_views.reauthenticate, name="account_reauthenticate"),
    path("account/security/", include("allauth.mfa.urls")),
    path("account/", account_views.account, name="account"),
    path("account/link/", account_views.link_my_file, name="link_my_file"),
    path("account/delegations/<int:pk>/revoke/", account_views.revoke_my_delegation, name="revoke_my_delegation"),
    path("communities/", account_views.choose_community, name="choose_community"),
    path("find/", register_views.find, name="find"),
    path("residents/", register_views.residents, name="residents"),
    path("residents/new/", register_views.register, name="register_resident"),
    path("residents/<int:pk>/", register_views.resident_file, name="resident_file"),
    path("residents/<int:pk>/edit/", register_views.edit, name="edit_resident"),
    path("residents/<int:pk>/contacts/", register_views.contacts, name="resident_contacts"),
    path("residents/<int:pk>/reveal/", register_views.reveal, name="reveal_id_number"),
    path("residents/<int:pk>/delegations/", register_views.delegations, name="resident_delegations"),
    path("residents/<int:pk>/merge/", register_views.merge, name="merge_resident"),
]
