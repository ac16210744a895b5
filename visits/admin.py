"""This app's dictionaries in the admin."""

from typing import Any

from django.contrib import admin, messages
from django.core.cache import cache
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.admin import DictionaryAdmin, site
from crm.writing.audit import audit
from visits.dictionaries.services import IDENTITY, category_replace, is_used
from visits.models import HandlingLimit, ProblemCategory, ServiceItem, Topic
from visits.models.dictionaries import successors


class WordAdmin(DictionaryAdmin):
    list_display = ("code", "name", "position", "retired")
    list_filter = ("retired",)
    search_fields = ("code", "name")

    def get_readonly_fields(self, request, obj=None) -> tuple[str] | tuple:
        return ("code",) if obj is not None else ()


class ProblemCategoryAdmin(WordAdmin):
    """Its entries have versions: one that problems were reported under is not renamed, a new one
    takes its place.
    """

    list_display = (
        "code",
        "name",
        "parent",
        "is_police_matter",
        "position",
        "retired",
        "valid_from",
        "replaced_by",
    )
    list_select_related = ("parent", "replaced_by")
    fields = (
        "code",
        "name",
        "parent",
        "is_police_matter",
        "position",
        "retired",
        "replaced_by",
        "versions",
    )

    def get_readonly_fields(self, request, obj=None) -> tuple[str, ...]:
        closed = ("name", "parent") if obj is not None and obj.replaced_by_id else ()
        return (*super().get_readonly_fields(request, obj), *closed, "versions")

    def formfield_for_foreignkey(self, db_field, request, **kwargs) -> Any:
        offered = {
            "parent": {"parent__isnull": True, "retired": False},
            "replaced_by": {"retired": False},
        }[db_field.name]
        shown = ProblemCategory.objects.filter(**offered)
        if key := request.resolver_match.kwargs.get("object_id"):
            kept = ProblemCategory.objects.filter(pk=key).values(db_field.name)
            shown = ProblemCategory.objects.filter(
                Q(pk__in=shown.values("pk")) | Q(pk__in=kept)
            ).exclude(pk=key)
        return super().formfield_for_foreignkey(db_field, request, queryset=shown, **kwargs)

    @admin.display(description=_("Versions"))
    def versions(self, obj) -> str:
        """All entries that count as one with this one, the first one first."""
        last = successors()
        same = [key for key, now in last.items() if obj.pk and now == last[obj.pk]]
        rows = ProblemCategory.objects.filter(pk__in=same)
        told = sorted(
            rows, key=lambda row: (row.valid_from is not None, row.valid_from or 0, row.pk)
        )
        return (
            " → ".join(
                f"{row.name}（{row.code}{f', {row.valid_from:%Y-%m-%d}' if row.valid_from else ''}）"
                for row in told
            )
            or "-"
        )

    def save_model(self, request, obj, form, change) -> None:
        """Save in place what nobody has used yet.

        Let a new entry take the place of what was used.
        """
        if not (change and IDENTITY & set(form.changed_data) and is_used(obj)):
            super().save_model(request, obj, form, change)
            return
        changes = {
            name: form.cleaned_data[name]
            for name in ("name", "parent", "is_police_matter", "position")
        }
        new = category_replace(
            category=ProblemCategory.objects.get(pk=obj.pk), by=request.user, **changes
        )
        obj.refresh_from_db()  # it is told as it still is
        sentence = _(
            "Problems were reported under the old entry, which keeps its name; %(code)s takes its place from today on."
        )
        self.message_user(request, sentence % {"code": new.code}, messages.WARNING)


class HandlingLimitAdmin(DictionaryAdmin):
    """What was set for one category is taken away again by deleting it.

    Problems keep the limits they were given.
    """

    list_display = ("urgency", "category", "amount", "measure")
    list_filter = ("urgency",)
    list_select_related = ("category",)

    def formfield_for_foreignkey(self, db_field, request, **kwargs) -> Any:
        """Only categories that are still offered, for no new problem gets another.

        And the one that a row has.
        """
        kept = HandlingLimit.objects.filter(
            pk=request.resolver_match.kwargs.get("object_id")
        ).values("category")
        shown = ProblemCategory.objects.filter(Q(retired=False) | Q(pk__in=kept))
        return super().formfield_for_foreignkey(db_field, request, queryset=shown, **kwargs)

    def has_delete_permission(self, request, obj=None) -> bool:
        return (
            obj is not None
            and obj.category_id is not None
            and self.has_change_permission(request, obj)
        )

    def save_model(self, request, obj, form, change) -> None:
        super().save_model(request, obj, form, change)
        transaction.on_commit(lambda: cache.delete("words:limits"))

    def delete_model(self, request, obj) -> None:
        audit(
            "handlinglimit.delete",
            by=request.user,
            target=obj,
            urgency=obj.urgency,
            category=obj.category.code,
            amount=obj.amount,
        )
        super().delete_model(request, obj)
        transaction.on_commit(lambda: cache.delete("words:limits"))

    def log_deletion(self, *args) -> None:
        """The audit log is the one log."""

    log_deletions = log_deletion


site.register(Topic, WordAdmin)
site.register(ServiceItem, WordAdmin)
site.register(ProblemCategory, ProblemCategoryAdmin)
site.register(HandlingLimit, HandlingLimitAdmin)
