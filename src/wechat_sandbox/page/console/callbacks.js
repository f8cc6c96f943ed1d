// @ts-check
/** Every push to a receiver: what it says, each try with its answer, when it comes again. */

import { actButton, fill, h, toast } from '../dom.js';
import { get, post } from '../door.js';
import { beat } from '../live.js';
import { clockTime, day, moment, span } from '../moments.js';
import { eventName, t } from '../words.js';
import { empty, head, table, tag, whenChanged } from './parts.js';

const PAGE = 100;
const TONES = /** @type {Record<string, 'good' | 'bad' | 'warn' | 'blue' | 'plain'>} */ ({ done: 'good', failed: 'bad', due: 'blue', sending: 'blue', held: 'warn' });
const STATUSES = ['', 'due', 'sending', 'held', 'done', 'failed'];

/** @param {HTMLElement} root */
export function callbacks(root) {
  /** @type {Set<number>} */
  const opened = new Set();
  /** @type {number | undefined} */
  let before;
  /** @type {any[]} */
  let rows = [];
  let now = 0;
  const list = h('tbody', { data: { test: 'callbacks' } });
  const under = h('div', { class: 'row pager' });
  const again = () => { before = undefined; refresh().catch(() => undefined); };
  const filters = h('form', { class: 'filters', role: 'search', onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
    h('label', {}, h('span', { class: 'sr' }, t('filter.search')), h('input', { type: 'search', name: 'search', placeholder: t('filter.search'), oninput: again })),
    h('label', {}, h('span', { class: 'sr' }, t('filter.owner')), h('input', { type: 'search', name: 'owner', placeholder: t('filter.owner'), oninput: again })),
    h('label', {}, h('span', { class: 'sr' }, t('status')), h('select', { name: 'status', onchange: again },
      STATUSES.map((status) => h('option', { value: status }, status ? t(`push.${status}`) : t('anyStatus'))))));
  fill(root,
    head(t('callbacks'), t('callbacksAbout'),
      actButton(t('releaseAll'), async () => { toast(t('released', { n: (await post('callbacks/release')).released })); await beat(); }, { data: { test: 'release' } })),
    filters, table(t('callbacks'), [t('when'), t('whom'), t('what'), t('tries'), t('status'), ''], list), under);

  const draw = whenChanged((/** @type {any[]} */ shown) => {
    fill(list, shown.flatMap((row) => {
      const isOpen = opened.has(row.id);
      const line = h('tr', { class: isOpen ? 'open' : '', data: { id: row.id } },
        h('td', { class: 'mono' }, clockTime(row.created_ms), h('span', { class: 'muted day' }, day(row.created_ms).slice(5))),
        h('td', { class: 'mono' }, row.owner),
        h('td', {}, h('button', { type: 'button', class: 'plain', 'aria-expanded': String(isOpen), onclick: () => flip(row.id) }, eventName(row.subject), ' ', h('span', { class: 'mono muted' }, row.subject))),
        h('td', {}, dots(row)),
        h('td', {}, tag(t(`push.${row.status}`), TONES[row.status]), row.status === 'due' ? h('span', { class: 'muted why' }, t('again', { span: row.wait })) : null),
        h('td', {}, row.status === 'due' || row.status === 'held' || row.status === 'failed'
          ? actButton(t('retryNow'), async () => { await post('callbacks/retry', { callback: row.id }); await beat(); }, { class: 'button small' }) : null));
      return isOpen ? [line, detail(row)] : [line];
    }));
    fill(under, shown.length === 0 ? empty(t('noCallbacks'), t('noCallbacksAbout')) : null,
      before === undefined ? null : h('button', { type: 'button', class: 'button', onclick: () => turn(undefined) }, t('newest')),
      shown.length === PAGE ? h('button', { type: 'button', class: 'button', onclick: () => turn(shown[PAGE - 1].id) }, t('older')) : null);
  });

  /** @param {number} id */
  function flip(id) {
    if (!opened.delete(id)) opened.add(id);
    redraw();
    /** @type {HTMLElement | null} */ (list.querySelector(`tr[data-id="${id}"] button`))?.focus({ preventScroll: true });
  }

  function redraw() {
    draw(rows.map((row) => ({ ...row, opened: opened.has(row.id), wait: row.status === 'due' ? span(row.due_ms - now) : '' })));
  }

  /** @param {number | undefined} from */
  async function turn(from) {
    before = from;
    await refresh();
  }

  async function refresh() {
    const query = /** @type {Record<string, string>} */ (Object.fromEntries(new FormData(filters)));
    const [clock, found] = await Promise.all([get('clock'), get('callbacks', { ...query, newest: 1, limit: PAGE, before })]);
    now = clock.now_ms;
    rows = found.callbacks;
    redraw();
  }

  return { refresh, every: true };
}

/** @param {any} row */
function dots(row) {
  const said = row.tried.map((/** @type {any} */ tried) => answer(tried)).join(', ');
  return h('span', { class: 'dots', title: said }, h('span', { class: 'sr' }, `${row.tries} ${t('tries')}: ${said}`),
    row.tried.map((/** @type {any} */ tried) => h('i', { class: tried.http_status >= 200 && tried.http_status < 300 && tried.is_counted ? 'good' : 'bad', 'aria-hidden': 'true' })),
    row.tries ? h('span', { class: 'muted', 'aria-hidden': 'true' }, ` ${row.tries}`) : h('span', { class: 'muted', 'aria-hidden': 'true' }, '—'));
}

/** @param {any} tried */
function answer(tried) {
  const said = tried.http_status === 0 ? t('noReceiver') : `HTTP ${tried.http_status}`;
  return tried.is_counted ? said : `${said} (${t('countedSlow')})`;
}

/** @param {any} row */
function detail(row) {
  return h('tr', { class: 'detail' }, h('td', { colspan: 6 },
    h('p', { class: 'muted mono' }, row.url),
    h('div', { class: 'pair' },
      h('section', {}, h('h4', {}, t('tries')), row.tried.length === 0 ? h('p', { class: 'muted' }, t('notTried')) : h('ol', { class: 'tried' },
        row.tried.map((/** @type {any} */ tried) => h('li', {}, h('span', { class: 'mono' }, `${tried.n}. ${moment(tried.at_ms)}`), ' ', answer(tried)))),
        row.status === 'due' ? h('p', {}, t('nextTry', { at: moment(row.due_ms) })) : null),
      h('section', {}, h('h4', {}, t('content')), h('pre', { tabindex: 0 }, JSON.stringify(row.content, null, 2))))));
}
