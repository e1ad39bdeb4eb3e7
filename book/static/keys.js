// @ts-check
// Single keys, the help that lists them, and the switch that turns them off.

import { must } from "./dom.js";
import { forget, showMarks } from "./marks.js";

const key = "gopark:keys";

function enabled() {
  try {
    return localStorage.getItem(key) !== "off";
  } catch {
    return true;
  }
}

/** @param {EventTarget|null} target */
function types(target) {
  return target instanceof HTMLElement &&
    (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement ||
      (target instanceof HTMLInputElement && !["radio", "checkbox", "range"].includes(target.type)));
}

/**
 * Listens for single keys, wherever the focus is except where the reader types.
 * @param {(key: string) => boolean} act  whether the key meant something
 */
export function onKey(act) {
  document.addEventListener("keydown", (e) => {
    const dialog = /** @type {HTMLDialogElement} */ (must("help-dialog"));
    if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey && e.key.length > 1 || types(e.target) || dialog.open || !enabled()) {
      return;
    }
    if (act(e.key)) {
      e.preventDefault();
    }
  });
}

export function setUpHelp() {
  const dialog = /** @type {HTMLDialogElement} */ (must("help-dialog"));
  const keysOn = /** @type {HTMLInputElement} */ (must("keys-on"));
  keysOn.checked = enabled();
  keysOn.addEventListener("change", () => {
    try {
      localStorage.setItem(key, keysOn.checked ? "on" : "off");
    } catch { /* they stay on */ }
  });
  must("help").addEventListener("click", () => dialog.showModal());
  must("forget").addEventListener("click", () => {
    forget();
    showMarks();
    must("forget").textContent = "Forgotten";
  });
  onKey((pressed) => {
    switch (pressed) {
      case "?":
        dialog.showModal();
        return true;
      case "[":
        return follow("prev");
      case "]":
        return follow("next");
    }
    return false;
  });
}

/** @param {string} rel */
function follow(rel) {
  const link = document.querySelector(`a[rel="${rel}"]`);
  if (link instanceof HTMLAnchorElement) {
    location.assign(link.href);
    return true;
  }
  return false;
}
