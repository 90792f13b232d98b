"""Documents without annotations: bodies that are forms, limits in words, operationIds that repeat, paths three deep."""

from urllib.parse import parse_qsl

import pytest

from altered_mock import checked

SHOP = """
openapi: 3.0.3
info: {title: Shop, version: '1'}
security: [{basic: []}, {bearer: []}]
paths:
  /customers:
    get:
      operationId: list
      parameters: [{name: limit, in: query, description: between 1 and 100, schema: {type: integer}},
                   {name: starting_after, in: query, schema: {type: string}}]
      responses: {'200': {description: all, content: {application/json: {schema: {type: object,
        required: [data, has_more], properties: {has_more: {type: boolean},
        data: {type: array, items: {$ref: '#/components/schemas/Customer'}}}}}}}}
    post:
      operationId: create
      requestBody: {content: {application/x-www-form-urlencoded: {
        encoding: {address: {style: deepObject, explode: true}, locales: {style: deepObject, explode: true}},
        schema: {$ref: '#/components/schemas/NewCustomer'}}}}
      responses: {'200': {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Customer'}}}},
                  '400': {description: wrong}}
  /customers/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {operationId: read, responses: {'200': {description: one, content: {application/json: {schema: {$ref: '#/components/schemas/Customer'}}}},
                        '404': {description: none}}}
    post:
      operationId: change
      description: Any parameters not provided will be left unchanged.
      requestBody: {content: {application/x-www-form-urlencoded: {
        encoding: {address: {style: deepObject, explode: true}, locales: {style: deepObject, explode: true}},
        schema: {$ref: '#/components/schemas/NewCustomer'}}}}
      responses: {'200': {description: changed, content: {application/json: {schema: {$ref: '#/components/schemas/Customer'}}}},
                  '400': {description: wrong}, '404': {description: none}}
    delete: {operationId: remove, responses: {'204': {description: gone}, '404': {description: none}}}
  /invoices:
    post:
      operationId: create
      requestBody: {required: true, content: {application/x-www-form-urlencoded: {schema: {type: object,
        required: [customer], additionalProperties: false, properties: {
          customer: {type: string, description: The ID of the customer who is billed}, days: {type: integer, minimum: 0}}}}}}
      responses: {'200': {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Invoice'}}}},
                  '400': {description: wrong}}
  /invoices/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {operationId: read, responses: {'200': {description: one, content: {application/json: {schema: {$ref: '#/components/schemas/Invoice'}}}},
                        '404': {description: none}}}
components:
  securitySchemes: {basic: {type: http, scheme: basic}, bearer: {type: http, scheme: bearer}}
  schemas:
    NewCustomer: {type: object, additionalProperties: false, properties: {
      name: {type: string, maxLength: 40}, balance: {type: integer, minimum: -50, maximum: 50}, active: {type: boolean},
      since: {type: string, pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'},
      address: {type: object, required: [city], additionalProperties: false,
                properties: {city: {type: string}, country: {type: string, pattern: '^[A-Z]{2}$'}}},
      locales: {type: array, maxItems: 3, items: {type: string}}}}
    Customer: {type: object, required: [id], properties: {id: {type: string}, name: {type: string, nullable: true},
      balance: {type: integer}, active: {type: boolean}, since: {type: string}, address: {type: object},
      locales: {type: array, items: {type: string}}}}
    Invoice: {type: object, required: [id, customer], properties: {id: {type: string}, customer: {type: string},
      days: {type: integer}}}
"""
SUITES = {"any_document", "document_records", "document_changes", "document_constraints", "document_lists"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    file = tmp_path_factory.mktemp("shop") / "shop.yaml"
    file.write_text(SHOP)
    return file


class Shop:
    """Refuses what the document only says in words, keeps what was sent, and then departs by ``change``."""

    def __init__(self, change=lambda *_: None):
        self.change, self.sent, self.customers, self.shown = change, [], set(), set()

    def __call__(self, where, wire):
        self.shown.add(wire.environ.get("HTTP_AUTHORIZATION", "").partition(" ")[0])
        said = dict(parse_qsl(wire.environ["QUERY_STRING"]))
        if len(said.get("limit", "")) > 3:
            wire.say({}, 400)
        body = wire.environ.get("wsgi.input")
        if where.startswith("POST"):
            body.seek(0)
            self.sent.append((where, parse_qsl(body.read().decode())))
        if where == "POST /customers" and wire.status == 200:
            self.customers.add(wire.value["id"])
        self.change(where, wire)


def test_forms_are_judged_as_bodies_in_json_are(shop, monkeypatch):
    asked = Shop()
    verdict = checked(shop, monkeypatch, SUITES, asked)
    assert not [one.cause for one in verdict.findings]
    judged = {(one.check.name, one.resource) for one in verdict.results if one.judged}
    wanted = ("document_records.values", "document_changes.merged", "document_changes.others",
              "document_constraints.bodies", "any_document.created_is_listed")  # fmt: skip
    assert judged >= {(one, "customers") for one in wanted}
    names = {name for _, pairs in asked.sent for name, _ in pairs}
    assert {"address[city]", "locales[0]"} <= names
    assert all(text for where, pairs in asked.sent for name, text in pairs if where != "POST /invoices")
    named = [
        text for where, pairs in asked.sent for name, text in pairs if where == "POST /invoices" and name == "customer"
    ]
    assert asked.customers & set(named)
    assert asked.shown == {"Bearer"}


def loses_what_is_in_brackets(where, wire):
    if where == "GET /customers/{id}" and wire.status == 200 and wire.value.get("address"):
        wire.say({**wire.value, "address": {}})


def takes_any_balance(where, wire):
    if where == "POST /customers" and wire.status == 400:
        wire.say({"id": "1"}, 200)


def forgets_on_change(where, wire):
    if where == "POST /customers/{id}" and wire.status == 200:
        wire.say({**wire.value, "name": "other"})


@pytest.mark.parametrize(
    ("change", "suite", "cause"),
    [
        (
            loses_what_is_in_brackets,
            "document_records",
            "what was created reads differently from what was sent (address)",
        ),
        (takes_any_balance, "document_constraints", "a body whose balance is past its maximum is answered 200"),
        (forgets_on_change, "document_changes", "a change's reply does not show what was sent (name)"),
    ],
)
def test_what_a_form_says_is_kept(shop, monkeypatch, change, suite, cause):
    causes = {one.cause for one in checked(shop, monkeypatch, {suite}, Shop(change)).findings}
    assert cause in causes


@pytest.mark.parametrize(("token", "scheme"), [("sesame", "Bearer"), ("user:sesame", "Basic")])
def test_a_name_and_a_password_are_shown_as_basic_and_all_else_is_not(shop, monkeypatch, token, scheme):
    asked = Shop()
    checked(shop, monkeypatch, {"any_document"}, asked, token=token)
    assert scheme in asked.shown


def deep():
    """A document of organisations, their projects, and the projects' tasks."""
    parts, path = [], ""
    for name, key in (("orgs", "org"), ("projects", "project"), ("tasks", "task")):
        above = "".join(f"{{name: {one}, in: path, required: true, schema: {{type: string}}}}, " for one in parts)
        path += f"/{name}"
        record = "content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}"
        every = "content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Thing'}}}}"
        yield f"""  {path}:
    parameters: [{above}]
    get: {{responses: {{'200': {{description: all, {every}}}, '404': {{description: none}}}}}}
    post: {{requestBody: {{required: true, {record}}},
           responses: {{'201': {{description: made, {record}}}, '404': {{description: none}}}}}}
"""
        parts.append(key)
        above = "".join(f"{{name: {one}, in: path, required: true, schema: {{type: string}}}}, " for one in parts)
        path += f"/{{{key}}}"
        yield f"""  {path}:
    parameters: [{above}]
    get: {{responses: {{'200': {{description: one, {record}}}, '404': {{description: none}}}}}}
    delete: {{responses: {{'204': {{description: gone}}, '404': {{description: none}}}}}}
"""


def test_what_stands_above_a_record_stands_below_each_other(tmp_path, monkeypatch):
    file = tmp_path / "deep.yaml"
    thing = "{type: object, required: [name], properties: {id: {type: string, readOnly: true}, name: {type: string}}}"
    head = "openapi: 3.1.0\ninfo: {title: Work, version: '1'}\npaths:\n"
    file.write_text(f"{head}{''.join(deep())}components: {{schemas: {{Thing: {thing}}}}}\n")
    verdict = checked(file, monkeypatch, {"document_records", "any_document"})
    assert not [one.cause for one in verdict.findings]
    judged = {one.check.name for one in verdict.results if one.judged and one.resource == "tasks"}
    assert judged >= {"document_records.values", "any_document.created_is_listed", "any_document.deleted_is_gone"}


def test_no_value_of_a_parameter_that_may_be_null_is_no_text_that_is_too_short(tmp_path, monkeypatch):
    """``?name=`` is null for some servers, as it is for the mock, and a text for others."""
    things = tmp_path / "things.yaml"
    things.write_text("""
openapi: 3.0.3
info: {title: Things, version: '1'}
paths:
  /things:
    get:
      parameters: [{name: name, in: query, schema: {type: string, nullable: true, minLength: 1, maxLength: 9}}]
      responses:
        '200': {description: all, content: {application/json: {schema: {type: array, items: {type: object}}}}}
        '422': {description: wrong}
""")
    verdict = checked(things, monkeypatch, {"document_constraints"}, lambda *_: None)
    assert not [one.cause for one in verdict.findings]
    judged = {one.check.name for one in verdict.results if one.judged}
    assert "document_constraints.parameters" in judged
