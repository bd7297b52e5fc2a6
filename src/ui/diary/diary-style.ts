import { css } from 'lit'

export const diaryStyle = css`
  .choices {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 9rem), 1fr));
    gap: 0.75rem 1rem;
  }
  @media (max-width: 40rem) {
    .search {
      grid-column: 1 / -1;
    }
  }
  ul {
    margin: 0;
    padding-block: 0.25rem;
    list-style: none;
  }
  li {
    display: flex;
    gap: 0.75rem 1rem;
    padding: 0.8rem 0;
  }
  li + li {
    border-top: 1px solid var(--line);
  }
  .words {
    display: grid;
    gap: 0.25rem;
    flex: 1 1 14rem;
    min-width: 0;
  }
  .words code {
    overflow-wrap: anywhere;
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
  .warning .sign {
    color: var(--warn);
    background: var(--warn-soft);
  }
  .error .sign {
    color: var(--bad);
    background: var(--bad-soft);
  }
  .chips {
    padding-top: 0.25rem;
  }
  a.chip {
    gap: 0.5rem;
  }
  a.chip svg {
    width: 1.25rem;
    height: 1.25rem;
  }
`
