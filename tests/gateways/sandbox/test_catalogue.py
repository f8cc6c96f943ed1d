"""The surface as a document: every API, its body, what it refuses; and it cannot lag behind the routes."""

import msgspec

from gateways.sandbox.driving import Driver
from wechat_sandbox import catalogue
from wechat_sandbox.errcodes import TEXTS
from wechat_sandbox.routes import WECHAT
from wechat_sandbox.routing import Door

NO_JSON = {
    "/cgi-bin/media/upload",
    "/cgi-bin/draft/switch",
    "/wxa/img_sec_check",
    "/tcb-files/{}",
    "/cgi-bin/media/uploadimg",
    "/cgi-bin/material/add_material",
    "/wxa/sec/order/get_order_detail_path",
    "/cgi-bin/componentloginpage",
    "/cgi-bin/component/uploadprivacyextfile",
    "/channels/ec/order/deliverycompanylist/get",
    "/cgi-bin/express/local/business/delivery/getall",
    "/cgi-bin/express/local/business/shop/get",
    "/cgi-bin/express/intracity/apply",
    "/cgi-bin/express/delivery/open_msg/get_delivery_list",
}
"""APIs whose body is a form, or that need none."""


def test_every_route_is_an_operation_with_its_door_and_its_refusals(driver: Driver):
    document = driver.look("openapi.json")

    operations = {(path, method) for path, known in document["paths"].items() for method in known}
    send = document["paths"]["/cgi-bin/message/subscribe/send"]["post"]
    assert operations == {(catalogue.templated(route.path), route.method.lower()) for route in WECHAT}
    assert send["security"] == [{"access_token": []}]
    assert send["requestBody"]["content"]["application/json"]["schema"]["$ref"].startswith("#/components/schemas/")
    assert not [path for path in document["paths"] if path.startswith("/_sandbox")]


def test_every_reference_of_the_document_leads_to_a_schema(driver: Driver):
    document = driver.look("openapi.json")

    names = set(document["components"]["schemas"])
    text = msgspec.json.encode(document).decode()
    wanted = {part.split('"', 1)[0] for part in text.split("#/components/schemas/")[1:]}
    assert wanted
    assert wanted <= names


def test_every_posted_body_has_a_shape_unless_it_is_a_form():
    shapeless = {route.path for route in WECHAT if route.method == "POST" and catalogue.body_of(route.call) is None}

    assert shapeless <= NO_JSON


def test_no_method_and_path_is_served_twice():
    doors = [(route.method, route.path) for route in WECHAT]

    assert len(doors) == len(set(doors))


def test_every_errcode_that_an_api_lists_has_a_text():
    listed = {code for route in WECHAT if route.door is not Door.PAY for code in route.refuses}

    assert {code for code in listed if isinstance(code, int)} <= TEXTS.keys()
    assert {code for code in listed if not isinstance(code, int)} == set()
