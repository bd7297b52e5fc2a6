/** The frame's layout: navigation below on a handheld, beside on a tablet, with words on a desktop. */
import { css } from 'lit'

export const consoleStyle = css`
  .frame {
    display: grid;
    height: 100vh;
    height: 100dvh;
    background: var(--ground);
    grid-template: 'header' auto 'main' minmax(0, 1fr) / minmax(0, 1fr);
  }
  .skip {
    position: absolute;
    left: 1rem;
    top: -5rem;
    z-index: 9;
    padding: 1rem;
    background: var(--surface);
  }
  .skip:focus {
    top: 1rem;
  }
  header {
    grid-area: header;
    display: flex;
    align-items: center;
    color: var(--deep-ink);
    background: linear-gradient(170deg, var(--deep-1), var(--deep-2) 75%);
    padding: env(safe-area-inset-top) 0.25rem 0 0.75rem;
  }
  header :focus-visible {
    outline-color: var(--sun);
    outline-offset: -3px;
  }
  .brand {
    display: flex;
    align-items: center;
    gap: 0.5rem;
    min-width: 64px;
    min-height: var(--target);
    color: inherit;
    font-size: 1.3rem;
    font-weight: 650;
    letter-spacing: 0.01em;
    text-decoration: none;
  }
  .brand svg {
    width: 34px;
    height: 34px;
  }
  .choices {
    display: flex;
    margin-left: auto;
  }
  .choices button {
    border: 0;
    background: none;
    color: var(--deep-ink);
    padding: 0.5rem;
    font-size: 1rem;
  }
  .choices button:hover {
    background: var(--deep-line);
  }
  .choices b {
    overflow-wrap: normal;
  }
  .choices span {
    display: none;
  }
  nav {
    position: fixed;
    inset: auto 0 0 0;
    z-index: 5;
    display: grid;
    grid-auto-flow: column;
    grid-auto-columns: minmax(0, 1fr);
    padding-bottom: env(safe-area-inset-bottom);
    background: var(--deep-2);
    box-shadow: 0 -1px 0 var(--deep-line);
  }
  nav a,
  nav .more {
    position: relative;
    display: flex;
    flex-direction: column;
    align-items: center;
    justify-content: center;
    gap: 0.15rem;
    min-height: 64px;
    color: var(--deep-soft);
    font-size: 0.8125rem;
    font-weight: 600;
    text-decoration: none;
    overflow-wrap: normal;
  }
  nav .more {
    border: 0;
    border-radius: 0;
    background: none;
    padding: 0;
  }
  nav a[aria-current],
  nav .more[data-current] {
    color: #fff;
    box-shadow: inset 0 4px 0 var(--sun);
  }
  .rest {
    position: absolute;
    right: 0.5rem;
    bottom: calc(100% + 0.5rem);
    display: none;
    grid-template-columns: repeat(2, minmax(7.5rem, 1fr));
    gap: 0.25rem;
    padding: 0.5rem;
    border-radius: var(--radius);
    background: var(--deep-2);
    box-shadow: 0 8px 30px rgb(0 0 0 / 45%);
  }
  .rest.open {
    display: grid;
  }
  .rest a {
    min-height: 76px;
    font-size: 0.9375rem;
  }
  .rest a[aria-current] {
    border-radius: var(--radius-small);
    background: rgb(255 255 255 / 12%);
    box-shadow: none;
  }
  .waiting {
    padding: 30vh 0;
    color: var(--ink-soft);
    text-align: center;
  }
  .count {
    position: absolute;
    top: 5px;
    left: calc(50% + 6px);
    display: grid;
    place-items: center;
    min-width: 22px;
    height: 22px;
    padding: 0 5px;
    border-radius: 11px;
    background: var(--alarm);
    color: var(--alarm-ink);
    font-size: 0.8125rem;
    font-style: normal;
  }
  .count.mild {
    background: var(--sun);
    color: var(--sun-ink);
  }
  .busy {
    position: absolute;
    top: 10px;
    right: calc(50% - 24px);
    width: 12px;
    height: 12px;
    border-radius: 50%;
    background: var(--sun);
    animation: pulse 1.4s ease-in-out infinite alternate;
  }
  @keyframes pulse {
    to {
      opacity: 0.35;
    }
  }
  main {
    grid-area: main;
    overflow: auto;
    padding: 1rem 1rem calc(80px + env(safe-area-inset-bottom));
    outline: none;
  }
  main > * {
    max-width: 78rem;
    margin-inline: auto;
  }

  @media (max-width: 420px) {
    nav a,
    nav .more {
      font-size: 0.75rem;
      letter-spacing: -0.02em;
    }
  }
  @media (min-width: 700px) {
    .frame {
      grid-template: 'header main' minmax(0, 1fr) / auto minmax(0, 1fr);
    }
    header {
      flex-direction: column;
      width: 104px;
      padding: calc(0.75rem + env(safe-area-inset-top)) 0 0.75rem env(safe-area-inset-left);
      overflow: auto;
    }
    .brand {
      flex-direction: column;
      gap: 0.1rem;
      font-size: 1.05rem;
    }
    .brand svg {
      width: 44px;
      height: 44px;
    }
    nav {
      position: static;
      align-self: stretch;
      grid-auto-flow: row;
      margin-top: 0.75rem;
      padding: 0;
      background: none;
      box-shadow: none;
    }
    nav .more {
      display: none;
    }
    .rest,
    .rest.open {
      display: contents;
    }
    nav a,
    .rest a {
      min-height: 66px;
      font-size: 0.875rem;
    }
    nav a:hover {
      background: rgb(255 255 255 / 7%);
    }
    nav a[aria-current] {
      background: rgb(255 255 255 / 12%);
      box-shadow: inset 5px 0 0 var(--sun);
    }
    .choices {
      flex-direction: column;
      margin: auto 0 0;
    }
    main {
      padding: 1.75rem clamp(1.25rem, 2.5vw, 2.75rem) 2.5rem;
    }
  }
  /* all views at once on a low screen */
  @media (min-width: 700px) and (max-width: 1199px) and (max-height: 850px) {
    nav a,
    .rest a {
      min-height: 56px;
    }
    .brand {
      padding-block: 0.25rem;
    }
    nav {
      margin-top: 0.25rem;
    }
  }
  @media (min-width: 1200px) {
    header {
      width: 236px;
      align-items: stretch;
      padding-inline: 0.75rem;
    }
    .brand {
      flex-direction: row;
      gap: 0.75rem;
      padding-inline: 0.5rem;
      font-size: 1.5rem;
    }
    nav {
      gap: 0.25rem;
    }
    nav a,
    .rest a {
      flex-direction: row;
      justify-content: flex-start;
      gap: 1rem;
      min-height: var(--target);
      padding-inline: 1rem;
      border-radius: var(--radius);
      font-size: 1.0625rem;
    }
    nav a[aria-current] {
      box-shadow: none;
    }
    nav a[aria-current]::before {
      content: '';
      position: absolute;
      left: 0;
      width: 4px;
      height: 1.75rem;
      border-radius: 2px;
      background: var(--sun);
    }
    .busy,
    .count {
      position: static;
      margin-left: auto;
    }
    .choices button {
      justify-content: flex-start;
      padding-inline: 1rem;
      color: var(--deep-soft);
    }
    .choices b {
      width: 1.5rem;
    }
    .choices span {
      display: inline;
    }
  }
`
