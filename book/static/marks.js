// @ts-check
// What the reader predicted first, and whether it was right, kept in this browser.

import { el } from "./dom.js";

const key = "gopark:marks";

/** @typedef {{predicted: number, right: boolean}} Mark */

/** @returns {Record<string, Mark>} */
export function marks() {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "{}");
    return kept && typeof kept === "object" ? kept : {};
  } catch {
    return {};
  }
}

/**
 * Keeps the first prediction of an experiment. Later ones were made knowing better.
 * @param {string} id
 * @param {Mark} mark
 */
export function keep(id, mark) {
  const all = marks();
  if (id in all) {
    return;
  }
  all[id] = mark;
  try {
    localStorage.setItem(key, JSON.stringify(all));
  } catch { /* not kept */ }
}

export function forget() {
  try {
    localStorage.removeItem(key);
  } catch { /* there is nothing to forget */ }
}

/** Puts the marks beside the entries of the contents. */
export function showMarks() {
  const all = marks();
  const entries = [...document.querySelectorAll("[data-mark]")];
  let right = 0;
  let tried = 0;
  for (const entry of entries) {
    entry.querySelector(".mark")?.remove();
    const mark = all[/** @type {HTMLElement} */ (entry).dataset.mark ?? ""];
    if (!mark) {
      continue;
    }
    tried++;
    right += mark.right ? 1 : 0;
    entry.prepend(el("span", { class: mark.right ? "mark mark-right" : "mark mark-wrong" },
      el("span", { "aria-hidden": "true" }, mark.right ? "✓" : "✗"),
      el("span", { class: "unseen" }, mark.right ? "You predicted it: " : "It surprised you: ")));
  }
  const score = document.getElementById("score");
  if (score) {
    score.hidden = tried === 0;
    const surprised = tried - right;
    score.textContent = `You have predicted ${tried} of ${entries.length}: ${right} came out as you said, ${surprised} surprised you.`;
  }
}
