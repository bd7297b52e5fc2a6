/**
 * Runs in the page that hands out the authority: looks again and again whether this device trusts the station by now, and moves on when it does.
 * Written for browsers of five years ago, too.
 */
const { origin, reach } = document.body.dataset
const lookEveryMs = 2000
const patienceMs = 5000

const show = (state) => {
  document.body.dataset.state = state
  for (const words of document.querySelectorAll('[data-when]')) words.hidden = words.dataset.when !== state
}

/** Whether it answers; a certificate that is not trusted is no answer. */
const answers = async (url) => {
  const stop = new AbortController()
  const late = setTimeout(() => stop.abort(), patienceMs)
  try {
    const answer = await fetch(url, { mode: 'cors', cache: 'no-store', credentials: 'omit', signal: stop.signal })
    return answer.ok
  } catch {
    return false
  } finally {
    clearTimeout(late)
  }
}

const look = async () => {
  if (await answers(`${origin}/station.json`)) {
    show('trusted')
    location.replace(`${origin}/`)
    return
  }
  // over plain http by the same name: does the name lead to the station at all?
  show((await answers(reach)) ? 'untrusted' : 'unreachable')
  setTimeout(() => void look(), lookEveryMs)
}

const platform = () => {
  const { userAgent, maxTouchPoints } = navigator
  if (/iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1)) return 'ios'
  if (/Firefox\//.test(userAgent)) return 'firefox'
  if (/Android/.test(userAgent)) return 'android'
  if (/CrOS/.test(userAgent)) return 'chromeos'
  if (/Windows/.test(userAgent)) return 'windows'
  if (/Macintosh/.test(userAgent)) return 'macos'
  return 'linux'
}

const steps = document.querySelector(`details[data-platform="${platform()}"]`)
if (steps !== null) {
  steps.open = true
  steps.parentElement.prepend(steps)
}
void look()
