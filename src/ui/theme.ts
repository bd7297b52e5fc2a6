/**
 * Every colour, size and face of the console. `tokens` belongs to the document, so that all shadow roots inherit it; `controls` is
 * what buttons, fields, cards and tables look like inside each of them. Targets are at least 56 px: gloves.
 */
import { css } from 'lit'

const light = css`
  color-scheme: light;
  --ground: #f1f5f6;
  --surface: #ffffff;
  --sunken: #e6edef;
  --line: #d0dbdf;
  --line-strong: #748b94;
  --ink: #12303b;
  --ink-soft: #496069;
  --accent: #0e6878;
  --accent-ink: #ffffff;
  --accent-soft: #d8ecef;
  --good: #17694a;
  --good-soft: #d9efe4;
  --warn: #7d4a00;
  --warn-soft: #fdebcf;
  --bad: #a02e1c;
  --bad-soft: #fbe2dd;
  --focus: #b45f00;
  --shade: 0 1px 2px rgb(10 47 62 / 8%), 0 6px 20px rgb(10 47 62 / 6%);
`

const dark = css`
  color-scheme: dark;
  --ground: #08202a;
  --surface: #0f2e3a;
  --sunken: #0a2530;
  --line: #1f4552;
  --line-strong: #6f919d;
  --ink: #e6f1f4;
  --ink-soft: #a5bfc9;
  --accent: #7fd8d4;
  --accent-ink: #06222b;
  --accent-soft: #16424e;
  --good: #86ddb2;
  --good-soft: #103d31;
  --warn: #ffc878;
  --warn-soft: #40300f;
  --bad: #ffa896;
  --bad-soft: #4a211b;
  --focus: #ffb454;
  --shade: 0 1px 2px rgb(0 0 0 / 30%);
`

export const tokens = css`
  :root {
    --deep-1: #0d5666;
    --deep-2: #0a2f3e;
    --deep-ink: #eaf6f7;
    --deep-soft: #b4d6dc;
    --deep-line: rgb(255 255 255 / 14%);
    --sun: #ffb454;
    --sun-ink: #2a1a00;
    --alarm: #b3200f;
    --alarm-ink: #ffffff;
    --taken: #14613f;
    --target: 56px;
    --radius: 14px;
    --radius-small: 9px;
    --face: system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
    --mono: ui-monospace, 'Cascadia Mono', 'Roboto Mono', Menlo, Consolas, 'Liberation Mono', monospace;
    ${light}
  }
  @media (prefers-color-scheme: dark) {
    :root:not([data-theme='light']) {
      ${dark}
    }
  }
  :root[data-theme='dark'] {
    ${dark}
  }
  body {
    background: var(--ground);
    color: var(--ink);
  }
`

const base = css`
  :host {
    display: block;
    font: 400 1.0625rem/1.5 var(--face);
    color: var(--ink);
    font-variant-numeric: tabular-nums;
    overflow-wrap: anywhere;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  * {
    box-sizing: border-box;
  }
  :focus-visible {
    outline: 3px solid var(--focus);
    outline-offset: 2px;
  }
  h1,
  h2,
  h3,
  p {
    margin: 0;
    text-wrap: pretty;
  }
  h1 {
    font-size: clamp(1.5rem, 1.2rem + 1.2vw, 2rem);
    font-weight: 650;
    letter-spacing: -0.015em;
    line-height: 1.2;
  }
  h2 {
    font-size: 1.1875rem;
    font-weight: 650;
    letter-spacing: -0.005em;
    line-height: 1.3;
  }
  a {
    color: var(--accent);
  }
  .soft {
    color: var(--ink-soft);
  }
  .small {
    font-size: 0.9375rem;
  }
  .mono,
  pre,
  code {
    font-family: var(--mono);
    font-size: 0.9375rem;
  }
  pre {
    margin: 0;
    white-space: pre-wrap;
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.75rem;
  }
  .bar > .grow {
    flex: 1 1 12rem;
  }
  .stack {
    display: grid;
    align-content: start;
    gap: 1rem;
    grid-template-columns: minmax(0, 1fr);
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`

const fields = css`
  button,
  .button {
    appearance: none;
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.6rem;
    min-height: var(--target);
    min-width: var(--target);
    padding: 0.5rem 1.25rem;
    border: 1.5px solid var(--line-strong);
    border-radius: var(--radius);
    background: var(--surface);
    color: var(--ink);
    font: 600 1.0625rem/1.2 var(--face);
    text-decoration: none;
    cursor: pointer;
    touch-action: manipulation;
    transition: background-color 120ms;
  }
  button:hover,
  .button:hover {
    background: var(--accent-soft);
  }
  button:active {
    transform: translateY(1px);
  }
  button.first {
    border-color: transparent;
    background: var(--accent);
    color: var(--accent-ink);
  }
  button.first:hover {
    background: color-mix(in srgb, var(--accent) 86%, var(--ink));
  }
  button.quiet {
    border-color: transparent;
    background: transparent;
    padding-inline: 0.75rem;
  }
  button.quiet:hover {
    background: var(--accent-soft);
  }
  button:disabled {
    cursor: default;
    opacity: 0.5;
  }
  button svg,
  .button svg {
    flex: none;
    width: 1.5rem;
    height: 1.5rem;
  }
  input:not([type='checkbox']),
  select,
  textarea {
    width: 100%;
    min-height: var(--target);
    padding: 0.6rem 1rem;
    border: 1.5px solid var(--line-strong);
    border-radius: var(--radius);
    background: var(--surface);
    color: var(--ink);
    font: 400 1.0625rem/1.4 var(--face);
  }
  textarea {
    font-family: var(--mono);
    resize: vertical;
    display: block;
  }
  ::placeholder {
    color: var(--ink-soft);
    opacity: 1;
  }
  label {
    display: grid;
    gap: 0.35rem;
    font-weight: 600;
  }
  label.tick {
    display: inline-flex;
    align-items: center;
    gap: 0.75rem;
    min-height: var(--target);
    font-weight: 500;
    cursor: pointer;
  }
  input[type='checkbox'] {
    width: 1.75rem;
    height: 1.75rem;
    margin: 0;
    accent-color: var(--accent);
  }
`

const pieces = css`
  .card {
    padding: 1.25rem;
    border: 1px solid var(--line);
    border-radius: calc(var(--radius) + 4px);
    background: var(--surface);
    box-shadow: var(--shade);
  }
  .note {
    display: grid;
    gap: 0.25rem;
    padding: 0.9rem 1.1rem;
    border: 1.5px solid color-mix(in srgb, var(--accent) 45%, transparent);
    border-radius: var(--radius);
    background: var(--accent-soft);
  }
  .note.bar {
    display: flex;
    gap: 0.75rem 1rem;
  }
  .note.good {
    border-color: color-mix(in srgb, var(--good) 45%, transparent);
    background: var(--good-soft);
  }
  .note.warn {
    border-color: color-mix(in srgb, var(--warn) 45%, transparent);
    background: var(--warn-soft);
  }
  .note.bad {
    border-color: color-mix(in srgb, var(--bad) 45%, transparent);
    background: var(--bad-soft);
  }
  .note strong {
    font-weight: 650;
  }
  .chips {
    display: flex;
    flex-wrap: wrap;
    gap: 0.4rem;
  }
  .chip {
    display: inline-flex;
    align-items: center;
    min-height: 2rem;
    padding: 0.1rem 0.7rem;
    border-radius: 1rem;
    background: var(--accent-soft);
    color: var(--ink);
    font-size: 0.9375rem;
    text-decoration: none;
  }
  a.chip {
    min-height: var(--target);
    padding-inline: 1.1rem;
    border-radius: calc(var(--target) / 2);
    font-weight: 550;
  }
  a.chip:hover {
    background: color-mix(in srgb, var(--accent) 22%, var(--accent-soft));
  }
  .scroll {
    overflow: auto;
    overscroll-behavior-x: contain;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
  }
  table {
    border-collapse: collapse;
    width: 100%;
  }
  th,
  td {
    padding: 0.6rem 0.9rem;
    border-bottom: 1px solid var(--line);
    text-align: left;
    vertical-align: top;
  }
  th {
    font-size: 0.875rem;
    font-weight: 600;
    color: var(--ink-soft);
    background: var(--sunken);
  }
  tbody tr:last-child td {
    border-bottom: 0;
  }
  .number {
    text-align: right;
    white-space: nowrap;
  }
  .gauge {
    display: block;
    width: 100%;
    height: 14px;
    border-radius: 7px;
    background: var(--sunken);
  }
  .gauge rect {
    fill: var(--accent);
  }
  .gauge.low rect {
    fill: var(--bad);
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation: none !important;
      transition: none !important;
    }
  }
`

export const controls = [base, fields, pieces]
