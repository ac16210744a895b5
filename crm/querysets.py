"""The one way into rows: ``Noun.objects.visible_to(user)``."""

from django.db import models


class ScopedQuerySet(models.QuerySet):
    """A queryset that knows who asks."""

    def visible_to(self, user, action="view"):
        """The rows that ``user`` may do ``action`` with; none for strangers and for roles that may not at all."""
        from crm.scope import Scope, role_may  # noqa: PLC0415 (scope reads models, models use querysets)

        if not role_may(user, action, self.model):
            return self.none()
        scope = Scope.of(user)
        # What is one person's alone (orders, tokens, drafts) is not in reach of those who see the whole city's rows.
        whole = scope.whole and not getattr(self.model, "personal", False)
        return self if whole else self.filter(self.model.scope_q(scope, action))


class ScopedManager(models.Manager.from_queryset(ScopedQuerySet)):
    use_in_migrations = False
