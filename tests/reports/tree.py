"""A page read back as a tree, for the tests of the HTML report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from amyqa.model import Report
from amyqa.reports.html import render as html

VOID = {"meta", "link", "input"}


@dataclass
class Node:
    """An element of the page."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    def all(self, tag: str = "", **attributes: str) -> list[Node]:
        """Elements below with this tag, class (`cls`) and attributes."""
        return [node for node in self.below() if node.has(tag, **attributes)]

    def one(self, tag: str = "", **attributes: str) -> Node:
        [node] = self.all(tag, **attributes)
        return node

    def has(self, tag: str = "", cls: str = "", **attributes: str) -> bool:
        classes = self.attributes.get("class", "").split()
        same = all(self.attributes.get(name) == value for name, value in attributes.items())
        return (not tag or self.tag == tag) and (not cls or cls in classes) and same

    def below(self) -> Iterator[Node]:
        for child in self.children:
            if isinstance(child, Node):
                yield child
                yield from child.below()

    @property
    def text(self) -> str:
        """All words inside, white space made single."""
        return " ".join("".join(self._strings()).split())

    def _strings(self) -> Iterator[str]:
        for child in self.children:
            yield from [child] if isinstance(child, str) else child._strings()


class Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Node("page")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice"
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parsed(report: Report) -> Node:
    """The page as a tree; every element must be closed where it was opened."""
    parser = Parser()
    parser.feed(html.render(report))
    parser.close()
    assert len(parser.open) == 1
    return parser.open[0]


def section(page: Node, table: str) -> Node:
    return page.one("section", id=f"table-{table}")
