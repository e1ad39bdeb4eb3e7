// @ts-check
// Growth: a table whose columns are numbers is drawn as curves above itself, a curve for
// each row. Both axes are logarithmic, so that a price for each step is a slope and a fixed
// one is flat. The table says the same in numbers, so the chart is for the eye only.

import { el, magnification, svg } from "./dom.js";

const height = 300;
const margin = { right: 14, top: 12, bottom: 40 };
const glyph = 6.6; // about the width of a digit of a label
const line = 14; // what a label needs from bottom to top
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
    return { name, points: values.flatMap((v, i) => (v ? [[xs[i], Number(v)]] : [])) }; // an empty cell: no point
  });
  const grows = xs.length > 2 && xs.every((x, i) => x > (i ? xs[i - 1] : 0));
  if (!grows || curves.length === 0 || !curves.every(({ points }) => points.length > 0 && points.every(([, y]) => y > 0))) {
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
 * @param {{name: string, points: number[][]}[]} curves  x and y
 */
function draw(plot, width, xs, curves) {
  const all = curves.flatMap(({ points }) => points.map(([, value]) => value));
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const air = Math.min(1.5, Math.max(1.1, (most / least) ** 0.08)); // a flat picture needs less
  const bottom = least / air;
  const top = most * air;
  const rulers = ticks(bottom, top).map((tick) => ({ tick, text: label(tick) }));
  const left = Math.max(30, 16 + glyph * Math.max(...rulers.map(({ text }) => text.length)));
  const x = scale(xs[0], xs[xs.length - 1], left, width - margin.right);
  const y = scale(bottom, top, height - margin.bottom, margin.top);
  plot.setAttribute("viewBox", `0 0 ${width} ${height}`);
  plot.setAttribute("width", String(width * magnification()));
  plot.setAttribute("height", String(height * magnification()));
  plot.replaceChildren();
  const taken = /** @type {number[]} */ ([]);
  for (const { tick, text } of rulers) {
    if (taken.some((other) => Math.abs(other - y(tick)) < line)) {
      continue;
    }
    taken.push(y(tick));
    plot.append(svg("line", { x1: left, x2: width - margin.right, y1: y(tick), y2: y(tick), class: "lane-line" }),
      svg("text", { x: left - 8, y: y(tick) + 4, "text-anchor": "end" }, text));
  }
  let free = Infinity; // the left end of the label to the right: the last size is always named
  for (const tick of [...xs].reverse()) {
    const half = glyph * label(tick).length / 2;
    const at = Math.min(x(tick), width - half);
    if (at + half + glyph <= free) {
      free = at - half;
      plot.append(svg("text", { x: at, y: height - margin.bottom + 20, "text-anchor": "middle" }, label(tick)));
    }
  }
  curves.forEach(({ name, points }, i) => {
    const at = points.map(([size, value]) => [x(size), y(value)]);
    plot.append(svg("g", {}, svg("title", {}, name), svg("path", { d: `M${at.map((p) => p.join(" ")).join("L")}`, ...stroke(i) }),
      ...at.map(([cx, cy]) => svg("circle", { cx, cy, r: 3, class: `dot curve-${i % 4}` }))));
  });
}

/**
 * Where an axis has its lines: the powers of ten, and between them 2 and 5 or more if there
 * would be too few to read a curve by. The roundest come first: where there is no room for
 * all labels, they stay.
 * @param {number} bottom
 * @param {number} top
 */
function ticks(bottom, top) {
  let found = /** @type {number[]} */ ([]);
  for (const digits of [[1], [1, 2, 5], [1, 1.2, 1.5, 2, 3, 4, 5, 6, 7, 8, 9]]) {
    found = [];
    for (let power = Math.floor(Math.log10(bottom)); power <= Math.log10(top); power++) {
      found.push(...digits.map((d) => Number(`${d}e${power}`)).filter((tick) => tick >= bottom && tick <= top));
    }
    if (found.length > 3) {
      break;
    }
  }
  const rank = (/** @type {number} */ tick) => "251".indexOf(tick.toExponential().split("e")[0]);
  return found.sort((a, b) => rank(b) - rank(a) || a - b);
}

/**
 * A number on an axis: from a million on as a power of ten, which needs no room.
 * @param {number} value
 */
function label(value) {
  const [digits, power] = value.toExponential().split("e");
  if (value < 1e6) {
    return value.toLocaleString("en", { maximumSignificantDigits: 3 });
  }
  const raised = [...String(Number(power))].map((d) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(d)]).join("");
  return digits === "1" ? `10${raised}` : `${digits}·10${raised}`;
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
