// @ts-check
// The moving picture of a timeline. It gathers the events of a run, plays them one
// after the other however fast they came, and can be stepped through. How they are
// drawn is up to three views, each for its kinds of subjects: lanes.js, tree.js and
// pipeline.js. Below them, the same events in words.

import { calm, el } from "./dom.js";
import { Lanes } from "./lanes.js";
import { Pipeline } from "./pipeline.js";
import { legend } from "./shapes.js";
import { Tree } from "./tree.js";

/**
 * @typedef {object} TimelineEvent
 * @property {string} at
 * @property {string} provenance
 * @property {string} subject
 * @property {string} kind
 * @property {string} id
 * @property {string} from
 * @property {string} to
 * @property {string} state
 * @property {string} [impossible]
 * @property {{key: string, value: string}[]} attrs
 * @property {string} text
 * @property {string} words
 */

/**
 * @typedef {object} View
 * @property {HTMLElement} root
 * @property {(event: TimelineEvent, index: number) => void} add
 * @property {(width: number) => void} layOut  after events were added or the width has changed
 * @property {(count: number) => void} show    the state after so many events of the whole figure
 */

const pace = 260; // ms an event, for a short timeline
const longest = 7000; // ms for a whole timeline, however long

export class Figure {
  /** @param {HTMLElement} host  emptied, and shown with the first event */
  constructor(host) {
    host.hidden = true;
    host.replaceChildren();
    this.host = host;
    /** @type {TimelineEvent[]} */
    this.events = [];
    /** @type {Map<string, View>} */
    this.views = new Map();
    this.states = new Set();
    this.provenances = new Set();
    this.position = 0; // events that are shown; a fraction while playing
    this.playing = !calm();
    this.complete = false;
    this.dirty = false;
    this.lastTick = 0;
    /** @type {(() => void)|null} */
    this.whenShown = null;
  }

  /** @param {TimelineEvent} event */
  add(event) {
    if (this.events.length === 0) {
      this.build();
    }
    const index = this.events.length;
    this.events.push(event);
    this.states.add(event.to);
    this.provenances.add(event.provenance);
    this.view(event.kind).add(event, index);
    this.narrate(event, index);
    this.dirty = true;
    this.wake();
  }

  /** No more events will come. Resolves when the last one has been shown. */
  async end() {
    this.complete = true;
    if (this.events.length === 0) {
      return;
    }
    this.wake();
    if (this.position < this.events.length && this.playing) {
      await new Promise((resolve) => {
        this.whenShown = () => resolve(undefined);
      });
    }
  }

  /** @param {string} kind */
  view(kind) {
    const name = kind === "context" ? "tree" : kind === "signal" ? "pipeline" : "lanes";
    let view = this.views.get(name);
    if (!view) {
      view = name === "tree" ? new Tree() : name === "pipeline" ? new Pipeline() : new Lanes();
      this.views.set(name, view);
      this.stage.append(view.root);
    }
    return view;
  }

  build() {
    this.stage = el("div", { class: "stage" });
    this.legend = el("div");
    this.slider = /** @type {HTMLInputElement} */ (el("input", { type: "range", min: 0, max: 1, value: 0, step: 1, "aria-label": "Position in the timeline" }));
    this.count = el("span", { class: "count" });
    this.playButton = el("button", { type: "button", class: "control play" });
    const step = (/** @type {number} */ by, /** @type {string} */ name, /** @type {string} */ sign) => {
      const button = el("button", { type: "button", class: "control", "aria-label": name, title: name }, sign);
      button.addEventListener("click", () => this.step(by));
      return button;
    };
    this.playButton.addEventListener("click", () => this.toggle());
    this.slider.addEventListener("input", () => this.jump(Number(this.slider.value)));
    const controls = el("div", { class: "controls", role: "group", "aria-label": "Play the picture" },
      step(-1, "One event back", "‹"), this.playButton, step(1, "One event on", "›"), this.slider, this.count);
    this.now = el("p", { class: "now", "aria-hidden": "true" });
    this.narration = el("ol", { class: "narration", tabindex: 0, "aria-label": "The events in words" });
    this.picture = el("div", { class: "picture", tabindex: 0, role: "group", "aria-label": "Moving picture of the events; the list below says the same in words" }, this.stage);
    this.picture.addEventListener("keydown", (e) => this.key(e));
    this.host.append(this.picture, this.legend, controls, this.now, el("details", { class: "in-words" }, el("summary", {}, "The events in words"), this.narration));
    this.host.hidden = false;
    this.resized?.disconnect();
    this.resized = new ResizeObserver(() => {
      this.dirty = true;
      this.wake();
    });
    this.resized.observe(this.stage);
  }

  /**
   * @param {TimelineEvent} event
   * @param {number} index
   */
  narrate(event, index) {
    const item = el("li", { value: index + 1 }, ...(event.at ? [el("span", { class: "at" }, event.at), " "] : []), event.words);
    if (event.impossible) {
      item.append(el("span", { class: "impossible" }, ` This cannot be: ${event.impossible}.`));
    }
    this.narration?.append(item);
  }

  /** @param {KeyboardEvent} e */
  key(e) {
    if (e.target !== this.picture || e.ctrlKey || e.metaKey || e.altKey) {
      return;
    }
    const acts = /** @type {Record<string, () => void>} */ ({
      " ": () => this.toggle(),
      ArrowLeft: () => this.step(-1),
      ArrowRight: () => this.step(1),
      Home: () => this.jump(0),
      End: () => this.jump(this.events.length),
    });
    if (acts[e.key]) {
      e.preventDefault();
      acts[e.key]();
    }
  }

  toggle() {
    this.playing = !this.playing;
    if (this.playing && this.position >= this.events.length) {
      this.position = 0;
    }
    this.dirty = true;
    this.wake();
  }

  /** @param {number} by */
  step(by) {
    this.jump(Math.floor(this.position) + by);
  }

  /** @param {number} to */
  jump(to) {
    this.playing = false;
    this.position = Math.max(0, Math.min(this.events.length, to));
    this.dirty = true;
    this.wake();
  }

  wake() {
    if (!this.awake) {
      this.lastTick = performance.now();
      this.again();
    }
  }

  again() {
    this.awake = true;
    requestAnimationFrame((now) => this.tick(now));
  }

  /** @param {number} now */
  tick(now) {
    this.awake = false;
    const total = this.events.length;
    const elapsed = Math.max(0, now - this.lastTick);
    this.lastTick = now;
    const before = Math.floor(this.position);
    if (this.complete && calm() && this.whenShown === null && !this.settled) {
      this.settled = true;
      this.position = total; // no motion: the whole picture at once
    } else if (this.playing) {
      const perEvent = Math.min(pace, longest / Math.max(total, 1));
      this.position = Math.min(total, this.position + elapsed / perEvent);
    }
    if (this.dirty || before !== Math.floor(this.position)) {
      this.draw();
    }
    if (this.playing && this.position < total) {
      this.again();
      return;
    }
    if (this.complete && this.playing) {
      this.playing = false;
      this.draw();
    }
    if (this.complete && this.whenShown) {
      this.whenShown();
      this.whenShown = null;
    }
  }

  draw() {
    const width = this.stage?.clientWidth ?? 600;
    const count = Math.floor(this.position);
    for (const view of this.views.values()) {
      if (this.dirty) {
        view.layOut(width);
      }
      view.show(count);
    }
    if (this.dirty) {
      this.legend?.replaceChildren(legend(this.states, this.provenances));
    }
    this.dirty = false;
    if (this.slider && this.count && this.now && this.playButton && this.narration) {
      this.slider.max = String(this.events.length);
      this.slider.value = String(count);
      this.slider.setAttribute("aria-valuetext", this.events[count - 1]?.words ?? "before the first event");
      this.count.textContent = `${count} of ${this.events.length}`;
      this.now.textContent = this.events[count - 1]?.words ?? " ";
      this.playButton.textContent = this.playing ? "❚❚" : "▶";
      this.playButton.setAttribute("aria-label", this.playing ? "Pause" : "Play");
      const current = this.narration.children[count - 1];
      this.current?.removeAttribute("aria-current");
      current?.setAttribute("aria-current", "step");
      if (current instanceof HTMLElement && this.narration.clientHeight > 0) {
        this.narration.scrollTop = current.offsetTop - this.narration.clientHeight / 2;
      }
      this.current = current;
    }
  }
}
