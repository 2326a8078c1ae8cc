"""The whole order: files, tables, schemas, suites, findings, report. Only this package knows it."""

from amyqa.pipeline.checking import check
from amyqa.pipeline.explaining import explain
from amyqa.pipeline.files import check_files, outside
from amyqa.pipeline.marking import marked_copies
from amyqa.pipeline.mending import fix
from amyqa.pipeline.running import ENGINES, Engine, engine_named
from amyqa.pipeline.tracing import trace_yearbook

__all__ = [
    "ENGINES",
    "Engine",
    "check",
    "check_files",
    "engine_named",
    "explain",
    "fix",
    "marked_copies",
    "outside",
    "trace_yearbook",
]
