/**
 * The one error class of Shoal: a stable `code` for programs, a sentence for people that says what to do, the cause below it.
 * Codes that cross the public API are those of Actyx (`ERR_BAD_REQUEST`, …) where it has one.
 */
export class ShoalError extends Error {
  override readonly name = 'ShoalError'
  readonly code: string

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}

/** The code of any thrown value: its own where it is a `ShoalError`, else `ERR_INTERNAL`. */
export const errorCode = (error: unknown): string => (error instanceof ShoalError ? error.code : 'ERR_INTERNAL')

/** A sentence for any thrown value. */
export const errorMessage = (error: unknown): string => (error instanceof Error ? error.message : String(error))
