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

CREATE TABLE IF NOT EXISTS media (
  media_id TEXT PRIMARY KEY,
  appid TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  content_type TEXT NOT NULL,
  content BLOB NOT NULL,
  title TEXT NOT NULL,
  introduction TEXT NOT NULL,
  url TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS media_kept ON media (appid, kind, created_ms) WHERE expires_ms IS NULL;
CREATE INDEX IF NOT EXISTS media_urls ON media (url) WHERE url != '';

CREATE TABLE IF NOT EXISTS draft_marks (
  media_id TEXT PRIMARY KEY,
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL,
  refusal INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS publish_outcomes (
  appid TEXT PRIMARY KEY,
  status INTEGER NOT NULL,
  fail_idx TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS publication_ends (
  publish_id TEXT PRIMARY KEY,
  fail_idx TEXT NOT NULL DEFAULT '',
  finished_ms INTEGER NOT NULL,
  deleted_idx TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS linked_mini_programs (
  appid TEXT NOT NULL,
  mini_program TEXT NOT NULL,
  PRIMARY KEY (appid, mini_program)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS comment_rooms (
  appid TEXT NOT NULL,
  msgid TEXT NOT NULL,
  is_open INTEGER NOT NULL,
  PRIMARY KEY (appid, msgid)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS comments (
  appid TEXT NOT NULL,
  msgid TEXT NOT NULL,
  number INTEGER NOT NULL,
  openid TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  content TEXT NOT NULL,
  is_elected INTEGER NOT NULL DEFAULT 0,
  is_deleted INTEGER NOT NULL DEFAULT 0,
  reply TEXT NOT NULL DEFAULT '',
  replied_ms INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (appid, msgid, number)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS article_hours (
  appid TEXT NOT NULL,
  day TEXT NOT NULL,
  hour INTEGER NOT NULL,
  scene TEXT NOT NULL,
  read_user INTEGER NOT NULL DEFAULT 0,
  share_user INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (appid, day, hour, scene)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS follow_days (
  appid TEXT NOT NULL,
  day TEXT NOT NULL,
  user_source INTEGER NOT NULL,
  new_user INTEGER NOT NULL DEFAULT 0,
  cancel_user INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (appid, day, user_source)
) WITHOUT ROWID;
