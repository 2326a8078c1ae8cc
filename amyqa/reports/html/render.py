"""The report as one HTML file: the verdict, the likeliest misprints, the tables as printed."""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import product
from math import inf
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from amyqa.characters import visible
from amyqa.model import Counts, Report, Severity, Status, Table
from amyqa.reports import unchecked
from amyqa.reports.causes import Cause, causes, headline, kinds
from amyqa.reports.certainty import INHERITED, ROOT
from amyqa.reports.html.cards import card
from amyqa.reports.html.cellcases import told_for_cells
from amyqa.reports.html.corrections import by_cell
from amyqa.reports.html.drawing import HeatMap, heat_map
from amyqa.reports.html.folding import folded, index
from amyqa.reports.html.headers import levels
from amyqa.reports.html.held import matrix
from amyqa.reports.html.multiples import Multiples, multiples
from amyqa.reports.html.page import (
    CauseView,
    DoubtView,
    Page,
    PageCell,
    PageRow,
    TableSection,
    anchor,
)
from amyqa.reports.html.shape import groups, sheet
from amyqa.reports.html.telling import Teller, chapter, filters, override_phrases, stale
from amyqa.reports.html.words import isolated, leftwards
from amyqa.reports.phrases import (
    Gap,
    counted,
    cube_phrase,
    failures,
    failures_phrase,
    gaps,
    gaps_phrase,
    identities_phrase,
    imprint_phrases,
    rulings_phrases,
    unchecked_phrase,
    verdict,
)
from amyqa.reports.places import Places, is_total
from amyqa.reports.proofs import proofs
from amyqa.reports.suspects import CANDIDATE

# So that a cube of a million cells still opens in a browser. What is left out is always counted.
MAX_ROWS = 1000
MIN_ROWS = 40
MAX_CELLS = 150_000
MAX_AT_TOP = 4
MAX_OTHERS = 3
MAX_FOLDED = 50
MANY_TABLES = 60
MAX_DRAWN = 10_000


def render(report: Report) -> str:
    """The report as a self-contained HTML page; the same report gives the same bytes."""
    environment = _environment()
    style, script = Markup(_style()), Markup(_script())  # noqa: S704  # ours
    foot = Markup(_foot(imprint_phrases(report)))  # noqa: S704  # every letter of it is escaped
    page = environment.get_template("report.html.j2").render(
        page=_PageBuilder(report).page(),
        style=style,
        foot=foot,
        script=script,
        policy=f"default-src 'none'; style-src {_hash(style)} {_hash(foot)}; script-src {_hash(script)}; "
        "img-src data:; base-uri 'none'; form-action 'none'",
    )
    return page.strip() + "\n"


def filled_in(template: str, **given: object) -> str:
    """A template of ours with what it is given, all of it escaped."""
    return _environment().get_template(template).render(**given).strip()


def scriptless(template: str, **given: object) -> str:
    """A self-contained page of ours that needs no script."""
    style = Markup(_style())  # noqa: S704  # ours
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; img-src data:; base-uri 'none'; form-action 'none'"
    )
    return filled_in(template, style=style, policy=policy, **given) + "\n"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("amyqa", "reports/html/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_harmless,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["told"] = isolated
    return environment


@cache
def _style() -> str:
    """The page's style, which holds nothing of the report."""
    return _environment().get_template("report.css.j2").render()


def _foot(imprint: Sequence[str]) -> str:
    """The style of the printed page's foot, which says what it is a page of; each letter as an escape."""
    said = "".join(f"\\{ord(char):06x}" for char in visible(" · ".join(imprint))[:300])
    return f'@page {{ @bottom-left {{ content: "{said}"; font: 8pt sans-serif; color: #444; }} }}'


@cache
def _script() -> str:
    """The page's script, which holds nothing of the report either."""
    return Path(__file__).with_name("report.js").read_text(encoding="utf-8").removesuffix("\n")


def _hash(text: str) -> str:
    """What a Content-Security-Policy calls the one style or script that it lets through."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _harmless(value: object) -> object:
    """The last thing done to any text before it is escaped; what a macro returns is escaped already."""
    return visible(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


class _PageBuilder:
    """Puts the page together, in the order of the report."""

    def __init__(self, report: Report) -> None:
        self.report = report
        rows = max(MIN_ROWS, MAX_ROWS * MAX_CELLS // max(MAX_CELLS, report.cells))
        self.places = Places(report, min(MAX_ROWS, rows))
        self.tables = self.places.tables
        teller = Teller(report, self.places)
        views = {f.id: teller.tell(number, f) for number, f in enumerate(report.findings, 1)}
        self.told = tuple(views.values())
        proven = proofs(report)
        found = list(enumerate(causes(report), 1))
        self.cards = [card(n, cause, self.places, views, proven, report.since) for n, cause in found]
        self.cards_of: defaultdict[str, list[CauseView]] = defaultdict(list)
        self.marks: defaultdict[tuple[str, int], dict[int, CauseView]] = defaultdict(dict)
        for (number, cause), told in zip(found, self.cards, strict=True):
            self.cards_of[told.table].append(told)
            for finding in cause.findings:
                for cell in finding.cells[:1]:
                    self.marks[cell.table, cell.id][number] = told
        self.outcomes = {id: self._outcome(members) for id, members in _by_table(found).items()}
        self.corrections = by_cell(self.cards)
        self.cases = told_for_cells(report, self.places)
        self.matrix = matrix(report)

    def page(self) -> Page:
        """The whole page."""
        report = self.report
        contents = [self._section(table) for table in report.tables]
        open_ = [told for told in self.cards if told.is_open]
        fresh = [told for told in open_ if not told.known]
        others = [told for told in fresh if not told.diagnosed]
        gravest = sum(told.severity is others[0].severity for told in others)
        sections, packs = folded(self._in_order(contents), _environment().get_template("section.html.j2"))
        return Page(
            headline=headline(report),
            verdict=verdict(report),
            look="error" if report.failures else next((s.value for s in Severity if report.at(s)), "fine"),
            failed=failures_phrase(report) if report.failures else "",
            failures=tuple(failures(report)),
            tally=_tally(report),
            remarks=_remarks(report),
            imprint=tuple(imprint_phrases(report)),
            heat=self._heat(contents),
            causes=tuple(told for told in fresh if told.diagnosed),
            others=tuple(others),
            gravest=min(gravest, MAX_OTHERS),
            known=tuple(told for told in open_ if told.known),
            findings=len(self.told),
            things=len(open_),
            filters=filters(self.told),
            sections=sections,
            contents=tuple(contents),
            rules=self.matrix.rules,
            elsewhere=tuple(told for told in self.cards if told.table not in self.tables),
            decided=tuple(told for told in self.told if not told.is_open),
            overrides=override_phrases(report),
            stale=stale(report),
            gaps=tuple(self._gaps()),
            not_evaluated=gaps_phrase(report),
            unchecked=unchecked_phrase(report),
            free=tuple((self.tables[id].spec.title, lines) for id, lines in unchecked.told(report)),
            doubts=tuple(
                (table.spec.title, doubts) for table in report.tables if (doubts := self._doubts(table))
            ),
            most_at_top=MAX_AT_TOP,
            most_folded=MAX_FOLDED,
            index=index(each for each in sections if each.packed),
            packs=packs,
        )

    def _in_order(self, contents: Iterable[TableSection]) -> list[TableSection]:
        """Tables in the order of their first open causes, then the others as in the report."""
        return sorted(contents, key=lambda each: each.causes[0].number if each.is_open else inf)

    def _heat(self, contents: Iterable[TableSection]) -> HeatMap | None:
        return heat_map(
            (each.chapter, each.spec.title, each.counts, each.outcome, each.anchor, each.is_open)
            for each in contents
        )

    def _gaps(self) -> Iterable[tuple[str, tuple[Gap, ...]]]:
        unknown: dict[str, list[Gap]] = {}
        for gap in gaps(self.report):
            unknown.setdefault(gap.table, []).append(gap)
        return ((self.places.title(table), tuple(entries)) for table, entries in unknown.items())

    def _doubts(self, table: Table) -> tuple[DoubtView, ...]:
        """Rows that cannot be placed, and numbers that are known from one side only."""
        found = []
        for r, row in enumerate(table.rows):
            cells = [table.cell(table.cell_id(r, c)) for c in range(len(table.columns))]
            if row.label in table.spec.uncertain:
                known = [cell for cell in cells if cell.reading.status is not Status.MISSING]
                reason = table.spec.uncertain[row.label]
            else:
                known = [cell for cell in cells if cell.reading.status is Status.BOUND]
                reason = "known from one side only"
            if known:
                links = tuple(self.places.link(cell, cell.column) for cell in known)
                found.append(DoubtView(row.label, reason, links))
        return tuple(found)

    def _section(self, table: Table) -> TableSection:
        told = self.cards_of[table.id]
        shown = self.places.shown[table.id]
        counts = self.report.counts.get(table.id, Counts())
        facts = [fact for fact in (table.spec.unit, counted(self.report.size(table), "cell")) if fact]
        if counts.evaluated or counts.not_evaluated:
            facts.append(identities_phrase(counts))
        if (cube := self.report.cubes.get(table.id)) is not None:
            facts.append(cube_phrase(cube))
        records = table.spec.fields is not None
        looks = tuple(_look(table, i) for i in range(len(table.columns)))
        rows = tuple(self._row(table, i, looks) for i in sorted(shown))
        marked = (cell for row in rows for *_, cell in row.cells)
        roles = {cell.correction.role for cell in marked if cell and cell.correction}
        number = self.places.numbers[table.id]
        return TableSection(
            number=number,
            id=table.id,
            anchor=anchor("table", table.id),
            chapter=chapter(table.id),
            spec=table.spec,
            file=table.file,
            source=_source_of(table),
            facts=tuple(facts),
            counts=counts,
            size=self.report.size(table),
            outcome=self.outcomes.get(table.id, "nothing found"),
            look=told[0].look if told and told[0].is_open else "fine",
            keys=("No.",) if records else _key_labels(table),
            levels=levels(table),
            columns=table.columns,
            looks=looks,
            rows=rows,
            groups=groups(rows),
            sheet=sheet(table, len(table.key_columns)),
            leftwards=leftwards([*table.columns, *(row.label for row in table.rows[:100])]),
            hidden=len(table.rows) - len(shown),
            causes=tuple(told),
            roles=tuple(role for role in (ROOT, INHERITED, CANDIDATE) if role in roles),
            cases=self.cases[table.id],
            held=self.matrix.rows[table.id],
            multiples=self._multiples(table),
        )

    def _outcome(self, found: Sequence[Cause]) -> str:
        """What there is to look at in a table, by kind; what was ruled where nothing is."""
        is_open = [cause for cause in found if cause.is_open]
        parts = [kinds(is_open)] if is_open else []
        parts += rulings_phrases(finding for cause in found for finding in cause.findings)
        return ", ".join(parts)

    def _multiples(self, table: Table) -> Multiples | None:
        """The table's series; in a large report only those with something odd in them."""
        prefix = f"cell-{self.places.numbers[table.id]}-"
        odd = {
            table.cell_id(r, c)
            for r, c in product(range(len(table.rows)), range(len(table.columns)))
            if (table.id, table.cell_id(r, c)) in self.marks
            or f"{prefix}{table.cell_id(r, c)}" in self.corrections
        }
        if table.size > MAX_DRAWN:
            return None
        return multiples(table, odd, only_odd=len(self.tables) > MANY_TABLES)

    def _row(self, table: Table, index: int, looks: Sequence[str]) -> PageRow:
        row, first = table.rows[index], table.cell_id(index, 0)
        prefix = f"cell-{self.places.numbers[table.id]}-"
        cells = {}
        for i in range(len(row.tokens)):
            found = self.marks.get((table.id, first + i), {})
            correction = self.corrections.get(f"{prefix}{first + i}")
            if found or correction:
                cells[i] = PageCell(tuple(found.values()), correction)
        ids = (Markup(f"{prefix}{first + i}") for i in range(len(row.tokens)))  # noqa: S704  # two numbers
        return PageRow(
            keys=row.codes or (row.label,),
            line=row.line,
            source_line=table.source_lines[index] if table.source_lines else None,
            total=is_total(table, row.codes, row.label),
            uncertain=table.spec.uncertain.get(row.label, ""),
            cells=tuple(
                (id, token, look, cells.get(i))
                for i, (id, token, look) in enumerate(zip(ids, row.tokens, looks, strict=True))
            ),
        )


def _by_table(found: Iterable[tuple[int, Cause]]) -> Mapping[str, list[Cause]]:
    members: defaultdict[str, list[Cause]] = defaultdict(list)
    for _, cause in found:
        members[cause.table].append(cause)
    return members


def _tally(report: Report) -> tuple[tuple[str, str], ...]:
    """What was checked, in five numbers."""
    total = report.total
    numbers = (
        ("tables", len(report.tables)),
        ("cells", report.cells),
        ("identities evaluated", total.evaluated),
        ("broken", total.broken),
        ("not evaluated", total.not_evaluated),
    )
    return tuple((words, f"{number:,}") for words, number in numbers)


def _remarks(report: Report) -> str:
    """What else is to be said beside the verdict."""
    parts = [counted(report.at(Severity.INFO), Severity.INFO)] if report.at(Severity.INFO) else []
    if decided := sum(not finding.is_open for finding in report.findings):
        parts.append(f"{counted(decided, 'finding')} decided")
    if known := sum(finding.known for finding in report.findings):
        parts.append(f"{known:,} known since {report.since}")
    if free := unchecked_phrase(report):
        parts.append(free)
    return ", ".join(parts)


def _look(table: Table, column: int) -> str:
    """How a column stands: numbers flush right, words flush left."""
    if table.spec.fields is not None:  # a month is printed as a word, though it reads as a number
        numbers = table.spec.fields.get(table.columns[column]) in ("number", "year", "day")
    else:
        read = {row.readings[column].status for row in table.rows}
        numbers = Status.TEXT not in read or bool(read & {Status.VALUE, Status.NIL})
    return "" if numbers else "text"


def _key_labels(table: Table) -> tuple[str, ...]:
    """Headings of the key columns, as printed."""
    return table.key_columns or (table.spec.rows.dimension or "",)


def _source_of(table: Table) -> str:
    """``seeds/cambodia-2005.txt, lines 597-608``."""
    source = table.spec.source
    if source is None:
        return ""
    spans: list[list[int]] = []
    for line in source.lines:
        if spans and line == spans[-1][1] + 1:
            spans[-1][1] = line
        else:
            spans.append([line, line])
    lines = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)
    word = "line" if len(source.lines) == 1 else "lines"
    return f"{source.document}, {word} {lines}" if lines else source.document
