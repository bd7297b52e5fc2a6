/** How the overview lies on a screen: one column in the hand, two on a table. */
import { css } from 'lit'

export const overviewStyle = css`
  .grid {
    display: grid;
    gap: 1rem;
    grid-template-columns: minmax(0, 1fr);
  }
  .note {
    margin-bottom: 1rem;
  }
  .waiting {
    padding: 30vh 0;
    text-align: center;
  }
  .hero {
    position: relative;
    display: grid;
    align-items: end;
    min-height: 176px;
    padding: 1.5rem;
    overflow: hidden;
    border-radius: calc(var(--radius) + 4px);
    color: var(--deep-ink);
    background: radial-gradient(130% 170% at 85% 0%, #15788a, var(--deep-1) 42%, var(--deep-2));
  }
  .hero > div {
    position: relative;
    display: grid;
    gap: 0.4rem;
    max-width: 34rem;
  }
  .hero .school {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    fill: rgb(159 232 218 / 36%);
    mask-image: linear-gradient(to right, transparent 30%, #000 70%);
  }
  .hero .school path:nth-of-type(2) {
    fill: var(--sun);
  }
  .hero .button.light {
    border-color: transparent;
    background: #fff;
    color: #0a3442;
  }
  .hero .bar {
    margin-top: 0.75rem;
  }
  .big {
    line-height: 1;
  }
  .big b {
    font-size: clamp(3rem, 2rem + 5vw, 5rem);
    font-weight: 680;
    letter-spacing: -0.03em;
  }
  .big span {
    font-size: 1.25rem;
  }
  .name {
    font-size: 1.375rem;
  }
  .id .mono {
    font-size: 0.875rem;
  }
  .bar.id {
    flex-wrap: nowrap;
  }
  .id .grow {
    flex-basis: 0;
    min-width: 0;
  }
  dl {
    display: grid;
    grid-template-columns: repeat(3, minmax(0, 1fr));
    gap: 0.75rem;
    margin: 1rem 0 0;
  }
  dt {
    color: var(--ink-soft);
    font-size: 0.9375rem;
  }
  dd {
    margin: 0;
    white-space: nowrap;
    font-size: 1.25rem;
    font-weight: 620;
  }
  .standing {
    padding-bottom: 0.5rem;
  }
  .diary {
    display: grid;
    gap: 0.75rem;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .diary li {
    display: grid;
  }
  @media (max-width: 699px) {
    .hero .school {
      mask-image: linear-gradient(200deg, #000 20%, transparent 55%);
    }
    .big span {
      display: block;
      margin-top: 0.3rem;
    }
    .hero p {
      max-width: 17rem;
    }
    dl {
      gap: 0.5rem;
    }
    dd {
      font-size: 1.0625rem;
    }
  }
  @media (min-width: 880px) {
    .grid {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
    .hero,
    .wide,
    .standing {
      grid-column: 1 / -1;
    }
    .hero {
      min-height: 210px;
      padding: 2rem;
    }
  }
`
