/** What the page says that hands out the station's authority, in both languages. Names of menus are those the devices show. */

export interface PlatformWords {
  readonly id: 'android' | 'ios' | 'windows' | 'chromeos' | 'macos' | 'linux' | 'firefox'
  readonly name: string
  readonly file: 'shoal-ca.crt' | 'shoal-ca.pem' | 'shoal.mobileconfig'
  readonly get: string
  /** `{name}`: that of the authority. */
  readonly steps: readonly string[]
}

export interface CaPageWords {
  readonly title: string
  readonly lead: string
  readonly looking: string
  readonly untrusted: string
  readonly unreachable: string
  readonly trusted: string
  readonly compareTitle: string
  readonly compare: string
  readonly howTitle: string
  readonly why: string
  readonly noScript: string
  readonly otherLanguage: string
  readonly platforms: readonly PlatformWords[]
}

const en: CaPageWords = {
  title: 'Let this device trust the station',
  lead: 'Browsers run Shoal only where they trust the station’s certificate. Install it on this device once; nothing else is to be done.',
  looking: 'Looking whether this device trusts the station …',
  untrusted:
    'This device finds the station, and does not trust it yet: it cannot be a node. Follow the steps below. This page looks again every two seconds and moves on by itself.',
  unreachable:
    'This device does not find {origin}. Is it in the same network? Does the network let it look up this name? This page goes on looking.',
  trusted: 'Trusted. Opening {origin} …',
  compareTitle: 'First compare',
  compare:
    'The station shows the same fingerprint where it was started. If it shows another one, somebody stands in between: install nothing.',
  howTitle: 'Install it',
  why: 'Do not go past the warning that a browser shows at {origin}. It would show Shoal, but keep nothing: the device would not be a node. The certificate can speak for the names and addresses of this plant only, not for other sites.',
  noScript:
    'This page cannot look by itself whether the device trusts the station, since JavaScript is switched off. Open {origin} when you have installed the certificate.',
  otherLanguage: 'Auf Deutsch',
  platforms: [
    {
      id: 'android',
      name: 'Android (Chrome, Edge)',
      file: 'shoal-ca.crt',
      get: 'Download the certificate',
      steps: [
        'Open the settings and search for “CA certificate”. (Security & privacy, More, Encryption & credentials, Install a certificate, CA certificate.)',
        'Tap “Install anyway”. The device may ask for its PIN, or that one be set.',
        'Choose shoal-ca.crt among the downloads.',
        'Come back to this page.',
      ],
    },
    {
      id: 'ios',
      name: 'iPad and iPhone',
      file: 'shoal.mobileconfig',
      get: 'Download the profile',
      steps: [
        'Do this in Safari. Tap “Allow”.',
        'Open the Settings app, tap “Profile Downloaded” near the top, then “Install”, and enter the passcode.',
        'The second switch: Settings, General, About, Certificate Trust Settings (at the very bottom). Switch on “{name}” and tap “Continue”. Without it nothing is trusted.',
        'Come back to this page in Safari. When Shoal has opened, add it to the home screen and open it there.',
      ],
    },
    {
      id: 'windows',
      name: 'Windows (Edge, Chrome)',
      file: 'shoal-ca.crt',
      get: 'Download the certificate',
      steps: [
        'Open the file, and click “Install Certificate …”.',
        'Choose “Local Machine” for everybody on this computer (asks for an administrator), else “Current User”.',
        'Choose “Place all certificates in the following store”, then “Browse”, then “Trusted Root Certification Authorities”.',
        'Click “Finish”, confirm the warning, and come back to this page.',
      ],
    },
    {
      id: 'chromeos',
      name: 'ChromeOS',
      file: 'shoal-ca.crt',
      get: 'Download the certificate',
      steps: [
        'Open chrome://certificate-manager in a new tab (on older versions chrome://settings/certificates).',
        'Under “Local certificates” or “Authorities”: “Import”, and choose shoal-ca.crt.',
        'Tick “Trust this certificate for identifying websites”.',
        'Come back to this page. A managed Chromebook gets it from its administrator instead.',
      ],
    },
    {
      id: 'macos',
      name: 'macOS',
      file: 'shoal-ca.crt',
      get: 'Download the certificate',
      steps: [
        'Open the file; Keychain Access adds it to the keychain “login”, or “System” for everybody.',
        'Double-click “{name}” there, open “Trust”, and choose “Always Trust”.',
        'Close the window, enter the password, and come back to this page.',
      ],
    },
    {
      id: 'linux',
      name: 'Linux (Chromium, Chrome)',
      file: 'shoal-ca.pem',
      get: 'Download the certificate',
      steps: [
        'Open chrome://certificate-manager, “Custom”, “Installed by you”, and import shoal-ca.pem as trusted.',
        'Or in a terminal: certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n Shoal -i shoal-ca.pem',
        'Come back to this page.',
      ],
    },
    {
      id: 'firefox',
      name: 'Firefox',
      file: 'shoal-ca.crt',
      get: 'Download the certificate',
      steps: [
        'On a computer: Settings, Privacy & Security, Certificates, View Certificates, Authorities, Import; choose shoal-ca.crt.',
        'Tick “Trust this CA to identify websites”.',
        'On Android: install it as for Chrome. Then in Firefox: Settings, About Firefox, tap the logo five times, back, Secret Settings, “Use third party CA certificates”.',
        'Come back to this page.',
      ],
    },
  ],
}

const de: CaPageWords = {
  title: 'Dieses Gerät soll der Station vertrauen',
  lead: 'Browser führen Shoal nur aus, wo sie dem Zertifikat der Station vertrauen. Es wird auf diesem Gerät einmal installiert; mehr ist nicht zu tun.',
  looking: 'Es wird geprüft, ob dieses Gerät der Station vertraut …',
  untrusted:
    'Dieses Gerät findet die Station und vertraut ihr noch nicht: Es kann kein Knoten sein. Gehen Sie die Schritte unten durch. Diese Seite sieht alle zwei Sekunden nach und geht von selbst weiter.',
  unreachable:
    'Dieses Gerät findet {origin} nicht. Ist es im selben Netz? Kann es dort diesen Namen nachschlagen? Diese Seite sieht weiter nach.',
  trusted: 'Vertraut. {origin} wird geöffnet …',
  compareTitle: 'Zuerst vergleichen',
  compare:
    'Die Station zeigt denselben Fingerabdruck, wo sie gestartet wurde. Zeigt sie einen anderen, steht jemand dazwischen: Installieren Sie dann nichts.',
  howTitle: 'Installieren',
  why: 'Gehen Sie nicht an der Warnung vorbei, die ein Browser bei {origin} zeigt. Er würde Shoal anzeigen und nichts behalten: Das Gerät wäre kein Knoten. Das Zertifikat kann nur für Namen und Adressen dieses Werks sprechen, nicht für andere Seiten.',
  noScript:
    'Diese Seite kann nicht selbst prüfen, ob das Gerät der Station vertraut, weil JavaScript ausgeschaltet ist. Öffnen Sie {origin}, wenn Sie das Zertifikat installiert haben.',
  otherLanguage: 'In English',
  platforms: [
    {
      id: 'android',
      name: 'Android (Chrome, Edge)',
      file: 'shoal-ca.crt',
      get: 'Zertifikat herunterladen',
      steps: [
        'Öffnen Sie die Einstellungen und suchen Sie „CA-Zertifikat“. (Sicherheit & Datenschutz, Weitere Einstellungen, Verschlüsselung & Anmeldedaten, Zertifikat installieren, CA-Zertifikat.)',
        'Tippen Sie auf „Trotzdem installieren“. Das Gerät fragt vielleicht nach seiner PIN, oder danach, dass eine festgelegt wird.',
        'Wählen Sie shoal-ca.crt unter den Downloads.',
        'Kommen Sie auf diese Seite zurück.',
      ],
    },
    {
      id: 'ios',
      name: 'iPad und iPhone',
      file: 'shoal.mobileconfig',
      get: 'Profil herunterladen',
      steps: [
        'Tun Sie das in Safari. Tippen Sie auf „Zulassen“.',
        'Öffnen Sie die App „Einstellungen“, tippen Sie oben auf „Profil geladen“, dann auf „Installieren“, und geben Sie den Code ein.',
        'Der zweite Schalter: Einstellungen, Allgemein, Info, Zertifikatsvertrauenseinstellungen (ganz unten). Schalten Sie „{name}“ ein und tippen Sie auf „Weiter“. Ohne ihn wird nichts vertraut.',
        'Kommen Sie in Safari auf diese Seite zurück. Wenn Shoal sich geöffnet hat, legen Sie es auf den Home-Bildschirm und öffnen Sie es dort.',
      ],
    },
    {
      id: 'windows',
      name: 'Windows (Edge, Chrome)',
      file: 'shoal-ca.crt',
      get: 'Zertifikat herunterladen',
      steps: [
        'Öffnen Sie die Datei und klicken Sie auf „Zertifikat installieren …“.',
        'Wählen Sie „Lokaler Computer“ für alle an diesem Rechner (verlangt einen Administrator), sonst „Aktueller Benutzer“.',
        'Wählen Sie „Alle Zertifikate in folgendem Speicher speichern“, „Durchsuchen“, „Vertrauenswürdige Stammzertifizierungsstellen“.',
        'Klicken Sie auf „Fertig stellen“, bestätigen Sie die Warnung, und kommen Sie auf diese Seite zurück.',
      ],
    },
    {
      id: 'chromeos',
      name: 'ChromeOS',
      file: 'shoal-ca.crt',
      get: 'Zertifikat herunterladen',
      steps: [
        'Öffnen Sie chrome://certificate-manager in einem neuen Tab (bei älteren Versionen chrome://settings/certificates).',
        'Unter „Lokale Zertifikate“ oder „Zertifizierungsstellen“: „Importieren“, und wählen Sie shoal-ca.crt.',
        'Setzen Sie den Haken bei „Diesem Zertifikat zur Identifizierung von Websites vertrauen“.',
        'Kommen Sie auf diese Seite zurück. Ein verwaltetes Chromebook bekommt es stattdessen von seinem Administrator.',
      ],
    },
    {
      id: 'macos',
      name: 'macOS',
      file: 'shoal-ca.crt',
      get: 'Zertifikat herunterladen',
      steps: [
        'Öffnen Sie die Datei; die Schlüsselbundverwaltung legt sie in „Anmeldung“, oder für alle in „System“.',
        'Klicken Sie dort doppelt auf „{name}“, öffnen Sie „Vertrauen“, und wählen Sie „Immer vertrauen“.',
        'Schließen Sie das Fenster, geben Sie das Passwort ein, und kommen Sie auf diese Seite zurück.',
      ],
    },
    {
      id: 'linux',
      name: 'Linux (Chromium, Chrome)',
      file: 'shoal-ca.pem',
      get: 'Zertifikat herunterladen',
      steps: [
        'Öffnen Sie chrome://certificate-manager, „Benutzerdefiniert“, „Von Ihnen installiert“, und importieren Sie shoal-ca.pem als vertrauenswürdig.',
        'Oder in einem Terminal: certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n Shoal -i shoal-ca.pem',
        'Kommen Sie auf diese Seite zurück.',
      ],
    },
    {
      id: 'firefox',
      name: 'Firefox',
      file: 'shoal-ca.crt',
      get: 'Zertifikat herunterladen',
      steps: [
        'Auf einem Rechner: Einstellungen, Datenschutz & Sicherheit, Zertifikate, Zertifikate anzeigen, Zertifizierungsstellen, Importieren; wählen Sie shoal-ca.crt.',
        'Setzen Sie den Haken bei „Dieser CA vertrauen, um Websites zu identifizieren“.',
        'Auf Android: installieren wie für Chrome. Dann in Firefox: Einstellungen, Über Firefox, fünfmal auf das Logo tippen, zurück, Geheime Einstellungen, „CA-Zertifikate von Drittanbietern verwenden“.',
        'Kommen Sie auf diese Seite zurück.',
      ],
    },
  ],
}

export const caPageWords = { en, de } as const
