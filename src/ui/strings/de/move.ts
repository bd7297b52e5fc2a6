/** Eine Station, die jetzt eine andere Adresse hat, und der Weg dorthin für ein Gerät. */
export const move = {
  'moved.title': 'Die Station ist jetzt unter {origin}',
  'moved.text':
    'Was ein Gerät behält, gehört zu der Adresse, unter der es geöffnet wurde. Dieses Gerät muss als neues dorthin; der Schwarm gibt ihm alles wieder.',
  'moved.onlyHere': '{count} {count|Ereignis ist|Ereignisse sind} nur auf diesem Gerät.',
  'moved.wait': 'Lassen Sie Shoal hier offen, neben einem anderen Gerät, bis das 0 ist. Dann kann dieses Gerät gehen.',
  'moved.member':
    'Alles von diesem Gerät ist auch auf anderen. Auf einem Admin-Gerät, das schon umgezogen ist: Geräte, dieses Gerät wählen, „Ersetzen“, „Durch ein neues Gerät“. Scannen Sie dessen Code mit diesem Gerät; er öffnet {origin}.',
  'moved.ready': 'Alles von diesem Gerät ist auch auf anderen. Es kann gehen.',
  'moved.start': 'Dieses Gerät umziehen',
  'moved.stepOpen':
    'Öffnen Sie {origin} mit dem Knopf und treten Sie dort bei. Auf dem iPad: in Safari öffnen, auf den Home-Bildschirm legen, von dort öffnen und den kopierten Link einfügen.',
  'moved.stepStay': 'Lassen Sie diese Seite offen, bis die neue sagt, dass sie beigetreten ist.',
  'moved.stepReplace':
    'Dort: Geräte, den bisherigen Eintrag wählen, „Ersetzen“, „Durch eines, das schon da ist“, dieses Gerät. Entfernen Sie dann diese alte Seite.',
  'moved.open': '{origin} öffnen',
} as const
