// @ts-check
/** The foot of a chat with an account: what the person says to it, and the account's menu. */

import { actButton, attempt, h, toast } from '../dom.js';
import { post } from '../door.js';
import { beat } from '../live.js';
import { t } from '../words.js';
import { sheet } from './parts.js';

/** @typedef {import('./main.js').Phone} Phone */

/** @param {Phone} phone @param {string} appid */
export function composer(phone, appid) {
  const line = h('input', { type: 'text', name: 'content', 'aria-label': t('say'), placeholder: t('say'), autocomplete: 'off' });
  const buttons = phone.menus[appid] ?? [];
  return h('div', { class: 'foot' },
    h('form', { class: 'composer', data: { test: 'composer' }, onsubmit: async (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      const text = line.value.trim();
      if (text && await attempt(() => post('say', { person: phone.person, appid, text }))) {
        line.value = '';
        await beat();
      }
    } }, line, h('button', { type: 'submit', class: 'green' }, t('send'))),
    buttons.length ? h('div', { class: 'menu' }, buttons.map((button) => button.sub_button?.length
      ? h('button', { type: 'button', onclick: () => sheet(button.name, (close) => button.sub_button.map((/** @type {any} */ below) => tapButton(phone, appid, below, close, 'grey-button wide'))) }, `≡ ${button.name}`)
      : tapButton(phone, appid, button, () => undefined, ''))) : null);
}

/** @param {Phone} phone @param {string} appid @param {any} button @param {() => void} close @param {string} look */
function tapButton(phone, appid, button, close, look) {
  return actButton(button.name, async () => {
    const { button: tapped } = await post('menu/tap', { person: phone.person, appid, name: button.name });
    close();
    if (tapped.url || tapped.pagepath) toast(t('opens', { page: tapped.pagepath || tapped.url }));
    await beat();
  }, { class: look });
}
