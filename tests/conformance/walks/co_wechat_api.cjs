// co-wechat-api through every API it has.
'use strict'

const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const WechatAPI = require('co-wechat-api')
const { JPEG, PICTURE, Walk, control, look } = require('./walking.cjs')

const SERVICE = 'wxservice0000001'
const MINI = 'wxmini0000000001'
const MENU = { button: [{ type: 'click', name: '预售', key: 'PRESALE' }, { type: 'view', name: '店', url: 'https://shop.test/' }] }
const WAITS_MS = 60_000
const DAY_MS = 86_400_000
const PEOPLE = ['p1', 'p2', 'p3', 'p4']
const PLUMBING = ['setOpts', 'request', 'registerTicketHandle', 'ensureAccessToken', 'ensureTicket']
const STATISTICS = /^get(User(Summary|Cumulate|Read|Share)|Article(Summary|Total)|UpstreamMsg|InterfaceSummary)/

// Small files that are what their first bytes say.
const ROOM = fs.mkdtempSync(path.join(os.tmpdir(), 'walk-'))
const SOUND = path.join(ROOM, 'a.mp3')
const FILM = path.join(ROOM, 'a.mp4')
fs.writeFileSync(SOUND, Buffer.concat([Buffer.from('ID3\x03\x00'), Buffer.alloc(400)]))
fs.writeFileSync(FILM, Buffer.concat([Buffer.from('\0\0\0\x18ftypmp42'), Buffer.alloc(400)]))

const walk = new Walk()
const client = (appid, secret) => {
  const made = new WechatAPI(appid, secret)
  made.setOpts({ timeout: WAITS_MS })
  return made
}
const step = (call, ...given) => walk.step(call, () => api[call](...given))
let api

async function people(openids) {
  const [first] = openids
  await step('getUser', first)
  await step('batchGetUsers', openids)
  await step('getFollowers')
  await step('updateRemark', first, '老客')
  const { tag } = await step('createTags', '预售')
  await step('getTags')
  await step('updateTag', tag.id, '老客')
  await step('batchTagging', openids, tag.id)
  await step('getIdList', first)
  await step('getUsersFromTag', tag.id)
  await step('batchUnTagging', openids, tag.id)
  await step('deleteTag', tag.id)
}

async function menusAndCodes(openid) {
  await step('createMenu', MENU)
  await step('getMenu')
  await step('getMenuConfig')
  const { menuid } = await step('addConditionalMenu', { ...MENU, matchrule: { client_platform_type: '1' } })
  await step('tryConditionalMenu', openid)
  await step('delConditionalMenu', menuid)
  await step('removeMenu')
  await step('createTmpQRCode', 7, 1800)
  const { ticket } = await step('createLimitQRCode', 8)
  await control('scan', { person: 'p1', ticket })
  await step('getIp')
  await step('getTicket')
  await step('getLatestTicket')
  await step('getJsConfig', { debug: false, jsApiList: [], url: 'https://shop.test/' })
  await step('getCardExt', { card_id: 'coupon1', code: '', openid: '', balance: '' })
}

async function mediaOf() {
  const { media_id: image } = await step('uploadImageMedia', PICTURE)
  await step('uploadMedia', PICTURE, 'image')
  await step('getMedia', image)
  await step('uploadImage', PICTURE)
  const voice = await step('uploadVoiceMedia', SOUND)
  const video = await step('uploadVideoMedia', FILM)
  await step('uploadVoice', SOUND)
  await step('uploadVideo', FILM)
  await step('uploadThumb', JPEG)
  const thumb = await step('uploadThumbMedia', JPEG)
  return { image, voice: voice.media_id, video: video.media_id, thumb: thumb.thumb_media_id }
}

async function materials() {
  const { media_id: image } = await step('uploadImageMaterial', PICTURE)
  await step('uploadVoiceMaterial', SOUND)
  await step('uploadThumbMaterial', JPEG)
  await step('uploadVideoMaterial', FILM, { title: '陶杯', introduction: '如何做成' })
  await step('uploadMaterial', PICTURE, 'image')
  await step('getMaterial', image)
  await step('getMaterialCount')
  await step('getMaterials', 'image', 0, 20)
  await step('removeMaterial', image)
}

async function staff(openid) {
  const account = `anna@${SERVICE}`
  await step('addKfAccount', account, '安娜')
  await step('updateKfAccount', account, '小安')
  await step('getCustomServiceList')
  await control('staff', { appid: SERVICE, kf_account: account })
  await step('getOnlineCustomServiceList')
  await step('createKfSession', account, openid)
  await step('deleteKfAccount', account)
}

async function customer(openid, media, draft) {
  await control('coupons', { appid: SERVICE, card_id: 'coupon1', title: '满减' })
  const sends = {
    sendText: ['您好'],
    sendImage: [media.image],
    sendCard: ['coupon1'],
    sendVoice: [media.voice],
    sendVideo: [media.video, media.thumb],
    sendMusic: [{ title: 'a', description: 'b', musicurl: 'https://a.test/a.mp3', hqmusicurl: 'https://a.test/b.mp3', thumb_media_id: media.thumb }],
    sendNews: [[{ title: '陶杯', description: '预售', url: 'https://shop.test/', picurl: 'https://shop.test/a.png' }]],
    sendMpNews: [draft],
    sendMiniProgram: [{ title: '店', appid: MINI, pagepath: 'index', thumb_media_id: media.thumb }],
  }
  for (const [name, given] of Object.entries(sends)) {
    await control('say', { person: 'p1', appid: SERVICE, text: '在吗' })
    await step(name, openid, ...given)
  }
}

async function notices(openid) {
  await step('setIndustry', { industry_id1: '1', industry_id2: '4' })
  await step('getIndustry')
  const { template_id: chosen } = await step('addTemplate', 'OPENTM201285651')
  await step('getAllPrivateTemplate')
  const words = { character_string1: { value: 'A1' }, thing2: { value: '陶杯' }, amount3: { value: '¥1.00' }, time4: { value: '2026-03-02 10:00' } }
  await step('sendTemplate', openid, chosen, 'https://shop.test/', '#173177', words)
  await step('delPrivateTemplate', chosen)
  const { template_id: once } = await look('one_time', { appid: SERVICE })
  await control('one_time', { person: 'p1', appid: SERVICE, scene: 7, template_id: once, redirect_url: 'https://shop.test/', reserved: 'x' })
  await step('sendSubscribe', openid, once, 'https://shop.test/', undefined, 7, '到货', { content: { value: '陶杯到了', color: '#173177' } })
}

async function mass(openids, media, draft) {
  const [early, late] = [openids.slice(0, 2), openids.slice(2)]
  await step('massSendText', '陶杯预售', early)
  await step('massSendVoice', media.voice, early)
  await step('massSendImage', media.image, early)
  await step('previewNews', openids[0], draft)
  const { msg_id: sent } = await step('massSendNews', draft, early)
  await step('getMassMessageStatus', sent)
  await control('clock/advance', { ms: 60_000 })
  await step('deleteMass', sent)
  await step('massSend', { msgtype: 'text', text: { content: '陶杯再预售' } }, late)
  await step('massSendVideo', media.video, late)
  await step('previewText', openids[0], '预览')
  await step('previewVoice', openids[0], media.voice)
  await step('previewImage', openids[0], media.image)
  await step('previewVideo', openids[0], media.video)
}

async function mini(secret) {
  api = client(MINI, secret)
  const { code } = await control('wx_login', { person: 'p1', appid: MINI })
  const { openid } = await step('code2Session', code)
  await control('templates', { appid: MINI, template_id: 'tpl', fields: ['thing1'] })
  await control('consent', { person: 'p1', appid: MINI, answers: { tpl: 'accept' } })
  await step('sendSubscribeMessage', openid, 'tpl', 'pages/index', { thing1: { value: '陶杯已发货' } })
  await step('createWXAQRCode', 'pages/index?a=1')
  await step('getWXACode', 'pages/index?a=1')
  await step('getWXACodeUnlimit', 'a=1', 'pages/index')
}

async function go() {
  const { account } = await control('accounts', { appid: SERVICE, kind: 'service' })
  const small = await control('accounts', { appid: MINI, kind: 'mini_program' })
  await control('persons', { names: PEOPLE })
  const openids = []
  for (const person of PEOPLE) openids.push((await control('follow', { person, appid: SERVICE })).openid)
  api = client(SERVICE, account.secret)
  await step('getAccessToken')
  await walk.chapter('people', () => people(openids))
  await walk.chapter('menus and codes', () => menusAndCodes(openids[0]))
  const media = await walk.chapter('media', mediaOf)
  await walk.chapter('materials', materials)
  await walk.chapter('staff', () => staff(openids[0]))
  await walk.chapter('notices', () => notices(openids[0]))
  const draft = await walk.chapter('articles', () => articles(account))
  await walk.chapter('customer', () => customer(openids[0], media, draft))
  await walk.chapter('mass', () => mass(openids, media, draft))
  await walk.chapter('mini-program', () => mini(small.account.secret))
  api = client(SERVICE, account.secret)
  await step('showQRCodeURL', 'ticket')
  await step('getRedirectUrl', 'https://shop.test/', 'code', 'coupon1')
  walk.excuse('uploadLogo', 'sends the head of a form and never the form')
  walk.excuse('updateFeedback', 'sends no body and does not wait for its own request')
  const names = Object.getOwnPropertyNames(WechatAPI.prototype).filter((name) => name !== 'constructor')
  await walk.chapter('statistics', () => statistics(names.filter((name) => STATISTICS.test(name))))
  await walk.probeRest(api, names.filter((name) => !PLUMBING.includes(name)))
  walk.tell()
}

// The client knows no drafts; what it sends is a draft that the back office made.
async function articles({ secret }) {
  const { access_token: token } = await (await fetch(
    `https://api.weixin.qq.com/cgi-bin/token?grant_type=client_credential&appid=${SERVICE}&secret=${secret}`
  )).json()
  const { media_id: cover } = await api.uploadThumbMaterial(JPEG)
  const draft = { title: '陶杯预售', content: '<p>手作</p>', thumb_media_id: cover }
  const body = JSON.stringify({ articles: [draft] })
  const url = `https://api.weixin.qq.com/cgi-bin/draft/add?access_token=${token}`
  return (await (await fetch(url, { method: 'POST', body })).json()).media_id
}

async function statistics(names) {
  await control('clock/advance', { ms: 2 * DAY_MS })
  await api.getAccessToken()
  const { now_ms: now } = await look('clock')
  const yesterday = new Date(now - DAY_MS + 8 * 3_600_000).toISOString().slice(0, 10)
  for (const name of names) await step(name, yesterday, yesterday)
}

go()
