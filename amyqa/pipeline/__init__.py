"""The whole order: files, tables, schemas, suites, findings, report. Only this package knows it."""

from amyqa.pipeline.checking import check, evaluate
from amyqa.pipeline.deciding import apply_decisions
from amyqa.pipeline.explaining import explain
from amyqa.pipeline.files import check_files, outside
from amyqa.pipeline.installation import examine_installation
from amyqa.pipeline.linting import lint
from amyqa.pipeline.marking import marked_copies
from amyqa.pipeline.mending import fix
from amyqa.pipeline.running import ENGINES, Engine, engine_named
from amyqa.pipeline.tracing import trace_yearbook

__all__ = [
    "ENGINES",
    "Engine",
    "apply_decisions",
    "check",
    "check_files",
    "engine_named",
    "evaluate",
    "examine_installation",
    "explain",
    "fix",
    "lint",
    "marked_copies",
    "outside",
    "trace_yearbook",
]
