/** How an invitation lies on a screen; filling it, the code is as large as there is room, black on white in every theme. */
import { css } from 'lit'

export const posterCardStyle = css`
  :host {
    container-type: inline-size;
  }
  .card {
    display: grid;
    gap: 1.25rem;
    grid-template-columns: minmax(0, 1fr);
  }
  .shown {
    display: grid;
    gap: 1.5rem;
    grid-template-columns: minmax(0, 1fr);
  }
  .code {
    display: grid;
    justify-items: center;
  }
  .qr {
    width: min(100%, 26rem);
    border-radius: var(--radius-small);
  }
  .counter {
    display: grid;
    gap: 0.5rem;
  }
  .counter p {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0.1rem 0.75rem;
  }
  .counter strong {
    font-size: 1.375rem;
    font-weight: 680;
    line-height: 1.2;
  }
  h3 {
    margin-bottom: 0.4rem;
    font-size: 1.0625rem;
    font-weight: 650;
  }
  .tour {
    display: grid;
    gap: 0.4rem;
    margin: 0;
    padding-left: 1.4rem;
  }
  .link {
    max-height: 6.5rem;
    overflow: auto;
    padding: 0.75rem;
    border-radius: var(--radius-small);
    background: var(--sunken);
    font-size: 0.875rem;
    user-select: all;
  }
  .withdraw {
    justify-self: start;
    color: var(--bad);
  }
  .danger {
    border-color: var(--bad);
    color: var(--bad);
  }
  .note .bar {
    justify-content: space-between;
    gap: 1rem;
    margin-top: 0.5rem;
  }
  .asked {
    outline: none;
  }
  dialog {
    width: 100vw;
    max-width: none;
    height: 100dvh;
    max-height: none;
    margin: 0;
    padding: 0;
    border: 0;
    background: #fff;
    color: #12303b;
  }
  .full {
    display: grid;
    gap: 1rem;
    grid-template-rows: auto minmax(0, 1fr) auto;
    justify-items: center;
    height: 100%;
    padding: 1rem;
    /* what lies on white is as in the light look, also in the dark */
    --ink: #12303b;
    --surface: #fff;
    --sunken: #e6edef;
    --line-strong: #748b94;
    --accent: #0e6878;
    --accent-soft: #d8ecef;
  }
  .fullHead {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 1rem;
    width: 100%;
  }
  .fullHead h2 {
    font-size: clamp(1.25rem, 1rem + 2vw, 2.25rem);
  }
  .fullHead button {
    flex: none;
  }
  .full .qr {
    width: 100%;
    height: 100%;
    max-width: 78vmax;
  }
  .full .counter {
    width: min(100%, 44rem);
    text-align: center;
  }
  .full .counter p {
    justify-content: center;
    font-size: 1.25rem;
  }
  .full .counter strong {
    font-size: clamp(1.5rem, 1rem + 2.5vw, 2.5rem);
  }
  @media (max-width: 699px) {
    .shown .bar button {
      width: 100%;
    }
  }
  @container (min-width: 660px) {
    .shown {
      grid-template-columns: minmax(18rem, 26rem) minmax(0, 1fr);
      align-items: start;
    }
  }
`
