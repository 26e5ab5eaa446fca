import os
import time

from masthead.web.settings import *  # noqa: F403

INSTALLED_APPS = [
    "tests.press.site",
    "masthead.press",
    "masthead.core",
    "django_tasks",
    "django_tasks_db",
    "django.contrib.contenttypes",
]
MIDDLEWARE = ["django.middleware.common.CommonMiddleware", "tests.press.site.urls.edition"]
ROOT_URLCONF = "tests.press.site.urls"
TEMPLATES = []

time.sleep(float(os.environ.get("SLOW_TO_IMPORT", "0")))  # stands for a large site's import
