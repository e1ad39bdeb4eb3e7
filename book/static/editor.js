// @ts-check
// A text area for Go: Tab indents, Enter keeps the indentation, Escape leaves. What it
// changes itself goes through the browser's own editing, so that Ctrl-Z takes it back.

import { calm, el } from "./dom.js";

export class Editor {
  /**
   * @param {HTMLTextAreaElement} area
   * @param {HTMLElement} gutter  for the numbers of the lines
   * @param {{changed: () => void, leave: () => void}} on  called when the text has changed, and to move the focus on
   */
  constructor(area, gutter, on) {
    this.area = area;
    this.gutter = gutter;
    area.addEventListener("input", () => {
      this.number();
      on.changed();
    });
    area.addEventListener("beforeinput", (e) => {
      if (e.inputType === "insertLineBreak") { // not by key: keyboards on glass have none
        e.preventDefault();
        this.newline();
      }
    });
    area.addEventListener("keydown", (e) => {
      if (e.isComposing || e.ctrlKey || e.metaKey || e.altKey) {
        return;
      }
      if (e.key === "Escape") {
        on.leave();
      } else if (e.key === "Tab") {
        e.shiftKey ? this.outdent() : this.indent();
      } else {
        return;
      }
      e.preventDefault();
    });
  }

  get text() {
    return this.area.value;
  }

  /**
   * Puts another text in place. With undo the reader can take that back.
   * @param {string} text
   * @param {boolean} [undo]
   */
  set(text, undo = false) {
    if (undo) {
      const focused = document.activeElement;
      this.replace(0, this.text.length, text);
      if (focused instanceof HTMLElement && focused !== this.area) {
        focused.focus({ preventScroll: true });
      }
    } else {
      this.area.value = text;
    }
    this.area.setSelectionRange(0, 0);
    this.number();
  }

  /**
   * Leads to a line.
   * @param {number} line  from 1
   */
  go(line) {
    const lines = this.text.split("\n");
    const from = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    this.area.focus({ preventScroll: true });
    this.area.setSelectionRange(from, from + (lines[line - 1] ?? "").length);
    this.gutter.children[line - 1]?.scrollIntoView({ block: "center", behavior: calm() ? "auto" : "smooth" });
  }

  /**
   * Marks one line, or none.
   * @param {number} line  from 1; 0 for none
   */
  point(line) {
    this.pointed = line;
    [...this.gutter.children].forEach((n, i) => n.classList.toggle("pointed", i === line - 1));
  }

  /** Numbers the lines, and makes the area as high as they are. */
  number() {
    const n = this.text.split("\n").length;
    this.area.rows = Math.max(n, 12);
    while (this.gutter.children.length > n) {
      this.gutter.lastElementChild?.remove();
    }
    while (this.gutter.children.length < n) {
      this.gutter.append(el("span", {}, String(this.gutter.children.length + 1)));
    }
    this.point(this.pointed ?? 0);
  }

  /**
   * @param {number} from
   * @param {number} to
   * @param {string} text
   */
  replace(from, to, text) {
    this.area.focus({ preventScroll: true });
    this.area.setSelectionRange(from, to);
    const done = text === "" ? document.execCommand("delete") : document.execCommand("insertText", false, text);
    if (!done) { // a browser without it has no undo for this
      this.area.setRangeText(text, from, to, "end");
      this.area.dispatchEvent(new Event("input"));
    }
  }

  /** The lines that the selection touches: where they begin and end. */
  touched() {
    const { selectionStart: a, selectionEnd: b } = this.area;
    const from = this.text.lastIndexOf("\n", a - 1) + 1;
    const last = b > a && this.text[b - 1] === "\n" ? b - 1 : b; // the line after the selection is not in it
    const end = this.text.indexOf("\n", last);
    return { a, b, from, to: end < 0 ? this.text.length : end };
  }

  indent() {
    const { a, b, from, to } = this.touched();
    if (!this.text.slice(a, b).includes("\n")) {
      this.replace(a, b, "\t");
      return;
    }
    const lines = this.text.slice(from, to).replace(/^(?=.)/gm, "\t");
    this.replace(from, to, lines);
    this.area.setSelectionRange(from, from + lines.length);
  }

  outdent() {
    const { a, b, from, to } = this.touched();
    const before = this.text.slice(from, to);
    const lines = before.replace(/^(\t| {1,4})/gm, "");
    if (lines === before) {
      return;
    }
    this.replace(from, to, lines);
    if (a === b) {
      const at = Math.max(from, a - (before.length - lines.length));
      this.area.setSelectionRange(at, at);
    } else {
      this.area.setSelectionRange(from, from + lines.length);
    }
  }

  /** A new line begins as the one before it, and deeper after what opens a block. */
  newline() {
    const { a, b, from } = this.touched();
    const before = this.text.slice(from, a);
    const deeper = /[{([:]\s*$/.test(before) && !/^\s*\/\//.test(before) ? "\t" : "";
    this.replace(a, b, "\n" + (/^[\t ]*/.exec(before)?.[0] ?? "") + deeper);
  }
}
