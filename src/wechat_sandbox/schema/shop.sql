CREATE TABLE IF NOT EXISTS shop_products (
  product_id TEXT PRIMARY KEY,
  appid TEXT NOT NULL,
  out_product_id TEXT NOT NULL,
  title TEXT NOT NULL,
  head_img TEXT NOT NULL,
  status INTEGER NOT NULL,
  created_ms INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS shop_skus (
  sku_id TEXT PRIMARY KEY,
  product_id TEXT NOT NULL,
  out_sku_id TEXT NOT NULL,
  sku_code TEXT NOT NULL,
  price_fen INTEGER NOT NULL,
  stock INTEGER NOT NULL,
  attrs TEXT NOT NULL,
  presale_days INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS shop_skus_of ON shop_skus (product_id, sku_id);

CREATE TABLE IF NOT EXISTS shop_orders (
  order_id INTEGER PRIMARY KEY,
  appid TEXT NOT NULL,
  openid TEXT NOT NULL,
  status INTEGER NOT NULL,
  lines TEXT NOT NULL,
  address TEXT NOT NULL,
  notes TEXT NOT NULL,
  total_fen INTEGER NOT NULL,
  deliveries TEXT NOT NULL DEFAULT '[]',
  transaction_id TEXT NOT NULL DEFAULT '',
  created_s INTEGER NOT NULL,
  updated_s INTEGER NOT NULL,
  paid_s INTEGER,
  shipped_s INTEGER,
  confirmed_s INTEGER,
  settled_s INTEGER
);
CREATE INDEX IF NOT EXISTS shop_orders_created ON shop_orders (appid, created_s, order_id);

CREATE TABLE IF NOT EXISTS shop_aftersales (
  aftersale_id TEXT PRIMARY KEY,
  order_id INTEGER NOT NULL REFERENCES shop_orders (order_id),
  appid TEXT NOT NULL,
  openid TEXT NOT NULL,
  kind TEXT NOT NULL,
  status TEXT NOT NULL,
  product_id TEXT NOT NULL,
  sku_id TEXT NOT NULL,
  quantity INTEGER NOT NULL,
  refund_fen INTEGER NOT NULL,
  reason TEXT NOT NULL,
  created_s INTEGER NOT NULL,
  updated_s INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS shop_aftersales_of ON shop_aftersales (order_id);
