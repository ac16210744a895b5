"""A category that was used keeps its name: renamed, a new entry takes its place, and figures and
filters count both as one.
"""

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.errors import Conflict
from crm.models import AuditEvent
from tests.steps import register
from visits.dictionaries.seeds import seed_categories
from visits.dictionaries.services import category_replace
from visits.models import HandlingLimit, Problem, ProblemCategory
from visits.models.dictionaries import keys_counted_for, successors
from visits.models.limits import limit_for

pytestmark = pytest.mark.django_db


def edit(client, category, **changes):
    typed = {
        "name": category.name,
        "parent": category.parent_id or "",
        "position": category.position,
        "is_police_matter": "on",
    }
    address = reverse("admin:visits_problemcategory_change", args=[category.pk])
    return client.post(address, typed | changes, follow=True)


def test_a_problem_keeps_the_name_under_which_it_was_reported(cast, as_user):
    problem = register(cast, category=cast.parking)
    answer = edit(as_user(cast.system_admin), cast.parking, name="停车与装卸")
    cast.parking.refresh_from_db()
    new = cast.parking.replaced_by
    assert answer.status_code == 200 and new.code in answer.content.decode()
    assert (cast.parking.name, cast.parking.retired) == ("停车难", True)
    assert (new.name, new.code, new.parent, new.valid_from, new.retired) == (
        "停车与装卸",
        "parking.v2",
        cast.traffic,
        timezone.localdate(),
        False,
    )
    page = as_user(cast.li).get(reverse("problem_detail", args=[problem.uid])).content.decode()
    assert "停车难" in page and "停车与装卸" not in page
    event = AuditEvent.objects.get(verb="problemcategory.replace")
    assert (event.actor, event.detail["old"], event.detail["new"]) == (
        cast.system_admin,
        "停车难",
        "停车与装卸",
    )


def test_what_nobody_has_used_is_renamed_in_place(cast, as_user):
    edit(as_user(cast.system_admin), cast.parking, name="停车")
    cast.parking.refresh_from_db()
    assert (cast.parking.name, cast.parking.replaced_by, ProblemCategory.objects.count()) == (
        "停车",
        None,
        2,
    )


def test_other_changes_make_no_version(cast, as_user):
    register(cast, category=cast.parking)
    edit(as_user(cast.system_admin), cast.parking, position="7")
    cast.parking.refresh_from_db()
    assert (cast.parking.position, cast.parking.replaced_by) == (7, None)


def test_the_first_level_takes_what_is_below_along(cast, as_user):
    problem = register(cast, category=cast.parking)
    edit(as_user(cast.system_admin), cast.traffic, name="交通管理")
    problem.refresh_from_db()
    assert problem.category == cast.parking and problem.category.parent.name == "道路交管"
    offered = list(
        ProblemCategory.objects.filter(retired=False)
        .order_by("pk")
        .values_list("name", "parent__name")
    )
    assert offered == [("交通管理", None), ("停车难", "交通管理")]


def test_filters_count_all_versions_as_one(cast, as_user, program_rows):
    old = register(cast, category=cast.parking)
    first = category_replace(category=cast.parking, by=cast.system_admin, name="停车")
    between = register(cast, category=first)
    last = category_replace(category=first, by=cast.system_admin, name="停车与装卸")
    new, other = register(cast, category=last), register(cast)
    for code in ("parking", "parking.v2", "parking.v3", "traffic"):
        assert program_rows(category=code) == {
            str(problem.uid) for problem in (old, between, new)
        }, code
    assert str(other.uid) not in program_rows(category="traffic")
    assert successors()[cast.parking.pk] == last.pk and keys_counted_for(first) == {
        cast.parking.pk,
        first.pk,
        last.pk,
    }
    page = as_user(cast.li).get(reverse("problem_list")).content.decode()
    assert (
        'value="parking.v3"' in page
        and 'value="parking"' not in page
        and 'value="parking.v2"' not in page
    )


@pytest.fixture
def program_rows(cast, as_user):
    """A function that gives the uids of the problems that the list shows for some filters."""

    def rows(**filters):
        answer = as_user(cast.li).get(reverse("problem_list"), filters)
        assert answer.status_code == 200
        page = answer.content.decode()
        return {
            str(uid) for uid in Problem.objects.values_list("uid", flat=True) if str(uid) in page
        }

    return rows


def test_the_limits_go_over_to_the_successor(cast):
    HandlingLimit.objects.create(category=cast.parking, urgency="normal", amount=5)
    new = category_replace(category=cast.parking, by=cast.system_admin, name="停车")
    assert limit_for("normal", new)[0] == limit_for("normal", cast.parking)[0] == 5


def test_a_limit_is_set_for_what_is_offered_and_counts_at_once(
    cast, as_user, django_capture_on_commit_callbacks
):
    new = category_replace(category=cast.parking, by=cast.system_admin, name="停车")
    client, address = as_user(cast.system_admin), reverse("admin:visits_handlinglimit_add")
    typed = {"urgency": "normal", "amount": "2", "measure": "days"}
    assert limit_for("normal", new)[0] == 7
    assert (
        client.post(address, typed | {"category": cast.parking.pk})
        .context["adminform"]
        .form.errors["category"]
    )
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(address, typed | {"category": new.pk}).status_code == 302
    assert limit_for("normal", new)[0] == 2
    row = HandlingLimit.objects.get(category=new)
    with django_capture_on_commit_callbacks(execute=True):
        assert (
            client.post(
                reverse("admin:visits_handlinglimit_delete", args=[row.pk]), {"post": "yes"}
            ).status_code
            == 302
        )
    assert (
        limit_for("normal", new)[0] == 7
        and AuditEvent.objects.filter(verb="handlinglimit.delete").count() == 1
    )
    for_all = HandlingLimit.objects.create(urgency="advice", amount=3)
    assert (
        client.post(
            reverse("admin:visits_handlinglimit_delete", args=[for_all.pk]), {"post": "yes"}
        ).status_code
        == 403
    )


def test_it_is_replaced_once(cast):
    category_replace(category=cast.parking, by=cast.system_admin, name="停车")
    with pytest.raises(Conflict):
        category_replace(category=cast.parking, by=cast.system_admin, name="装卸")
    assert ProblemCategory.objects.filter(parent=cast.traffic).count() == 2


def test_one_entry_is_merged_into_another(cast, as_user):
    loading = ProblemCategory.objects.create(code="loading", name="装卸", parent=cast.traffic)
    register(cast, category=loading)
    edit(as_user(cast.system_admin), loading, replaced_by=str(cast.parking.pk))
    loading.refresh_from_db()
    assert loading.retired and keys_counted_for(cast.parking) == {loading.pk, cast.parking.pk}


def test_what_would_lead_in_circles_is_refused(cast, as_user):
    client = as_user(cast.system_admin)
    for category, changes in (
        (cast.parking, {"replaced_by": str(cast.parking.pk)}),
        (cast.traffic, {"parent": str(cast.parking.pk)}),
        (cast.parking, {"parent": str(cast.parking.pk)}),
    ):
        assert "errornote" in edit(client, category, **changes).content.decode()
    replaced = category_replace(category=cast.parking, by=cast.system_admin, name="停车")
    assert "errornote" in edit(client, replaced, replaced_by=str(cast.parking.pk)).content.decode()


def test_a_problem_with_an_old_category_is_still_edited(cast, as_user):
    problem = register(cast, category=cast.parking)
    category_replace(category=cast.parking, by=cast.system_admin, name="停车")
    client, address = as_user(cast.li), reverse("problem_change", args=[problem.uid])
    assert "停车难" in client.get(address).content.decode()
    typed = {
        "version": problem.version,
        "title": "大门口停车难",
        "urgency": "normal",
        "category": str(cast.parking.pk),
    }
    assert client.post(address, typed).status_code == 302
    problem.refresh_from_db()
    assert (problem.title, problem.category) == ("大门口停车难", cast.parking)


def test_the_admin_shows_the_versions(cast, as_user):
    new = category_replace(category=cast.parking, by=cast.system_admin, name="停车")
    page = (
        as_user(cast.system_admin)
        .get(reverse("admin:visits_problemcategory_change", args=[new.pk]))
        .content.decode()
    )
    assert "停车难（parking）" in page and "停车（parking.v2" in page


def test_seeding_again_brings_no_old_name_back(db, cast):
    seed_categories()
    count = ProblemCategory.objects.count()
    category_replace(
        category=ProblemCategory.objects.get(code="fraud"), by=cast.system_admin, name="反诈防骗"
    )
    seed_categories()
    below = ProblemCategory.objects.filter(parent__code="fraud.v2").count()
    assert (
        ProblemCategory.objects.filter(name="反诈", retired=False).count() == 0
        and ProblemCategory.objects.count() == count + 1 + below
    )
