// @ts-check
/** The chats: one per official account, one for all service notices of mini-programs, one for WeChat Pay. */

import { h } from '../dom.js';
import { chatTime, clockTime, day } from '../moments.js';
import { t } from '../words.js';
import { bubble, preview } from './bubbles.js';
import { composer } from './composer.js';
import { face, kindOf, nameOf, nothing } from './parts.js';

/** @typedef {import('./main.js').Phone} Phone */
/** @typedef {import('./main.js').Screen} Screen */
/** @typedef {{id: string, name: string, kind: string, entries: any[]}} Chat */

const NOTICES = 'notices';
const PAY = 'pay';
const SAME_TALK_MS = 300_000;
const TALKS = ['custom', 'said', 'reply', 'fault', 'menu'];

/** @param {Phone} phone @param {any} message */
function chatOf(phone, message) {
  const isNotice = kindOf(phone, message.appid) === 'mini_program' && !TALKS.includes(message.kind);
  return isNotice ? NOTICES : message.appid;
}

/** Receipts of WeChat Pay, as if they were messages. @param {Phone} phone @returns {any[]} */
function receipts(phone) {
  const paid = phone.payments.filter((payment) => payment.paid_ms).map((payment) => ({ id: `p${payment.id}`, at_ms: payment.paid_ms, appid: payment.appid, kind: 'receipt', content: payment }));
  const back = phone.refunds.filter((refund) => refund.success_ms).map((refund) => ({ id: `r${refund.refund_id}`, at_ms: refund.success_ms, appid: refund.appid, kind: 'refund', content: refund }));
  return [...paid, ...back].sort((a, b) => a.at_ms - b.at_ms);
}

/** Every chat, the latest first. @param {Phone} phone @returns {Chat[]} */
export function chatsOf(phone) {
  /** @type {Map<string, Chat>} */
  const chats = new Map();
  const said = phone.sayings.map((saying) => ({ ...saying, id: `s${saying.id}`, kind: 'said' }));
  const all = said.length ? [...phone.messages, ...said].sort((a, b) => a.at_ms - b.at_ms) : phone.messages;
  for (const message of all) {
    const id = chatOf(phone, message);
    const name = id === NOTICES ? t('serviceNotices') : nameOf(phone, id);
    if (!chats.has(id)) chats.set(id, { id, name, kind: id === NOTICES ? NOTICES : kindOf(phone, id), entries: [] });
    chats.get(id)?.entries.push(message);
  }
  const paid = receipts(phone);
  if (paid.length) chats.set(PAY, { id: PAY, name: t('wechatPay'), kind: PAY, entries: paid });
  return [...chats.values()].sort((a, b) => b.entries.at(-1).at_ms - a.entries.at(-1).at_ms);
}

/** @param {Phone} phone @returns {Record<string, number>} */
function readUntil(phone) {
  try {
    return JSON.parse(localStorage.getItem(`sandbox.read.${phone.person}`) ?? '{}');
  } catch {
    return {};
  }
}

/** @param {Phone} phone @param {Chat} chat */
function unread(phone, chat) {
  const until = readUntil(phone)[chat.id] ?? 0;
  return chat.entries.filter((entry) => entry.at_ms > until && entry.kind !== 'said').length;
}

/** @param {Phone} phone */
export function unreadTotal(phone) {
  return chatsOf(phone).reduce((sum, chat) => sum + unread(phone, chat), 0);
}

/** @param {Phone} phone @returns {Screen} */
export function chatsScreen(phone) {
  const chats = chatsOf(phone);
  const total = unreadTotal(phone);
  return {
    title: total ? `${t('wechat')} (${total})` : t('wechat'),
    body: chats.length === 0 ? nothing(t('noChats')) : h('ul', { class: 'chats' }, chats.map((chat) => {
      const fresh = unread(phone, chat);
      const last = chat.entries.at(-1);
      return h('li', {}, h('a', { href: `#chat/${encodeURIComponent(chat.id)}`, data: { test: `chat-${chat.id}` } },
        h('span', { class: 'with-badge' }, face(chat.name, chat.kind), fresh ? h('b', { class: 'badge' }, fresh, h('span', { class: 'sr' }, ` ${t('newOnes')}`)) : null),
        h('span', { class: 'chat-text' }, h('span', { class: 'chat-name' }, chat.name), h('span', { class: 'chat-last' }, preview(phone, last))),
        h('time', {}, chatTime(last.at_ms, phone.now))));
    })),
  };
}

/** @param {Phone} phone @param {string} id @returns {Screen} */
export function chatScreen(phone, id) {
  const known = chatsOf(phone).find((chat) => chat.id === id);
  const chat = known ?? { id, name: id === NOTICES ? t('serviceNotices') : nameOf(phone, id), kind: kindOf(phone, id), entries: [] };
  const last = chat.entries.at(-1);
  if (last) localStorage.setItem(`sandbox.read.${phone.person}`, JSON.stringify({ ...readUntil(phone), [id]: last.at_ms }));
  let before = 0;
  const rows = chat.entries.flatMap((entry) => {
    const gap = entry.at_ms - before > SAME_TALK_MS;
    before = entry.at_ms;
    const shown = bubble(phone, entry);
    return gap ? [h('li', { class: 'when' }, day(entry.at_ms) === day(phone.now) ? clockTime(entry.at_ms).slice(0, 5) : `${day(entry.at_ms)} ${clockTime(entry.at_ms).slice(0, 5)}`), shown] : [shown];
  });
  return {
    title: chat.name,
    back: '#chats',
    tone: 'grey',
    atEnd: true,
    body: rows.length ? h('ol', { class: 'talk', data: { test: 'talk' } }, rows) : nothing(t('noMessages')),
    foot: id === NOTICES || id === PAY ? undefined : composer(phone, id),
  };
}

