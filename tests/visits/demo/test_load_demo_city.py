"""The demonstration city: whole, consistent, the same each time, and all or nothing."""

import datetime
import hashlib
from io import StringIO

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F, Max, Min, Q
from stdnum.cn import uscc

from crm.calendar import WorkingCalendar
from crm.models import CalendarDay, Division, Industry, Unit, User
from crm.search import index
from crm.secrets.encryption import blind_index
from crm.text.words import core_name, pinyin
from liaisons.models import Assignment, Contact, Enterprise, KeyProject, Officer, Posting
from visits.demo import logins
from visits.demo.people import WELL_KNOWN
from visits.models import (
    Campaign,
    CauseMember,
    CommonCause,
    Problem,
    ProblemCategory,
    Topic,
    Visit,
    VisitTally,
)
from visits.models.limits import DEFAULTS
from visits.reporting.rollups import reconcile_rollups

TODAY = datetime.date(2026, 11, 23)
SMALL = ("load_demo_city", "--scale", "0.02", "--today", TODAY.isoformat())
#: A tenth, with enough problems for some to be one matter.
BUSY = ("load_demo_city", "--scale", "0.1", "--today", TODAY.isoformat())
#: Small too, yet with neighbouring stations to move between.
STAFFED = (
    "load_demo_city",
    "--scale",
    "0.1",
    "--visits",
    "1300",
    "--officers",
    "900",
    "--today",
    TODAY.isoformat(),
)

pytestmark = pytest.mark.django_db


def load(*arguments):
    """Run a command and return what it printed."""
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def city():
    """A fiftieth of the city."""
    return load(*SMALL)


def test_it_has_every_bureau_and_everything_else_in_proportion(city):
    kinds = Unit.Kind
    assert Unit.objects.get(level=0).name == "温州市公安局"
    assert Unit.objects.filter(kind=kinds.COUNTY_BUREAU).count() == 12
    assert Unit.objects.filter(kind=kinds.ZONE_BUREAU).get().division is None
    assert Enterprise.objects.count() == 112
    assert Visit.objects.count() == 1300
    assert KeyProject.objects.count() == 9
    assert Campaign.objects.filter(name__endswith="企业集中服务月").exists()
    assert set(Officer.objects.values_list("tier", flat=True)) == set(Officer.Tier.values)


def test_every_step_is_shown_with_its_count_and_seconds(city):
    assert "1300  visits" in city
    assert city.splitlines()[-1].startswith("The demonstration city is there after")


def test_a_second_load_does_nothing(city):
    before = fingerprint()
    load(*SMALL)
    assert fingerprint() == before


def test_it_leaves_a_real_organisation_alone():
    Unit.objects.create(
        kind=Unit.Kind.CITY_BUREAU, code="3301", name="某市公安局", short_name="某市局"
    )
    load(*SMALL)
    assert Unit.objects.count() == 1 and not Enterprise.objects.exists()


def test_it_leaves_imported_enterprises_alone():
    Enterprise.objects.create(name="深圳某某有限公司", core_name="深圳某某")
    assert "nothing was loaded" in load(*SMALL)
    assert Enterprise.objects.count() == 1 and not Unit.objects.exists()


def test_an_interrupted_load_leaves_nothing(monkeypatch):
    def cut(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("visits.demo.load.make_visits", cut)
    with pytest.raises(KeyboardInterrupt):
        load(*SMALL)
    assert not Unit.objects.exists() and not User.objects.exists() and not Division.objects.exists()


def test_too_small_a_city_is_refused_in_one_sentence():
    with pytest.raises(CommandError):
        load("load_demo_city", "--enterprises", "3")


def fingerprint():
    """What was made, without what is random on purpose: password salts and ciphertexts.

    Officers' keys count from the first one, for a sequence goes on after a rollback.
    """
    digest = hashlib.sha256()
    first = Officer.objects.aggregate(first=Min("pk"))["first"]
    for rows in (
        Unit.objects.order_by("pk").values_list("path", "name"),
        Officer.objects.order_by("pk").values_list(
            F("pk") - first, "uid", "name", "police_number", "unit__code", "left_on"
        ),
        Enterprise.objects.order_by("pk").values_list(
            "uid", "name", "credit_code", "latitude", "last_visit_on", "created_at"
        ),
        Contact.objects.order_by("pk").values_list(
            "uid", "name_index", "job_title", "enterprise__credit_code"
        ),
        Assignment.objects.order_by("pk").values_list(
            "uid", "officer__police_number", "starts_on", "ends_on", "part"
        ),
        Visit.objects.order_by("pk").values_list(
            "uid", "started_at", "notes", "officer__police_number", "unit__code"
        ),
        Problem.objects.order_by("pk").values_list(
            "uid", "title", "state", "due_on", "ended_on", "visit__uid"
        ),
        CauseMember.objects.order_by("pk").values_list(
            "cause__uid", "cause__title", "problem__uid", "joined_at"
        ),
        Visit.companions.through.objects.order_by("pk").values_list(
            "visit__uid", "officer__police_number"
        ),
    ):
        for row in rows:
            digest.update(repr(row).encode())
    return digest.hexdigest()


def test_it_is_the_same_each_time_for_the_same_day():
    prints = []
    for _time in range(2):
        with transaction.atomic():
            load(*SMALL)
            prints.append(fingerprint())
            transaction.set_rollback(True)
    assert prints[0] == prints[1]


def test_units_lie_where_their_paths_say(city):
    for unit in Unit.objects.select_related("parent"):
        above = unit.parent.path if unit.parent else "/"
        assert unit.path == f"{above}{unit.code}/" and unit.level == (
            unit.parent.level + 1 if unit.parent else 0
        )


def test_officers_sit_in_departments_and_stations_never_in_a_bureau(city):
    assert not Officer.objects.filter(unit__kind__in=Unit.Kind.BUREAUX).exists()
    assert not Officer.objects.filter(tier="station").exclude(unit__kind="station").exists()
    assert not Officer.objects.exclude(
        name=F("user__name"), police_number=F("user__police_number"), unit=F("user__unit")
    ).exists()
    assert all(
        len(number) == 6 and number.startswith("0")
        for number in Officer.objects.values_list("police_number", flat=True)
    )


def test_leavers_have_ended_postings_and_duties_and_no_way_in():
    load(*STAFFED)
    leavers = Officer.objects.exclude(left_on=None)
    assert leavers.exists()
    assert not leavers.filter(user__is_active=True).exists()
    assert not Posting.objects.filter(officer__in=leavers, ends_on=None).exists()
    assert not Assignment.objects.filter(officer__in=leavers, ends_on=None).exists()
    assert Posting.objects.filter(
        officer__in=Officer.objects.filter(left_on=None), ends_on__isnull=False
    ).exists()
    assert not Visit.objects.filter(officer__left_on__lte=F("held_on")).exists()


def test_a_visit_keeps_the_unit_in_which_its_officer_served_then():
    load(*STAFFED)
    for visit in Visit.objects.all()[:400]:
        then = Posting.objects.filter(officer=visit.officer, starts_on__lte=visit.held_on)
        assert (
            then.filter(Q(ends_on=None) | Q(ends_on__gt=visit.held_on)).get().unit_id
            == visit.unit_id
        )


def test_enterprises_have_valid_codes_and_what_is_computed_from_their_rows(city):
    assert Enterprise.objects.filter(last_visit_on=None).exists()
    last = dict(
        Visit.objects.filter(kind__in=Visit.Kind.VISITS)
        .values_list("enterprise")
        .annotate(day=Max("held_on"))
    )
    for enterprise in Enterprise.objects.all():
        assert uscc.validate(enterprise.credit_code) and enterprise.core_name == core_name(
            enterprise.name
        )
        assert enterprise.last_visit_on == last.get(enterprise.pk)
        assert enterprise.waiting_since == (
            enterprise.last_visit_on or enterprise.created_at.date()
        )
        assert enterprise.assignments.filter(part="lead", ends_on=None).count() == 1


def test_the_tallies_need_no_healing_after_the_load(city):
    assert VisitTally.objects.exists()
    assert reconcile_rollups() == 0


def test_a_project_has_two_officers(city):
    for project in KeyProject.objects.all():
        parts = project.assignments.filter(ends_on=None).values_list("part", flat=True)
        assert (
            "lead" in parts
            and len(set(project.assignments.filter(ends_on=None).values_list("officer")))
            == len(parts)
            <= 2
        )


def test_visits_lie_within_the_year_before_today_and_count_their_problems(city):
    held = [day for (day,) in Visit.objects.values_list("held_on")]
    assert TODAY - datetime.timedelta(days=365) <= min(held) and max(held) < TODAY
    calendar = WorkingCalendar()
    assert sum(calendar.is_working(day) for day in held) > 0.9 * len(held)
    for visit in Visit.objects.prefetch_related("problems"):
        assert visit.problem_count == len(visit.problems.all())
        assert visit.notes and visit.started_at.timestamp() < visit.ended_at.timestamp()


def test_problems_are_due_by_working_days_and_some_are_late(city):
    calendar = WorkingCalendar()
    for problem in Problem.objects.select_related("category"):
        assert problem.due_on == calendar.add_working_days(
            problem.reported_on, DEFAULTS[problem.urgency]
        )
        assert (problem.ended_on is not None) == (problem.state in Problem.State.ENDED)
        assert problem.category.parent_id is not None
    assert Problem.objects.filter(state="solved_on_spot").exists()
    assert Problem.objects.filter(
        Q(ended_on__gt=F("due_on")) | Q(ended_on=None, due_on__lt=TODAY)
    ).exists()


def test_common_causes_hold_several_open_problems_and_the_steps_say_so():
    load(*BUSY)
    assert CommonCause.objects.exists()
    for cause in CommonCause.objects.select_related("lead_officer"):
        problems = Problem.objects.filter(membership__cause=cause)
        assert (
            len(problems) == cause.member_count >= 2
            and cause.lead_officer.unit_id == cause.lead_unit_id
        )
        for problem in problems:
            assert problem.ended_on is None and problem.reported_on <= cause.founded_on
            moments = list(problem.steps.order_by("position").values_list("at", flat=True))
            assert moments == sorted(moments) and problem.steps.last().verb == "join_cause"


def test_nobody_is_called_like_a_public_figure(city):
    names = {
        *Officer.objects.values_list("name", flat=True),
        *(contact.name for contact in Contact.objects.all()),
    }
    assert not names & WELL_KNOWN and all(2 <= len(name) <= 4 for name in names)


def test_contacts_are_encrypted_and_found_by_their_blind_index(city):
    contact = Contact.objects.first()
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SELECT name FROM liaisons_contact WHERE id = %s", [contact.pk])
        assert contact.name not in cursor.fetchone()[0]
    assert Contact.objects.filter(name_index=blind_index(contact.name), pk=contact.pk).exists()


def test_everything_is_found_by_typing(city):
    enterprise, officer, visit = (
        Enterprise.objects.first(),
        Officer.objects.first(),
        Visit.objects.last(),
    )
    for noun, query, key in (
        ("enterprise", pinyin(enterprise.name)[1], enterprise.pk),
        ("enterprise", enterprise.credit_code[6:14], enterprise.pk),
        ("officer", officer.police_number, officer.pk),
        ("visit", visit.notes[:12], visit.pk),
    ):
        assert key in {row["object_id"] for row in index.candidates(noun, query)}


def test_one_may_log_in_as_each_person_that_is_printed(city, client):
    printed = load("demo_logins")
    for number in logins.DEMO_NUMBERS:
        user = User.objects.get(police_number=number)
        assert number in printed and user.name in printed and user.check_password(logins.PASSWORD)
        validate_password(logins.PASSWORD, user)
    roles = [User.objects.get(police_number=number).role for number in logins.DEMO_NUMBERS]
    assert len(set(roles)) == 7


def test_the_officer_to_log_in_as_has_own_enterprises_some_never_visited(city):
    mine = Enterprise.objects.filter(
        assignments__officer__police_number=logins.OFFICER, assignments__ends_on=None
    )
    assert 8 <= mine.count() <= 16
    assert mine.filter(last_visit_on=None).exists()
    assert mine.filter(last_visit_on__lt=TODAY - datetime.timedelta(days=90)).exists()


def test_logins_of_an_empty_database_say_so():
    assert logins.PASSWORD not in load("demo_logins")


def test_a_real_city_starts_with_the_dictionaries_alone():
    load("load_dictionaries")
    assert (
        Division.objects.get(pk="330383").name == "龙港市"
        and Division.objects.get(pk="330322").obsolete
    )
    assert (
        Division.objects.get(pk="440306").parent_id == "440300"
        and Division.objects.get(pk="429004").parent_id == "429000"
    )
    assert (
        Industry.objects.filter(code__regex=r"^\d\d$").count() == 97
        and Industry.objects.filter(code=F("section")).count() == 20
    )
    assert not CalendarDay.objects.get(pk=datetime.date(2026, 10, 1)).is_working
    assert CalendarDay.objects.get(pk=datetime.date(2026, 10, 10)).is_working
    assert WorkingCalendar().add_working_days(datetime.date(2025, 9, 28), 7) == datetime.date(
        2025, 10, 14
    )
    assert ProblemCategory.objects.filter(parent=None).count() == 19 and not Unit.objects.exists()


def test_dictionaries_loaded_again_keep_what_was_edited():
    load("load_dictionaries")
    Topic.objects.filter(code="fraud").update(name="防骗宣传")
    again = load("load_dictionaries")
    assert Topic.objects.get(code="fraud").name == "防骗宣传" and "topics" in again
