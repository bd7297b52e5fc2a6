import { afterEach, expect, it } from 'vitest'
import type { Board } from '../../../src/apps/andon/board.ts'
import { createBoard } from '../../../src/apps/andon/board.ts'
import { newAndonEvent } from '../../../src/apps/andon/events.ts'
import { createFakeShoal } from '../../ui/fake-shoal.ts'
import { otherId, selfId } from '../../ui/fake-scenes.ts'

const hour = 3600 * 1_000_000
const boards: Board[] = []
afterEach(() => {
  for (const board of boards.splice(0)) board.close()
})

const setUp = async (prepare: (shoal: ReturnType<typeof createFakeShoal>) => void = () => undefined) => {
  const time = { now: 1_700_000_000_000_000 }
  const shoal = createFakeShoal({ now: () => time.now, scene: 'eight' })
  prepare(shoal)
  const errors: unknown[] = []
  let ids = 0
  const open = async (): Promise<Board> => {
    const board = createBoard({
      shoal,
      self: selfId,
      now: () => time.now,
      newId: () => `made-${String(ids++).padStart(4, '0')}`,
      onChange: () => undefined,
      onError: (error) => errors.push(error),
    })
    boards.push(board)
    await expect.poll(() => board.loaded).toBe(true)
    return board
  }
  return { shoal, time, errors, open, board: await open() }
}
const own = (shoal: ReturnType<typeof createFakeShoal>): string[] =>
  shoal.events
    .filter(({ stream }) => stream.startsWith(selfId))
    .map(({ payload }) => (payload as { type: string }).type)
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5))

it('calls, and follows the call to its end', async () => {
  const { board, shoal } = await setUp()
  const id = await board.call('Press 2', 'material')
  expect(board.get(id)).toMatchObject({ state: 'open', machine: 'Press 2', what: 'material' })
  expect(board.alarms()).toEqual([])
  shoal.arrive(otherId(3), newAndonEvent('taken', id, 'Press 2'))
  expect(board.get(id)).toMatchObject({ state: 'taken', taken: { by: otherId(3) } })
  const call = board.get(id)
  if (call) await board.resolve(call)
  expect(board.get(id)?.state).toBe('resolved')
})

it('lights up for the calls of others, and says so once, whatever tabs and restarts there are', async () => {
  const { board, shoal, open } = await setUp()
  shoal.arrive(otherId(1), newAndonEvent('called', 'call-0001', 'Saw'))
  const [call] = board.alarms()
  expect(call?.machine).toBe('Saw')
  const other = await open()
  for (const one of [board, board, other]) if (call) one.see(call)
  await turn()
  expect(own(shoal)).toEqual(['seen'])
  const later = await open()
  if (call) later.see(call)
  await turn()
  expect(own(shoal)).toEqual(['seen'])
})

it('says that it was seen once it can, when it could not be stored at first', async () => {
  const shoal = createFakeShoal({ refuseAt: [0], scene: 'eight' })
  const errors: unknown[] = []
  const board = createBoard({
    shoal,
    self: selfId,
    now: () => Date.now() * 1000,
    newId: () => 'made-0001',
    onChange: () => undefined,
    onError: (error) => errors.push(error),
  })
  boards.push(board)
  await expect.poll(() => board.loaded).toBe(true)
  shoal.arrive(otherId(1), newAndonEvent('called', 'call-0001', 'Saw'))
  const [call] = board.alarms()
  if (!call) throw new Error('no alarm')
  board.see(call)
  await turn()
  expect(errors.length).toBe(1)
  board.see(call)
  await turn()
  expect(own(shoal)).toEqual(['seen'])
})

it('does not ring for what is long past, but for what comes in now, whatever its clock says', async () => {
  const { board, shoal, time } = await setUp((before) => {
    before.arrive(otherId(1), newAndonEvent('called', 'call-0001', 'Saw'), {
      timestamp: 1_700_000_000_000_000 - 13 * hour,
    })
    before.arrive(otherId(1), newAndonEvent('called', 'call-0002', 'Mill'), { timestamp: 1_700_000_000_000_000 - hour })
  })
  expect(board.alarms().map(({ machine }) => machine)).toEqual(['Mill'])
  expect(board.calls().length).toBe(2)
  shoal.arrive(otherId(2), newAndonEvent('called', 'call-0003', 'Lathe'), { timestamp: time.now - 365 * 24 * hour })
  expect(board.alarms().map(({ machine }) => machine)).toEqual(['Mill', 'Lathe'])
})

it('knows the machines of this device first, the latest first', async () => {
  const { board, shoal, time } = await setUp()
  for (const [index, machine] of ['A', 'B', 'C'].entries())
    shoal.arrive(otherId(1), newAndonEvent('called', `call-000${index}`, machine), { timestamp: time.now + index })
  await board.call('D')
  time.now += hour
  await board.call('B')
  expect(board.machines()).toEqual(['B', 'D', 'C', 'A'])
})
