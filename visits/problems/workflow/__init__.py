"""The steps of a problem (domain.md §3), each a row of the table of a crm.workflow.Workflow
(visits.problems.workflow.engine).

Registered problems lie with the unit that reported them. Its managers (or those above) accept and
assign; one unit leads, others may help; the lead answers; the dispatcher reviews and lets the
enterprise or a later visit say whether the problem is solved. The clock starts with the report and
never starts again: only a pause for a named reason, a granted extension or a plan with a date moves
its end, and each of them is a step that everyone sees.

Import the steps from here; the order of these modules is the order of the table.
"""

# isort: off
from visits.problems.workflow.assigning import (
    problem_accept,
    problem_assign,
    problem_acknowledge,
    problem_give_back,
    problem_raise,
    MOST_HELPERS,
)
from visits.problems.workflow.working import (
    problem_start,
    problem_answer,
    problem_ask_extension,
    problem_grant_extension,
    problem_refuse_extension,
    problem_pause,
    problem_resume,
    problem_plan,
    problem_pass_outside,
    problem_take_back,
)
from visits.problems.workflow.proving import (
    problem_review,
    problem_approve,
    problem_send_back,
    problem_confirm,
    problem_verify,
    problem_dispute,
    problem_fall_silent,
    sweep_follow_ups,
)
from visits.problems.workflow.ending import (
    problem_solve_on_spot,
    problem_withdraw,
    problem_reopen,
    problem_supervise,
    problem_again,
)
from visits.problems.workflow.helping import (
    task_answer,
)
from visits.problems.workflow.permissions import (
    WAITING,
    follower,
    user_in,
)
# isort: on

__all__ = [
    "MOST_HELPERS",
    "WAITING",
    "follower",
    "problem_accept",
    "problem_acknowledge",
    "problem_again",
    "problem_answer",
    "problem_approve",
    "problem_ask_extension",
    "problem_assign",
    "problem_confirm",
    "problem_dispute",
    "problem_fall_silent",
    "problem_give_back",
    "problem_grant_extension",
    "problem_pass_outside",
    "problem_pause",
    "problem_plan",
    "problem_raise",
    "problem_refuse_extension",
    "problem_reopen",
    "problem_resume",
    "problem_review",
    "problem_send_back",
    "problem_solve_on_spot",
    "problem_start",
    "problem_supervise",
    "problem_take_back",
    "problem_verify",
    "problem_withdraw",
    "sweep_follow_ups",
    "task_answer",
    "user_in",
]
