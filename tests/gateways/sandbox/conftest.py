"""One sandbox with a mini-program, a service account and a merchant, on a clock the test moves."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from gateways.sandbox.driving import APIV3_KEY, CALLBACK_URL, MCHID, MINI, SERIAL, SERVICE, Driver, Key

MakeDriver = Callable[..., Driver]


@pytest.fixture(scope="session")
def merchant_key() -> Key:
    return Key(rsa.generate_private_key(65537, 2048))


@pytest.fixture(scope="session")
def platform_pem() -> str:
    """Pay's key, made once for all tests; test_memory has sandboxes that make their own."""
    return Key(rsa.generate_private_key(65537, 2048)).private_pem


def furnished(driver: Driver, *, key_mode: str = "public_key") -> Driver:
    """The driver's sandbox with a mini-program, a service account, a merchant, a template and two persons."""
    driver.control("accounts", appid=MINI, kind="mini_program", callback_url=CALLBACK_URL)
    driver.control("accounts", appid=SERVICE, kind="service", callback_url=CALLBACK_URL)
    driver.control(
        "merchants",
        mchid=MCHID,
        appids=[MINI],
        public_key_pem=driver.key.public_pem,
        serial=SERIAL,
        apiv3_key=APIV3_KEY,
        key_mode=key_mode,
    )
    driver.control("templates", appid=MINI, template_id="tpl-delay", fields=["thing1", "date2", "amount3"])
    driver.control("persons", count=2)
    return driver


@pytest.fixture
def a_sandbox(merchant_key: Key, platform_pem: str) -> Iterator[MakeDriver]:
    loop = asyncio.new_event_loop()
    made: list[Driver] = []

    def make(*, key_mode: str = "public_key", **choices: Any) -> Driver:
        driver = Driver(key=merchant_key, loop=loop, **{"platform_pem": platform_pem, **choices})
        made.append(driver)
        return furnished(driver, key_mode=key_mode)

    yield make
    for driver in made:
        driver.sandbox.close()
    loop.close()


@pytest.fixture
def driver(a_sandbox: MakeDriver) -> Driver:
    return a_sandbox()
