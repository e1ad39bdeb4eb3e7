// @ts-check
// The three things that a page can ask of the notebook: run, watch, stop.

/** What went wrong, and what to do about it. */
export class Refused extends Error {
  /**
   * @param {string} message
   * @param {string} hint
   */
  constructor(message, hint) {
    super(message);
    this.hint = hint;
  }
}

const gone = () => new Refused("The notebook does not answer.", "Is gopark still running in its terminal? Start it again and open the address that it prints.");

/**
 * Orders a run and returns its id.
 * @param {{experiment: string, knobs: Record<string, number>, predicted: number}} order
 * @returns {Promise<string>}
 */
export async function order(order) {
  let response;
  try {
    response = await fetch("/runs", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(order),
    });
  } catch {
    throw gone();
  }
  if (response.status === 401) {
    throw new Refused("The notebook was started anew and does not know this page.", "Open the address that gopark printed in the terminal.");
  }
  const answer = await response.json();
  if (!response.ok) {
    throw new Refused(answer.error, answer.hint ?? "");
  }
  return answer.run;
}

/**
 * @param {string} run
 */
export async function stop(run) {
  try {
    await fetch(`/runs/${encodeURIComponent(run)}`, { method: "DELETE" });
  } catch { /* watch will notice */ }
}

const kinds = ["status", "note", "value", "event", "output", "result"];
const silence = 12_000; // ms without a sign of life; the server sends one every two seconds

/**
 * Watches a run until its result. The browser comes back by itself after a broken
 * connection and gets what it missed.
 * @param {string} run
 * @param {Record<string, (message: any) => void>} on  a function for each kind, and for "lost"
 */
export function watch(run, on) {
  const source = new EventSource(`/runs/${encodeURIComponent(run)}/events`);
  let failures = 0;
  let timer = 0;
  const lost = () => {
    clearTimeout(timer);
    source.close();
    on.lost(gone());
  };
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(lost, silence);
  };
  for (const kind of kinds) {
    source.addEventListener(kind, (e) => {
      failures = 0;
      alive();
      if (kind === "result") {
        clearTimeout(timer);
        source.close();
      }
      on[kind](JSON.parse(e.data));
    });
  }
  source.addEventListener("beat", alive);
  source.addEventListener("error", () => {
    failures++;
    if (failures > 3 || source.readyState === EventSource.CLOSED) {
      lost();
    }
  });
  alive();
}
