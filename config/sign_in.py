"""The settings of who signs in, and how."""

from config import environment
from config.tenants import entra_tenants

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_ADAPTER = "referrals.email.accounts.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_FORMS = {"reset_password": "accounts.signing_in.forms.ResetPasswordForm"}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "accounts.signing_in.tokens.ResetTokenGenerator"  # noqa: S105 (a path)
PASSWORD_RESET_TIMEOUT = 60 * 60  # seconds
ACCOUNT_RATE_LIMITS = {"reset_password": "10/h/ip,3/h/key"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "authenticate": "accounts.signing_in.forms.CodeForm",
    "activate_totp": "accounts.signing_in.forms.AuthenticatorAppForm",
    "login_webauthn": "accounts.signing_in.forms.PasskeySignInForm",
    "authenticate_webauthn": "accounts.signing_in.forms.KeyFactorForm",
    "reauthenticate_webauthn": "accounts.signing_in.forms.KeyAgainForm",
    "add_webauthn": "accounts.signing_in.forms.AddKeyForm",
    "edit_webauthn": "accounts.signing_in.forms.RenameKeyForm",
}
MFA_ADAPTER = "accounts.signing_in.factors.FactorAdapter"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # people are invited: an address says nothing about who may have a second factor
SOCIALACCOUNT_ADAPTER = "accounts.signing_in.linking.LinkingAdapter"
SOCIALACCOUNT_REQUESTS_TIMEOUT = 4  # seconds
ENTRA_TENANTS = entra_tenants("ENTRA_TENANTS", may_be_plain=environment.flag("TRIAGE_LOCAL"))
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"provider_class": "accounts.signing_in.entra.EntraProvider", "APPS": ENTRA_TENANTS}
}
