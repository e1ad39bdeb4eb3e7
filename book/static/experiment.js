// @ts-check
// The page of an experiment: predict, run, reveal, explain, vary.

import { order, Refused, stop, watch } from "./api.js";
import { calm, el, must } from "./dom.js";
import { Figure } from "./figure.js";
import { onKey } from "./keys.js";
import { keep, marks } from "./marks.js";
import { Report } from "./report.js";
import { reveal } from "./verdict.js";

export function setUpExperiment() {
  const page = must("experiment");
  const form = /** @type {HTMLFormElement} */ (must("order"));
  const run = /** @type {HTMLButtonElement} */ (must("run"));
  const stopButton = must("stop");
  const id = page.dataset.id ?? "";
  /** @type {string|null} the run that is being watched */
  let running = null;
  let busy = false;
  let runs = 0;

  const knobs = setUpKnobs();
  const why = document.getElementById("why");
  why?.addEventListener("toggle", () => {
    if (why instanceof HTMLDetailsElement && why.open && must("verdict").hidden) {
      must("why-summary").textContent = "Hide the explanation";
    }
  });

  function chosen() {
    const radio = form.querySelector("input[name=predicted]:checked");
    return radio instanceof HTMLInputElement ? Number(radio.value) : 0;
  }

  function update() {
    run.disabled = busy || chosen() === 0;
    must("not-yet").hidden = chosen() !== 0;
    run.textContent = runs > 0 ? "Run it again" : "Run it here";
    stopButton.hidden = running === null;
  }

  async function start() {
    if (busy || chosen() === 0 || !form.reportValidity()) {
      return;
    }
    busy = true;
    update();
    const live = must("live");
    live.hidden = false;
    must("verdict").hidden = true;
    const figure = new Figure(must("figure"));
    const report = new Report();
    report.status("Asking for a process…");
    live.scrollIntoView({ block: "start", behavior: calm() ? "auto" : "smooth" });

    /** @param {Refused} error */
    const broken = (error) => {
      report.status(error.message, error.hint);
      live.classList.add("broken");
      busy = false;
      running = null;
      update();
    };
    live.classList.remove("broken");
    try {
      running = await order({ experiment: id, knobs: knobs.settings(), predicted: chosen() });
    } catch (error) {
      broken(error instanceof Refused ? error : new Refused(String(error), ""));
      return;
    }
    update();
    watch(running, {
      status: (m) => report.status(m.state === "queued" ? `Waiting: number ${m.ahead} in the queue.` : "Running…"),
      note: (m) => report.note(m),
      value: (m) => report.value(m),
      output: (m) => report.output(m),
      event: (m) => figure.add(m),
      lost: broken,
      result: async (m) => {
        running = null;
        update();
        report.status(m.verdict === "stopped" ? `Stopped after ${m.duration}.` : `Ended after ${m.duration}.`,
          m.dropped ? `${m.dropped} further lines are not shown.` : "");
        await figure.end();
        busy = false;
        runs++;
        if (m.right !== null) {
          keep(id, { predicted: m.predicted, right: m.right });
        }
        reveal(m);
        knobs.open();
        remember(runs, m, knobs.describe(m.settings));
        update();
      },
    });
  }

  form.addEventListener("submit", (e) => {
    e.preventDefault();
    start();
  });
  form.addEventListener("change", update);
  stopButton.addEventListener("click", () => {
    if (running) {
      stop(running);
    }
  });
  onKey((key) => {
    if (/^[1-9]$/.test(key)) {
      const radio = form.querySelector(`input[name=predicted][value="${key}"]`);
      if (radio instanceof HTMLInputElement) {
        radio.checked = true;
        radio.focus({ preventScroll: true });
        update();
        return true;
      }
    }
    if (key === "r") {
      start();
      return true;
    }
    if (key === "s" && running) {
      stop(running);
      return true;
    }
    return false;
  });
  const before = marks()[id];
  if (before) {
    must("not-yet").textContent = `The first time you predicted number ${before.predicted}, which was ${before.right ? "right" : "wrong"}. What do you say today?`;
  }
  update();
}

/** The knobs of the page; without any, settings() is empty. */
function setUpKnobs() {
  const inputs = /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll("#knobs input")]);
  const box = document.getElementById("knobs");
  const reset = document.getElementById("reset");
  const moved = () => inputs.filter((input) => input.value !== input.dataset.default);
  const update = () => {
    if (reset instanceof HTMLButtonElement) {
      reset.disabled = moved().length === 0;
      must("knobs-state").textContent = moved().length === 0 ? "at their defaults" : `${moved().map((i) => i.name).join(", ")} moved`;
    }
  };
  reset?.addEventListener("click", () => {
    for (const input of inputs) {
      input.value = input.dataset.default ?? input.value;
    }
    update();
  });
  for (const input of inputs) {
    input.addEventListener("input", update);
  }
  update();
  return {
    settings: () => Object.fromEntries(inputs.map((input) => [input.name, Number(input.value)])),
    open: () => box?.setAttribute("open", ""),
    /** @param {Record<string, number>} settings */
    describe: (settings) => inputs
      .filter((input) => settings && String(settings[input.name]) !== input.dataset.default)
      .map((input) => `${input.name}=${settings[input.name]}`).join(", "),
  };
}

/**
 * Adds a run to the table of runs, which appears with the second one.
 * @param {number} n
 * @param {any} result
 * @param {string} knobs
 */
function remember(n, result, knobs) {
  const table = must("history");
  table.querySelector("tbody")?.append(el("tr", {},
    el("th", { scope: "row" }, String(n)),
    el("td", {}, knobs || "defaults"),
    el("td", {}, result.verdict === "unjudged" ? "none" : result.verdict),
    el("td", {}, result.duration)));
  table.hidden = n < 2;
  must("vary").hidden = false;
}
