// @ts-check
/** The address book: official accounts to follow or leave, mini-programs to open. */

import { actButton, attempt, h, toast } from '../dom.js';
import { post } from '../door.js';
import { beat } from '../live.js';
import { t } from '../words.js';
import { codeCashier } from './wallet.js';
import { cell, face, group, nothing } from './parts.js';

/** @typedef {import('./main.js').Phone} Phone */

/** @param {Phone} phone @param {() => Promise<void>} refresh @returns {import('./main.js').Screen} */
export function contactsScreen(phone, refresh) {
  const minis = phone.accounts.filter((account) => account.kind === 'mini_program');
  const officials = phone.accounts.filter((account) => account.kind === 'service' || account.kind === 'subscription');
  return {
    title: t('tab.contacts'),
    tone: 'grey',
    body: phone.accounts.length === 0 ? nothing(t('noAccounts')) : [
      group(t('scan'), scanner(phone, refresh)),
      minis.length ? group(t('miniPrograms'), minis.map((account) => cell([face(account.name, 'mini_program'), account.name], '', { href: `#mini/${account.appid}`, test: `mini-${account.appid}` }))) : null,
      officials.length ? group(t('officialAccounts'), officials.map((account) => {
        const follows = phone.openids.some((known) => known.appid === account.appid && known.is_follower);
        return cell([face(account.name, account.kind), h('span', {}, account.name, h('small', { class: 'muted' }, t(`kind.${account.kind}`)))], h('span', { class: 'pairs' },
          follows ? h('a', { class: 'grey-button', href: `#chat/${account.appid}` }, t('talk')) : null,
          actButton(t(follows ? 'unfollow' : 'follow'), async () => {
            await post(follows ? 'unfollow' : 'follow', { person: phone.person, appid: account.appid });
            await refresh();
            await beat();
          }, { class: follows ? 'grey-button' : 'green', data: { test: `follow-${account.appid}` } })));
      })) : null,
    ],
  };
}

/** A camera is not at hand: the ticket of an account's code, or the address in a payment code, stands for the code. @param {Phone} phone @param {() => Promise<void>} refresh */
function scanner(phone, refresh) {
  const ticket = h('input', { type: 'text', 'aria-label': t('ticket'), placeholder: t('ticket'), autocomplete: 'off' });
  return h('form', { class: 'scan', onsubmit: async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (ticket.value.includes('://')) {
      codeCashier(phone, ticket.value.trim());
      return;
    }
    const isScanned = await attempt(() => post('scan', { person: phone.person, ticket: ticket.value.trim() }));
    if (isScanned) toast(t('scanned'));
    await refresh();
    await beat();
  } }, ticket, h('button', { type: 'submit', class: 'green' }, t('scan')));
}
