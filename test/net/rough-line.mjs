/**
 * A line that loses and delays, without anything of the kernel that does so: frames come out of one VXLAN device as datagrams and go into the
 * other one, both in a namespace next door. Run by `namespaces.ts`; which frames are lost follows from the seed and their number.
 *
 * A frame that never saw a real card may lack its checksum, since the kernel thinks that the next card adds it: here nobody else does.
 */
import { createSocket } from 'node:dgram'

const [here, there, portA, portB, lossText, delayText, seedText] = process.argv.slice(2)
const loss = Number(lossText)
const delay = Number(delayText)

/** mulberry32 */
const fractions = (seed) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const vxlanHeader = 8
const ethernetHeader = 14
const etherTypeIpv4 = 0x0800
/** Where the checksum is, by protocol. */
const checksumAt = new Map([
  [6, 16],
  [17, 6],
])

const sumWords = (bytes, from, end, start) => {
  let sum = start
  for (let at = from; at + 1 < end; at += 2) sum += bytes.readUInt16BE(at)
  return (end - from) % 2 === 1 ? sum + bytes.readUInt8(end - 1) * 256 : sum
}

/** Of TCP and UDP over IPv4, where the packet is whole. */
const addChecksum = (datagram) => {
  const packet = vxlanHeader + ethernetHeader
  if (datagram.length < packet + 20 || datagram.readUInt16BE(packet - 2) !== etherTypeIpv4) return
  const isPart = (datagram.readUInt16BE(packet + 6) & 0x3fff) !== 0
  const protocol = datagram.readUInt8(packet + 9)
  const at = checksumAt.get(protocol)
  const content = packet + (datagram.readUInt8(packet) & 15) * 4
  const end = packet + datagram.readUInt16BE(packet + 2)
  if (isPart || at === undefined || end > datagram.length || content + at + 2 > end) return
  datagram.writeUInt16BE(0, content + at)
  const addresses = sumWords(datagram, packet + 12, packet + 20, protocol + end - content)
  let sum = sumWords(datagram, content, end, addresses)
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000)
  const checksum = ~sum & 0xffff
  // for UDP nought means that there is none
  datagram.writeUInt16BE(checksum === 0 && protocol === 17 ? 0xffff : checksum, content + at)
}

let passed = 0
let lost = 0
const direction = (to, port, seed) => {
  const fraction = fractions(seed)
  return (datagram) => {
    if (fraction() < loss) return void lost++
    passed++
    addChecksum(datagram)
    setTimeout(() => to.send(datagram, port, there), delay)
  }
}

const a = createSocket('udp4')
const b = createSocket('udp4')
a.on('message', direction(b, Number(portB), Number(seedText)))
b.on('message', direction(a, Number(portA), Number(seedText) + 1))
process.on('SIGTERM', () => {
  console.log(`passed ${passed}, lost ${lost}`)
  process.exit(0)
})
a.bind(Number(portA), here, () => b.bind(Number(portB), here, () => console.log('ready')))
