/**
 * The sample that a newcomer imports: a week of three machines that do not exist, made from a seed. The test beside it compares the
 * file with this, and writes it when `UPDATE_SAMPLE` is set.
 */

/** Mulberry32: small, seeded, good enough for a tale about machines. */
const seeded = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
}

const machines = [
  { name: 'press', cycle: 18, power: 31, products: ['bracket', 'hinge'] },
  { name: 'mill', cycle: 42, power: 12, products: ['flange', 'housing'] },
  { name: 'oven', cycle: 95, power: 54, products: ['bracket', 'flange'] },
] as const
const alarms = ['door open', 'no material', 'temperature', 'tool worn', 'pressure low'] as const

const start = Date.UTC(2026, 2, 2)
/** A reading an hour and machine, for a week. */
const hours = 7 * 24

export const sampleReadings = (): string => {
  const random = seeded(2026)
  const lines = ['time,machine,state,items,cycle_seconds,power_kw,alarm,alarm_text,product']
  for (let hour = 0; hour < hours; hour++) {
    const time = new Date(start + hour * 3_600_000).toISOString().replace('.000', '')
    const weekend = hour % 168 >= 120
    const night = hour % 24 < 6 || hour % 24 >= 22
    for (const { name, cycle, power, products } of machines) {
      const isIdle = weekend ? random() < 0.9 : night ? random() < 0.6 : random() < 0.08
      const isAlarm = !isIdle && random() < 0.06
      const state = isIdle ? 'idle' : isAlarm ? 'alarm' : random() < 0.12 ? 'manual' : 'automatic'
      const seconds = isIdle ? 0 : cycle * (0.9 + random() * 0.25)
      const items = isIdle ? 0 : Math.floor((3600 / seconds) * (isAlarm ? 0.3 : 0.85))
      const kilowatts = isIdle ? power * 0.07 : power * (0.85 + random() * 0.3)
      const alarm = isAlarm ? (alarms[Math.floor(random() * alarms.length)] ?? '') : ''
      const product = products[Math.floor(hour / 9) % products.length] ?? ''
      lines.push(
        [time, name, state, items, seconds.toFixed(1), kilowatts.toFixed(2), isAlarm ? 1 : 0, alarm, product].join(','),
      )
    }
  }
  return `${lines.join('\n')}\n`
}
