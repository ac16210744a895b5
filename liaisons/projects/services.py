"""What is done with a key project."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from crm.models import User
from crm.search import index
from crm.text.words import pinyin
from crm.writing.rows import create_once, edit_version, validate
from liaisons.models import KeyProject


def project_create(
    *, uid: UUID, payload: Mapping[str, Any], values: Mapping[str, Any], by: User
) -> tuple[KeyProject, bool]:
    """Take a key project in; returns ``(project, created)``."""

    def make(**identity: Any) -> KeyProject:
        project = KeyProject(**values, **identity)
        validate(project)
        project.save()
        project_index(project)
        return project

    return create_once(KeyProject, uid=uid, payload=payload, by=by, make=make)


def project_change(
    *, row: KeyProject, values: Mapping[str, Any], version: int, by: User
) -> KeyProject:
    """Change a key project as read in ``version``; returns the fresh row."""
    return edit_version(row, values, version=version, by=by, also=project_index)


def project_index(project: KeyProject) -> None:
    """Let the project be found by its name, the name's pinyin and initials, and its number."""
    index.index_entry("project", project.pk, project.name, *pinyin(project.name), project.code)
