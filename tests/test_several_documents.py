"""Several documents in one world: each below its own path, names kept apart, references where an overlay says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from mockserver import create_app
from mockserver.commands.cli import main
from mockserver.errors import SetupError
from mockserver.settings import stock_spec
from mockserver.testing.marker import read_options
from test_any_document import DOCUMENTS, body, document, parameter, reply

KEYS = {"shop": {"type": "apiKey", "in": "header", "name": "X-Shop"}, "billing": {"type": "apiKey", "in": "query", "name": "k"}}  # fmt: skip
CUSTOMERS = {
    "shop": {"type": "object", "required": ["id", "name"], "properties": {
        "id": {"type": "integer", "readOnly": True}, "name": {"type": "string"}}},
    "billing": {"type": "object", "required": ["id", "iban"], "properties": {
        "id": {"type": "string", "readOnly": True}, "iban": {"type": "string"}}},
}  # fmt: skip
INVOICE = {"type": "object", "required": ["id", "buyer"], "properties": {
    "id": {"type": "string", "readOnly": True}, "buyer": {"type": "integer"}, "customerId": {"type": "string"}}}  # fmt: skip


def api(name: str, **more: Any) -> dict[str, Any]:
    """Customers, each kind of its own, under the same names."""
    one = {"$ref": "#/components/schemas/Customer"}
    return {
        **document({
            "/customers": {
                "get": {"operationId": "list", "responses": {"200": reply({"type": "array", "items": one}), "401": reply()}},
                "post": {"operationId": "create", "requestBody": body(one), "responses": {"201": reply(one)}}},
            "/customers/{id}": {"parameters": [parameter("id")], "get": {"responses": {"200": reply(one), "404": reply()}}},
            **more,
        }),
        "security": [{"key": []}],
        "components": {"schemas": {"Customer": CUSTOMERS[name], "Invoice": INVOICE}, "securitySchemes": {"key": KEYS[name]}},
    }  # fmt: skip


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """The documents of a shop, which its server puts below ``/shop``, and of its billing."""
    invoice = {"$ref": "#/components/schemas/Invoice"}
    invoices = {"/invoices": {"get": {"responses": {"200": reply({"type": "array", "items": invoice})}}}}
    told = {"shop": {**api("shop"), "servers": [{"url": "https://example.com/shop/"}]}, "billing": api("billing", **invoices)}  # fmt: skip
    for name, root in told.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(root))
    return str(tmp_path / "shop.json"), str(tmp_path / "billing.json")


def test_each_is_answered_below_its_own_path_with_its_own_records_and_credentials(files: tuple[str, str]) -> None:
    client = create_app(spec=list(files)).test_client()
    shop, billing = {"X-Shop": "x"}, {"k": "x"}
    made = client.post("/shop/customers", json={"name": "Ada"}, headers=shop).json
    other = client.post("/customers", json={"iban": "AT1"}, query_string=billing).json
    assert (type(made["id"]), type(other["id"])) == (int, str)
    assert client.get(f"/shop/customers/{made['id']}", headers=shop).json == made
    assert client.get(f"/customers/{other['id']}", query_string=billing).json == other
    assert other in client.get("/customers", query_string=billing).json
    assert client.get("/customers", headers=shop).status_code == 401
    assert client.get("/shop/customers", query_string=billing).status_code == 401


def test_a_prefix_is_chosen_for_one_or_several(files: tuple[str, str]) -> None:
    client = create_app(spec=(f"{files[0]}=/a", f"{files[1]}=/b/c/"), auth="off").test_client()
    found = [
        client.get(path).status_code for path in ("/a/customers", "/b/c/customers", "/customers", "/shop/customers")
    ]
    assert found == [200, 200, 404, 404]
    alone = create_app(spec=f"{files[0]}=/a", auth="off").test_client()
    assert [alone.get(path).status_code for path in ("/a/customers", "/customers")] == [200, 404]


def test_one_document_may_be_served_twice(files: tuple[str, str]) -> None:
    client = create_app(spec=(f"{files[0]}=/a", f"{files[0]}=/b"), auth="off").test_client()
    made = client.post("/a/customers", json={"name": "Ada"}).json
    assert made in client.get("/a/customers").json
    assert made not in client.get("/b/customers").json


def test_paths_that_two_have_are_told_with_both_files_and_a_remedy(files: tuple[str, str]) -> None:
    with pytest.raises(SetupError) as raised:
        create_app(spec=(f"{files[0]}=/", files[1]))
    problem = f"{files[1]}: /paths/~1customers: /customers is a path of {files[0]} too, and so is 1 more"
    remedy = f"serve one of them below a path of its own: {files[1]}=/billing"
    assert [str(one) for one in raised.value.problems] == [f"{problem}; {remedy}"]


@pytest.mark.parametrize("prefix", ["/{id}", "/a b", "//", "/a//b", "/%41", "/?"])
def test_what_is_not_a_prefix_is_refused(files: tuple[str, str], prefix: str) -> None:
    with pytest.raises(SetupError, match="is not a path prefix"):
        create_app(spec=f"{files[0]}={prefix}x")


def test_annotated_and_not_annotated_do_not_go_together(files: tuple[str, str]) -> None:
    with pytest.raises(SetupError, match=r"has no x-mock at its root, and .*openapi\.json beside it has"):
        create_app(spec=(stock_spec(), f"{files[0]}=/a"))


def test_an_annotated_document_may_stand_below_a_prefix() -> None:
    client = create_app(spec=f"{stock_spec()}=/certs", auth="off").test_client()
    assert client.get("/certs/certifications/acme").status_code == 200
    assert client.get("/certifications/acme").status_code != 200


def test_words_of_the_roots_must_agree(files: tuple[str, str]) -> None:
    for file, status in zip(files, (404, 403), strict=True):
        root = json.loads(Path(file).read_text())
        Path(file).write_text(json.dumps({**root, "x-mock": {"infer": True, "unknown-path": status}}))
    with pytest.raises(SetupError, match="/x-mock/unknown-path: says 403, a document before it 404"):
        create_app(spec=files)


def test_the_document_handed_out_holds_both_and_every_reference_leads_somewhere(files: tuple[str, str]) -> None:
    root = create_app(spec=files).test_client().get("/openapi.json").json
    assert [*root["paths"]] == ["/shop/customers", "/shop/customers/{id}", "/customers", "/customers/{id}", "/invoices"]
    assert root["info"]["title"].count(" + ") == 1
    names = [one["operationId"] for item in root["paths"].values() for one in item.values() if "operationId" in one]
    assert names == ["list", "create", "billing.list", "billing.create"]
    schemas = root["components"]["schemas"]
    assert (schemas["Customer"], schemas["billing.Customer"]) == (CUSTOMERS["shop"], CUSTOMERS["billing"])
    used = {text.partition('"')[0] for text in json.dumps(root).split('"$ref": "#/components/schemas/')[1:]}
    assert used == {"Customer", "billing.Customer", "billing.Invoice"}
    assert root["paths"]["/customers"]["get"]["security"] == [{"billing.key": []}]


def test_names_that_move_take_what_leads_to_them_along(tmp_path: Path) -> None:
    """References into paths, links by operationId and by reference, discriminators, and path items elsewhere."""
    kinds = {"oneOf": [{"$ref": "#/components/schemas/Customer"}], "discriminator": {
        "propertyName": "kind", "mapping": {"a": "Customer", "b": "#/components/schemas/Customer"}}}  # fmt: skip
    links = {"self": {"operationId": "list"}, "there": {"operationRef": "#/paths/~1customers/get"}}
    more = {"/kinds": {"get": {"responses": {"200": {**reply(kinds), "links": links}}}},
            "/same": {"$ref": "#/paths/~1kinds"}}  # fmt: skip
    for name in ("one", "two"):
        (tmp_path / f"{name}.json").write_text(json.dumps(api("shop", **more)))
    app = create_app(spec=[f"{tmp_path}/{name}.json=/{name}" for name in ("one", "two")], auth="off")
    paths = app.test_client().get("/openapi.json").json["paths"]
    replied = paths["/two/kinds"]["get"]["responses"]["200"]
    mapping = replied["content"]["application/json"]["schema"]["discriminator"]["mapping"]
    assert mapping == {"a": "two.Customer", "b": "#/components/schemas/two.Customer"}
    assert replied["links"] == {"self": {"operationId": "two.list"}, "there": {"operationRef": "#/paths/~1two~1customers/get"}}  # fmt: skip
    assert paths["/two/same"] == {"$ref": "#/paths/~1two~1kinds"}
    assert app.test_client().get("/two/same").status_code == 200


def test_an_overlay_refers_from_one_document_to_another(files: tuple[str, str], tmp_path: Path) -> None:
    overlay = tmp_path / "overlay.yaml"

    def buyers(words: dict[str, Any] | None) -> list[int]:
        update = {"target": "$.components.schemas['billing.Invoice']", "update": {"x-mock": words}}
        overlay.write_text(yaml.safe_dump({"overlay": "1.0.0", "actions": [update] if words else []}))
        client = create_app(spec=files, auth="off", overlays=(overlay,)).test_client()
        known = [one["id"] for one in client.get("/shop/customers").json]
        return [one["buyer"] for one in client.get("/invoices").json if one["buyer"] in known]

    assert len(buyers({"references": {"buyer": "shop.customers"}})) == 3
    assert buyers(None) == []
    with pytest.raises(
        SetupError, match=r"no member 'bayer'; did you mean 'buyer'(.|\n)*unknown resource 'customer'; did"
    ):
        buyers({"references": {"buyer": "customer", "bayer": "customers"}})


def test_a_reference_into_another_document_is_held_to_on_every_write(tmp_path: Path) -> None:
    one = {"$ref": "#/components/schemas/Invoice"}
    invoices = {
        "/invoices": {"get": {"responses": {"200": reply({"type": "array", "items": one})}},
                      "post": {"requestBody": body(one), "responses": {"201": reply(one), "422": reply()}}},
        "/invoices/{id}": {"parameters": [parameter("id")], "get": {"responses": {"200": reply(one)}},
                           "patch": {"requestBody": {"content": {name: {"schema": {}} for name in ("application/merge-patch+json", "application/json-patch+json")}},
                                     "responses": {"200": reply(one)}}},
    }  # fmt: skip
    for name, more in {"shop": {}, "billing": invoices}.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(api(name, **more)))
    says = {
        "target": "$.components.schemas['billing.Invoice']",
        "update": {"x-mock": {"references": {"buyer": "shop.customers"}}},
    }
    (tmp_path / "overlay.yaml").write_text(yaml.safe_dump({"overlay": "1.0.0", "actions": [says]}))
    spec = [f"{tmp_path}/shop.json=/shop", f"{tmp_path}/billing.json"]
    client = create_app(spec=spec, auth="off", overlays=(tmp_path / "overlay.yaml",)).test_client()
    ada = client.post("/shop/customers", json={"name": "Ada"}).json["id"]
    made = client.post("/invoices", json={"buyer": ada})
    assert made.status_code == 201
    refused = client.post("/invoices", json={"buyer": 4711})
    assert refused.status_code == 422
    invoice = f"/invoices/{made.json['id']}"
    merge = client.patch(invoice, json={"buyer": 4711}, content_type="application/merge-patch+json")
    steps = client.patch(
        invoice, json=[{"op": "replace", "path": "/buyer", "value": 4711}], content_type="application/json-patch+json"
    )
    assert [(one.status_code, one.json["errors"][0]["path"]) for one in (merge, steps)] == [(400, "body/buyer")] * 2
    assert "names 4711, which is not in shop.customers" in merge.json["errors"][0]["message"]
    assert client.get(invoice).json == made.json
    alone = create_app(spec=spec, auth="off").test_client()
    assert alone.post("/invoices", json={"buyer": 4711}).status_code == 201


def test_a_guess_keeps_to_its_own_document(files: tuple[str, str]) -> None:
    client = create_app(spec=files, auth="off").test_client()
    known = {one["id"] for one in client.get("/customers").json}
    assert {one["customerId"] for one in client.get("/invoices").json} == known


def test_an_overlay_that_extends_one_of_them_changes_that_one(files: tuple[str, str], tmp_path: Path) -> None:
    overlay = tmp_path / "overlay.yaml"
    stub = {"target": "$.paths['/customers'].get", "update": {"x-mock": {"kind": "stub"}}}
    overlay.write_text(yaml.safe_dump({"overlay": "1.0.0", "extends": "shop.json", "actions": [stub]}))
    client = create_app(spec=files, auth="off", overlays=(overlay,)).test_client()
    found = [client.get(path).headers.get("Mock-Kind") for path in ("/shop/customers", "/customers")]
    assert found == ["stub", None]


def test_commands_take_several(files: tuple[str, str]) -> None:
    shown = CliRunner().invoke(main, ["routes", *files, "customers", "create"])
    assert [line.split()[1] for line in shown.output.splitlines()[1:]] == ["/shop/customers", "/customers"]
    guessed = yaml.safe_load(CliRunner().invoke(main, ["infer", *files]).output)
    assert guessed["actions"][0]["target"] == "$['paths']['/shop/customers']['get']"
    assert "extends" not in guessed
    refused = CliRunner().invoke(main, ["routes", files[0], f"{files[1]}=/a b"])
    assert (refused.exit_code, "is not a path prefix" in refused.output) == (2, True)
    missing = CliRunner().invoke(main, ["serve", files[0], "nowhere.yaml=/a"])
    assert (missing.exit_code, "nowhere.yaml: no such file" in missing.output) == (2, True)


def test_several_are_validated_each_and_together(files: tuple[str, str], tmp_path: Path) -> None:
    overlay = tmp_path / "overlay.yaml"
    says = {
        "target": "$.components.schemas['billing.Invoice']",
        "update": {"x-mock": {"references": {"bayer": "customers"}}},
    }
    overlay.write_text(yaml.safe_dump({"overlay": "1.0.0", "actions": [says]}))
    good = CliRunner().invoke(main, ["validate", files[0], f"{files[1]}=/b"])
    assert (good.exit_code, good.output.splitlines()[-1]) == (
        0,
        f"{files[0]} + {files[1]}: together 7 operations, 3 resources: good",
    )
    bad = CliRunner().invoke(main, ["validate", *files, "--overlay", str(overlay)])
    assert (bad.exit_code, "did you mean 'buyer'" in bad.output) == (2, True)
    clash = CliRunner().invoke(main, ["validate", files[0], f"{files[1]}=/shop"])
    assert (clash.exit_code, "is a path of" in clash.output) == (2, True)


def test_several_are_checked_together(files: tuple[str, str]) -> None:
    found = CliRunner().invoke(main, ["check", "--spec", files[0], "--spec", f"{files[1]}=/b", "--no-fuzz"])
    assert found.exit_code == 0, found.output
    assert "billing.create" in found.output


def test_the_plugin_takes_several_counted_from_its_root(files: tuple[str, str], tmp_path: Path) -> None:
    settings = read_options({"spec": ["shop.json", "billing.json=/b"], "auth": "off"}, tmp_path).settings
    client = create_app(settings).test_client()
    assert [client.get(path).status_code for path in ("/shop/customers", "/b/customers")] == [200, 200]


def test_real_documents_of_three_versions_go_together() -> None:
    names = ("petstore-2.0.json", "petstore-3.1.yaml", "museum-3.1.yaml", "fastapi-template-3.1.json", "spring-petclinic-3.0.yml")  # fmt: skip
    spec = [f"{DOCUMENTS / name}=/{index}" for index, name in enumerate(names)]
    app = create_app(spec=spec, auth="off")
    client = app.test_client()
    for pets in ("/0/pet", "/1/pet"):
        made = client.post(pets, json={"name": "Rex", "photoUrls": []}).json
        assert client.get(f"{pets}/{made['id']}").json["name"] == "Rex"
    assert client.get("/2/special-events").status_code == 200
    assert client.get("/4/owners").status_code == 200
    assert [part.prefixes for part in app.extensions["mockserver"].contract.document.parts] == [(f"/{index}",) for index in range(5)]  # fmt: skip
