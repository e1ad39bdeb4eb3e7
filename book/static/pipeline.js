// @ts-check
// Signals on their way: a row for every signal, a station for every layer that it
// passes, and at each station how many got how far. The last part of an ID names the
// station: SIGUSR1/kernel, SIGUSR1/stopped/channel. A station that names another one in the
// attribute "beside" is not behind it: the signal could go to either, or to both.

import { el, inline } from "./dom.js";
import { badge } from "./shapes.js";

/** @typedef {import("./figure.js").TimelineEvent} TimelineEvent */

export class Pipeline {
  constructor() {
    this.root = el("div", { class: "pipeline" });
    /** @type {{event: TimelineEvent, index: number}[]} */
    this.all = [];
    /** @type {Map<string, {box: HTMLElement, counts: HTMLElement}>} */
    this.stations = new Map();
    /** @type {Map<string, HTMLElement>} */
    this.rows = new Map();
  }

  /**
   * @param {TimelineEvent} event
   * @param {number} index
   */
  add(event, index) {
    this.all.push({ event, index });
    if (this.stations.has(event.id)) {
      return;
    }
    const slash = event.id.lastIndexOf("/");
    const name = slash < 0 ? event.id : event.id.slice(0, slash).replaceAll("/", ", ");
    const layer = slash < 0 ? "" : event.id.slice(slash + 1);
    let row = this.rows.get(name);
    if (!row) {
      row = el("div", { class: "pipe-row" });
      this.rows.set(name, row);
      this.root.append(el("div", { class: "pipe-name" }, name), row);
    }
    const counts = el("dl", { class: "pipe-counts" });
    const beside = event.attrs.some((a) => a.key === "beside") ? " beside" : "";
    const box = el("div", { class: `station${beside}` }, el("div", { class: "station-name" }, ...inline(layer || name)), counts);
    row.append(box);
    this.stations.set(event.id, { box, counts });
  }

  layOut() {}

  /** @param {number} count */
  show(count) {
    /** @type {Map<string, Map<string, {sum: number, provenance: string}>>} */
    const totals = new Map();
    let latest = "";
    for (const { event, index } of this.all) {
      if (index >= count) {
        break;
      }
      latest = event.id;
      const station = totals.get(event.id) ?? new Map();
      totals.set(event.id, station);
      const stated = event.attrs.find((a) => a.key === "count");
      const before = station.get(event.to)?.sum ?? 0;
      station.set(event.to, { sum: stated ? Number(stated.value) : before + 1, provenance: event.provenance });
    }
    for (const [id, { box, counts }] of this.stations) {
      const station = totals.get(id);
      box.classList.toggle("reached", station !== undefined);
      box.classList.toggle("latest", id === latest);
      counts.replaceChildren(...[...(station ?? [])].flatMap(([state, { sum, provenance }]) => [
        el("dt", {}, badge(state), state), el("dd", { class: `count-${provenance}`, title: provenance }, sum.toLocaleString("en")),
      ]));
    }
  }
}
