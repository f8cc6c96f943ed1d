// @ts-check
/** Inside a mini-program: logging in, the consent pop-up, what it asks to be paid. */

import { actButton, attempt, copyButton, h, toast } from '../dom.js';
import { get, post } from '../door.js';
import { beat } from '../live.js';
import { t } from '../words.js';
import { cell, face, group, nameOf, nothing, sheet } from './parts.js';
import { openPayments, paymentCell } from './wallet.js';

/** @typedef {import('./main.js').Phone} Phone */

const MOST_AT_ONCE = 3;

/** @param {Phone} phone @param {string} appid @param {() => Promise<void>} refresh @returns {import('./main.js').Screen} */
export function miniScreen(phone, appid, refresh) {
  const templates = phone.templates.filter((template) => template.appid === appid);
  const open = openPayments(phone).filter((payment) => payment.appid === appid);
  return {
    title: nameOf(phone, appid),
    back: '#contacts',
    tone: 'grey',
    body: [
      h('div', { class: 'mini-head' }, face(nameOf(phone, appid), 'mini_program'), h('code', {}, appid)),
      group(undefined, cell('wx.login', t('giveCode'), { onclick: () => attempt(() => logIn(phone, appid)), test: 'wx-login' }),
        cell(t('serviceDesk'), t('enterSession'), { onclick: () => attempt(() => enterSession(phone, appid)), test: 'service-desk' })),
      templates.length ? group(t('subscribeMessages'), consentPicker(phone, appid, templates, refresh)) : group(t('subscribeMessages'), nothing(t('noTemplates'))),
      group(t('toPay'), open.length ? open.map((payment) => paymentCell(phone, payment, refresh)) : nothing(t('nothingToPay'))),
    ],
  };
}

/** @param {Phone} phone @param {string} appid */
async function logIn(phone, appid) {
  const { code } = await post('wx_login', { person: phone.person, appid });
  sheet(t('loginCode'), (close) => [
    h('h2', {}, t('loginCode')), h('p', { class: 'code' }, h('code', { data: { test: 'code' } }, code), copyButton(code, 'code')),
    h('p', { class: 'muted' }, t('loginCodeAbout', { person: phone.person, account: nameOf(phone, appid) })),
    h('button', { type: 'button', class: 'green wide', onclick: close }, t('done'))]);
}

/** @param {Phone} phone @param {string} appid */
async function enterSession(phone, appid) {
  await post('enter_session', { person: phone.person, appid });
  location.hash = `#chat/${appid}`;
}

/** @param {Phone} phone @param {string} appid @param {any[]} templates @param {() => Promise<void>} refresh */
function consentPicker(phone, appid, templates, refresh) {
  const boxes = templates.map((template, place) => ({ template, box: h('input', { type: 'checkbox', checked: place < MOST_AT_ONCE, value: template.template_id }) }));
  return [
    boxes.map(({ template, box }) => h('label', { class: 'cell' }, h('span', { class: 'cell-left' }, box, h('span', {}, template.title || template.template_id, h('small', { class: 'muted mono' }, template.template_id))))),
    h('div', { class: 'cell' }, actButton('wx.requestSubscribeMessage', async () => {
      const asked = boxes.filter(({ box }) => box.checked).map(({ template }) => template);
      if (asked.length === 0 || asked.length > MOST_AT_ONCE) throw new Error(t('oneToThree'));
      await ask(phone, appid, asked, refresh);
    }, { class: 'green wide', data: { test: 'ask-consent' } })),
    cell(t('consentsLeft'), '', { onclick: () => attempt(() => showConsents(phone, appid, templates, refresh)), test: 'consents' }),
  ];
}

/** @param {Phone} phone @param {string} appid */
function keptKey(phone, appid) {
  return `sandbox.keep.${phone.person}.${appid}`;
}

/** @param {Phone} phone @param {string} appid @param {any[]} asked @param {() => Promise<void>} refresh */
async function ask(phone, appid, asked, refresh) {
  /** @type {Record<string, 'accept' | 'reject'>} */
  const kept = JSON.parse(localStorage.getItem(keptKey(phone, appid)) ?? '{}');
  if (asked.every((template) => template.template_id in kept)) {
    const answers = Object.fromEntries(asked.map((template) => [template.template_id, kept[template.template_id]]));
    await answer(phone, appid, answers, refresh);
    toast(t('keptAnswer'));
    return;
  }
  const boxes = asked.map((template) => ({ template, box: h('input', { type: 'checkbox', checked: true, class: 'round' }) }));
  const keep = h('input', { type: 'checkbox', class: 'round', data: { test: 'keep' } });
  sheet(t('consentTitle', { account: nameOf(phone, appid) }), (close) => {
    const reply = async (/** @type {(template: any, box: HTMLInputElement) => 'accept' | 'reject'} */ choose) => {
      const answers = Object.fromEntries(boxes.map(({ template, box }) => [template.template_id, choose(template, box)]));
      if (keep.checked) localStorage.setItem(keptKey(phone, appid), JSON.stringify({ ...kept, ...answers }));
      await answer(phone, appid, answers, refresh);
      close();
    };
    return [
      h('div', { class: 'popup-from' }, face(nameOf(phone, appid), 'small mini_program'), nameOf(phone, appid), h('span', { class: 'muted' }, t('asks'))),
      h('h2', {}, t('sendMessages')),
      boxes.map(({ template, box }) => h('label', { class: 'popup-line' }, box, template.title || template.template_id)),
      h('label', { class: 'popup-keep' }, keep, t('alwaysKeep')),
      h('div', { class: 'two' },
        actButton(t('refuse'), () => reply(() => 'reject'), { class: 'grey-button', data: { test: 'refuse' } }),
        actButton(t('allow'), () => reply((_, box) => (box.checked ? 'accept' : 'reject')), { class: 'green', data: { test: 'allow' } }))];
  }, 'consent');
}

/** @param {Phone} phone @param {string} appid @param {Record<string, unknown>} answers @param {() => Promise<void>} refresh */
async function answer(phone, appid, answers, refresh) {
  const { remaining } = await post('consent', { person: phone.person, appid, answers });
  const left = Object.values(remaining);
  toast(left.length ? t('consented', { n: left.join('、') }) : t('refused'));
  await refresh();
  await beat();
}

/** @param {Phone} phone @param {string} appid @param {any[]} templates @param {() => Promise<void>} refresh */
async function showConsents(phone, appid, templates, refresh) {
  const { remaining } = await get('consents', { appid, person: phone.person });
  sheet(t('consentsLeft'), (close) => [
    h('h2', {}, t('consentsLeft')),
    templates.map((template) => h('div', { class: 'popup-line' }, h('span', { class: 'grow' }, template.title || template.template_id), h('b', {}, remaining[template.template_id] ?? 0),
      actButton(t('switchOff'), async () => {
        await post('consent/change', { person: phone.person, appid, answers: { [template.template_id]: 'reject' } });
        close();
        toast(t('switchedOff'));
        await refresh();
      }, { class: 'grey-button' }))),
    h('button', { type: 'button', class: 'grey-button wide', onclick: () => { localStorage.removeItem(keptKey(phone, appid)); toast(t('forgotten')); } }, t('forgetKept')),
    h('button', { type: 'button', class: 'green wide', onclick: close }, t('done'))]);
}
