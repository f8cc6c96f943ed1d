// @ts-check
/** Every word of the page, Chinese first; which language is kept in this browser. */

import { TEXTS } from './texts.js';
import { ERRCODES, REFUSALS } from './refusals.js';

/** @type {'zh' | 'en'} */
export const lang = localStorage.getItem('sandbox.language') === 'en' ? 'en' : 'zh';
const PLACE = lang === 'zh' ? 0 : 1;

/** The text of a key, its `{names}` filled in; a key without a text says its own last part.
 * @param {string} key @param {Record<string, unknown>} [values] @returns {string} */
export function t(key, values = {}) {
  const pair = TEXTS[key];
  if (!pair) return key.slice(key.indexOf('.') + 1);
  return pair[PLACE].replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ''));
}

/** What to tell a person whose control call was refused. @param {string} code @param {string} message */
export function refusal(code, message) {
  const known = REFUSALS[code];
  return known ? known[PLACE] : message;
}

/** What an errcode or Pay code means, or nothing. @param {string} code */
export function errcode(code) {
  return ERRCODES[code]?.[PLACE] ?? '';
}

/** The name of a push. @param {string} subject */
export function eventName(subject) {
  return TEXTS[`event.${subject}`]?.[PLACE] ?? '';
}

/** What a row of the due list is. @param {{what: string, name: string}} row */
export function happening(row) {
  return row.what === 'timer' ? t(`timer.${row.name}`) : `${t('pushOf')} ${eventName(row.name) || row.name}`;
}

/** Changes the language and draws everything anew. */
export function flipLanguage() {
  localStorage.setItem('sandbox.language', lang === 'zh' ? 'en' : 'zh');
  location.reload();
}
