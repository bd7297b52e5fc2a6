/** The pages that hold a port to this worker's node. */
import type { ConnectMessage, PortAnswer } from '../src/api/port-contract.ts'
import type { ServedPort } from '../src/api/port.ts'
import { servePort } from '../src/api/port.ts'
import type { Node } from '../src/node/contract.ts'

export interface Pages {
  serve(port: ServedPort & Pick<EventTarget, 'addEventListener'>, connect: ConnectMessage): void
  /** Lets all go, and says so: they dial again, and reach whoever is the node now. */
  dismiss(): void
}

const dismissal: PortAnswer = {
  type: 'refused',
  code: 'ERR_STORE_FENCED',
  message: 'This instance of the node is over; dial again, and reach its successor.',
}

export const createPages = (openNode: () => Promise<Node>, version: string): Pages => {
  const leave = new Set<() => void>()
  return {
    serve: (port, connect) => {
      const page = servePort(port, { node: openNode(), connect, version })
      const dismiss = (): void => {
        port.postMessage([dismissal])
        page.close()
      }
      leave.add(dismiss)
      // not every browser tells; what is kept of a page that left dies with the worker
      port.addEventListener('close', () => {
        leave.delete(dismiss)
        page.close()
      })
    },
    dismiss: () => {
      for (const dismiss of leave) dismiss()
      leave.clear()
    },
  }
}
