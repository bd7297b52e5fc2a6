/** How the view through the camera lies on a screen: dark in every theme, since the picture is what matters. */
import { css } from 'lit'

export const scannerStyle = css`
  .hint {
    font-weight: 600;
  }
  .open {
    min-height: 68px;
    font-size: 1.1875rem;
  }
  .finder {
    position: relative;
    display: grid;
    place-items: center;
    width: 100%;
    max-width: 36rem;
    aspect-ratio: 4 / 3;
    max-height: 62vh;
    margin-inline: auto;
    overflow: hidden;
    border-radius: var(--radius);
    background: #06161d;
  }
  video {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    object-fit: cover;
  }
  .finder > svg {
    position: relative;
    height: 74%;
    aspect-ratio: 1;
    fill: none;
    stroke: #fff;
    stroke-width: 2.6;
    stroke-linecap: round;
    filter: drop-shadow(0 0 3px rgb(0 0 0 / 70%));
  }
  .found {
    position: absolute;
    display: grid;
    place-items: center;
    width: 96px;
    height: 96px;
    border-radius: 50%;
    color: #06222b;
    background: #86ddb2;
  }
  .found svg {
    width: 56px;
    height: 56px;
    stroke-width: 2.6;
  }
  .picture {
    cursor: pointer;
  }
  .picture:focus-within {
    outline: 3px solid var(--focus);
    outline-offset: 2px;
  }
  @media (max-width: 699px) {
    .bar > * {
      flex: 1 1 auto;
    }
  }
`
