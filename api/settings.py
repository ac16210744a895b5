"""Settings of the API, for Django REST framework and drf-spectacular; crm.settings takes them in."""

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api.core.authentication.TokenAuthentication",
        "api.core.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["api.core.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["api.core.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "api.core.schema.ApiSchema",
    "EXCEPTION_HANDLER": "api.core.errors.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Police–enterprise liaison CRM",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_NAME_OVERRIDES": {
        "CauseState": "visits.models.CommonCause.State",
        "JobState": "crm.models.Job.State",
        "OfficerKind": "liaisons.models.Officer.Kind",
        "ProblemState": "visits.models.Problem.State",
        "UnitKind": "crm.models.Unit.Kind",
        "VisitKind": "visits.models.Visit.Kind",
    },
}
