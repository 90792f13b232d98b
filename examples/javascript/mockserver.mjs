// A client of the mock's control plane for tests in JavaScript: Playwright, Cypress, or plain Node. No dependencies.
// Copy this file into your project. What it talks to is described at /__mock__/openapi.json.

/** What the mock refused, in its own words: `status`, and `errors` with a `path` and a `message` each. */
export class MockError extends Error {
  constructor(request, status, text) {
    const { message = text, errors = [] } = parsed(text)
    super([`${request}: ${status} ${message}`, ...errors.map((one) => `  ${[one.path, one.message].filter(Boolean).join(' ')}`)].join('\n'))
    this.status = status
    this.errors = errors
  }
}

function parsed(text) {
  try {
    return JSON.parse(text) ?? {}
  } catch {
    return {}
  }
}

/** One running mock. */
export class Mock {
  /**
   * @param {string} url where `mockserver serve` listens
   * @param {{controlToken?: string}} [options] the control token, where the mock wants one
   */
  constructor(url = 'http://127.0.0.1:8080', { controlToken } = {}) {
    this.url = url.replace(/\/$/, '')
    this.headers = controlToken ? { Authorization: `Bearer ${controlToken}` } : {}
  }

  /** A tenant: a world of its own, which appears, filled, on first use. Give each worker of a test run another name. */
  world(name) {
    return new World(this, name)
  }

  /** Everything as at the start, for everybody: prefer `world.reset()` while others run. */
  reset() {
    return this.control('POST', '/reset')
  }

  /** Stop the clock at a time, such as '2025-06-01T09:00:00Z'. */
  freeze(now) {
    return this.control('PUT', '/clock', { now })
  }

  /** Move the clock on by so many seconds. */
  advance(seconds) {
    return this.control('POST', '/clock/advance', { seconds })
  }

  /** One request to the control plane. Throws MockError. */
  control(method, path, body) {
    return ask(`${this.url}/__mock__${path}`, method, this.headers, body)
  }
}

/** One tenant of a mock. */
export class World {
  constructor(mock, name) {
    this.mock = mock
    this.name = name
    this.since = 0
  }

  /** Records and ids as at the start; `requests` and `verify` see only what comes from now on. */
  async reset() {
    await this.mock.control('POST', `/tenants/${this.name}/reset`)
    const last = await this.requests({ limit: 1, everything: true })
    this.since = last.at(-1)?.number ?? 0
  }

  /** Plant a record: what a POST of it takes, under an id of your choice. Returns it as a client sees it. */
  plant(resource, { id, ...record }) {
    return this.mock.control('PUT', `/tenants/${this.name}/records/${resource}/${encodeURIComponent(id)}`, record)
  }

  /** A record as a client sees it; null when there is none. */
  record(resource, id) {
    return this.mock
      .control('GET', `/tenants/${this.name}/records/${resource}/${encodeURIComponent(id)}`)
      .catch((error) => (error.status === 404 ? null : Promise.reject(error)))
  }

  /** All records of a resource. */
  async records(resource) {
    const found = []
    let page
    do {
      const after = page?.next ? `?after=${encodeURIComponent(page.next)}` : ''
      page = await this.mock.control('GET', `/tenants/${this.name}/records/${resource}${after}`)
      found.push(...page.records)
    } while (page.next)
    return found
  }

  /** Take a record away. */
  remove(resource, id) {
    return this.mock.control('DELETE', `/tenants/${this.name}/records/${resource}/${encodeURIComponent(id)}`)
  }

  /** A token for this tenant. */
  async token(subject = 'test') {
    return (await this.mock.control('POST', '/token', { tenant: this.name, subject })).token
  }

  /** One request to the API as somebody else: the office, a colleague. `path` is without the tenant: 'certifications/ID'. */
  async call(method, path, body) {
    const [resource, ...rest] = path.split('/')
    const url = [this.mock.url, resource, this.name, ...rest].join('/')
    return ask(url, method, { Authorization: `Bearer ${await this.token('office')}` }, body)
  }

  /** Let requests of this tenant fail, or be late: `{operation, status, delay, times, retry_after, damage}`. */
  fault(fault) {
    return this.mock.control('POST', '/faults', { tenant: this.name, ...fault })
  }

  /** What would have been mailed. */
  outbox() {
    return this.mock.control('GET', `/outbox?tenant=${encodeURIComponent(this.name)}`)
  }

  /** The newest exchanges, oldest first. */
  requests({ limit = 100, everything = false, ...filters } = {}) {
    const since = everything ? {} : { tenant: this.name, since: this.since }
    return this.mock.control('GET', `/journal?${new URLSearchParams({ limit, ...since, ...filters })}`)
  }

  /** Throws unless such a request was made since the last reset: `verify({operation, body, query, status, times})`. */
  async verify(wanted) {
    const found = await this.mock.control('POST', '/verify', { tenant: this.name, since: this.since, ...wanted })
    if (!found.verified) throw new Error(found.message)
    return found
  }
}

async function ask(url, method, headers, body) {
  const response = await fetch(url, {
    method,
    headers: { ...headers, ...(body !== undefined && { 'Content-Type': 'application/json' }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const text = await response.text()
  if (!response.ok) throw new MockError(`${method} ${url}`, response.status, text)
  return text ? JSON.parse(text) : undefined
}
