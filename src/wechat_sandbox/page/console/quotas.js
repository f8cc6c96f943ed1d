// @ts-check
/** How often each API may be called, where that number comes from, and what is used of it today. */

import { fill, h, toast } from '../dom.js';
import { get, post } from '../door.js';
import { beat } from '../live.js';
import { t } from '../words.js';
import { dialog, form, head, table, tag, whenChanged } from './parts.js';

/** @param {HTMLElement} root */
export function quotas(root) {
  const list = h('tbody', { data: { test: 'quotas' } });
  const search = h('input', { type: 'search', placeholder: t('filter.path'), 'aria-label': t('filter.path'), oninput: () => refresh().catch(() => undefined) });
  fill(root, head(t('quotas'), t('quotasAbout')), h('form', { class: 'filters', role: 'search', onsubmit: (/** @type {Event} */ e) => e.preventDefault() }, search),
    table(t('quotas'), ['API', t('perDay'), t('perMinute'), t('perMonth'), t('usedToday'), t('source'), ''], list));
  const draw = whenChanged((/** @type {any[]} */ rows) => fill(list, rows.map((row) => h('tr', {},
    h('td', { class: 'mono' }, row.path, row.is_changed ? [' ', tag(t('changed'), 'warn')] : null),
    h('td', { class: 'n' }, number(row.per_day)), h('td', { class: 'n' }, number(row.per_minute)), h('td', { class: 'n' }, number(row.per_month)),
    h('td', {}, Object.entries(row.used_today).map(([appid, used]) => meter(appid, Number(used), row.per_day))),
    h('td', { class: 'muted source' }, row.source, row.date ? ` · ${row.date}` : null, row.mark ? [' ', tag(t(`mark.${row.mark}`))] : null),
    h('td', {}, h('button', { type: 'button', class: 'button small', onclick: () => change(row) }, t('change')))))));
  async function refresh() {
    const wanted = search.value.trim();
    draw((await get('quotas')).quotas.filter((/** @type {any} */ row) => row.path.includes(wanted)));
  }
  return { refresh };
}

/** @param {number | null | undefined} limit */
function number(limit) {
  return limit === null || limit === undefined ? '—' : limit.toLocaleString('en');
}

/** @param {string} appid @param {number} used @param {number | null} limit */
function meter(appid, used, limit) {
  return h('div', { class: 'meter' }, h('span', { class: 'mono muted' }, appid), ' ', h('b', {}, used),
    limit ? h('progress', { max: limit, value: Math.min(used, limit), 'aria-label': `${appid} ${used}/${limit}` }) : null);
}

/** @param {any} row */
function change(row) {
  dialog(t('changeLimit'), (close) => [
    h('p', { class: 'mono' }, row.path),
    form([
      { name: 'per_day', label: t('perDay'), type: 'number', value: row.per_day ?? '' },
      { name: 'per_minute', label: t('perMinute'), type: 'number', value: row.per_minute ?? '' },
    ], t('save'), async (values) => {
      const limit = (/** @type {string | undefined} */ text) => (text ? Number(text) : null);
      await post('quotas', { path: row.path, per_day: limit(values.per_day), per_minute: limit(values.per_minute) });
      close();
      toast(t('saved'));
      await beat();
    }),
    h('p', { class: 'muted' }, t('changeLimitAbout')),
  ]);
}

