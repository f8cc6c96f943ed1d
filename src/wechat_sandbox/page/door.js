// @ts-check
/** The control API as the page calls it: JSON in, JSON out, refusals as words. */

import { lang, refusal, t } from './words.js';

/** A control call that was refused; `message` is what to tell the reader. */
export class Refused extends Error {
  /** @param {string} code @param {string} message */
  constructor(code, message) {
    super(refusal(code, message));
    this.code = code;
  }
}

/** @param {string} path @param {Record<string, string | number | undefined>} [query] @returns {Promise<any>} */
export function get(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return answered(fetch(text ? `${path}?${text}` : path, { headers: { 'accept-language': lang } }));
}

/** @param {string} path @param {object} [body] @returns {Promise<any>} */
export function post(path, body = {}) {
  return answered(fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }));
}

/** @param {Promise<Response>} asked */
async function answered(asked) {
  const reply = await asked.catch(() => {
    throw new Refused('unreachable', t('unreachable'));
  });
  const body = await reply.json().catch(() => ({}));
  if (!reply.ok) throw new Refused(body.error ?? `http_${reply.status}`, body.message ?? `HTTP ${reply.status}`);
  return body;
}
