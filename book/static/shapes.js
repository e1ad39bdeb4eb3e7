// @ts-check
// How states look: a colour and a shape for each, so that neither is needed alone.
// The colours are in figure.css, by the class state-NAME.

import { el, svg } from "./dom.js";

/** Outlines within a box of 10 by 10 around the origin. */
const outlines = {
  circle: "M0-4.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9z",
  ring: "M0-4a4 4 0 1 0 0 8a4 4 0 1 0 0-8zM0-2a2 2 0 1 1 0 4a2 2 0 1 1 0-4z",
  right: "M-3.5-4.5L4.5 0L-3.5 4.5z",
  down: "M-4.5-3.5L4.5-3.5L0 4.5z",
  square: "M-4-4h8v8h-8z",
  bars: "M-4-4.5h3v9h-3zM1-4.5h3v9h-3z",
  diamond: "M0-5L5 0L0 5L-5 0z",
  flag: "M-4-5h1.5v1L4-1.5L-2.5 1v4h-1.5z",
  cross: "M-4.5-3L-3-4.5L0-1.5L3-4.5L4.5-3L1.5 0L4.5 3L3 4.5L0 1.5L-3 4.5L-4.5 3L-1.5 0z",
  bolt: "M1.5-5L-4 1h3l-1.5 4L4-1.5H.5z",
};

/** @type {Record<string, keyof typeof outlines>} */
const shapes = {
  NotExist: "cross",
  Runnable: "right",
  Running: "circle",
  Waiting: "bars",
  Syscall: "diamond",
  Idle: "ring",
  Live: "circle",
  Canceled: "cross",
  Stopped: "square",
  Exited: "ring",
  Signaled: "bolt",
  Sent: "right",
  Pending: "bars",
  Delivered: "down",
  Dropped: "cross",
  Inside: "diamond",
  Outside: "ring",
  Clear: "ring",
  Set: "flag",
};

/** States in which a subject is over: its lane ends there. */
export const over = new Set(["NotExist", "Canceled", "Exited", "Signaled", "Dropped"]);

/**
 * The mark of a state, at the origin.
 * @param {string} state
 * @param {number} [scale]
 */
export function mark(state, scale = 1) {
  return svg("path", {
    d: outlines[shapes[state] ?? "square"],
    class: `mark-shape state-${state}`,
    transform: scale === 1 ? null : `scale(${scale})`,
    "fill-rule": "evenodd",
  });
}

/**
 * The mark of a state as a small picture in running text.
 * @param {string} state
 */
export function badge(state) {
  return svg("svg", { viewBox: "-6 -6 12 12", class: "badge", "aria-hidden": "true" }, mark(state));
}

/**
 * What the marks and the strokes mean, for those that occur.
 * @param {Iterable<string>} states
 * @param {Iterable<string>} provenances
 */
export function legend(states, provenances) {
  const list = el("ul", { class: "legend", "aria-hidden": "true" });
  for (const state of states) {
    list.append(el("li", {}, badge(state), state));
  }
  const known = [...provenances];
  if (known.some((p) => p !== "observed")) {
    for (const p of known) {
      list.append(el("li", {}, svg("svg", { viewBox: "0 0 24 12", class: "badge wide-badge" },
        svg("rect", { x: 1, y: 2, width: 22, height: 8, rx: 2, class: `bar from-${p} state-Idle`, fill: "url(#hatch-Idle)" })), p));
    }
  }
  return list;
}
