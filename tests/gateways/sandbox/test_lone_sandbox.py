"""The doors of the sandbox served alone: WeChat's hosts and no other, trusted by those who ask for it, gone on a signal."""

import json
import shutil
import socket
import ssl
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement

from conformance.serving import ENDS_WITHIN_S, ROOT, Served, served, started
from wechat_sandbox.doors import PRELOAD, hosts
from wechat_sandbox.doors import authority as authorities
from wechat_sandbox.doors.proxy import NotCarriedError, read

TOKEN = "/cgi-bin/token?grant_type=client_credential&appid=wx0&secret=x"
FREE = ("--port", "0", "--tls-port", "0", "--proxy-port", "0")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("doors") / "keys"


@pytest.fixture(scope="module")
def sandbox(keys: Path) -> Iterator[Served]:
    with served(keys) as opened:
        yield opened


def through_the_proxy(sandbox: Served) -> httpx.Client:
    return httpx.Client(proxy=sandbox.proxy, verify=ssl.create_default_context(cafile=sandbox.ca), trust_env=False)


@pytest.mark.parametrize("host", hosts())
def test_every_host_of_wechat_answers_over_tls_through_the_proxy(sandbox: Served, host: str) -> None:
    with through_the_proxy(sandbox) as client:
        reply = client.get(f"https://{host}{TOKEN}")

    assert reply.json()["errcode"] == 40013


def test_the_tls_door_answers_without_a_proxy_to_whoever_names_a_host(sandbox: Served) -> None:
    context = ssl.create_default_context(cafile=sandbox.ca)
    host, port = sandbox.tls.rsplit(":", 1)

    with (
        socket.create_connection((host, int(port))) as plain,
        context.wrap_socket(plain, server_hostname="api.mch.weixin.qq.com") as tls,
    ):
        tls.sendall(b"GET /v3/certificates HTTP/1.0\r\nHost: api.mch.weixin.qq.com\r\n\r\n")
        answer = tls.recv(65_536)

    assert b" 401 " in answer.splitlines()[0]


def test_headers_have_wechats_spelling_on_the_wire(sandbox: Served) -> None:
    """wechatpay-java finds `Request-ID`, and not `request-id`."""
    with through_the_proxy(sandbox) as client:
        names = {name for name, _ in client.get("https://api.mch.weixin.qq.com/v3/certificates").headers.raw}

    assert {b"Request-ID", b"Content-Type"} <= names
    assert {b"request-id", b"content-type"} & names == set()


def test_plain_http_goes_through_the_proxy_too(sandbox: Served) -> None:
    with through_the_proxy(sandbox) as client:
        first = client.get(f"http://file.api.weixin.qq.com{TOKEN}")
        second = client.post("http://api.weixin.qq.com/cgi-bin/stable_token", json={"grant_type": "x"})

    assert (first.json()["errcode"], second.json()["errcode"]) == (40013, 40002)


@pytest.mark.parametrize(
    "url", ["https://example.com/", "http://example.com/", "https://api.weixin.qq.com.example.com/"]
)
def test_any_other_host_is_refused_and_told_why(sandbox: Served, url: str) -> None:
    with through_the_proxy(sandbox) as client:
        try:
            refused = client.get(url)
            status, why = str(refused.status_code), refused.text
        except httpx.ProxyError as error:
            status, why = str(error)[:3], ""

    assert status == "403"
    assert url.startswith("https") or "is not a host of WeChat" in why


def test_a_client_that_does_not_trust_the_authority_does_not_take_the_sandbox_for_wechat(sandbox: Served) -> None:
    with httpx.Client(proxy=sandbox.proxy, trust_env=False) as client, pytest.raises(httpx.ConnectError) as refusal:
        client.get(f"https://api.weixin.qq.com{TOKEN}")

    assert "CERTIFICATE_VERIFY_FAILED" in str(refusal.value)


def test_no_request_can_take_the_proxy_for_the_sandbox(sandbox: Served) -> None:
    direct = httpx.get(f"{sandbox.proxy}{TOKEN}", trust_env=False)

    assert direct.status_code == 400
    assert "this is a proxy" in direct.text


@given(head=st.binary(max_size=120))
def test_noise_is_refused_by_the_proxy_and_never_an_error(head: bytes) -> None:
    try:
        carriage = read(head + b"\r\n\r\n")
    except NotCarriedError:
        return

    assert carriage.wanted.port in range(65_536)


def test_a_head_is_carried_without_what_was_meant_for_the_proxy() -> None:
    asked = b"GET http://API.weixin.qq.com./x?a=1 HTTP/1.1\r\nHost: api.weixin.qq.com\r\nProxy-Authorization: x\r\n\r\n"

    carriage = read(asked)

    assert (carriage.wanted.host, carriage.wanted.port) == ("api.weixin.qq.com", 80)
    assert carriage.head == b"GET /x?a=1 HTTP/1.1\r\nHost: api.weixin.qq.com\r\nConnection: close\r\n\r\n"


def test_private_keys_are_for_their_owner_alone(sandbox: Served, keys: Path) -> None:
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in keys.iterdir()}

    assert modes == {"authority.pem": 0o600, "server.pem": 0o600, "ca.pem": 0o644, "truststore.p12": 0o644}
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700
    assert b"PRIVATE" not in Path(sandbox.ca).read_bytes()
    trusted = pkcs12.load_pkcs12((keys / "truststore.p12").read_bytes(), b"changeit")
    assert [found.certificate.subject for found in trusted.additional_certs] == [
        x509.load_pem_x509_certificate(Path(sandbox.ca).read_bytes()).subject
    ]


def test_the_authority_outlives_the_server_until_it_soon_expires(tmp_path: Path) -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    made = authorities.certificates(tmp_path, hosts=hosts(), now=now)
    first, server = made.ca.read_bytes(), made.server.read_bytes()

    authorities.certificates(tmp_path, hosts=hosts(), now=now + timedelta(days=3000))
    kept = made.ca.read_bytes()
    authorities.certificates(tmp_path, hosts=hosts(), now=now + timedelta(days=3300))

    assert kept == first
    assert made.server.read_bytes() != server
    assert made.ca.read_bytes() != first


def test_a_stolen_authority_cannot_pose_as_a_bank(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    made = authorities.certificates(tmp_path, hosts=("bank.example",), now=now)

    greeting = handshake(made.ca, made.server, "bank.example")

    assert "permitted subtree violation" in greeting
    authorities.certificates(tmp_path, hosts=hosts(), now=now)
    assert handshake(made.ca, made.server, "api.weixin.qq.com") == "trusted"


def handshake(ca: Path, server: Path, host: str) -> str:
    """What a strict client says of the server's certificate; no socket is needed for that."""
    there, here = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context(cafile=ca)
    there.load_cert_chain(server)
    here.verify_flags |= ssl.VERIFY_X509_STRICT
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = here.wrap_bio(down, up, server_hostname=host)
    answering = there.wrap_bio(up, down, server_side=True)
    for end in (client, answering, client):
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            continue
        except ssl.SSLCertVerificationError as error:
            return error.verify_message
    return "trusted"


def test_a_file_that_is_no_authority_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "authority.pem").write_text("my own notes")

    with pytest.raises(ValueError, match="PEM"):
        authorities.certificates(tmp_path, hosts=hosts(), now=datetime.now(UTC))

    assert (tmp_path / "authority.pem").read_text() == "my own notes"


def test_node_reaches_the_sandbox_by_a_preload_and_other_hosts_as_before(sandbox: Served) -> None:
    script = f"""
      const get = (door, url) => new Promise(done => require(door).get(url, r => {{
        let text = ''; r.on('data', d => text += d); r.on('end', () => done(JSON.parse(text).errcode ?? 'other')) }}))
      Promise.all([
        get('node:https', 'https://api.weixin.qq.com{TOKEN}'),
        get('node:http', 'http://file.api.weixin.qq.com{TOKEN}'),
        fetch('https://api2.weixin.qq.com{TOKEN}').then(r => r.json()).then(b => b.errcode),
        get('node:http', '{sandbox.http}/_sandbox/clock'),
        new Promise(done => require('node:net').connect(80, 'api.weixin.qq.com', function () {{ this.end(); done('met') }})),
      ]).then(found => console.log(JSON.stringify(found)))
    """
    node = shutil.which("node")
    assert node is not None

    ran = subprocess.run(
        [node, "-e", script],
        env=dict(sandbox.environment["node"]),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert json.loads(ran.stdout) == [40013, 40013, 40013, "other", "met"]


def test_a_taken_port_is_one_clear_error(sandbox: Served, tmp_path: Path) -> None:
    taken = sandbox.http.rsplit(":", 1)[1]

    process = started("--port", taken, "--tls-port", "0", "--proxy-port", "0", "--keys", str(tmp_path / "keys"))
    out, complaints = process.communicate(timeout=ENDS_WITHIN_S)

    assert (process.returncode, out) == (1, "")
    assert f"127.0.0.1:{taken}" in complaints
    assert "Traceback" not in complaints


def test_leaving_the_loopback_is_warned_of(tmp_path: Path) -> None:
    process = started(*FREE, "--host", "0.0.0.0", "--json", "--keys", str(tmp_path / "keys"))
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline())
    process.terminate()
    _, complaints = process.communicate(timeout=ENDS_WITHIN_S)

    assert process.returncode == 0
    assert "Warning: the sandbox listens on 0.0.0.0" in complaints
    assert ready["http"].startswith("http://127.0.0.1:")


def test_the_environment_is_told_as_lines_for_a_shell(tmp_path: Path) -> None:
    process = started(*FREE, "--keys", str(tmp_path / "keys"))
    assert process.stdout is not None
    told = [process.stdout.readline() for _ in range(13)]
    process.terminate()
    process.communicate(timeout=ENDS_WITHIN_S)

    exports = [line for line in told if line.startswith("export ")]
    assert len(exports) == 5
    for name in ("HTTPS_PROXY=", "REQUESTS_CA_BUNDLE=", "NODE_EXTRA_CA_CERTS=", "NODE_OPTIONS=", "JAVA_TOOL_OPTIONS="):
        assert any(name in line for line in exports)


def test_the_preload_file_is_told_and_exists() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "wechat_sandbox", "preload"],
        env={"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )

    assert Path(told.stdout.strip()) == PRELOAD
    assert PRELOAD.is_file()


def test_the_sandbox_alone_needs_five_libraries_and_what_these_need() -> None:
    script = """if True:
        import sys
        class Bare:
            def find_spec(self, name, path=None, target=None):
                if name.partition(".")[0] in sys.argv:
                    raise ModuleNotFoundError(name)
        sys.meta_path.insert(0, Bare())
        import wechat_sandbox.__main__
        print("works without", len(sys.argv) - 1)
    """
    needed = needed_by("httpx", "uvicorn", "cryptography", "msgspec", "segno")
    others = [name for name, homes in packages_distributions().items() if needed.isdisjoint(homes)]
    assert {"fastapi", "sqlalchemy", "numpy"} <= set(others)

    ran = subprocess.run(
        [sys.executable, "-c", script, *others, "roulian", "world"],
        env={"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.stdout == f"works without {len(others) + 2}\n", ran.stderr


def needed_by(*distributions: str) -> set[str]:
    """These and all they need without extras."""
    wanted = [Requirement(line) for name in distributions for line in requires(name) or ()]
    below = {found.name for found in wanted if found.marker is None or found.marker.evaluate({"extra": ""})}
    return {*distributions, *(needed_by(*below) if below else ())}


def test_an_open_tunnel_does_not_hold_the_sandbox_up(tmp_path: Path) -> None:
    with served(tmp_path / "keys") as sandbox:
        client = through_the_proxy(sandbox)
        client.get(f"https://api.weixin.qq.com{TOKEN}")

    with pytest.raises(httpx.HTTPError):
        client.get(f"https://api.weixin.qq.com{TOKEN}")
    client.close()


def test_a_switch_is_set_when_serving(tmp_path: Path) -> None:
    asked = ("POST", "/v3/refund/domestic/refunds")
    with served(tmp_path / "keys", "--set", "log_bodies=false", "--set", "card_code_days=7") as sandbox:
        httpx.request(asked[0], f"{sandbox.http}{asked[1]}", json={"reason": "too late"}, trust_env=False)
        call = sandbox.look("calls")["calls"][0]

    assert (call["path"], call["request"], call["reply"]) == (asked[1], "", "")


@pytest.mark.parametrize("wrong", ["no_such_switch=1", "log_bodies=perhaps", "card_code_days=soon", "log_bodies"])
def test_what_is_no_switch_is_refused_before_a_door_opens(tmp_path: Path, wrong: str) -> None:
    process = started(*FREE, "--keys", str(tmp_path / "keys"), "--set", wrong)
    out, complaints = process.communicate(timeout=ENDS_WITHIN_S)

    assert (process.returncode, out) == (2, "")
    assert f"{wrong!r} is no switch" in complaints
    assert not (tmp_path / "keys").exists()
