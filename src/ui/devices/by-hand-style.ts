/** How linking by hand lies on a screen: the code as large as it goes, the words beside it where there is room. */
import { css } from 'lit'

export const byHandStyle = css`
  :host {
    container-type: inline-size;
    scroll-margin-top: 5rem;
  }
  .roles {
    display: grid;
    gap: 0.75rem;
    grid-template-columns: minmax(0, 1fr);
  }
  .role {
    justify-content: flex-start;
    gap: 1rem;
    min-height: 84px;
    text-align: left;
  }
  .role > svg {
    width: 2.25rem;
    height: 2.25rem;
    color: var(--accent);
  }
  .role > span {
    display: grid;
    gap: 0.2rem;
    font-weight: 400;
  }
  .role strong {
    font-size: 1.1875rem;
  }
  .steps {
    display: flex;
    flex-wrap: wrap;
    gap: 0.4rem 1rem;
    margin: 0;
    padding: 0;
    list-style: none;
    color: var(--ink-soft);
  }
  .steps li {
    display: flex;
    align-items: center;
    gap: 0.4rem;
    font-size: 0.9375rem;
  }
  .steps .now {
    color: var(--ink);
    font-weight: 650;
  }
  .sign {
    display: grid;
    place-items: center;
    flex: none;
    width: 28px;
    height: 28px;
    border: 2px solid var(--line);
    border-radius: 50%;
    font-size: 0.9375rem;
    font-weight: 650;
  }
  .now .sign {
    border-color: var(--accent);
    color: var(--accent);
  }
  .done .sign {
    border-color: transparent;
    color: var(--good);
    background: var(--good-soft);
  }
  .sign svg {
    width: 18px;
    height: 18px;
  }
  .shown {
    display: grid;
    gap: 1rem;
    grid-template-columns: minmax(0, 1fr);
  }
  .qr {
    width: min(100%, 24rem, 58vh);
    border-radius: var(--radius-small);
    justify-self: center;
  }
  .say {
    font-weight: 600;
  }
  .next {
    min-height: 68px;
    font-size: 1.1875rem;
  }
  .mono {
    max-height: 9rem;
    overflow: auto;
    padding: 0.75rem;
    border-radius: var(--radius-small);
    background: var(--sunken);
    user-select: all;
  }
  .text summary {
    display: flex;
    align-items: center;
    justify-content: space-between;
    min-height: var(--target);
    color: var(--accent);
    font-weight: 600;
    cursor: pointer;
    list-style: none;
  }
  .text summary::-webkit-details-marker {
    display: none;
  }
  .text summary svg {
    transition: transform 120ms;
  }
  .text[open] summary svg {
    transform: rotate(90deg);
  }
  @container (min-width: 560px) {
    .roles {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
    .shown {
      grid-template-columns: minmax(16rem, 24rem) minmax(14rem, 1fr);
      align-items: center;
    }
    .text button,
    .next {
      justify-self: start;
    }
  }
`
