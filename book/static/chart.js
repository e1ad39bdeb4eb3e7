// @ts-check
// Growth: a table whose columns are numbers is drawn as curves above itself, a curve for
// each row. Both axes are logarithmic, so that a price for each step is a slope and a fixed
// one is flat. The table says the same in numbers, so the chart is for the eye only.

import { el, magnification, svg } from "./dom.js";

const height = 300;
const margin = { left: 58, right: 14, top: 12, bottom: 40 };
const dashes = ["", "7 4", "2 3", "9 3 2 3"]; // after the colours have been used up

/**
 * Puts a chart before a table, if its columns are numbers that grow.
 * @param {HTMLElement} whole  an element of class cases
 */
export function charted(whole) {
  const cells = (/** @type {Element|null|undefined} */ tr) => [...(tr?.children ?? [])].map((c) => c.textContent ?? "");
  const [what, ...columns] = cells(whole.querySelector("thead tr"));
  const xs = columns.map(Number);
  const curves = [...whole.querySelectorAll("tbody tr")].map((tr) => {
    const [name, ...values] = cells(tr);
    return { name, ys: values.map(Number) };
  });
  const grows = xs.length > 2 && xs.every((x, i) => x > (i ? xs[i - 1] : 0));
  if (!grows || curves.length === 0 || !curves.every(({ ys }) => ys.every((y) => y > 0))) {
    return;
  }
  const plot = svg("svg", { class: "chart-plot", "aria-hidden": "true" });
  const chart = el("div", { class: "chart", "aria-hidden": "true" }, el("p", { class: "small" }, what), plot,
    el("ul", { class: "legend" }, ...curves.map(({ name }, i) => el("li", {},
      svg("svg", { viewBox: "0 0 24 12", class: "badge wide-badge" }, svg("path", { d: "M0 6H24", ...stroke(i) })), name))));
  whole.prepend(chart);
  new ResizeObserver(() => draw(plot, chart.clientWidth / magnification(), xs, curves)).observe(chart);
}

/** @param {number} i */
const stroke = (i) => ({ class: `curve curve-${i % 4}`, "stroke-dasharray": dashes[Math.floor(i / 4) % dashes.length] || null });

/**
 * @param {SVGElement} plot
 * @param {number} width
 * @param {number[]} xs
 * @param {{name: string, ys: number[]}[]} curves
 */
function draw(plot, width, xs, curves) {
  const all = curves.flatMap(({ ys }) => ys);
  const bottom = Math.min(...all) / 1.5;
  const top = Math.max(...all) * 1.5;
  const x = scale(xs[0], xs[xs.length - 1], margin.left, width - margin.right);
  const y = scale(bottom, top, height - margin.bottom, margin.top);
  plot.setAttribute("viewBox", `0 0 ${width} ${height}`);
  plot.setAttribute("width", String(width * magnification()));
  plot.setAttribute("height", String(height * magnification()));
  plot.replaceChildren();
  for (let tick = 10 ** Math.ceil(Math.log10(bottom)); tick <= top; tick *= 10) {
    plot.append(svg("line", { x1: margin.left, x2: width - margin.right, y1: y(tick), y2: y(tick), class: "lane-line" }),
      svg("text", { x: margin.left - 8, y: y(tick) + 4, "text-anchor": "end" }, tick.toLocaleString("en")));
  }
  for (const tick of xs) {
    plot.append(svg("text", { x: x(tick), y: height - margin.bottom + 20, "text-anchor": "middle" }, String(tick)));
  }
  curves.forEach(({ name, ys }, i) => {
    const at = ys.map((value, j) => [x(xs[j]), y(value)]);
    plot.append(svg("g", {}, svg("title", {}, name), svg("path", { d: `M${at.map((p) => p.join(" ")).join("L")}`, ...stroke(i) }),
      ...at.map(([cx, cy]) => svg("circle", { cx, cy, r: 3, class: `dot curve-${i % 4}` }))));
  });
}

/**
 * @param {number} from
 * @param {number} to
 * @param {number} start
 * @param {number} end
 */
function scale(from, to, start, end) {
  const span = Math.log(to / from);
  return (/** @type {number} */ value) => start + (end - start) * Math.log(value / from) / span;
}
