// @ts-check
// What a page can ask of the notebook: to run or check something, to watch that, to stop it.

/** What went wrong, and what to do about it. */
export class Refused extends Error {
  /**
   * @param {string} message
   * @param {string} hint
   * @param {any} [sheet]  of a lab, if somebody else has changed it
   */
  constructor(message, hint, sheet = null) {
    super(message);
    this.hint = hint;
    this.sheet = sheet;
  }
}

const gone = () => new Refused("The notebook does not answer.", "Is gopark still running in its terminal? Start it again and open the address that it prints.");

/**
 * Asks the notebook for something, in JSON both ways.
 * @param {string} method
 * @param {string} address
 * @param {unknown} [body]
 * @returns {Promise<any>}
 */
export async function ask(method, address, body) {
  let response;
  try {
    response = await fetch(address, body === undefined ? { method } : {
      method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
  } catch {
    throw gone();
  }
  if (response.status === 401) {
    throw new Refused("The notebook was started anew and does not know this page.", "Open the address that gopark printed in the terminal.");
  }
  const answer = response.status === 204 ? null : await response.json();
  if (!response.ok) {
    throw new Refused(answer.error, answer.hint ?? "", answer.sheet ?? null);
  }
  return answer;
}

/**
 * Orders a run and returns its id.
 * @param {{experiment: string, knobs: Record<string, number>, predicted: number}} order
 * @returns {Promise<string>}
 */
export const order = async (order) => (await ask("POST", "/runs", order)).run;

/**
 * @param {string} run
 */
export async function stop(run) {
  try {
    await fetch(`/runs/${encodeURIComponent(run)}`, { method: "DELETE" });
  } catch { /* watch will notice */ }
}

const silence = 12_000; // ms without a sign of life; the server sends one every two seconds

/**
 * Watches a run until its result. The browser comes back by itself after a broken
 * connection and gets what it missed.
 * @param {string} run
 * @param {Record<string, (message: any) => void>} on  a function for each kind, and for "lost"
 */
export const watch = (run, on) =>
  follow(`/runs/${encodeURIComponent(run)}/events`, ["status", "note", "value", "event", "output", "result"], on);

/**
 * Watches a check of an answer until its verdict, in the same way.
 * @param {string} check
 * @param {Record<string, (message: any) => void>} on
 */
export const watchCheck = (check, on) => follow(`/checks/${encodeURIComponent(check)}/events`, ["stage", "verdict"], on);

/**
 * Follows a stream to its last message.
 * @param {string} address
 * @param {string[]} kinds  of messages; the last one ends the stream
 * @param {Record<string, (message: any) => void>} on
 * @returns {() => void} to stop following
 */
function follow(address, kinds, on) {
  const source = new EventSource(address);
  let failures = 0;
  let timer = 0;
  const leave = () => {
    clearTimeout(timer);
    source.close();
  };
  const lost = () => {
    leave();
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
      if (kind === kinds.at(-1)) {
        leave();
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
  return leave;
}
