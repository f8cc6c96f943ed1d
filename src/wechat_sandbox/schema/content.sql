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
