/**
 * Finding a QR code in a picture: by the browser where it can (`BarcodeDetector`), else by a decoder of ours, which is loaded from our own
 * origin when it is first needed.
 */

/** Red, green, blue and opacity of each pixel, as `ImageData`. */
interface Pixels {
  readonly width: number
  readonly height: number
  readonly data: Uint8ClampedArray
}

/** A decoder over pixels. `false` for `isThorough`: there will be another frame in a moment. */
export type PixelDecoder = (image: Pixels, isThorough: boolean) => string | undefined

export interface CodeReader {
  /** `native`: the browser's own. */
  readonly type: 'native' | 'bundled'
  /** What a frame shows; undefined where no code is found in it. */
  read(frame: HTMLVideoElement | ImageBitmap, isThorough?: boolean): Promise<string | undefined>
}

interface Detector {
  detect(source: CanvasImageSource): Promise<readonly { readonly rawValue: string }[]>
}
interface Detectors {
  new (options: { readonly formats: readonly string[] }): Detector
  getSupportedFormats(): Promise<readonly string[]>
}

/** Pixels on the longer side that are looked at: a frame of a camera has no more, and of a photo that is enough. */
const frameSideMax = 1280
const photoSideMax = 2000
/** What optional attempts on one frame may take, and on one photo. Milliseconds. */
const frameTimeMax = 40
const photoTimeMax = 3000

const native = async (): Promise<Detector | undefined> => {
  const Detectors = (globalThis as { BarcodeDetector?: Detectors }).BarcodeDetector
  try {
    // it exists where it knows no format at all
    if (Detectors === undefined || !(await Detectors.getSupportedFormats()).includes('qr_code')) return undefined
    return new Detectors({ formats: ['qr_code'] })
  } catch {
    return undefined
  }
}

const sizeOf = (frame: HTMLVideoElement | ImageBitmap): readonly [width: number, height: number] =>
  'videoWidth' in frame ? [frame.videoWidth, frame.videoHeight] : [frame.width, frame.height]

const createPixels = (): ((frame: HTMLVideoElement | ImageBitmap, sideMax: number) => ImageData | undefined) => {
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d', { willReadFrequently: true })
  return (frame, sideMax) => {
    const [width, height] = sizeOf(frame)
    if (context === null || width === 0 || height === 0) return undefined
    const scale = Math.min(1, sideMax / Math.max(width, height))
    const [across, down] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))]
    if (canvas.width !== across) canvas.width = across
    if (canvas.height !== down) canvas.height = down
    context.drawImage(frame, 0, 0, across, down)
    return context.getImageData(0, 0, across, down)
  }
}

export const loadPixelDecoder = async (): Promise<PixelDecoder> => {
  const { decodeQR } = await import('qr/decode.js')
  return (image, isThorough) => {
    try {
      return isThorough
        ? decodeQR(image, { effort: Infinity, timeLimit: photoTimeMax })
        : decodeQR(image, { effort: 4, timeLimit: frameTimeMax })
    } catch {
      // how it says that there is none
      return undefined
    }
  }
}

/** Rejects where our decoder could not be loaded. */
export const createReader = async (): Promise<CodeReader> => {
  let detector = await native()
  let bundled: Promise<PixelDecoder> | undefined
  if (detector === undefined) await (bundled = loadPixelDecoder())
  const pixels = createPixels()
  return {
    get type() {
      return detector === undefined ? 'bundled' : 'native'
    },
    read: async (frame, isThorough = false) => {
      if (detector !== undefined) {
        try {
          const [found] = await detector.detect(frame)
          if (found !== undefined || !isThorough) return found?.rawValue
        } catch {
          // its part of the system is missing, or has crashed
          detector = undefined
        }
      }
      const decode = await (bundled ??= loadPixelDecoder())
      const image = pixels(frame, isThorough ? photoSideMax : frameSideMax)
      return image === undefined ? undefined : decode(image, isThorough)
    },
  }
}

/** What a picture that was taken or picked shows. Rejects where it is no picture. */
export const readPicture = async (reader: CodeReader, file: Blob): Promise<string | undefined> => {
  const picture = await createImageBitmap(file)
  try {
    return await reader.read(picture, true)
  } finally {
    picture.close()
  }
}
