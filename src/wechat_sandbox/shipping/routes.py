"""Every shipping API."""

from wechat_sandbox.shipping import filings, queries, uploads

ROUTES = (*uploads.ROUTES, *queries.ROUTES, *filings.ROUTES)
