// `node -r preload.cjs app.js`: connections to WeChat's hosts go to the sandbox's doors; nothing else changes.
// Every client of Node ends in net.Socket.connect, TLS included: names and certificates are still checked as asked for
// (NODE_EXTRA_CA_CERTS makes Node trust the sandbox's authority).
'use strict'

const net = require('node:net')
const hosts = new Set(require('./hosts.json'))

const doors = new Map([
  [443, process.env.WECHAT_SANDBOX_TLS || '127.0.0.1:18443'],
  [80, process.env.WECHAT_SANDBOX_HTTP || '127.0.0.1:18080'],
])

function rerouted(options) {
  const door = hosts.has(String(options.host).toLowerCase()) && doors.get(Number(options.port))
  if (!door) return options
  const colon = door.lastIndexOf(':')
  return { ...options, host: door.slice(0, colon).replace(/[[\]]/g, ''), port: Number(door.slice(colon + 1)) }
}

const connect = net.Socket.prototype.connect

net.Socket.prototype.connect = function (first, ...rest) {
  if (Array.isArray(first)) {
    first[0] = rerouted(first[0]) // Node's own callers pass [options, callback], marked by a symbol on the array
  } else if (first !== null && typeof first === 'object') {
    first = rerouted(first)
  } else if (typeof rest[0] === 'string') {
    const { host, port } = rerouted({ host: rest[0], port: first })
    return connect.call(this, port, host, ...rest.slice(1))
  }
  return connect.call(this, first, ...rest)
}
