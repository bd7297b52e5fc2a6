/** The mesh as a picture: devices on a circle, links as lines. Drawn from what the devices say of each other. */
import type { SVGTemplateResult, TemplateResult } from 'lit'
import { css, html, nothing, svg } from 'lit'
import type { DeviceStatus } from '../../client/contract.ts'
import { controls } from '../theme.ts'
import { View } from '../view.ts'
import type { MeshLink, MeshNode } from './mesh.ts'
import { layMesh } from './mesh.ts'
import type { Presence } from './words.ts'
import { deviceName, hasLink, presenceOf } from './words.ts'

/** Units of the drawing. Beyond `radialFrom` devices a name stands along its ray, for lack of room beside each other. */
const radius = 150
const radialFrom = 9
const nameCharsMax = 17

const shortened = (name: string): string => (name.length > nameCharsMax ? `${name.slice(0, nameCharsMax - 1)}…` : name)

export class ShoalMesh extends View {
  static override properties = { devices: { attribute: false } }
  declare devices: readonly DeviceStatus[]

  override render(): TemplateResult {
    const mesh = layMesh(this.devices, radius)
    const isRadial = mesh.nodes.length >= radialFrom
    const isSelf = ({ device }: MeshNode): boolean => device.isSelf
    const own = mesh.links.filter(({ a, b }) => isSelf(a) || isSelf(b)).length
    const label = this.say('mesh.label', { devices: mesh.nodes.length, links: mesh.links.length, own })
    const longest = Math.max(...mesh.nodes.map(({ device }) => shortened(deviceName(device, this.text)).length))
    // room for the names beside the circle, at their sizes
    const half = isRadial ? radius + 24 + longest * 8 : radius + Math.max(40, longest * 5.8)
    const tall = isRadial ? half : mesh.nodes.length < 3 ? 72 : radius + 45
    const kinds = new Set(mesh.links.map(({ kind }) => (kind === 'websocket' ? 'network' : kind ? 'direct' : 'others')))
    const hasAway = this.devices.some((device) => !this.#isThere(device))
    return html`<figure>
      <div class=${isRadial ? 'many' : mesh.nodes.length < 3 ? 'few' : ''}>
        <svg viewBox="${-half} ${-tall} ${2 * half} ${2 * tall}" role="group" aria-label=${label}>
          ${[...mesh.links].sort((a, b) => Number(a.kind !== undefined) - Number(b.kind !== undefined)).map((link) => this.#link(link))}
          ${mesh.nodes.map((node) => this.#node(node, mesh.nodes.length, isRadial))}
        </svg>
      </div>
      <figcaption class="soft small">
        ${kinds.has('direct') ? html`<span><i class="line direct"></i>${this.say('mesh.direct')}</span>` : nothing}
        ${kinds.has('network') ? html`<span><i class="line network"></i>${this.say('mesh.network')}</span>` : nothing}
        ${kinds.has('others') ? html`<span><i class="line others"></i>${this.say('mesh.others')}</span>` : nothing}
        ${hasAway ? html`<span><i class="dot"></i>${this.say('mesh.away')}</span>` : nothing}
      </figcaption>
    </figure>`
  }

  #presenceOf(device: DeviceStatus): Presence {
    return presenceOf(device, hasLink(this.devices), Date.now() * 1000)
  }

  #isThere(device: DeviceStatus): boolean {
    const presence = this.#presenceOf(device)
    return presence === 'linked' || presence === 'known'
  }

  /** Bent to the middle, so that neighbours on the circle do not lie on it. */
  #link({ a, b, kind }: MeshLink): SVGTemplateResult {
    const bend = 0.42
    const [x, y] = [((a.x + b.x) / 2) * bend, ((a.y + b.y) / 2) * bend]
    const words = kind === undefined ? 'mesh.others' : kind === 'websocket' ? 'mesh.network' : 'mesh.direct'
    const title = this.say('mesh.link', {
      a: deviceName(a.device, this.text),
      b: deviceName(b.device, this.text),
      kind: this.say(words),
    })
    return svg`<path
      class="link ${kind === undefined ? 'others' : kind === 'websocket' ? 'network' : 'direct'}"
      d="M${a.x.toFixed(1)} ${a.y.toFixed(1)}Q${x.toFixed(1)} ${y.toFixed(1)} ${b.x.toFixed(1)} ${b.y.toFixed(1)}"
      role="img"
      aria-label=${title}
    ><title>${title}</title></path>`
  }

  #node(node: MeshNode, count: number, isRadial: boolean): SVGTemplateResult {
    const { device, x, y } = node
    const name = deviceName(device, this.text)
    const presence = this.#presenceOf(device)
    const title = device.isSelf ? `${name}, ${this.say('devices.self')}` : `${name}, ${this.say(`state.${presence}`)}`
    const size = device.isSelf ? (isRadial ? 11 : 17) : count > 24 ? 6 : isRadial ? 8 : 12
    const look = `${device.isSelf ? 'self' : ''} ${this.#isThere(device) ? '' : 'away'} ${device.problem === undefined ? '' : 'trouble'}`
    return svg`<g class="node ${look}" role="img" aria-label=${title}>
      <title>${title}</title>
      ${device.isSelf ? svg`<circle class="halo" cx=${x} cy=${y} r=${size + 6} />` : nothing}
      <circle cx=${x} cy=${y} r=${size} />
      ${isRadial ? this.#ray(node, shortened(name), size) : this.#word(node, shortened(name), size)}
    </g>`
  }

  #word({ x, y, angle }: MeshNode, name: string, size: number): SVGTemplateResult {
    const isAbove = Math.sin(angle) < -0.1
    const dy = isAbove ? -(size + 10) : size + 22
    return svg`<text x=${x} y=${y + dy} text-anchor="middle" font-size="19">${name}</text>`
  }

  #ray({ x, y, angle }: MeshNode, name: string, size: number): SVGTemplateResult {
    const turn = (angle * 180) / Math.PI
    const isLeft = Math.cos(angle) < -0.001
    const shift = size + 7
    return svg`<text
      transform="translate(${x} ${y}) rotate(${isLeft ? turn + 180 : turn})"
      x=${isLeft ? -shift : shift}
      y="4.5"
      text-anchor=${isLeft ? 'end' : 'start'}
      font-size="13.5"
    >${name}</text>`
  }

  static override styles = [
    ...controls,
    css`
      figure {
        margin: 0;
      }
      svg {
        display: block;
        width: 100%;
        max-height: 28rem;
      }
      .few svg {
        max-height: 13rem;
      }
      .many {
        overflow-x: auto;
        overscroll-behavior-x: contain;
      }
      .many svg {
        min-width: 34rem;
      }
      .link {
        fill: none;
        stroke-width: 1.6;
        stroke: var(--line-strong);
        stroke-opacity: 0.45;
      }
      .link.direct,
      .link.network {
        stroke: var(--accent);
        stroke-opacity: 1;
        stroke-width: 3;
      }
      .link.network {
        stroke-dasharray: 7 5;
      }
      circle {
        fill: var(--accent);
        stroke: var(--surface);
        stroke-width: 3;
      }
      .self circle {
        fill: var(--sun);
        stroke: var(--ink);
      }
      .self .halo {
        fill: none;
        stroke: var(--sun);
        stroke-width: 3;
        stroke-opacity: 0.55;
      }
      .away circle {
        fill: var(--surface);
        stroke: var(--line-strong);
        stroke-dasharray: 3 3;
      }
      .trouble circle {
        fill: var(--warn);
      }
      text {
        fill: var(--ink);
        font-family: var(--face);
        font-weight: 550;
        paint-order: stroke;
        stroke: var(--surface);
        stroke-width: 4px;
        stroke-linejoin: round;
      }
      .self text {
        font-weight: 750;
      }
      .away text {
        fill: var(--ink-soft);
      }
      figcaption {
        display: flex;
        flex-wrap: wrap;
        justify-content: center;
        gap: 0.4rem 1.5rem;
        margin-top: 0.75rem;
      }
      figcaption span {
        display: inline-flex;
        align-items: center;
        gap: 0.5rem;
      }
      .line {
        width: 28px;
        border-top: 3px solid var(--accent);
      }
      .line.network {
        border-top-style: dashed;
      }
      .line.others {
        border-top: 2px solid var(--line-strong);
        opacity: 0.55;
      }
      .dot {
        width: 14px;
        height: 14px;
        border: 2px dashed var(--line-strong);
        border-radius: 50%;
      }
    `,
  ]
}

customElements.define('shoal-mesh', ShoalMesh)
