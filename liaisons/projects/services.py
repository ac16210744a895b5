"""What is done with a key project."""

from typing import Any

from crm.search import index
from crm.text.words import pinyin
from crm.writing.rows import create_once, edit_version, validate
from liaisons.models import KeyProject


def project_create(*, uid, payload, values, by) -> tuple[KeyProject, bool]:
    """Take a key project in; returns ``(project, created)``."""

    def make(**identity) -> KeyProject:
        project = KeyProject(**values, **identity)
        validate(project)
        project.save()
        project_index(project)
        return project

    return create_once(KeyProject, uid=uid, payload=payload, by=by, make=make)


def project_change(*, row, values, version, by) -> Any:
    """Change a key project as read in ``version``; returns the fresh row."""
    return edit_version(row, values, version=version, by=by, also=project_index)


def project_index(project) -> None:
    """Let the project be found by its name, the name's pinyin and initials, and its number."""
    index.index_entry("project", project.pk, project.name, *pinyin(project.name), project.code)
