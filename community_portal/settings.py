"""One settings file, fed by the environment (12-factor).

Every secret may also come from a file: ``SECRET_KEY_FILE=/run/secrets/key`` stands for ``SECRET_KEY``. `make run` writes
``var/portal.env``; it is read last, so that the environment always wins and `manage.py` beside a running portal agrees with it.
"""

import datetime as dt
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from whitenoise.compress import Compressor

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()
environ.Env.read_env(env.path("PORTAL_ENV_FILE", default=str(BASE_DIR / "var" / "portal.env")))

# ---- what kind of house -------------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
PORTAL_DEMO = env.bool("PORTAL_DEMO", default=False)
PORTAL_URL = env("PORTAL_URL", default="http://localhost:8000").rstrip("/")
HTTPS = PORTAL_URL.startswith("https://")
if PORTAL_DEMO and HTTPS and not env.bool("PORTAL_DEMO_ON_HTTPS", default=False):
    raise ImproperlyConfigured("PORTAL_DEMO=1 opens demo accounts to everyone; a portal on https refuses it.")

SECRET_KEY = env("SECRET_KEY")
# Of keys that were replaced: what they signed is still taken, what they encrypted still read.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# With SECRET_KEY, the keys of encrypted fields; the first one writes.
SALT_KEY = [env("FIELD_KEY", default=SECRET_KEY), *env.list("FIELD_KEY_FALLBACKS", default=SECRET_KEY_FALLBACKS)]
LOOKUP_KEY = env("LOOKUP_KEY", default=SECRET_KEY)  # keyed hashes of ID numbers and links
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", urlsplit(PORTAL_URL).hostname])
CSRF_TRUSTED_ORIGINS = [PORTAL_URL]

# ---- rooms --------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "community_portal.people",  # before django.contrib.auth: its templates and commands win
    "community_portal.maintenance.MaintenanceConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "pgtrigger",
    "pghistory",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "csp",
    "community_portal.places",
    "community_portal.outbox",
    "community_portal.rules",
    "community_portal.casework",
    "community_portal.bookings",
    "community_portal.dues",
    "community_portal.answers",
    "community_portal.signing",
    "community_portal.matters",
    "community_portal.front",
    "community_portal.dossier",
    "community_portal.deliberations",
    "appointments",
    "eldercare",
    "charging",
    "safety",
    "community_portal.dashboards",
    "community_portal.demo",
]
ROOT_URLCONF = "community_portal.urls"
WSGI_APPLICATION = "community_portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# A request goes down this list and its answer up again: each line stands below what it needs and above what needs it.
MIDDLEWARE = [
    # Outermost: files and error pages say too what a page may use.
    "community_portal.web.middleware.permissions_policy",
    # Before anything costs anything: http goes to https, and even a file bears the headers of the house.
    "django.middleware.security.SecurityMiddleware",
    # Files need no session, no language, no database. Below the headers, above all that asks a server.
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Around everything that may ask the database, the session first of all; its page needs nothing of what follows.
    "community_portal.web.middleware.database_away",
    # Before the first that reads a cookie and asks the database with it.
    "community_portal.web.middleware.readable_cookies",
    # Takes the session's cookie away, so before whoever opens the session.
    "community_portal.web.middleware.without_session",
    "django.contrib.sessions.middleware.SessionMiddleware",
    # By cookie and browser; before the first that says a word.
    "django.middleware.locale.LocaleMiddleware",
    # Adds the slash at the end. Above the token of forms: it redirects and reads no form.
    "django.middleware.common.CommonMiddleware",
    # Looks at the token before anybody reads the form; the token lives in a cookie, its refusal speaks the language.
    "django.middleware.csrf.CsrfViewMiddleware",
    # From the session, who it is; all below may ask.
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Kept in cookie or session; below sign-in, as sentences are for somebody.
    "django.contrib.messages.middleware.MessageMiddleware",
    # Headers of every page: in no frame of others, no script but ours.
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    # Its pages ask for the account and leave sentences.
    "allauth.account.middleware.AccountMiddleware",
    # ``request.htmx``, and which pages are parts.
    "django_htmx.middleware.HtmxMiddleware",
    # Turns redirects into answers for the script, so above all that redirect: the doors and the views.
    "community_portal.web.middleware.led_on_by_script",
    # Compares the session before and after, so around whoever ends it: the next line and the views.
    "community_portal.web.middleware.kept_by_nobody",
    # Puts the account itself on the request, and ends what is over before anything is shown or done for it.
    "community_portal.people.sign_in.session_limits.limit_staff_sessions",
    # Needs the account; before the first page that is drawn below, each of which asks for it.
    "community_portal.web.middleware.reading_comfort",
    # Needs the account, for only staff have phones that keep forms; around the views, whose deeds were done at that moment.
    "community_portal.people.kept_forms.done_without_a_network",
    # Reads the form, so after its token was looked at; before the doors, which show its words again.
    "community_portal.web.middleware.visible_words",
    # Gives 405 from the doors and the views a page.
    "community_portal.web.middleware.opened_by_hand",
    # The doors: the last to say no before a view. Whoever is sent away here has left nothing behind.
    "community_portal.web.middleware.enforce_access",
    # Behind the doors, for it draws the page itself, for those who may open it.
    "community_portal.people.own_account.switching.show_again",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "community_portal.web.pages.shell",
                "community_portal.people.shell.whose_house",
                "community_portal.outbox.shell.unread",
                "community_portal.casework.shell.open_tasks",
            ],
            "builtins": [
                "community_portal.web.components",
                "community_portal.web.spoken",
                "django.templatetags.i18n",
                "django.templatetags.static",
            ],
        },
    }
]

# ---- database -----------------------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL")}
DATABASES["default"].update(
    ENGINE="django.db.backends.postgresql",
    # A new connection per request costs 14 times a 30-row page; health checks notice a failover.
    CONN_MAX_AGE=None,
    CONN_HEALTH_CHECKS=True,
    # Transaction-mode PgBouncer must work: no server-side cursors across transactions.
    DISABLE_SERVER_SIDE_CURSORS=True,
)
# Migrations and commands are given more time: over a statement, and to think between two.
PATIENCE = env("DATABASE_STATEMENT_TIMEOUT", default="")
DATABASES["default"].setdefault("OPTIONS", {}).update(
    connect_timeout=2,
    tcp_user_timeout=3000,
    options=(
        f"-c statement_timeout={PATIENCE or '5s'} -c idle_in_transaction_session_timeout={PATIENCE or '10s'}"
        " -c lock_timeout=1s"
        # Lists join ten tables, most of them one row to one: trying every order takes longer than running any of them.
        " -c join_collapse_limit=5"
    ),
)

# Each connection keeps the plans of what every page asks; a pool that lends connections for one transaction knows nothing of them.
DATABASE_KEEPS_PLANS = env.bool("DATABASE_KEEPS_PLANS", default=True)

# ---- caches, sessions ---------------------------------------------------------------------------------------------
REDIS_URL = env("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    # Rate limits live here: a lost Redis must not open them.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # Sessions and fragments: quick, and silently empty when Redis is away.
    "quick": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "portal",
        "OPTIONS": {
            "IGNORE_EXCEPTIONS": True,
            "LOG_IGNORED_EXCEPTIONS": False,
            "SOCKET_CONNECT_TIMEOUT": 0.3,
            "SOCKET_TIMEOUT": 0.5,
            "SERIALIZER": "django_redis.serializers.json.JSONSerializer",  # who reaches Redis runs no code of theirs here
        },
    },
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_CACHE_ALIAS = "quick"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14  # residents; staff sessions are shortened at sign-in
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if HTTPS:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
# Browsers know no "nothing by default": what may be asked for is named with our own origin, all else with nobody.
PERMISSIONS_POLICY = {
    "camera": ["self"],  # photos at the door, codes read in the page
    "geolocation": ["self"],  # where a visit begins and ends
    "publickey-credentials-get": ["self"],  # passkeys
    "publickey-credentials-create": ["self"],
    "clipboard-write": ["self"],  # copying the address of a calendar
    "fullscreen": ["self"],  # the wall screen
} | dict.fromkeys(
    (
        "accelerometer", "ambient-light-sensor", "attribution-reporting", "autoplay", "bluetooth", "browsing-topics",
        "clipboard-read", "compute-pressure", "display-capture", "encrypted-media", "gamepad", "gyroscope", "hid",
        "identity-credentials-get", "idle-detection", "interest-cohort", "local-fonts", "magnetometer", "microphone",
        "midi", "otp-credentials", "payment", "picture-in-picture", "screen-wake-lock", "serial", "storage-access",
        "usb", "web-share", "window-management", "xr-spatial-tracking",
    ),
    (),
)  # fmt: skip
CSRF_FAILURE_VIEW = "community_portal.web.pages.csrf_failure"
# Proxies of ours in X-Forwarded-For: limits count by the address that the outermost of them saw.
TRUSTED_PROXY_COUNT = ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

# ---- who comes in -------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["community_portal.people.backends.Accounts"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "community_portal.outbox.sign_in.PortalAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "phone"}
# No sign-up here; allauth reads from it that not everybody has a phone, and staff a password.
ACCOUNT_SIGNUP_FIELDS = ["phone", "username*", "password1*"]
ACCOUNT_PHONE_VERIFICATION_ENABLED = False  # the code of the sign-in verifies it
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_PHONE_VERIFICATION_CODE_FORMAT = ACCOUNT_LOGIN_BY_CODE_FORMAT
ACCOUNT_FORMS = {
    "change_password": "community_portal.people.sign_in.forms.StaffPasswordForm",
    "reauthenticate": "community_portal.people.sign_in.forms.PasswordAgainForm",
}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {
    "request_login_code": "20/h/ip,1/m/key,4/h/key,8/d/key",
    "look_up": "20/5m/ip,10/5m/key,60/d/key",  # four digits: patience from many addresses must not find them
    "report": "20/h/ip,60/d/ip",  # without a name: a whole estate may stand behind one address
    "booking_link": "30/5m/ip,10/5m/key",
    "login_code": "5/10m/key",  # beside the session's own count, which twenty requests at once read before any writes it
    "login": "60/m/ip",
    "login_failed": "20/m/ip,5/5m/key",
    "link_file": "5/30d/user",
    "words": "10/10m/user,60/d/user",  # of residents about a matter: each is read by somebody
    "port_fault": "20/10m/ip,10/10m/key,60/d/key",  # of one socket, by whoever stands before it
    "survey": "30/h/ip,120/d/ip",  # by link: a whole estate may stand behind one address, and a household answers once
    "objection": "10/10m/key,60/d/key",  # to one public notice, from whomever
    "photos": "20/m/user,120/h/user",  # posts with files, of everybody
    "ask": f"{env.int('REQUESTS_PER_ACCOUNT_PER_DAY', default=8)}/d/user",
}
SMS_CODES_PER_HOUR = env.int("SMS_CODES_PER_HOUR", default=2000)  # spend cap over everyone
STAFF_IDLE = dt.timedelta(minutes=env.int("STAFF_IDLE_MINUTES", default=120))
STAFF_SESSION = dt.timedelta(hours=env.int("STAFF_SESSION_HOURS", default=12))
MFA_ADAPTER = "community_portal.people.sign_in.second_factor.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_TOTP_ISSUER = "会客厅"
MFA_FORMS = {
    "authenticate": "community_portal.people.sign_in.forms.SecondFactorForm",
    "reauthenticate": "community_portal.people.sign_in.forms.SecondFactorAgainForm",
    "activate_totp": "community_portal.people.sign_in.forms.BindAppForm",
    "add_webauthn": "community_portal.people.sign_in.forms.AddPasskeyForm",
    "edit_webauthn": "community_portal.people.sign_in.forms.RenamePasskeyForm",
}
STAFF_MFA_REQUIRED = env.bool("STAFF_MFA_REQUIRED", default=HTTPS)

# ---- messages -----------------------------------------------------------------------------------------------------
SMS_BACKEND = env("SMS_BACKEND", default="community_portal.outbox.channels.ConsoleSms")
TENCENT_SMS = {
    "secret_id": env("TENCENT_SMS_SECRET_ID", default=""),
    "secret_key": env("TENCENT_SMS_SECRET_KEY", default=""),
    "app_id": env("TENCENT_SMS_APP_ID", default=""),
    "sign": env("TENCENT_SMS_SIGN", default=""),
    "template_id": env("TENCENT_SMS_TEMPLATE_ID", default=""),
    "endpoint": env("TENCENT_SMS_ENDPOINT", default=""),  # a gateway of one's own
}
EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 5  # a mail server that hangs must not hold up the text messages
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="会客厅 <noreply@example.org>")
MESSAGES_PER_PERSON_PER_DAY = env.int("MESSAGES_PER_PERSON_PER_DAY", default=8)
QUIET_HOURS = (dt.time(21, 0), dt.time(8, 0))

# ---- Celery -------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 240
CELERY_TASK_SOFT_TIME_LIMIT = 200
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 0.5,
    "socket_timeout": 5,
    "retry_on_timeout": False,
    "max_retries": 0,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a Redis that is away over night must not end the worker
CELERY_TASK_PUBLISH_RETRY = False  # the sweep finds what a lost wake-up forgot
CELERY_TASK_ROUTES = {
    "outbox.*": {"queue": "messages"},
    "dashboards.*": {"queue": "folds"},
    "casework.ring_alarms": {"queue": "alarms"},
}
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULE_FILENAME = env("BEAT_SCHEDULE_FILE", default=str(BASE_DIR / "var" / "beat-schedule"))

# ---- words and time -----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "community_portal.web.formats"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = USE_I18N = True

# ---- files --------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "var" / "static"))
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(BASE_DIR / "var" / "media"))
STORAGES = {
    "default": {"BACKEND": env("MEDIA_STORAGE", default="django.core.files.storage.FileSystemStorage")},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# Source maps are megabytes that browsers ask for only with their tools open: not worth half a minute of compressing.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map", "ttf", "eot")
UPLOAD_MAX_BYTES = 20 * 1024 * 1024
IMAGE_MAX_PIXELS = 16_000_000  # of a picture that has to be in memory as a whole: PNG, WebP, progressive JPEG
IMAGE_MAX_PIXELS_REDUCED = 51_000_000  # of a JPEG as phones write it, which is reduced while it is read
PICTURES_WAIT = dt.timedelta(seconds=5)  # for the one place of a process where pictures are unfolded
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# ---- maps and charge points ---------------------------------------------------------------------------------------
# Tiles under our own drawing, "https://…/{z}/{x}/{y}.png": none unless a source is named, and what it is drawn in.
MAP_TILES = (
    {
        "url": env("MAP_TILES"),
        "crs": env("MAP_TILES_CRS", default="wgs84"),
        "attribution": env("MAP_TILES_ATTRIBUTION", default=""),
    }
    if env("MAP_TILES", default="")
    else None
)
if MAP_TILES:
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["img-src"].append(MAP_TILES["url"].partition("{")[0])
OCPP_PORT = env.int("OCPP_PORT", default=0)  # of the gateway for charge points; 0: there is none
OCPP_HOST = env("OCPP_HOST", default="127.0.0.1")

# ---- API ----------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "community_portal.people.api_keys.Tokens",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": [
        "community_portal.web.api_errors.ShallowJSON",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "community_portal.web.api_pages.LimitedPages",
    "PAGE_SIZE": 50,
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"anon": "120/min", "user": "600/min", "calendar": "120/min", "client": "120/min"},
    "NUM_PROXIES": TRUSTED_PROXY_COUNT,  # else whoever writes their own X-Forwarded-For is a new caller each time
    "EXCEPTION_HANDLER": "community_portal.web.api_errors.as_typed_errors",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Community portal",
    "VERSION": "1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
}

SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "community_portal.people.links.LineWithoutTokens",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
}
