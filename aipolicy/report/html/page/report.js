"use strict";
(() => {
  // The page says everything without this script: it searches, sorts, filters, and shows one feature at a time.
  const root = document.documentElement;
  const form = document.getElementById("filters");
  const table = document.getElementById("inventory");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  const count = document.getElementById("count");
  const mapBody = document.getElementById("map-rows");
  const sections = new Map([...document.querySelectorAll(".feature")].map((each) => [each.id, each]));
  const texts = new Map(rows.map((row) => [row, row.textContent.replace(/\u00a0/g, " ").toLowerCase()]));
  const choices = ["owner", "lifecycle", "answer", "certainty", "blocked"];
  const title = document.title;
  let state = new URLSearchParams();

  const cellOf = (row, key) => row.cells[heads.findIndex((head) => head.dataset.key === key)];
  const valueOf = (row, key, isNumber) => {
    const cell = cellOf(row, key);
    if (!isNumber) return cell.textContent.trim().toLowerCase();
    return cell.dataset.value === undefined ? -1 : Number(cell.dataset.value);
  };

  const sortRows = (word) => {
    const key = word.replace(/^-/, "");
    const head = heads.find((each) => each.dataset.key === key);
    heads.forEach((each) => each.removeAttribute("aria-sort"));
    let ordered = rows;
    if (head) {
      const isNumber = head.dataset.kind === "number";
      const sign = word.startsWith("-") ? -1 : 1;
      head.setAttribute("aria-sort", sign < 0 ? "descending" : "ascending");
      const values = new Map(rows.map((row) => [row, valueOf(row, key, isNumber)]));
      ordered = [...rows].sort((one, other) => {
        const a = values.get(one), b = values.get(other);
        return sign * (a < b ? -1 : a > b ? 1 : 0);
      });
    }
    body.append(...ordered);
  };

  const showMap = (kept) => {
    if (!mapBody) return;
    for (const row of mapBody.rows) row.hidden = !kept.has(row.dataset.feature);
  };

  const apply = () => {
    const words = (state.get("q") || "").toLowerCase().split(/\s+/).filter(Boolean);
    const kept = new Set();
    for (const row of rows) {
      const isKept = words.every((word) => texts.get(row).includes(word))
        && choices.every((name) => !state.get(name) || row.dataset[name] === state.get(name));
      row.hidden = !isKept;
      if (isKept) kept.add(row.dataset.feature);
    }
    sortRows(state.get("sort") || "");
    count.textContent = `${kept.size} of ${rows.length} features`;
    showMap(kept);
    for (const field of form.elements) if (field.name) field.value = state.get(field.name) || "";
  };

  const keep = () => {
    for (const [name, value] of [...state]) if (!value) state.delete(name);
    const words = state.toString();
    history.replaceState(null, "", words ? `#${words}` : location.pathname + location.search);
    apply();
  };

  const show = () => {
    let fragment = location.hash.slice(1);
    try { fragment = decodeURIComponent(fragment); } catch (error) { fragment = ""; }
    const section = sections.get(fragment);
    for (const each of sections.values()) each.classList.toggle("shown", each === section);
    root.classList.toggle("one", section !== undefined);
    document.title = section ? `${section.dataset.name} · ${title}` : title;
    if (section) {
      window.scrollTo(0, 0);
      section.querySelector("h2").focus();
    } else if (location.hash.includes("=")) {
      state = new URLSearchParams(location.hash.slice(1));
      apply();
    } else if (fragment) {
      const part = document.getElementById(fragment);
      if (part && part.matches("details")) part.open = true;
      if (part) part.scrollIntoView();
    }
  };

  form.addEventListener("input", (event) => { state.set(event.target.name, event.target.value); keep(); });
  form.addEventListener("reset", () => { state = new URLSearchParams(); keep(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const head of heads) {
    head.querySelector("button").addEventListener("click", () => {
      const key = head.dataset.key, sort = state.get("sort");
      const isNumber = head.dataset.kind === "number";
      const first = isNumber ? `-${key}` : key, second = isNumber ? key : `-${key}`;
      state.set("sort", sort === first ? second : sort === second ? "" : first);
      keep();
    });
  }
  document.addEventListener("click", (event) => {
    const back = event.target.closest("a.back");
    if (!back) return;
    event.preventDefault();
    const words = state.toString();
    location.hash = words || "features";
  });
  window.addEventListener("beforeprint", () => document.querySelectorAll("details.printed").forEach((each) => {
    each.dataset.was = each.open ? "open" : "";
    each.open = true;
  }));
  window.addEventListener("afterprint", () => document.querySelectorAll("details.printed").forEach((each) => {
    each.open = each.dataset.was === "open";
  }));
  window.addEventListener("hashchange", show);
  apply();
  show();
})();
