CREATE INDEX IF NOT EXISTS payments_of ON payments (appid, openid, id);
CREATE INDEX IF NOT EXISTS openids_of ON openids (person);
