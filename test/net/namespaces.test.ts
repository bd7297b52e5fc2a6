/** The tests' own ground: what a killed run left behind goes, and nothing else does. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { createLan, ip, removeLeftovers } from './namespaces.ts'

/** Of a process that has ended. */
const endedPid = async (): Promise<number> => {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
  await once(child, 'exit')
  return child.pid ?? 0
}

test('a killed run left namespaces with processes in them: both go; those of a run that lives stay', async () => {
  const left = `shoal-${await endedPid()}-oven`
  const living = `shoal-${process.ppid}-gate`
  const other = `other-${process.pid}`
  for (const name of [left, living, other]) ip('netns', 'add', name)
  try {
    const sleeper = spawn('nsenter', [`--net=/run/netns/${left}`, 'sleep', '1000'], { stdio: 'ignore' })
    const ended = once(sleeper, 'exit')
    while (!ip('netns', 'pids', left).includes(String(sleeper.pid)))
      await new Promise((resolve) => setTimeout(resolve, 10))
    expect(removeLeftovers()).toEqual([left])
    expect(await ended).toEqual([null, 'SIGKILL'])
    const names = ip('netns', 'list')
    expect(names).not.toContain(left)
    expect(names).toContain(living)
    expect(names).toContain(other)
  } finally {
    for (const name of [living, other]) ip('netns', 'del', name)
  }
})

test('a plant that is closed is gone, and the machine has the devices it had before', async () => {
  const before = ip('-brief', 'link')
  const lan = createLan()
  await lan.host('gate', { address: '10.77.0.11' })
  const oven = await lan.host('oven', { address: '10.77.0.12', line: { loss: 0.5, delay: 1 } })
  expect(ip('netns', 'list')).toContain(`shoal-${process.pid}-gate`)
  expect(await oven.endLine()).toMatch(/^passed \d+, lost \d+$/)
  await lan.close()
  expect(ip('netns', 'list')).not.toContain(`shoal-${process.pid}-`)
  expect(ip('-brief', 'link')).toBe(before)
})
