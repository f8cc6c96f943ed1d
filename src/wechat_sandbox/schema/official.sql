CREATE TABLE IF NOT EXISTS followings (
  nth INTEGER PRIMARY KEY,
  appid TEXT NOT NULL,
  openid TEXT NOT NULL,
  subscribed_ms INTEGER NOT NULL,
  subscribe_scene TEXT NOT NULL,
  qr_scene INTEGER NOT NULL,
  qr_scene_str TEXT NOT NULL,
  remark TEXT NOT NULL DEFAULT '',
  UNIQUE (appid, openid)
);
CREATE INDEX IF NOT EXISTS followings_in_order ON followings (appid, nth);

CREATE TABLE IF NOT EXISTS blacklist (
  nth INTEGER PRIMARY KEY,
  appid TEXT NOT NULL,
  openid TEXT NOT NULL,
  UNIQUE (appid, openid)
);

CREATE TABLE IF NOT EXISTS refusals (
  appid TEXT NOT NULL,
  openid TEXT NOT NULL,
  template_id TEXT NOT NULL,
  PRIMARY KEY (appid, openid, template_id)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS tags (
  appid TEXT NOT NULL,
  tag_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (appid, tag_id)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS tagged (
  nth INTEGER PRIMARY KEY,
  appid TEXT NOT NULL,
  tag_id INTEGER NOT NULL,
  openid TEXT NOT NULL,
  UNIQUE (appid, tag_id, openid)
);
CREATE INDEX IF NOT EXISTS tagged_persons ON tagged (appid, openid);

CREATE TABLE IF NOT EXISTS menus (
  menuid INTEGER NOT NULL,
  appid TEXT NOT NULL,
  buttons TEXT NOT NULL,
  match_tag_id INTEGER,
  match_platform TEXT NOT NULL DEFAULT '',
  is_default INTEGER NOT NULL,
  PRIMARY KEY (appid, menuid)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS qrcodes (
  ticket TEXT PRIMARY KEY,
  appid TEXT NOT NULL,
  scene_id INTEGER NOT NULL,
  scene_str TEXT NOT NULL,
  url TEXT NOT NULL,
  expires_ms INTEGER
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS qrcodes_permanent ON qrcodes (appid, scene_id, scene_str) WHERE expires_ms IS NULL;

CREATE TABLE IF NOT EXISTS web_codes (
  code TEXT PRIMARY KEY,
  appid TEXT NOT NULL,
  openid TEXT NOT NULL,
  scope TEXT NOT NULL,
  issued_ms INTEGER NOT NULL,
  is_used INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS web_tokens (
  token TEXT PRIMARY KEY,
  refresh_token TEXT NOT NULL,
  appid TEXT NOT NULL,
  openid TEXT NOT NULL,
  scope TEXT NOT NULL,
  expires_ms INTEGER NOT NULL,
  refresh_expires_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS web_tokens_of ON web_tokens (refresh_token);

CREATE TABLE IF NOT EXISTS web_domains (
  appid TEXT NOT NULL,
  domain TEXT NOT NULL,
  PRIMARY KEY (appid, domain)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS tickets (
  appid TEXT NOT NULL,
  type TEXT NOT NULL,
  ticket TEXT NOT NULL,
  expires_ms INTEGER NOT NULL,
  PRIMARY KEY (appid, type)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS industries (
  appid TEXT PRIMARY KEY,
  primary_id INTEGER NOT NULL,
  secondary_id INTEGER NOT NULL,
  changed_ms INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS message_templates (
  nth INTEGER PRIMARY KEY,
  appid TEXT NOT NULL,
  template_id TEXT NOT NULL,
  title TEXT NOT NULL,
  primary_industry TEXT NOT NULL,
  deputy_industry TEXT NOT NULL,
  content TEXT NOT NULL,
  example TEXT NOT NULL DEFAULT '',
  UNIQUE (appid, template_id)
);

CREATE TABLE IF NOT EXISTS template_sends (
  appid TEXT NOT NULL,
  openid TEXT NOT NULL,
  client_msg_id TEXT NOT NULL,
  msgid INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (appid, openid, client_msg_id)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS one_time_consents (
  appid TEXT NOT NULL,
  openid TEXT NOT NULL,
  template_id TEXT NOT NULL,
  scene INTEGER NOT NULL,
  PRIMARY KEY (appid, openid, template_id, scene)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS windows (
  appid TEXT NOT NULL,
  openid TEXT NOT NULL,
  cause TEXT NOT NULL,
  opened_ms INTEGER NOT NULL,
  closes_ms INTEGER NOT NULL,
  remaining INTEGER NOT NULL,
  PRIMARY KEY (appid, openid, cause)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS typing (
  appid TEXT NOT NULL,
  openid TEXT NOT NULL,
  until_ms INTEGER NOT NULL,
  PRIMARY KEY (appid, openid)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS kf_staff (
  appid TEXT NOT NULL,
  kf_account TEXT NOT NULL,
  kf_id INTEGER NOT NULL,
  nickname TEXT NOT NULL,
  is_online INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (appid, kf_account)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS kf_sessions (
  appid TEXT NOT NULL,
  openid TEXT NOT NULL,
  kf_account TEXT NOT NULL,
  since_ms INTEGER NOT NULL,
  PRIMARY KEY (appid, openid)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS coupons (
  appid TEXT NOT NULL,
  card_id TEXT NOT NULL,
  title TEXT NOT NULL,
  PRIMARY KEY (appid, card_id)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS mass_jobs (
  msg_id INTEGER PRIMARY KEY,
  appid TEXT NOT NULL,
  msg_data_id INTEGER NOT NULL,
  client_msg_id TEXT NOT NULL,
  msgtype TEXT NOT NULL,
  content TEXT NOT NULL,
  media_id TEXT NOT NULL,
  filter TEXT NOT NULL,
  is_to_all INTEGER NOT NULL,
  submitted_ms INTEGER NOT NULL,
  day TEXT NOT NULL,
  month TEXT NOT NULL,
  status TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS mass_jobs_of ON mass_jobs (appid, client_msg_id, submitted_ms);
CREATE INDEX IF NOT EXISTS mass_jobs_days ON mass_jobs (appid, day);

CREATE TABLE IF NOT EXISTS mass_received (
  appid TEXT NOT NULL,
  openid TEXT NOT NULL,
  month TEXT NOT NULL,
  received INTEGER NOT NULL,
  PRIMARY KEY (appid, openid, month)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS mass_refused (
  appid TEXT NOT NULL,
  client_msg_id TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (appid, client_msg_id)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS mass_speeds (
  appid TEXT PRIMARY KEY,
  speed INTEGER NOT NULL
) WITHOUT ROWID;
