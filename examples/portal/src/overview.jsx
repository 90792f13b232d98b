import * as office from './api.js'
import { useState } from 'react'
import { Trouble, useLoaded } from './loading.jsx'

async function all(who) {
  const [programs, certifications] = await Promise.all([office.programs(), office.certifications(who.id)])
  const open = programs.filter((one) => one.is_active && one.display_in_portal)
  const lists = await Promise.all(open.map((one) => office.applications(one.id, who.id)))
  const named = Object.fromEntries(programs.map((one) => [one.id, one.name]))
  const ids = [...new Set(certifications.flatMap((one) => (one.notices ?? []).map((sent) => sent.notice_id)))]
  const notices = Object.fromEntries(await Promise.all(ids.map(async (id) => [id, (await office.notice(id)).name])))
  return { open, named, certifications, applications: lists.flat(), notices }
}

export function Overview({ who }) {
  const loaded = useLoaded(() => all(who), [who.id])
  return loaded.shown(() => {
    const { open, named, certifications, applications, notices } = loaded.value
    return (
      <>
        <section aria-labelledby="held">
          <h2 id="held">Your certifications</h2>
          {certifications.length === 0 && <p>None yet.</p>}
          <ul className="cards">
            {certifications.map((one) => (
              <li key={one.id}>
                <h3>{named[one.program_id]}</h3>
                <p>
                  <mark className={one.status}>{one.status}</mark> No. {one.number}
                  {one.expiration_date && <>, until {one.expiration_date}</>}
                </p>
                {(one.notices ?? []).map((sent) => (
                  <p key={sent.notice_id + sent.date}>✉ {notices[sent.notice_id]}, {sent.date.slice(0, 10)}</p>
                ))}
              </li>
            ))}
          </ul>
        </section>
        <section aria-labelledby="under-way">
          <h2 id="under-way">Your applications</h2>
          {applications.length === 0 && <p>None yet.</p>}
          <ul className="cards">
            {applications.map((one) => (
              <li key={one.id}>
                <h3>
                  <a href={`#application/${one.id}`}>{named[one.program_id]}</a>
                </h3>
                <p>
                  <mark className={one.status.replace(/ /g, '-')}>{one.status}</mark> No. {one.number}, {one.percentage_complete} % complete
                </p>
              </li>
            ))}
          </ul>
        </section>
        <section aria-labelledby="offered">
          <h2 id="offered">Apply</h2>
          <ul className="cards">
            {open.map((one) => (
              <Program key={one.id} program={one} who={who} />
            ))}
          </ul>
        </section>
      </>
    )
  })
}

function Program({ program, who }) {
  const [error, set] = useState(null)
  const ways = useLoaded(() => office.processes(program.id), [program.id])
  const apply = async (process) => {
    try {
      location.hash = `application/${(await office.apply(process.id, who.id)).id}`
    } catch (refused) {
      set(refused)
    }
  }
  return (
    <li>
      <h3>{program.name}</h3>
      <p>{program.description}</p>
      {(ways.value ?? [])
        .filter((one) => one.is_active && one.display_in_portal && one.type === 'certification')
        .map((one) => (
          <button key={one.id} onClick={() => apply(one)}>
            {one.display_in_portal_as ?? one.name}
          </button>
        ))}
      {error && <Trouble error={error} />}
    </li>
  )
}
