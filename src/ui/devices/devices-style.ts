/** How the devices lie on a screen. */
import { css } from 'lit'

export const devicesStyle = css`
  .waiting {
    padding: 30vh 0;
    text-align: center;
  }
  .page {
    display: grid;
    gap: 1rem;
    grid-template-columns: minmax(0, 1fr);
  }
  .alone {
    justify-items: start;
    padding: 2rem 1.5rem;
  }
  .button.begin {
    border-color: transparent;
    background: var(--accent);
    color: var(--accent-ink);
  }
  .safety {
    display: flex;
    align-items: flex-start;
    gap: 1rem;
    padding: 1.1rem 1.25rem;
  }
  .safety h2 {
    font-size: clamp(1.2rem, 1rem + 1vw, 1.5rem);
  }
  .safety .small {
    margin-top: 0.35rem;
  }
  .safety .sign {
    display: grid;
    place-items: center;
    flex: none;
    width: 48px;
    height: 48px;
    border-radius: 50%;
    background: var(--surface);
    color: var(--good);
  }
  .safety.warn .sign {
    color: var(--warn);
  }
  .columns {
    display: grid;
    gap: 1rem;
    grid-template-columns: minmax(0, 1fr);
  }
  section.stack > .bar {
    margin-top: 0.75rem;
  }
  .tick {
    justify-content: flex-end;
    min-width: var(--target);
  }
  .settings .bar {
    flex-wrap: nowrap;
  }
  .settings .bar + .bar {
    margin-top: 1rem;
    padding-top: 1rem;
    border-top: 1px solid var(--line);
  }
  summary {
    display: flex;
    align-items: center;
    justify-content: space-between;
    min-height: var(--target);
    margin: -0.75rem 0;
    cursor: pointer;
    list-style: none;
  }
  summary::-webkit-details-marker {
    display: none;
  }
  summary svg {
    color: var(--accent);
    transition: transform 120ms;
  }
  details[open] summary {
    margin-bottom: 0.25rem;
  }
  details[open] summary svg {
    transform: rotate(90deg);
  }
  @media (min-width: 1080px) {
    .columns {
      grid-template-columns: minmax(0, 1.15fr) minmax(0, 1fr);
    }
  }
`
