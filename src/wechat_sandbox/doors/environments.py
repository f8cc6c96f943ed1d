"""What a program needs in its environment to take the sandbox for WeChat, language by language, and nothing in its code."""

import shlex
from collections.abc import Mapping

from wechat_sandbox.doors.authority import TRUSTSTORE_PASSWORD
from wechat_sandbox.doors.hosts import PRELOAD
from wechat_sandbox.doors.proxy import Address
from wechat_sandbox.doors.serving import Opened

LOOPBACK = "localhost,127.0.0.1,::1"


def variables(opened: Opened) -> Mapping[str, Mapping[str, str]]:
    """Environment variables by language: `python`, `node`, `go_dotnet_curl`, `php`, `java`."""
    proxy, ca = url(opened.proxy), str(opened.certificates.ca)
    proxied = {"HTTPS_PROXY": proxy, "http_proxy": proxy, "NO_PROXY": LOOPBACK}
    return {
        "python": {**proxied, "REQUESTS_CA_BUNDLE": ca, "SSL_CERT_FILE": ca},
        "node": {
            "NODE_EXTRA_CA_CERTS": ca,
            "NODE_OPTIONS": f"-r {PRELOAD}",
            "WECHAT_SANDBOX_TLS": netloc(opened.tls),
            "WECHAT_SANDBOX_HTTP": netloc(opened.http),
        },
        "go_dotnet_curl": {**proxied, "SSL_CERT_FILE": ca, "CURL_CA_BUNDLE": ca},
        "php": {**proxied, "CURL_CA_BUNDLE": ca, "SSL_CERT_FILE": ca},
        "java": {"JAVA_TOOL_OPTIONS": " ".join(_java(opened))},
    }


def shell_lines(opened: Opened) -> str:
    """The same as lines for a shell, and the forms that are no environment variables."""
    known = variables(opened)
    ca = opened.certificates.ca
    return "\n".join(
        (
            "# Python: requests, httpx, aiohttp with trust_env, wechatpy, wechatpayv3",
            _exported(known["python"]),
            "# Node: every client, https and fetch",
            _exported(known["node"]),
            "# Go, .NET on Linux, curl",
            _exported(known["go_dotnet_curl"]),
            "# PHP: Guzzle, EasyWeChat; started as",
            _exported(known["php"]),
            f"php -d curl.cainfo={ca} -d openssl.cafile={ca} app.php",
            "# Java",
            _exported(known["java"]),
        )
    )


def url(address: Address) -> str:
    """The plain-HTTP URL of a door."""
    return f"http://{netloc(address)}"


def netloc(address: Address) -> str:
    """host:port, with brackets about an IPv6 address."""
    return f"[{address.host}]:{address.port}" if ":" in address.host else f"{address.host}:{address.port}"


def _java(opened: Opened) -> tuple[str, ...]:
    host, port = opened.proxy.host, opened.proxy.port
    return (
        f"-Dhttps.proxyHost={host}",
        f"-Dhttps.proxyPort={port}",
        f"-Dhttp.proxyHost={host}",
        f"-Dhttp.proxyPort={port}",
        "-Dhttp.nonProxyHosts=localhost|127.*|[::1]",
        f"-Djavax.net.ssl.trustStore={opened.certificates.truststore}",
        "-Djavax.net.ssl.trustStoreType=PKCS12",
        f"-Djavax.net.ssl.trustStorePassword={TRUSTSTORE_PASSWORD}",
    )


def _exported(wanted: Mapping[str, str]) -> str:
    return "export " + " ".join(f"{name}={shlex.quote(value)}" for name, value in wanted.items())
