/** The bench's dedicated worker: a thread of its own like the node's, so that neither side is slowed by a page. */
import { errorMessage } from '../../src/core/errors.ts'
import type { LabAnswers, LabRequest } from './contract.ts'
import { measureRaw } from './raw.ts'
import { readBack, weighStore } from './records.ts'

const perform = (request: LabRequest): Promise<LabAnswers[LabRequest['type']]> => {
  switch (request.type) {
    case 'raw-single':
      return measureRaw(request.events, 1)
    case 'raw-batch':
      return measureRaw(request.events, request.perTransaction)
    case 'stored':
      return weighStore()
    case 'read-back':
      return readBack()
  }
}

addEventListener('message', ({ data, ports }: MessageEvent<LabRequest>) => {
  const [port] = ports
  perform(data).then(
    (answer) => port?.postMessage({ answer }),
    (error: unknown) => port?.postMessage({ error: errorMessage(error) }),
  )
})
