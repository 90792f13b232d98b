"""A scenario of one's own for a document of somebody else: counts, records written out, recipes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mockserver import create_app
from mockserver.commands.cli import main
from mockserver.errors import SetupError
from test_any_document import DOCUMENTS, document, parameter, reply

PETCLINIC = str(DOCUMENTS / "spring-petclinic-3.0.yml")
SCENARIO = """
description: A clinic on a quiet day.
seed: 7
clock: 2030-01-02T08:00:00Z
template:
  counts: {vets: 5, specialties: 0, pettypes: 4}
  pinned:
    owners:
      - {id: 71, firstName: Ada, lastName: Lovelace, address: 1 Main St., city: London, telephone: "0123456789", pets: []}
      - {id: 72, firstName: Mary, lastName: Shelley, address: 2 Main St., city: Bath, telephone: "0123456789", pets: []}
    pets:
      - {id: 5, name: Leo, birthDate: "2020-09-07", type: {id: 1, name: cat}, ownerId: 71, visits: []}
"""
RECIPE = """
description: Kinds of pets, from a list.
fields:
  id: ordinal + 100
  name: f'kind {ordinal}'
"""


def world(folder: Path, scenario: str = SCENARIO, recipe: str | None = None, **more: Any) -> Any:
    file = folder / "quiet.yaml"
    file.write_text(scenario)
    if recipe:
        (folder / "recipes").mkdir(exist_ok=True)
        (folder / "recipes" / "pettypes.yaml").write_text(recipe)
    client = create_app(**{"spec": PETCLINIC, "scenario": str(file), **more}).test_client()
    return lambda path: client.get(f"/petclinic/api{path}").json


def test_counts_and_records_written_out(tmp_path: Path) -> None:
    get = world(tmp_path)
    assert (len(get("/vets")), get("/specialties"), len(get("/pettypes"))) == (5, [], 4)
    assert [(one["id"], one["firstName"]) for one in get("/owners")] == [(71, "Ada"), (72, "Mary")]
    assert get("/owners/71/pets/5") == get("/pets/5") == get("/pets")[0]
    assert len(get("/visits")) == 3
    assert {one["petId"] for one in get("/visits")} == {5}


def test_what_is_written_out_may_be_part_of_a_record(tmp_path: Path) -> None:
    """What the server would have added is made, or is what other records say."""
    get = world(tmp_path, SCENARIO.replace(", pets: []}", "}").replace(", visits: []}", "}"))
    assert [one["pets"] for one in get("/owners")] == [get("/pets"), []]
    assert get("/pets/5")["visits"] == get("/visits") != []


def test_a_recipe_makes_what_it_says_and_the_rest_is_made_up(tmp_path: Path) -> None:
    get = world(tmp_path, recipe=RECIPE)
    assert get("/pettypes") == [{"id": 100 + number, "name": f"kind {number}"} for number in range(1, 5)]
    get = world(tmp_path, recipe=RECIPE.replace("  id: ordinal + 100\n", ""))
    assert [one["id"] for one in get("/pettypes")] == [1, 2, 3, 4]


def test_the_same_seed_the_same_world_and_the_option_goes_before_it(tmp_path: Path) -> None:
    one, two, other = (world(tmp_path, **more)("/vets") for more in ({}, {}, {"seed": 8}))
    assert one == two != other


def test_a_new_record_does_not_take_a_key_that_is_written_out(tmp_path: Path) -> None:
    file = tmp_path / "quiet.yaml"
    file.write_text(
        "clock: 2030-01-02T08:00:00Z\ntemplate: {counts: {pettypes: 0}, pinned: {pettypes: [{id: 1, name: cat}]}}\n"
    )
    client = create_app(spec=PETCLINIC, scenario=str(file)).test_client()
    made = client.post("/petclinic/api/pettypes", json={"name": "dog"}).json
    assert client.get("/petclinic/api/pettypes").json == [{"id": 1, "name": "cat"}, made]


def test_empty_begins_with_nothing_and_counts_are_counted() -> None:
    def listed(**more: Any) -> int:
        return len(create_app(spec=PETCLINIC, **more).test_client().get("/petclinic/api/vets").json)

    assert [
        listed(),
        listed(scenario="empty"),
        listed(counts={"vets": 7}),
        listed(scale=2),
        listed(seed_records=1),
    ] == [3, 0, 7, 6, 1]


def test_the_pages_example_works_as_printed(tmp_path: Path) -> None:
    page = (Path(__file__).parent.parent / "docs" / "any-document.md").read_text()
    for text in re.findall(r"```yaml\n# (\S+\.yaml\n.*?)```", page, re.DOTALL):
        name, _, content = text.partition("\n")
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    good = CliRunner().invoke(main, ["validate", PETCLINIC, str(tmp_path / "quiet.yaml")])
    assert good.exit_code == 0, good.output
    client = create_app(spec=PETCLINIC, scenario=str(tmp_path / "quiet.yaml")).test_client()
    assert client.get("/petclinic/api/owners/71/pets/5").json["name"] == "Leo"
    assert [one["name"] for one in client.get("/petclinic/api/pettypes").json] == [
        f"kind {number}" for number in range(1, 5)
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("vets: 5", "vests: 5", "'vests' is not a resource of the document.*did you mean 'vets'"),
        ("id: 72", "id: 71", "71 is given twice"),
        ("id: 72, ", "", "id is missing"),
        ("city: Bath", "town: Bath", "has no field 'town'"),
        ('"0123456789", pets', "seven, pets", "does not match"),
        ("template:", "tenants: {acme: {}}\ntemplate:", "the document has one tenant, 'default'"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, old: str, new: str, problem: str) -> None:
    with pytest.raises(SetupError, match=f"quiet.yaml(.|\n)*{problem}"):
        world(tmp_path, SCENARIO.replace(old, new))


def test_a_scenario_of_the_stock_document_is_not_for_another() -> None:
    with pytest.raises(SetupError, match="unknown scenario 'large'; use default or empty, or name a YAML file"):
        create_app(spec=PETCLINIC, scenario="large")
    with pytest.raises(SetupError, match="'vests' is not a resource"):
        create_app(spec=PETCLINIC, counts={"vests": 1})


def test_a_scenario_is_validated_with_its_document(tmp_path: Path) -> None:
    file = tmp_path / "quiet.yaml"
    file.write_text(SCENARIO)
    good = CliRunner().invoke(main, ["validate", PETCLINIC, str(file)])
    assert (good.exit_code, good.output.splitlines()[-1]) == (0, f"{file}: 0 tenants, 3 records seeded: good")
    file.write_text(SCENARIO.replace("city: Bath", "town: Bath"))
    bad = CliRunner().invoke(main, ["validate", PETCLINIC, str(file)])
    assert (bad.exit_code, "no field 'town'" in bad.output) == (2, True)


def test_a_record_below_another_is_written_out_where_it_says_whose_it_is(tmp_path: Path) -> None:
    file = tmp_path / "quiet.yaml"
    file.write_text(
        "clock: 2030-01-02T08:00:00Z\ntemplate: {pinned: {tax_ids: [{id: txi_1, customer: cus_1}], customers: [{id: cus_1}]}}\n"
    )
    text = {"type": "string"}
    customer = {"type": "object", "required": ["id"], "properties": {"id": text}}
    tax = {"type": "object", "required": ["id"], "properties": {"id": text, "customer": text}}
    paths = {"/customers": {"get": {"responses": {"200": reply({"type": "array", "items": customer})}}},
             "/customers/{customer}": {"parameters": [parameter("customer")], "get": {"responses": {"200": reply(customer)}}},
             "/customers/{customer}/tax_ids": {"parameters": [parameter("customer")], "get": {"responses": {"200": reply({"type": "array", "items": tax})}}},
             "/customers/{customer}/tax_ids/{id}": {"parameters": [parameter("customer"), parameter("id")], "get": {"responses": {"200": reply(tax)}}}}  # fmt: skip
    (tmp_path / "openapi.json").write_text(json.dumps(document(paths)))
    client = create_app(spec=tmp_path / "openapi.json", scenario=str(file)).test_client()
    assert client.get("/customers/cus_1/tax_ids").json == [{"id": "txi_1", "customer": "cus_1"}]
    file.write_text(file.read_text().replace(", customer: cus_1", ""))
    with pytest.raises(SetupError, match="does not say whose it is; give it a customer"):
        create_app(spec=tmp_path / "openapi.json", scenario=str(file))


def test_seed_writes_the_first_records_of_any_document(tmp_path: Path) -> None:
    out = CliRunner().invoke(main, ["seed", "--spec", str(DOCUMENTS / "petstore-3.0.yaml"), "--out", str(tmp_path)])
    assert out.output == "".join(
        f"{tmp_path / 'default' / name}.json: 3 records\n" for name in ("pet", "order", "user")
    )
    client = create_app(spec=DOCUMENTS / "petstore-3.0.yaml", auth="off").test_client()
    for pet in json.loads((tmp_path / "default" / "pet.json").read_text()):
        assert client.get(f"/api/v3/pet/{pet['id']}").json == pet


def test_seed_writes_nested_records_and_singletons(tmp_path: Path) -> None:
    text = {"type": "string"}
    owner = {"type": "object", "required": ["id"], "properties": {"id": text}}
    pet = {"type": "object", "required": ["id"], "properties": {"id": text, "ownerId": text}}
    at = [parameter("ownerId")]
    told = {"type": "object", "properties": {"theme": {**text, "example": "dark"}}}
    paths = {"/owners": {"get": {"responses": {"200": reply({"type": "array", "items": owner})}}},
             "/owners/{ownerId}": {"parameters": at, "get": {"responses": {"200": reply(owner)}}},
             "/owners/{ownerId}/pets": {"parameters": at, "get": {"responses": {"200": reply({"type": "array", "items": pet})}}},
             "/settings": {"get": {"responses": {"200": reply(told)}}, "put": {"responses": {"200": reply(told)}}}}  # fmt: skip
    (tmp_path / "openapi.json").write_text(json.dumps(document(paths)))
    arguments = [
        "seed",
        "--spec",
        str(tmp_path / "openapi.json"),
        "--seed-records",
        "2",
        "--out",
        str(tmp_path / "out"),
    ]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    found = {file.stem: json.loads(file.read_text()) for file in (tmp_path / "out" / "default").iterdir()}
    assert [sorted(found), len(found["owners"]), found["settings"]] == [
        ["owners", "pets", "settings"],
        2,
        [{"theme": "dark"}],
    ]
    assert sorted(one["ownerId"] for one in found["pets"]) == sorted([one["id"] for one in found["owners"]] * 2)


NOTE = {"type": "object", "properties": {"text": {"type": "string"}}}
POD = {"type": "object", "properties": {
    "metadata": {"type": "object", "properties": {"name": {"type": "string"}}}, "text": {"type": "string"}}}  # fmt: skip
UNNAMED = """
description: Records without a member of their own that is their key.
template:
  pinned:
    settings: [{text: dark}]
    notes: [{text: one}, {text: two}]
    pods: [{metadata: {name: web}}, {metadata: {name: worker}}]
"""


def test_records_without_a_key_of_their_own_are_written_out(tmp_path: Path) -> None:
    def listed(schema: Any) -> Any:
        return {"get": {"responses": {"200": reply({"type": "array", "items": schema})}}}

    paths = {
        "/settings": {verb: {"responses": {"200": reply(NOTE)}} for verb in ("get", "put")},
        "/notes": listed(NOTE),
        "/notes/{noteId}": {"parameters": [parameter("noteId", {"type": "integer"})],
                            "get": {"responses": {"200": reply(NOTE)}}},
        "/pods": listed(POD),
        "/pods/{name}": {"parameters": [parameter("name")], "get": {"responses": {"200": reply(POD)}}},
    }  # fmt: skip
    spec, scenario = tmp_path / "openapi.json", tmp_path / "unnamed.yaml"
    spec.write_text(json.dumps(document(paths)))
    scenario.write_text(UNNAMED)
    caller = create_app(spec=spec, scenario=str(scenario)).test_client()
    assert caller.get("/settings").json == {"text": "dark"}
    assert [caller.get(f"/notes/{key}").json for key in (1, 2)] == caller.get("/notes").json
    assert [one["text"] for one in caller.get("/notes").json] == ["one", "two"]
    assert [one["metadata"]["name"] for one in caller.get("/pods").json] == ["web", "worker"]
