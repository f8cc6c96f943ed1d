"""发货信息管理: the money of a mini-program's orders is frozen until they are shipped and received."""
