// @ts-check
/** The control page's frame: sections at the left, the clock on top, a person's phone at the right when asked for. */

import { byId, fill, h, icon } from '../dom.js';
import { beat, onBeat } from '../live.js';
import { flipLanguage, lang, t } from '../words.js';
import { accounts } from './accounts.js';
import { callbacks } from './callbacks.js';
import { calls } from './calls.js';
import { clock, clockBar } from './clock.js';
import { dockPhone, dockedPhone } from './dock.js';
import { everything } from './everything.js';
import { faults } from './faults.js';
import { people } from './people.js';
import { quotas } from './quotas.js';

/** @typedef {(root: HTMLElement) => {refresh: () => Promise<void>, every?: boolean}} Section */

/** @type {Record<string, {name: string, icon: string, section: Section}>} */
const SECTIONS = {
  accounts: { name: 'accounts', icon: 'M4 7h16v12H4zM8 7V5h8v2M4 12h16', section: accounts },
  people: { name: 'people', icon: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4 20c1-4 4-5.500 8-5.500s7 1.500 8 5.500', section: people },
  clock: { name: 'clock', icon: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5l3.500 2', section: clock },
  calls: { name: 'calls', icon: 'M4 8h13l-3.500-3.500M20 16H7l3.500 3.500', section: calls },
  callbacks: { name: 'callbacks', icon: 'M4 11a8 8 0 0 1 14-4l2 2M20 5v4h-4M20 13a8 8 0 0 1-14 4l-2-2M4 19v-4h4', section: callbacks },
  faults: { name: 'faults', icon: 'M13 3 5 14h6l-1 7 9-12h-6l1-6Z', section: faults },
  quotas: { name: 'quotas', icon: 'M5 20V10M12 20V4M19 20v-7', section: quotas },
  everything: { name: 'everything', icon: 'M5 6h14M5 12h14M5 18h9', section: everything },
};

function chosen() {
  const name = location.hash.slice(1).split('?')[0] ?? '';
  return name in SECTIONS ? name : 'accounts';
}

/** @type {{refresh: () => Promise<void>, every?: boolean} | null} */
let open = null;

async function show() {
  const name = chosen();
  const section = SECTIONS[name];
  if (!section) return;
  document.title = `${t(section.name)} · ${t('sandbox')}`;
  for (const link of document.querySelectorAll('nav a')) {
    if (link.getAttribute('href') === `#${name}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  const room = byId('main');
  room.replaceChildren();
  open = section.section(room);
  await open.refresh();
}

function flipTheme() {
  const root = document.documentElement;
  root.dataset.theme = root.dataset.theme === 'dark' ? 'light' : 'dark';
  localStorage.setItem('sandbox.theme', root.dataset.theme);
}

function frame() {
  document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
  const links = Object.entries(SECTIONS).map(([name, { name: word, icon: path }]) =>
    h('li', {}, h('a', { href: `#${name}`, data: { test: `nav-${name}` } }, icon(path), h('span', {}, t(word)))));
  fill(byId('shell'),
    h('header', { class: 'top' },
      h('div', { class: 'brand' }, h('img', { src: 'page/icon.svg', alt: '', width: 26, height: 26 }), h('h1', {}, t('sandbox'))),
      clockBar(),
      h('div', { class: 'tools' },
        h('a', { class: 'button', href: 'phone', target: 'sandbox-phone', data: { test: 'open-phone' } }, t('phone')),
        h('button', { type: 'button', class: 'button', lang: lang === 'zh' ? 'en' : 'zh-CN', onclick: flipLanguage, data: { test: 'language' } }, lang === 'zh' ? 'English' : '中文'),
        h('button', { type: 'button', class: 'button', onclick: flipTheme, 'aria-label': t('theme'), title: t('theme'), data: { test: 'theme' } }, icon('theme')))),
    h('nav', { 'aria-label': t('sections') }, h('ul', {}, links)),
    h('main', { id: 'main', tabindex: '-1' }),
    dockedPhone());
}

frame();
addEventListener('hashchange', async () => {
  await show();
  byId('main').focus();
});
onBeat((now, changed) => {
  document.body.classList.toggle('offline', now === null);
  if (changed || open?.every) open?.refresh().catch(() => undefined);
});
const person = new URLSearchParams(location.search).get('person');
if (person) dockPhone(person);
show().catch(() => undefined);
beat();
