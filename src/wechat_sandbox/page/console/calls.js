// @ts-check
/** Every call with its rid: newest first, live on the first page, a hundred rows at a time. */

import { copyButton, fill, h } from '../dom.js';
import { get } from '../door.js';
import { clockTime, day } from '../moments.js';
import { errcode, t } from '../words.js';
import { empty, head, pretty, tag, table, whenChanged } from './parts.js';

const PAGE = 100;
const FILTERS = /** @type {const} */ (['search', 'path', 'caller', 'code', 'rid']);

/** @param {any} call */
export function outcome(call) {
  if (call.code === '0') return tag(call.http_status < 400 ? t('ok') : `HTTP ${call.http_status}`, call.http_status < 400 ? 'good' : 'warn');
  return tag(call.code, 'bad');
}

/** @param {HTMLElement} root */
export function calls(root) {
  const asked = new URLSearchParams(location.hash.split('?')[1] ?? '');
  /** @type {Set<number>} */
  const opened = new Set();
  /** @type {number | undefined} */
  let before;
  /** @type {any[]} */
  let rows = [];
  const list = h('tbody', { data: { test: 'calls' } });
  const under = h('div', { class: 'row pager' });
  const filters = h('form', { class: 'filters', role: 'search', onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
    FILTERS.map((name) => h('label', {}, h('span', { class: 'sr' }, t(`filter.${name}`)),
      h('input', { type: 'search', name, placeholder: t(`filter.${name}`), value: asked.get(name) ?? '', list: name === 'path' ? 'paths' : undefined,
        oninput: () => { before = undefined; refresh().catch(() => undefined); } }))));
  fill(root, head(t('calls'), t('callsAbout')), filters, table(t('calls'), [t('when'), t('caller'), 'API', t('outcome'), 'rid'], list), under);

  const draw = whenChanged((/** @type {any[]} */ shown) => {
    fill(list, shown.flatMap((call) => {
      const isOpen = opened.has(call.id);
      const line = h('tr', { class: isOpen ? 'open' : '', data: { rid: call.rid } },
        h('td', { class: 'mono' }, clockTime(call.at_ms), h('span', { class: 'muted day' }, day(call.at_ms).slice(5))),
        h('td', { class: 'mono' }, call.caller || '—'),
        h('td', {}, h('button', { type: 'button', class: 'plain mono', 'aria-expanded': String(isOpen), onclick: () => flip(call.id) },
          h('span', { class: 'method' }, call.method), ` ${call.path}`)),
        h('td', {}, outcome(call), call.code === '0' ? null : h('span', { class: 'muted why' }, errcode(call.code))),
        h('td', { class: 'mono rid' }, call.rid, copyButton(call.rid, 'rid')));
      return isOpen ? [line, detail(call)] : [line];
    }));
    fill(under, shown.length === 0 ? empty(t('noCalls'), t('noCallsAbout')) : null,
      before === undefined ? null : h('button', { type: 'button', class: 'button', onclick: () => turn(undefined) }, t('newest')),
      shown.length === PAGE ? h('button', { type: 'button', class: 'button', onclick: () => turn(shown[PAGE - 1].id) }, t('older')) : null);
  });

  /** @param {number} id */
  function flip(id) {
    if (!opened.delete(id)) opened.add(id);
    redraw();
    list.querySelector(`tr[data-rid="${rows.find((row) => row.id === id)?.rid}"] button`)?.dispatchEvent(new Event('focus'));
  }

  function redraw() {
    const at = document.activeElement?.closest('tr')?.dataset.rid;
    draw(rows.map((row) => ({ ...row, opened: opened.has(row.id) })));
    if (at) /** @type {HTMLElement | null} */ (list.querySelector(`tr[data-rid="${at}"] button`))?.focus({ preventScroll: true });
  }

  /** @param {number | undefined} from */
  async function turn(from) {
    before = from;
    await refresh();
    root.scrollIntoView();
  }

  async function refresh() {
    const query = Object.fromEntries(new FormData(filters));
    rows = (await get('calls', { .../** @type {Record<string, string>} */ (query), newest: 1, limit: PAGE, before })).calls;
    redraw();
  }

  return { refresh };
}

/** @param {any} call */
function detail(call) {
  return h('tr', { class: 'detail' }, h('td', { colspan: 5 },
    h('p', { class: 'muted' }, `HTTP ${call.http_status} · ${day(call.at_ms)} ${clockTime(call.at_ms)}`, ' · rid ', h('span', { class: 'mono' }, call.rid)),
    h('div', { class: 'pair' },
      h('section', {}, h('h4', {}, t('request')), h('pre', { tabindex: 0 }, pretty(call.request).trim() || t('noBody'))),
      h('section', {}, h('h4', {}, t('reply')), h('pre', { tabindex: 0 }, pretty(call.reply).trim() || t('noBody'))))));
}
