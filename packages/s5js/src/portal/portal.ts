import { InvalidInputError } from '../errors/caller-errors'

const API_PATH = '/s5/'

/** Where a portal is. Of the URL it is given, only scheme, host and port count. */
export class Portal {
  /** `http(s)://host[:port]` */
  readonly origin: string
  /** Host with its port unless that is the scheme's own: the name that accounts are bound to. */
  readonly host: string

  /** @throws InvalidInputError, which does not quote the URL: it might hold a password */
  constructor(url: string) {
    const parsed = URL.canParse(url) ? new URL(url) : undefined
    if (parsed === undefined || !['http:', 'https:'].includes(parsed.protocol)) {
      throw new InvalidInputError('A portal is given as an http or https URL')
    }
    if (parsed.username !== '' || parsed.password !== '') {
      throw new InvalidInputError('A portal URL holds no user name and no password')
    }
    this.origin = parsed.origin
    this.host = parsed.host
  }

  url(path: string, query: Record<string, string> = {}): URL {
    const url = new URL(API_PATH + path, this.origin)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    return url
  }
}
