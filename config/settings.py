"""Every setting, from the environment, with secure defaults. ``.env.example`` lists what can be set."""

import datetime as dt
from pathlib import Path

from csp.constants import NONCE, NONE, SELF

from config import environment
from config.environment import refuse
from config.logs import mask_every_record
from config.sign_in import *  # noqa: F403 (settings are this module's names)

BASE_DIR = Path(__file__).resolve().parent.parent

# Local mode relaxes only what plain http on loopback forces. It is explicit and refused in production.
LOCAL_MODE = environment.flag("TRIAGE_LOCAL")
PRODUCTION_MARKERS = [
    name for name in ("PRODUCTION", "KUBERNETES_SERVICE_HOST", "WEBSITE_INSTANCE_ID") if environment.text(name)
]
if LOCAL_MODE and PRODUCTION_MARKERS:
    refuse(f"Local mode (TRIAGE_LOCAL) is refused where {PRODUCTION_MARKERS[0]} is set.")

DEMO_PARTS_STATUS = environment.text("DEMO_PARTS_STATUS") if LOCAL_MODE else ""  # file that names what is down
DEBUG = environment.flag("DEBUG")
if DEBUG and not LOCAL_MODE:
    refuse("DEBUG is for local mode only (TRIAGE_LOCAL=1).")
SECRET_KEY = environment.text("SECRET_KEY")
if not LOCAL_MODE and (len(SECRET_KEY) < 32 or SECRET_KEY.startswith("change-me")):
    refuse("Set SECRET_KEY to a random text of at least 32 characters.")

SITE_URL = environment.text("SITE_URL", "http://127.0.0.1:8000" if LOCAL_MODE else "").rstrip("/")
SITE_HOST = environment.host_of(SITE_URL)
if not SITE_HOST or not SITE_URL.startswith(("https://", "http://") if LOCAL_MODE else "https://"):
    refuse("Set SITE_URL to the public https:// address of this installation.")
LOCAL_HOSTS = ["127.0.0.1", "localhost", "testserver"]
ALLOWED_HOSTS = environment.hosts("ALLOWED_HOSTS", LOCAL_HOSTS if LOCAL_MODE else [SITE_HOST])

INSTALLED_APPS = [
    "accounts",
    "benefits",
    "lab",
    "pages",
    "partners",
    "referrals",
    "config.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "crispy_forms",
    "crispy_bootstrap5",
    "import_export",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]

MIDDLEWARE = [
    "config.probes.ProbesMiddleware",
    "accounts.middleware.CharsetMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.sessions.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "accounts.signing_in.front_door.PartialsMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.signing_in.sessions.SessionLimitsMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.middleware.NotKeptMiddleware",
    "accounts.signing_in.front_door.SecondFactorMiddleware",
    "accounts.middleware.TimeZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.idempotency.IdempotencyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [f"pages.templatetags.{name}" for name in ("triage", "badges", "charts", "copying", "icons")],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pages.context.page_frame",
            ],
        },
    },
]

DATABASES = {"default": environment.database("DATABASE_URL", "postgres://none@127.0.0.1:1/none")}
DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
# Pages are many short statements: compiling one, or starting workers for it, takes longer than most of them do.
DATABASES["default"]["OPTIONS"].setdefault("options", "-c jit=off -c parallel_setup_cost=10000")
# PostgreSQL itself, where DATABASE_URL names a pooler, which passes no notification on: the dispatcher listens there.
if environment.text("DATABASE_DIRECT_URL"):
    DATABASES["direct"] = environment.database("DATABASE_DIRECT_URL", "") | {"TEST": {"MIRROR": "default"}}
for _database in DATABASES.values():
    _database["DISABLE_SERVER_SIDE_CURSORS"] = True  # a pooler in transaction mode loses them between two statements
    _database["OPTIONS"].setdefault("connect_timeout", 5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Celery: every value has its reason in docs/operations.md.
BROKER_TIMEOUT = 3
CELERY_BROKER_URL = environment.broker("BROKER_URL", "redis://127.0.0.1:1/0")
CELERY_BROKER_TRANSPORT = "config.broker:Transport"
CELERY_TASK_DEFAULT_QUEUE = "referral-triage"
CELERY_TASK_ROUTES = {"lab.*": {"queue": "referral-triage-lab"}}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "global_keyprefix": "referral-triage:",
    "visibility_timeout": 300,
    "socket_timeout": BROKER_TIMEOUT,
    "socket_connect_timeout": BROKER_TIMEOUT,
    "socket_keepalive": True,
    "retry_on_timeout": False,
    "max_retries": 0,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_TIME_LIMIT = 240
CELERY_DB_REUSE_MAX = 1000

# How many proxies of ours stand before the web process: the client's address is that many places from the end of
# X-Forwarded-For. Every limit that counts by network counts by it.
PROXIES = environment.count_proxies("BEHIND_PROXY")
# The secret that signs the heads of the history, those that did before, and where heads are kept outside the database.
HISTORY_KEY = environment.text("HISTORY_KEY")
if HISTORY_KEY and len(HISTORY_KEY) < 32:
    refuse("Set HISTORY_KEY to a random text of at least 32 characters, or leave it out.")
HISTORY_OLD_KEYS = environment.names("HISTORY_OLD_KEYS", [])
HISTORY_HEADS = environment.text("HISTORY_HEADS")
# A session ends after so long without use, and after so long in all.
SESSION_IDLE_MINUTES = environment.number("SESSION_IDLE_MINUTES", 120, least=15, most=24 * 60)
SESSION_HOURS = environment.number("SESSION_HOURS", 12, most=24 * 30)
# What is asked of people again, once it was so long ago, before exports, publishing and new calendar addresses.
VERIFIED_MINUTES = environment.number("VERIFIED_MINUTES", 30, least=1, most=24 * 60)
ACCOUNT_REAUTHENTICATION_TIMEOUT = VERIFIED_MINUTES * 60
SESSION_COOKIE_AGE = int(dt.timedelta(hours=SESSION_HOURS).total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "pages.refused.expired"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not LOCAL_MODE
if not LOCAL_MODE:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = int(dt.timedelta(days=365).total_seconds())
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    if PROXIES:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1500

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

LANGUAGE_CODE = "en"
# Another language: add it here, and its file as locale/<code>/LC_MESSAGES/django.po.
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = "config.formats"

STATIC_URL = "static/"
# Local mode serves them from where they lie; but the demo, like production, collected: compressed, and kept for long.
COLLECTS_STATIC = not LOCAL_MODE or bool(DEMO_PARTS_STATUS)
STATIC_ROOT = BASE_DIR / ("var/static" if LOCAL_MODE else "staticfiles") if COLLECTS_STATIC else None
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "config.stylesheet.UsedRulesFinder",
]
WHITENOISE_USE_FINDERS = not COLLECTS_STATIC
WHITENOISE_AUTOREFRESH = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if COLLECTS_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# Tables on their way into a draft wait in the database, so that any web process can take the confirmation.
IMPORT_EXPORT_TMP_STORAGE_CLASS = "import_export.tmp_storages.CacheStorage"
IMPORT_EXPORT_USE_TRANSACTIONS = True

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

DEFAULT_FROM_EMAIL = environment.mailbox("MAIL_FROM", "Referral triage <no-reply@triage.example>")
EMAIL_TIMEOUT = 10
if LOCAL_MODE:
    EMAIL_BACKEND = "accounts.mailbox.MailboxBackend"
else:
    vars().update(environment.mail("EMAIL_URL", "smtp://127.0.0.1:25"))

mask_every_record()
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "config.logs.MaskedFormatter", "format": "{asctime} {levelname} {name} {message}", "style": "{"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": environment.log_level("LOG_LEVEL")},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "fontTools": {"level": "WARNING"},  # it tells of every table of every font
    },
}

# The clocks of the referral workflow (docs/glossary.md says what each one is).
RESPONSE_SLA_BUSINESS_DAYS = environment.number("RESPONSE_SLA_BUSINESS_DAYS", 2)
OFFER_EXPIRY_HOURS = environment.number("OFFER_EXPIRY_HOURS", 7 * 24, most=24 * 365)
DETERMINATION_DUE_BUSINESS_DAYS = environment.number("DETERMINATION_DUE_BUSINESS_DAYS", 10)
PROGRESS_CHECK_DAYS = environment.number("PROGRESS_CHECK_DAYS", 30)
CUSTOMER_ANSWER_BUSINESS_DAYS = environment.number("CUSTOMER_ANSWER_BUSINESS_DAYS", 2)
TEAM_REVIEW_BUSINESS_DAYS = environment.number("TEAM_REVIEW_BUSINESS_DAYS", 2)
LONGEST_PAUSE_DAYS = environment.number("LONGEST_PAUSE_DAYS", 30)
PAUSE_REMINDER_DAYS = (7, 1)
# What the insights hold the partners and the system to: the team's own targets, no rules of the program.
TARGET_ACCEPTANCE_PERCENT = environment.number("TARGET_ACCEPTANCE_PERCENT", 60, most=100)
TARGET_IN_TIME_PERCENT = environment.number("TARGET_IN_TIME_PERCENT", 90, most=100)
TARGET_DAYS_TO_ACCEPT = environment.number("TARGET_DAYS_TO_ACCEPT", 5)
UNREACHABLE_ATTEMPTS = environment.number("UNREACHABLE_ATTEMPTS", 3)
UNREACHABLE_ANSWER_DAYS = environment.number("UNREACHABLE_ANSWER_DAYS", 10)
UNREACHABLE_HOLD_DAYS = environment.number("UNREACHABLE_HOLD_DAYS", 30)
# Whose requests for a customer are taken without the customer's word (they are marked), and mail hosts that belong to
# nobody in particular, whose domains are never added to a customer's.
TRUSTED_SENDER_DOMAINS = [name.lower() for name in environment.names("TRUSTED_SENDER_DOMAINS", ["microsoft.com"])]
PUBLIC_MAIL_DOMAINS = [
    *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "icloud.com"),
    *("me.com", "aol.com", "gmx.com", "gmx.net", "gmx.de", "web.de", "mail.com", "proton.me", "protonmail.com"),
    *("qq.com", "163.com", "126.com", "yandex.com", "yandex.ru", "mail.ru", "zoho.com", "orange.fr", "libero.it"),
]
UNDO_MINUTES = environment.number("UNDO_MINUTES", 10, least=0)
# The referral processing team: whose business days its deadlines count in, and who hears of what is overdue.
TEAM_TIME_ZONE = environment.time_zone("TEAM_TIME_ZONE", "UTC")
TEAM_CALENDAR_COUNTRY = environment.country("TEAM_CALENDAR_COUNTRY")
TEAM_EMAIL = environment.mailbox("TEAM_EMAIL", "referral-team@triage.example")
SECURITY_CONTACT = environment.contacts("SECURITY_CONTACT")
