// @ts-check
// The reveal: what the run says, what the reader said, and why.

import { calm, el, inline, must, svg } from "./dom.js";

/** For each verdict its heading, its sentence, and the strokes of its icon. */
const verdicts = {
  supported: ["Supported", "The run came out as the claim says.", "M6 12.5l4 4 8-9"],
  refuted: ["Refuted", "On this machine, this time, the run contradicts the claim.", "M7 7l10 10M17 7L7 17"],
  unmet: ["Cannot be measured here", "The run says nothing about the claim.", "M7 12h10"],
  unjudged: ["No verdict", "The run is shown as it was; the claim does not speak of these knobs.", "M12 7v6M12 16.5v.5"],
  stopped: ["Stopped", "The run was ended before it could say anything.", "M8 8h8v8H8z"],
  failed: ["The run failed", "Something broke that is not part of the experiment.", "M12 6.5v7M12 17v.5"],
};

/**
 * Shows the result of a run and moves the reader to it.
 * @param {any} m  the result message
 */
export function reveal(m) {
  const section = must("verdict");
  const [heading, sentence, strokes] = verdicts[/** @type {keyof typeof verdicts} */ (m.verdict)] ?? verdicts.failed;
  section.className = `verdict verdict-${m.verdict}`;
  must("verdict-title").replaceChildren(icon(strokes), heading);
  const body = [el("p", {}, sentence)];
  if (m.reason && m.verdict !== "unjudged") {
    body.push(el("p", { class: "reason" }, m.reason + "."));
  }
  if (m.hint) {
    body.push(el("p", { class: "small" }, m.hint));
  }
  if (m.ending) {
    body.push(el("p", { class: "small" }, m.ending.signal
      ? `The process was ended by ${m.ending.signal}.`
      : `The process ended with status ${m.ending.exit}.`));
  }
  if (m.right !== null) {
    body.push(...compare(m));
  }
  must("verdict-body").replaceChildren(...body);
  section.hidden = false;
  explain(m.right !== null || m.verdict === "refuted");
  section.focus({ preventScroll: true });
  section.scrollIntoView({ block: "nearest", behavior: calm() ? "auto" : "smooth" });
}

/**
 * What the reader said beside what is true.
 * @param {any} m
 */
function compare(m) {
  const said = m.choices[m.predicted - 1];
  const truth = m.choices[m.truth - 1];
  const parts = [el("div", { class: `said ${m.right ? "said-right" : "said-wrong"}` },
    el("p", {}, el("b", {}, m.right ? "You predicted it. " : "You predicted something else. "), ...inline(said.text)),
    el("p", { class: "because" }, ...inline(said.because)))];
  if (!m.right) {
    parts.push(el("div", { class: "said said-truth" },
      el("p", {}, el("b", {}, "What is true: "), ...inline(truth.text)),
      el("p", { class: "because" }, ...inline(truth.because))));
  }
  return parts;
}

/** @param {boolean} open */
function explain(open) {
  const why = document.getElementById("why");
  if (why instanceof HTMLDetailsElement && open) {
    why.open = true;
    why.classList.add("revealed");
    must("why-summary").textContent = "The explanation";
  }
}

/** @param {string} strokes */
export function icon(strokes) {
  return svg("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" },
    svg("circle", { cx: 12, cy: 12, r: 11 }), svg("path", { d: strokes }));
}
