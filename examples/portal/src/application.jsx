import * as office from './api.js'
import { Form, useLoaded } from './loading.jsx'

async function all(id) {
  const [application, ways, exams, courses] = await Promise.all([
    office.application(id),
    office.referenceProcesses(),
    office.examRegistrations(id),
    office.courseRegistrations(id),
  ])
  return { application, way: ways.find((one) => one.is_active), registrations: [...exams, ...courses] }
}

export function Application({ id, who }) {
  const loaded = useLoaded(() => all(id), [id])
  return loaded.shown(() => {
    const { application, way, registrations } = loaded.value
    const isOpen = ['draft', 'missing requirements'].includes(application.status)
    return (
      <>
        <h1>Application {application.number}</h1>
        <p>
          <mark className={application.status.replace(/ /g, '-')}>{application.status}</mark>{' '}
          <progress aria-label="Complete" max="100" value={application.percentage_complete} /> {application.percentage_complete} % complete
        </p>
        {application.status === 'draft' && (
          <Form
            label="Send it in"
            fields={{}}
            send={() => office.changeApplication(id, { status: 'missing requirements' }).then(loaded.again)}
          />
        )}
        <h2>What is asked for</h2>
        <ul className="cards">
          {(application.requirements ?? []).map((one) => (
            <li key={one.id} className={one.is_met ? 'met' : ''}>
              <h3>
                {one.is_met ? '✓' : '○'} {one.name}
              </h3>
              <p>
                {one.fulfilled} of {one.quantity}
              </p>
              {isOpen && !one.is_met && (
                <Step requirement={one} application={application} who={who} way={way} registrations={registrations} done={loaded.again} />
              )}
            </li>
          ))}
        </ul>
      </>
    )
  })
}

function Step({ requirement, ...rest }) {
  if (requirement.type === 'references') return <Reference requirement={requirement} {...rest} />
  if (requirement.type === 'exam') return <Registration what="exam" of={requirement.exam_id} {...rest} />
  if (requirement.type === 'course') return <Registration what="course" of={requirement.course_id} {...rest} />
  return <p>Courses and activities bring them.</p>
}

function Reference({ requirement, application, way, done }) {
  const asked = (application.references ?? []).filter((one) => one.status !== 'completed')
  const send = (form) =>
    office
      .addReference({
        ...form,
        application_id: application.id,
        program_id: application.program_id,
        contact_id: application.contact_id,
        process_id: way.id,
        type_id: requirement.reference_type_id,
        completion_date: new Date().toISOString(),
        status: 'sent',
      })
      .then(done)
  return (
    <>
      {asked.map((one) => (
        <p key={one.reference_id}>{one.name} has been asked.</p>
      ))}
      <Form label="Ask for a reference" fields={{ name: 'Name', email_address: 'E-mail address' }} send={send} />
    </>
  )
}

const KINDS = {
  exam: { offerings: office.examOfferings, register: office.registerForExam },
  course: { offerings: (_, course) => office.courseOfferings(course), register: office.registerForCourse },
}

function Registration({ what, of, application, who, registrations, done }) {
  const kind = KINDS[what]
  const offerings = useLoaded(() => kind.offerings(who.id, of), [of])
  const mine = registrations.find((one) => one[`${what}_id`] === of && one.status !== 'failed')
  if (mine) return <p>You are registered: no. {mine.number}.</p>
  const send = (form) =>
    kind
      .register({
        ...form,
        [`${what}_id`]: of,
        student_id: who.id,
        name: who.name,
        application_id: application.id,
        ...(what === 'exam' && { date: new Date().toISOString().slice(0, 10) }),
      })
      .then(done)
  return offerings.shown(() => (
    <Form label={`Register for the ${what}`} fields={{}} send={send}>
      <label>
        Where and when
        <select name={`${what}_offering_id`}>
          {offerings.value
            .filter((one) => one.is_active !== false)
            .map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}, {one.date ?? one.start_date?.slice(0, 10)}
              </option>
            ))}
        </select>
      </label>
    </Form>
  ))
}
