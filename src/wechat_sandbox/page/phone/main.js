// @ts-check
/** One person's phone: tabs, chats, mini-programs, the cashier; it lives, because the sandbox does. */

import { byId, fill, h, icon } from '../dom.js';
import { get } from '../door.js';
import { beat, onBeat } from '../live.js';
import { clockTime } from '../moments.js';
import { lang, t } from '../words.js';
import { chatScreen, chatsScreen, unreadTotal } from './chats.js';
import { contactsScreen } from './contacts.js';
import { meScreen, whoScreen } from './me.js';
import { miniScreen } from './mini.js';
import { openPayments, walletScreen } from './wallet.js';

/**
 * What the phone knows.
 * @typedef {object} Phone
 * @property {string} person
 * @property {number} now
 * @property {any[]} accounts
 * @property {any[]} messages what came, oldest first
 * @property {any[]} sayings what the person said, oldest first
 * @property {any[]} payments newest first
 * @property {any[]} refunds newest first
 * @property {any[]} templates
 * @property {any[]} openids
 * @property {Record<string, any[]>} menus by appid
 * @property {any[]} publications
 */

/** @typedef {{title: string, body: import('../dom.js').Child, back?: string, foot?: import('../dom.js').Child, tone?: 'grey', atEnd?: boolean}} Screen */

const TABS = /** @type {const} */ ([
  ['chats', 'M4 12c0-4.400 3.600-7.500 8-7.500s8 3.100 8 7.500-3.600 7.500-8 7.500c-1 0-2-.2-2.900-.5L5.500 20l.8-2.700A7.300 7.300 0 0 1 4 12Z'],
  ['contacts', 'M12 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7ZM5 20c.6-3.600 3.400-6 7-6s6.400 2.400 7 6'],
  ['wallet', 'M4 7.500A1.500 1.500 0 0 1 5.500 6h13A1.500 1.500 0 0 1 20 7.500v9a1.500 1.500 0 0 1-1.500 1.500h-13A1.500 1.500 0 0 1 4 16.500v-9ZM4 10h16M7 14.500h3'],
  ['me', 'M5 5h14v14H5zM9 10h6M9 14h6'],
]);
const MOST = 500;

const person = new URLSearchParams(location.search).get('person') ?? '';
/** @type {Phone} */
const phone = { person, now: 0, accounts: [], messages: [], sayings: [], payments: [], refunds: [], templates: [], openids: [], menus: {}, publications: [] };
let drawn = '';

/** @returns {Screen} */
function screen() {
  const [name = '', ...rest] = location.hash.slice(1).split('/');
  const what = decodeURIComponent(rest.join('/'));
  if (name === 'chat') return chatScreen(phone, what);
  if (name === 'mini') return miniScreen(phone, what, refresh);
  if (name === 'contacts') return contactsScreen(phone, refresh);
  if (name === 'wallet') return walletScreen(phone, refresh);
  if (name === 'me') return meScreen(phone, refresh);
  return chatsScreen(phone);
}

/** @param {string} name @param {string} path @param {number} badge */
function tab(name, path, badge) {
  const at = location.hash.slice(1).split('/')[0] || 'chats';
  return h('a', { href: `#${name}`, 'aria-current': at === name ? 'page' : undefined, data: { test: `tab-${name}` } }, icon(path), h('span', {}, t(`tab.${name}`)),
    badge ? h('b', { class: 'badge' }, badge > 99 ? '99+' : badge, h('span', { class: 'sr' }, ` ${t('newOnes')}`)) : null);
}

function draw({ force = false } = {}) {
  const seen = JSON.stringify([location.hash, phone.accounts, phone.messages.length, phone.messages.at(-1)?.id, phone.sayings.length, phone.payments, phone.refunds, phone.templates, phone.openids, phone.menus, phone.publications]);
  if (!force && seen === drawn) return;
  const isNewScreen = !drawn.startsWith(JSON.stringify([location.hash]).slice(0, -1));
  drawn = seen;
  const { title, body, back, foot, tone, atEnd } = screen();
  const room = byId('phone');
  const old = room.querySelector('.body');
  const top = old?.scrollTop ?? 0;
  const wasAtEnd = old ? old.scrollHeight - old.scrollTop - old.clientHeight < 40 : true;
  const shown = h('div', { class: tone === 'grey' ? 'body grey' : 'body', tabindex: '-1' }, body);
  fill(room,
    h('div', { class: 'status', 'aria-hidden': 'true' }, h('span', { class: 'at' }, clockTime(phone.now).slice(0, 5)), h('span', {}, phone.person)),
    h('header', { class: 'bar' },
      back ? h('a', { class: 'back', href: back, 'aria-label': t('back'), data: { test: 'back' } }, icon('back')) : h('span', { class: 'back' }),
      h('h1', {}, title), h('span', { class: 'back' })),
    shown,
    foot ?? (back ? null : h('nav', { class: 'tabs', 'aria-label': t('phone') }, TABS.map(([name, path]) =>
      tab(name, path, name === 'chats' ? unreadTotal(phone) : name === 'wallet' ? openPayments(phone).length : 0)))));
  shown.scrollTop = atEnd && (isNewScreen || wasAtEnd) ? shown.scrollHeight : isNewScreen ? 0 : top;
}

async function refresh() {
  const newest = phone.messages.at(-1)?.id ?? 0;
  const asked = newest ? get('messages', { person, after: newest, limit: MOST }) : get('messages', { person, newest: 1, limit: MOST });
  const [accounts, messages, said, payments, refunds, templates, persons] = await Promise.all([
    get('accounts'), asked, get('sayings', { person, newest: 1, limit: MOST }), get('payments', { person, newest: 1, limit: 100 }), get('refunds', { person }), get('templates'), get('persons', { search: person, limit: 100 }),
  ]);
  phone.accounts = accounts.accounts.map((/** @type {any} */ { appid, kind, name }) => ({ appid, kind, name }));
  phone.messages = newest ? [...phone.messages, ...messages.messages] : messages.messages.reverse();
  phone.sayings = said.sayings.reverse();
  phone.payments = payments.payments;
  phone.refunds = refunds.refunds;
  phone.templates = templates.templates;
  phone.openids = persons.persons.find((/** @type {any} */ known) => known.person === person)?.openids ?? [];
  await lookAtOfficials();
  draw();
}

/** Menus of the accounts one follows, and the articles that mass messages carry. */
async function lookAtOfficials() {
  const followed = phone.openids.filter((known) => known.is_follower).map((known) => known.appid);
  const menus = await Promise.all(followed.map((appid) => get('menu', { appid, person }).catch(() => ({ buttons: [] }))));
  phone.menus = Object.fromEntries(followed.map((appid, place) => [appid, menus[place].buttons]));
  const senders = [...new Set(phone.messages.filter((message) => message.content?.mpnews).map((message) => message.appid))];
  phone.publications = (await Promise.all(senders.map((appid) => get('publications', { appid })))).flatMap((found) => found.publications);
}

document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
if (person) {
  document.title = `${t('phoneOf', { person })} · ${t('sandbox')}`;
  onBeat((clock, changed) => {
    if (clock) phone.now = clock.now_ms;
    const at = document.querySelector('.status .at');
    if (at) at.textContent = clockTime(phone.now).slice(0, 5);
    document.body.classList.toggle('offline', clock === null);
    if (changed) refresh().catch(() => undefined);
  });
  addEventListener('hashchange', () => {
    draw({ force: true });
    byId('phone').querySelector('h1')?.scrollIntoView();
  });
  beat();
} else {
  document.title = `${t('phone')} · ${t('sandbox')}`;
  whoScreen(byId('phone')).catch(() => undefined);
}
