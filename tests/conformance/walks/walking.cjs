// What every walk in Node shares: a client's call, what the sandbox saw of it, and what became of it (see walking.py).
'use strict'

const http = require('node:http')
const path = require('node:path')

const SANDBOX = process.env.SANDBOX
const TOKENS = ['/cgi-bin/token']
const [PICTURE, JPEG] = ['picture.png', 'picture.jpg'].map((name) => path.join(__dirname, name))
const WAITS_MS = 60_000
const PROBED_MS = 15_000

async function told(reply) {
  const text = await reply.text()
  if (!reply.ok) throw new Error(text)
  return JSON.parse(text)
}

async function control(verb, body = {}) {
  const headers = { 'content-type': 'application/json' }
  return told(await fetch(`${SANDBOX}/_sandbox/${verb}`, { method: 'POST', headers, body: JSON.stringify(body) }))
}

async function look(noun, query = {}) {
  return told(await fetch(`${SANDBOX}/_sandbox/${noun}?${new URLSearchParams(query)}`))
}

class Walk {
  constructor() {
    this.steps = []
    this.last = 0
  }

  async step(call, act, { meets = [] } = {}) {
    await this.seen()
    let got
    let problem = ''
    try {
      got = await act()
    } catch (error) {
      problem = told_of(error)
    }
    const requests = await this.seen(call === 'getAccessToken')
    if (requests.length && meets.includes(requests.at(-1).code)) problem = ''
    this.steps.push({ call, requests, problem, meets })
    return got
  }

  // A call that cannot be made, by a fault of the client itself.
  excuse(call, why) {
    this.steps.push({ call, requests: [], problem: '', meets: [], excuse: why })
  }

  async chapter(name, go) {
    try {
      return await go()
    } catch (error) {
      this.steps.push({ call: `(${name})`, requests: [], problem: told_of(error), meets: [] })
    }
  }

  async probeRest(thing, names, { hints = {} } = {}) {
    const known = new Set(this.steps.map((step) => step.call))
    for (const call of names.filter((name) => !known.has(name))) await this.probe(thing, call, hints[call])
  }

  async probe(thing, call, hint) {
    await this.seen()
    let problem = 'no request'
    let requests = []
    const tries = hint ? [hint] : ['1', ['1'], { a: '1' }, PICTURE].map((one) => [one, one, one, one])
    for (const given of tries) {
      try {
        await Promise.race([thing[call](...structuredClone(given)), late()])
        problem = 'no request'
      } catch (error) {
        problem = told_of(error)
      }
      requests = await this.seen()
      if (requests.length) break
    }
    this.steps.push({ call, requests, problem, probed: true })
  }

  async seen(withTokens = false) {
    const { calls } = await look('calls', { after: this.last, limit: 1000 })
    if (calls.length) this.last = calls.at(-1).id
    const shown = calls.map(({ method, path: asked, code }) => ({ method, path: asked, code }))
    return shown.filter((call) => withTokens || !TOKENS.includes(call.path))
  }

  tell(facts = {}) {
    process.stdout.write(JSON.stringify({ steps: this.steps, ...facts }), () => process.exit(0))
  }
}

function late() {
  return new Promise((_, failed) => setTimeout(failed, PROBED_MS, new Error('no end')).unref())
}

function told_of(error) {
  const said = error.response ? JSON.stringify(error.response.data) : ''
  return `${error.name}: ${error.message} ${said}`.slice(0, 300)
}

// A server on the loopback that hands on what is pushed to it and answers 200.
class Receiver {
  constructor() {
    this.arrived = []
    this.waiting = []
    this.server = http.createServer((request, reply) => {
      const chunks = []
      request.on('data', (chunk) => chunks.push(chunk))
      request.on('end', () => {
        const push = { headers: request.headers, body: Buffer.concat(chunks).toString() }
        const waiting = this.waiting.shift()
        if (waiting) waiting(push)
        else this.arrived.push(push)
        reply.end()
      })
    })
  }

  async open() {
    await new Promise((done) => this.server.listen(0, '127.0.0.1', done))
    this.url = `http://127.0.0.1:${this.server.address().port}`
    return this
  }

  async next() {
    await control('pump')
    if (this.arrived.length) return this.arrived.shift()
    return new Promise((done, failed) => {
      const late = setTimeout(() => failed(new Error('no push came')), WAITS_MS)
      this.waiting.push((push) => (clearTimeout(late), done(push)))
    })
  }

  close() {
    this.server.closeAllConnections()
    this.server.close()
  }
}

module.exports = { JPEG, PICTURE, Receiver, Walk, control, look }
