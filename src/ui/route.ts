/** Where in the console one is: the part of the address behind `#`, so that every view can be linked to and works offline. */

export const viewNames = ['overview', 'events', 'query', 'publish', 'import', 'check'] as const
export type ViewName = (typeof viewNames)[number]

export interface Route {
  readonly view: ViewName
  /** A query to run. */
  readonly aql?: string
}

export const currentRoute = (at: Location): Route => {
  const [path = '', search = ''] = at.hash.replace(/^#\/?/, '').split('?')
  const named = viewNames.find((name) => name === path)
  // `/check` is an address of its own: it has to open on a device where nothing else works.
  const view = named ?? (at.pathname.replace(/\/$/, '') === '/check' ? 'check' : 'overview')
  const aql = new URLSearchParams(search).get('q')
  return aql === null ? { view } : { view, aql }
}

export const linkTo = ({ view, aql }: Route): string =>
  aql === undefined ? `#/${view}` : `#/${view}?${new URLSearchParams({ q: aql }).toString()}`

/** A tag as AQL writes it. */
export const quoted = (tag: string): string => `'${tag.replaceAll("'", "''")}'`
