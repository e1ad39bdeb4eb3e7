// @ts-check
// Contexts as the tree that they are: the root at the left, children to the right,
// edges that light up when a cancellation runs along them. Every cause has a colour of
// its own, and every cancelled context its number in the order of cancellation.

import { el, magnification, svg } from "./dom.js";

/** @typedef {import("./figure.js").TimelineEvent} TimelineEvent */
/** @typedef {{index: number, event: TimelineEvent}} Change */

const rowHeight = 44;
const boxHeight = 28;
const pad = 12;
const causeColours = 4; // further causes share the last one

class TreeNode {
  /**
   * @param {string} path
   * @param {TreeNode|null} parent
   */
  constructor(path, parent) {
    this.path = path;
    this.name = path.slice(path.lastIndexOf("/") + 1);
    this.parent = parent;
    /** @type {TreeNode[]} */
    this.children = [];
    /** @type {Change[]} */
    this.changes = [];
    this.width = Math.max(42, this.name.length * 8.5 + 26);
    this.x = 0;
    this.y = 0;
    /** @type {SVGElement|null} */
    this.edge = null;
    this.number = svg("text", { y: 3.5 });
    this.group = svg("g");
  }

  /**
   * The last change among the first count events.
   * @param {number} count
   */
  at(count) {
    return this.changes.findLast(({ index }) => index < count);
  }
}

export class Tree {
  constructor() {
    this.plot = svg("svg", { class: "tree-plot" });
    this.causes = el("ul", { class: "causes", "aria-hidden": "true" });
    this.caption = el("p", { class: "tree-caption small" });
    this.root = el("div", { class: "tree" }, el("div", { class: "tree-scroller" }, this.plot), this.causes, this.caption);
    /** @type {Map<string, TreeNode>} */
    this.nodes = new Map();
    /** @type {string[]} in the order of their first event */
    this.known = [];
    this.count = 0;
  }

  /**
   * @param {TimelineEvent} event
   * @param {number} index
   */
  add(event, index) {
    this.node(event.id).changes.push({ index, event });
    const cause = causeOf(event);
    if (event.to === "Canceled" && !this.known.includes(cause)) {
      this.known.push(cause);
    }
  }

  /**
   * The node of a path. Its ancestors are made even if nothing happened to them.
   * @param {string} path
   * @returns {TreeNode}
   */
  node(path) {
    let node = this.nodes.get(path);
    if (!node) {
      const slash = path.lastIndexOf("/");
      const parent = slash > 0 ? this.node(path.slice(0, slash)) : null;
      node = new TreeNode(path, parent);
      this.nodes.set(path, node);
      parent?.children.push(node);
    }
    return node;
  }

  /** @param {number} width */
  layOut(width) {
    const all = [...this.nodes.values()];
    const roots = all.filter((n) => !n.parent);
    /** @type {number[]} the widest node of each level */
    const widths = [];
    const measure = (/** @type {TreeNode} */ n, /** @type {number} */ depth) => {
      widths[depth] = Math.max(widths[depth] ?? 0, n.width);
      n.children.forEach((c) => measure(c, depth + 1));
    };
    roots.forEach((n) => measure(n, 0));
    const boxes = widths.reduce((sum, w) => sum + w, 0);
    const scale = magnification();
    const gap = Math.max(24, Math.min(150, (width / scale - boxes - 2 * pad) / Math.max(widths.length - 1, 1)));
    let row = 0;
    const place = (/** @type {TreeNode} */ n, /** @type {number} */ x, /** @type {number} */ depth) => {
      n.x = x;
      n.children.forEach((c) => place(c, x + widths[depth] + gap, depth + 1));
      const last = n.children.at(-1);
      n.y = last ? (n.children[0].y + last.y) / 2 : pad + (row++ + 0.5) * rowHeight;
    };
    roots.forEach((n) => place(n, pad, 0));
    const [w, h] = [2 * pad + boxes + gap * (widths.length - 1), 2 * pad + row * rowHeight];
    this.plot.setAttribute("viewBox", `0 0 ${w} ${h}`);
    this.plot.setAttribute("width", String(w * scale));
    this.plot.setAttribute("height", String(h * scale));
    this.plot.replaceChildren();
    all.forEach((n) => this.drawEdge(n));
    all.forEach((n) => this.drawNode(n));
  }

  /** @param {TreeNode} n */
  drawEdge(n) {
    if (!n.parent) {
      return;
    }
    const from = n.parent.x + n.parent.width;
    const middle = (from + n.x) / 2;
    n.edge = svg("path", { d: `M${from} ${n.parent.y}C${middle} ${n.parent.y} ${middle} ${n.y} ${n.x} ${n.y}`, class: "edge", pathLength: 1 });
    this.plot.append(n.edge);
  }

  /** @param {TreeNode} n */
  drawNode(n) {
    n.group = svg("g", { transform: `translate(${n.x} ${n.y})`, tabindex: 0, role: "img" },
      svg("rect", { x: 0, y: -boxHeight / 2, width: n.width, height: boxHeight, rx: boxHeight / 2, class: "node-box" }),
      svg("text", { x: n.width / 2, y: 4.5 }, n.name),
      svg("g", { class: "node-order", transform: `translate(${n.width - 4} ${-boxHeight / 2 + 2})` }, svg("circle", { r: 8.5 }), n.number));
    for (const event of ["mouseenter", "focus"]) {
      n.group.addEventListener(event, () => {
        this.caption.textContent = this.tell(n);
      });
    }
    n.group.addEventListener("mouseleave", () => this.caption.replaceChildren());
    n.group.addEventListener("blur", () => this.caption.replaceChildren());
    this.plot.append(n.group);
  }

  /**
   * What is known of a node at the position that is shown.
   * @param {TreeNode} n
   */
  tell(n) {
    return n.at(this.count)?.event.words ?? `context ${n.path}: nothing has happened to it yet`;
  }

  /** @param {number} count */
  show(count) {
    this.count = count;
    /** @type {{n: TreeNode, index: number}[]} */
    const cancelled = [];
    const seen = new Set();
    for (const n of this.nodes.values()) {
      const last = n.at(count);
      const state = last?.event.to ?? "none";
      let colour = "";
      if (last && state === "Canceled") {
        const cause = causeOf(last.event);
        cancelled.push({ n, index: last.index });
        seen.add(cause);
        colour = ` cause-${Math.min(this.known.indexOf(cause), causeColours - 1)}`;
      }
      n.group.setAttribute("class", `node node-${state} from-${last?.event.provenance ?? "observed"}${colour}`);
      n.group.setAttribute("aria-label", this.tell(n));
      const edge = `edge${state === "none" ? " edge-none" : state === "Canceled" ? ` edge-lit${colour}` : ""}`;
      if (n.edge && n.edge.getAttribute("class") !== edge) {
        n.edge.setAttribute("class", edge);
      }
    }
    cancelled.sort((a, b) => a.index - b.index).forEach(({ n }, i) => {
      n.number.textContent = String(i + 1);
    });
    this.causes.replaceChildren(...this.known.filter((cause) => seen.has(cause)).map((cause) =>
      el("li", { class: `cause-${Math.min(this.known.indexOf(cause), causeColours - 1)}` }, cause || "cancelled, no cause given")));
  }
}

/** @param {TimelineEvent} event */
function causeOf(event) {
  return event.attrs.find(({ key }) => key === "cause")?.value ?? "";
}
