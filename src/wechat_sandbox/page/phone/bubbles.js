// @ts-check
/** One message as WeChat draws it: a bubble, a card with fields, an article, a receipt. */

import { actButton, attempt, h } from '../dom.js';
import { post } from '../door.js';
import { beat } from '../live.js';
import { moment, yuan } from '../moments.js';
import { t } from '../words.js';
import { face, kindOf, nameOf, sheet } from './parts.js';

/** @typedef {import('../dom.js').Child} Child */
/** @typedef {import('./main.js').Phone} Phone */

/** @param {Phone} phone @param {any} message */
function templateOf(phone, message) {
  return phone.templates.find((template) => template.appid === message.appid && template.template_id === message.template_id);
}

/** The line of the chat list. @param {Phone} phone @param {any} message @returns {string} */
export function preview(phone, message) {
  const content = message.content;
  switch (message.kind) {
    case 'receipt': return t('paidLine', { sum: yuan(content.total_fen) });
    case 'refund': return t('refundLine', { sum: yuan(content.refund_fen) });
    case 'subscribe': return templateOf(phone, message)?.title || Object.values(content)[0] || t('serviceNotices');
    case 'card': return `${nameOf(phone, message.appid)}: ${t('orderStatus')} ${statusOf(content)}`;
    case 'shipped': return t('shippedTitle');
    case 'presale_filed': return t('presaleTitle');
    case 'notice': return templateOf(phone, message)?.title || Object.values(content)[0] || t('message.template');
    case 'tracking': return `${content.carrier}: ${content.text}`;
    default: return talkText(content) || articlesOf(phone, message)?.[0]?.title || headline(content) || t(`message.${content.msgtype ?? message.kind}`);
  }
}

/** @param {any} content */
function talkText(content) {
  return content?.text?.content ?? (typeof content?.text === 'string' ? content.text : undefined) ?? (typeof content?.content === 'string' ? content.content : undefined) ?? content?.Content ?? '';
}

/** The articles of a message, those of a media_id from what was published, which alone have a msgid.
 * @param {Phone} phone @param {any} message @returns {any[] | undefined} */
function articlesOf(phone, message) {
  const content = message.content;
  const own = content.news?.articles ?? content.articles;
  if (Array.isArray(own)) return own;
  const media = content.mpnews?.media_id ?? content.mpnewsarticle?.article_id;
  const published = phone.publications.find((one) => one.appid === message.appid && (one.media_id === media || one.article_id === media));
  return published?.articles.map((/** @type {any} */ article, /** @type {number} */ place) => ({ ...article, msgid: `${published.msg_data_id}_${place + 1}` }));
}

/** @param {any} content @returns {string} */
function headline(content) {
  return content?.title ?? content?.miniprogrampage?.title ?? content?.news?.articles?.[0]?.title ?? content?.articles?.[0]?.title ?? '';
}

/** @param {Phone} phone @param {any} message @returns {HTMLLIElement} */
export function bubble(phone, message) {
  const content = message.content;
  switch (message.kind) {
    case 'receipt': return receipt(phone, content);
    case 'refund': return refund(content);
    case 'subscribe': return card(phone, message, templateOf(phone, message)?.title || t('serviceNotices'), labelled(phone, message), message.page);
    case 'card': return statusCard(phone, message);
    case 'shipped': return shippedCard(phone, message);
    case 'presale_filed': return card(phone, message, t('presaleTitle'), pairs(content), '');
    case 'notice': return card(phone, message, templateOf(phone, message)?.title || t('message.template'), labelled(phone, message), message.page);
    case 'template': return card(phone, message, content.title || t('message.template'), templateFields(content), message.page);
    case 'one_time': return card(phone, message, content.title, templateFields(content.content ?? {}), message.page);
    case 'tracking': return card(phone, message, t('trackingTitle'), [[t('carrier'), content.carrier], [t('key.waybill_id'), content.waybill_id], [t('news'), content.text]], message.page);
    case 'return': return card(phone, message, t('returnTitle'), [[t('refundNo'), content.return_id]], message.page);
    default: return talk(phone, message);
  }
}

/** The fields of a subscription message; the sandbox knows their types only, so the type is the label.
 * @param {Phone} phone @param {any} message @returns {[string, string][]} */
function labelled(phone, message) {
  const fields = templateOf(phone, message)?.fields ?? Object.keys(message.content);
  return fields.filter((/** @type {string} */ field) => field in message.content).map((/** @type {string} */ field) => [t(`field.${field.replace(/\d+$/, '')}`), message.content[field]]);
}

/** @param {any} content @returns {[string, string][]} */
function templateFields(content) {
  return Object.entries(content).filter(([name]) => name !== 'title' && name !== 'url').map(([name, field]) => [name, String(/** @type {any} */ (field)?.value ?? field)]);
}

/** @param {any} content @returns {[string, string][]} */
function pairs(content) {
  return Object.entries(content).filter(([, value]) => value !== null && value !== '').map(([name, value]) => {
    const isMoment = typeof value === 'number' && /(_ms|_s|_to)$/.test(name) && value > 1e9;
    return [t(`key.${name}`), isMoment ? moment(value > 1e11 ? value : value * 1000) : typeof value === 'object' ? JSON.stringify(value) : String(value)];
  });
}

/** @param {Phone} phone @param {any} message @param {string} title @param {[string, string][]} fields @param {string} page @param {...Child} more */
function card(phone, message, title, fields, page, ...more) {
  const isMini = kindOf(phone, message.appid) === 'mini_program';
  return h('li', { class: 'notice', data: { kind: message.kind, message: message.id } },
    h('div', { class: 'notice-from' }, face(nameOf(phone, message.appid), `small ${kindOf(phone, message.appid)}`), nameOf(phone, message.appid)),
    h('h2', {}, title),
    h('dl', {}, fields.map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)])),
    more,
    page || isMini ? h('div', { class: 'notice-foot' }, h('span', {}, t(isMini || !page?.startsWith('http') ? 'enterMini' : 'readMore')), page ? h('code', {}, page) : null, h('span', { class: 'arrow', 'aria-hidden': 'true' }, '›')) : null);
}

/** @param {any} content */
function statusOf(content) {
  const inner = parsed(content.content_json);
  return t(`cardStatus.${inner.cur_status ?? '?'}`);
}

/** @param {string} text @returns {any} */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** A service card: one order's status, without a pop-up. @param {Phone} phone @param {any} message */
function statusCard(phone, message) {
  const inner = parsed(message.content.content_json);
  const goods = (inner.product_list ?? inner.product_info?.product_list ?? []).map((/** @type {any} */ item) => item.product_name ?? item.name ?? item.title).filter(Boolean).join('、');
  /** @type {[string, string][]} */
  const fields = [[t('orderStatus'), statusOf(message.content)]];
  if (goods) fields.push([t('goods'), goods]);
  for (const [name, value] of Object.entries(inner)) {
    if (['cur_status', 'product_list', 'product_info', 'wxa_path_query'].includes(name) || typeof value === 'object') continue;
    const isMoment = typeof value === 'number' && value > 1e9;
    fields.push([t(`key.${name}`), isMoment ? moment(value > 1e11 ? value : value * 1000) : String(value)]);
  }
  return card(phone, message, t(`notifyType.${message.content.notify_type}`), fields, inner.wxa_path_query ?? '', progress(Number(inner.cur_status)));
}

/** @param {number} status */
function progress(status) {
  const steps = [1, 2, 3, 4].map((step) => h('i', { class: step <= status ? 'on' : '' }));
  return h('div', { class: 'progress', 'aria-hidden': 'true' }, steps);
}

/** @param {Phone} phone @param {any} message */
function shippedCard(phone, message) {
  const payment = phone.payments.find((one) => one.transaction_id === message.content.transaction_id);
  /** @type {[string, string][]} */
  const fields = payment ? [[t('goods'), payment.description], [t('sum'), yuan(payment.total_fen)], [t('orderNo'), payment.out_trade_no]] : pairs(message.content);
  const isOpen = payment && payment.order_state === 2;
  return card(phone, message, t('shippedTitle'), fields, '', isOpen ? h('div', { class: 'notice-act' }, confirmButton(phone, payment)) : null);
}

/** @param {Phone} phone @param {any} payment */
export function confirmButton(phone, payment) {
  return actButton(t('confirmReceipt'), async () => {
    await post('confirm_receipt', { transaction_id: payment.transaction_id, person: phone.person });
    await beat();
  }, { class: 'green', data: { test: 'confirm-receipt' } });
}

/** @param {Phone} phone @param {any} payment */
function receipt(phone, payment) {
  return h('li', { class: 'notice receipt', data: { kind: 'receipt' } },
    h('div', { class: 'notice-from' }, t('payReceipt')),
    h('p', { class: 'amount' }, h('span', { class: 'muted' }, t('sumPaid')), h('b', {}, yuan(payment.total_fen))),
    h('dl', {}, h('dt', {}, t('payee')), h('dd', {}, nameOf(phone, payment.appid)), h('dt', {}, t('goods')), h('dd', {}, payment.description),
      h('dt', {}, t('transactionId')), h('dd', { class: 'mono' }, payment.transaction_id), h('dt', {}, t('orderNo')), h('dd', { class: 'mono' }, payment.out_trade_no)));
}

/** @param {any} refunded */
function refund(refunded) {
  return h('li', { class: 'notice receipt', data: { kind: 'refund' } },
    h('div', { class: 'notice-from' }, t('refundReceipt')),
    h('p', { class: 'amount' }, h('span', { class: 'muted' }, t('sumBack')), h('b', {}, yuan(refunded.refund_fen))),
    h('dl', {}, h('dt', {}, t('goods')), h('dd', {}, refunded.description), refunded.reason ? [h('dt', {}, t('reason')), h('dd', {}, refunded.reason)] : null,
      h('dt', {}, t('refundNo')), h('dd', { class: 'mono' }, refunded.out_refund_no)));
}

/** A line of talk, mine at the right. @param {Phone} phone @param {any} message */
function talk(phone, message) {
  const isMine = message.kind === 'said';
  return h('li', { class: isMine ? 'said mine' : 'said', data: { kind: message.kind, message: message.id } },
    isMine ? face(phone.person) : face(nameOf(phone, message.appid), kindOf(phone, message.appid)), said(phone, message));
}

/** @param {Phone} phone @param {any} message @returns {HTMLElement} */
function said(phone, message) {
  const content = message.content;
  const text = talkText(content);
  const articles = articlesOf(phone, message);
  if (articles) return h('div', { class: 'articles' }, articles.map((article, place) => articleBox(phone, message, article, place)));
  if (content.miniprogrampage) return h('div', { class: 'mini-card' }, h('b', {}, content.miniprogrampage.title), h('span', { class: 'mini-thumb', 'aria-hidden': 'true' }), h('small', {}, `${t('miniProgram')} · ${content.miniprogrampage.pagepath ?? ''}`));
  if (content.msgmenu) return h('div', { class: 'text' }, content.msgmenu.head_content, (content.msgmenu.list ?? []).map((/** @type {any} */ item) => h('span', { class: 'menu-line' }, item.content)), content.msgmenu.tail_content);
  if (text) return h('div', { class: 'text' }, text);
  const inner = content[content.msgtype] ?? content;
  return h('div', { class: 'text' }, h('b', {}, t(`message.${content.msgtype ?? message.kind}`)), h('dl', {}, pairs(inner).map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)])));
}

/** @param {Phone} phone @param {any} message @param {any} article @param {number} place */
function articleBox(phone, message, article, place) {
  return h('button', { type: 'button', class: place === 0 ? 'article first' : 'article', data: { test: 'article' }, onclick: () => attempt(() => read(phone, message, article)) },
    place === 0 ? h('span', { class: 'cover', 'aria-hidden': 'true' }) : null,
    h('b', {}, article.title), place === 0 && (article.digest ?? article.description) ? h('span', { class: 'muted' }, article.digest ?? article.description) : null);
}

/** Opens the article; one that was published counts its reader. @param {Phone} phone @param {any} message @param {any} article */
async function read(phone, message, article) {
  const who = { person: phone.person, appid: message.appid, msgid: article.msgid };
  if (article.msgid) await post('articles/read', who);
  const text = new DOMParser().parseFromString(article.content ?? '', 'text/html').body.textContent;
  sheet(article.title, (close) => [
    h('h2', {}, article.title), h('p', { class: 'muted' }, nameOf(phone, message.appid)),
    h('p', { class: 'article-text' }, text || article.digest || article.description || article.url || ''),
    article.msgid ? actButton(t('share'), async () => { await post('articles/share', who); close(); }, { class: 'green wide' }) : null,
    h('button', { type: 'button', class: 'grey-button wide', onclick: close }, t('done'))], 'read');
}
