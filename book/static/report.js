// @ts-check
// What arrives while a run is going on, apart from the picture: status, notes,
// values and printed output.

import { el, must } from "./dom.js";
import { cases } from "./table.js";

export class Report {
  constructor() {
    this.notes = must("notes");
    this.values = must("values");
    this.rows = /** @type {HTMLElement} */ (this.values.querySelector("tbody"));
    this.log = must("log");
    for (const area of [this.notes, this.values, must("output")]) {
      area.hidden = true;
    }
    this.notes.replaceChildren();
    this.rows.replaceChildren();
    this.values.querySelectorAll(".cases").forEach((old) => old.remove());
    this.log.replaceChildren();
    /** @type {Map<string, HTMLElement>} */
    this.cells = new Map();
    /** @type {Map<string, HTMLElement>} */
    this.tables = new Map();
    /** @type {HTMLElement|null} */
    this.lastOutput = null;
  }

  /**
   * @param {string} text
   * @param {string} [more]
   */
  status(text, more = "") {
    must("status").replaceChildren(text, ...(more ? [" ", el("span", { class: "small" }, more)] : []));
  }

  /** @param {{text: string}} m */
  note(m) {
    this.notes.hidden = false;
    this.notes.append(el("li", {}, m.text));
  }

  /** @param {{name: string, path: string, unit: string, text: string, lines?: boolean, table?: {header: string[], rows: string[][]}, silent?: boolean}} m */
  value(m) {
    if (m.silent) {
      return;
    }
    this.values.hidden = false;
    if (m.table) {
      const table = cases(m.table, m.path);
      this.tables.get(m.name)?.remove();
      this.tables.set(m.name, table);
      this.values.append(table);
      return;
    }
    const known = this.cells.get(m.name);
    if (known) {
      known.textContent = m.text;
      return;
    }
    if (m.lines) { // below their name: they are as wide as there is room
      const block = el("pre", { class: "lines", tabindex: "0" }, m.text);
      this.cells.set(m.name, block);
      this.rows.append(
        el("tr", { class: "above" }, el("th", { scope: "row", colspan: "3" }, m.path)),
        el("tr", {}, el("td", { class: "v", colspan: "3" }, block)),
      );
      return;
    }
    const head = el("th", { scope: "row" }, m.path);
    const cell = el("td", { class: "v" }, m.text);
    this.cells.set(m.name, cell);
    this.rows.append(el("tr", {}, head, cell, el("td", { class: "unit" }, m.unit)));
  }

  /** @param {{stream: string, text: string}} m */
  output(m) {
    must("output").hidden = false;
    const atEnd = this.log.scrollTop + this.log.clientHeight >= this.log.scrollHeight - 4;
    if (this.lastOutput?.dataset.stream === m.stream) {
      this.lastOutput.append(m.text);
    } else {
      this.lastOutput = el("pre", { "data-stream": m.stream, class: `stream-${m.stream}` }, m.text);
      this.log.append(this.lastOutput);
    }
    if (atEnd) {
      this.log.scrollTop = this.log.scrollHeight;
    }
  }
}
