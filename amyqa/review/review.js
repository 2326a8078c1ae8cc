"use strict";
// Shows a card for each cause, and sends rulings off as they are made. What is printed in a table reaches the
// page only as the server has escaped it, or with textContent.
(() => {
  const byId = id => document.getElementById(id);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const posting = document.querySelector('meta[name="amyqa-posting"]').content;
  const reviewer = remembered(sessionStorage, "amyqa-reviewer") ?? keep(sessionStorage, "amyqa-reviewer", crypto.getRandomValues(new Uint32Array(4)).join("-"));
  const form = byId("ruling"), reason = byId("reason"), reasoning = byId("reasoning"), card = byId("card");
  const who = byId("who"), search = byId("search"), onlyOpen = byId("only-open"), told = byId("told");
  const PLACES = { corrected: "corrected", explained: "explained", "kept as printed": "kept", "ask the source": "ask" };
  let key = "", ruling = "", finding = "", revision = 0, busy = false, shownNews = "";

  // a browser may keep nothing for us: then nothing is remembered
  function remembered(where, name) { try { return where.getItem(name); } catch { return null; } }
  function keep(where, name, text) { try { where.setItem(name, text); } catch { /* not kept */ } return text; }

  // --- talking to the server ---------------------------------------------------------------------
  async function get(path) {
    const answer = await fetch(path, { cache: "no-store" });
    if (!answer.ok) throw new Error(await answer.text());
    return answer;
  }
  async function post(path, values) {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Amyqa-Review": posting },
      body: JSON.stringify({ who: who.value, reviewer, ...values }),
    });
    const said = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(said.error), { status: answer.status });
    return said;
  }
  function say(text, look = "") {
    told.textContent = text;
    told.className = look;
    told.hidden = !text;
  }
  async function doing(work) {
    if (busy) return;
    busy = true;
    document.body.classList.add("busy");
    try { await work(); } catch (error) {
      say(error instanceof TypeError ? "The server does not answer: is amyqa review still running?" : error.message, "wrong");
      if (error.status === 409) await refresh();
    } finally {
      busy = false;
      document.body.classList.remove("busy");
    }
  }

  // --- the list ------------------------------------------------------------------------------------
  const entries = () => all("#causes > li");
  const visible = () => entries().filter(entry => !entry.hidden);
  const entryOf = wanted => entries().find(entry => entry.dataset.key === wanted);

  function sift() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const entry of entries()) {
      const text = entry.textContent.toLowerCase();
      entry.hidden = !words.every(word => text.includes(word)) || (onlyOpen.checked && entry.dataset.open === "no" && entry.dataset.key !== key);
    }
    byId("none").hidden = visible().length > 0 || !entries().length;
  }
  function mark() {
    for (const entry of entries()) {
      const link = entry.querySelector("a");
      if (entry.dataset.key === key) {
        link.setAttribute("aria-current", "true");
        entry.scrollIntoView({ block: "nearest" });
      } else link.removeAttribute("aria-current");
    }
    const list = byId("causes");
    if (!list) return;
    revision = Number(list.dataset.revision);
    const { done, total } = list.dataset;
    byId("bar").max = Number(total) || 1;
    byId("bar").value = Number(total) ? Number(done) : 1;
    byId("done").textContent = `${done} of ${total} decided`;
  }
  async function reloadList() {
    byId("list").innerHTML = await (await get("/list")).text();
    sift();
    mark();
  }

  // --- the card --------------------------------------------------------------------------------------
  const ahead = new Map();
  async function fetchCard(wanted) {
    const known = ahead.get(wanted);
    ahead.delete(wanted);
    return known ?? (await get(`/card/${wanted}`)).text();
  }
  function fetchAhead() {
    const list = visible(), next = list[list.findIndex(entry => entry.dataset.key === key) + 1]?.dataset.key;
    if (next && !ahead.has(next)) get(`/card/${next}`).then(answer => answer.text()).then(text => ahead.set(next, text)).catch(() => {});
  }
  async function show(wanted, { focus = true } = {}) {
    if (!entryOf(wanted)) wanted = visible()[0]?.dataset.key ?? "";
    if (!wanted) {
      key = "";
      form.hidden = true;
      card.replaceChildren(Object.assign(document.createElement("p"), { className: "quiet", textContent: "Nothing is left to decide." }));
      return;
    }
    const text = await fetchCard(wanted), same = wanted === key;
    key = wanted;
    card.innerHTML = text;
    form.hidden = false;
    if (!same) {
      leave();
      single("");
      scrollTo(0, 0);
    } else if (finding) single(all("#sums li").some(each => each.dataset.finding === finding) ? finding : "");
    if (decodeURIComponent(location.hash.slice(1)) !== key) history.replaceState(null, "", `#${key}`);
    sift();
    mark();
    if (focus) byId("heading")?.focus({ preventScroll: true });
    for (const part of all(".excerpt .scroll", card)) {
      const at = part.querySelector("td.role, td.broken");
      if (at) part.scrollLeft = Math.max(0, at.offsetLeft - part.clientWidth / 2);
    }
    fetchAhead();
    outcome();
  }
  async function outcome() {
    const place = byId("outcome"), of = place?.dataset.key;
    if (!place) return;
    try {
      const text = await (await get(`/outcome/${of}`)).text();
      if (place.isConnected) place.innerHTML = text;
    } catch { place.remove(); }
  }
  function step(by) {
    const list = visible(), at = list.findIndex(entry => entry.dataset.key === key);
    const next = list[Math.min(list.length - 1, Math.max(0, at + by))];
    if (next && next.dataset.key !== key) doing(() => show(next.dataset.key));
  }
  function nextOpen() {
    const list = entries(), at = list.findIndex(entry => entry.dataset.key === key);
    return [...list.slice(at + 1), ...list.slice(0, at)].find(entry => entry.dataset.open === "yes" && !entry.hidden)?.dataset.key;
  }
  async function refresh() {
    ahead.clear();
    await reloadList();
    if (key) await show(key, { focus: false });
    else if (visible().length) await show("", { focus: false });
  }

  // --- ruling ------------------------------------------------------------------------------------------
  function leave() {
    ruling = "";
    reasoning.hidden = true;
    for (const button of all("[data-ruling]", form)) button.setAttribute("aria-pressed", "false");
  }
  function single(id) {
    finding = id;
    const chosen = all("#sums li").find(each => each.dataset.finding === id);
    for (const each of all("#sums li")) each.classList.toggle("chosen", each === chosen);
    form.querySelector('[data-do="single"]').setAttribute("aria-pressed", String(!!chosen));
    byId("single").textContent = chosen ? `Only ${chosen.dataset.name}` : "This finding only";
    if (chosen?.closest("details")) chosen.closest("details").open = true;
    chosen?.scrollIntoView({ block: "nearest" });
  }
  function nextSingle() {
    const list = all("#sums li"), at = list.findIndex(each => each.dataset.finding === finding);
    const next = list.slice(at + 1).find(each => !each.classList.contains("ruled")) ?? (at < 0 ? list[0] : null);
    single(next?.dataset.finding ?? "");
    say(next ? `Ruling on ${next.dataset.name} only.` : "Ruling on the whole cause.");
  }
  const reasonsOf = word => JSON.parse(remembered(localStorage, `amyqa-reasons-${word}`) ?? "[]").filter(text => typeof text === "string");
  function choose(word) {
    const article = card.querySelector("article");
    if (!article) return;
    ruling = word;
    for (const button of all("[data-ruling]", form)) button.setAttribute("aria-pressed", String(button.dataset.ruling === word));
    const earlier = reasonsOf(word), suggested = article.getAttribute(`data-reason-${PLACES[word]}`);
    reason.value = suggested ?? earlier[0] ?? "";
    byId("reasons").replaceChildren(...[suggested, ...earlier].filter(Boolean).map(value => Object.assign(document.createElement("option"), { value })));
    byId("reason-label").textContent = word === "ask the source" ? "Question" : `Why ${word}`;
    reasoning.hidden = false;
    reason.focus();
    reason.select();
    say("");
  }
  function save() {
    const article = card.querySelector("article");
    if (!ruling || !article) return;
    const text = reason.value.trim();
    if (!text) {
      say("A ruling needs a reason: comply or explain.", "wrong");
      reason.focus();
      return;
    }
    doing(async () => {
      const word = ruling, said = await post("/rule", { key, ruling, reason: text, version: article.dataset.version, finding });
      if (text !== article.getAttribute(`data-reason-${PLACES[word]}`))
        keep(localStorage, `amyqa-reasons-${word}`, JSON.stringify([text, ...reasonsOf(word).filter(each => each !== text)].slice(0, 12)));
      ahead.clear();
      leave();
      single("");
      await reloadList();
      const next = entryOf(key)?.dataset.open === "yes" ? key : nextOpen() ?? key;
      await show(next);
      say(said.failed || `Saved. ${said.told}.${done() ? " Everything is decided." : ""} Press u to take it back.`, said.failed ? "wrong" : "right");
    });
  }
  const done = () => entries().length > 0 && entries().every(entry => entry.dataset.open === "no");
  const undo = () => doing(async () => {
    const said = await post("/undo", {});
    ahead.clear();
    await reloadList();
    await show(said.key);
    say(said.told, "right");
  });
  const reopen = () => doing(async () => {
    const said = await post("/reopen", { key, version: card.querySelector("article").dataset.version });
    await refresh();
    say(said.told, "right");
  });
  const speak = (path, field) => doing(async () => {
    const said = await post(path, { key, text: byId(field).value });
    await refresh();
    say(said.told, "right");
  });
  async function questions() {
    const text = await (await get("/questions.txt")).text();
    byId("letter").value = text;
    byId("nothing-asked").hidden = !!text;
    byId("letter").hidden = !text;
    byId("asked").showModal();
  }
  async function copy() {
    const letter = byId("letter");
    letter.select();
    try { await navigator.clipboard.writeText(letter.value); } catch { document.execCommand("copy"); }
  }
  const DEEDS = {
    undo, reopen, copy, single: nextSingle,
    questions: () => doing(questions),
    help: () => byId("help").showModal(),
  };

  // --- what happens -------------------------------------------------------------------------------------
  document.addEventListener("click", event => {
    const button = event.target.closest("button");
    if (button?.dataset.ruling) choose(button.dataset.ruling);
    else if (button?.dataset.do) DEEDS[button.dataset.do]();
    const link = event.target.closest('#causes a[href^="#"]');
    if (link) {
      event.preventDefault();
      doing(() => show(link.closest("li").dataset.key));
    }
  });
  document.addEventListener("submit", event => {
    if (event.target.method === "dialog") return;
    event.preventDefault();
    if (event.target === form) save();
    if (event.target.id === "commenting") speak("/comment", "comment");
    if (event.target.id === "assigning") speak("/assign", "assignee");
  });
  const KEYS = {
    j: () => step(1), k: () => step(-1), x: nextSingle, u: undo, "?": DEEDS.help,
    m: () => byId("comment")?.focus(),
    "/": () => { search.focus(); search.select(); },
  };
  for (const button of all("[data-ruling]", form)) KEYS[button.querySelector("kbd").textContent] = () => choose(button.dataset.ruling);
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const writing = event.target.matches("input:not([type=checkbox]), textarea, select");
    if (event.key === "Escape" && writing) {
      if (event.target === reason) { leave(); byId("heading")?.focus({ preventScroll: true }); }
      else { if (event.target === search) { search.value = ""; sift(); } event.target.blur(); }
    }
    if (event.target === search && event.key === "Enter" && visible().length) {
      event.preventDefault();
      doing(() => show(visible()[0].dataset.key));
      return;
    }
    if (writing || document.querySelector("dialog[open]") || !byId("shortcuts").checked) return;
    const deed = KEYS[event.key];
    if (deed) {
      event.preventDefault();
      deed();
    }
  });
  search.addEventListener("input", sift);
  onlyOpen.addEventListener("change", sift);
  addEventListener("hashchange", () => {
    const wanted = decodeURIComponent(location.hash.slice(1));
    if (wanted !== key && entryOf(wanted)) doing(() => show(wanted));
  });
  who.value = remembered(localStorage, "amyqa-who") || who.value;
  who.addEventListener("change", () => keep(localStorage, "amyqa-who", who.value.trim()));
  byId("shortcuts").checked = remembered(localStorage, "amyqa-shortcuts") !== "off";
  byId("shortcuts").addEventListener("change", event => keep(localStorage, "amyqa-shortcuts", event.target.checked ? "on" : "off"));

  // --- what others do -------------------------------------------------------------------------------------
  async function listen() {
    if (document.hidden || busy) return;
    let said;
    try { said = await (await get("/news")).json(); } catch {
      say("The server does not answer: is amyqa review still running?", "wrong");
      return;
    }
    if (told.textContent.startsWith("The server does not answer")) say("");
    if (said.checking) say("Tables have changed on disk: they are checked again …");
    if (said.revision === revision || busy) return;
    busy = true;
    try {
      await refresh();
      if (said.news && said.news !== shownNews) say(shownNews = said.news);
      else say("Another reviewer, or another program, has changed something: this is how it is now.");
    } catch { /* the next look will tell */ } finally { busy = false; }
  }
  setInterval(listen, 2000);
  document.addEventListener("visibilitychange", listen);

  say("");
  const wanted = decodeURIComponent(location.hash.slice(1));
  mark();
  doing(() => show(entryOf(wanted) ? wanted : entries().find(entry => entry.dataset.open === "yes")?.dataset.key ?? ""));
})();
