/** How Andon lies on a screen: what is open first, then the machines, then the day. */
import { css } from 'lit'

export const andonStyle = css`
  .waiting {
    padding: 30vh 0;
    text-align: center;
  }
  .page {
    display: grid;
    gap: 1.5rem;
    grid-template-columns: minmax(0, 1fr);
  }
  .calls {
    display: grid;
    gap: 1rem;
  }
  .calls:empty {
    display: none;
  }
  .reach {
    display: inline-flex;
    align-items: center;
    gap: 0.6rem;
    font-weight: 600;
  }
  .reach i {
    flex: none;
    width: 14px;
    height: 14px;
    border-radius: 50%;
    background: var(--good);
  }
  .reach.warn {
    color: var(--warn);
  }
  .reach.warn i {
    background: transparent;
    border: 3px solid var(--warn);
  }
  .offline {
    flex: 1 1 100%;
  }
  .sound label {
    min-height: 64px;
  }
  .sound svg {
    color: var(--ink-soft);
  }
`
