// @ts-check
// The page of a lab: write, check, read the verdict. The text is a file that an editor
// may have open too: every request names what the page had loaded, and nothing that
// somebody else has saved is written over.

import { Aids, point } from "./aids.js";
import { ask, Refused, watchCheck } from "./api.js";
import { Course } from "./course.js";
import { el, must } from "./dom.js";
import { draft, keepDraft } from "./drafts.js";
import { Editor } from "./editor.js";

/** @typedef {{file: string, text: string, hash: string, kept: boolean, hints: number, passed: boolean, gaveUp: boolean, verdict: string, stages: string[]}} Sheet */

/** @param {string} id */
const button = (id) => /** @type {HTMLButtonElement} */ (must(id));

export async function setUpLab() {
  const name = must("lab").dataset.name ?? "";
  const address = `/labs/${encodeURIComponent(name)}`;
  /** @type {Sheet} what is in the file, as far as this page knows */
  let sheet;
  /** @type {Sheet|null} what somebody else has made of it */
  let theirs = null;
  let clean = ""; // the sheet's text as the text area gives it back
  /** @type {string|null} the check that is being watched */
  let checking = null;
  let unwatch = () => {};

  const editor = new Editor(/** @type {HTMLTextAreaElement} */ (must("answer")), must("gutter"), {
    changed: () => {
      remember();
      compare();
      must("bench").classList.add("stale");
      editor.point(0);
      update();
    },
    leave: () => button("check").focus(),
  });
  let last = Promise.resolve();
  let waiting = 0; // how many have not had their turn
  /**
   * Asks one after another: an answer that overtakes a later one would be taken for
   * somebody else's change, and so would a save that does not know of the one before it.
   * @param {() => Promise<void>} f
   */
  const inTurn = (f) => {
    must("bench").ariaBusy = String(++waiting > 0);
    last = last.then(f).catch(broken).then(() => { must("bench").ariaBusy = String(--waiting > 0); });
  };
  const aids = new Aids(address, broken);
  const dirty = () => editor.text !== clean;
  const current = (keep = false) => ({ text: editor.text, base: sheet.hash, keep });

  function update() {
    must("bench-file").textContent = sheet.file;
    must("bench-state").textContent = theirs ? "changed elsewhere" : dirty() ? "not saved" : sheet.hash ? "saved" : "not begun";
    button("save").disabled = !dirty() || theirs !== null;
    button("check").disabled = theirs !== null;
    button("check").textContent = checking ? "Check again" : "Check";
    must("cancel").hidden = checking === null;
    button("reset").disabled = theirs !== null || !sheet.hash;
    must("undo").hidden = !sheet.kept;
    button("undo").disabled = theirs !== null;
    must("conflict").hidden = theirs === null;
    aids.show(sheet);
  }

  /** Remembers what was typed since the file was read or saved. */
  const remember = () => keepDraft(name, dirty() ? { text: editor.text, base: sheet.hash } : null);

  /**
   * Takes over what is in the file now, in place of what is here.
   * @param {Sheet} now
   */
  function adopt(now) {
    sheet = now;
    editor.set(now.text, editor.text !== "");
    editor.point(0);
    saved(now, editor.text);
  }

  /**
   * Notes that the file has what was here when text was.
   * @param {Sheet} now
   * @param {string} text
   */
  function saved(now, text) {
    sheet = now;
    theirs = null;
    clean = text;
    remember();
    update();
  }

  /**
   * Shows what somebody else has saved beside what is here.
   * @param {Sheet} now
   */
  function dispute(now) {
    theirs = now;
    compare();
    update();
    must("conflict").focus();
  }

  /** Marks the lines of theirs that are not here, while there is a choice to make. */
  function compare() {
    if (theirs) {
      const mine = new Set(editor.text.split("\n"));
      must("theirs").replaceChildren(...theirs.text.replace(/\n$/, "").split("\n").map((line) =>
        el("span", { class: mine.has(line) ? false : "other" }, line || " ")));
    }
  }

  /** @param {unknown} error */
  function broken(error) {
    if (error instanceof Refused && error.sheet) {
      dispute(error.sheet);
      return;
    }
    const refused = error instanceof Refused ? error : new Refused(String(error), "");
    notice(refused);
  }

  /**
   * Asks for something that changes the file.
   * @param {string} what
   */
  async function change(what) {
    if (theirs) {
      return;
    }
    try {
      adopt(await ask("POST", `${address}/${what}`, current()));
      must("verdict").hidden = true;
      must("stages").hidden = true;
    } catch (error) {
      broken(error);
    }
  }

  /** @param {boolean} keep  save also what is not news, and keep what was in the file */
  async function save(keep = false) {
    if (theirs || !(dirty() || keep)) {
      return;
    }
    try {
      const text = editor.text;
      saved(await ask("PUT", `${address}/sheet`, current(keep)), text);
    } catch (error) {
      broken(error);
    }
  }

  async function check() {
    if (theirs) {
      return;
    }
    unwatch();
    const course = new Course(sheet.stages);
    must("bench").classList.remove("stale");
    const text = editor.text;
    try {
      const answer = await ask("POST", `${address}/checks`, current());
      checking = answer.check;
      saved(answer.sheet, text);
    } catch (error) {
      checking = null;
      must("stages").hidden = true;
      course.say("");
      update();
      broken(error);
      return;
    }
    const over = () => {
      checking = null;
      unwatch = () => {};
    };
    unwatch = watchCheck(/** @type {string} */ (checking), {
      stage: (m) => course.stage(m),
      verdict: (m) => {
        over();
        course.end(m, go);
        const line = /^answer\.go:(\d+)/.exec(m.found?.place ?? "");
        editor.point(line && editor.text === text ? Number(line[1]) : 0);
        sheet = { ...sheet, passed: sheet.passed || m.found?.passed === true };
        update();
        if (m.found?.passed) {
          aids.explain();
        }
        inTurn(look);
      },
      lost: (error) => {
        over();
        must("stages").hidden = true;
        notice(error);
        update();
      },
    });
  }

  /** Looks whether somebody else has saved, or the lab has been begun. */
  async function look() {
    if (theirs) {
      return;
    }
    try {
      const { ready, sheet: now } = await ask("GET", `${address}/sheet`);
      if (!ready || now.hash === sheet.hash) {
        if (ready) {
          sheet = { ...now, text: sheet.text };
          update();
        }
      } else if (now.text === clean) {
        sheet = now;
        update();
      } else if (dirty()) {
        dispute(now);
      } else {
        adopt(now);
      }
    } catch { /* the next request will say so */ }
  }

  /** @param {string} where  "answer.go:23" or a place in a file that is given */
  function go(where) {
    const [file, line] = where.split(":");
    if (file === "answer.go") {
      editor.point(Number(line));
      editor.go(Number(line));
    } else {
      point(file, Number(line));
    }
  }

  // Begin: what is in the file, and what was typed here and not saved.
  try {
    const first = await ask("GET", `${address}/sheet`);
    if (!first.ready) {
      notice(new Refused(`You cannot work on this page: ${first.error}.`, first.hint));
      return;
    }
    const kept = draft(name);
    adopt(first.sheet);
    if (kept && kept.text !== clean) {
      editor.set(kept.text);
      keepDraft(name, kept);
      if (kept.base === first.sheet.hash) {
        update();
      } else {
        dispute(first.sheet);
      }
    }
  } catch (error) {
    broken(error);
    return;
  }
  must("bench").hidden = false;
  editor.number();
  must("terminal").removeAttribute("open");

  button("check").addEventListener("click", () => inTurn(check));
  button("save").addEventListener("click", () => inTurn(() => save()));
  button("reset").addEventListener("click", () => inTurn(() => change("reset")));
  button("undo").addEventListener("click", () => inTurn(() => change("undo")));
  button("cancel").addEventListener("click", () => {
    if (checking) {
      ask("DELETE", `/checks/${checking}`).catch(() => { /* it will be noticed */ });
    }
  });
  button("take-theirs").addEventListener("click", () => {
    if (theirs) {
      adopt(theirs);
      must("answer").focus();
    }
  });
  button("keep-mine").addEventListener("click", () => inTurn(async () => {
    if (theirs) {
      sheet = theirs;
      theirs = null;
      await save(true);
      must("answer").focus();
    }
  }));
  must("bench").addEventListener("keydown", (e) => {
    const command = (e.ctrlKey || e.metaKey) && !e.altKey;
    if (command && e.key === "Enter") {
      inTurn(check);
    } else if (command && e.key.toLowerCase() === "s" && !e.shiftKey) {
      inTurn(() => save());
    } else {
      return;
    }
    e.preventDefault();
  });
  addEventListener("focus", () => inTurn(look));
}

/**
 * Says above the text what does not work.
 * @param {Refused} error
 */
function notice(error) {
  const place = must("elsewhere");
  place.hidden = false;
  place.replaceChildren(error.message, ...(error.hint ? [" ", error.hint] : []));
  place.scrollIntoView({ block: "nearest" });
}
