/** Ways for text to leave the page as a file: straight to the disk where the browser lets us, else gathered and downloaded. */
import type { Sink } from './exporter.ts'

interface FilePicker {
  showSaveFilePicker?(options: { suggestedName: string }): Promise<FileSystemFileHandle>
}

const toDisk = async (handle: FileSystemFileHandle): Promise<Sink> => {
  const stream = await handle.createWritable()
  return { write: (text) => stream.write(text), finish: () => stream.close(), discard: () => stream.abort() }
}

/** A Blob made of parts is the browser's to keep, on disk when it grows. */
const toBlob = (name: string): Sink => {
  let parts: Blob[] = []
  return {
    write: async (text) => {
      parts.push(new Blob([text]))
    },
    finish: async () => saveBlob(new Blob(parts, { type: 'application/x-ndjson' }), name),
    discard: async () => {
      parts = []
    },
  }
}

export const saveBlob = (blob: Blob, name: string): void => {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  // The download has its own hold on the data once it has begun.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

/** Call it from a tap. Undefined when the operator declined. */
export const openDownload = async (name: string): Promise<Sink | undefined> => {
  const { showSaveFilePicker } = window as FilePicker
  if (showSaveFilePicker === undefined) return toBlob(name)
  try {
    return await toDisk(await showSaveFilePicker.call(window, { suggestedName: name }))
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return undefined
    return toBlob(name)
  }
}
