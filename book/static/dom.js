// @ts-check
// Making elements. Text goes in as text nodes only: nothing here, or anywhere in the
// book, turns a string into markup.

const svgSpace = "http://www.w3.org/2000/svg";

/**
 * @param {Element} element
 * @param {Record<string, unknown>} attributes  null and false leave one out
 * @param {(Node|string)[]} children
 */
function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(...children);
  return element;
}

/**
 * @param {string} tag
 * @param {Record<string, unknown>} [attributes]
 * @param {...(Node|string)} children
 * @returns {HTMLElement}
 */
export function el(tag, attributes = {}, ...children) {
  return /** @type {HTMLElement} */ (fill(document.createElement(tag), attributes, children));
}

/**
 * @param {string} tag
 * @param {Record<string, unknown>} [attributes]
 * @param {...(Node|string)} children
 * @returns {SVGElement}
 */
export function svg(tag, attributes = {}, ...children) {
  return /** @type {SVGElement} */ (fill(document.createElementNS(svgSpace, tag), attributes, children));
}

/**
 * Text in which code stands in backquotes, as nodes.
 * @param {string} text
 * @returns {(Node|string)[]}
 */
export function inline(text) {
  const parts = text.split("`");
  if (parts.length % 2 === 0) {
    return [curl(text)]; // a quote that is never closed
  }
  return parts.map((part, i) => (i % 2 ? el("code", {}, part) : curl(part)));
}

/**
 * Sets an apostrophe within a word as a printer would.
 * @param {string} text
 */
const curl = (text) => text.replace(/(?<=\p{L})'(?=\p{L})/gu, "’");

/**
 * The element with this id, which the page must have.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function must(id) {
  const element = document.getElementById(id);
  if (!element) {
    throw new Error(`the page has no element ${id}`);
  }
  return element;
}

/**
 * How much larger than on an ordinary screen the page is set: pictures follow it.
 */
export const magnification = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 18;

/** Whether the reader asked the system for less motion. */
export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
