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
  delay_to_s INTEGER,
  overdue_ms INTEGER,
  reminded_ms INTEGER
);

CREATE TABLE IF NOT EXISTS trade_paths (
  appid TEXT PRIMARY KEY,
  message_path TEXT NOT NULL DEFAULT '',
  order_path TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
