"""Django's settings, made from the newsroom's own (masthead.core.config); nothing here is set by hand."""

from typing import Any
from urllib.parse import unquote, urlsplit

from masthead.core import clock, config
from masthead.web import logs

CONFIG = config.load()
logs.configure(CONFIG.log_level)
LOGGING_CONFIG = None
clock.live_in(CONFIG.time_zone)
if CONFIG.demo:
    clock.follow(CONFIG.state / "clock")

DEBUG = False
SECRET_KEY, *SECRET_KEY_FALLBACKS = CONFIG.secrets
ALLOWED_HOSTS = [CONFIG.host, *CONFIG.also_hosts]
SITE_ADDRESS = CONFIG.address
ROOT_URLCONF = "masthead.web.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "readers.StaffUser"
APPEND_SLASH = True

INSTALLED_APPS = [
    "masthead.web",
    "masthead.openbooks",
    "masthead.letters",
    "masthead.calls",
    "masthead.adverts",
    "masthead.appeals",
    "masthead.membership",
    "masthead.giving",
    "masthead.money",
    "masthead.newsroom",
    "masthead.readers",
    "masthead.press",
    "masthead.core",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "masthead.web.desk_users.Users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_tasks",
    "django_tasks_db",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "masthead.web.middleware.same_origin",
    "masthead.web.middleware.policy",
    "masthead.web.middleware.only_where_needed",
    "django.middleware.common.CommonMiddleware",
    "masthead.readers.middleware.who_reads",
    "masthead.membership.middleware.edition",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "masthead.web.context.paper",
            ],
        },
    }
]

SQLITE = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 10,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
    "PRAGMA cache_size=-16000;",
}


def _database() -> dict[str, Any]:
    if not CONFIG.database:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(CONFIG.database_file), "OPTIONS": SQLITE}
    parts = urlsplit(CONFIG.database)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": CONFIG.database_password.get_secret_value(),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": _database()}
ATOMIC_REQUESTS = False

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["now", "later", "default"]}}

USE_TZ = True
TIME_ZONE = CONFIG.time_zone
USE_I18N = True
LANGUAGE_CODE = CONFIG.language

STATIC_URL = "/static/"
STATIC_ROOT = CONFIG.state / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = CONFIG.media
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "originals": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(CONFIG.originals), "base_url": None},
    },
    "staticfiles": {"BACKEND": "masthead.web.assets.Assets"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000

SESSION_COOKIE_NAME = "__Host-desk" if CONFIG.secure else "desk"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIG.secure
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-desk-form" if CONFIG.secure else "desk-form"
CSRF_TRUSTED_ORIGINS = [CONFIG.address]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"

EMAIL_BACKEND = "masthead.core.mail.backend.Backend"
DEFAULT_FROM_EMAIL = CONFIG.mail_from

WAGTAIL_SITE_NAME = "Masthead"
WAGTAILADMIN_USER_LOGIN_FORM = "masthead.readers.desk_sign_in.SignInForm"
WAGTAILADMIN_BASE_URL = CONFIG.address
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILIMAGES_IMAGE_MODEL = "newsroom.Picture"
WAGTAILIMAGES_IMAGE_FORM_BASE = "masthead.newsroom.pictures.forms.PictureForm"
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 30 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 64_000_000
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp", "heic"]
WAGTAILEMBEDS_FINDERS: list[dict[str, Any]] = []
WAGTAILADMIN_COMMENTS_ENABLED = True
WAGTAIL_WORKFLOW_ENABLED = False  # reporters write drafts, editors publish them
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
