/** How the first start lies on a screen: the two ways beside each other where there is room, and one column for what follows. */
import { css } from 'lit'

export const welcomeStyle = css`
  .waiting {
    padding: 30vh 0;
    text-align: center;
  }
  .choose {
    display: grid;
    gap: 1rem;
    grid-template-columns: minmax(0, 1fr);
    max-width: 64rem;
    margin-inline: auto;
  }
  .hero {
    position: relative;
    display: grid;
    align-items: end;
    min-height: 240px;
    padding: 1.5rem;
    overflow: hidden;
    border-radius: calc(var(--radius) + 4px);
    color: var(--deep-ink);
    background: radial-gradient(130% 170% at 85% 0%, #15788a, var(--deep-1) 42%, var(--deep-2));
  }
  .hero > div {
    position: relative;
    display: grid;
    gap: 0.6rem;
    max-width: 34rem;
  }
  .hero .school {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    fill: rgb(159 232 218 / 36%);
    mask-image: linear-gradient(200deg, #000 20%, transparent 60%);
  }
  .hero .school path:nth-of-type(2) {
    fill: var(--sun);
  }
  .choice {
    display: flex;
    align-items: center;
    gap: 1.1rem;
    padding: 1.4rem 1.25rem;
    color: inherit;
    text-decoration: none;
    transition: background-color 120ms;
  }
  .choice:hover {
    background: var(--accent-soft);
  }
  .choice > svg {
    flex: none;
    color: var(--accent);
  }
  .sign {
    display: grid;
    place-items: center;
    flex: none;
    width: 64px;
    height: 64px;
    border-radius: 50%;
    color: var(--accent);
    background: var(--accent-soft);
  }
  .choice:hover .sign {
    background: var(--surface);
  }
  .sign svg {
    width: 30px;
    height: 30px;
  }
  .words {
    display: grid;
    flex: 1;
    gap: 0.2rem;
  }
  .words strong {
    font-size: 1.25rem;
    line-height: 1.3;
  }
  .look {
    display: grid;
    align-content: center;
    min-height: var(--target);
    padding: 0.75rem 1.25rem;
    border-radius: var(--radius);
    color: inherit;
    text-decoration: none;
  }
  .look strong {
    color: var(--accent);
    font-size: 1.0625rem;
    text-decoration: underline;
    text-underline-offset: 3px;
  }
  .inside {
    max-width: 44rem;
    margin-inline: auto;
  }
  .button.back {
    margin: -0.5rem 0 0.75rem -0.75rem;
    border-color: transparent;
    background: transparent;
    color: var(--accent);
  }
  @media (min-width: 880px) {
    .choose {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
    .hero,
    .look {
      grid-column: 1 / -1;
    }
    .hero {
      min-height: 300px;
      padding: 2.25rem;
    }
    .hero .school {
      mask-image: linear-gradient(to right, transparent 30%, #000 70%);
    }
    .choice {
      align-items: flex-start;
      padding: 1.75rem 1.5rem;
    }
    .choice > svg {
      align-self: center;
    }
  }
`
