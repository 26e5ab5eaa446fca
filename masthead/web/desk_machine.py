"""Jobs and health on the desk, for technical work: what is missing, who works, what waits, what failed."""

from django.contrib.auth.decorators import permission_required
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from wagtail.admin.menu import MenuItem

from masthead.core.models import Rule, Worker
from masthead.web.views import health

MAY = "core.view_worker"
FAILED_SHOWN = 30


class OnlyForTechnicalWork(MenuItem):
    """Shown to whom its page opens."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(MAY))


@permission_required(MAY, raise_exception=True)
def page(request: HttpRequest) -> HttpResponse:
    """Nothing of people: names of tasks, counts and times."""
    tasks = DBTaskResult.objects.order_by()
    waiting = (
        tasks.filter(status=TaskResultStatus.READY)
        .values("queue_name")
        .annotate(count=Count("pk"), oldest=Min("enqueued_at"))
    )
    failed = tasks.filter(status=TaskResultStatus.FAILED).order_by("-finished_at")
    context = {
        "missing": health.missing(),
        "workers": Worker.objects.order_by("-seen_at")[:20],
        "waiting": waiting,
        "failed": failed.only("task_path", "finished_at", "exception_class_path")[:FAILED_SHOWN],
        "rules": Rule.objects.order_by("due_at"),
    }
    return render(request, "desk/machine.html", context)
