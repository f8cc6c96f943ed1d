"""The face by subject: each file is what WeChat offers on one, field by field as WeChat names it, over any `Line`."""
