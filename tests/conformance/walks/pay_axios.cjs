// wechatpay-axios-plugin, which checks the signature, serial and clock of every answer: all of Pay that the sandbox serves.
'use strict'

const crypto = require('node:crypto')
const { Aes, Formatter, Rsa, Wechatpay } = require('wechatpay-axios-plugin')
const { Receiver, Walk, control } = require('./walking.cjs')

const KEY_MODE = process.argv[2]
const [MCHID, APPID] = ['1900000109', 'wxmini0000000001']
const SERIAL = '3775B6A45ACD588826D15E583A95F5DD12345678'
const APIV3_KEY = 'a7cde1ZJB1kG2e7VfTs3jQzaWizur8Gb'

const walk = new Walk()
const key = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = (one, type) => one.export({ type, format: 'pem' })

async function go() {
  const receiver = await new Receiver().open()
  await control('accounts', { appid: APPID, kind: 'mini_program', is_trade_managed: false })
  const { openids } = await control('persons', { names: ['p1'], appids: [APPID] })
  const merchant = await control('merchants', {
    mchid: MCHID,
    appids: [APPID],
    public_key_pem: pem(key.publicKey, 'spki'),
    serial: SERIAL,
    apiv3_key: APIV3_KEY,
    key_mode: KEY_MODE,
  })
  const [id, text] = KEY_MODE === 'public_key'
    ? [merchant.public_key_id, merchant.public_key_pem]
    : [merchant.platform_serial, merchant.platform_certificate_pem]
  const pay = new Wechatpay({ mchid: MCHID, serial: SERIAL, privateKey: pem(key.privateKey, 'pkcs8'), certs: { [id]: text } })
  const options = { headers: { 'Wechatpay-Serial': id } }
  const way = { pay, receiver, options, platform: text, openid: openids[APPID].p1 }
  await walk.chapter('one order', () => oneOrder(way))
  await walk.chapter('closed', () => closed(way))
  await walk.chapter('other ways', () => otherWays(way))
  await walk.chapter('combined', () => combined(way))
  await walk.chapter('shared', () => shared(way))
  receiver.close()
  walk.tell()
}

// The notice, verified with the platform's key and opened, of this event.
async function noticed({ receiver, platform }, event) {
  return walk.step('callback', async () => {
    const { headers, body } = await receiver.next()
    const signed = Formatter.joinedByLineFeed(headers['wechatpay-timestamp'], headers['wechatpay-nonce'], body)
    if (!Rsa.verify(signed, headers['wechatpay-signature'], platform)) throw new Error('the signature is wrong')
    const { event_type: happened, resource } = JSON.parse(body)
    if (happened !== event) throw new Error(`${happened}, not ${event}`)
    return JSON.parse(Aes.AesGcm.decrypt(resource.ciphertext, APIV3_KEY, resource.nonce, resource.associated_data))
  })
}

function order({ receiver, openid }, number, yuan = 123) {
  return {
    appid: APPID,
    mchid: MCHID,
    description: '手作陶杯',
    out_trade_no: number,
    notify_url: `${receiver.url}/notify`,
    amount: { total: yuan * 100, currency: 'CNY' },
    payer: { openid },
  }
}

async function oneOrder(way) {
  const { pay, options } = way
  const v3 = pay.v3
  const { data } = await walk.step('v3.pay.transactions.jsapi', () => v3.pay.transactions.jsapi.post(order(way, 'order-0001'), options))
  const timeStamp = String(Math.floor(Date.now() / 1000))
  const said = { appId: APPID, timeStamp, nonceStr: Formatter.nonce(), package: `prepay_id=${data.prepay_id}` }
  const paySign = Rsa.sign(Formatter.joinedByLineFeed(said.appId, said.timeStamp, said.nonceStr, said.package), pem(key.privateKey, 'pkcs8'))
  const paid = await control('pay', { person: 'p1', request_payment: { ...said, signType: 'RSA', paySign } })
  const notice = await noticed(way, 'TRANSACTION.SUCCESS')
  if (notice.transaction_id !== paid.transaction_id) throw new Error('another transaction')
  const params = { mchid: MCHID }
  await walk.step('v3.pay.transactions.outTradeNo.{}', () => v3.pay.transactions.outTradeNo['{no}'].get({ params, no: 'order-0001', ...options }))
  await walk.step('v3.pay.transactions.id.{}', () => v3.pay.transactions.id['{id}'].get({ params, id: paid.transaction_id, ...options }))
  const refund = { out_refund_no: 'refund-1', transaction_id: paid.transaction_id, notify_url: `${way.receiver.url}/notify` }
  const amount = { refund: 100, total: 12_300, currency: 'CNY' }
  await walk.step('v3.refund.domestic.refunds', () => v3.refund.domestic.refunds.post({ ...refund, amount }, options))
  await control('clock/advance', { ms: 10_000 })
  await noticed(way, 'REFUND.SUCCESS')
  await walk.step('v3.refund.domestic.refunds.{}', () => v3.refund.domestic.refunds['{no}'].get({ no: 'refund-1', ...options }))
  if (KEY_MODE === 'certificate') await walk.step('v3.certificates', () => v3.certificates.get(options))
}

async function closed(way) {
  const { pay, options } = way
  await walk.step('v3.pay.transactions.jsapi', () => pay.v3.pay.transactions.jsapi.post(order(way, 'order-0002'), options))
  const close = pay.v3.pay.transactions.outTradeNo['{no}'].close
  await walk.step('v3.pay.transactions.outTradeNo.{}.close', () => close.post({ mchid: MCHID }, { no: 'order-0002', ...options }))
}

async function otherWays(way) {
  const { pay, options } = way
  const scene = { scene_info: { payer_client_ip: '127.0.0.1', h5_info: { type: 'Wap' } } }
  for (const [kind, more] of Object.entries({ native: {}, app: {}, h5: scene })) {
    const { payer, ...asked } = order(way, `order-${kind}`)
    await walk.step(`v3.pay.transactions.${kind}`, () => pay.v3.pay.transactions[kind].post({ ...asked, ...more }, options))
  }
}

function parts(number) {
  const amount = { total_amount: 100, currency: 'CNY' }
  return [1, 2].map((part) => ({ mchid: MCHID, attach: '定金', amount, out_trade_no: `${number}-${part}`, description: '手作陶杯' }))
}

async function combined(way) {
  const { pay, options, receiver, openid } = way
  const combine = pay.v3.combineTransactions
  const shared = { combine_appid: APPID, combine_mchid: MCHID, notify_url: `${receiver.url}/notify`, combine_payer_info: { openid } }
  const asked = (number) => ({ ...shared, combine_out_trade_no: number, sub_orders: parts(number) })
  const { data } = await walk.step('v3.combineTransactions.jsapi', () => combine.jsapi.post(asked('combined-1'), options))
  await control('pay', { person: 'p1', prepay_id: data.prepay_id })
  await noticed(way, 'TRANSACTION.SUCCESS')
  await walk.step('v3.combineTransactions.outTradeNo.{}', () => combine.outTradeNo['{no}'].get({ no: 'combined-1', ...options }))
  await combine.jsapi.post(asked('combined-2'), options)
  const closing = { combine_appid: APPID, sub_orders: parts('combined-2').map(({ mchid, out_trade_no }) => ({ mchid, out_trade_no })) }
  const close = combine.outTradeNo['{no}'].close
  await walk.step('v3.combineTransactions.outTradeNo.{}.close', () => close.post(closing, { no: 'combined-2', ...options }))
}

async function shared(way) {
  const { pay, options, openid } = way
  const sharing = pay.v3.profitsharing
  const { data } = await pay.v3.pay.transactions.jsapi.post({ ...order(way, 'order-0004'), settle_info: { profit_sharing: true } }, options)
  const { transaction_id } = await control('pay', { person: 'p1', prepay_id: data.prepay_id })
  await noticed(way, 'TRANSACTION.SUCCESS')
  await control('clock/advance', { ms: 120_000 })
  const potter = { type: 'PERSONAL_OPENID', account: openid }
  await walk.step('v3.profitsharing.receivers.add', () => sharing.receivers.add.post({ appid: APPID, ...potter, relation_type: 'PARTNER' }, options))
  const share = { appid: APPID, transaction_id, out_order_no: 'share-1', unfreeze_unsplit: false }
  const receivers = [{ ...potter, amount: 100, description: '制作' }]
  await walk.step('v3.profitsharing.orders', () => sharing.orders.post({ ...share, receivers }, options))
  const params = { transaction_id }
  await walk.step('v3.profitsharing.orders.{}', () => sharing.orders['{no}'].get({ params, no: 'share-1', ...options }))
  await walk.step('v3.profitsharing.transactions.{}.amounts', () => sharing.transactions['{id}'].amounts.get({ id: transaction_id, ...options }))
  const rest = { transaction_id, out_order_no: 'unfreeze-1', description: '分账完成' }
  await walk.step('v3.profitsharing.orders.unfreeze', () => sharing.orders.unfreeze.post(rest, options))
  await walk.step('v3.profitsharing.receivers.delete', () => pay.chain('v3/profitsharing/receivers/delete').post({ appid: APPID, ...potter }, options))
}

go()
