// @ts-check
/** The cashier: orders that wait for money, and what was paid, with its parcel. */

import { actButton, h } from '../dom.js';
import { post } from '../door.js';
import { beat } from '../live.js';
import { moment, yuan } from '../moments.js';
import { t } from '../words.js';
import { confirmButton } from './bubbles.js';
import { cell, face, group, nameOf, nothing, sheet } from './parts.js';

/** @typedef {import('./main.js').Phone} Phone */

/** Orders a cashier would still take money for. @param {Phone} phone @returns {any[]} */
export function openPayments(phone) {
  return phone.payments.filter((payment) => payment.trade_state === 'NOTPAY' && payment.expires_ms > phone.now);
}

/** @param {Phone} phone @param {() => Promise<void>} refresh @returns {import('./main.js').Screen} */
export function walletScreen(phone, refresh) {
  const open = openPayments(phone);
  const paid = phone.payments.filter((payment) => payment.paid_ms);
  return {
    title: t('tab.wallet'),
    tone: 'grey',
    body: [
      group(t('toPay'), open.length ? open.map((payment) => paymentCell(phone, payment, refresh)) : nothing(t('nothingToPay'))),
      group(t('paidOrders'), paid.length ? paid.map((payment) => paidCell(phone, payment)) : nothing(t('nothingPaid'))),
    ],
  };
}

/** @param {Phone} phone @param {any} payment @param {() => Promise<void>} refresh */
export function paymentCell(phone, payment, refresh) {
  return cell([face(nameOf(phone, payment.appid), 'mini_program'), h('span', {}, payment.description, h('small', { class: 'muted' }, nameOf(phone, payment.appid)))],
    h('b', {}, yuan(payment.total_fen)), { onclick: () => cashier(phone, payment, refresh), test: `pay-${payment.out_trade_no}` });
}

/** @param {Phone} phone @param {any} payment @param {() => Promise<void>} refresh */
function cashier(phone, payment, refresh) {
  const act = (/** @type {'pay' | 'cancel' | 'declined'} */ action, /** @type {() => void} */ close) => async () => {
    await post('pay', { person: phone.person, prepay_id: payment.prepay_id, action });
    close();
    if (action === 'pay') paidSheet(payment, nameOf(phone, payment.appid));
    await refresh();
    await beat();
  };
  sheet(t('cashier'), (close) => [
    h('p', { class: 'payee' }, t('payTo', { name: nameOf(phone, payment.appid) })),
    h('p', { class: 'sum' }, yuan(payment.total_fen)),
    h('dl', { class: 'lines' }, h('dt', {}, t('goods')), h('dd', {}, payment.description), h('dt', {}, t('orderNo')), h('dd', { class: 'mono' }, payment.out_trade_no),
      h('dt', {}, t('payBy')), h('dd', {}, t('ownMoney'))),
    actButton(t('payNow'), act('pay', close), { class: 'green wide', data: { test: 'pay-now' } }),
    actButton(t('declined'), act('declined', close), { class: 'grey-button wide', data: { test: 'pay-declined' } }),
    actButton(t('cancel'), act('cancel', close), { class: 'grey-button wide', data: { test: 'pay-cancel' } }),
  ], 'cashier');
}

/** @param {any} payment @param {string} name */
function paidSheet(payment, name) {
  sheet(t('paid'), (close) => [
    h('p', { class: 'tick', 'aria-hidden': 'true' }, '✓'), h('h2', {}, t('paid')), h('p', { class: 'payee' }, name), h('p', { class: 'sum' }, yuan(payment.total_fen)),
    h('button', { type: 'button', class: 'grey-button wide', onclick: close, data: { test: 'paid-done' } }, t('done'))], 'paid');
}

/** @param {Phone} phone @param {any} payment */
function paidCell(phone, payment) {
  const state = payment.trade_state === 'REFUND' ? t('orderState.5') : t(`orderState.${payment.order_state ?? 0}`);
  return h('div', { class: 'paid', data: { order: payment.out_trade_no } },
    cell([face(nameOf(phone, payment.appid), 'mini_program'), h('span', {}, payment.description, h('small', { class: 'muted' }, moment(payment.paid_ms)))], h('span', { class: 'stack' }, h('b', {}, yuan(payment.total_fen)), h('small', { class: 'muted' }, state))),
    payment.order_state === 2 ? h('div', { class: 'paid-act' }, confirmButton(phone, payment)) : null);
}

/** A code that asks for money (Native, H5) has been scanned: who scans it pays it. @param {Phone} phone @param {string} url */
export function codeCashier(phone, url) {
  sheet(t('cashier'), (close) => [
    h('h2', {}, t('payByCode')), h('p', { class: 'code' }, h('code', {}, url)),
    actButton(t('payNow'), async () => {
      await post('pay', { person: phone.person, url });
      close();
      await beat();
    }, { class: 'green wide' }),
    h('button', { type: 'button', class: 'grey-button wide', onclick: close }, t('cancel'))], 'cashier');
}
