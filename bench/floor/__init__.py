"""The floor: the same list from a bare WSGI handler. No framework, nobody is asked who they are."""
