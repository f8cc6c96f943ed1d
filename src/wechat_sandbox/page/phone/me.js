// @ts-check
/** Whose phone this is: the person's openids, and changing to another person. */

import { copyButton, fill, h } from '../dom.js';
import { get } from '../door.js';
import { t } from '../words.js';
import { cell, face, group, nameOf, nothing } from './parts.js';

/** @typedef {import('./main.js').Phone} Phone */

/** @param {Phone} phone @param {() => Promise<void>} _refresh @returns {import('./main.js').Screen} */
export function meScreen(phone, _refresh) {
  return {
    title: t('tab.me'),
    tone: 'grey',
    body: [
      h('div', { class: 'me' }, face(phone.person), h('div', {}, h('h2', {}, phone.person), h('p', { class: 'muted' }, t('meAbout')))),
      group('openid', phone.openids.length ? phone.openids.map((known) => h('div', { class: 'cell' }, h('span', { class: 'cell-left' }, h('span', {}, nameOf(phone, known.appid), h('small', { class: 'muted mono' }, known.openid))), copyButton(known.openid, 'openid'))) : nothing(t('noOpenids'))),
      group('', cell(t('otherPerson'), '', { onclick: () => { location.href = 'phone'; }, test: 'other-person' })),
    ],
  };
}

/** Chooses whose phone to look at. @param {HTMLElement} room */
export async function whoScreen(room) {
  const found = h('div', { class: 'cells', data: { test: 'who' } });
  const search = h('input', { type: 'search', 'aria-label': t('filter.person'), placeholder: t('filter.person'), oninput: () => look().catch(() => undefined) });
  fill(room, h('header', { class: 'bar' }, h('span', { class: 'back' }), h('h1', {}, t('whosePhone')), h('span', { class: 'back' })),
    h('div', { class: 'body grey' }, h('div', { class: 'search' }, search), found));
  async function look() {
    const wanted = search.value.trim();
    const lively = wanted ? [] : (await get('persons', { lively: 1, limit: 20 })).persons;
    const persons = lively.length ? lively : (await get('persons', { search: wanted, limit: 50 })).persons;
    fill(found, persons.length ? persons.map((/** @type {any} */ { person }) => cell([face(person), person], '', { href: `phone?person=${encodeURIComponent(person)}` })) : nothing(t('noPeople')));
  }
  await look();
}
