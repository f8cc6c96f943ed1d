"""The APIs of what an account publishes and of what is counted, subject by subject."""

from wechat_sandbox.content import articles, comments, drafts, media
from wechat_sandbox.content.datacube import articles as article_statistics
from wechat_sandbox.content.datacube import followers, legacy, traffic, trends, visitors

ROUTES = (
    *media.ROUTES,
    *drafts.ROUTES,
    *articles.ROUTES,
    *comments.ROUTES,
    *article_statistics.ROUTES,
    *legacy.ROUTES,
    *followers.ROUTES,
    *traffic.ROUTES,
    *trends.ROUTES,
    *visitors.ROUTES,
)
