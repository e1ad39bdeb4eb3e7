// @ts-check
// What was typed and not saved, kept in this browser until it is.

/** @typedef {{text: string, base: string}} Draft  base is the hash of the text that it was made from */

/** @param {string} lab */
const key = (lab) => `gopark:draft:${lab}`;

/**
 * @param {string} lab
 * @returns {Draft|null}
 */
export function draft(lab) {
  try {
    const kept = JSON.parse(localStorage.getItem(key(lab)) ?? "null");
    return kept && typeof kept.text === "string" && typeof kept.base === "string" ? kept : null;
  } catch {
    return null;
  }
}

/**
 * @param {string} lab
 * @param {Draft|null} kept
 */
export function keepDraft(lab, kept) {
  try {
    if (kept) {
      localStorage.setItem(key(lab), JSON.stringify(kept));
    } else {
      localStorage.removeItem(key(lab));
    }
  } catch { /* it lives as long as the page */ }
}
