from masthead.web.settings import *  # noqa: F403

INSTALLED_APPS = ["masthead.press", "masthead.core", "django_tasks", "django_tasks_db", "django.contrib.contenttypes"]
MIDDLEWARE = []
ROOT_URLCONF = "bench.site.urls"
TEMPLATES = []
