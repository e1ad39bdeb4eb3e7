// @ts-check
// Tables of cases: many programs, or signals, put through the same thing. With more
// than a few rows they can be filtered.

import { charted } from "./chart.js";
import { el } from "./dom.js";

/** From how many rows on a table has a filter. */
const many = 8;

/** Up to how many letters a cell is not broken into lines. */
const few = 12;

/**
 * @param {{header: string[], rows: string[][]}} t
 * @param {string} name  what it is a table of
 * @returns {HTMLElement}
 */
export function cases(t, name) {
  const row = (/** @type {string[]} */ cells) =>
    el("tr", {}, ...cells.map((c, i) => (i ? el("td", {}, c) : el("th", { scope: "row" }, c))));
  const whole = el("div", { class: "cases wide" },
    el("div", { class: "cases-sheet", tabindex: "0", role: "region", "aria-label": name },
      el("table", {}, el("caption", {}, name),
        el("thead", {}, el("tr", {}, ...t.header.map((c) => el("th", { scope: "col" }, c)))),
        el("tbody", {}, ...t.rows.map(row)))));
  filterable(whole);
  return whole;
}

/**
 * Completes a table that is on the page: the chart that belongs to it, cells that stay on one
 * line, and a filter if it is long.
 * @param {HTMLElement} whole  an element of class cases
 */
export function filterable(whole) {
  charted(whole);
  for (const cell of whole.querySelectorAll("td, th")) {
    cell.classList.toggle("short", (cell.textContent ?? "").length <= few);
  }
  const rows = [...whole.querySelectorAll("tbody tr")].map((tr) => /** @type {HTMLElement} */ (tr));
  if (rows.length < many) {
    return;
  }
  const texts = rows.map((tr) => [...tr.children].map((c) => c.textContent).join(" ").toLowerCase());
  const input = el("input", { type: "search", placeholder: "word -without", autocomplete: "off", spellcheck: "false" });
  const count = el("span", { class: "small", role: "status" });
  const show = () => {
    const words = /** @type {HTMLInputElement} */ (input).value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((tr, i) => {
      tr.hidden = !words.every((w) => (w.length > 1 && w[0] === "-" ? !texts[i].includes(w.slice(1)) : texts[i].includes(w)));
      shown += tr.hidden ? 0 : 1;
    });
    count.textContent = shown === rows.length ? `${rows.length} rows` : `${shown} of ${rows.length} rows`;
  };
  input.addEventListener("input", show);
  whole.prepend(el("p", { class: "cases-filter" },
    el("label", {}, "Rows with ", input), " ", count));
  show();
}
