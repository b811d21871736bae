"""Fixtures that every folder of tests may use."""

import sys

from hypothesis import HealthCheck, settings

# A shared machine may stand still for seconds, which says nothing about what is tested.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

if sys.version_info >= (3, 11):  # the Rasa side runs on 3.10, without the databases' drivers, and needs no database
    from tests.support.databases import database_url, postgres
    from tests.support.patience import be_patient

    be_patient()

    __all__ = ["database_url", "postgres"]
