// co-wechat behind koa as the receiver of an account's encrypted pushes: the URL check, events and messages, an answer.
'use strict'

const http = require('node:http')
const Koa = require('koa')
const wechat = require('co-wechat')
const { Walk, control, look } = require('./walking.cjs')

const APPID = 'wxservice0000001'
const walk = new Walk()
const received = []

async function go() {
  const { account } = await control('accounts', { appid: APPID, kind: 'service' })
  await control('persons', { names: ['p1'] })
  const app = new Koa()
  const config = { appid: APPID, token: account.token, encodingAESKey: account.aes_key }
  app.use(wechat(config).middleware(async (message) => {
    received.push(message)
    return message.MsgType === 'text' ? `收到:${message.Content}` : ''
  }))
  const server = http.createServer(app.callback())
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  const { secret, token, aes_key } = account
  const callback_url = `http://127.0.0.1:${server.address().port}/wechat`
  await control('accounts', { appid: APPID, kind: 'service', secret, token, aes_key, callback_url })
  await walk.step('(URL check)', () => checked())
  await walk.step('(event)', async () => heard(await control('follow', { person: 'p1', appid: APPID }), { MsgType: 'event', Event: 'subscribe' }))
  await walk.step('(message)', async () => heard(await control('say', { person: 'p1', appid: APPID, text: '在吗' }), { MsgType: 'text', Content: '在吗' }))
  await walk.step('(answer)', () => answered('收到:在吗'))
  const { callbacks } = await look('callbacks', { limit: 1000 })
  server.closeAllConnections()
  server.close()
  walk.tell({ callbacks })
}

async function checked() {
  await control('accounts/check_url', { appid: APPID })
  await control('pump')
  const { account } = await look('account', { appid: APPID })
  if (!account.callback_verified) throw new Error('the URL check failed')
}

async function heard(_, wanted) {
  await control('pump')
  const last = received.at(-1)
  for (const [name, value] of Object.entries(wanted)) {
    if (last?.[name] !== value) throw new Error(`${name} is ${last?.[name]}`)
  }
}

async function answered(text) {
  const { messages } = await look('messages', { person: 'p1', appid: APPID })
  if (!JSON.stringify(messages).includes(text)) throw new Error(`${text} is not on the phone: ${JSON.stringify(messages)}`)
}

go()
