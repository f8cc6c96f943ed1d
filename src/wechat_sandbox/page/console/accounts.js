// @ts-check
/** Accounts, merchants and templates: who exists, with which secrets, and whether their callback URL answers. */

import { actButton, copyButton, fill, h, icon, toast } from '../dom.js';
import { get, post } from '../door.js';
import { beat } from '../live.js';
import { yuan } from '../moments.js';
import { t } from '../words.js';
import { merchantDialog } from './merchant.js';
import { dialog, empty, form, head, tag, whenChanged } from './parts.js';

/** @type {Record<string, string[]>} */
const KEY_STEPS = { certificate: ['begin'], switching: ['cancel', 'finish'] };
const HIDDEN = '••••••••';
const KINDS = ['mini_program', 'service', 'subscription', 'shop'];

/** @param {HTMLElement} root */
export function accounts(root) {
  const cards = h('div', { class: 'cards', data: { test: 'accounts' } });
  const sellers = h('div', { class: 'cards', data: { test: 'merchants' } });
  const templates = h('div', { class: 'cards', data: { test: 'templates' } });
  fill(root,
    head(t('accounts'), t('accountsAbout'), h('button', { type: 'button', class: 'button primary', data: { test: 'new-account' }, onclick: () => edit(null) }, t('newAccount'))),
    cards,
    head(t('merchants'), t('merchantsAbout'), h('button', { type: 'button', class: 'button', data: { test: 'new-merchant' }, onclick: () => merchantDialog() }, t('newMerchant'))),
    sellers,
    head(t('templates'), t('templatesAbout'), h('button', { type: 'button', class: 'button', data: { test: 'new-template' }, onclick: newTemplate }, t('newTemplate'))),
    templates);
  const drawAccounts = whenChanged((/** @type {any[]} */ rows) => fill(cards, rows.length ? rows.map(accountCard) : empty(t('noAccounts'), t('noAccountsAbout'))));
  const drawMerchants = whenChanged((/** @type {any[]} */ rows) => fill(sellers, rows.length ? rows.map(merchantCard) : empty(t('noMerchants'), t('noMerchantsAbout'))));
  const drawTemplates = whenChanged((/** @type {any[]} */ rows) => fill(templates, rows.length ? rows.map(templateCard) : empty(t('noTemplates'), t('noTemplatesAbout'))));
  return {
    async refresh() {
      const [known, paying, kept] = await Promise.all([get('accounts'), get('merchants'), get('templates')]);
      drawAccounts(known.accounts);
      drawMerchants(paying.merchants);
      drawTemplates(kept.templates);
    },
  };
}

/** One secret: hidden until asked for, copied without being shown. @param {string} name @param {string} value */
function secret(name, value) {
  const shown = h('code', {}, HIDDEN);
  const eye = h('button', { type: 'button', class: 'copy', 'aria-pressed': 'false', 'aria-label': `${t('show')} ${name}`, onclick: () => {
    const isOpen = eye.getAttribute('aria-pressed') === 'true';
    shown.textContent = isOpen ? HIDDEN : value;
    eye.setAttribute('aria-pressed', String(!isOpen));
  } }, icon('eye'));
  return [h('dt', {}, name), h('dd', { data: { secret: name } }, shown, eye, copyButton(value, name))];
}

/** @param {string} name @param {string} value */
function plain(name, value) {
  return [h('dt', {}, name), h('dd', {}, value ? h('code', {}, value) : h('span', { class: 'muted' }, t('none')), value ? copyButton(value, name) : null)];
}

/** @param {any} account */
function accountCard(account) {
  const checked = account.callback_url ? tag(t(account.callback_verified ? 'urlVerified' : 'urlUnverified'), account.callback_verified ? 'good' : 'warn') : null;
  return h('article', { class: 'card account', data: { appid: account.appid } },
    h('header', {}, h('span', { class: `kind ${account.kind}`, 'aria-hidden': 'true' }, t(`kindShort.${account.kind}`)),
      h('div', {}, h('h3', {}, account.name), h('p', { class: 'muted' }, t(`kind.${account.kind}`))),
      h('span', { class: 'grow' }),
      h('button', { type: 'button', class: 'button small', onclick: () => edit(account) }, t('edit'))),
    h('p', { class: 'row tags' },
      account.is_verified ? tag(t('verified'), 'good') : tag(t('unverified'), 'warn'),
      account.is_trade_managed ? tag(t('tradeManaged'), 'blue') : null,
      account.open_appid ? tag(t('openBound'), 'blue') : tag(t('openUnbound')),
      account.kind === 'mini_program' || account.kind === 'shop' ? null : tag(t('followers', { n: account.followers }))),
    h('dl', { class: 'secrets' }, plain('AppID', account.appid), secret('AppSecret', account.secret), secret('Token', account.token), secret('EncodingAESKey', account.aes_key), plain(t('originalId'), account.original_id)),
    h('div', { class: 'url' }, h('span', { class: 'muted' }, t('callbackUrl')), account.callback_url ? h('code', {}, account.callback_url) : h('span', { class: 'muted' }, t('noUrl')), checked,
      account.callback_url ? h('span', { class: 'muted' }, `${account.format.toUpperCase()} · ${t(`encryption.${account.encryption}`)}`) : null),
    h('footer', { class: 'row' },
      account.callback_url ? actButton(t('checkUrl'), async () => { await post('accounts/check_url', { appid: account.appid }); toast(t('urlChecking')); await beat(); }, { class: 'button small' }) : null,
      actButton(t('killTokens'), async () => { await post('tokens/kill', { appid: account.appid }); toast(t('tokensKilled')); }, { class: 'button small' })));
}

/** @param {any | null} account */
function edit(account) {
  const made = `wx${Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  dialog(t(account ? 'editAccount' : 'newAccount'), (close) => form([
    { name: 'kind', label: t('kindOf'), value: account?.kind, options: KINDS.map((kind) => /** @type {const} */ ([kind, t(`kind.${kind}`)])) },
    { name: 'name', label: t('name'), value: account?.name, required: true },
    { name: 'appid', label: 'AppID', value: account?.appid ?? made, required: true },
    { name: 'callback_url', label: t('callbackUrl'), value: account?.callback_url, hint: t('callbackUrlAbout') },
    { name: 'format', label: t('format'), value: account?.format ?? 'json', options: [['json', 'JSON'], ['xml', 'XML']] },
    { name: 'encryption', label: t('encryptionOf'), value: account?.encryption ?? 'aes', options: [['aes', t('encryption.aes')], ['plain', t('encryption.plain')]] },
    { name: 'open_appid', label: t('openAppid'), value: account?.open_appid, hint: t('openAppidAbout') },
    { name: 'secret', label: 'AppSecret', value: account?.secret, hint: t('secretAbout') },
    { name: 'is_verified', label: t('verifiedOf'), value: String(account?.is_verified ?? true), options: [['true', t('verified')], ['false', t('unverified')]] },
  ], t('save'), async (values) => {
    await post('accounts', {
      ...values, is_verified: values.is_verified === 'true',
      token: account?.token ?? '', aes_key: account?.aes_key ?? '', ...(account ? { is_trade_managed: account.is_trade_managed } : {}),
    });
    close();
    toast(t('saved'));
    await beat();
  }, 'account-form'), { wide: true });
}

/** @param {any} merchant */
function merchantCard(merchant) {
  return h('article', { class: 'card account', data: { mchid: merchant.mchid } },
    h('header', {}, h('span', { class: 'kind pay', 'aria-hidden': 'true' }, '¥'), h('div', {}, h('h3', {}, merchant.mchid), h('p', { class: 'muted' }, t(`keyMode.${merchant.key_mode}`))),
      h('span', { class: 'grow' }), h('div', { class: 'balance' }, h('span', { class: 'muted' }, t('balance')), h('b', {}, yuan(merchant.balance_fen)))),
    h('dl', { class: 'secrets' }, plain(t('merchantSerial'), merchant.serial), secret('APIv3', merchant.apiv3_key), plain(t('publicKeyId'), merchant.public_key_id)),
    h('p', { class: 'row tags' }, merchant.appids.map((/** @type {string} */ appid) => tag(appid))),
    h('footer', { class: 'row' }, (KEY_STEPS[merchant.key_mode] ?? []).map((step) => actButton(t(`keyStep.${step}`), async () => {
      await post('merchants/switch', { mchid: merchant.mchid, step });
      await beat();
    }, { class: 'button small', data: { test: `key-${step}` } }))));
}

/** @param {any} template */
function templateCard(template) {
  return h('article', { class: 'card template' }, h('h3', {}, template.title || template.template_id),
    h('p', { class: 'mono muted' }, template.template_id, copyButton(template.template_id, 'template_id')),
    h('p', { class: 'row tags' }, template.fields.map((/** @type {string} */ field) => tag(field)), template.kind === 'long' ? tag(t('longTerm'), 'blue') : null),
    h('p', { class: 'muted mono' }, template.appid));
}

async function newTemplate() {
  const { accounts: known } = await get('accounts');
  dialog(t('newTemplate'), (close) => form([
    { name: 'appid', label: t('account'), options: known.map((/** @type {any} */ account) => [account.appid, account.name]) },
    { name: 'title', label: t('title'), required: true },
    { name: 'template_id', label: 'template_id', required: true },
    { name: 'fields', label: t('fields'), value: 'thing1 date2 amount3', required: true, hint: t('fieldsAbout') },
    { name: 'kind', label: t('consentKind'), options: [['once', t('oneTime')], ['long', t('longTerm')]] },
  ], t('save'), async (values) => {
    await post('templates', { ...values, fields: (values.fields ?? '').split(/[\s,]+/).filter(Boolean) });
    close();
    await beat();
  }, 'template-form'));
}
