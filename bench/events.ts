/**
 * Generated factory events: what two dozen machines of a job shop say of their cycles. The same seed gives the same events for ever, so
 * that figures of different days speak of the same bytes.
 *
 * How hard they are to pack is set by what is measured about such events: about 450 bytes of JSON (tags and payload), of which 43 are
 * left when 1,024 of them are deflated together as NDJSON. Tuned to that figure, never to what our own codec makes of them.
 */

export interface FactoryEvent {
  readonly tags: readonly string[]
  readonly payload: Readonly<Record<string, string | number | boolean>>
}

export interface Factory {
  next(): FactoryEvent
}

export const machineCount = 24

export const machineTag = (machine: number): string => `machine:M-${String(machine + 1).padStart(2, '0')}`

/** 32 random bits after 32 (mulberry32). */
const createRandom = (seed: number): (() => number) => {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Machine {
  readonly name: string
  readonly temperature: number
  order: number
  ordered: number
  operator: number
  cycle: number
  good: number
  scrap: number
}

const states = ['running', 'running', 'running', 'setup', 'idle', 'blocked'] as const
const types = ['cycle', 'cycle', 'cycle', 'quality', 'state'] as const
const materials = ['42CrMo4', 'EN AW-6082', '1.4301', 'PA6-GF30'] as const

export const createFactory = (seed: number): Factory => {
  const random = createRandom(seed)
  const below = (bound: number): number => Math.floor(random() * bound)
  const pick = <T>(values: readonly [T, ...T[]]): T => values[below(values.length)] ?? values[0]
  /** A measured value: `digits` decimals, spread evenly. */
  const around = (middle: number, spread: number, digits: number): number =>
    Number((middle + (random() - 0.5) * 2 * spread).toFixed(digits))

  let lastOrder = 48_000 + below(1000)
  let now = Date.UTC(2026, 2, 2, 5)
  const machines = Array.from({ length: machineCount }, (_, index): Machine => ({
    name: `M-${String(index + 1).padStart(2, '0')}`,
    temperature: 38 + below(30),
    order: (lastOrder += 1),
    ordered: 200 + below(1800),
    operator: below(40),
    cycle: 10_000 + below(400_000),
    good: below(200),
    scrap: below(20),
  }))

  return {
    next: () => {
      const machine = machines[below(machineCount)] as Machine
      if (machine.good >= machine.ordered) {
        machine.order = lastOrder += 1
        machine.ordered = 200 + below(1800)
        machine.good = 0
        machine.scrap = 0
      }
      if (below(400) === 0) machine.operator = below(40)
      now += 20 + below(200)
      machine.cycle += 1
      if (below(50) === 0) machine.scrap += 1
      else machine.good += 1
      const type = pick(types)
      const order = `PO-2026-${machine.order}`
      return {
        tags: [`machine:${machine.name}`, `order:${order}`, `type:${type}`],
        payload: {
          type,
          machine: machine.name,
          order,
          operator: `op-${1000 + machine.operator * 7}`,
          material: materials[machine.order % materials.length] ?? materials[0],
          state: pick(states),
          occurredAt: new Date(now).toISOString(),
          cycleCount: machine.cycle,
          goodParts: machine.good,
          scrapParts: machine.scrap,
          cycleTimeSeconds: around(34, 8, 2),
          spindleTemperature: around(machine.temperature, 6, 1),
          coolantPressure: around(21, 4, 2),
          vibrationRms: around(1.4, 0.9, 2),
          powerKilowatts: around(11, 6, 2),
          torqueNewtonMetres: around(64, 20, 1),
          idleSeconds: below(400),
          isManual: below(20) === 0,
        },
      }
    },
  }
}
