// @ts-check
// What helps with a lab besides the judge: the files that are given, the hints one by
// one, and the lab's own answer with its explanation, after a pass or for those who give
// up.

import { ask } from "./api.js";
import { must } from "./dom.js";

/** @typedef {{hints: number, passed: boolean, gaveUp: boolean}} Standing */

export class Aids {
  /**
   * @param {string} address  of the lab
   * @param {(error: unknown) => void} broken  called when something does not work
   */
  constructor(address, broken) {
    this.address = address;
    this.broken = broken;
    this.standing = { hints: 0, passed: false, gaveUp: false };
    this.hints = [...document.querySelectorAll("#hints .hint")];
    document.getElementById("hint")?.addEventListener("click", () => this.takeHint());
    const dialog = /** @type {HTMLDialogElement} */ (must("give-up"));
    must("show-own").addEventListener("click", () => {
      if (this.standing.passed || this.standing.gaveUp) {
        this.showOwn(!this.standing.passed);
      } else {
        dialog.returnValue = "no";
        dialog.showModal();
      }
    });
    dialog.addEventListener("close", () => {
      if (dialog.returnValue === "yes") {
        this.showOwn(true);
      }
    });
  }

  /**
   * Shows what the learner may see by now, which never gets less.
   * @param {Standing} now
   */
  show(now) {
    const before = this.standing;
    this.standing = {
      hints: Math.max(now.hints, before.hints), passed: now.passed || before.passed, gaveUp: now.gaveUp || before.gaveUp,
    };
    const { hints: taken, passed, gaveUp } = this.standing;
    this.hints.forEach((h, i) => { /** @type {HTMLElement} */ (h).hidden = i >= taken; });
    const more = document.getElementById("hint");
    if (more) {
      more.hidden = taken >= this.hints.length;
      more.textContent = `${taken ? "Take another hint" : "Take a hint"} (${taken + 1} of ${this.hints.length})`;
    }
    must("own").hidden = false;
    must("own-note").hidden = passed;
    must("own-note").textContent = gaveUp ? "You have given this lab up before. You may still pass it."
      : "It is here, with the explanation, when you have passed.";
    must("show-own").textContent = passed || gaveUp ? "Show it beside mine" : "Give up and show it";
    must("show-own").hidden = !must("own-figure").hidden;
    const why = document.getElementById("why");
    if (why) {
      why.hidden = !passed && !gaveUp;
    }
  }

  /** Opens the explanation. */
  explain() {
    document.getElementById("why")?.setAttribute("open", "");
  }

  async takeHint() {
    try {
      const { hints } = await ask("POST", `${this.address}/hint`, {});
      this.show({ ...this.standing, hints });
      const last = this.hints[hints - 1];
      last?.setAttribute("open", "");
      last?.querySelector("summary")?.focus();
    } catch (error) {
      this.broken(error);
    }
  }

  /** @param {boolean} giveUp */
  async showOwn(giveUp) {
    try {
      const { source } = await ask("POST", `${this.address}/answer`, { giveUp });
      must("own-code").textContent = source.replace(/\n$/, "");
      must("own-figure").hidden = false;
      this.show({ ...this.standing, gaveUp: giveUp });
      this.explain();
    } catch (error) {
      this.broken(error);
    }
  }
}

/**
 * Leads to a line of a file that is given.
 * @param {string} file
 * @param {number} line  from 1
 */
export function point(file, line) {
  const given = document.querySelector(`.given[data-file="${CSS.escape(file)}"]`);
  if (!given) {
    return;
  }
  given.setAttribute("open", "");
  given.querySelector(".pointed")?.classList.remove("pointed");
  const target = given.querySelector(`.line[data-n="${line}"]`);
  target?.classList.add("pointed");
  target?.scrollIntoView({ block: "center" });
  /** @type {HTMLElement|null} */ (given.querySelector(".listing"))?.focus({ preventScroll: true });
}
