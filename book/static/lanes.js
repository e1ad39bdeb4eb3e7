// @ts-check
// One lane for every subject, in the order of their first events. Columns are events
// in their order, not time: microseconds and milliseconds would not fit one scale.

import { el, magnification, svg } from "./dom.js";
import { mark, over } from "./shapes.js";

/** @typedef {import("./figure.js").TimelineEvent} TimelineEvent */

const maxLanes = 80; // more are folded away, and the picture says so
const maxMarks = 1500;
const pad = 12;

export class Lanes {
  constructor() {
    this.labels = el("div", { class: "lane-labels", "aria-hidden": "true" });
    this.plot = svg("svg", { class: "lane-plot", "aria-hidden": "true" });
    this.scroller = el("div", { class: "lane-scroller" }, this.plot);
    this.fold = el("p", { class: "fold small" });
    this.root = el("div", { class: "lanes" }, el("div", { class: "lane-area" }, this.labels, this.scroller), this.fold);
    /** @type {{event: TimelineEvent, index: number}[]} */
    this.all = [];
    /** @type {Map<string, {label: HTMLElement, state: HTMLElement, y: number}>} */
    this.lanes = new Map();
    /** @type {{index: number, end: number, x: number, width: number, group: SVGElement, bar: SVGElement|null, lane: string, state: string, shown: boolean, length: number}[]} */
    this.marks = [];
  }

  /**
   * @param {TimelineEvent} event
   * @param {number} index
   */
  add(event, index) {
    this.all.push({ event, index });
  }

  /** @param {number} width */
  layOut(width) {
    const subjects = [...new Set(this.all.map(({ event }) => event.subject))];
    const hidden = subjects.length > maxLanes ? new Set(subjects.slice(maxLanes / 2, -maxLanes / 2)) : new Set();
    let shown = this.all.filter(({ event }) => !hidden.has(event.subject));
    const foldedMarks = Math.max(0, shown.length - maxMarks);
    if (foldedMarks > 0) {
      shown = [...shown.slice(0, maxMarks * 2 / 3), ...shown.slice(-maxMarks / 3)];
    }
    const lanes = subjects.filter((s) => !hidden.has(s));
    const rowHeight = lanes.length > 40 ? 16 : lanes.length > 16 ? 22 : 30;
    const scale = magnification();
    this.root.style.setProperty("--row", `${rowHeight * scale}px`);
    this.root.classList.toggle("dense", rowHeight < 22);
    this.layOutLabels(lanes, rowHeight);
    const room = Math.max(120, (width - this.labels.offsetWidth) / scale - 2 * pad);
    const column = Math.max(7, Math.min(64, room / Math.max(shown.length, 1)));
    const plotWidth = Math.max(room, column * shown.length) + 2 * pad;
    const height = lanes.length * rowHeight;
    this.scale = scale;
    this.plot.setAttribute("viewBox", `0 0 ${plotWidth} ${height}`);
    this.plot.setAttribute("width", String(plotWidth * scale));
    this.plot.setAttribute("height", String(height * scale));
    this.plot.replaceChildren(patterns(shown.map(({ event }) => event.to)));
    for (const i of lanes.keys()) {
      this.plot.append(svg("line", { x1: 0, x2: plotWidth, y1: (i + 0.5) * rowHeight, y2: (i + 0.5) * rowHeight, class: "lane-line" }));
    }
    this.layOutMarks(shown, column, rowHeight, plotWidth);
    this.cursor = svg("line", { y1: 0, y2: height, class: "cursor" });
    this.plot.append(this.cursor);
    this.fold.textContent = [
      hidden.size > 0 ? `${hidden.size} of ${subjects.length} lanes in the middle are folded away` : "",
      foldedMarks > 0 ? `${foldedMarks} events in the middle are folded away` : "",
    ].filter(Boolean).join("; ");
  }

  /**
   * @param {string[]} lanes
   * @param {number} rowHeight
   */
  layOutLabels(lanes, rowHeight) {
    if (this.lanes.size !== lanes.length || lanes.some((s) => !this.lanes.has(s))) {
      this.lanes.clear();
      this.labels.replaceChildren();
      for (const subject of lanes) {
        const name = subject.slice(subject.indexOf(":") + 1); // G7, or ID without its kind
        const state = el("span", { class: "lane-state" });
        const label = el("div", { class: "lane-label" }, el("span", { class: "lane-name" }, name), state);
        this.labels.append(label);
        this.lanes.set(subject, { label, state, y: 0 });
      }
    }
    lanes.forEach((subject, i) => {
      const lane = this.lanes.get(subject);
      if (lane) {
        lane.y = (i + 0.5) * rowHeight;
      }
    });
  }

  /**
   * @param {{event: TimelineEvent, index: number}[]} shown
   * @param {number} column
   * @param {number} rowHeight
   * @param {number} plotWidth
   */
  layOutMarks(shown, column, rowHeight, plotWidth) {
    const size = Math.min(1.2, Math.max(0.55, Math.min(column, rowHeight) / 13));
    const thick = Math.min(14, rowHeight * 0.5);
    /** @type {Map<string, number>} */
    const previous = new Map();
    this.marks = [];
    shown.forEach(({ event, index }, i) => {
      const x = pad + (i + 0.5) * column;
      const y = this.lanes.get(event.subject)?.y ?? 0;
      const before = previous.get(event.subject);
      if (before !== undefined) {
        this.marks[before].end = x;
      }
      previous.set(event.subject, i);
      const bar = over.has(event.to) || event.kind === "value" ? null
        : svg("rect", { x, y: y - thick / 2, width: 0, height: thick, rx: 2, class: `bar from-${event.provenance} state-${event.to}`, fill: `url(#hatch-${event.to})` });
      const group = svg("g", { class: "mark-group", transform: `translate(${x} ${y})` },
        svg("g", { class: `mark from-${event.provenance}` }, mark(event.to, size), svg("title", {}, event.words)));
      this.marks.push({ index, end: plotWidth, x, width: column, group, bar, lane: event.subject, state: event.to, shown: false, length: 0 });
    });
    const bars = svg("g");
    const marks = svg("g");
    for (const m of this.marks) {
      if (m.bar) {
        bars.append(m.bar);
      }
      marks.append(m.group);
    }
    this.plot.append(bars, marks);
  }

  /** @param {number} count */
  show(count) {
    let edge = 0;
    /** @type {Map<string, string>} */
    const states = new Map();
    for (const m of this.marks) {
      if (m.index < count) {
        edge = m.x + m.width / 2;
        states.set(m.lane, m.state);
      }
    }
    for (const m of this.marks) {
      const visible = m.index < count;
      if (visible !== m.shown) {
        m.shown = visible;
        m.group.classList.toggle("shown", visible);
      }
      const length = visible ? Math.max(0, Math.min(m.end, edge) - m.x) : 0;
      if (length !== m.length) {
        m.length = length;
        m.bar?.setAttribute("width", String(length));
      }
    }
    for (const [subject, lane] of this.lanes) {
      const state = states.get(subject) ?? "";
      if (lane.label.dataset.state !== state) {
        lane.label.dataset.state = state;
        lane.label.className = `lane-label state-${state || "none"}`;
        lane.state.textContent = state;
      }
    }
    this.cursor?.setAttribute("x1", String(edge));
    this.cursor?.setAttribute("x2", String(edge));
    if (this.scroller.scrollWidth > this.scroller.clientWidth) {
      this.scroller.scrollLeft = edge * (this.scale ?? 1) - this.scroller.clientWidth * 0.8;
    }
  }
}

/**
 * Hatching for what was inferred, in the colour of each state.
 * @param {Iterable<string>} states
 */
function patterns(states) {
  return svg("defs", {}, ...[...new Set([...states, "Idle"])].map((state) => // Idle for the legend
    svg("pattern", { id: `hatch-${state}`, class: `state-${state}`, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      svg("rect", { width: 2.5, height: 6, class: "hatch-line" }))));
}
