import { css } from 'lit'

/** A tag that can be taken away: the button of it. */
export const tagStyle = css`
  .tag {
    border-color: transparent;
    border-radius: 28px;
    background: var(--accent-soft);
    font-weight: 550;
  }
  .tag svg {
    width: 1.1rem;
    height: 1.1rem;
  }
`
