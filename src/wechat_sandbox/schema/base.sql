CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS accounts (
  appid TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  original_id TEXT NOT NULL,
  secret TEXT NOT NULL,
  token TEXT NOT NULL,
  aes_key TEXT NOT NULL,
  callback_url TEXT NOT NULL,
  callback_verified INTEGER NOT NULL DEFAULT 0,
  format TEXT NOT NULL,
  encryption TEXT NOT NULL,
  open_appid TEXT NOT NULL,
  is_verified INTEGER NOT NULL,
  is_trade_managed INTEGER NOT NULL,
  has_shipped INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS tokens (
  token TEXT PRIMARY KEY,
  appid TEXT NOT NULL,
  kind TEXT NOT NULL,
  issued_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  killed_ms INTEGER
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tokens_latest ON tokens (appid, kind, issued_ms);

CREATE TABLE IF NOT EXISTS quota_use (
  subject TEXT NOT NULL,
  path TEXT NOT NULL,
  unit TEXT NOT NULL,
  window TEXT NOT NULL,
  used INTEGER NOT NULL,
  PRIMARY KEY (subject, path, unit)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS quota_overrides (
  path TEXT PRIMARY KEY,
  per_day INTEGER,
  per_minute INTEGER
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS persons (person TEXT PRIMARY KEY) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS openids (
  appid TEXT NOT NULL,
  openid TEXT NOT NULL,
  person TEXT NOT NULL,
  is_follower INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (appid, openid)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS timers (
  id INTEGER PRIMARY KEY,
  due_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  ref TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS timers_due ON timers (due_ms, id);
CREATE INDEX IF NOT EXISTS timers_of ON timers (kind, ref);

CREATE TABLE IF NOT EXISTS callbacks (
  id INTEGER PRIMARY KEY,
  door TEXT NOT NULL,
  owner TEXT NOT NULL,
  subject TEXT NOT NULL,
  url TEXT NOT NULL,
  content TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  due_ms INTEGER NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  status TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS callbacks_due ON callbacks (due_ms, id) WHERE status = 'due';

CREATE TABLE IF NOT EXISTS callback_tries (
  callback INTEGER NOT NULL REFERENCES callbacks (id),
  n INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  http_status INTEGER NOT NULL,
  is_counted INTEGER NOT NULL,
  PRIMARY KEY (callback, n)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS faults (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  path TEXT NOT NULL,
  owner TEXT NOT NULL,
  errcode INTEGER NOT NULL,
  http_status INTEGER NOT NULL,
  code TEXT NOT NULL,
  shift_ms INTEGER NOT NULL,
  remaining INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS calls (
  id INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  rid TEXT NOT NULL,
  method TEXT NOT NULL,
  path TEXT NOT NULL,
  caller TEXT NOT NULL,
  http_status INTEGER NOT NULL,
  code TEXT NOT NULL,
  request TEXT NOT NULL,
  reply TEXT NOT NULL
);
