"""The page that proposes common causes, and what a person decides about a proposal."""

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.errors import Invalid
from crm.pages.generic import PageView, back_to
from crm.text.words import uuid_or_none
from visits.causes.dismissing import group_dismiss, group_restore
from visits.causes.forms import PlaceForm
from visits.causes.joining import MOST_AT_ONCE
from visits.causes.proposals import Place, propose, without_dismissed
from visits.models import CommonCause, DismissedGroup, Problem
from visits.problems.filters import ProblemFilterSet

#: The filters that narrow what is compared, and the problems of one proposal that its card shows.
FILTERS, SHOWN = ("unit", "category", "division", "reported_from"), 6


class ProposalsView(PageView):
    """Groups of open problems that are alike, with the reason.

    ``?dismissed=1`` shows those that the unit has dismissed.
    """

    model = CommonCause
    action = "create"
    template = "causes/cause_proposals.html"

    def get(self, request):
        query, dismissed = request.GET.copy(), bool(request.GET.get("dismissed"))
        query.pop("dismissed", None)
        form = PlaceForm({"place": (query.pop("place", None) or [""])[0] or Place.DIVISION})
        filters = ProblemFilterSet(
            query,
            queryset=Problem.objects.visible_to(request.user),
            user=request.user,
            only=FILTERS,
        )
        context = {
            "title": _("Proposed common causes"),
            "filter": filters,
            "place": form,
            "dismissed": dismissed,
            "back": request.get_full_path(),
            "tabs": self.tabs(query, dismissed),
        }
        if not (filters.is_valid() and form.is_valid()):
            return render(request, self.template, context | {"filter_errors": True}, status=400)
        proposals = without_dismissed(
            propose(filters.qs, place=form.cleaned_data["place"]), request.user, dismissed=dismissed
        )
        return render(
            request,
            self.template,
            context | {"proposals": proposals, "cards": self.cards(proposals.groups)},
        )

    def tabs(self, query, dismissed):
        address = f"{self.request.path}?{query.urlencode()}"
        yield {"label": _("Proposed"), "url": address, "current": not dismissed}
        yield {"label": _("Dismissed"), "url": f"{address}&dismissed=1", "current": dismissed}

    def cards(self, groups):
        """What is shown of each group; all their problems in one statement."""
        keys = {member.pk for group in groups for member in group.members[:SHOWN]}
        problems = Problem.objects.visible_to(self.request.user).filter(pk__in=keys)
        known = {
            p.pk: p
            for p in problems.select_related(
                "enterprise", "enterprise__division", "unit", "category", "category__parent"
            )
        }
        return [self.card(group, known) for group in groups if group.members[0].pk in known]

    def card(self, group, known):
        first, uids = known[group.members[0].pk], [str(member.uid) for member in group.members]
        lines = [
            {"problem": known[m.pk], "share": round(100 * m.likeness)}
            for m in group.members[:SHOWN]
            if m.pk in known
        ]
        category = first.category.parent or first.category if first.category else None
        return {
            "title": group.title,
            "count": len(group.members),
            "enterprises": group.enterprises,
            "lines": lines,
            "more": len(group.members) - len(lines),
            "words": "、".join(group.words[:4]),
            "category": category,
            "place": self.place(group, first),
            "least": round(100 * min(member.likeness for member in group.members)),
            "uids": uids,
            "uid": uuid.uuid4(),
            "too_many": len(uids) > MOST_AT_ONCE,
            "found_url": f"{reverse('cause_create')}?{urlencode({'problem': uids[:MOST_AT_ONCE]}, doseq=True)}",
        }

    def place(self, group, first):
        """Where all of them lie: a unit, else a district or county; empty where they lie apart."""
        if group.same_unit:
            return first.unit.name
        return (
            first.enterprise.division.name
            if group.same_division and first.enterprise.division
            else ""
        )


class DecideView(PageView):
    """What is decided about the problems (``uid``) of one proposal.

    Comes back to the page it was decided on.
    """

    model = DismissedGroup
    action = "create"

    def post(self, request):
        uids = [uid for uid in map(uuid_or_none, request.POST.getlist("uid")) if uid]
        if not uids:
            raise Invalid(_("Choose at least one problem."))
        messages.success(request, self.run(uids))
        return HttpResponseRedirect(back_to(request, reverse("cause_proposals")))


class DismissView(DecideView):
    """Not the same matter: not proposed again until one more is like them."""

    def run(self, uids):
        identity = uuid_or_none(self.request.POST.get("proposal", "")) or uuid.uuid4()
        group_dismiss(
            uid=identity, payload=sorted(map(str, uids)), problems=uids, by=self.request.user
        )
        return _("Dismissed. It is proposed again when another problem is like these.")


class RestoreView(DecideView):
    """Propose a dismissed group again."""

    def run(self, uids):
        group_restore(problems=uids, by=self.request.user)
        return _("It is proposed again.")


class GatherView(PageView):
    """Problems that were chosen in the list become the beginning of a common cause."""

    model = CommonCause
    action = "create"

    def post(self, request):
        uids = [
            str(uid) for uid in map(uuid_or_none, request.POST.getlist("uid")[:MOST_AT_ONCE]) if uid
        ]
        if not uids:
            messages.error(request, _("Choose at least one problem."))
            return HttpResponseRedirect(back_to(request, reverse("problem_list")))
        return HttpResponseRedirect(
            f"{reverse('cause_create')}?{urlencode({'problem': uids}, doseq=True)}"
        )
