"""Django's settings for this process, from the environment (core.settings)."""

from potager.core.crypto import keys
from potager.core.settings import database_settings, environment

_env = environment()

SECRET_KEY = keys().django
DEBUG = _env.debug
ALLOWED_HOSTS = list(_env.allowed_hosts)
ROOT_URLCONF = "potager.web.urls"
AUTH_USER_MODEL = "org.Account"
WSGI_APPLICATION = "potager.web.wsgi.application"

# From the ground up, as DESIGN's rooms stand on each other.
ROOMS = [
    "core",
    "org",
    "people",
    "facts",
    "insight",
    "content",
    "touch",
    "evidence",
    "journeys",
    "goals",
]
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    *(f"potager.{room}" for room in ROOMS),
    "potager.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "potager.web.middleware.content_security",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
DATABASES = {"default": database_settings(_env)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "zh-hans"
STATIC_URL = "/static/"
WHITENOISE_ROOT = _env.console_dist if _env.console_dist.is_dir() else None
WHITENOISE_INDEX_FILE = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
SILENCED_SYSTEM_CHECKS = ["models.W042"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
