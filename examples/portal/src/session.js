// Who is logged in: a stock OpenID Connect client, against whatever host the page is told.
import { UserManager } from 'oidc-client-ts'

export const api = window.PORTAL.api
/** The association whose members come here: the first segment of the page's own address. */
export const association = location.pathname.split('/')[1] || 'acme'

const home = `${location.origin}/${association}/`
const claim = (name) => `http://rhythmsoftware.com/${name}`

export const manager = new UserManager({
  authority: api,
  client_id: `${association}-portal`,
  redirect_uri: home,
  post_logout_redirect_uri: home,
  scope: 'openid profile email offline_access',
  automaticSilentRenew: true,
  extraQueryParams: { tenant: association, audience: 'https://api.rhythmsoftware.com' },
})

/** The person who is logged in, or null. Finishes a log-in that the page comes back from. */
export async function member() {
  const query = new URLSearchParams(location.search)
  if (query.has('error')) throw new Error(query.get('error_description') ?? query.get('error'))
  if (query.has('code')) {
    await manager.signinRedirectCallback()
    history.replaceState(null, '', home + location.hash)
  }
  const user = await manager.getUser()
  if (!user || user.expired) return null
  return { id: user.profile[claim('contact_id')], name: user.profile.name, email: user.profile.email }
}
