// @ts-check
/** A new merchant: its key pair is made in this browser, and the private half goes to the developer alone. */

import { copyButton, fill, h, toast } from '../dom.js';
import { get, post } from '../door.js';
import { beat } from '../live.js';
import { t } from '../words.js';
import { dialog, form } from './parts.js';

const MODES = ['public_key', 'certificate', 'switching'];

/** @param {ArrayBuffer} der @param {string} label */
function pem(der, label) {
  const text = btoa(String.fromCharCode(...new Uint8Array(der)));
  return `-----BEGIN ${label}-----\n${text.match(/.{1,64}/g)?.join('\n')}\n-----END ${label}-----\n`;
}

async function keyPair() {
  const made = await crypto.subtle.generateKey({ name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' }, true, ['sign', 'verify']);
  return {
    publicPem: pem(await crypto.subtle.exportKey('spki', made.publicKey), 'PUBLIC KEY'),
    privatePem: pem(await crypto.subtle.exportKey('pkcs8', made.privateKey), 'PRIVATE KEY'),
  };
}

/** @param {number} length @param {string} alphabet */
function drawn(length, alphabet) {
  return Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => alphabet[byte % alphabet.length]).join('');
}

export async function merchantDialog() {
  const [{ accounts }, pair] = await Promise.all([get('accounts'), keyPair()]);
  const made = { mchid: `19000${drawn(5, '0123456789')}`, serial: drawn(40, '0123456789ABCDEF'), apiv3: drawn(32, 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789') };
  dialog(t('newMerchant'), (close) => [
    form([
      { name: 'mchid', label: t('mchid'), value: made.mchid, required: true },
      { name: 'appids', label: t('merchantApps'), value: accounts.map((/** @type {any} */ account) => account.appid).join(' '), required: true, hint: t('merchantAppsAbout') },
      { name: 'serial', label: t('merchantSerial'), value: made.serial, required: true },
      { name: 'apiv3_key', label: 'APIv3', value: made.apiv3, required: true, hint: t('apiv3About') },
      { name: 'key_mode', label: t('keyModeOf'), options: MODES.map((mode) => /** @type {const} */ ([mode, t(`keyMode.${mode}`)])) },
      { name: 'public_key_pem', label: t('publicPem'), value: pair.publicPem, rows: 4, required: true, hint: t('publicPemAbout') },
    ], t('save'), async (values) => {
      const known = await post('merchants', { ...values, appids: (values.appids ?? '').split(/[\s,]+/).filter(Boolean) });
      close();
      await beat();
      handOver(known, values.public_key_pem?.trim() === pair.publicPem.trim() ? pair.privatePem : null);
    }, 'merchant-form'),
  ], { wide: true });
}

/** @param {any} known @param {string | null} privatePem */
function handOver(known, privatePem) {
  toast(t('saved'));
  const rows = [['PUB_KEY_ID', known.public_key_id], [t('wechatPublicKey'), known.public_key_pem], [t('platformSerial'), known.platform_serial], [t('platformCertificate'), known.platform_certificate_pem], [t('yourPrivateKey'), privatePem]];
  dialog(t('merchantReady', { mchid: known.mchid }), () => {
    const room = h('div');
    fill(room, h('p', { class: 'muted' }, t('merchantReadyAbout')), rows.filter(([, value]) => value).map(([name, value]) =>
      h('section', {}, h('h4', {}, name, ' ', copyButton(value, name)), h('pre', { tabindex: 0 }, value))));
    return room;
  });
}
