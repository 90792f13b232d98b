"""Documents without annotations that several tests ask of."""

PETS = """
openapi: 3.1.0
info: {title: Pets, version: '1'}
security: [{key: []}]
paths:
  /owners:
    post: {requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/NewOwner'}}}},
           responses: {'201': {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Owner'}}}}}}
  /owners/{ownerId}:
    parameters: [{name: ownerId, in: path, required: true, schema: {type: integer}}]
    get: {responses: {'200': {description: one, content: {application/json: {schema: {$ref: '#/components/schemas/Owner'}}}}}}
  /owners/{ownerId}/pets:
    parameters: [{name: ownerId, in: path, required: true, schema: {type: integer}}]
    get:
      parameters: [{name: limit, in: query, schema: {type: integer, minimum: 1}}]
      responses:
        '200': {description: all, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Pet'}}}}}
    post: {requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/NewPet'}}}},
           responses: {'201': {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}},
                       '422': {description: invalid}}}
  /owners/{ownerId}/pets/{petId}:
    parameters: [{name: ownerId, in: path, required: true, schema: {type: integer}},
                 {name: petId, in: path, required: true, schema: {type: integer}}]
    get: {responses: {'200': {description: one, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}}}
    put: {requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/NewPet'}}}},
          responses: {'200': {description: changed, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}}}
    delete: {responses: {'204': {description: gone}}}
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}
  schemas:
    NewOwner: {type: object, required: [name], properties: {name: {type: string}}}
    Owner: {type: object, required: [id, name], properties: {id: {type: integer}, name: {type: string}}}
    NewPet: {type: object, required: [name], properties: {name: {type: string}, age: {type: integer, minimum: 0}}}
    Pet: {type: object, required: [id, name], properties: {id: {type: integer}, name: {type: string}, age: {type: integer}}}
"""
