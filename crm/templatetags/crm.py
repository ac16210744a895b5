"""Template tags of the whole house (a built-in library: no template needs to load it)."""

from django import template

register = template.Library()


@register.simple_tag(takes_context=True)
def query_with(context, **changes):
    """The current address's query string with ``changes`` applied; an empty value removes its key."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = value
    text = query.urlencode()
    return f"?{text}" if text else "?"
