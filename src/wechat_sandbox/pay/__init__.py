"""WeChat Pay v3: merchants and keys, signatures, JSAPI payments, refunds, certificates, notices."""
