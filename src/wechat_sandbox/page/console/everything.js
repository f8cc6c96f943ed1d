// @ts-check
/** Every act of the control API as its own description has it, for what has no button of its own yet. */

import { fill, h } from '../dom.js';
import { get, post } from '../door.js';
import { beat } from '../live.js';
import { t } from '../words.js';
import { form, head } from './parts.js';

/** @param {HTMLElement} root */
export function everything(root) {
  const said = h('pre', { tabindex: 0, 'aria-live': 'polite', data: { test: 'said' } }, '—');
  const acts = h('div', { class: 'acts' });
  const apis = h('div', { class: 'acts' });
  fill(root, head(t('everything'), t('everythingAbout')), h('section', { class: 'card' }, h('h3', {}, t('answer')), said),
    h('h3', {}, t('acts')), acts, h('h3', {}, t('surface')), apis);
  let drawn = false;
  return {
    async refresh() {
      if (drawn) return;
      drawn = true;
      const [known, surface] = await Promise.all([get('acts'), get('openapi.json')]);
      fill(acts, known.acts.map((/** @type {any} */ one) => act(one, said)));
      const served = Object.entries(surface.paths).flatMap(([path, methods]) => Object.entries(/** @type {Record<string, any>} */ (methods)).map(([method, api]) => ({ path, method: method.toUpperCase(), says: api.summary })));
      fill(apis, h('p', { class: 'muted' }, t('apisServed', { n: served.length })), h('ul', { class: 'apis' }, served.map((api) =>
        h('li', {}, h('span', { class: 'mono' }, h('span', { class: 'method' }, api.method), ` ${api.path}`), h('span', { class: 'muted' }, api.says)))));
    },
  };
}

/** An example body: what a field is when nothing is said, or an empty value of its type. @param {any} schema */
function example(schema) {
  const shape = schema?.$defs?.[String(schema.$ref ?? '').split('/').pop() ?? ''] ?? schema ?? {};
  const empties = /** @type {Record<string, unknown>} */ ({ string: '', integer: 0, number: 0, boolean: false, array: [], object: {} });
  return Object.fromEntries(Object.entries(shape.properties ?? {}).map(([name, field]) => {
    const { default: given, type } = /** @type {{default?: unknown, type?: string}} */ (field);
    return [name, given !== undefined ? given : (empties[type ?? ''] ?? '')];
  }));
}

/** @param {any} api @param {HTMLElement} said */
function act(api, said) {
  const path = api.path.replace('/_sandbox/', '');
  const isLook = api.method === 'GET';
  const empty = JSON.stringify(example(api.body), null, 2);
  const field = isLook ? { name: 'given', label: t('query'), hint: 'appid=…&person=…' } : { name: 'given', label: t('body'), rows: Math.min(14, empty.split('\n').length + 1), value: empty };
  return h('details', { class: 'card' }, h('summary', {}, h('span', { class: 'mono' }, h('span', { class: 'method' }, api.method), ` ${path}`), ' ', h('span', { class: 'muted' }, api.says)),
    form([field], isLook ? t('look') : t('act'), async ({ given = '' }) => {
      const answer = isLook ? await get(path, Object.fromEntries(new URLSearchParams(given))) : await post(path, JSON.parse(given || '{}'));
      said.textContent = JSON.stringify(answer, null, 2);
      await beat();
    }));
}
