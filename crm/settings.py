"""Settings of the one service.

Without any environment variable the project runs on its embedded default: SQLite and a file-based
broker below ``var/``. The real service sets ``DATABASE_URL``
(postgres://user:password@host:port/name) and ``CELERY_BROKER_URL`` (redis://host:port/number);
every other variable is listed in docs/operations.md.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from api.settings import REST_FRAMEWORK, SPECTACULAR_SETTINGS  # noqa: F401 (Django reads them here)
from crm.backing.addresses import broker_options, caches, database
from crm.backing.proxies import networks
from crm.secrets.datakey import present_key
from crm.secrets.keys import kept_key, require_secrets
from crm.secrets.private import keep_private


def number(name: str, default: int) -> int:
    """The whole number that an environment variable holds; ImproperlyConfigured where it is none."""
    try:
        return int(os.environ.get(name, default))
    except ValueError:
        raise ImproperlyConfigured(f"{name} is to be a whole number.") from None


BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("CRM_VAR_DIR") or BASE_DIR / "var")
keep_private(VAR_DIR)

DEBUG = os.environ.get("CRM_DEBUG", "") == "1"
ALLOWED_HOSTS = os.environ.get("CRM_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("CRM_TRUSTED_ORIGINS", "").split(",") if o]
PUBLIC_BASE_URL = os.environ.get("CRM_PUBLIC_BASE_URL", "http://127.0.0.1:8000").strip()
HTTPS = urlsplit(PUBLIC_BASE_URL).scheme == "https"
SECRET_FILES = {"CRM_SECRET_KEY": VAR_DIR / "secret.key", "CRM_DATA_KEY": VAR_DIR / "data.key"}
if HTTPS:
    require_secrets(os.environ, SECRET_FILES)
SECRET_KEY = kept_key("CRM_SECRET_KEY", SECRET_FILES["CRM_SECRET_KEY"])
# The first one is made when something is first encrypted.
DATA_KEY = present_key(SECRET_FILES["CRM_DATA_KEY"])

INSTALLED_APPS = [
    "crm",
    "liaisons",
    "visits",
    "api",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "crm.backing.proxies.TrustedProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "crm.middleware.LanguageMiddleware",
    "crm.text.characters.AddressMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "crm.text.characters.FormMiddleware",
    "crm.middleware.IdleLogoutMiddleware",
    "crm.middleware.FirstPasswordMiddleware",
    "crm.middleware.RequestContextMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "crm.middleware.NotAPageMiddleware",
    "crm.middleware.SecurityHeadersMiddleware",
]

ROOT_URLCONF = "crm.urls"
WSGI_APPLICATION = "crm.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "crm.pages.context.menu",
                "crm.notices.context.unread",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "crm.templatetags.crm",
            ],
        },
    }
]
FORM_RENDERER = "crm.pages.forms.FormRenderer"
FILTERS_EMPTY_CHOICE_LABEL = _("Any")

DATABASES = {
    "default": database(os.environ.get("DATABASE_URL") or f"sqlite:///{VAR_DIR / 'crm.sqlite3'}")
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People, passwords, sessions (GB/T 22239-2019 level 3: complexity, lockout, idle logout).
AUTH_USER_MODEL = "crm.User"
AUTHENTICATION_BACKENDS = ["crm.auth.AccountBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "crm.auth.SimilarityValidator",
        "OPTIONS": {"user_attributes": ("police_number", "name", "email")},
    },
    {"NAME": "crm.auth.LengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "crm.auth.CharacterClassesValidator", "OPTIONS": {"classes": 3}},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
# At which an address may fail: crm/org/lockouts.py.
LOGIN_ACCOUNTS_AN_ADDRESS = number("CRM_LOGIN_ACCOUNTS_AN_ADDRESS", 10)
IDLE_LOGOUT_SECONDS = number("CRM_IDLE_LOGOUT_SECONDS", 30 * 60)
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = number("CRM_HSTS_SECONDS", 365 * 24 * 3600) if HTTPS else 0
# W002: crm.middleware sends the header. W005, W021: what else the domain serves is not ours to
# decide. W008: the proxy does it.
SILENCED_SYSTEM_CHECKS = ["security.W002", "security.W005", "security.W008", "security.W021"]
TRUSTED_PROXIES = networks(os.environ.get("CRM_TRUSTED_PROXIES", ""))
# Crm.backing.proxies leaves it to trusted proxies alone.
SECURE_PROXY_SSL_HEADER = (
    "HTTP_X_FORWARDED_PROTO",
    "https",
)

# Language and time.
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["crm.text.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# Files.
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # empty until files are collected; WhiteNoise asks for it
STATICFILES_DIRS = [
    ("vendor/tabler", BASE_DIR / "node_modules/@tabler/core/dist"),
    ("vendor/icons", BASE_DIR / "node_modules/@tabler/icons-sprite/dist"),
    ("vendor/htmx", BASE_DIR / "node_modules/htmx.org/dist"),
]
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = VAR_DIR / "media"  # never served by address: every file goes through a scoped view
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# Work in the background (crm/jobs/queue.py): the broker only wakes workers.
BROKER_DIR = VAR_DIR / "broker"
CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL") or "filesystem://localhost"
if CELERY_BROKER_URL.startswith("filesystem"):
    for name in ("queue", "control", "processed"):
        (BROKER_DIR / name).mkdir(parents=True, exist_ok=True)
CELERY_BROKER_TRANSPORT_OPTIONS = broker_options(CELERY_BROKER_URL, BROKER_DIR)
CACHES = caches(CELERY_BROKER_URL)
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker as long as it takes
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
# Local hour of the works that are done once a night (crm/jobs/nightly.py).
NIGHTLY_HOUR = number("CRM_NIGHTLY_HOUR", 3)
CELERY_BEAT_SCHEDULE = {
    "relay-jobs": {"task": "crm.tasks.relay_jobs", "schedule": 5.0, "options": {"expires": 5.0}},
    "expire-files": {"task": "crm.tasks.expire_files", "schedule": 6 * 3600.0},
    "expire-notices": {
        "task": "crm.tasks.expire_notices",
        "schedule": crontab(hour=NIGHTLY_HOUR, minute=0),
    },
    "expire-counts": {"task": "crm.tasks.expire_counts", "schedule": 3600.0},
    "warn-calendar-end": {"task": "crm.tasks.warn_calendar_end", "schedule": 6 * 3600.0},
    "send-digests": {
        "task": "crm.tasks.send_digests",
        "schedule": 900.0,
        "options": {"expires": 900.0},
    },
    "sweep-follow-ups": {
        "task": "visits.tasks.sweep_follow_ups",
        "schedule": 600.0,
        "options": {"expires": 600.0},
    },
    "sweep-due": {
        "task": "visits.tasks.sweep_due",
        "schedule": 600.0,
        "options": {"expires": 600.0},
    },
    "sweep-uploads": {
        "task": "visits.tasks.sweep_uploads",
        "schedule": crontab(hour=NIGHTLY_HOUR, minute=5),
    },
    "reconcile-rollups": {
        "task": "visits.tasks.reconcile_rollups",
        "schedule": crontab(hour=NIGHTLY_HOUR, minute=10),
    },
    "run-missed": {
        "task": "crm.tasks.run_missed",
        "schedule": 900.0,
        "options": {"expires": 900.0},
    },
}
# Afterwards the file is removed, its row stays.
JOB_FILE_DAYS = number("CRM_JOB_FILE_DAYS", 30)
JOB_FILE_FOLDERS = ("exports", "summaries")  # below MEDIA_ROOT
# Afterwards a notice is deleted, read or not.
NOTICE_DAYS = number("CRM_NOTICE_DAYS", 180)
# One of a state that lasts, such as "overdue".
LASTING_NOTICE_DAYS = number("CRM_LASTING_NOTICE_DAYS", 730)
JOB_LEASE_SECONDS = number("CRM_JOB_LEASE_SECONDS", 60)

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# Mail goes to files until a mail server is named.
EMAIL_HOST = os.environ.get("CRM_MAIL_HOST", "")
EMAIL_PORT = number("CRM_MAIL_PORT", 25)
EMAIL_USE_TLS = os.environ.get("CRM_MAIL_TLS", "") == "1"
EMAIL_TIMEOUT = 20  # seconds
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
DEFAULT_FROM_EMAIL = os.environ.get("CRM_MAIL_FROM", "liaison@localhost")

# The programme's own settings: no limit of one city is written in code.
# What limits in working hours are counted in, local time.
OFFICE_HOURS = (
    ("08:30", "12:00"),
    ("14:00", "17:30"),
)
# Working days to give back what is not ours (泉州).
OBJECTION_DAYS = number("CRM_OBJECTION_DAYS", 1)
# Working days before the limit, at the latest, to ask for more (泉州).
EXTENSION_DAYS = number("CRM_EXTENSION_DAYS", 1)
# Working days that extensions may reach to.
LONGEST_HANDLING_DAYS = number("CRM_LONGEST_HANDLING_DAYS", 30)
# Working days of a unit that only helps (泉州).
CO_HANDLER_DAYS = number("CRM_CO_HANDLER_DAYS", 3)
# Working days that an enterprise is waited for to confirm.
SILENCE_DAYS = number("CRM_SILENCE_DAYS", 5)
# Days in which an enterprise may answer through its link.
CONFIRM_LINK_DAYS = number("CRM_CONFIRM_LINK_DAYS", 30)
# Days in which a contact may report through a link.
REPORT_LINK_DAYS = number("CRM_REPORT_LINK_DAYS", 180)
# Problems that one link may report a day.
LINK_REPORTS_A_DAY = number("CRM_LINK_REPORTS_A_DAY", 10)
# Files that one link may send a day.
LINK_FILES_A_DAY = number("CRM_LINK_FILES_A_DAY", 40)
# Working days overdue: station, county, city.
ESCALATION_DAYS = tuple(map(int, os.environ.get("CRM_ESCALATION_DAYS", "1,3,5").split(",")))
# Local time from which the day's mails are sent.
DIGEST_HOUR = number("CRM_DIGEST_HOUR", 7)
# 无事不扰: warn when another unit called within so many days.
QUIET_DAYS = number("CRM_QUIET_DAYS", 7)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"secrets": {"()": "crm.logs.SecretFilter"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["secrets"]}
    },
    "root": {"handlers": ["console"], "level": os.environ.get("CRM_LOG_LEVEL", "INFO")},
    "loggers": {"fontTools": {"level": "ERROR"}, "weasyprint": {"level": "ERROR"}},
}
