/** The words of the page where the console cannot run: why not, and what to do. */

/** What keeps Shoal from running here at all. */
export type Obstacle = 'insecure' | 'no-worker' | 'not-registered' | 'no-storage' | 'failed'

export interface Words {
  readonly title: string
  readonly text: string
  /** What to do, one step each. */
  readonly steps: readonly string[]
}

interface Texts {
  readonly reload: string
  readonly obstacles: Readonly<Record<Obstacle, Words>>
}

const en: Texts = {
  reload: 'Reload',
  obstacles: {
    insecure: {
      title: 'This address is not secure',
      text: 'Browsers let an app keep its data and work offline only over https, or from this very computer.',
      steps: [
        'Open the address that begins with https://, as the station shows it.',
        'On the computer that runs the station, open http://localhost:4454/ instead of its name or number.',
      ],
    },
    'no-worker': {
      title: 'This browser cannot run Shoal here',
      text: 'It offers no service worker: the part of a web app that works on without a network.',
      steps: ['Leave private browsing.', 'Use a current Chrome, Edge, Firefox or Safari.'],
    },
    'not-registered': {
      title: 'The browser refused to install Shoal',
      text: 'The most frequent reason is a certificate that this device does not trust, even if you have chosen to go on.',
      steps: [
        'Install the certificate of the station on this device, then reload.',
        'Allow this address to keep data (cookies and site data).',
        'See whether the station is running and can be reached.',
      ],
    },
    'no-storage': {
      title: 'This browser gives Shoal no storage',
      text: 'Without it nothing could be kept on this device. No event is stored now.',
      steps: [
        'Leave private browsing.',
        'Allow this address to keep data (cookies and site data), then reload.',
        'If it worked before, restart the browser.',
      ],
    },
    failed: {
      title: 'Shoal could not start',
      text: 'Something went wrong that we did not foresee. What was stored is safe.',
      steps: ['Reload.', 'If that does not help, restart the browser.'],
    },
  },
}

const de: Texts = {
  reload: 'Neu laden',
  obstacles: {
    insecure: {
      title: 'Diese Adresse ist nicht sicher',
      text: 'Browser lassen eine App nur über https, oder von genau diesem Rechner aus, Daten behalten und ohne Netz arbeiten.',
      steps: [
        'Die Adresse öffnen, die mit https:// beginnt, wie die Station sie anzeigt.',
        'Auf dem Rechner der Station http://localhost:4454/ öffnen statt seines Namens oder seiner Nummer.',
      ],
    },
    'no-worker': {
      title: 'Dieser Browser kann Shoal hier nicht ausführen',
      text: 'Er bietet keinen Service Worker: den Teil einer Web-App, der ohne Netz weiterarbeitet.',
      steps: ['Privates Surfen verlassen.', 'Einen aktuellen Chrome, Edge, Firefox oder Safari benutzen.'],
    },
    'not-registered': {
      title: 'Der Browser hat die Installation von Shoal verweigert',
      text: 'Meist liegt es an einem Zertifikat, dem dieses Gerät nicht vertraut, auch wenn „trotzdem fortfahren“ gewählt wurde.',
      steps: [
        'Das Zertifikat der Station auf diesem Gerät installieren, dann neu laden.',
        'Dieser Adresse erlauben, Daten zu behalten (Cookies und Websitedaten).',
        'Nachsehen, ob die Station läuft und erreichbar ist.',
      ],
    },
    'no-storage': {
      title: 'Dieser Browser gibt Shoal keinen Speicher',
      text: 'Ohne ihn kann auf diesem Gerät nichts behalten werden. Zurzeit wird kein Ereignis gespeichert.',
      steps: [
        'Privates Surfen verlassen.',
        'Dieser Adresse erlauben, Daten zu behalten (Cookies und Websitedaten), dann neu laden.',
        'Wenn es vorher ging: den Browser neu starten.',
      ],
    },
    failed: {
      title: 'Shoal konnte nicht starten',
      text: 'Etwas Unvorhergesehenes ist schiefgegangen. Was gespeichert war, ist sicher.',
      steps: ['Neu laden.', 'Wenn das nicht hilft: den Browser neu starten.'],
    },
  },
}

export const texts = (language: string): Texts => (language.toLowerCase().startsWith('de') ? de : en)
