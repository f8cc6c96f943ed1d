CREATE TABLE IF NOT EXISTS live_rooms (
  roomid INTEGER PRIMARY KEY,
  appid TEXT NOT NULL,
  asked TEXT NOT NULL,
  start_s INTEGER NOT NULL,
  end_s INTEGER NOT NULL,
  live_status INTEGER NOT NULL,
  replay TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS live_rooms_of ON live_rooms (appid, roomid);

CREATE TABLE IF NOT EXISTS live_goods (
  goods_id INTEGER PRIMARY KEY,
  appid TEXT NOT NULL,
  audit_id INTEGER NOT NULL,
  asked TEXT NOT NULL,
  audit_status INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS live_room_goods (
  roomid INTEGER NOT NULL REFERENCES live_rooms (roomid),
  goods_id INTEGER NOT NULL REFERENCES live_goods (goods_id),
  PRIMARY KEY (roomid, goods_id)
) WITHOUT ROWID;
