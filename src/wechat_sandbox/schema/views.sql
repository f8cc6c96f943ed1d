CREATE INDEX IF NOT EXISTS payments_of ON payments (appid, openid, id);
CREATE INDEX IF NOT EXISTS followers_of ON openids (appid) WHERE is_follower = 1;
CREATE INDEX IF NOT EXISTS openids_of ON openids (person);

CREATE TABLE IF NOT EXISTS sayings (
  id INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  appid TEXT NOT NULL,
  person TEXT NOT NULL,
  content TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS sayings_of ON sayings (person, id);
