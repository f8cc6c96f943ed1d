// @ts-check
/** Fans and shoppers, those to whom something came last first: make them, let them follow and log in, open their phones. */

import { actButton, copyButton, fill, h, toast } from '../dom.js';
import { get, post } from '../door.js';
import { beat } from '../live.js';
import { t } from '../words.js';
import { dockPhone } from './dock.js';
import { dialog, empty, form, head, table, whenChanged } from './parts.js';

const PAGE = 100;
const LIVELY = 20;

/** @param {HTMLElement} root */
export function people(root) {
  const list = h('tbody', { data: { test: 'people' } });
  const count = h('span', { class: 'muted' });
  const none = h('div');
  const search = h('input', { type: 'search', placeholder: t('filter.person'), 'aria-label': t('filter.person'), oninput: () => refresh().catch(() => undefined) });
  fill(root, head(t('people'), t('peopleAbout')),
    h('section', { class: 'card' }, h('div', { class: 'pair' },
      form([{ name: 'names', label: t('names'), required: true, hint: t('namesAbout') }], t('makePeople'), ({ names = '' }) => make({ names: names.split(/[\s,，、]+/).filter(Boolean) }), 'make-people'),
      form([{ name: 'count', label: t('count'), type: 'number', value: '10', required: true, hint: t('countAbout') }], t('makeMany'), (values) => make({ count: Number(values.count) })))),
    h('form', { class: 'filters', role: 'search', onsubmit: (/** @type {Event} */ event) => event.preventDefault() }, search, count),
    table(t('people'), [t('person'), t('follows'), t('logIn'), ''], list), none);

  /** @param {{names?: string[], count?: number}} whom */
  async function make(whom) {
    const made = await post('persons', whom);
    toast(t('peopleMade', { n: made.persons.length }));
    await beat();
    await refresh();
  }

  const draw = whenChanged((/** @type {{persons: any[], accounts: any[], total: number}} */ { persons, accounts, total }) => {
    const minis = accounts.filter((account) => account.kind === 'mini_program');
    const officials = accounts.filter((account) => account.kind === 'service' || account.kind === 'subscription');
    fill(count, t('peopleTotal', { total, shown: persons.length }));
    fill(none, persons.length ? null : empty(t('noPeople'), t('noPeopleAbout')));
    fill(list, persons.map(({ person, openids }) => {
      const follows = new Set(openids.filter((/** @type {any} */ known) => known.is_follower).map((/** @type {any} */ known) => known.appid));
      return h('tr', { data: { person } },
        h('th', { scope: 'row' }, h('span', { class: 'avatar', 'aria-hidden': 'true' }, person.slice(0, 1).toUpperCase()), person),
        h('td', {}, officials.map((account) => followButton(person, account, follows.has(account.appid)))),
        h('td', {}, minis.map((account) => actButton(account.name, () => logIn(person, account), { class: 'chip' }))),
        h('td', { class: 'end' },
          h('button', { type: 'button', class: 'button small', onclick: () => showOpenids(person, openids, accounts) }, 'openid'),
          ' ', h('button', { type: 'button', class: 'button small primary', data: { test: 'phone' }, onclick: () => dockPhone(person) }, t('phone'))));
    }));
  });

  async function refresh() {
    const wanted = search.value.trim();
    const [found, lively, known] = await Promise.all([
      get('persons', { search: wanted, limit: PAGE }), get('persons', { lively: 1, limit: LIVELY }), get('accounts'),
    ]);
    const first = lively.persons.filter((/** @type {any} */ one) => one.person.includes(wanted));
    const names = new Set(first.map((/** @type {any} */ one) => one.person));
    const persons = [...first, ...found.persons.filter((/** @type {any} */ one) => !names.has(one.person))].slice(0, PAGE);
    draw({ persons, total: found.total, accounts: known.accounts.map((/** @type {any} */ { appid, kind, name }) => ({ appid, kind, name })) });
  }

  return { refresh };
}

/** @param {string} person @param {any} account @param {boolean} follows */
function followButton(person, account, follows) {
  return actButton(`${follows ? '✓ ' : ''}${account.name}`, async () => {
    await post(follows ? 'unfollow' : 'follow', { person, appid: account.appid });
    await beat();
  }, { class: follows ? 'chip on' : 'chip', 'aria-pressed': String(follows), title: t(follows ? 'unfollow' : 'follow'), data: { follow: account.appid } });
}

/** @param {string} person @param {any} account */
async function logIn(person, account) {
  const { code } = await post('wx_login', { person, appid: account.appid });
  dialog(t('loginCode'), () => [
    h('p', { class: 'secret big' }, h('code', {}, code), copyButton(code, 'code')),
    h('p', { class: 'muted' }, t('loginCodeAbout', { person, account: account.name })),
  ]);
}

/** @param {string} person @param {any[]} openids @param {any[]} accounts */
function showOpenids(person, openids, accounts) {
  dialog(`openid · ${person}`, () => openids.length === 0 ? empty(t('noOpenids')) : h('dl', { class: 'secrets' }, openids.map((known) => [
    h('dt', {}, accounts.find((account) => account.appid === known.appid)?.name ?? known.appid),
    h('dd', {}, h('code', {}, known.openid), copyButton(known.openid, 'openid'))])));
}
