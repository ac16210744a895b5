"""Print tokens of the API and of the textbook twin: for a city manager, who sees all rows, and for
an officer, who visits.
"""

import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.textbook.settings"
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db.models import Count  # noqa: E402
from rest_framework.authtoken.models import Token  # noqa: E402

from api.tokens.services import token_issue  # noqa: E402
from crm.models import User  # noqa: E402

call_command("migrate", "authtoken", verbosity=0, skip_checks=True)
manager = User.objects.select_related("unit").filter(role="city_manager").first()
visits = Count("officer__visits")
officer = (
    User.objects.select_related("unit")
    .filter(role="officer", is_active=True)
    .alias(visits=visits)
    .order_by("-visits", "pk")
    .first()
)
for user in (manager, officer):
    _row, token = token_issue(name="bench", days=1, by=user)
    print(token, Token.objects.create(user=user).key)
