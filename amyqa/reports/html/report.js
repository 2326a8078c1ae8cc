"use strict";
// Filters the findings, opens what an address names, and tells every sum that a chosen cell stands in.
// Everything it shows is made with textContent: what is printed in a table never becomes markup.
(() => {
  const byId = id => document.getElementById(id);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const make = (tag, cls, ...children) => {
    const node = document.createElement(tag);
    if (cls) node.className = cls;
    node.append(...children);
    return node;
  };
  const reveal = node => {
    for (let at = node; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  };

  // --- packed tables ---------------------------------------------------------------------------
  // Of a large report, folded tables are compressed, several together; each becomes part of the page when it
  // is opened, and all of them before the page is printed, which cannot wait: hence no stream.
  const packed = new Map(), holders = new Map(), packs = new Map();
  for (const [number, causes, told] of JSON.parse(byId("index")?.textContent ?? "[]")) {
    const section = document.querySelector(`section[data-number="${number}"]`);
    packed.set(section, { section, told });
    for (const id of [...told.map(each => each[0]), ...causes.map(cause => `cause-${cause}`)]) holders.set(id, section);
  }
  function bodies(name) {
    if (!packs.has(name)) {
      const source = byId(name);
      const bytes = Uint8Array.from(atob(source.textContent), char => char.charCodeAt(0));
      packs.set(name, new TextDecoder().decode(inflate(bytes)).split("\x1e"));
      source.remove();
    }
    return packs.get(name);
  }
  function unpack(section) {
    if (!packed.delete(section)) return;
    const body = make("template");
    body.innerHTML = bodies(section.dataset.pack)[section.dataset.at];  // as the report wrote it, escaped there
    section.querySelector("details").append(body.content);
    if (findings) for (const each of findings) if (each.section === section && !each.node) {
      each.node = byId(each.id);
      each.node.hidden = each.keep === false;
    }
    ready(section.querySelector("table"));
  }
  function find(id) {
    const cell = id.match(/^cell-(\d+)-\d+$/);
    unpack(cell ? document.querySelector(`section[data-number="${cell[1]}"]`) : holders.get(id));
    return byId(id);
  }

  // RFC 1951
  function inflate(data) {
    let at = 0, hold = 0, held = 0, size = 0, out = new Uint8Array(data.length * 8);
    const bits = n => {
      for (; held < n; held += 8) hold |= data[at++] << held;
      const value = hold & (1 << n) - 1;
      hold >>>= n;
      held -= n;
      return value;
    };
    const room = more => {
      if (size + more <= out.length) return;
      const larger = new Uint8Array(2 * (size + more));
      larger.set(out);
      out = larger;
    };
    const tree = lengths => {
      const count = Array(16).fill(0), start = [0, 0], symbols = [];
      for (const length of lengths) count[length]++;
      for (let length = 1; length < 15; length++) start[length + 1] = start[length] + count[length];
      lengths.forEach((length, symbol) => { if (length) symbols[start[length]++] = symbol; });
      return { count, symbols };
    };
    const symbol = ({ count, symbols }) => {
      for (let length = 1, code = 0, first = 0, index = 0; ; length++) {
        code |= bits(1);
        if (code - count[length] < first) return symbols[index + code - first];
        index += count[length];
        first = first + count[length] << 1;
        code <<= 1;
      }
    };
    const steps = (from, every, most) => Array.from({ length: most }, (_, i) => Math.max(0, Math.floor((i - from) / every)));
    const extra = [...steps(4, 4, 28), 0], far = steps(2, 2, 30);
    const base = (first, wide) => wide.reduce((all, n) => [...all, all.at(-1) + (1 << n)], [first]);
    const lengths = base(3, extra), distances = base(1, far);
    lengths[28] = 258;
    for (let last = 0; !last;) {
      last = bits(1);
      const kind = bits(2);
      if (kind === 0) {
        hold = held = 0;
        const n = data[at] | data[at + 1] << 8;
        room(n);
        out.set(data.subarray(at + 4, at + 4 + n), size);
        at += 4 + n;
        size += n;
        continue;
      }
      let literal, distance;
      if (kind === 1) {
        literal = tree(Array.from({ length: 288 }, (_, i) => i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8));
        distance = tree(Array(30).fill(5));
      } else {
        const [ones, twos, codes] = [bits(5) + 257, bits(5) + 1, bits(4) + 4], order = Array(19).fill(0), all = [];
        for (const i of [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15].slice(0, codes)) order[i] = bits(3);
        const meta = tree(order);
        while (all.length < ones + twos) {
          const code = symbol(meta);
          if (code < 16) all.push(code);
          else all.push(...Array(code === 16 ? bits(2) + 3 : code === 17 ? bits(3) + 3 : bits(7) + 11).fill(code === 16 ? all.at(-1) : 0));
        }
        literal = tree(all.slice(0, ones));
        distance = tree(all.slice(ones));
      }
      for (let code; (code = symbol(literal)) !== 256;) {
        room(258);
        if (code < 256) { out[size++] = code; continue; }
        const n = lengths[code - 257] + bits(extra[code - 257]), to = symbol(distance), back = distances[to] + bits(far[to]);
        for (let i = 0; i < n; i++, size++) out[size] = out[size - back];
      }
    }
    return out.subarray(0, size);
  }

  // --- filters ---------------------------------------------------------------------------------
  const form = byId("filters"), shown = byId("shown"), search = byId("search");
  const fields = ["severity", "rule", "ess", "chapter", "status"];
  let findings = null;

  // findings on the page, and those of packed tables, which have no node yet
  const known = () => findings ??= [
    ...all(".finding").map(node => ({
      id: node.id, node, section: node.closest("section"),
      severity: node.dataset.severity, rule: node.dataset.rule, ess: node.dataset.ess,
      chapter: node.closest("[data-chapter]")?.dataset.chapter ?? "",
      status: node.dataset.status.split("|"), cause: node.closest(".cause")?.id, text: null,
    })),
    ...[...packed.values()].flatMap(({ section, told }) => told.map(([id, severity, rule, ess, status, text, cause]) => ({
      id, node: null, section, severity, rule, ess, cause: `cause-${cause}`,
      chapter: section.dataset.chapter, status: status.split("|"), text: null, said: text,
    }))),
  ];
  const words = each => each.text ??=
    `${each.said ?? each.node.textContent} ${each.section?.querySelector("summary")?.textContent ?? ""}`.toLowerCase();
  const matches = (each, wanted, sought) =>
    fields.every(name => !wanted[name] || (name === "status" ? each.status.includes(wanted.status) : each[name] === wanted[name]))
    && sought.every(word => words(each).includes(word));

  function sift() {
    const wanted = Object.fromEntries(fields.map(name => [name, byId(`filter-${name}`).value]));
    const sought = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const sifting = sought.length > 0 || fields.some(name => wanted[name]);
    const kept = new Map(), causes = new Map();
    let number = 0;
    for (const each of known()) {
      const keep = matches(each, wanted, sought);
      each.keep = keep;
      if (each.node && each.node.hidden === keep) each.node.hidden = !keep;
      number += keep;
      kept.set(each.section, kept.get(each.section) || keep);
      if (each.cause) causes.set(each.cause, causes.get(each.cause) || keep);
    }
    for (const card of all(".cause")) card.hidden = sifting && !causes.get(card.id);
    let opened = 0;
    for (const section of all("section.table")) {
      const keep = !sifting || kept.get(section) === true;
      if (section.hidden === keep) section.hidden = !keep;
      if (sifting && keep && opened++ < 20) {
        section.querySelector("details").open = true;
        for (const fold of all(".behind, .alike", section)) if (fold.querySelector(".finding:not([hidden])")) fold.open = true;
      }
    }
    const decided = byId("decided")?.querySelector("details");
    if (decided && sifting && kept.get(byId("decided"))) decided.open = true;
    const things = [...causes.values()], some = n => n.toLocaleString("en");
    shown.textContent = `${some(number)} of ${some(known().length)} findings`
      + (things.length ? ` in ${some(things.filter(Boolean).length)} of ${some(things.length)} causes` : "");
    byId("none").hidden = number > 0;
    form.querySelector("button").hidden = !sifting;
    keepAddress();
  }
  // what is sought and sifted stays in the address, to be sent to somebody
  function keepAddress() {
    const asked = new URLSearchParams();
    for (const [name, value] of [...fields.map(name => [name, byId(`filter-${name}`).value]), ["q", search.value]])
      if (value) asked.set(name, value);
    const told = asked.toString() && `?${asked}`;
    if (told === location.search) return;
    try { history.replaceState(null, "", `${location.pathname}${told}${location.hash}`); } catch { /* not here */ }
  }
  if (form) {
    form.hidden = false;
    for (const [name, value] of new URLSearchParams(location.search)) {
      const field = name === "q" ? search : fields.includes(name) && byId(`filter-${name}`);
      if (field) field.value = value;
    }
    form.addEventListener("input", sift);
    form.addEventListener("reset", () => setTimeout(sift));
    form.addEventListener("submit", event => event.preventDefault());
    if (fields.some(name => byId(`filter-${name}`).value) || search.value) sift();
  }

  // --- addresses -------------------------------------------------------------------------------
  function arrive() {
    let id = location.hash.slice(1);
    try { id = decodeURIComponent(id); } catch { /* as it stands */ }
    const target = id && find(id);
    if (!target) return;
    if (form && target.closest("[hidden]")) { form.reset(); sift(); }
    reveal(target.querySelector(":scope > details") ?? target);
    const cell = target.closest("td[id]");
    if (cell) return focusOn(cell, "center");
    target.scrollIntoView({ block: target.matches("section, article") ? "start" : "center" });
    if (!target.matches("a, section")) { target.tabIndex = -1; target.focus({ preventScroll: true }); }
  }
  addEventListener("hashchange", arrive);

  document.addEventListener("click", event => {
    const link = event.target.closest?.('a[href^="#"]');
    if (!link || event.defaultPrevented) return;
    if (link.getAttribute("href") === location.hash) arrive();
    if (link.matches(".finding .severity")) copy(link.href, link, "link copied");
  });
  async function copy(text, where, told) {
    try {
      await navigator.clipboard.writeText(text);
      const said = make("span", "quiet", ` ${told}`);
      said.setAttribute("role", "status");
      where.after(said);
      setTimeout(() => said.remove(), 1500);
    } catch { /* the address bar has a link, and amyqa check the ids */ }
  }
  // the command that rules on a cause: all of its open findings at once
  function command(card) {
    const ids = all(".finding", card).map(node => node.id.slice(8, 16));
    if (!ids.length) return;
    const button = make("button", "copy", "Copy command");
    button.type = "button";
    button.title = `amyqa decide ${ids.length === 1 ? ids[0] : `with ${ids.length} ids`}`;
    const said = card.querySelector(".changes") ? "corrected" : "explained";
    button.addEventListener("click", () => copy(`amyqa decide ${ids.join(" ")} --ruling ${said} --reason ""`, button, "copied"));
    card.querySelector("h3").append(button);
  }

  // --- cells -----------------------------------------------------------------------------------
  const panel = byId("panel"), tables = byId("tables");
  const STATES = ["broken", "unknown", "holds"];
  const HEADS = { broken: "Broken", unknown: "Not evaluated", holds: "Holding" };
  const cases = new Map();
  let chosen = null;

  const place = td => td.id.match(/^cell-(\d+)-(\d+)$/).slice(1).map(Number);
  const token = td => ((td.querySelector("del") ?? td.querySelector("bdi") ?? td).textContent).trim();

  function caseOf(number) {
    if (!cases.has(number)) {
      const told = JSON.parse(byId(`sums-${number}`).textContent);
      told.at = new Map();
      told.sums.forEach((sum, i) => {
        for (let k = 0; k < sum[2].length; k += 2) {
          const cell = sum[2][k];
          if (!cell) continue;
          if (!told.at.has(cell)) told.at.set(cell, []);
          if (told.at.get(cell).at(-1) !== i) told.at.get(cell).push(i);
        }
      });
      told.read = new Map(told.readings.flatMap(([words, ...cells]) => cells.map(cell => [cell, words])));
      cases.set(number, told);
    }
    return cases.get(number);
  }

  function term(told, number, sum, i, self, operator) {
    const [cell, name] = [sum[2][2 * i], told.words[sum[2][2 * i + 1]]];
    const more = sum[3] ?? {};
    const to = cell ? `cell-${number}-${cell}` : more.links?.[i];
    const td = cell ? byId(to) : null;
    const amount = more.amounts && i in more.amounts ? told.words[more.amounts[i]] : td ? token(td) : "";
    const factor = Math.abs(more.factors?.[i] ?? 1) === 1 ? "" : `${Math.abs(more.factors[i])} × `;
    let value = make("span", cell === self ? "self" : "", amount);
    if (to && cell !== self) {
      value = make("a", "", amount);
      value.href = `#${to}`;
    }
    const line = make("span", "", operator ? `${operator} ` : "", factor, value);
    return make("span", "term", make("small", "", name), line);
  }

  function arithmetic(told, number, sum, self) {
    const more = sum[3] ?? {}, line = make("p", "sum");
    const count = sum[2].length / 2, broken = sum[0] === 0;
    line.append(term(told, number, sum, 0, self, ""), " ");
    for (let i = 1; i < count; i++) {
      const minus = (more.factors?.[i] ?? 1) < 0;
      const first = more.sense ? (broken ? { "≤": ">", "≥": "<" }[more.sense] : more.sense) : broken ? "≠" : more.computed !== undefined && told.words[sum[3].remark]?.includes("rounding") ? "≈" : "=";
      line.append(term(told, number, sum, i, self, i === 1 ? (minus ? `${first} −` : first) : minus ? "−" : "+"), " ");
    }
    if (more.left) line.append(make("span", "term", make("span", "", `+ ${more.left} more`)), " ");
    if (more.computed !== undefined) {
      const made = told.words[more.computed];
      line.append(make("span", "term", make("small", "", "added up"), make("span", "", made.startsWith("at ") ? made : `= ${made}`)));
    }
    return line;
  }

  function sums(told, number, cell) {
    const mine = (told.at.get(cell) ?? []).map(i => told.sums[i]);
    const by = STATES.map((state, s) => [state, mine.filter(sum => sum[0] === s)]);
    const words = { broken: "broken", unknown: "not evaluated", holds: "holding" };
    const parts = [make("p", "details", mine.length
      ? `It is part of ${mine.length} ${mine.length === 1 ? "identity" : "identities"}: ${by.map(([s, list]) => `${list.length} ${words[s]}`).join(", ")}.`
      : "It is part of no identity that is listed here.")];
    for (const [state, list] of by) {
      if (!list.length) continue;
      const items = list.map(sum => {
        const item = make("li", state);
        if (told.words[sum[1]]) item.append(make("p", "where", told.words[sum[1]]));
        item.append(arithmetic(told, number, sum, cell));
        if (sum[3]?.remark !== undefined) item.append(make("p", "remark", told.words[sum[3].remark]));
        return item;
      });
      parts.push(make("h3", "", `${HEADS[state]} (${list.length})`), make("ul", "sums", ...items));
    }
    if (told.rest) parts.push(make("p", "note", `${told.rest.toLocaleString("en")} identities of this table are counted but not listed here; amyqa explain lists them.`));
    return parts;
  }

  function concerning(td) {
    const link = `a[href="#${td.id}"]`;
    const found = [...new Set(all(`.finding ${link}, .changes ${link}`).map(a => a.closest(".changes li, .finding")))];
    if (!found.length) return [];
    return [make("h3", "", "Causes and findings"), make("ul", "top", ...found.map(node => {
      const holder = node.closest(".finding, .cause");
      const item = make("li", node.className.replace("finding", "").trim());
      const go = make("a", "severity", (holder.querySelector(".severity")).textContent.trim());
      go.href = `#${holder.id}`;
      item.append(make("div", "", go, " ", (node.querySelector(".sentence bdi") ?? node.querySelector(".why a, .why bdi")).textContent.trim()));
      return item;
    }))];
  }

  function choose(td, { focus = false } = {}) {
    const [number, cell] = place(td), told = caseOf(number), row = td.parentElement;
    const column = told.columns[(cell - 1) % told.columns.length];
    const keys = all("th", row).map(th => th.firstChild?.textContent.trim()).join(" | ");
    unmark();
    chosen = td;
    td.classList.add("chosen");
    for (const i of told.at.get(cell) ?? []) if (told.sums[i][0] === 0)
      for (let k = 0; k < told.sums[i][2].length; k += 2)
        if (told.sums[i][2][k] !== cell) byId(`cell-${number}-${told.sums[i][2][k]}`)?.classList.add("in-sum");
    const title = make("h2", "", `${keys}, ${column}`);
    title.id = "panel-title";
    const close = make("button", "", "Close");
    close.type = "button";
    close.addEventListener("click", dismiss);
    const big = make("p", "big");
    if (td.querySelector("del")) big.append(...[...td.querySelectorAll("del, ins")].flatMap(node => [node.cloneNode(true), " "]), make("span", "quiet", td.querySelector(".word").textContent));
    else big.append(make("b", "", token(td) || "blank"));
    const source = row.dataset.source ? `; printed source: line ${row.dataset.source}` : "";
    const at = `${told.file}:${row.dataset.line}, field ${told.places[(cell - 1) % told.columns.length]}${source}`;
    panel.replaceChildren(
      make("header", "", make("div", "", title, make("span", "quiet", told.title)), make("div", "actions", close)),
      big,
      ...(told.read.has(cell) ? [make("p", "details", told.read.get(cell))] : []),
      make("p", "details", make("code", "", at)),
      ...sums(told, number, cell), ...concerning(td));
    panel.hidden = false;
    panel.scrollTop = 0;
    aside(td);
    if (focus) panel.focus({ preventScroll: true });
  }
  // the panel stays clear of the cell: on the other side, or below it where the window is narrow
  function aside(td) {
    const at = td.getBoundingClientRect();
    panel.classList.remove("left");
    let over = panel.getBoundingClientRect();
    if (at.right > over.left && at.bottom > over.top && over.left > over.width) panel.classList.add("left");
    over = panel.getBoundingClientRect();
    if (at.right > over.left && at.left < over.right && at.bottom > over.top && over.top > 100) scrollBy(0, at.bottom - over.top + 24);
  }
  function unmark() {
    all(".chosen, .in-sum").forEach(node => node.classList.remove("chosen", "in-sum"));
  }
  function dismiss() {
    if (panel.hidden) return;
    const back = chosen;
    panel.hidden = true;
    unmark();
    chosen = null;
    if (back) focusOn(back);
  }
  function focusOn(td, place = "nearest") {
    reveal(td);
    ready(td.closest("table"));
    unfold(td.closest("tbody"));
    for (const other of all('td[tabindex="0"]', td.closest("table"))) other.tabIndex = -1;
    td.tabIndex = 0;
    td.focus({ preventScroll: true });
    td.scrollIntoView({ block: place, inline: place });
  }

  const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  function neighbour(td, event) {
    const cells = all("td[id]", td.parentElement), rows = all("tbody:not(.away, .fold) > tr", td.closest("table"));
    const c = cells.indexOf(td), r = rows.indexOf(td.parentElement);
    if (event.key === "Home" || event.key === "End") {
      const row = event.ctrlKey ? rows.at(event.key === "Home" ? 0 : -1) : td.parentElement;
      return all("td[id]", row).at(event.key === "Home" ? 0 : -1);
    }
    const move = MOVES[event.key];
    return move && rows[r + move[0]] && all("td[id]", rows[r + move[0]])[c + move[1]];
  }

  // --- long and wide tables: rows that hold are folded, the first broken column is brought into view ------
  function unfold(held) {
    if (!held?.classList.contains("away")) return;
    held.classList.remove("away");
    held.previousElementSibling.remove();
  }
  function foldRows(table) {
    const across = [...table.rows].at(-1).cells.length;
    for (const held of all("tbody.held", table)) {
      const button = make("button", "", `${held.rows.length.toLocaleString("en")} rows with nothing broken`);
      button.type = "button";
      button.addEventListener("click", () => { unfold(held); all("td[id]", held)[0]?.focus(); });
      const cell = make("td", "", button);
      cell.colSpan = across;
      held.before(make("tbody", "fold", make("tr", "", cell)));
      held.classList.add("away");
    }
  }
  function bringIntoView(table) {
    const place = table.parentElement, td = table.querySelector("td.root") ?? table.querySelector("td.broken, td.role");
    if (!td || place.scrollWidth <= place.clientWidth) return;
    const label = td.parentElement.cells[0].offsetWidth;
    if (td.offsetLeft + td.offsetWidth > place.clientWidth) place.scrollLeft = td.offsetLeft - label - td.offsetWidth;
  }

  tables.classList.add("scripted-cells");
  all(".scripted").forEach(node => { node.hidden = false; });
  // one stop of the tabulator in each table: the first cell that something is said of, or the first
  // a table stays in view while the findings beside it are read, but not where they are below it
  const sides = new ResizeObserver(entries => {
    for (const { target } of entries) {
      const [table, found] = target.children;
      target.classList.toggle("side", !!found && found.offsetLeft > table.offsetLeft);
    }
  });
  const ready = table => {
    if (!table || table.dataset.ready) return;
    table.dataset.ready = "yes";
    sides.observe(table.closest(".beside"));
    for (const td of all("td[id]", table)) td.tabIndex = -1;
    const stop = table.querySelector("td.root, td.broken") ?? table.querySelector("td[id]");
    if (stop) stop.tabIndex = 0;
    foldRows(table);
    bringIntoView(table);
    all(".cause:not(.ruled)", table.closest("section")).forEach(command);
  };
  all("details[open] table", tables).forEach(ready);
  tables.addEventListener("toggle", event => {
    const section = event.target.closest("section");
    if (event.target.parentElement !== section) return;
    unpack(section);
    ready(section.querySelector("table"));
  }, true);
  tables.addEventListener("click", event => {
    const td = event.target.closest("td[id]");
    if (!td || event.target.closest("sup a")) return;
    event.preventDefault();
    focusOn(td);
    choose(td);
  });
  tables.addEventListener("keydown", event => {
    const td = event.target;
    if (!td.matches?.("td[id]") || event.altKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      choose(td, { focus: true });
      return;
    }
    const next = neighbour(td, event);
    if (!next) return;
    event.preventDefault();
    focusOn(next);
    if (!panel.hidden) choose(next);
  });
  document.addEventListener("keydown", event => { if (event.key === "Escape") dismiss(); });
  panel.addEventListener("click", event => {
    const link = event.target.closest('a[href^="#cell-"]');
    if (!link) return;
    event.preventDefault();
    const td = find(link.getAttribute("href").slice(1));
    focusOn(td);
    choose(td);
  });

  // --- tiles: one stop for all of them, arrow keys between ---------------------------------------
  const tiles = all(".heat a");
  if (tiles.length > 12) {
    tiles.forEach((tile, i) => tile.setAttribute("tabindex", i ? "-1" : "0"));
    byId("heat").closest("section").addEventListener("keydown", event => {
      const i = tiles.indexOf(event.target), step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
      if (i < 0 || !step || !tiles[i + step]) return;
      event.preventDefault();
      tiles[i].setAttribute("tabindex", "-1");
      tiles[i + step].setAttribute("tabindex", "0");
      tiles[i + step].focus();
    });
  }

  // --- print: every table, and what is folded -------------------------------------------------------
  let folded = [];
  addEventListener("beforeprint", () => {
    [...packed.keys()].forEach(unpack);
    folded = all("details:not([open])");
    folded.forEach(node => { node.open = true; });
  });
  addEventListener("afterprint", () => folded.forEach(node => { node.open = false; }));

  arrive();
  addEventListener("load", () => setTimeout(arrive));  // a browser goes where it would have by itself, too
})();
