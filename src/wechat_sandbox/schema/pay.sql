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
  trade_type TEXT NOT NULL DEFAULT 'JSAPI',
  combined INTEGER REFERENCES combined_orders (id),
  is_shared INTEGER NOT NULL DEFAULT 0,
  held_fen INTEGER NOT NULL DEFAULT 0,
  UNIQUE (mchid, out_trade_no)
);
CREATE INDEX IF NOT EXISTS payments_of ON payments (combined) WHERE combined IS NOT NULL;
CREATE INDEX IF NOT EXISTS payments_paid ON payments (mchid, paid_ms) WHERE paid_ms IS NOT NULL;

CREATE TABLE IF NOT EXISTS combined_orders (
  id INTEGER PRIMARY KEY,
  mchid TEXT NOT NULL,
  out_trade_no TEXT NOT NULL,
  appid TEXT NOT NULL,
  openid TEXT NOT NULL,
  device_id TEXT NOT NULL,
  notify_url TEXT NOT NULL,
  trade_type TEXT NOT NULL,
  prepay_id TEXT NOT NULL UNIQUE,
  prepaid_ms INTEGER NOT NULL,
  transaction_id TEXT UNIQUE,
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
  abnormal_ms INTEGER,
  closed_ms INTEGER,
  received_at TEXT NOT NULL,
  UNIQUE (mchid, out_refund_no)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS refunds_of ON refunds (payment);
CREATE INDEX IF NOT EXISTS refunds_begun ON refunds (mchid, created_ms);

-- Every change of a merchant's balance, in order; the sum is merchants.balance_fen.
CREATE TABLE IF NOT EXISTS fund_flows (
  id INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  mchid TEXT NOT NULL,
  kind TEXT NOT NULL,
  business_no TEXT NOT NULL,
  voucher TEXT NOT NULL,
  fen INTEGER NOT NULL,
  balance_fen INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS fund_flows_of ON fund_flows (mchid, at_ms);

CREATE TABLE IF NOT EXISTS share_receivers (
  mchid TEXT NOT NULL,
  kind TEXT NOT NULL,
  account TEXT NOT NULL,
  PRIMARY KEY (mchid, kind, account)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS share_orders (
  order_id TEXT PRIMARY KEY,
  mchid TEXT NOT NULL,
  out_order_no TEXT NOT NULL,
  payment INTEGER NOT NULL REFERENCES payments (id),
  receivers TEXT NOT NULL,
  shared_fen INTEGER NOT NULL,
  asked TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  UNIQUE (mchid, out_order_no)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS share_orders_of ON share_orders (payment);

CREATE TABLE IF NOT EXISTS bill_links (
  token TEXT PRIMARY KEY,
  mchid TEXT NOT NULL,
  kind TEXT NOT NULL,
  day TEXT NOT NULL,
  is_gzip INTEGER NOT NULL,
  made_ms INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS merchant_rules (
  mchid TEXT PRIMARY KEY,
  closed_products TEXT NOT NULL,
  most_fen INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS dead_cards (person TEXT PRIMARY KEY) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS key_switches (
  mchid TEXT PRIMARY KEY,
  begun_ms INTEGER NOT NULL
) WITHOUT ROWID;

-- A successor of the platform certificate: downloadable from listed_ms, signs ever more from grows_ms, alone from sole_ms.
CREATE TABLE IF NOT EXISTS certificate_renewals (
  generation INTEGER PRIMARY KEY,
  listed_ms INTEGER NOT NULL,
  grows_ms INTEGER NOT NULL,
  sole_ms INTEGER NOT NULL
);
