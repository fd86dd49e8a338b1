import { Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { verifySiwe } from '../auth/siwe'
import type { GatewayEnv, GatewayParts } from '../gateway-parts'
import { readJson } from '../http/body'
import { cookieName, refuseForeignSite } from '../http/guards'

/** Sign-In with Ethereum (EIP-4361): a nonce, the signed message, and a session in a cookie. */
export function signInRoutes({ config, nonces, sessions }: GatewayParts): Hono<GatewayEnv> {
  const app = new Hono<GatewayEnv>()
  const { publicUrl, sessionMs, maxBodyBytes, now } = config
  const place = {
    path: '/',
    httpOnly: true,
    sameSite: 'Strict',
    secure: publicUrl.protocol === 'https:',
  } as const

  app.get('/auth/nonce', (context) => context.json({ nonce: nonces.create() }))

  app.post('/auth/verify', async (context) => {
    refuseForeignSite(context, config)
    const { message, signature } = await readJson(context.req.raw, maxBodyBytes)
    const address = await verifySiwe(message, signature, { publicUrl, nonces, now })
    const maxAge = Math.floor(sessionMs / 1000)
    setCookie(context, cookieName(config), await sessions.create(address), { ...place, maxAge })
    return context.json({ address })
  })

  app.post('/auth/sign-out', async (context) => {
    refuseForeignSite(context, config)
    await sessions.end(getCookie(context, cookieName(config)) ?? '')
    deleteCookie(context, cookieName(config), place)
    return context.body(null, 204)
  })
  return app
}
