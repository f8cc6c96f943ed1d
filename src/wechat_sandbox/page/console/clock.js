// @ts-check
/** The clock: what time it is, standing or running, moving on, and what happens next by itself. */

import { actButton, fill, h, icon, toast } from '../dom.js';
import { get, post } from '../door.js';
import { beat, onBeat } from '../live.js';
import { clockTime, day, moment, span, weekday } from '../moments.js';
import { happening, t } from '../words.js';
import { empty, form, head, table, tag, whenChanged } from './parts.js';

/** @typedef {import('../live.js').Clock} Clock */

const MINUTE_MS = 60_000;
const STEPS = /** @type {const} */ ([['plusMinute', MINUTE_MS], ['plusHour', 60 * MINUTE_MS], ['plusDay', 1440 * MINUTE_MS]]);

/** @param {{ms?: number, to_ms?: number}} how */
async function advance(how) {
  const moved = await post('clock/advance', how);
  toast(t('advanced', { to: moment(moved.now_ms), sent: moved.sent }));
  await beat();
}

/** The clock in the page's head. */
export function clockBar() {
  const time = h('span', { class: 'time', data: { test: 'now' } }, '—');
  const state = h('span', { class: 'state' });
  const next = h('span', { class: 'muted next' });
  const steer = h('span', { class: 'row steer' },
    STEPS.map(([word, ms]) => actButton(t(word), () => advance({ ms }), { class: 'button small', data: { test: word } })));
  const flip = actButton(icon('pause'), async () => {
    await post(standing ? 'clock/run' : 'clock/pause', standing ? { rate: 1 } : {});
    await beat();
  }, { class: 'button small', data: { test: 'pause' } });
  steer.prepend(flip);
  let standing = false;
  onBeat((clock) => {
    if (!clock) {
      fill(state, tag(t('noAnswer'), 'bad'));
      return;
    }
    fill(time, h('b', {}, clockTime(clock.now_ms)), ' ', h('span', { class: 'muted' }, `${day(clock.now_ms)} ${weekday(clock.now_ms)}`));
    standing = clock.is_paused === true;
    fill(state, paceTag(clock));
    fill(next, clock.next_due_ms === null ? '' : t('nextIn', { span: span(clock.next_due_ms - clock.now_ms) }));
    steer.hidden = clock.owner !== 'sandbox';
    fill(flip, icon(standing ? 'play' : 'pause'));
    flip.setAttribute('aria-label', t(standing ? 'goOn' : 'pause'));
    flip.title = t(standing ? 'goOn' : 'pause');
  });
  return h('div', { class: 'clock', role: 'group', 'aria-label': t('clock') }, time, state, steer, next);
}

/** @param {Clock} clock */
function paceTag(clock) {
  if (clock.owner === 'embedding') return tag(t('clockElsewhere'), 'blue');
  if (clock.is_paused) return tag(t('standing'), 'warn');
  return clock.rate === 1 ? null : tag(`×${clock.rate}`, 'blue');
}

/** @param {HTMLElement} root */
export function clock(root) {
  const now = h('div', { class: 'now' });
  const tools = h('div', { class: 'row' });
  const custom = h('div', { class: 'pair' });
  const list = h('tbody', { data: { test: 'due' } });
  const none = h('div');
  fill(root, head(t('clock'), t('clockAbout')),
    h('section', { class: 'card', 'aria-label': t('clock') }, now, tools, custom),
    h('h3', {}, t('dueNext')), table(t('dueNext'), [t('when'), t('in'), t('what'), t('whom')], list), none);
  const draw = whenChanged((/** @type {{owned: boolean, next: number | null}} */ { owned, next }) => {
    fill(tools, owned
      ? [...STEPS.map(([word, ms]) => actButton(t(word), () => advance({ ms }))),
        actButton(t('toNextDue'), () => advance({ to_ms: next ?? 0 }), { disabled: next === null, class: 'button primary', data: { test: 'to-next-due' } })]
      : h('p', { class: 'muted' }, t('clockElsewhereAbout')));
    fill(custom, owned ? [
      form([{ name: 'to', label: t('moveTo'), type: 'datetime-local', required: true, hint: t('chinaTime') }], t('move'),
        ({ to }) => advance({ to_ms: Date.parse(`${to}+08:00`) })),
      form([{ name: 'rate', label: t('rate'), type: 'number', value: '1', required: true, hint: t('rateAbout') }], t('setRate'),
        async ({ rate }) => { await post('clock/run', { rate: Number(rate) }); await beat(); }),
    ] : null);
  });
  return {
    every: true,
    async refresh() {
      const [shown, { due }] = await Promise.all([get('clock'), get('clock/due')]);
      fill(now, h('b', {}, clockTime(shown.now_ms)), h('span', {}, `${day(shown.now_ms)} ${weekday(shown.now_ms)}`), paceTag(shown));
      draw({ owned: shown.owner === 'sandbox', next: shown.next_due_ms });
      fill(list, due.map((/** @type {any} */ row) => h('tr', {},
        h('td', { class: 'mono' }, moment(row.due_ms)),
        h('td', {}, row.due_ms <= shown.now_ms ? t('now') : span(row.due_ms - shown.now_ms)),
        h('td', {}, happening(row), row.tries ? h('span', { class: 'muted' }, ` · ${t('tryNumber', { n: row.tries + 1 })}`) : null),
        h('td', { class: 'mono' }, row.ref))));
      fill(none, due.length ? null : empty(t('nothingDue'), t('nothingDueAbout')));
    },
  };
}
