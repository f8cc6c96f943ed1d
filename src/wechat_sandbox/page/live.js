// @ts-check
/** What time it is in the sandbox, once a second; views are told when anything else has changed too. */

import { get } from './door.js';

const EVERY_MS = 1000;

/** @typedef {{now_ms: number, next_due_ms: number | null, owner: 'sandbox' | 'embedding', rate: number | null, is_paused: boolean | null, turn: number}} Clock */
/** @typedef {(clock: Clock | null, changed: boolean) => void} Listener */

/** @type {Set<Listener>} */
const listeners = new Set();
/** @type {Clock | null} */
let latest = null;
let timer = 0;
let asking = false;

/** Asks now, and then every second while the page is seen. A null clock says that the sandbox does not answer. */
export async function beat() {
  clearTimeout(timer);
  if (!document.hidden && !asking) {
    asking = true;
    const clock = await get('clock').catch(() => null);
    asking = false;
    const changed = clock !== null && clock.turn !== latest?.turn;
    latest = clock;
    for (const listener of listeners) listener(clock, changed);
  }
  timer = window.setTimeout(beat, EVERY_MS);
}

/** Calls `listener` at every beat until the returned function is called. @param {Listener} listener */
export function onBeat(listener) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden) beat();
});
