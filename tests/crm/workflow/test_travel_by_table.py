"""A model that is no problem travels by a table of its own: papers that one unit hands to
another.
"""

import pytest
from django.db import models

from crm.errors import Conflict, Invalid, NotAllowed
from crm.models import AuditEvent, Noun, OutboxEvent, StepBase, Unit
from crm.workflow import Workflow, whose
from crm.writing.rows import move_state
from tests.tables import own_registry, own_tables

REGISTRY = own_registry()


class State(models.TextChoices):
    DRAFTED = "drafted", "Drafted"
    SENT = "sent", "Sent"
    RECEIVED = "received", "Received"
    LAPSED = "lapsed", "Lapsed"


class Paper(Noun):
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFTED)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    to_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    on_its_way = models.BooleanField(default=False)
    remarks = models.PositiveIntegerField(default=0)

    class Meta:
        apps, app_label = REGISTRY, "papers"
        verbose_name = "hand-over paper"


class PaperStep(StepBase):
    paper = models.ForeignKey(Paper, models.CASCADE, related_name="steps")
    to_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")

    class Meta:
        apps, app_label = REGISTRY, "papers"
        constraints = [models.UniqueConstraint(fields=["paper", "position"], name="paperstep_once")]

    def keep(self, row):
        self.to_unit_id = row.to_unit_id


TOLD = []


def move(paper, *, to, **given):
    """Whether a paper is on its way follows from its state."""
    return move_state(paper, to=to, **given, on_its_way=to == State.SENT)


def tell(paper, step):
    TOLD.append((step.verb, step.position, paper.state))


WORKFLOW = Workflow(Paper, PaperStep, of="paper", move=move, after_step=(tell,))


@whose("the unit that wrote it")
def writer(user, paper):
    return user.unit_id == paper.unit_id


@whose("the unit it was sent to")
def receiver(user, paper):
    return user.unit_id == paper.to_unit_id


@WORKFLOW.transition(
    "send", "Send", sources={State.DRAFTED}, to=State.SENT, who=writer, fields=("unit",)
)
def paper_send(paper, *, step, by, unit):
    """Hand the paper to another unit."""
    if unit.pk == paper.unit_id:
        raise Invalid(errors={"unit": ["Send it to another unit."]})

    def remark(paper, step):
        Paper.objects.filter(pk=paper.pk).update(remarks=step.position)

    return {"to_unit": unit, "follow": (remark,)}


@WORKFLOW.transition(
    "receive",
    "Receive",
    sources={State.SENT},
    to=State.RECEIVED,
    who=receiver,
    guard=lambda paper: "Read the remarks first." if paper.remarks > 1 else None,
)
def paper_receive(paper, *, step, by):
    return {}


@WORKFLOW.transition(
    "give_back", "Give back", sources={State.SENT}, to=None, who=receiver, needs_why=True
)
def paper_give_back(paper, *, step, by):
    """Back to whoever wrote it, and no further."""
    return {"state": State.DRAFTED, "to_unit": None}


@WORKFLOW.transition(
    "lapse",
    "Lapse",
    sources={State.SENT},
    to=State.LAPSED,
    who=whose("the system")(lambda user, paper: False),
    by_system=True,
)
def paper_lapse(paper, *, step, by):
    return {}


@pytest.fixture(scope="module", autouse=True)
def tables(django_db_setup, django_db_blocker):
    with own_tables(django_db_blocker, Paper, PaperStep):
        yield


@pytest.fixture
def paper(cast):
    """A paper of 五马所, in the beginning of its way."""
    TOLD.clear()
    row = Paper.objects.create(unit=cast.wuma)
    WORKFLOW.write(WORKFLOW.step(row, "draft", by=cast.li, old_state=""))
    return row


def again(paper):
    """The row as the database has it."""
    return Paper.objects.get(pk=paper.pk)


def names(steps):
    return [step.name for step in steps]


def test_the_table_says_what_may_be_done_next_and_by_whom(cast, paper):
    assert list(WORKFLOW.table) == ["send", "receive", "give_back", "lapse"]
    assert names(WORKFLOW.possible(paper, cast.li)) == ["send"]
    assert names(WORKFLOW.possible(paper, cast.sun)) == []
    paper_send(paper=paper, by=cast.li, unit=cast.nanmen)
    assert names(WORKFLOW.possible(paper, cast.sun)) == ["receive", "give_back"]
    assert names(WORKFLOW.possible(paper, None)) == []


def test_a_step_moves_the_row_and_writes_history_audit_and_outbox(cast, paper):
    row = WORKFLOW.take(paper_send.row, paper, by=cast.li, why=" 请核查。 ", unit=cast.nanmen)
    assert row is paper and paper.state == State.SENT and paper.version == 2
    assert (again(paper).state, again(paper).version, again(paper).to_unit) == (
        State.SENT,
        2,
        cast.nanmen,
    )
    step = paper.steps.get(verb="send")
    assert (step.position, step.old_state, step.new_state) == (2, State.DRAFTED, State.SENT)
    assert (step.by, step.unit, step.why) == (cast.li, cast.wuma, "请核查。")
    assert step.to_unit == cast.nanmen, "what the history keeps beside the state"
    event = AuditEvent.objects.get(verb="paper.send")
    assert event.detail == {"state": ["drafted", "sent"]} and event.actor_id == cast.li.pk
    assert OutboxEvent.objects.get(verb="paper.send").version == 2


def test_what_follows_a_step_sees_it_written(cast, paper):
    seen = []
    then = [lambda paper, step: seen.append((again(paper).state, step.pk is not None, len(TOLD)))]
    WORKFLOW.take(paper_send.row, paper, by=cast.li, then=then, unit=cast.nanmen)
    assert seen == [(State.SENT, True, 0)], "after the step, and before what follows every one"
    assert again(paper).remarks == 2, "what the step itself lets follow"
    assert TOLD == [("send", 2, State.SENT)]
    assert again(paper).on_its_way, "what the feature lets follow from the state"


def test_nothing_is_written_where_something_fails(cast, paper):
    def fail(paper, step):
        raise Conflict("no")

    with pytest.raises(Conflict):
        WORKFLOW.take(paper_send.row, paper, by=cast.li, then=[fail], unit=cast.nanmen)
    assert again(paper).state == State.DRAFTED and paper.steps.count() == 1 and not TOLD
    assert not AuditEvent.objects.filter(verb="paper.send").exists()


def test_a_step_is_refused_with_its_reason(cast, paper):
    with pytest.raises(Conflict, match="hand-over paper.*Drafted"):
        paper_receive(paper=paper, by=cast.sun)
    with pytest.raises(NotAllowed, match="the unit that wrote it"):
        paper_send(paper=paper, by=cast.sun, unit=cast.nanmen)
    with pytest.raises(Invalid) as invalid:
        paper_send(paper=paper, by=cast.li, unit=cast.wuma)
    assert list(invalid.value.extra["errors"]) == ["unit"]
    paper_send(paper=paper, by=cast.li, unit=cast.nanmen)
    with pytest.raises(Conflict, match="Read the remarks first."):
        paper_receive(paper=again(paper), by=cast.sun)
    for why in (" ", "长" * 2001):
        with pytest.raises(Invalid) as invalid:
            paper_give_back(paper=paper, by=cast.sun, why=why)
        assert list(invalid.value.extra["errors"]) == ["why"]
    assert paper.steps.count() == 2


def test_the_system_takes_its_own_steps_alone(cast, paper):
    with pytest.raises(NotAllowed):
        paper_send(paper=paper, by=None, unit=cast.nanmen)
    paper_send(paper=paper, by=cast.li, unit=cast.nanmen)
    with pytest.raises(NotAllowed):
        paper_lapse(paper=paper, by=cast.city_manager)
    paper_lapse(paper=paper, by=None)
    step = paper.steps.get(verb="lapse")
    assert (step.by, step.unit, step.new_state) == (None, None, State.LAPSED)


def test_a_step_may_lead_elsewhere_than_its_row_says(cast, paper):
    paper_send(paper=paper, by=cast.li, unit=cast.nanmen)
    paper_give_back(paper=paper, by=cast.sun, why="不属本所。")
    assert (again(paper).state, again(paper).on_its_way) == (State.DRAFTED, False)
    steps = paper.steps.order_by("position").values_list("position", "verb", "new_state")
    assert list(steps) == [
        (1, "draft", "drafted"),
        (2, "send", "sent"),
        (3, "give_back", "drafted"),
    ]


def test_of_two_who_read_the_same_state_one_wins(cast, paper):
    mine, other = again(paper), again(paper)
    paper_send(paper=mine, by=cast.li, unit=cast.nanmen)
    with pytest.raises(Conflict):
        paper_send(paper=other, by=cast.zhang, unit=cast.liushi)
    assert again(paper).to_unit == cast.nanmen
    assert paper.steps.filter(verb="send").count() == 1 == len(TOLD)
    with pytest.raises(Conflict):
        WORKFLOW.note(other, "remark", by=cast.zhang)
    assert not paper.steps.filter(verb="remark").exists()


def test_the_history_takes_what_is_no_step_of_the_table(cast, paper):
    step = WORKFLOW.note(paper, "remark", by=cast.li, why="补充材料。")
    assert (step.position, step.old_state, step.new_state) == (2, State.DRAFTED, State.DRAFTED)
    assert paper.version == again(paper).version == 2 and not TOLD
    other = Paper.objects.create(unit=cast.wuma)
    WORKFLOW.note_all([paper, other], "bundle", by=cast.li, at=step.at, why="一并移交。")
    bundled = PaperStep.objects.filter(verb="bundle").order_by("paper")
    assert list(bundled.values_list("paper", "position")) == [(paper.pk, 3), (other.pk, 1)]
    assert (again(paper).version, again(other).version) == (3, 2)


@pytest.mark.control
def test_without_the_conditional_update_both_would_win(cast, paper):
    def unguarded(row, *, to, by, verb, **fields):
        type(row).objects.filter(pk=row.pk).update(state=to, **fields)
        return row

    careless = Workflow(Paper, PaperStep, of="paper", move=unguarded)
    mine, other = again(paper), again(paper)
    for row, by, unit in ((mine, cast.li, cast.nanmen), (other, cast.zhang, cast.liushi)):
        careless.take(paper_send.row, row, by=by, unit=unit)
    assert paper.steps.filter(verb="send").count() == 2
