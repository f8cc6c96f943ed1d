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
CREATE TABLE IF NOT EXISTS login_codes (
  code TEXT PRIMARY KEY,
  appid TEXT NOT NULL,
  openid TEXT NOT NULL,
  issued_ms INTEGER NOT NULL,
  is_used INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS templates (
  appid TEXT NOT NULL,
  template_id TEXT NOT NULL,
  title TEXT NOT NULL,
  kind TEXT NOT NULL,
  fields TEXT NOT NULL,
  PRIMARY KEY (appid, template_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS consents (
  appid TEXT NOT NULL,
  openid TEXT NOT NULL,
  template_id TEXT NOT NULL,
  remaining INTEGER NOT NULL,
  PRIMARY KEY (appid, openid, template_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cards (
  appid TEXT NOT NULL,
  openid TEXT NOT NULL,
  notify_type INTEGER NOT NULL,
  notify_code TEXT NOT NULL,
  cur_status INTEGER NOT NULL,
  content_json TEXT NOT NULL,
  expires_ms INTEGER NOT NULL,
  PRIMARY KEY (appid, openid, notify_type, notify_code)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS messages (
  id INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  appid TEXT NOT NULL,
  openid TEXT NOT NULL,
  person TEXT NOT NULL,
  kind TEXT NOT NULL,
  template_id TEXT NOT NULL,
  page TEXT NOT NULL,
  content TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS messages_of ON messages (person, id);

CREATE TABLE IF NOT EXISTS drafts (
  media_id TEXT PRIMARY KEY,
  appid TEXT NOT NULL,
  articles TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS publications (
  publish_id TEXT PRIMARY KEY,
  appid TEXT NOT NULL,
  msg_data_id TEXT NOT NULL,
  media_id TEXT NOT NULL,
  article_id TEXT NOT NULL,
  articles TEXT NOT NULL,
  publish_type INTEGER NOT NULL,
  status INTEGER NOT NULL,
  submitted_ms INTEGER NOT NULL,
  published_day TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS article_days (
  appid TEXT NOT NULL,
  msgid TEXT NOT NULL,
  day TEXT NOT NULL,
  scene TEXT NOT NULL,
  read_user INTEGER NOT NULL DEFAULT 0,
  share_user INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (appid, day, msgid, scene)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS article_readers (
  msgid TEXT NOT NULL,
  day TEXT NOT NULL,
  person TEXT NOT NULL,
  verb TEXT NOT NULL,
  PRIMARY KEY (msgid, day, person, verb)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS keys (
  name TEXT PRIMARY KEY,
  private_pem TEXT NOT NULL,
  public_pem TEXT NOT NULL,
  certificate_pem TEXT NOT NULL,
  serial TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS merchants (
  mchid TEXT PRIMARY KEY,
  appids TEXT NOT NULL,
  serial TEXT NOT NULL,
  public_pem TEXT NOT NULL,
  apiv3_key TEXT NOT NULL,
  key_mode TEXT NOT NULL,
  public_key_id TEXT NOT NULL,
  switched_ratio REAL NOT NULL,
  balance_fen INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS payments (
  id INTEGER PRIMARY KEY,
  mchid TEXT NOT NULL,
  out_trade_no TEXT NOT NULL,
  appid TEXT NOT NULL,
  openid TEXT NOT NULL,
  description TEXT NOT NULL,
  attach TEXT NOT NULL,
  notify_url TEXT NOT NULL,
  total_fen INTEGER NOT NULL,
  prepay_id TEXT NOT NULL UNIQUE,
  prepaid_ms INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  trade_state TEXT NOT NULL,
  transaction_id TEXT UNIQUE,
  paid_ms INTEGER,
  is_settled INTEGER NOT NULL DEFAULT 0,
  UNIQUE (mchid, out_trade_no)
);
CREATE TABLE IF NOT EXISTS refunds (
  refund_id TEXT PRIMARY KEY,
  mchid TEXT NOT NULL,
  out_refund_no TEXT NOT NULL,
  payment INTEGER NOT NULL REFERENCES payments (id),
  refund_fen INTEGER NOT NULL,
  reason TEXT NOT NULL,
  notify_url TEXT NOT NULL,
  status TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  success_ms INTEGER,
  UNIQUE (mchid, out_refund_no)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS refunds_of ON refunds (payment);

CREATE TABLE IF NOT EXISTS shipments (
  payment INTEGER PRIMARY KEY REFERENCES payments (id),
  order_state INTEGER NOT NULL,
  logistics_type INTEGER NOT NULL DEFAULT 0,
  delivery_mode INTEGER NOT NULL DEFAULT 0,
  packages TEXT NOT NULL DEFAULT '[]',
  finished_count INTEGER NOT NULL DEFAULT 0,
  is_reshipped INTEGER NOT NULL DEFAULT 0,
  upload_ms INTEGER NOT NULL DEFAULT 0,
  shipped_ms INTEGER,
  confirmed_ms INTEGER,
  settled_ms INTEGER,
  special_type INTEGER NOT NULL DEFAULT 0,
  delay_to_s INTEGER
);

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
