"""The WSGI application of the web server."""

import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

application = get_wsgi_application()

from django.db import connection  # noqa: E402 (the models are loaded by now)

from crm.secrets.readable import refusal_to_start  # noqa: E402

if refusal := refusal_to_start():
    sys.exit(f"✗ {refusal}")
connection.close()  # each thread of the server opens its own
