CREATE TABLE IF NOT EXISTS platforms (
  appid TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  secret TEXT NOT NULL,
  token TEXT NOT NULL,
  aes_key TEXT NOT NULL,
  ticket_url TEXT NOT NULL,
  message_url TEXT NOT NULL,
  sets TEXT NOT NULL,
  ips TEXT NOT NULL,
  pushes_tickets INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS platform_tickets (
  ticket TEXT PRIMARY KEY,
  platform TEXT NOT NULL,
  issued_ms INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS preauth_codes (
  code TEXT PRIMARY KEY,
  platform TEXT NOT NULL,
  issued_ms INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS authorizations (
  platform TEXT NOT NULL,
  appid TEXT NOT NULL,
  refresh_token TEXT NOT NULL,
  sets TEXT NOT NULL,
  granted_ms INTEGER NOT NULL,
  PRIMARY KEY (platform, appid)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS authorizations_of ON authorizations (appid, granted_ms);

CREATE TABLE IF NOT EXISTS authorization_codes (
  code TEXT PRIMARY KEY,
  platform TEXT NOT NULL,
  appid TEXT NOT NULL,
  issued_ms INTEGER NOT NULL,
  is_used INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS authorizer_options (
  appid TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (appid, name)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS open_accounts (
  open_appid TEXT PRIMARY KEY,
  principal TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS principals (
  appid TEXT PRIMARY KEY,
  principal TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS privacy_guides (
  appid TEXT NOT NULL,
  version INTEGER NOT NULL,
  owner TEXT NOT NULL,
  settings TEXT NOT NULL,
  updated_s INTEGER NOT NULL,
  PRIMARY KEY (appid, version)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS privacy_files (
  media_id TEXT PRIMARY KEY,
  appid TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS privacy_interfaces (
  appid TEXT NOT NULL,
  api_name TEXT NOT NULL,
  audit_id INTEGER NOT NULL,
  applied_s INTEGER NOT NULL,
  status INTEGER NOT NULL,
  fail_reason TEXT NOT NULL,
  PRIMARY KEY (appid, api_name)
) WITHOUT ROWID;
