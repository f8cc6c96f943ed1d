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
