const table = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

/** CRC-32 (IEEE) as eight hexadecimal digits: finds flipped bits in what this device keeps for itself. No protection against people. */
export const crc32 = (bytes: Uint8Array): string => {
  let crc = 0xffffffff
  for (let index = 0; index < bytes.length; index++)
    crc = (crc >>> 8) ^ (table[(crc ^ (bytes[index] ?? 0)) & 0xff] ?? 0)
  return (~crc >>> 0).toString(16).padStart(8, '0')
}
