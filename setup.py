"""Puts the shipped families into the package; all else is in pyproject.toml.

``schemas/`` and ``checks/`` stay where a yearbook has them, here as anywhere. A wheel carries the
same files as ``amyqa/shipped/``, so that there is no second copy to keep.
"""

from setuptools import find_packages, setup

FAMILIES = {"amyqa.shipped.schemas": "schemas", "amyqa.shipped.checks": "checks"}

setup(packages=[*find_packages(include=["amyqa", "amyqa.*"]), *FAMILIES], package_dir=FAMILIES)
