"""The demonstration city: Wenzhou at full size, made up from a seed, the same on every machine for
the same day.

``manage.py load_demo_city`` is its only entry point. Places are real, as a demonstration needs;
every person, company, number and event is invented.
"""
