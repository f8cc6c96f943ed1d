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
