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

CREATE TABLE IF NOT EXISTS sessions (
  appid TEXT NOT NULL,
  openid TEXT NOT NULL,
  session_key TEXT NOT NULL,
  PRIMARY KEY (appid, openid)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS risk_ranks (person TEXT PRIMARY KEY, rank INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS phone_numbers (person TEXT PRIMARY KEY, number TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS phone_codes (
  code TEXT PRIMARY KEY,
  appid TEXT NOT NULL,
  person TEXT NOT NULL,
  issued_ms INTEGER NOT NULL,
  is_used INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS phone_checks (appid TEXT PRIMARY KEY, asked INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS visits (
  id INTEGER PRIMARY KEY,
  appid TEXT NOT NULL,
  openid TEXT NOT NULL,
  session INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  day TEXT NOT NULL,
  page TEXT NOT NULL,
  scene INTEGER NOT NULL,
  stay_s INTEGER NOT NULL,
  shares INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS visits_of ON visits (appid, openid, id);
CREATE INDEX IF NOT EXISTS visits_on ON visits (appid, day);

CREATE TABLE IF NOT EXISTS pages (
  appid TEXT NOT NULL,
  page TEXT NOT NULL,
  PRIMARY KEY (appid, page)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS mini_program_flags (
  appid TEXT NOT NULL,
  flag TEXT NOT NULL,
  PRIMARY KEY (appid, flag)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS links (
  link TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  appid TEXT NOT NULL,
  path TEXT NOT NULL,
  query TEXT NOT NULL,
  env_version TEXT NOT NULL,
  image TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS links_made ON links (appid, created_ms);
CREATE INDEX IF NOT EXISTS links_drawn ON links (image) WHERE image != '';

CREATE TABLE IF NOT EXISTS template_enums (
  template_id TEXT NOT NULL,
  field TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (template_id, field, value)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS last_seen (
  appid TEXT NOT NULL,
  openid TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (appid, openid)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS personal_templates (
  template_id TEXT PRIMARY KEY,
  appid TEXT NOT NULL,
  tid INTEGER NOT NULL,
  title TEXT NOT NULL,
  content TEXT NOT NULL,
  example TEXT NOT NULL,
  scene TEXT NOT NULL,
  added_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS personal_templates_of ON personal_templates (appid, added_ms);

CREATE TABLE IF NOT EXISTS banned_templates (tid INTEGER PRIMARY KEY);

CREATE TABLE IF NOT EXISTS words_judged (
  word TEXT PRIMARY KEY,
  label INTEGER NOT NULL,
  suggest TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS media_checks (
  trace_id TEXT PRIMARY KEY,
  appid TEXT NOT NULL,
  openid TEXT NOT NULL,
  version INTEGER NOT NULL,
  media_url TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS cloud_envs (
  appid TEXT NOT NULL,
  env TEXT NOT NULL,
  PRIMARY KEY (appid, env)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS cloud_functions (
  env TEXT NOT NULL,
  name TEXT NOT NULL,
  answer TEXT NOT NULL,
  PRIMARY KEY (env, name)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS cloud_documents (
  n INTEGER PRIMARY KEY,
  env TEXT NOT NULL,
  collection TEXT NOT NULL,
  id TEXT NOT NULL,
  document TEXT NOT NULL,
  UNIQUE (env, collection, id)
);

CREATE TABLE IF NOT EXISTS cloud_collections (
  env TEXT NOT NULL,
  collection TEXT NOT NULL,
  PRIMARY KEY (env, collection)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS cloud_files (
  env TEXT NOT NULL,
  path TEXT NOT NULL,
  content BLOB,
  PRIMARY KEY (env, path)
) WITHOUT ROWID;
