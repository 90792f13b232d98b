import { createRoot } from 'react-dom/client'
import { useEffect, useState } from 'react'
import { association, manager, member } from './session.js'
import { Application } from './application.jsx'
import { Overview } from './overview.jsx'
import { useLoaded } from './loading.jsx'

function Portal() {
  const who = useLoaded(member, [])
  const [page, go] = useState(location.hash.slice(1))
  useEffect(() => {
    const follow = () => go(location.hash.slice(1))
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])
  return (
    <>
      <header>
        <a href="#">Member portal of {association}</a>
        {who.value && (
          <span>
            {who.value.name} <button onClick={() => manager.signoutRedirect()}>Log out</button>
          </span>
        )}
      </header>
      <main>
        {who.shown(() =>
          !who.value ? (
            <button className="first" onClick={() => manager.signinRedirect({ login_hint: new URLSearchParams(location.search).get('as') ?? undefined })}>
              Log in
            </button>
          ) : page.startsWith('application/') ? (
            <Application id={page.slice('application/'.length)} who={who.value} />
          ) : (
            <Overview who={who.value} />
          ),
        )}
      </main>
    </>
  )
}

createRoot(document.getElementById('root')).render(<Portal />)
