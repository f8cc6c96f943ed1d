// @ts-check
/** What several screens of the phone share: faces, sheets, names. */

import { fill, h } from '../dom.js';


/** @typedef {import('../dom.js').Child} Child */
/** @typedef {import('./main.js').Phone} Phone */

const FACES = ['#5a55c9', '#2f6fb5', '#0f7f6f', '#a8562a', '#8c4a86', '#3d6b35'];

/** A face of one letter, in a colour of its own. @param {string} name @param {string} [kind] */
export function face(name, kind = '') {
  const number = [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973, 7) % FACES.length;
  const element = h('span', { class: `face ${kind}`, 'aria-hidden': 'true' }, [...name].filter((letter) => letter.trim())[0] ?? '?');
  element.style.setProperty('--face', FACES[number] ?? '#5b6770');
  return element;
}

/** @param {Phone} phone @param {string} appid */
export function nameOf(phone, appid) {
  return phone.accounts.find((account) => account.appid === appid)?.name ?? appid;
}

/** @param {Phone} phone @param {string} appid */
export function kindOf(phone, appid) {
  return phone.accounts.find((account) => account.appid === appid)?.kind ?? '';
}

/** A sheet from below; Escape closes it. @param {string} label @param {(close: () => void) => Child} content @param {string} [test] */
export function sheet(label, content, test) {
  const box = h('dialog', { class: 'sheet', 'aria-label': label, data: { test: test ?? 'sheet' }, onclose: () => box.remove() });
  fill(box, content(() => box.close()));
  document.body.append(box);
  box.showModal();
}

/** A row of a settings-like list. @param {Child} left @param {Child} [right] @param {{href?: string, onclick?: () => void, test?: string}} [how] */
export function cell(left, right, { href, onclick, test } = {}) {
  const inside = [h('span', { class: 'cell-left' }, left), h('span', { class: 'cell-right' }, right), href || onclick ? h('span', { class: 'arrow', 'aria-hidden': 'true' }, '›') : null];
  if (href) return h('a', { class: 'cell', href, data: { test: test ?? '' } }, inside);
  if (onclick) return h('button', { type: 'button', class: 'cell', onclick, data: { test: test ?? '' } }, inside);
  return h('div', { class: 'cell' }, inside);
}

/** @param {string} text */
export function nothing(text) {
  return h('p', { class: 'nothing' }, text);
}

/** @param {string | undefined} title @param {...Child} rows */
export function group(title, ...rows) {
  return h('section', { class: 'group' }, title ? h('h2', {}, title) : null, h('div', { class: 'cells' }, rows));
}

