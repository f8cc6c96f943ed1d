// @ts-check
/** What shall go wrong next: recipes of one press, a form for everything else, and what still waits. */

import { actButton, fill, h, toast } from '../dom.js';
import { get, post } from '../door.js';
import { beat } from '../live.js';
import { t } from '../words.js';
import { empty, form, head, table, whenChanged } from './parts.js';

/** @type {readonly (readonly [string, Record<string, unknown>])[]} */
const RECIPES = [
  ['tokenStorm', { kind: 'token_storm', times: 5 }],
  ['busy', { kind: 'errcode', errcode: -1, times: 3 }],
  ['dayQuota', { kind: 'errcode', errcode: 45009, times: 1 }],
  ['minuteQuota', { kind: 'errcode', errcode: 45011, times: 3 }],
  ['notGranted', { kind: 'errcode', errcode: 61007, times: 10 }],
  ['lostAnswer', { kind: 'lost_answer', times: 1 }],
  ['slowAnswer', { kind: 'slow_answer', times: 1, shift_ms: 15_000 }],
  ['badGateway', { kind: 'http', times: 1, http_status: 502 }],
  ['payError', { kind: 'pay_error', times: 1, http_status: 500, code: 'SYSTEM_ERROR' }],
  ['duplicate', { kind: 'duplicate', times: 3 }],
  ['reorder', { kind: 'reorder', times: 3 }],
  ['hold', { kind: 'hold', times: 5 }],
  ['slow', { kind: 'slow', times: 2 }],
  ['skew', { kind: 'skew', times: 1, shift_ms: 600_000 }],
  ['signtest', { kind: 'signtest', times: 1 }],
  ['signtestReply', { kind: 'signtest_reply', times: 1 }],
];
const KINDS = ['errcode', 'pay_error', 'http', 'lost_answer', 'slow_answer', 'token_storm', 'duplicate', 'reorder', 'hold', 'slow', 'skew', 'signtest', 'signtest_reply'];

/** @param {HTMLElement} root */
export function faults(root) {
  const list = h('tbody', { data: { test: 'faults' } });
  const none = h('div');
  const owner = h('select', { name: 'owner', 'aria-label': t('strikes') });
  const paths = h('datalist', { id: 'surface' });
  const order = async (/** @type {Record<string, unknown>} */ fault) => {
    await post('faults', fault);
    toast(t('faultWaits'));
    await beat();
  };
  fill(root, head(t('faults'), t('faultsAbout'), actButton(t('clearFaults'), async () => { await post('faults/clear'); await beat(); }, { data: { test: 'clear-faults' } })),
    h('section', { class: 'card' },
      h('div', { class: 'row between' }, h('h3', {}, t('recipes')), h('label', { class: 'inline' }, t('strikes'), owner)),
      h('div', { class: 'recipes' }, RECIPES.map(([name, fault]) => h('button', {
        type: 'button', class: 'recipe', data: { test: `recipe-${name}` },
        onclick: () => order({ ...fault, owner: owner.value }).catch((refusal) => toast(refusal.message, { bad: true })),
      }, h('b', {}, t(`fault.${name}`)), h('span', { class: 'muted' }, t(`faultAbout.${name}`)))))),
    h('h3', {}, t('waiting')), table(t('waiting'), [t('faultKind'), t('where'), t('strikes'), t('with'), t('left')], list), none,
    h('details', { class: 'card' }, h('summary', {}, t('ownFault')), paths,
      form([
        { name: 'kind', label: t('faultKind'), options: KINDS.map((kind) => /** @type {const} */ ([kind, t(`kind.${kind}`)])) },
        { name: 'times', label: t('times'), type: 'number', value: '1', required: true },
        { name: 'path', label: t('where'), value: '*', list: 'surface', hint: t('pathAbout') },
        { name: 'owner', label: t('strikes'), hint: t('ownerAbout') },
        { name: 'errcode', label: 'errcode', type: 'number', value: '45009' },
        { name: 'http_status', label: 'http_status', type: 'number', value: '502' },
        { name: 'code', label: t('payCode'), value: 'SYSTEM_ERROR' },
        { name: 'shift_ms', label: t('shiftMs'), type: 'number', value: '600000' },
      ], t('order'), (values) => order({
        kind: values.kind, times: Number(values.times), path: values.path || '*', owner: values.owner ?? '',
        errcode: Number(values.errcode), http_status: Number(values.http_status), code: values.code, shift_ms: Number(values.shift_ms),
      }), 'fault-form')));

  const draw = whenChanged((/** @type {any[]} */ waiting) => {
    fill(list, waiting.map((fault) => h('tr', {},
      h('td', {}, t(`kind.${fault.kind}`)), h('td', { class: 'mono' }, fault.path === '*' ? t('everywhere') : fault.path),
      h('td', { class: 'mono' }, fault.owner || t('everybody')), h('td', { class: 'mono' }, means(fault)), h('td', {}, fault.remaining))));
    fill(none, waiting.length ? null : empty(t('noFaults'), t('noFaultsAbout')));
  });
  const drawOwners = whenChanged((/** @type {[string, string][]} */ owners) => {
    const kept = owner.value;
    fill(owner, h('option', { value: '' }, t('everybody')), owners.map(([value, text]) => h('option', { value }, text)));
    owner.value = kept;
  });
  get('openapi.json').then((document) => fill(paths, Object.keys(document.paths).map((path) => h('option', { value: path.replace(/\{segment\d+\}/g, '{}') })))).catch(() => undefined);
  return {
    async refresh() {
      const [known, sellers, ordered] = await Promise.all([get('accounts'), get('merchants'), get('faults')]);
      drawOwners([...known.accounts.map((/** @type {any} */ a) => [a.appid, `${a.name} (${a.appid})`]), ...sellers.merchants.map((/** @type {any} */ m) => [m.mchid, `${t('merchant')} ${m.mchid}`])]);
      draw(ordered.faults.filter((/** @type {any} */ fault) => fault.remaining > 0));
    },
  };
}

/** @param {any} fault */
function means(fault) {
  if (fault.kind === 'errcode') return String(fault.errcode);
  if (fault.kind === 'pay_error') return `HTTP ${fault.http_status} ${fault.code}`;
  if (fault.kind === 'http' || fault.kind === 'lost_answer') return `HTTP ${fault.http_status}`;
  if (fault.kind === 'skew') return `${fault.shift_ms} ms`;
  return '—';
}
