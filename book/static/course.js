// @ts-check
// The course of a check, stage by stage, and its verdict.

import { calm, el, inline, must } from "./dom.js";
import { icon } from "./verdict.js";

/** For each kind of end its icon, and which colours it has. */
const tones = {
  good: ["verdict-supported", "M6 12.5l4 4 8-9"],
  bad: ["verdict-refuted", "M7 7l10 10M17 7L7 17"],
  doubt: ["verdict-unmet", "M7 12h10"],
  stopped: ["verdict-stopped", "M8 8h8v8H8z"],
};

const signs = { going: "▸", good: "✓", bad: "✗", doubt: "–", "": "·" };

/** @param {{runs: number, of?: number}} m */
const count = (m) => (m.of ? `${m.runs} of ${m.of}` : m.runs > 1 ? `${m.runs} runs` : "");

export class Course {
  /** @param {string[]} names  of the stages */
  constructor(names) {
    /** @type {Map<string, HTMLElement>} */
    this.items = new Map();
    this.current = "";
    must("stages").replaceChildren();
    must("stages").hidden = false;
    must("verdict").hidden = true;
    names.forEach((name) => this.show(name, "", ""));
    this.say("Checking.");
  }

  /** @param {string} text  for those who do not see the stages */
  say(text) {
    must("spoken").textContent = text;
  }

  /**
   * @param {string} name
   * @param {keyof typeof signs} state
   * @param {string} more
   */
  show(name, state, more) {
    const item = el("li", { class: state || false },
      el("span", { class: "sign", "aria-hidden": "true" }, signs[state]), name, ...(more ? [el("span", {}, more)] : []));
    const old = this.items.get(name);
    old ? old.replaceWith(item) : must("stages").append(item);
    this.items.set(name, item);
  }

  /** @param {{stage: string, runs: number, of: number}} m */
  stage(m) {
    if (m.stage !== this.current) {
      if (this.current) {
        this.show(this.current, "good", this.ended ?? "");
      }
      this.current = m.stage;
      this.say(`Now: ${m.stage}.`);
    }
    this.ended = m.runs > 1 ? `${m.runs} runs` : "";
    this.show(m.stage, "going", m.of > 1 ? count(m) : "");
  }

  /**
   * Shows how it ended.
   * @param {any} m  the verdict message
   * @param {(place: string) => void} go  leads to a place
   */
  end(m, go) {
    const found = m.found;
    for (const s of found?.stages ?? []) {
      const state = s.verdict === "pass" ? "good" : s.verdict === "inconclusive" ? "doubt" : "bad";
      this.show(s.name, state, [s.runs > 1 ? `${s.runs} runs` : "", s.note].filter(Boolean).join(": "));
    }
    if (!found) {
      must("stages").hidden = true;
      const stopped = m.state === "stopped";
      this.verdict(stopped ? "stopped" : "bad", [stopped ? "Stopped" : "Not judged"], [
        el("p", { class: "message" }, `${m.reason}.`), ...(m.hint ? [el("p", { class: "small" }, m.hint)] : [])]);
      this.say(`${stopped ? "Stopped" : "Not judged"}: ${m.reason}`);
      return;
    }
    this.verdict(found.passed ? "good" : found.doubt ? "doubt" : "bad",
      found.passed ? ["Passed"] : [el("span", { class: "name" }, found.verdict)], findings(found, go));
    this.say(`Verdict: ${found.verdict}. ${found.message}${found.place ? `. At ${found.place}` : ""}`);
  }

  /**
   * @param {keyof typeof tones} tone
   * @param {(Node|string)[]} title
   * @param {Node[]} body
   */
  verdict(tone, title, body) {
    const section = must("verdict");
    const [name, strokes] = tones[tone];
    section.className = `verdict ${name}`;
    must("verdict-title").replaceChildren(icon(strokes), el("span", {}, ...title));
    must("verdict-body").replaceChildren(...body);
    section.hidden = false;
    section.scrollIntoView({ block: "nearest", behavior: calm() ? "auto" : "smooth" });
  }
}

/**
 * @param {any} found
 * @param {(place: string) => void} go
 */
function findings(found, go) {
  const body = [el("p", {}, ...inline(found.meaning))];
  if (found.message) {
    body.push(el("p", { class: "message" }, found.message));
  }
  const facts = [];
  if (found.place) {
    facts.push(el("dt", {}, "at"), el("dd", {}, place(found.place, go)));
  }
  if (found.test) {
    facts.push(el("dt", {}, "test"), el("dd", {}, el("code", {}, found.test)));
  }
  facts.push(el("dt", {}, "took"), el("dd", {}, `${found.took}, ${found.runs === 1 ? "1 run" : `${found.runs} runs`} of the tests`));
  body.push(el("dl", {}, ...facts));
  if (found.groups.length) {
    body.push(el("details", {}, el("summary", {}, "What the goroutines were doing"),
      el("ul", { class: "doings" }, ...found.groups.map((/** @type {any} */ g) => group(g, go)))));
  }
  if (found.output) {
    body.push(el("details", {}, el("summary", {}, "What was printed"), el("pre", { tabindex: "0" }, found.output)));
  }
  if (!found.hash) {
    body.push(el("p", { class: "small" }, "The file was changed while it was judged: the verdict may be about either text."));
  }
  body.push(el("p", { class: "small" }, ...inline(found.next)));
  return body;
}

/**
 * @param {any} g
 * @param {(place: string) => void} go
 */
function group(g, go) {
  const frames = g.stack ?? [];
  return el("li", {}, `${g.count} × ${g.doing}`, el("ul", {},
    ...frames.map((/** @type {string} */ frame) => el("li", {}, ...located(frame, go))),
    ...(g.from ? [el("li", {}, ...located(`started at ${g.from}`, go))] : [])));
}

/**
 * Text that ends in a place.
 * @param {string} text
 * @param {(place: string) => void} go
 */
function located(text, go) {
  const at = text.lastIndexOf(" ") + 1;
  return /^[\w.-]+\.go:\d+$/.test(text.slice(at)) ? [text.slice(0, at), place(text.slice(at), go)] : [text];
}

/**
 * @param {string} text
 * @param {(place: string) => void} go
 */
function place(text, go) {
  const button = el("button", { type: "button", class: "place" }, text);
  button.addEventListener("click", () => go(text));
  return button;
}
