/** How actions lie on a screen: a row each, with what it means; a confirmation has its two buttons far apart. */
import { css } from 'lit'

export const deviceActionsStyle = css`
  ul {
    display: grid;
    gap: 0.75rem;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  p.note {
    margin-bottom: 0.75rem;
  }
  .act {
    justify-content: flex-start;
    gap: 1rem;
    width: 100%;
    min-height: 76px;
    padding: 0.8rem 1rem;
    text-align: left;
  }
  .act > svg {
    color: var(--accent);
  }
  .act.revoke > svg,
  .asked.revoke h3 svg {
    color: var(--bad);
  }
  .words {
    display: grid;
    gap: 0.15rem;
  }
  .words .small {
    color: var(--ink-soft);
    font-weight: 400;
    line-height: 1.4;
  }
  .act:disabled {
    opacity: 1;
    border-style: dashed;
    background: transparent;
    color: var(--ink-soft);
  }
  .act:disabled > svg {
    opacity: 0.5;
  }
  .why {
    display: block;
    padding: 0.4rem 1rem 0;
    color: var(--warn);
    font-size: 0.9375rem;
    font-weight: 550;
  }
  .asked {
    display: grid;
    gap: 1rem;
    padding: 1.1rem;
    border: 2px solid var(--line-strong);
    border-radius: var(--radius);
    outline: none;
  }
  .asked.revoke {
    border-color: var(--bad);
  }
  h3 {
    display: flex;
    align-items: center;
    gap: 0.75rem;
    font-size: 1.1875rem;
    font-weight: 650;
  }
  .apart {
    justify-content: space-between;
    gap: 1.5rem;
  }
  .danger {
    border-color: var(--bad);
    color: var(--bad);
  }
  .danger:hover {
    background: var(--bad-soft);
  }
`
