/**
 * The three functions of the Reflect metadata proposal that `@peculiar/x509` asks for while it is loaded. To be imported before it. Where
 * something else has brought them, nothing changes.
 */
type Key = string | symbol | undefined

const kept = new WeakMap<object, Map<Key, Map<unknown, unknown>>>()

const own = (name: unknown, target: object, key?: Key): unknown => kept.get(target)?.get(key)?.get(name)

const define = (name: unknown, value: unknown, target: object, key?: Key): void => {
  const ofTarget = kept.get(target) ?? new Map<Key, Map<unknown, unknown>>()
  const ofKey = ofTarget.get(key) ?? new Map<unknown, unknown>()
  kept.set(target, ofTarget.set(key, ofKey.set(name, value)))
}

const inherited = (name: unknown, target: object, key?: Key): unknown => {
  for (let at: object | null = target; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const value = own(name, at, key)
    if (value !== undefined) return value
  }
  return undefined
}

if (!('getMetadata' in Reflect))
  Object.assign(Reflect, { defineMetadata: define, getOwnMetadata: own, getMetadata: inherited })
