"""``manage.py hooks``: every hook, what it is for, and who fills it in, with file and line."""

import inspect
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from crm.hooks import HOOKS


class Command(BaseCommand):
    help = "Lists what apps fill in for one another: menu, search, notices, jobs, followers …"

    def handle(self, **options: Any) -> None:
        for hook in HOOKS.values():
            self.stdout.write(f"{hook.name}: {hook.meaning}")
            for item in hook:
                self.stdout.write(f"    {shown(item)}")


def shown(item: Any) -> str:
    """What one item is, in a line: its name or label, and the function or class behind it with its place."""
    behind = next(
        (
            value
            for value in (item, *getattr(item, "__dict__", {}).values())
            if inspect.isfunction(value) or inspect.isclass(value)
        ),
        None,
    )
    name = next(
        (str(getattr(item, part)) for part in ("label", "prefix") if getattr(item, part, "")), ""
    )
    name = getattr(item, "name", "") or getattr(item, "url_name", "") or name
    return "  ".join(filter(None, (name, behind is not None and _place(behind))))


def _place(behind: Any) -> str:
    path = Path(inspect.getsourcefile(behind)).relative_to(settings.BASE_DIR)
    line = inspect.getsourcelines(behind)[1]
    return f"{behind.__module__}.{behind.__qualname__}  {path}:{line}"
