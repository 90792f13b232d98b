// Calls of the Certifications API: a token with each, patience where the server asks for it, errors in its own words.
import { api, association, manager } from './session.js'

const PATIENCE = 3

export class Refused extends Error {
  constructor(status, { message, errors = [] }) {
    super(message)
    this.status = status
    /** What was wrong with each field, by its name. */
    this.fields = Object.fromEntries(errors.map((one) => [one.path.replace(/^body\//, ''), one.message]))
  }
}

async function call(method, path, body) {
  const [resource, ...rest] = path.split('/')
  for (let attempt = 1; ; attempt += 1) {
    const user = await manager.getUser()
    const response = await fetch([api, resource, association, ...rest].join('/'), {
      method,
      headers: { Authorization: `Bearer ${user?.access_token}`, ...(body && { 'Content-Type': 'application/json' }) },
      body: body && JSON.stringify(body),
    }).catch(() => new Response('{"message": "The office cannot be reached."}', { status: 599 }))
    if ([429, 503].includes(response.status) && attempt < PATIENCE) {
      await new Promise((next) => setTimeout(next, 1000 * Number(response.headers.get('Retry-After') ?? 1)))
      continue
    }
    if (response.status === 401) await manager.removeUser()
    const said = await response.json().catch(() => ({ message: `The office answered ${response.status}.` }))
    if (!response.ok) throw new Refused(response.status, said)
    return said
  }
}

/** All items of a list, page after page. */
async function list(path) {
  const items = []
  let start
  do {
    const page = await call('GET', start ? `${path}?exclusiveStartKey=${encodeURIComponent(start)}` : path)
    items.push(...(Array.isArray(page) ? page : page.Items))
    start = page.LastEvaluatedKey
  } while (start)
  return items
}

const changes = (values) => Object.entries(values).map(([name, value]) => ({ op: 'add', path: `/${name}`, value }))

export const certifications = (contact) => list(`certifications/contact/${contact}`)
export const programs = () => list('programs')
export const notice = (id) => call('GET', `notices/${id}`)
export const processes = (program) => list(`applicationProcesses/program/${program}`)
export const applications = (program, contact) => list(`applications/programApplicant/${program}/contact/${contact}`)
export const application = (id) => call('GET', `applications/${id}`)
export const referenceProcesses = () => list('appReferenceProcesses')
export const examOfferings = (contact, exam) => list(`examOfferings/portal/${contact}/describeForExam/${exam}`)
export const courseOfferings = async (course) => (await call('POST', 'courseOfferings/search', { course_id: [course] })).Items

export const apply = async (process, contact) =>
  (await call('POST', `applications/generateApplication/${process}/contact/${contact}`)).application
export const changeApplication = (id, values) => call('PATCH', `applications/${id}`, changes(values))
export const addReference = (reference) => call('POST', 'applicationReferences', reference)
export const registerForExam = (registration) => call('POST', 'examRegistrations', registration)
export const registerForCourse = (registration) => call('POST', 'courseRegistrations', registration)
export const examRegistrations = async (application) =>
  (await list('examRegistrations')).filter((one) => one.application_id === application)
export const courseRegistrations = async (application) =>
  (await list('courseRegistrations')).filter((one) => one.application_id === application)
