"""Every address of sign-in and second factor. allauth reverses its own names, so each stands here, beside ours or alone;
what is not listed (sign-up, e-mail addresses, password by e-mail, change of phone) does not exist."""

from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import path

from community_portal.people.sign_in import views
from community_portal.web.access import for_staff, open_to_all

staff = for_staff()

urlpatterns = [
    path("sign-in/", views.sign_in, name="account_request_login_code"),
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-in/code/", views.confirm_code, name="account_confirm_login_code"),
    path("sign-in/code/again/", views.send_code_again, name="send_code_again"),
    path("sign-in/closed/", views.sign_up_closed, name="account_signup"),
    path("sign-in/disabled/", views.account_inactive, name="account_inactive"),
    path("staff/sign-in/", views.staff_sign_in, name="account_login"),
    path("staff/sign-in/", views.staff_sign_in, name="staff_sign_in"),
    path("staff/sign-in/second/", open_to_all(second_factor.authenticate), name="mfa_authenticate"),
    path("staff/sign-in/passkey/", open_to_all(passkeys.login_webauthn), name="mfa_login_webauthn"),
    path("sign-out/", views.sign_out, name="account_logout"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("sign-out/everywhere/", views.sign_out_everywhere, name="sign_out_everywhere"),
    path("account/password/", views.change_password, name="account_change_password"),
    path("account/confirm/", views.confirm_password, name="account_reauthenticate"),
    path("account/confirm/code/", staff(second_factor.reauthenticate), name="mfa_reauthenticate"),
    path("account/confirm/passkey/", staff(passkeys.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("account/security/", staff(second_factor.index), name="mfa_index"),
    path("account/security/totp/", staff(totp.activate_totp), name="mfa_activate_totp"),
    path("account/security/totp/remove/", staff(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("account/security/codes/", staff(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "account/security/codes/new/", staff(recovery_codes.generate_recovery_codes), name="mfa_generate_recovery_codes"
    ),
    path(
        "account/security/codes/file/",
        staff(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("account/security/passkeys/", staff(passkeys.list_webauthn), name="mfa_list_webauthn"),
    path("account/security/passkeys/add/", staff(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path("account/security/passkeys/<int:pk>/", staff(passkeys.edit_webauthn), name="mfa_edit_webauthn"),
    path("account/security/passkeys/<int:pk>/remove/", staff(passkeys.remove_webauthn), name="mfa_remove_webauthn"),
]
