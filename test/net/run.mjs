/**
 * `npm run test:net`: the swarm over networks that fail, each device in a network namespace. For root on Linux; elsewhere it says why it is skipped,
 * and that is no failure.
 */
import { spawnSync } from 'node:child_process'

const runs = (program, ...args) => spawnSync(program, args, { stdio: 'ignore' }).status === 0

/** What is tried is undone at once. */
const canMake = (...steps) => {
  const name = `shoal-${process.pid}-probe`
  if (!runs('ip', 'netns', 'add', name)) return false
  const can = steps.every((step) => runs('ip', '-n', name, ...step))
  return runs('ip', 'netns', 'del', name) && can
}

const obstacle = () => {
  if (process.platform !== 'linux') return 'network namespaces are of Linux'
  if (process.getuid?.() !== 0) return 'only root makes network namespaces'
  if (!runs('ip', '-V') || !runs('bridge', '-V')) return '`ip` and `bridge` are missing (Debian: apt install iproute2)'
  if (!runs('nsenter', '--version')) return '`nsenter` is missing (Debian: apt install util-linux)'
  if (!canMake()) return 'this system refuses network namespaces, as most containers do'
  const cable = ['link', 'add', 'near', 'type', 'veth', 'peer', 'name', 'far']
  if (!canMake(cable, ['link', 'add', 'bridge', 'type', 'bridge'])) return 'this kernel has no veth or no bridges'
  const envelope = ['link', 'add', 'envelope', 'type', 'vxlan', 'id', '1', 'remote', '127.0.0.1', 'dstport', '5001']
  return canMake(envelope) ? undefined : 'this kernel has no VXLAN, over which frames are lost and delayed here'
}

const why = obstacle()
if (why === undefined) {
  process.env.SHOAL_NET = '1'
  process.argv.splice(2, 0, '--project', 'net')
  await import('../run.mjs')
} else console.log(`Skipped: ${why}.`)
