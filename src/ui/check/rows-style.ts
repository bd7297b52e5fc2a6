/** Rows of a check: a sign, what was looked at, and what was seen. */
import { css } from 'lit'

export const rowsStyle = css`
  ul {
    margin: 0;
    list-style: none;
  }
  ul:not(.card) {
    padding: 0;
  }
  ul.card {
    padding-block: 0.25rem;
  }
  ul > li {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.75rem 1rem;
    padding: 0.8rem 0;
  }
  ul > li + li {
    border-top: 1px solid var(--line);
  }
  .words {
    flex: 1 1 14rem;
    min-width: 0;
  }
  .sign {
    display: grid;
    place-items: center;
    flex: none;
    width: 44px;
    height: 44px;
    border-radius: 50%;
    color: var(--ink-soft);
    background: var(--sunken);
  }
  .ok .sign {
    color: var(--good);
    background: var(--good-soft);
  }
  .warn .sign {
    color: var(--warn);
    background: var(--warn-soft);
  }
  .fail .sign {
    color: var(--bad);
    background: var(--bad-soft);
  }
  .running .sign {
    color: var(--accent-ink);
    background: var(--accent);
    animation: breathe 0.9s ease-in-out infinite alternate;
  }
  @keyframes breathe {
    to {
      opacity: 0.5;
    }
  }
`
