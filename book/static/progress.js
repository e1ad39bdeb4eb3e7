// @ts-check
// How far the learner is with the labs, beside their entries in the contents.

import { ask } from "./api.js";
import { el } from "./dom.js";

/** For each state its class, its sign and its words; a lab that is new has none. */
const states = {
  passed: ["mark mark-right", "✓", "Solved: "],
  started: ["mark mark-begun", "●", "Begun: "],
};

export async function showProgress() {
  let progress;
  try {
    progress = await ask("GET", "/labs");
  } catch {
    return; // the contents can be read without
  }
  if (!progress.ready) {
    return;
  }
  /** @type {Map<string, {state: string, verdict: string}>} */
  const labs = new Map(progress.labs.map((/** @type {any} */ lab) => [lab.name, lab]));
  for (const track of document.querySelectorAll("[data-track]")) {
    const entries = [...track.querySelectorAll("[data-lab]")];
    let solved = 0;
    for (const entry of entries) {
      const lab = labs.get(/** @type {HTMLElement} */ (entry).dataset.lab ?? "");
      const state = states[/** @type {keyof typeof states} */ (lab?.state)];
      solved += lab?.state === "passed" ? 1 : 0;
      entry.querySelector(".mark")?.remove();
      if (state) {
        entry.prepend(el("span", { class: state[0] }, el("span", { "aria-hidden": "true" }, state[1]), el("span", { class: "unseen" }, state[2])));
      }
      const told = entry.querySelector(".standing");
      if (told) {
        told.textContent = lab?.state === "started" ? `begun${lab.verdict ? `, ${lab.verdict}` : ""}` : lab?.state === "passed" ? "solved" : "not begun";
      }
    }
    const count = track.querySelector(".count");
    if (count) {
      count.textContent = `${solved} of ${entries.length} solved`;
    }
  }
}
