CREATE TABLE IF NOT EXISTS parcel_steps (
  waybill_id TEXT NOT NULL,
  n INTEGER NOT NULL,
  delivery_id TEXT NOT NULL,
  at_s INTEGER NOT NULL,
  action_type INTEGER NOT NULL,
  action_msg TEXT NOT NULL,
  PRIMARY KEY (waybill_id, n)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS express_accounts (
  appid TEXT NOT NULL,
  delivery_id TEXT NOT NULL,
  biz_id TEXT NOT NULL,
  status_code INTEGER NOT NULL,
  remark TEXT NOT NULL,
  remark_wrong TEXT NOT NULL,
  quota_num INTEGER NOT NULL,
  created_s INTEGER NOT NULL,
  updated_s INTEGER NOT NULL,
  PRIMARY KEY (appid, delivery_id, biz_id)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS waybills (
  delivery_id TEXT NOT NULL,
  waybill_id TEXT NOT NULL,
  appid TEXT NOT NULL,
  order_id TEXT NOT NULL,
  openid TEXT NOT NULL,
  add_source INTEGER NOT NULL,
  biz_id TEXT NOT NULL,
  shop TEXT NOT NULL,
  is_cancelled INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (delivery_id, waybill_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS waybills_of ON waybills (appid, order_id);

CREATE TABLE IF NOT EXISTS printers (
  appid TEXT NOT NULL,
  openid TEXT NOT NULL,
  tagids TEXT NOT NULL,
  PRIMARY KEY (appid, openid)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS tracked_waybills (
  token TEXT PRIMARY KEY,
  appid TEXT NOT NULL,
  openid TEXT NOT NULL,
  waybill_id TEXT NOT NULL,
  delivery_id TEXT NOT NULL,
  is_followed INTEGER NOT NULL,
  goods TEXT NOT NULL,
  path TEXT NOT NULL,
  UNIQUE (appid, openid, waybill_id, is_followed)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tracked_waybill ON tracked_waybills (waybill_id);

CREATE TABLE IF NOT EXISTS returns (
  return_id TEXT PRIMARY KEY,
  appid TEXT NOT NULL,
  shop_order_id TEXT NOT NULL,
  openid TEXT NOT NULL,
  status INTEGER NOT NULL,
  waybill_id TEXT NOT NULL,
  delivery_id TEXT NOT NULL,
  is_unbound INTEGER NOT NULL DEFAULT 0,
  UNIQUE (appid, shop_order_id)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS city_stores (
  wx_store_id TEXT PRIMARY KEY,
  appid TEXT NOT NULL,
  out_store_id TEXT NOT NULL,
  store_name TEXT NOT NULL,
  order_pattern INTEGER NOT NULL,
  service_trans_prefer TEXT NOT NULL,
  address TEXT NOT NULL,
  balance_fen INTEGER NOT NULL DEFAULT 0,
  UNIQUE (appid, out_store_id)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS city_rights (appid TEXT PRIMARY KEY) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS city_orders (
  wx_order_id TEXT PRIMARY KEY,
  appid TEXT NOT NULL,
  wx_store_id TEXT NOT NULL,
  store_order_id TEXT NOT NULL,
  openid TEXT NOT NULL,
  is_sandbox INTEGER NOT NULL,
  asked TEXT NOT NULL,
  callback_url TEXT NOT NULL,
  order_status INTEGER NOT NULL,
  fee_fen INTEGER NOT NULL,
  deduct_fen INTEGER NOT NULL DEFAULT 0,
  distance_m INTEGER NOT NULL,
  times TEXT NOT NULL,
  UNIQUE (wx_store_id, store_order_id)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS local_orders (
  appid TEXT NOT NULL,
  shopid TEXT NOT NULL,
  shop_order_id TEXT NOT NULL,
  delivery_id TEXT NOT NULL,
  openid TEXT NOT NULL,
  waybill_id TEXT NOT NULL,
  order_status INTEGER NOT NULL,
  tips_yuan INTEGER NOT NULL DEFAULT 0,
  fee_fen INTEGER NOT NULL,
  PRIMARY KEY (appid, shop_order_id)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS local_shops (
  appid TEXT NOT NULL,
  shopid TEXT NOT NULL,
  delivery_id TEXT NOT NULL,
  app_secret TEXT NOT NULL,
  PRIMARY KEY (appid, shopid)
) WITHOUT ROWID;
